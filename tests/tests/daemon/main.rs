//! The daemon, tested as its users meet it: over HTTP, with the real component in the sandbox and a stand-in GitHub behind
//! it. One file per promise; the cases of adversaries carry their number.
//!
//! Not here, because the process would disturb others: a body of 100 MB, which is in `memory.rs`. Not yet anywhere: guests
//! that are hostile themselves (P3, P4), for which a component of their own has to be built.

mod bodies;
mod contract;
mod git_server;
mod identity;
mod lost_answers;
mod main_job;
mod names;
mod once;
mod policy;
mod secrets;
