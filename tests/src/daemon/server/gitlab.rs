//! GitLab.com and self-managed GitLab, which is installed below a relative root here.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use http::Method;

use super::{Description, End, Fields, Holder, Made, Place, Server, Traits};
use crate::standin::conformance::{Conformance, spec_file};
use crate::standin::faults::{Fault, When};
use crate::standin::gitlab::{Builder, GitLab, TokenState, deviations, faults, token};

const SELF_MANAGED_HOST: &str = "git.example.com";
const RELATIVE_ROOT: &str = "/gitlab";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GitLabServer {
    Cloud,
    SelfManaged,
}

impl GitLabServer {
    /// An empty scene of this server, with its name on the certificate.
    pub fn builder(self) -> Builder {
        match self {
            GitLabServer::Cloud => GitLab::cloud(),
            GitLabServer::SelfManaged => {
                let scene = GitLab::self_managed("16.11.2").relative_root(RELATIVE_ROOT);
                scene.doors(|doors| doors.named(&[SELF_MANAGED_HOST]))
            }
        }
    }
}

impl Server for GitLabServer {
    type StandIn = GitLab;

    fn kind(self) -> &'static str {
        match self {
            GitLabServer::Cloud => "gitlab",
            GitLabServer::SelfManaged => "gitlab-self-managed",
        }
    }

    fn provider(self) -> &'static str {
        "gitlab"
    }

    fn settings(self) -> BTreeMap<&'static str, String> {
        match self {
            GitLabServer::Cloud => BTreeMap::new(),
            GitLabServer::SelfManaged => {
                BTreeMap::from([("base_url", format!("https://{SELF_MANAGED_HOST}{RELATIVE_ROOT}"))])
            }
        }
    }

    fn hosts(self) -> &'static [&'static str] {
        match self {
            GitLabServer::Cloud => &["gitlab.com"],
            GitLabServer::SelfManaged => &[SELF_MANAGED_HOST],
        }
    }

    async fn usual(self, page_cap: Option<usize>) -> GitLab {
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
            Holder::AliceReading => token::ALICE_READ,
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

    fn end(self, stand_in: &GitLab, of: Holder, how: End) {
        let token = self.credential(of).expect("a credential of the scene")["token"];
        let state = match how {
            End::Expired => TokenState::Expired,
            End::Revoked => TokenState::Revoked,
        };
        stand_in.change(|world| world.token_mut(token).state = state);
    }

    fn limit(self) -> Fault {
        faults::endpoint_rate_limit(Some(17))
    }

    fn creates(self, what: Made) -> When {
        match what {
            Made::Branch => When::ends_with(Method::POST, "/repository/branches"),
            Made::PullRequest => When::ends_with(Method::POST, "/merge_requests"),
        }
    }

    fn deletes_branch(self) -> When {
        When::new(Method::DELETE, |path| path.contains("/repository/branches/"))
    }

    fn needs(self, _to_make: Made) -> &'static str {
        "api"
    }

    fn traits(self) -> Traits {
        Traits {
            hidden: (404, "not-found-or-no-access"),
            clash: (409, "already-exists"),
            pages_repositories: Ok(()),
            pages_branches: Ok(()),
            tells_empty: Ok(()),
            tells_expiry: Ok(()),
            revokes: Ok(()),
            counts_commits: Ok(()),
            drafts: Ok(()),
            reviewers: Ok(()),
            templates: Ok(".gitlab/merge_request_templates/Default.md"),
            fills_forms: Ok(&[&["name=Countersign", "scopes=api"]]),
        }
    }

    fn description(self) -> Option<&'static dyn Description> {
        static CLOUD: OnceLock<Option<Conformance>> = OnceLock::new();
        static SELF_MANAGED: OnceLock<Option<Conformance>> = OnceLock::new();
        let (cell, reality) = match self {
            GitLabServer::Cloud => (&CLOUD, &deviations::AT_THE_ROOT),
            GitLabServer::SelfManaged => (&SELF_MANAGED, &deviations::BELOW_GITLAB),
        };
        let file = "openapi/gitlab/gitlab-v4-as-served.oas3.json";
        let open = || spec_file(file).map(|path| Conformance::open(&path, reality).expect("a readable description"));
        cell.get_or_init(open).as_ref().map(|description| description as _)
    }
}
