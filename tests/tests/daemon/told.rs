//! A provider that says what a test tells it where GitHub itself would not: linked natively, behind a whole daemon, so that
//! policy, lending, audit log and the way out are the real ones.

use std::sync::{Arc, Mutex};

use countersign::operate::administration;
use countersign_provider_github::GitHub;
use countersign_sdk::types::{
    Branch, BranchPage, Comparison, Connection, CreatedBranch, CreatedPullRequest, Deletion, Description, Failure,
    FailureReason, FieldError, FieldValue, Identity, Integration, NewBranch, NewPullRequest, PullRequestPage,
    Repository, RepositoryPage, Revocation,
};
use countersign_sdk::{BaseUrl, Client, Provider, Transport};
use countersign_tests::daemon::Daemon;
use countersign_tests::native::NativeProvider;

/// What it was told. Whatever is none, GitHub's provider says.
#[derive(Default)]
pub struct Words {
    pub whoami: Option<Result<Identity, Failure>>,
    pub revocation: Option<Result<Revocation, Failure>>,
    pub template: Option<Result<Option<String>, Failure>>,
    /// Not a word, but an ear: whose token it is it says by whether this stands in what the server answers.
    pub listens_for: Option<&'static str>,
}

/// A handle of the test on what the provider says next.
#[derive(Clone, Default)]
pub struct Told(Arc<Mutex<Words>>);

impl Told {
    /// Puts such a provider in the place of the component.
    pub async fn in_place_of_the_component(daemon: &Daemon) -> Told {
        let told = Told::default();
        let registered = administration::providers(&daemon.app).await.expect("a registered provider");
        let provider = NativeProvider::new(told.clone()).expect("names that are names");
        daemon.registry.insert(registered[0].sha256.clone(), Arc::new(provider));
        told
    }

    pub fn say(&self, words: Words) {
        *self.0.lock().expect("lock of the words") = words;
    }

    fn word<T: Clone>(&self, which: impl Fn(&Words) -> &Option<T>) -> Option<T> {
        which(&self.0.lock().expect("lock of the words")).clone()
    }
}

impl Provider for Told {
    fn describe(&self) -> Description {
        GitHub.describe()
    }

    fn connect(&self, kind: &str, settings: &[FieldValue]) -> Result<Connection, Vec<FieldError>> {
        GitHub.connect(kind, settings)
    }

    fn whoami(&self, at: &Integration, by: &dyn Transport) -> Result<Identity, Failure> {
        if let Some(heard) = self.word(|words| &words.listens_for) {
            return Err(heard_or_not(heard, by));
        }
        self.word(|words| &words.whoami).unwrap_or_else(|| GitHub.whoami(at, by))
    }

    /// Asks whose the credential is first, so that the stand-in sees which one was lent.
    fn revoke_credential(&self, at: &Integration, by: &dyn Transport) -> Result<Revocation, Failure> {
        match self.word(|words| &words.revocation) {
            Some(told) => GitHub.whoami(at, by).and(told),
            None => GitHub.revoke_credential(at, by),
        }
    }

    fn list_repositories(
        &self,
        at: &Integration,
        by: &dyn Transport,
        query: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<RepositoryPage, Failure> {
        GitHub.list_repositories(at, by, query, cursor, limit)
    }

    fn get_repository(&self, at: &Integration, by: &dyn Transport, repository: &str) -> Result<Repository, Failure> {
        GitHub.get_repository(at, by, repository)
    }

    fn list_branches(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        query: Option<&str>,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<BranchPage, Failure> {
        GitHub.list_branches(at, by, repository, query, cursor, limit)
    }

    fn find_branch(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        name: &str,
    ) -> Result<Option<Branch>, Failure> {
        GitHub.find_branch(at, by, repository, name)
    }

    fn create_branch(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        branch: &NewBranch,
    ) -> Result<CreatedBranch, Failure> {
        GitHub.create_branch(at, by, repository, branch)
    }

    fn delete_branch(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        name: &str,
    ) -> Result<Deletion, Failure> {
        GitHub.delete_branch(at, by, repository, name)
    }

    fn compare_branches(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        source: &str,
        target: &str,
    ) -> Result<Comparison, Failure> {
        GitHub.compare_branches(at, by, repository, source, target)
    }

    fn create_pull_request(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        pull_request: &NewPullRequest,
    ) -> Result<CreatedPullRequest, Failure> {
        GitHub.create_pull_request(at, by, repository, pull_request)
    }

    fn pull_request_template(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        target: &str,
    ) -> Result<Option<String>, Failure> {
        let told = self.word(|words| &words.template);
        told.unwrap_or_else(|| GitHub.pull_request_template(at, by, repository, target))
    }

    fn find_pull_requests(
        &self,
        at: &Integration,
        by: &dyn Transport,
        repository: &str,
        source: &str,
        target: Option<&str>,
        cursor: Option<&str>,
    ) -> Result<PullRequestPage, Failure> {
        GitHub.find_pull_requests(at, by, repository, source, target, cursor)
    }
}

/// `read-only` where the text was heard, `protected` where it was not.
fn heard_or_not(text: &str, by: &dyn Transport) -> Failure {
    let url = BaseUrl::parse("https://api.github.com").expect("an address").url().segments(["user"]);
    match Client::new(by).get(url) {
        Ok(reply) if reply.text().is_some_and(|answer| answer.contains(text)) => {
            Failure::new(FailureReason::ReadOnly, "")
        }
        Ok(_) => Failure::new(FailureReason::Protected, ""),
        Err(failure) => failure,
    }
}
