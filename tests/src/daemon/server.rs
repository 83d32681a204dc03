//! Which GitHub stands behind a daemon: what an integration with it is told, and what its official description says.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::standin::conformance::{Conformance, spec_file};
use crate::standin::github::{Builder, GitHub, deviations};
use crate::standin::record::Recorded;

const ENTERPRISE_HOST: &str = "github.example.com";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Server {
    Cloud,
    Enterprise,
}

impl Server {
    pub const ALL: [Server; 2] = [Server::Cloud, Server::Enterprise];

    /// An empty scene of this server, with its name on the certificate.
    pub fn builder(self) -> Builder {
        match self {
            Server::Cloud => GitHub::cloud(),
            Server::Enterprise => GitHub::enterprise("3.16.2").doors(|doors| doors.named(&[ENTERPRISE_HOST])),
        }
    }

    pub fn kind(self) -> &'static str {
        match self {
            Server::Cloud => "github",
            Server::Enterprise => "github-enterprise",
        }
    }

    pub(super) fn settings(self) -> BTreeMap<&'static str, String> {
        match self {
            Server::Cloud => BTreeMap::new(),
            Server::Enterprise => BTreeMap::from([("base_url", format!("https://{ENTERPRISE_HOST}"))]),
        }
    }

    /// The stand-in takes the place of the host by name: the origin stays what it would be, and so do the checks.
    pub(super) fn network(self, stand_in: &GitHub) -> Value {
        let host = match self {
            Server::Cloud => "api.github.com",
            Server::Enterprise => ENTERPRISE_HOST,
        };
        let from = format!("{host}:443");
        json!({ "ca_pem": stand_in.ca_pem(), "connect_to": { from: stand_in.tls_addr().to_string() } })
    }

    /// What the exchanges hold that GitHub's description does not; nothing where the description is not at hand. An answer
    /// that a fault was at says nothing about the stand-in.
    pub fn findings(self, exchanges: &[Recorded]) -> Vec<String> {
        let Some(description) = self.description() else { return Vec::new() };
        let check = |recorded: &Recorded| match recorded.fault {
            None => description.check_exchange(recorded),
            Some(_) => description.check_request(recorded),
        };
        exchanges.iter().filter_map(|recorded| check(recorded).err()).flatten().collect()
    }

    /// None, with a printed reason, where the descriptions are not at hand.
    pub fn description(self) -> Option<&'static Conformance> {
        static CLOUD: OnceLock<Option<Conformance>> = OnceLock::new();
        static ENTERPRISE: OnceLock<Option<Conformance>> = OnceLock::new();
        let (cell, file, reality) = match self {
            Server::Cloud => (&CLOUD, "openapi/github/api.github.com.json", &deviations::CLOUD),
            Server::Enterprise => (&ENTERPRISE, "openapi/github/ghes-3.16.json", &deviations::ENTERPRISE),
        };
        let open = || spec_file(file).map(|path| Conformance::open(&path, reality).expect("a readable description"));
        cell.get_or_init(open).as_ref()
    }
}
