//! The daemon, tested as its users meet it: over HTTP, with the real component in the sandbox and a stand-in GitHub behind
//! it. One file per promise; the cases of adversaries carry their number.

mod main_job;
