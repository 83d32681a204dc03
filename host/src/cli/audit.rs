//! `countersign audit`: the log, and whether it is as it was written.

use clap::Subcommand;
use serde_json::{Value, json};

use super::answer::{Answer, Table, or_dash};
use super::context::Context;
use model::{Actor, AuditEntry, AuditFault, AuditVerdict, IntegrationId};
use store::MAX_AUDIT_PAGE;

/// Members of an entry's details worth a column, the first that is there.
const TELLING: [&str; 7] = ["result", "reason", "label", "connector", "provider", "require_user_pat", "version"];

#[derive(Subcommand)]
pub(super) enum Command {
    /// Recompute the whole chain; exit status 1 and the number of the first bad entry when it is broken
    Verify,
    /// Show the newest entries
    List {
        /// Only those of one integration
        #[arg(long, value_name = "ID")]
        integration: Option<IntegrationId>,
        /// Most entries to show, up to 500
        #[arg(long, default_value_t = 50, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=MAX_AUDIT_PAGE as i64))]
        limit: u16,
        /// Only those before the entry with this number
        #[arg(long, value_name = "NUMBER")]
        before: Option<i64>,
    },
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Answer> {
        let app = context.open()?;
        match self {
            Command::Verify => Ok(verdict(&app.store.verify_audit().await?)),
            Command::List { integration, limit, before } => {
                let entries = app.store.audit_page(before, integration.as_ref(), limit.into()).await?;
                Ok(list(&entries))
            }
        }
    }
}

fn verdict(verdict: &AuditVerdict) -> Answer {
    let AuditVerdict { entries, fault } = verdict;
    let text = match fault {
        None => format!(
            "the audit log is as it was written, up to entry {entries}; an older copy of the whole database would be, too: \
             compare this number with one you noted"
        ),
        Some(AuditFault { sequence, reason }) => format!(
            "the audit log is broken at entry {sequence}: {reason}; keep the database as it is, and compare it with a backup"
        ),
    };
    Answer::verdict(text, json!(verdict), fault.is_none())
}

fn list(entries: &[AuditEntry]) -> Answer {
    let mut table = Table::new(["NUMBER", "AT", "EVENT", "SUBJECT", "BY", "INTEGRATION", "DETAIL"]);
    for entry in entries {
        table.row([
            entry.sequence.to_string(),
            entry.at.to_string(),
            json!(entry.event).as_str().unwrap_or_default().to_owned(),
            entry.subject.clone(),
            by(&entry.actor),
            or_dash(entry.integration.as_ref()),
            detail(entry),
        ]);
    }
    Answer::new(table.to_string(), json!({ "entries": entries }))
}

fn by(actor: &Actor) -> String {
    match actor {
        Actor::User { connector, jira_user } => format!("user {jira_user} through {connector}"),
        Actor::Administrator { token } => format!("administrator {token}"),
        Actor::CommandLine => "command line".to_owned(),
        Actor::Daemon => "daemon".to_owned(),
    }
}

fn detail(entry: &AuditEntry) -> String {
    let telling = TELLING.iter().find_map(|name| Some((name, entry.details.get(*name)?)));
    or_dash(telling.map(|(name, value)| match value {
        Value::String(text) => format!("{name} {text}"),
        value => format!("{name} {value}"),
    }))
}
