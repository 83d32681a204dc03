//! The objects in the answers.
//!
//! From what exists to JSON. The conformance tests hold them against the description. What a server shows depends on its own
//! version, whatever version a request names.

pub(super) mod identity;
pub(super) mod project;
pub(super) mod pull_request;
pub(super) mod reference;
pub(super) mod repository;

/// The date of everything that was there before the test began.
const LONG_AGO: &str = "2024-01-02T03:04:05.67Z";
