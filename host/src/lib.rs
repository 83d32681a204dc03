//! Countersign: lends each Jira user's own credential, one call at a time, to a sandboxed git provider. `main.rs` only
//! starts it.
#![forbid(unsafe_code)]

pub mod api;
mod causes;
pub mod cli;
pub mod clock;
pub mod config;
mod cursor;
mod data_dir;
pub mod metrics;
mod naming;
pub mod operate;
mod pages;
mod path_id;
mod problem;
pub mod request;
pub mod serve;
mod spreadsheet;
pub mod token;
mod view;
#[cfg(test)]
mod world;
