//! `countersign integration`: connections to git servers. What an integration may reach is the provider's to say from the
//! settings, and is shown to the administrator here.

mod coverage;
mod mapping;
mod options;

use clap::{ArgGroup, Args, Subcommand};
use serde_json::json;

use self::coverage::CoverageArguments;
use self::options::{Before, Options};
use super::answer::{Answer, Table, document, or_dash};
use super::arguments::DryRun;
use super::context::{Context, administration};
use super::failure;
use super::policy::concerned;
use super::shown::shown;
use crate::operate::administration::{self, Adding, ChangedIntegration, Expected, NewIntegration, SetAside};
use crate::operate::{App, OperationError};
use crate::view::{AdminIntegrationView, AdminIntegrations};
use model::{
    BranchNaming, BranchTemplate, Features, IntegrationId, IntegrationRecord, KindId, Letters, OwnCredentialState,
    Projects, Rejection, Rules,
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
    /// Show who has a usable PAT, and whom requiring one would block
    Coverage(CoverageArguments),
    /// Remove an integration with every PAT saved for it
    Remove { id: IntegrationId },
}

#[derive(Args)]
#[command(group = ArgGroup::new("openness").required(true).args(["projects", "all_projects"]))]
#[command(override_usage = "countersign integration add --id ID --kind KIND (--project KEY|--all-projects) [OPTIONS]")]
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
    #[command(flatten)]
    dry_run: DryRun,
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Answer> {
        match self {
            Command::Add(add) => add.run(context).await,
            Command::List => list(context).await,
            Command::Show { id } => show(context, &id).await,
            Command::Set(set) => set.run(context).await,
            Command::Coverage(coverage) => coverage.run(context).await,
            Command::Remove { id } => remove(context, &id).await,
        }
    }
}

impl Add {
    async fn run(self, context: &Context) -> anyhow::Result<Answer> {
        let patch = self.options.into_patch(Before::default())?;
        let new = NewIntegration { id: self.id, kind: self.kind, patch };
        let app = context.open()?;
        let added = administration::add_integration(&app, &administration(), new, Adding::Unseen).await;
        let record = added.map_err(explained)?.record;
        Ok(Answer::new(format!("added integration {}", told(&record)), document(&AdminIntegrationView::from(record))))
    }
}

impl Set {
    async fn run(self, context: &Context) -> anyhow::Result<Answer> {
        let app = context.open()?;
        let IntegrationRecord { revision, settings, network, mappings, .. } = find(&app, &self.id).await?;
        let patch = self.options.into_patch(Before { settings, network, mappings })?;
        // What was said piece by piece is of the state that was just read.
        let expected = Expected::OneOf(vec![revision]);
        let (by, id, trial) = (administration(), &self.id, self.dry_run.trial());
        let changed = administration::change_integration(&app, &by, id, &expected, patch, trial).await;
        let changed = changed.map_err(explained)?;
        let done = if trial.is_some() { "nothing is changed; it would be integration" } else { "changed integration" };
        let text = [format!("{done} {}", told(&changed.record))]
            .into_iter()
            .chain(told_of(&changed))
            .chain(changed.blocked.as_ref().map(concerned));
        Ok(Answer::new(text.collect::<Vec<_>>().join("\n"), document(&AdminIntegrationView::from(changed))))
    }
}

async fn list(context: &Context) -> anyhow::Result<Answer> {
    let integrations = administration::integrations(&*context.open()?).await?;
    let mut table = Table::new(["ID", "NAME", "KIND", "USER PAT", "ACCOUNT", "PROJECTS", "MAY REACH"]);
    for record in &integrations {
        table.row([
            record.id.to_string(),
            record.name.to_string(),
            record.kind.to_string(),
            if record.rules.require_user_pat { "required" } else { "optional" }.to_owned(),
            account(record),
            projects(record),
            reached(record),
        ]);
    }
    let integrations = AdminIntegrations { integrations: integrations.into_iter().map(Into::into).collect() };
    Ok(Answer::new(table.to_string(), document(&integrations)))
}

async fn show(context: &Context, id: &IntegrationId) -> anyhow::Result<Answer> {
    let record = find(&*context.open()?, id).await?;
    let mut parts = vec![told(&record), named(&record.naming)];
    if !record.mappings.as_slice().is_empty() {
        parts.push(mapping::table(&record.mappings).to_string());
    }
    Ok(Answer::new(parts.join("\n"), document(&AdminIntegrationView::from(record))))
}

async fn remove(context: &Context, id: &IntegrationId) -> anyhow::Result<Answer> {
    let app = context.open()?;
    let removed = administration::remove_integration(&app, &administration(), id, &Expected::Any, None).await;
    removed.map_err(explained)?;
    Ok(Answer::new(format!("removed integration {id} and every PAT saved for it"), json!({ "removed": id })))
}

async fn find(app: &App, id: &IntegrationId) -> anyhow::Result<IntegrationRecord> {
    administration::integration(app, id).await.map_err(explained)
}

/// In the words of the command line, whose names for fields are its own.
fn explained(error: OperationError) -> anyhow::Error {
    failure::of_operation(error, "countersign integration list", |field| match field {
        "kind" => "--kind".to_owned(),
        "projects" => "--project".to_owned(),
        "network.ca_pem" => "--ca".to_owned(),
        "require_user_pat_from" | "enforce_git_permissions" => format!("--{}", field.replace('_', "-")),
        field if field.starts_with("mappings") => "--map".to_owned(),
        field => match field.strip_prefix("network.") {
            Some(setting) => format!("--{}", setting.replace('_', "-")),
            None => format!("field {field}"),
        },
    })
}

