//! `countersign audit`: the log, and whether it is as it was written.

use std::io::{self, ErrorKind, Write as _};
use std::pin::pin;

use clap::{Args, Subcommand};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

use super::answer::{Answer, Table, document, or_dash};
use super::arguments::timestamp;
use super::context::Context;
use crate::operate::{App, SharedApp, administration};
use crate::spreadsheet::Sheet;
use crate::view::{AUDIT_TITLES, AuditEntryView, AuditVerdictView, add_audit_rows};
use model::{
    ActingUser, Actor, AuditEntry, AuditEvent, AuditFault, AuditFilter, AuditVerdict, IntegrationId, Timestamp,
};
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
    /// Recompute the whole chain; exit status 1 and the first bad entry where it is broken
    Verify,
    /// Show the newest entries
    List {
        #[command(flatten)]
        which: Which,
        /// Most entries to show, up to 500
        #[arg(long, default_value_t = 50, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=MAX_AUDIT_PAGE as i64))]
        limit: u16,
    },
    /// Print all entries, newest first, as a file
    Export {
        #[command(flatten)]
        which: Which,
        /// jsonl, a document a line, or csv, for a spreadsheet
        #[arg(long, hide_possible_values = true, value_enum, default_value_t, value_name = "FORM")]
        form: FileForm,
    },
}

/// Which entries; what is said has to be true of an entry all at once.
#[derive(Args)]
pub(super) struct Which {
    /// Only those of what a Jira user asked for
    #[arg(long, value_name = "[SITE/]USER")]
    user: Option<ActingUser>,
    /// Only those of one integration
    #[arg(long, value_name = "ID")]
    integration: Option<IntegrationId>,
    /// Only one sort: intent, outcome, denied, changed
    #[arg(long)]
    event: Option<AuditEvent>,
    /// Only those about this, as in branch.create
    #[arg(long)]
    subject: Option<String>,
    /// Only those from this time on
    #[arg(long, value_name = "DATE", value_parser = timestamp)]
    from: Option<Timestamp>,
    /// Only those before this time
    #[arg(long, value_name = "DATE", value_parser = timestamp)]
    until: Option<Timestamp>,
    /// Only those before the entry with this number
    #[arg(long, value_name = "NUMBER")]
    before: Option<i64>,
}

#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
pub(super) enum FileForm {
    #[default]
    Jsonl,
    Csv,
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Answer> {
        let app = context.open()?;
        match self {
            Command::Verify => Ok(verdict(administration::verify_audit(&app).await?)),
            Command::List { which, limit } => newest(&app, which, limit.into()).await,
            Command::Export { which, form } => export(app, which, form).await,
        }
    }
}

impl Which {
    fn into_filter(self) -> (AuditFilter, Option<i64>) {
        let Self { user, integration, event, subject, from, until, before } = self;
        (AuditFilter { user, integration, event, subject, from, until }, before)
    }
}

/// As many pages as it takes.
async fn newest(app: &App, which: Which, limit: usize) -> anyhow::Result<Answer> {
    let (filter, mut before) = which.into_filter();
    let mut entries = Vec::new();
    while entries.len() < limit {
        let page = administration::audit_page(app, &filter, before, limit - entries.len()).await?;
        entries.extend(page.entries);
        before = page.next_before;
        if before.is_none() {
            break;
        }
    }
    Ok(list(entries))
}

/// Written as it is read: the log may be longer than memory.
async fn export(app: SharedApp, which: Which, form: FileForm) -> anyhow::Result<Answer> {
    let (filter, before) = which.into_filter();
    let mut pages = pin!(administration::audit_entries(app, filter, before));
    let mut out = io::stdout();
    if let FileForm::Csv = form {
        out.write_all(&Sheet::titled(AUDIT_TITLES).into_bytes())?;
    }
    while let Some(entries) = pages.try_next().await? {
        let written = match form {
            FileForm::Jsonl => entries.into_iter().flat_map(|entry| AuditEntryView::from(entry).to_line()).collect(),
            FileForm::Csv => {
                let mut sheet = Sheet::untitled();
                add_audit_rows(&mut sheet, &entries);
                sheet.into_bytes()
            }
        };
        match out.write_all(&written) {
            // Whoever reads has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => break,
            written => written?,
        }
    }
    Ok(Answer::printed())
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
            entry.event.as_str().to_owned(),
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
    let times = entry.details.get("times").map(|times| format!(", {times} times")).unwrap_or_default();
    or_dash(telling.map(|(name, value)| format!("{name} {}{times}", told(value))))
}

/// A change as both of its sides.
fn told(value: &Value) -> String {
    match (value.get("before"), value.get("after")) {
        (Some(before), Some(after)) => format!("{} -> {}", told(before), told(after)),
        _ => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
    }
}
