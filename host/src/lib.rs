//! Countersign: lends each Jira user's own credential, one call at a time, to a sandboxed git provider.

pub mod api;
pub mod clock;
pub mod lend;
pub mod model;
pub mod policy;
pub mod provider;
