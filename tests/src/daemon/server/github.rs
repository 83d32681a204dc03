//! GitHub.com and GitHub Enterprise Server.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use http::{Method, StatusCode};

use super::{Description, End, Fields, Holder, Made, Place, Server, Traits};
use crate::standin::conformance::{Conformance, spec_file};
use crate::standin::faults::{Fault, When};
use crate::standin::github::{Builder, GitHub, TokenState, deviations, faults, token};

/// What the form of a classic token is filled in with.
const CLASSIC: &[&str] = &["description=Countersign", "scopes=repo"];
/// What that of a fine-grained one is.
const FINE_GRAINED: &[&str] = &["name=Countersign", "contents=write", "pull_requests=write", "expires_in=90"];
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

    async fn usual(self, page_cap: Option<usize>) -> GitHub {
        let scene = self.builder().usual();
        let scene = match page_cap {
            Some(items) => scene.page_cap(items),
            None => scene,
        };
        scene.start().await.expect("the stand-in starts")
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

    fn repository(self, which: Place) -> Result<&'static str, &'static str> {
        Ok(match which {
            Place::Widgets => "acme/widgets",
            Place::Renamed => "acme/gadgets",
            Place::Empty => "acme/empty",
            Place::Archived => "acme/attic",
            Place::Missing => "acme/nowhere",
        })
    }

    fn end(self, stand_in: &GitHub, of: Holder, how: End) {
        let token = self.credential(of).expect("a credential of the scene")["token"];
        let state = match how {
            End::Expired => TokenState::Expired,
            End::Revoked => TokenState::Revoked,
        };
        stand_in.change(|world| world.token_mut(token).state = state);
    }

    fn limit(self) -> Fault {
        faults::secondary_rate_limit(StatusCode::FORBIDDEN, Some(17))
    }

    fn creates(self, what: Made) -> When {
        match what {
            Made::Branch => When::ends_with(Method::POST, "/git/refs"),
            Made::PullRequest => When::ends_with(Method::POST, "/pulls"),
        }
    }

    fn deletes_branch(self) -> When {
        When::new(Method::DELETE, |path| path.contains("/git/refs/"))
    }

    fn needs(self, to_make: Made) -> &'static str {
        match to_make {
            Made::Branch => "contents: write",
            Made::PullRequest => "pull_requests: write",
        }
    }

    fn traits(self) -> Traits {
        Traits {
            hidden: (404, "not-found-or-no-access"),
            clash: (409, "already-exists"),
            pages_repositories: Ok(()),
            pages_branches: Ok(()),
            tells_empty: Err("GitHub names a default branch also while there is no commit"),
            tells_expiry: Ok(()),
            revokes: Err("GitHub has no request by which a personal access token ends itself"),
            counts_commits: Ok(()),
            drafts: Ok(()),
            reviewers: Ok(()),
            templates: Ok(".github/PULL_REQUEST_TEMPLATE.md"),
            fills_forms: match self {
                GitHubServer::Cloud => Ok(&[CLASSIC, FINE_GRAINED]),
                GitHubServer::Enterprise => Ok(&[CLASSIC]),
            },
        }
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
