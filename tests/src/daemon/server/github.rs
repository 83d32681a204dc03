//! GitHub.com and GitHub Enterprise Server.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::{Description, Fields, Holder, Server};
use crate::standin::conformance::{Conformance, spec_file};
use crate::standin::github::{Builder, GitHub, deviations, token};

const ENTERPRISE_HOST: &str = "github.example.com";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GitHubServer {
    Cloud,
    Enterprise,
}

impl GitHubServer {
    pub const ALL: [GitHubServer; 2] = [GitHubServer::Cloud, GitHubServer::Enterprise];

    /// An empty scene of this server, with its name on the certificate.
    pub fn builder(self) -> Builder {
        match self {
            GitHubServer::Cloud => GitHub::cloud(),
            GitHubServer::Enterprise => GitHub::enterprise("3.16.2").doors(|doors| doors.named(&[ENTERPRISE_HOST])),
        }
    }
}

impl Server for GitHubServer {
    type StandIn = GitHub;

    fn kind(self) -> &'static str {
        match self {
            GitHubServer::Cloud => "github",
            GitHubServer::Enterprise => "github-enterprise",
        }
    }

    fn provider(self) -> &'static str {
        "github"
    }

    fn settings(self) -> BTreeMap<&'static str, String> {
        match self {
            GitHubServer::Cloud => BTreeMap::new(),
            GitHubServer::Enterprise => BTreeMap::from([("base_url", format!("https://{ENTERPRISE_HOST}"))]),
        }
    }

    fn hosts(self) -> &'static [&'static str] {
        match self {
            GitHubServer::Cloud => &["api.github.com"],
            GitHubServer::Enterprise => &[ENTERPRISE_HOST],
        }
    }

    async fn usual(self) -> GitHub {
        self.builder().usual().start().await.expect("the stand-in starts")
    }

    fn credential(self, of: Holder) -> Result<Fields, &'static str> {
        let token = match of {
            Holder::Integration => token::INTEGRATION,
            Holder::Alice => token::ALICE,
            Holder::AliceUntil2031 => token::ALICE_EXPIRING,
            Holder::AliceReading => token::ALICE_FINE_READ,
            Holder::AliceExpired => token::ALICE_EXPIRED,
            Holder::AliceRevoked => token::ALICE_REVOKED,
            Holder::Bob => token::BOB,
            Holder::Mallory => token::MALLORY,
        };
        Ok(Fields::from([("token", token)]))
    }

    fn description(self) -> Option<&'static dyn Description> {
        static CLOUD: OnceLock<Option<Conformance>> = OnceLock::new();
        static ENTERPRISE: OnceLock<Option<Conformance>> = OnceLock::new();
        let (cell, file, reality) = match self {
            GitHubServer::Cloud => (&CLOUD, "openapi/github/api.github.com.json", &deviations::CLOUD),
            GitHubServer::Enterprise => (&ENTERPRISE, "openapi/github/ghes-3.16.json", &deviations::ENTERPRISE),
        };
        let open = || spec_file(file).map(|path| Conformance::open(&path, reality).expect("a readable description"));
        cell.get_or_init(open).as_ref().map(|description| description as _)
    }
}
