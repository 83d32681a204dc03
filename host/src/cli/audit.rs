//! `countersign audit`: the log, and whether it is as it was written.

use clap::Subcommand;
use serde_json::{Value, json};

use super::answer::{Answer, Table, document, or_dash};
use super::context::Context;
use crate::operate::administration::{self, AuditQuery};
use crate::view::{AuditEntryView, AuditVerdictView};
use model::{Actor, AuditEntry, AuditFault, AuditVerdict, IntegrationId};
use store::MAX_AUDIT_PAGE;

/// Members of an entry's details worth a column, the first that is there.
const TELLING: [&str; 11] = [
    "result",
    "reason",
    "label",
    "connector",
    "site",
    "provider",
    "origins",
    "require_user_pat",
    "set_aside",
    "credentials",
    "version",
];

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
            Command::Verify => Ok(verdict(administration::verify_audit(&app).await?)),
            Command::List { integration, limit, before } => {
                let query = AuditQuery { before, integration, limit: limit.into() };
                Ok(list(administration::audit_page(&app, query).await?))
            }
        }
    }
}

fn verdict(verdict: AuditVerdict) -> Answer {
    let AuditVerdict { entries, fault } = &verdict;
    let text = match fault {
        None => format!(
            "the audit log is as it was written, up to entry {entries}; an older copy of the whole database would be, too: \
             compare this number with one you noted"
        ),
        Some(AuditFault { sequence, reason }) => format!(
            "the audit log is broken at entry {sequence}: {reason}; keep the database as it is, and compare it with a backup"
        ),
    };
    let is_well = fault.is_none();
    Answer::verdict(text, document(&AuditVerdictView::from(verdict)), is_well)
}

fn list(entries: Vec<AuditEntry>) -> Answer {
    let mut table = Table::new(["NUMBER", "AT", "EVENT", "SUBJECT", "BY", "INTEGRATION", "DETAIL"]);
    for entry in &entries {
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
    let entries: Vec<_> = entries.into_iter().map(AuditEntryView::from).collect();
    Answer::new(table.to_string(), json!({ "entries": entries }))
}

fn by(actor: &Actor) -> String {
    match actor {
        Actor::User { site, connector, jira_user } => format!("user {jira_user} of {site} through {connector}"),
        Actor::Administrator { token } => format!("administrator {token}"),
        Actor::CommandLine => "command line".to_owned(),
        Actor::Daemon => "daemon".to_owned(),
    }
}

fn detail(entry: &AuditEntry) -> String {
    let telling = TELLING.iter().find_map(|name| Some((name, entry.details.get(*name)?)));
    or_dash(telling.map(|(name, value)| format!("{name} {}", told(value))))
}

/// A change as both of its sides.
fn told(value: &Value) -> String {
    match (value.get("before"), value.get("after")) {
        (Some(before), Some(after)) => format!("{} -> {}", told(before), told(after)),
        _ => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
    }
}
