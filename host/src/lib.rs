//! Countersign's library: everything the daemon and its command line are made of. `main.rs` only starts it.
#![forbid(unsafe_code)]

pub mod component_build;
