//! What an administrator does once: a provider, a token for herself, a connector, and the integrations.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, bail};

use super::command::Countersign;
use super::integrations::PROJECT;
use super::screen::Screen;
use super::world::{Place, World};
use crate::tidy::workspace_root;

/// The connector all requests come through.
pub(super) const CONNECTOR: &str = "jira";
/// The components to register, from the root of the workspace. `make setup` builds them there.
const COMPONENTS: &[&str] = &[
    "target/providers/azure-devops.wasm",
    "target/providers/codecommit.wasm",
    "target/providers/github.wasm",
    "target/providers/gitlab.wasm",
];

/// What the administrator got out of it.
#[derive(Debug)]
pub(super) struct Administered {
    pub(super) admin_token: String,
    /// Signs in to her pages, once, within half an hour.
    pub(super) admin_login_link: String,
    /// File with the connector's private key.
    pub(super) key_path: PathBuf,
    /// The same key.
    pub(super) private_key_pem: String,
}

pub(super) async fn all(
    countersign: &Countersign,
    world: &World,
    jira_origin: &str,
    screen: &Screen,
) -> anyhow::Result<Administered> {
    for component in COMPONENTS {
        register(countersign, component, screen).await?;
    }
    let admin = countersign.run(&["admin", "token", "--label", "demo"]).await?;
    let admin_token = admin["token"].as_str().context("`admin token` printed no token")?.to_owned();
    let link = countersign.run(&["admin", "login-link", "--label", "demo administrator"]).await?;
    let admin_login_link = link["url"].as_str().context("`admin login-link` printed no link")?.to_owned();
    let key_path = countersign.path("connector.pem");
    let key_file = key_path.display().to_string();
    let add = ["connector", "add", CONNECTOR, "--name", "The demo's Jira", "--generate", &key_file];
    countersign.run(&[&add[..], &["--return-origin", jira_origin]].concat()).await?;
    screen.done("connector", CONNECTOR, "registered by its public key");
    let private_key_pem = fs::read_to_string(&key_path).context("the connector's key cannot be read")?;
    let ca_path = countersign.write("ca.pem", &world.ca_pem())?.display().to_string();
    for place in &world.places {
        add_integration(countersign, place, &ca_path, screen).await?;
    }
    Ok(Administered { admin_token, admin_login_link, key_path, private_key_pem })
}

async fn register(countersign: &Countersign, component: &str, screen: &Screen) -> anyhow::Result<()> {
    let path = workspace_root().join(component);
    if !path.is_file() {
        bail!("there is no {component}: `make setup` builds it");
    }
    let provider = countersign.run(&["provider", "register", &path.display().to_string()]).await?;
    let kinds = provider["kinds"].as_array().map(Vec::as_slice).unwrap_or_default();
    let kinds: Vec<_> = kinds.iter().filter_map(|kind| kind["id"].as_str()).collect();
    screen.done("provider", component, &format!("serves {}", kinds.join(", ")));
    Ok(())
}

async fn add_integration(
    countersign: &Countersign,
    place: &Place,
    ca_path: &str,
    screen: &Screen,
) -> anyhow::Result<()> {
    let row = place.row;
    let connect_to = place.connect_to();
    let mut arguments = vec!["integration", "add", "--id", row.id, "--kind", row.kind, "--name", row.name];
    arguments.extend(["--project", PROJECT, "--ca", ca_path]);
    arguments.extend(connect_to.iter().flat_map(|address| ["--connect-to", address]));
    let mut values = Vec::new();
    for (name, value) in row.settings {
        values.push(("--setting", format!("{name}={value}")));
    }
    for (name, value) in row.own.fields {
        let file = countersign.write(&format!("{}-{name}", row.id), value)?;
        values.push(("--credential", format!("{name}=@{}", file.display())));
    }
    arguments.extend(values.iter().flat_map(|(option, value)| [*option, value.as_str()]));
    let added = countersign.run(&arguments).await?;
    let account = added["account"]["login"].as_str().unwrap_or("-");
    screen.done("integration", row.id, &format!("https://{} as {account}", row.hosts[0]));
    Ok(())
}
