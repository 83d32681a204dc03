//! `countersign connector`: clients of the HTTP API by their public keys, and tokens as a connector would make them.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{ArgGroup, Args, Subcommand};
use crypto::SystemRandom;
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::answer::{Answer, Table, document, or_dash};
use super::context::{Context, administration};
use super::{arguments, failure, private_file};
use crate::clock::{Clock as _, SystemClock};
use crate::operate::OperationError;
use crate::operate::administration::{self, Expected, NewConnector};
use crate::token::{self, MAX_LIFETIME_S, NewClaims};
use crate::view::{ConnectorView, Connectors};
use model::{ConnectorId, DisplayName, JiraUser, PersonName, ProjectKey, PublicKey, SiteId, UserNames, web_origin};

/// How long a token from the command line lives, in seconds: long enough to paste it.
const USUAL_LIFETIME_S: u64 = 60;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Register a connector by its public key
    Add(Add),
    /// List connectors
    List,
    /// Remove a connector; its tokens are refused from then on
    Remove { id: ConnectorId },
    /// Print a token as this connector would make it
    Sign(Sign),
}

#[derive(Args)]
#[command(group = ArgGroup::new("key").required(true).args(["public_key", "generate"]))]
pub(super) struct Add {
    /// What the connector's tokens name as their issuer
    id: ConnectorId,
    /// The Jira whose users it vouches for
    #[arg(long, value_name = "SITE", default_value_t)]
    site: SiteId,
    /// For people [default: ID]
    #[arg(long)]
    name: Option<DisplayName>,
    /// File with the public key, Ed25519 or P-256, as PEM
    #[arg(long, value_name = "FILE.pem")]
    public_key: Option<PathBuf>,
    /// Make a key pair, and write the private key to this new file
    #[arg(long, value_name = "FILE")]
    generate: Option<PathBuf>,
    /// Origin of pages a user may be sent back to (repeatable)
    #[arg(long = "return-origin", value_name = "URL", value_parser = web_origin)]
    return_origins: Vec<String>,
}

#[derive(Args)]
pub(super) struct Sign {
    id: ConnectorId,
    /// File with the connector's private key, PKCS#8 as PEM
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Id of the Jira user the connector asks for
    #[arg(long)]
    user: JiraUser,
    /// What the user signs in to Jira with
    #[arg(long, value_name = "NAME")]
    username: Option<PersonName>,
    /// What Jira shows the user as
    #[arg(long, value_name = "NAME")]
    display_name: Option<PersonName>,
    /// Jira project in which the user may view development tools (repeatable)
    #[arg(long = "project", value_name = "KEY")]
    projects: Vec<ProjectKey>,
    /// The daemon's public URL [default: the configured one]
    #[arg(long, value_name = "URL")]
    audience: Option<String>,
    /// Seconds until the token ends, up to 300
    #[arg(long, value_name = "SECONDS", default_value_t = USUAL_LIFETIME_S, value_parser = clap::value_parser!(u64).range(1..=MAX_LIFETIME_S))]
    lifetime: u64,
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Answer> {
        match self {
            Command::Add(add) => add.run(context).await,
            Command::List => list(context).await,
            Command::Remove { id } => remove(context, &id).await,
            Command::Sign(sign) => sign.run(context),
        }
    }
}

impl Add {
    async fn run(self, context: &Context) -> anyhow::Result<Answer> {
        let app = context.open()?;
        let new = NewConnector {
            id: self.id,
            site: self.site,
            name: self.name,
            key: key(self.public_key.as_ref(), self.generate.as_ref())?,
            return_origins: self.return_origins,
        };
        let added = administration::add_connector(&app, &administration(), new).await;
        if let (Err(_), Some(path)) = (&added, &self.generate) {
            // Its public half is registered nowhere.
            let _ = fs::remove_file(path);
        }
        let connector = added.map_err(explained)?;
        let written = self.generate.map(|path| format!("; its private key is in {}", path.display()));
        let (id, site) = (&connector.id, &connector.site);
        let text = format!("added connector {id} of site {site}{}", written.unwrap_or_default());
        Ok(Answer::new(text, document(&ConnectorView::from(connector))))
    }
}

/// The public key to register; exactly one of the two is given.
fn key(given: Option<&PathBuf>, generate: Option<&PathBuf>) -> anyhow::Result<PublicKey> {
    if let Some(path) = given {
        let text = arguments::text_file(path)?;
        return token::public_key_from_pem(&text).with_context(|| path.display().to_string());
    }
    let path = generate.context("neither --public-key nor --generate is given")?;
    let (private, public) = token::generate_ed25519(&SystemRandom.of_ring())?;
    private_file::create(path, private.expose_secret())?;
    Ok(public)
}

async fn list(context: &Context) -> anyhow::Result<Answer> {
    let connectors = administration::connectors(&*context.open()?).await?;
    let mut table = Table::new(["ID", "SITE", "NAME", "KEY", "RETURN ORIGINS", "ADDED", "USED"]);
    for connector in &connectors {
        let origins = connector.return_origins.join(" ");
        table.row([
            connector.id.to_string(),
            connector.site.to_string(),
            connector.name.to_string(),
            sort(&connector.key).to_owned(),
            or_dash(Some(origins).filter(|text| !text.is_empty())),
            connector.created_at.to_string(),
            or_dash(connector.last_used_at),
        ]);
    }
    let connectors = Connectors { connectors: connectors.into_iter().map(ConnectorView::from).collect() };
    Ok(Answer::new(table.to_string(), document(&connectors)))
}

async fn remove(context: &Context, id: &ConnectorId) -> anyhow::Result<Answer> {
    let app = context.open()?;
    let removed = administration::remove_connector(&app, &administration(), id, &Expected::Any).await;
    removed.map_err(explained)?;
    Ok(Answer::new(format!("removed connector {id}"), json!({ "removed": id })))
}

impl Sign {
    /// Needs no data directory: a connector's private key may be on another machine.
    fn run(self, context: &Context) -> anyhow::Result<Answer> {
        let audience = match self.audience {
            Some(audience) => audience,
            None => context.config()?.public_url,
        };
        let random = SystemRandom.of_ring();
        let claims = NewClaims {
            connector: &self.id,
            user: &self.user,
            names: &UserNames { username: self.username, display_name: self.display_name },
            projects: &self.projects,
            audience: &audience,
            token_id: &token::new_token_id(&random)?,
            issued_at: SystemClock.now(),
            lifetime_s: self.lifetime,
        };
        let key = arguments::secret_file(&self.key)?;
        let token = token::sign(&key, &claims, &random).with_context(|| self.key.display().to_string())?;
        Ok(Answer::new(token.clone(), json!({ "token": token, "audience": audience, "lifetime_s": self.lifetime })))
    }
}

fn explained(error: OperationError) -> anyhow::Error {
    failure::of_operation(error, "countersign connector list", |field| format!("--{field}"))
}

fn sort(key: &PublicKey) -> &'static str {
    match key {
        PublicKey::Ed25519(_) => "Ed25519",
        PublicKey::P256(_) => "P-256",
    }
}
