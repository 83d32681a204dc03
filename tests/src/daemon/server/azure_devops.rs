//! Azure DevOps Services under both of its hosts, and a server of one's own.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use http::Method;

use super::{Description, End, Fields, Holder, Made, Place, Server, Traits};
use crate::standin::azure_devops::{AzureDevOps, Builder, TokenState, deviations, faults, token};
use crate::standin::conformance::{Conformance, spec_file};
use crate::standin::faults::{Fault, When};

const SERVER_HOST: &str = "tfs.example.com";
/// Seconds since 1970 at which a limit ends, said beside how long to wait.
const LIMIT_ENDS_S: i64 = 1_795_338_017;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AzureServer {
    /// `dev.azure.com`
    Services,
    /// `visualstudio.com`
    VisualStudio,
    /// Azure DevOps Server 2022.
    Server2022,
    /// Team Foundation Server 2018, which knows no drafts and no disabled repositories.
    Tfs2018,
    /// Team Foundation Server 2015, which knows no personal access tokens.
    Tfs2015,
}

impl AzureServer {
    /// An empty scene of this server, with its names on the certificate.
    pub fn builder(self) -> Builder {
        let own = |release| {
            AzureDevOps::server(release, "tfs", "DefaultCollection").doors(|doors| doors.named(&[SERVER_HOST]))
        };
        match self {
            AzureServer::Services => AzureDevOps::services("acme"),
            AzureServer::VisualStudio => AzureDevOps::visual_studio("acme"),
            AzureServer::Server2022 => own("2022"),
            AzureServer::Tfs2018 => own("2018.2"),
            AzureServer::Tfs2015 => own("2015"),
        }
    }

    fn version(self) -> Option<&'static str> {
        match self {
            AzureServer::Services | AzureServer::VisualStudio => None,
            AzureServer::Server2022 => Some("2022"),
            AzureServer::Tfs2018 => Some("2018"),
            AzureServer::Tfs2015 => Some("2015"),
        }
    }

    fn knows_disabling(self) -> bool {
        !matches!(self, AzureServer::Tfs2018 | AzureServer::Tfs2015)
    }
}

impl Server for AzureServer {
    type StandIn = AzureDevOps;

