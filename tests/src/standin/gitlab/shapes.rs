//! The objects in the answers, with the members the official description lists.
//!
//! From what exists to JSON. The conformance tests hold them against the description.

pub(super) mod branch;
pub(super) mod merge_request;
pub(super) mod project;
pub(super) mod user;

/// The date of everything that was there before the test began.
pub(super) const LONG_AGO: &str = "2024-01-02T03:04:05.678Z";
