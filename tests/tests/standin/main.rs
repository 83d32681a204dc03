//! The stand-ins, tested as what they claim to be: real to git, true to the vendor's description and to its recorded answers.

mod client;
mod conformance;
mod faults;
mod git;
mod github_access;
mod github_branches;
mod github_contents;
mod github_pulls;
mod github_service;
mod listeners;
mod recorded;
