//! The stand-ins of the demo, running. Each sort has a file of its own that makes its scene from a row of the table; from then
//! on everybody asks in the words of the table.

mod azure_devops;
mod codecommit;
mod github;
mod gitlab;
mod started;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;

use self::started::Started;
use super::integrations::{Credential, INTEGRATIONS, Row, Server};
use crate::standin::PullRequest;
use crate::standin::azure_devops::AzureDevOps;
use crate::standin::certificate::Authority;
use crate::standin::git;
use crate::standin::github::Product;
use crate::standin::gitlab::GitLab;
use crate::standin::listen::Doors;
use crate::standin::record::{Record, Recorded};

/// The git servers of this demo. Dropping it stops them and removes their repositories.
pub(super) struct World {
    pub(super) places: Vec<Place>,
    authority: Arc<Authority>,
}

/// A row of the table with the stand-in that answers for it.
pub(super) struct Place {
    pub(super) row: &'static Row,
    started: Started,
}

impl World {
    pub(super) async fn start() -> anyhow::Result<World> {
        let authority = Arc::new(Authority::new()?);
        let mut places = Vec::new();
        for row in INTEGRATIONS {
            let doors = Doors::default().named(row.hosts).issued_by(Arc::clone(&authority));
            let started = start(row, doors).await.with_context(|| format!("no stand-in for {}", row.name))?;
            places.push(Place { row, started });
        }
        Ok(World { places, authority })
    }

    /// The authority behind every stand-in's certificate.
    pub(super) fn ca_pem(&self) -> String {
        self.authority.pem()
    }
}

async fn start(row: &Row, doors: Doors) -> anyhow::Result<Started> {
    match row.server {
        Server::GitHubCom => github::start(Product::Cloud, row, doors).await,
        Server::GitHubEnterprise { version } => {
            github::start(Product::Enterprise { version: version.to_owned() }, row, doors).await
        }
        Server::GitLabCom => gitlab::start(GitLab::cloud(), row, doors).await,
        Server::GitLabSelfManaged { version, relative_root } => {
            gitlab::start(GitLab::self_managed(version).relative_root(relative_root), row, doors).await
        }
        Server::AzureDevOps { organization } => {
            azure_devops::start(AzureDevOps::services(organization), row, doors).await
        }
        Server::VisualStudio { organization } => {
            azure_devops::start(AzureDevOps::visual_studio(organization), row, doors).await
        }
        Server::Tfs { release, directory, collection } => {
            azure_devops::start(AzureDevOps::server(release, directory, collection), row, doors).await
        }
        Server::CodeCommit { region } => codecommit::start(region, row, doors).await,
    }
}

impl Place {
    /// What to connect to for each host the provider calls.
    pub(super) fn connect_to(&self) -> Vec<String> {
        let address = self.started.stand_in.tls_addr();
        self.row.hosts.iter().map(|host| format!("{host}:443={address}")).collect()
    }

    /// Base URL for the vendor's own clients, over plain HTTP; `env.rs` says which part of the address it is.
    pub(super) fn client_url(&self) -> &str {
        &self.started.client_url
    }

    /// The repository itself.
    pub(super) fn git(&self) -> git::Repository {
        self.started.stand_in.git(self.row.repository)
    }

    pub(super) fn git_dir(&self) -> PathBuf {
        self.git().dir().to_owned()
    }

    /// Oldest first.
    pub(super) fn pull_requests(&self) -> Vec<PullRequest> {
        self.started.stand_in.pull_requests(self.row.repository)
    }

    /// Login of the account that made a branch through the API.
    pub(super) fn who_made_branch(&self, branch: &str) -> Option<String> {
        self.started.stand_in.who_made_branch(self.row.repository, branch)
    }

    /// Every request so far.
    pub(super) fn record(&self) -> &Record {
        self.started.stand_in.record()
    }

    /// Whether a request carried exactly this credential, and the stand-in took it for its account.
    pub(super) fn carried(&self, recorded: &Recorded, credential: &Credential) -> bool {
        recorded.token().as_deref() == Some(credential.shown()) && recorded.account.as_deref() == Some(credential.login)
    }
}