    fn kind(self) -> &'static str {
        match self {
            AzureServer::Services => "azure-devops",
            AzureServer::VisualStudio => "vsts",
            AzureServer::Server2022 | AzureServer::Tfs2018 | AzureServer::Tfs2015 => "tfs",
        }
    }

    fn provider(self) -> &'static str {
        "azure-devops"
    }

    fn settings(self) -> BTreeMap<&'static str, String> {
        match self.version() {
            None => BTreeMap::from([("organization", "acme".to_owned())]),
            Some(version) => BTreeMap::from([
                ("collection_url", format!("https://{SERVER_HOST}/tfs/DefaultCollection")),
                ("version", version.to_owned()),
            ]),
        }
    }

    fn hosts(self) -> &'static [&'static str] {
        match self {
            AzureServer::Services => &["dev.azure.com", "vssps.dev.azure.com"],
            AzureServer::VisualStudio => &["acme.visualstudio.com", "acme.vssps.visualstudio.com"],
            AzureServer::Server2022 | AzureServer::Tfs2018 | AzureServer::Tfs2015 => &[SERVER_HOST],
        }
    }

    async fn usual(self, page_cap: Option<usize>) -> AzureDevOps {
        let scene = self.builder().usual();
        let scene = match page_cap {
            Some(items) => scene.page_cap(items),
            None => scene,
        };
        scene.start().await.expect("the stand-in starts")
    }

    fn credential(self, of: Holder) -> Result<Fields, &'static str> {
        let token = match of {
            Holder::Integration if self == AzureServer::Tfs2015 => {
                return Ok(Fields::from([
                    ("username", token::INTEGRATION_USER),
                    ("token", token::INTEGRATION_PASSWORD),
                ]));
            }
            Holder::Integration => token::INTEGRATION,
            Holder::Alice => token::ALICE,
            Holder::AliceUntil2031 => token::ALICE_EXPIRING,
            Holder::AliceReading => token::ALICE_READ_ONLY,
            Holder::AliceExpired => token::ALICE_EXPIRED,
            Holder::AliceRevoked => token::ALICE_REVOKED,
            Holder::Bob => token::BOB,
            Holder::Mallory => token::MALLORY,
        };
        Ok(Fields::from([("token", token)]))
    }

    fn account(self, of: Holder) -> String {
        self.builder().product().account_name(self.login(of))
    }

    /// As people name them; the ids a list gives are tried there.
    fn repository(self, which: Place) -> Result<&'static str, &'static str> {
        match which {
            Place::Widgets => Ok("Platform/widgets"),
            Place::Empty => Ok("Platform/empty"),
            Place::Missing => Ok("Platform/nowhere"),
            Place::Archived if self.knows_disabling() => Ok("Platform/attic"),
            Place::Archived => Err("repositories can be disabled since 2022"),
            Place::Renamed => Err("a former name leads nowhere; the id, which the list gives, survives a renaming"),
        }
    }

    fn end(self, stand_in: &AzureDevOps, of: Holder, how: End) {
        let token = self.credential(of).expect("a credential of the scene")["token"];
        let state = match how {
            End::Expired => TokenState::Expired,
            End::Revoked => TokenState::Revoked,
        };
        stand_in.change(|world| world.token_mut(token).state = state);
    }

    fn limit(self) -> Fault {
        faults::blocked(17, LIMIT_ENDS_S)
    }

    fn creates(self, what: Made) -> When {
        match what {
            Made::Branch => When::ends_with(Method::POST, "/refs"),
            Made::PullRequest => When::ends_with(Method::POST, "/pullrequests"),
        }
    }

    /// Deleting is creating's other direction: the same request, to a reference that leads nowhere.
    fn deletes_branch(self) -> When {
        When::ends_with(Method::POST, "/refs")
    }

    fn needs(self, _to_make: Made) -> &'static str {
        "Code (Read & write)"
    }

    fn traits(self) -> Traits {
        Traits {
            hidden: (404, "not-found-or-no-access"),
            clash: (409, "already-exists"),
            pages_repositories: Err("Azure DevOps gives all repositories in one answer"),
            pages_branches: match self {
                AzureServer::Tfs2018 | AzureServer::Tfs2015 => {
                    Err("until Azure DevOps Server 2019 all branches come in one answer")
                }
                _ => Ok(()),
            },
            tells_empty: Ok(()),
            tells_expiry: Err("a personal access token cannot ask when it ends"),
            revokes: Err("the interface for the life of tokens does not take one"),
            counts_commits: Ok(()),
            drafts: match self {
                AzureServer::Tfs2018 | AzureServer::Tfs2015 => Err("drafts came with Azure DevOps Server 2019"),
                _ => Ok(()),
            },
            reviewers: Ok(()),
            templates: match self {
                AzureServer::Tfs2018 | AzureServer::Tfs2015 => Err("templates came with Azure DevOps Server 2019"),
                _ => Ok(".azuredevops/pull_request_template.md"),
            },
            fills_forms: Err("the page of tokens takes nothing in its address"),
        }
    }

    fn description(self) -> Option<&'static dyn Description> {
        static SERVICES: OnceLock<Option<Conformance>> = OnceLock::new();
        static VISUAL_STUDIO: OnceLock<Option<Conformance>> = OnceLock::new();
        static SERVER: OnceLock<Option<Conformance>> = OnceLock::new();
        static TFS: OnceLock<Option<Conformance>> = OnceLock::new();
        let (cell, file, reality) = match self {
            AzureServer::Services => (&SERVICES, "as-served-services-7.1.oas3.json", &deviations::SERVICES),
            AzureServer::VisualStudio => {
                (&VISUAL_STUDIO, "as-served-services-7.1.oas3.json", &deviations::VISUAL_STUDIO)
            }
            AzureServer::Server2022 => (&SERVER, "as-served-server-7.1.oas3.json", &deviations::SERVER),
            AzureServer::Tfs2018 | AzureServer::Tfs2015 => (&TFS, "as-served-tfs-4.1.oas3.json", &deviations::SERVER),
        };
        let file = format!("openapi/azure/{file}");
        let open = || spec_file(&file).map(|path| Conformance::open(&path, reality).expect("a readable description"));
        cell.get_or_init(open).as_ref().map(|description| description as _)
    }
}
