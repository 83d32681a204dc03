//! The stand-ins, tested as what they claim to be: real to git, true to the vendor's description and to its recorded answers.

mod client;
mod conformance;
mod faults;
mod git;
mod github_access;
mod github_branches;
mod github_pulls;
mod github_service;
mod gitlab_access;
mod gitlab_branches;
mod gitlab_client;
mod gitlab_conformance;
mod gitlab_merge_requests;
mod gitlab_recorded;
mod gitlab_service;
mod listeners;
mod recorded;
