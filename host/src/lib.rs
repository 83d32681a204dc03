//! Countersign: lends each Jira user's own credential, one call at a time, to a sandboxed git provider. `main.rs` only
//! starts it.
#![forbid(unsafe_code)]

pub mod api;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod keys;
pub mod lend;
pub mod metrics;
pub mod model;
pub mod operate;
pub mod policy;
pub mod provider;
pub mod serve;
pub mod store;
pub mod ui;
