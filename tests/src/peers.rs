//! The vendors' own clients, driven against our stand-ins: a stand-in that its own vendor's client cannot use is not one.
//!
//! Each peer is a script in `tests/peers/` for one client from PyPI. It is told where the stand-in is by environment variables,
//! says what it does step by step and ends with how many steps passed. `make peers` makes the virtual environment.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use tokio::process::Command;

use crate::standin::azure_devops::{self, AzureDevOps};
use crate::standin::codecommit::{self, CodeCommit};
use crate::standin::github::{self, GitHub};
use crate::standin::gitlab::{self, GitLab};
use crate::tidy::workspace_root;

/// The interpreter of the virtual environment, from the root of the workspace.
const PYTHON: &str = "target/peers/bin/python";
/// Items on a page: every list has a second one.
const PAGE_CAP: usize = 2;

/// One script and what it is told.
struct Peer {
    script: &'static str,
    variables: Vec<(&'static str, String)>,
    /// Served as long as it is here.
    _stand_in: Box<dyn std::any::Any + Send>,
}

/// Runs every peer, whatever became of the one before.
pub async fn run() -> anyhow::Result<ExitCode> {
    let (mut passed, mut failed) = (0, 0);
    for peer in peers().await? {
        println!("--- {}", peer.script);
        if peer.run().await? { passed += 1 } else { failed += 1 }
    }
    println!("{passed} passed, {failed} failed");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Peer {
    async fn run(&self) -> anyhow::Result<bool> {
        let root = workspace_root();
        let script: PathBuf = root.join("tests/peers").join(self.script);
        // Without the script's own directory on the path: it is called like the module it drives.
        let mut command = Command::new(root.join(PYTHON));
        command.arg("-P").arg(&script).envs(self.variables.iter().map(|(name, value)| (*name, value)));
        let status = command.status().await.context("no Python in target/peers; `make peers` makes it")?;
        Ok(status.success())
    }
}

async fn peers() -> anyhow::Result<Vec<Peer>> {
    let services = AzureDevOps::services("acme");
    let visual_studio = AzureDevOps::visual_studio("acme");
    let server = |release| AzureDevOps::server(release, "tfs", "DefaultCollection");
    Ok(vec![
        github(GitHub::cloud()).await?,
        gitlab(GitLab::cloud()).await?,
        gitlab(GitLab::self_managed("16.11.2").relative_root("/gitlab")).await?,
        azure_devops(services).await?,
        azure_devops(visual_studio).await?,
        azure_devops(server("2018.2")).await?,
        azure_devops(server("2022")).await?,
        codecommit().await?,
    ])
}

async fn github(empty: github::Builder) -> anyhow::Result<Peer> {
    let github = empty.usual().page_cap(PAGE_CAP).start().await?;
    let variables = vec![
        ("STANDIN_URL", github.url()),
        ("STANDIN_TOKEN", github::token::ALICE.to_owned()),
        ("STANDIN_READER_TOKEN", github::token::BOB.to_owned()),
    ];
    Ok(Peer { script: "github.py", variables, _stand_in: Box::new(github) })
}

async fn gitlab(empty: gitlab::Builder) -> anyhow::Result<Peer> {
    let gitlab = empty.usual().page_cap(PAGE_CAP).start().await?;
    let variables = vec![
        ("STANDIN_URL", gitlab.web_url()),
        ("STANDIN_TOKEN", gitlab::token::ALICE.to_owned()),
        ("STANDIN_READER_TOKEN", gitlab::token::BOB.to_owned()),
        ("STANDIN_STRANGER_TOKEN", gitlab::token::MALLORY.to_owned()),
    ];
    Ok(Peer { script: "gitlab.py", variables, _stand_in: Box::new(gitlab) })
}

async fn azure_devops(empty: azure_devops::Builder) -> anyhow::Result<Peer> {
    let azure = empty.usual().page_cap(PAGE_CAP).start().await?;
    let variables = vec![
        ("STANDIN_URL", azure.url()),
        ("STANDIN_TOKEN", azure_devops::token::ALICE.to_owned()),
        ("STANDIN_READER_TOKEN", azure_devops::token::BOB.to_owned()),
    ];
    Ok(Peer { script: "azure_devops.py", variables, _stand_in: Box::new(azure) })
}

async fn codecommit() -> anyhow::Result<Peer> {
    let codecommit = CodeCommit::region("us-east-1").usual().page_cap(PAGE_CAP).start().await?;
    let (alice, bob, role) = (codecommit::token::ALICE, codecommit::token::BOB, codecommit::token::ALICE_ROLE);
    let variables = vec![
        ("STANDIN_URL", codecommit.url()),
        ("STANDIN_KEY_ID", alice.id.to_owned()),
        ("STANDIN_SECRET", alice.secret.to_owned()),
        ("STANDIN_READER_KEY_ID", bob.id.to_owned()),
        ("STANDIN_READER_SECRET", bob.secret.to_owned()),
        ("STANDIN_ROLE_KEY_ID", role.id.to_owned()),
        ("STANDIN_ROLE_SECRET", role.secret.to_owned()),
        ("STANDIN_ROLE_SESSION", role.session_token.unwrap_or_default().to_owned()),
    ];
    Ok(Peer { script: "codecommit.py", variables, _stand_in: Box::new(codecommit) })
}
