//! `countersign integration`: connections to git servers. What an integration may reach is the provider's to say from the
//! settings, and is shown to the administrator here.

mod mapping;
mod options;

use anyhow::Context as _;
use clap::{ArgGroup, Args, Subcommand};
use serde_json::{Value, json};

use self::options::Options;
use super::answer::{Answer, Table, or_dash};
use super::context::{Context, administration};
use super::failure;
use crate::app::App;
use crate::operate::{self, NewIntegration, NewIntegrationSettings, OperationError};
use model::{
    BranchNaming, BranchTemplate, IntegrationId, IntegrationRecord, KindId, Mappings, MaxLength, NetworkRules, Projects,
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Add an integration, once its git server has answered for the credential, if one is given
    Add(Box<Add>),
    /// List integrations
    List,
    /// Show an integration, with what is set up for its branches
    Show { id: IntegrationId },
    /// Change an integration; what is not named stays as it is
    Set(Box<Set>),
    /// Remove an integration with every PAT saved for it
    Remove { id: IntegrationId },
}

#[derive(Args)]
#[command(group = ArgGroup::new("openness").required(true).args(["projects", "all_projects"]))]
pub(super) struct Add {
    /// How the API and the other commands call it
    #[arg(long)]
    id: IntegrationId,
    /// One of the kinds that `countersign provider list` shows
    #[arg(long)]
    kind: KindId,
    #[command(flatten)]
    options: Options,
}

#[derive(Args)]
pub(super) struct Set {
    id: IntegrationId,
    #[command(flatten)]
    options: Options,
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Answer> {
        match self {
            Command::Add(add) => add.run(context).await,
            Command::List => list(context).await,
            Command::Show { id } => show(context, &id).await,
            Command::Set(set) => set.run(context).await,
            Command::Remove { id } => remove(context, &id).await,
        }
    }
}

impl Add {
    async fn run(self, context: &Context) -> anyhow::Result<Answer> {
        let blank = NewIntegration {
            name: self.id.to_string(),
            id: self.id,
            kind: self.kind,
            connect: NewIntegrationSettings::default(),
            // Replaced, because the argument parser insists on one of the two options.
            projects: Projects::Only(Vec::new()),
            require_user_pat: false,
            naming: BranchNaming::default(),
            mappings: Mappings::default(),
            credential: None,
        };
        let new = self.options.apply(blank)?;
        let app = context.open()?;
        let added = operate::add_integration(&app, &administration(), new).await.map_err(explained)?;
        Ok(Answer::new(format!("added integration {}", told(&added)), shown(&added)))
    }
}

impl Set {
    async fn run(self, context: &Context) -> anyhow::Result<Answer> {
        let app = context.open()?;
        let before = find(&app, &self.id).await?;
        let new = self.options.apply(as_it_is(&before))?;
        let changed = operate::change_integration(&app, &administration(), &before, new).await.map_err(explained)?;
        Ok(Answer::new(format!("changed integration {}", told(&changed)), shown(&changed)))
    }
}

async fn list(context: &Context) -> anyhow::Result<Answer> {
    let integrations = context.open()?.store.integrations().await?;
    let mut table = Table::new(["ID", "NAME", "KIND", "USER PAT", "ACCOUNT", "PROJECTS", "MAY REACH"]);
    for record in &integrations {
        table.row([
            record.id.to_string(),
            record.name.clone(),
            record.kind.to_string(),
            if record.require_user_pat { "required" } else { "optional" }.to_owned(),
            or_dash(record.account.as_ref().map(|account| &account.login)),
            projects(record),
            origins(record).join(" "),
        ]);
    }
    let json = json!({ "integrations": integrations.iter().map(shown).collect::<Vec<_>>() });
    Ok(Answer::new(table.to_string(), json))
}

async fn show(context: &Context, id: &IntegrationId) -> anyhow::Result<Answer> {
    let app = context.open()?;
    let record = find(&app, id).await?;
    let mut parts = vec![told(&record), named(&record.naming)];
    if !record.mappings.as_slice().is_empty() {
        parts.push(mapping::table(&record.mappings).to_string());
    }
    Ok(Answer::new(parts.join("\n"), shown(&record)))
}

