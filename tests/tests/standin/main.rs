//! The stand-ins, tested as what they claim to be: real to git, true to the vendor's description and to its recorded answers.

mod azure_devops_access;
mod azure_devops_branches;
mod azure_devops_client;
mod azure_devops_conformance;
mod azure_devops_pulls;
mod azure_devops_recorded;
mod azure_devops_service;
mod client;
mod codecommit_branches;
mod codecommit_client;
mod codecommit_conformance;
mod codecommit_pulls;
mod codecommit_recorded;
mod codecommit_service;
mod codecommit_signatures;
mod conformance;
mod faults;
mod git;
mod github_access;
mod github_branches;
mod github_pulls;
mod github_service;
mod listeners;
mod recorded;
