//! The stand-ins of the demo, running, and the one place that knows which sort each is: everybody else asks in the words
//! of the table.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;

use super::integrations::{Credential, INTEGRATIONS, Row, Server};
use crate::standin::certificate::Authority;
use crate::standin::git;
use crate::standin::github::{Builder, GitHub, NewRepository, Permission, Product, Token};
use crate::standin::record::{Record, Recorded};

/// Id of the first account on a stand-in; the following count up.
const FIRST_ACCOUNT_ID: u64 = 101;

/// The git servers of this demo. Dropping it stops them and removes their repositories.
pub(super) struct World {
    pub(super) places: Vec<Place>,
    authority: Arc<Authority>,
}

/// A row of the table with the stand-in that answers for it.
pub(super) struct Place {
    pub(super) row: &'static Row,
    stand_in: StandIn,
}

enum StandIn {
    GitHub(GitHub),
}

/// A pull request as the git server has it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PullRequest {
    pub(super) number: String,
    /// Branch with the change.
    pub(super) source: String,
    /// Branch it is to go to.
    pub(super) target: String,
    /// Login.
    pub(super) author: String,
}

impl World {
    pub(super) async fn start() -> anyhow::Result<World> {
        let authority = Arc::new(Authority::new()?);
        let mut places = Vec::new();
        for row in INTEGRATIONS {
            let stand_in = StandIn::start(row, Arc::clone(&authority)).await;
            places.push(Place { row, stand_in: stand_in.with_context(|| format!("no stand-in for {}", row.name))? });
        }
        Ok(World { places, authority })
    }

    /// The authority behind every stand-in's certificate.
    pub(super) fn ca_pem(&self) -> String {
        self.authority.pem()
    }
}

impl Place {
    /// Where the stand-in speaks TLS under the row's host name.
    pub(super) fn tls_addr(&self) -> SocketAddr {
        match &self.stand_in {
            StandIn::GitHub(github) => github.tls_addr(),
        }
    }

    /// Base URL for the vendor's own clients, over plain HTTP: for GitHub.com the root of the API; for Enterprise Server the
    /// server's address, which clients append `/api/v3` to.
    pub(super) fn client_url(&self) -> String {
        match (&self.stand_in, self.row.server) {
            (StandIn::GitHub(github), Server::GitHubCom) => github.url(),
            (StandIn::GitHub(github), Server::GitHubEnterprise { version }) => {
                let prefix = Product::Enterprise { version: version.to_owned() }.api_prefix();
                github.url().trim_end_matches(prefix).to_owned()
            }
        }
    }

    /// The repository itself.
    pub(super) fn git(&self) -> git::Repository {
        match &self.stand_in {
            StandIn::GitHub(github) => github.git(self.row.repository),
        }
    }

    pub(super) fn git_dir(&self) -> PathBuf {
        self.git().dir().to_owned()
    }

    /// Oldest first.
    pub(super) fn pull_requests(&self) -> Vec<PullRequest> {
        match &self.stand_in {
            StandIn::GitHub(github) => {
                let all = github.pull_requests(self.row.repository).into_iter();
                all.map(|pull| PullRequest {
                    number: pull.number.to_string(),
                    source: pull.head,
                    target: pull.base,
                    author: pull.author,
                })
                .collect()
            }
        }
    }

    /// Every request so far.
    pub(super) fn record(&self) -> &Record {
        match &self.stand_in {
            StandIn::GitHub(github) => &github.record,
        }
    }

    /// Whether a request carried exactly this credential, and the stand-in took it for its account.
    pub(super) fn carried(&self, recorded: &Recorded, credential: &Credential) -> bool {
        match &self.stand_in {
            StandIn::GitHub(_) => {
                recorded.token().as_deref() == Some(token(credential))
                    && recorded.account.as_deref() == Some(credential.account)
            }
        }
    }
}

impl StandIn {
    async fn start(row: &Row, authority: Arc<Authority>) -> anyhow::Result<StandIn> {
        let empty = match row.server {
            Server::GitHubCom => GitHub::cloud(),
            Server::GitHubEnterprise { version } => GitHub::enterprise(version),
        };
        let scene = github_scene(empty, row)?.doors(|doors| doors.named(&[row.host]).issued_by(authority));
        Ok(StandIn::GitHub(scene.start().await?))
    }
}

/// An organisation with one private repository that everybody in the row may push to.
fn github_scene(empty: Builder, row: &Row) -> anyhow::Result<Builder> {
    let (organization, _) = row.repository.split_once('/').context("a repository is owner/name")?;
    let mut scene = empty.organization(organization, FIRST_ACCOUNT_ID - 1);
    let mut repository = NewRepository::named(row.repository).private();
    for (id, credential) in (FIRST_ACCOUNT_ID..).zip(row.users.iter().chain([&row.own])) {
        let login = credential.account;
        scene = scene.account(login, id).token(login, Token::classic(token(credential), &["repo", "user"]));
        repository = repository.collaborator(login, Permission::Push);
    }
    Ok(scene.repository(repository))
}

/// The secret of a form of one field.
fn token(credential: &Credential) -> &'static str {
    credential.fields.first().map_or("", |(_, value)| value)
}
