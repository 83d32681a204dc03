//! Countersign: lends each Jira user's own credential, one call at a time, to a sandboxed git provider.

#![forbid(unsafe_code)]

pub mod clock;
pub mod keys;
pub mod lend;
pub mod model;
pub mod store;
