//! The vendors' own clients, driven against our stand-ins: a stand-in that its own vendor's client cannot use is not one.
//!
//! Each peer is a script in `tests/peers/` for one client, in Python from PyPI or in JavaScript from npm. It is told where the
//! stand-in is by environment variables, says what it does step by step and ends with how many steps passed. `make peers`
//! installs the clients.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use http::StatusCode;
use tempfile::NamedTempFile;
use tokio::process::Command;
use url::Url;

use crate::standin::StandIn;
use crate::standin::azure_devops::{self, AzureDevOps};
use crate::standin::codecommit::{self, CodeCommit};
use crate::standin::faults::When;
use crate::standin::github::{self, GitHub};
use crate::standin::gitlab::{self, GitLab};
use crate::standin::listen::Doors;
use crate::standin::record::token_of;
use crate::tidy::workspace_root;

/// Where `make peers` puts the clients, from the root of the workspace: a virtual environment of Python and Node.js's modules,
/// with the scripts in JavaScript beside them, because a module is looked for from where the script is.
const CLIENTS: &str = "target/peers";
/// Items on a page: every list has a second one.
const PAGE_CAP: usize = 2;
/// When a limit that is used up starts anew, in seconds since 1970: not while this runs.
const LIMITED_UNTIL_S: i64 = 4_102_444_800;

/// What a client is written in.
#[derive(Clone, Copy)]
enum Language {
    /// Over plain HTTP.
    Python,
    /// Over TLS, with the stand-in's own authority.
    JavaScript,
}
use Language::{JavaScript, Python};

