//! Countersign: lends each Jira user's own credential, one call at a time, to a sandboxed git provider. `main.rs` only
//! starts it.
#![forbid(unsafe_code)]

pub mod api;
pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod metrics;
pub mod operate;
pub mod serve;
pub mod ui;
