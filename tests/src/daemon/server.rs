//! Which git server stands behind a daemon: what an integration with it is told, who has which credential there, and what the
//! vendor's description says. One file per provider; [`Daemon`](super::Daemon) and the provider suite know none of them.

mod azure_devops;
mod codecommit;
mod github;
mod gitlab;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::Future;

use serde_json::{Value, json};

pub use self::azure_devops::AzureServer;
pub use self::codecommit::CodeCommitServer;
pub use self::github::GitHubServer;
pub use self::gitlab::GitLabServer;
use crate::standin::StandIn;
use crate::standin::conformance::Conformance;
use crate::standin::faults::{Fault, When};
use crate::standin::record::Recorded;

/// A kind of integration, and the stand-in for its git server.
pub trait Server: Copy + Debug + Send + Sync + 'static {
    type StandIn: StandIn;

    /// As the provider names it.
    fn kind(self) -> &'static str;

    /// Id of the provider; its component is `target/providers/ID.wasm`.
    fn provider(self) -> &'static str;

    /// The filled-in form of an integration's settings.
    fn settings(self) -> BTreeMap<&'static str, String>;

    /// Host names the provider calls. The stand-in takes their place by name: the origins stay what they would be, and so do
    /// the checks.
    fn hosts(self) -> &'static [&'static str];

    /// The usual scene, served; with at most so many items on a page.
    fn usual(self, page_cap: Option<usize>) -> impl Future<Output = Self::StandIn> + Send;

    /// A filled-in credential form. `Err`: why there is no such credential on this git server.
    fn credential(self, of: Holder) -> Result<Fields, &'static str>;

    /// Login of the account a credential belongs to, as the stand-in knows it.
    fn login(self, of: Holder) -> &'static str {
        match of {
            Holder::Integration => "jira-integration",
            Holder::Bob => "bob",
            Holder::Mallory => "mallory",
            _ => "alice",
        }
    }

    /// The same account as the git server shows it.
    fn account(self, of: Holder) -> String {
        self.login(of).to_owned()
    }

    /// A repository of the usual scene as the API names it. `Err`: why there is none such on this git server.
    fn repository(self, which: Place) -> Result<&'static str, &'static str>;

    /// The same repository as the stand-in names it.
    fn full_name(self, which: Place) -> &'static str {
        self.repository(which).expect("a repository of the scene")
    }

    /// Has the git server refuse a credential from now on.
    fn end(self, stand_in: &Self::StandIn, of: Holder, how: End);

    /// Has the git server say that it takes no more requests for 17 seconds, or as long as it says.
    fn limit(self) -> Fault;

    /// The requests that make something: those whose lost answer leaves open whether it was made.
    fn creates(self, what: Made) -> When;

    /// The requests that delete a branch.
    fn deletes_branch(self) -> When;

    /// What a credential that cannot change anything is told it lacks, in the git server's own words.
    fn needs(self, to_make: Made) -> &'static str;

    /// How far the git server goes in what kinds differ in.
    fn traits(self) -> Traits;

    /// The vendor's description. None, with a printed reason, where the descriptions are not at hand.
    fn description(self) -> Option<&'static dyn Description>;

    /// What the exchanges hold that the description does not; nothing where it is not at hand. An answer that a fault was at
    /// says nothing about the stand-in.
    fn findings(self, exchanges: &[Recorded]) -> Vec<String> {
        let Some(description) = self.description() else { return Vec::new() };
        let check = |recorded: &Recorded| match recorded.fault {
            None => description.check_exchange(recorded),
            Some(_) => description.check_request(recorded),
        };
        exchanges.iter().filter_map(|recorded| check(recorded).err()).flatten().collect()
    }
}

/// Field name to value.
pub type Fields = BTreeMap<&'static str, &'static str>;

/// Credentials of the usual scene, which is the same cast everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The integration account, which may do everything.
    Integration,
    /// Alice may do everything.
    Alice,
    /// Alice's credential that ends on 2031-02-03.
    AliceUntil2031,
    /// Alice's credential that cannot change anything.
    AliceReading,
    AliceExpired,
    AliceRevoked,
    /// Bob may read `widgets`, and not change it.
    Bob,
    /// Mallory sees nothing of what is private.
    Mallory,
}

/// Repositories of the usual scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Private, with `main` and `develop`, which is one commit ahead. Protects `release/*`.
    Widgets,
    /// `Widgets` by the name it had before.
    Renamed,
    /// Without any commit.
    Empty,
    /// Archived or disabled.
    Archived,
    /// A name that no repository has.
    Missing,
}

/// How a credential ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Expired,
    Revoked,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    Branch,
    PullRequest,
}

/// What differs between git servers and is no failure of ours. Each `Err` is the reason.
#[derive(Debug, Clone, Copy)]
pub struct Traits {
    /// The problem for a repository that a credential cannot see.
    pub hidden: (u16, &'static str),
    /// The problem for `a/b` where there is `a`, and the other way round.
    pub clash: (u16, &'static str),
    /// Whether a list of repositories has pages.
    pub pages_repositories: Result<(), &'static str>,
    /// Whether a list of branches has pages.
    pub pages_branches: Result<(), &'static str>,
    /// Whether a list says of a repository that it is empty.
    pub tells_empty: Result<(), &'static str>,
    /// Whether a credential can be told to be about to end.
    pub tells_expiry: Result<(), &'static str>,
    /// Whether a credential can have the server forget it.
    pub revokes: Result<(), &'static str>,
    /// Whether it says by how many commits a branch is ahead.
    pub counts_commits: Result<(), &'static str>,
    pub drafts: Result<(), &'static str>,
    pub reviewers: Result<(), &'static str>,
    /// Where a repository keeps its template for pull requests.
    pub templates: Result<&'static str, &'static str>,
    /// What the addresses of the forms for a credential fill in, form by form.
    pub fills_forms: Result<&'static [&'static [&'static str]], &'static str>,
}

/// A vendor's description that exchanges are held to.
pub trait Description: Sync {
    fn check_request(&self, recorded: &Recorded) -> Result<(), Vec<String>>;
    fn check_exchange(&self, recorded: &Recorded) -> Result<(), Vec<String>>;
}

impl Description for Conformance {
    fn check_request(&self, recorded: &Recorded) -> Result<(), Vec<String>> {
        Conformance::check_request(self, recorded)
    }

    fn check_exchange(&self, recorded: &Recorded) -> Result<(), Vec<String>> {
        Conformance::check_exchange(self, recorded)
    }
}

pub(super) fn network(server: impl Server, stand_in: &impl StandIn) -> Value {
    let address = stand_in.tls_addr().to_string();
    let connect_to = server.hosts().iter().map(|host| (format!("{host}:443"), address.clone()));
    json!({ "ca_pem": stand_in.ca_pem(), "connect_to": connect_to.collect::<BTreeMap<_, _>>() })
}
