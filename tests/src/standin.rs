//! Stand-in git servers: what all kinds share lives beside the kinds, not inside one of them.
//!
//! | module | job |
//! |---|---|
//! | [`git`] | bare repositories on disk, through the `git` command |
//! | [`message`] | a request as received, an answer as decided |
//! | [`record`] | every request, in order, with whose token it carried |
//! | [`faults`] | what goes wrong on demand |
//! | [`exchange`] | the one way from a request to a reply: record, fault, act, reply |
//! | [`listen`], [`certificate`] | plain HTTP and TLS on 127.0.0.1 |
//! | [`conformance`] | requests and answers against an official OpenAPI description |
//! | [`azure_devops`] | Azure DevOps Services under both hosts, and Team Foundation Server / Azure DevOps Server |
//! | [`codecommit`] | AWS CodeCommit, with the part of STS that says who one is |
//! | [`github`] | GitHub.com and GitHub Enterprise Server |
//! | [`gitlab`] | GitLab.com and self-managed GitLab |
//!
//! A kind implements [`exchange::Api`] and nothing else of the network: no kind opens a socket, and no shared module knows a
//! path, a header or a message of a kind.

use std::net::SocketAddr;

pub mod azure_devops;
pub mod certificate;
pub mod codecommit;
pub mod conformance;
pub mod exchange;
pub mod faults;
pub mod git;
pub mod github;
pub mod gitlab;
pub mod listen;
pub mod message;
pub mod record;

/// What every stand-in can be asked, whatever it stands in for.
pub trait StandIn: Send + Sync + 'static {
    /// Every request so far.
    fn record(&self) -> &record::Record;

    /// What goes wrong next.
    fn faults(&self) -> &faults::Faults;

    /// Where it is served over TLS, under the names on its certificate.
    fn tls_addr(&self) -> SocketAddr;

    /// The certificate authority to trust there.
    fn ca_pem(&self) -> &str;

    /// The git repository behind a repository, by the full name people see. Panics when there is none: a mistake in the test.
    fn git(&self, repository: &str) -> git::Repository;

    /// Pull requests of a repository, oldest first. Panics when there is no such repository.
    fn pull_requests(&self, repository: &str) -> Vec<PullRequest>;

    /// Login of the account whose credential made a branch through the API, also where the reply was lost; none when it was
    /// not made so.
    fn who_made_branch(&self, repository: &str, branch: &str) -> Option<String>;
}

/// What all servers have in common, and how each is asked through its own functions of the same names; how its pull requests
/// look everywhere differs.
macro_rules! stand_in {
    ($server:ty, $world:ty, $as_everywhere:expr) => {
        impl $server {
            /// Where it is served over TLS, under the names on its certificate.
            pub fn tls_addr(&self) -> std::net::SocketAddr {
                self.listeners.tls_addr()
            }

            /// The certificate authority to trust there.
            pub fn ca_pem(&self) -> &str {
                self.listeners.ca_pem()
            }

            /// Changes what exists: take a credential, a repository or a right away.
            pub fn change<T>(&self, change: impl FnOnce(&mut $world) -> T) -> T {
                change(&mut self.api.world.write().expect("world lock"))
            }

            /// The git repository behind a full name. Panics when there is none: a mistake in the test.
            pub fn git(&self, repository: &str) -> crate::standin::git::Repository {
                self.change(|world| world.repository_mut(repository).git.clone())
            }
        }

        impl crate::standin::StandIn for $server {
            fn record(&self) -> &crate::standin::record::Record {
                &self.record
            }

            fn faults(&self) -> &crate::standin::faults::Faults {
                &self.faults
            }

            fn tls_addr(&self) -> std::net::SocketAddr {
                <$server>::tls_addr(self)
            }

            fn ca_pem(&self) -> &str {
                <$server>::ca_pem(self)
            }

            fn git(&self, repository: &str) -> crate::standin::git::Repository {
                <$server>::git(self, repository)
            }

            fn pull_requests(&self, repository: &str) -> Vec<crate::standin::PullRequest> {
                <$server>::pull_requests(self, repository).into_iter().map($as_everywhere).collect()
            }

            fn who_made_branch(&self, repository: &str, branch: &str) -> Option<String> {
                <$server>::who_made_branch(self, repository, branch)
            }
        }
    };
}
use stand_in;

/// A pull request as every git server has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRequest {
    /// As the server numbers it in the repository.
    pub number: String,
    pub title: String,
    pub description: String,
    /// Short name of the branch with the change.
    pub source: String,
    /// Short name of the branch it is to go to.
    pub target: String,
    pub draft: bool,
    /// Login.
    pub author: String,
    /// Logins.
    pub reviewers: Vec<String>,
}