async fn remove(context: &Context, id: &IntegrationId) -> anyhow::Result<Answer> {
    let app = context.open()?;
    if !operate::remove_integration(&app, &administration(), id).await.map_err(explained)? {
        return Err(missing(id));
    }
    Ok(Answer::new(format!("removed integration {id} and every PAT saved for it"), json!({ "removed": id })))
}

async fn find(app: &App, id: &IntegrationId) -> anyhow::Result<IntegrationRecord> {
    let case = app.store.load_case(id, None).await?;
    Ok(case.with_context(|| missing(id).to_string())?.integration)
}

fn missing(id: &IntegrationId) -> anyhow::Error {
    anyhow::anyhow!("there is no integration {id}: `countersign integration list` shows those there are")
}

fn as_it_is(record: &IntegrationRecord) -> NewIntegration {
    NewIntegration {
        id: record.id.clone(),
        name: record.name.clone(),
        kind: record.kind.clone(),
        connect: NewIntegrationSettings { settings: record.settings.clone(), network: record.network.clone() },
        projects: record.projects.clone(),
        require_user_pat: record.require_user_pat,
        naming: record.naming.clone(),
        mappings: record.mappings.clone(),
        credential: None,
    }
}

/// In the words of the command line, whose names for fields are its own.
fn explained(error: OperationError) -> anyhow::Error {
    failure::of_operation(error, |field| match field {
        "kind" => "--kind".to_owned(),
        field if field.starts_with("mappings") => "--map".to_owned(),
        field => format!("field {field}"),
    })
}

/// What an administrator should have seen of an integration.
fn told(record: &IntegrationRecord) -> String {
    let account = match &record.account {
        Some(account) => format!("it acts as {} where no PAT of a user is needed", account.login),
        None => "it has no account of its own".to_owned(),
    };
    let pat = if record.require_user_pat { "required" } else { "not required" };
    super::answer::shown(&format!(
        "{}: it may reach {} and nothing else; {account}; a PAT of the user is {pat}; it is open to {}",
        record.id,
        origins(record).join(", "),
        projects(record),
    ))
}

/// How branches are called.
fn named(naming: &BranchNaming) -> String {
    let template = naming.template.as_ref().map_or("by default", BranchTemplate::as_str);
    let length = match naming.max_length {
        Some(max) => format!("at most {} bytes", max.bytes()),
        None => "as long as the git server takes".to_owned(),
    };
    let separator = naming.separator.as_char();
    super::answer::shown(&format!("branch names: {template}, with `{separator}` between words, {length}"))
}

fn origins(record: &IntegrationRecord) -> Vec<&str> {
    record.connection.origins.iter().map(|origin| origin.url.as_str()).collect()
}

fn projects(record: &IntegrationRecord) -> String {
    match &record.projects {
        Projects::All => "all projects".to_owned(),
        Projects::Only(keys) => keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
    }
}

fn shown(record: &IntegrationRecord) -> Value {
    let NetworkRules { allow_private, allow_http, ca_pem, connect_to } = &record.network;
    json!({
        "id": record.id,
        "name": record.name,
        "provider": record.provider,
        "kind": record.kind,
        "settings": record.settings,
        "origins": origins(record),
        "web_url": record.connection.web_url,
        "user_credentials": record.connection.user_credentials,
        "projects": record.projects,
        "require_user_pat": record.require_user_pat,
        "account": record.account,
        "branch_template": record.naming.template,
        "branch_separator": record.naming.separator.as_char(),
        "branch_max_length": record.naming.max_length.map(MaxLength::bytes),
        "mappings": record.mappings,
        "network": {
            "allow_private": allow_private,
            "allow_http": allow_http,
            "ca_pem": ca_pem,
            "connect_to": connect_to,
        },
        "created_at": record.created_at,
        "updated_at": record.updated_at,
    })
}