/// What an administrator should have seen of an integration.
fn told(record: &IntegrationRecord) -> String {
    let account = match (record.own_credential(), &record.account) {
        (OwnCredentialState::Missing, _) => "it has no account of its own".to_owned(),
        (OwnCredentialState::SetAside, _) => {
            "its own credential was given to another address and is not used: give it again with --credential"
                .to_owned()
        }
        (OwnCredentialState::Usable | OwnCredentialState::Rejected, account) => {
            let login = account.as_ref().map_or("itself", |account| &account.login);
            let refused = record.own_rejection.as_ref().map(refused).unwrap_or_default();
            format!("it acts as {login} where no PAT of a user is needed{refused}")
        }
    };
    let Rules { require_user_pat, require_user_pat_from, enforce_git_permissions } = record.rules;
    let pat = match (require_user_pat, enforce_git_permissions) {
        (false, _) => "not required",
        (true, false) => "required",
        (true, true) => "required, for looking too",
    };
    let from = require_user_pat_from.map(|from| format!(" (from {from} on)")).unwrap_or_default();
    let off = switched_off(record.features).map(|off| format!("; switched off: {off}")).unwrap_or_default();
    shown(&format!(
        "{}: it may reach {} and nothing else; {account}; a PAT of the user is {pat}{from}; it is open to {}{off}",
        record.id,
        reached(record),
        projects(record),
    ))
}

/// Of its own credential, which is used all the same.
fn refused(rejection: &Rejection) -> String {
    let why = if rejection.why.is_empty() { String::new() } else { format!(" (\"{}\")", rejection.why) };
    format!(
        ", but its git server has refused its own credential since {}{why}: give it a new one with --credential",
        rejection.at
    )
}

/// None where nothing is.
fn switched_off(features: Features) -> Option<String> {
    let Features { create_branches, delete_branches, create_pull_requests } = features;
    let all = [
        (create_branches, "creating branches"),
        (delete_branches, "deleting branches"),
        (create_pull_requests, "creating pull requests"),
    ];
    let off: Vec<_> = all.into_iter().filter(|(is_on, _)| !is_on).map(|(_, what)| what).collect();
    (!off.is_empty()).then(|| off.join(", "))
}

/// Whom a change concerns.
fn told_of(changed: &ChangedIntegration) -> Option<String> {
    let SetAside { user_pats, own_credential } = changed.set_aside;
    let own = if own_credential { ", and the integration's own credential" } else { "" };
    match user_pats {
        0 if !own_credential => None,
        0 => Some("set aside, because its address changed: the integration's own credential".to_owned()),
        1 => Some(format!("set aside, because its address changed: the PAT of 1 user, who has to confirm it{own}")),
        more => Some(format!(
            "set aside, because its address changed: the PATs of {more} users, who have to confirm them{own}"
        )),
    }
}

/// How branches are called.
fn named(naming: &BranchNaming) -> String {
    let template = naming.template.as_ref().map_or("by default", BranchTemplate::as_str);
    let length = match naming.max_length {
        Some(max) => format!("at most {} bytes", max.bytes()),
        None => "as long as the git server takes".to_owned(),
    };
    let separator = naming.separator.as_char();
    let letters = match naming.letters {
        Letters::Any => "",
        Letters::Ascii => ", in letters of ASCII",
    };
    shown(&format!("branch names: {template}, with `{separator}` between words, {length}{letters}"))
}

fn account(record: &IntegrationRecord) -> String {
    let login = or_dash(record.account.as_ref().map(|account| &account.login));
    match record.own_credential() {
        OwnCredentialState::SetAside => format!("{login} (set aside)"),
        OwnCredentialState::Rejected => format!("{login} (rejected)"),
        OwnCredentialState::Missing | OwnCredentialState::Usable => login,
    }
}

/// Where, and how where that is not the usual way.
fn reached(record: &IntegrationRecord) -> String {
    let addresses = record.place().addresses().join(" ");
    if record.network.ca_pem.is_some() { format!("{addresses} with certificates of its own") } else { addresses }
}

fn projects(record: &IntegrationRecord) -> String {
    match &record.projects {
        Projects::All => "all projects".to_owned(),
        Projects::Only(some) => some.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::integration;
    use model::Account;

    #[test]
    fn that_its_own_credential_is_refused_is_told_with_since_when_why_and_what_to_do() {
        let usable = IntegrationRecord {
            own_given_to: Some(integration().place()),
            account: Some(Account { id: "7".into(), login: "robot".into() }),
            ..integration()
        };
        let refused = |why: &str| {
            let rejection = Rejection { at: usable.created_at, why: why.into() };
            IntegrationRecord { own_rejection: Some(rejection), ..usable.clone() }
        };
        let acts = "; it acts as robot where no PAT of a user is needed";
        assert!(told(&usable).contains(&format!("{acts}; a PAT")), "{}", told(&usable));
        let since = format!("{acts}, but its git server has refused its own credential since {}", usable.created_at);
        for (why, quoted) in [("Bad\u{1b} credentials", " (\"Bad\\u{1b} credentials\")"), ("", "")] {
            let told = told(&refused(why));
            assert!(told.contains(&format!("{since}{quoted}: give it a new one with --credential; a PAT")), "{told}");
        }
        assert_eq!([account(&usable), account(&refused(""))], ["robot", "robot (rejected)"]);
        let elsewhere = IntegrationRecord { own_given_to: None, ..refused("") };
        assert_eq!(account(&elsewhere), "robot");
    }
}
