//! Countersign: lends each Jira user's own credential, one call at a time, to a sandboxed git provider. `main.rs` only
//! starts it.
#![forbid(unsafe_code)]

pub mod api;
mod causes;
pub mod cli;
pub mod clock;
pub mod config;
mod data_dir;
pub mod metrics;
pub mod operate;
pub mod request;
pub mod serve;
mod spreadsheet;
pub mod token;
mod ui;
mod view;
#[cfg(test)]
mod world;