type Variables = Vec<(&'static str, String)>;

/// One script and what it is told.
struct Peer {
    language: Language,
    /// Without what its name ends with.
    script: &'static str,
    variables: Variables,
    /// The authority to trust.
    authority: NamedTempFile,
    /// Served as long as it is here.
    _stand_in: Box<dyn StandIn>,
}

/// Runs every peer whose script's name has this part, whatever became of the one before.
pub async fn run(part: &str) -> anyhow::Result<ExitCode> {
    let (mut passed, mut failed) = (0, 0);
    for peer in peers().await?.iter().filter(|peer| peer.file().contains(part)) {
        println!("--- {}", peer.file());
        if peer.run().await? { passed += 1 } else { failed += 1 }
    }
    println!("{passed} passed, {failed} failed");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Language {
    /// An address that a client of this language takes for the name on the certificate.
    fn doors(self, doors: Doors) -> Doors {
        match self {
            Python => doors,
            JavaScript => doors.named(&["127.0.0.1"]),
        }
    }
}

impl Peer {
    /// `url` is the stand-in's over plain HTTP.
    fn new(
        language: Language,
        script: &'static str,
        url: &str,
        mut variables: Variables,
        stand_in: impl StandIn,
    ) -> anyhow::Result<Peer> {
        let mut authority = NamedTempFile::new()?;
        authority.write_all(stand_in.ca_pem().as_bytes())?;
        let mut url = Url::parse(url)?;
        if let JavaScript = language {
            let secured = url.set_scheme("https").and_then(|()| url.set_port(Some(stand_in.tls_addr().port())));
            secured.map_err(|()| anyhow::anyhow!("{url} has no scheme and port to change"))?;
        }
        variables.push(("STANDIN_URL", url.as_str().trim_end_matches('/').to_owned()));
        Ok(Peer { language, script, variables, authority, _stand_in: Box::new(stand_in) })
    }

    fn file(&self) -> String {
        match self.language {
            Python => format!("{}.py", self.script),
            JavaScript => format!("{}.mjs", self.script),
        }
    }

    async fn run(&self) -> anyhow::Result<bool> {
        let (root, file) = (workspace_root(), self.file());
        let mut command = match self.language {
            Python => {
                // Without the script's own directory on the path: it is called like the module it drives.
                let mut command = Command::new(root.join(CLIENTS).join("bin/python"));
                command.arg("-P").arg(root.join("tests/peers").join(file));
                command
            }
            JavaScript => {
                let mut command = Command::new("node");
                command.arg(root.join(CLIENTS).join(file)).env("NODE_EXTRA_CA_CERTS", self.authority.path());
                command
            }
        };
        command.envs(self.variables.iter().map(|(name, value)| (*name, value)));
        let status = command.status().await.context("no such client in target/peers; `make peers` installs them")?;
        Ok(status.success())
    }
}

async fn peers() -> anyhow::Result<Vec<Peer>> {
    let services = || AzureDevOps::services("acme");
    let visual_studio = || AzureDevOps::visual_studio("acme");
    let server = |release| AzureDevOps::server(release, "tfs", "DefaultCollection");
    let below = || GitLab::self_managed("16.11.2").relative_root("/gitlab");
    Ok(vec![
        github(Python, GitHub::cloud()).await?,
        gitlab(Python, GitLab::cloud()).await?,
        gitlab(Python, below()).await?,
        azure_devops(Python, services()).await?,
        azure_devops(Python, visual_studio()).await?,
        azure_devops(Python, server("2018.2")).await?,
        azure_devops(Python, server("2022")).await?,
        codecommit(Python).await?,
        github(JavaScript, GitHub::cloud()).await?,
        github(JavaScript, GitHub::enterprise("3.16.2")).await?,
        gitlab(JavaScript, GitLab::cloud()).await?,
        gitlab(JavaScript, below()).await?,
        azure_devops(JavaScript, services()).await?,
        azure_devops(JavaScript, visual_studio()).await?,
        azure_devops(JavaScript, server("2018.2")).await?,
        azure_devops(JavaScript, server("2022")).await?,
        codecommit(JavaScript).await?,
    ])
}

async fn github(language: Language, empty: github::Builder) -> anyhow::Result<Peer> {
    let github = empty.usual().page_cap(PAGE_CAP).doors(|doors| language.doors(doors)).start().await?;
    let limited = github::faults::primary_rate_limit(StatusCode::FORBIDDEN, LIMITED_UNTIL_S);
    github.faults.always(of(github::token::INTEGRATION), limited);
    let variables = vec![
        ("STANDIN_TOKEN", github::token::ALICE.to_owned()),
        ("STANDIN_READER_TOKEN", github::token::BOB.to_owned()),
        ("STANDIN_LIMITED_TOKEN", github::token::INTEGRATION.to_owned()),
    ];
    Peer::new(language, "github", &github.url(), variables, github)
}

async fn gitlab(language: Language, empty: gitlab::Builder) -> anyhow::Result<Peer> {
    let gitlab = empty.usual().page_cap(PAGE_CAP).doors(|doors| language.doors(doors)).start().await?;
    // One request only: its client in JavaScript asks again for minutes.
    gitlab.faults.once(of(gitlab::token::INTEGRATION), gitlab::faults::rate_limit("Retry later", LIMITED_UNTIL_S));
    let variables = vec![
        ("STANDIN_TOKEN", gitlab::token::ALICE.to_owned()),
        ("STANDIN_READER_TOKEN", gitlab::token::BOB.to_owned()),
        ("STANDIN_STRANGER_TOKEN", gitlab::token::MALLORY.to_owned()),
        ("STANDIN_LIMITED_TOKEN", gitlab::token::INTEGRATION.to_owned()),
    ];
    Peer::new(language, "gitlab", &gitlab.web_url(), variables, gitlab)
}

async fn azure_devops(language: Language, empty: azure_devops::Builder) -> anyhow::Result<Peer> {
    let azure = empty.usual().page_cap(PAGE_CAP).doors(|doors| language.doors(doors)).start().await?;
    azure.faults.always(of(azure_devops::token::INTEGRATION), azure_devops::faults::blocked(5, LIMITED_UNTIL_S));
    let variables = vec![
        ("STANDIN_TOKEN", azure_devops::token::ALICE.to_owned()),
        ("STANDIN_READER_TOKEN", azure_devops::token::BOB.to_owned()),
        ("STANDIN_LIMITED_TOKEN", azure_devops::token::INTEGRATION.to_owned()),
    ];
    Peer::new(language, "azure_devops", &azure.url(), variables, azure)
}

async fn codecommit(language: Language) -> anyhow::Result<Peer> {
    let usual = CodeCommit::region("us-east-1").usual().page_cap(PAGE_CAP);
    let codecommit = usual.doors(|doors| language.doors(doors)).start().await?;
    let (alice, bob, role) = (codecommit::token::ALICE, codecommit::token::BOB, codecommit::token::ALICE_ROLE);
    let limited = codecommit::token::INTEGRATION;
    codecommit.faults.always(of(limited.id), codecommit::faults::whoami_throttled("peers"));
    let variables = match language {
        Python => vec![
            ("STANDIN_KEY_ID", alice.id.to_owned()),
            ("STANDIN_SECRET", alice.secret.to_owned()),
            ("STANDIN_READER_KEY_ID", bob.id.to_owned()),
            ("STANDIN_READER_SECRET", bob.secret.to_owned()),
            ("STANDIN_ROLE_KEY_ID", role.id.to_owned()),
            ("STANDIN_ROLE_SECRET", role.secret.to_owned()),
            ("STANDIN_ROLE_SESSION", role.session_token.unwrap_or_default().to_owned()),
        ],
        JavaScript => vec![
            ("STANDIN_TOKEN", alice.id.to_owned()),
            ("STANDIN_TOKEN_SECRET", alice.secret.to_owned()),
            ("STANDIN_READER_TOKEN", bob.id.to_owned()),
            ("STANDIN_READER_TOKEN_SECRET", bob.secret.to_owned()),
            ("STANDIN_LIMITED_TOKEN", limited.id.to_owned()),
            ("STANDIN_LIMITED_TOKEN_SECRET", limited.secret.to_owned()),
        ],
    };
    Peer::new(language, "codecommit", &codecommit.url(), variables, codecommit)
}

/// Requests with this token.
fn of(token: &'static str) -> When {
    When::request(move |request| token_of(request).as_deref() == Some(token))
}
