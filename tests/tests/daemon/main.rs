//! The daemon, tested as its users meet it: over HTTP, with the real component in the sandbox and a stand-in GitHub behind
//! it. One file per promise; the cases of adversaries carry their number.
//!
//! Not here: a body of 100 MB, which is in `memory.rs`, because memory is measured by the process; and guests that are hostile
//! themselves (P3, P4), which takes a component of another making than the one that ships.

mod admin_tokens;
mod admission;
mod audit_queries;
mod bodies;
mod client_certificates;
mod closing;
mod contract;
mod coverage;
mod crowds;
mod floods;
mod git_server;
mod histories;
mod identity;
mod lost_answers;
mod main_job;
mod moved;
mod names;
mod naming;
mod network;
mod odd_http;
mod old_tls;
mod once;
mod outcomes;
mod policy;
mod project;
mod proxied;
mod pull_request_text;
mod readiness;
mod refused_own;
mod refused_pats;
mod revisions;
mod revocation;
mod rules;
mod saving;
mod secrets;
mod sites;
mod surface;
mod told;
mod turns;
mod upgrade;
