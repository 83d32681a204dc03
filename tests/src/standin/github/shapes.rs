//! The objects in the answers, with every member the official description requires.
//!
//! Pure: from what exists to JSON. The conformance tests hold them against the description.

pub(super) mod account;
pub(super) mod branch;
pub(super) mod content;
pub(super) mod pull_request;
pub(super) mod repository;

use serde_json::{Value, json};

/// The date of everything that was there before the test began.
const LONG_AGO: &str = "2024-01-02T03:04:05Z";

/// Sets members that are `base` followed by a suffix.
fn add_links(object: &mut Value, base: &str, links: &[(&str, &str)]) {
    links.iter().for_each(|(name, suffix)| object[*name] = json!(format!("{base}{suffix}")));
}
