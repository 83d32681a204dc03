//! `countersign integration coverage`: who has a usable PAT, of those who work with an integration.

use clap::Args;

use crate::cli::answer::{Answer, Table, document, or_dash};
use crate::cli::arguments::days;
use crate::cli::context::Context;
use crate::cli::failure;
use crate::operate::OperationError;
use crate::operate::administration::{self, Coverage, CoverageQuery, Totals};
use crate::view::{CoverageView, CoveredView, coverage_sheet};
use model::IntegrationId;

#[derive(Args)]
pub(in crate::cli) struct CoverageArguments {
    /// Which integration [default: all of them]
    id: Option<IntegrationId>,
    /// Users who were seen within this time: 30d, 90d, 365d
    #[arg(long, value_name = "DAYS", value_parser = days, default_value = "90d")]
    seen_within: u16,
    /// Print all of it for a spreadsheet
    #[arg(long)]
    csv: bool,
}

impl CoverageArguments {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Answer> {
        let app = context.open()?;
        let query = CoverageQuery { integration: self.id, seen_within_days: self.seen_within };
        let coverage = administration::coverage(&app, query).await.map_err(explained)?;
        let people = coverage.rows().map(CoveredView::from).collect();
        let json = document(&CoverageView::of(&coverage, people, None));
        let text = if self.csv { sheet(&coverage)? } else { table(&coverage) };
        Ok(Answer::new(text, json))
    }
}

fn explained(error: OperationError) -> anyhow::Error {
    failure::of_operation(error, "countersign integration list", str::to_owned)
}

/// Without its last end of a line, which the answer gets anyway.
fn sheet(coverage: &Coverage) -> anyhow::Result<String> {
    let text = String::from_utf8(coverage_sheet(coverage))?;
    Ok(text.strip_suffix("\r\n").map_or(text.clone(), str::to_owned))
}

fn table(coverage: &Coverage) -> String {
    let mut table = Table::new([
        "INTEGRATION",
        "SITE",
        "USER",
        "NAME",
        "SEEN",
        "PAT",
        "ACCOUNT",
        "ENDS",
        "CHECKED",
        "USED",
        "BLOCKED",
    ]);
    for (one, person) in coverage.rows() {
        table.row([
            one.integration.to_string(),
            person.user.site.to_string(),
            person.user.id.to_string(),
            or_dash(person.names.display_name.as_ref().or(person.names.username.as_ref())),
            person.last_seen_at.to_string(),
            person.pat_state.as_str().to_owned(),
            or_dash(person.account.as_ref().map(|account| &account.login)),
            or_dash(person.expires_at()),
            or_dash(person.last_checked_at),
            or_dash(person.last_used_at),
            if person.would_be_blocked { "yes" } else { "no" }.to_owned(),
        ]);
    }
    let summaries = coverage.integrations.iter().map(|one| {
        let what = if one.is_required { "are blocked where the rule holds" } else { "would be blocked" };
        format!("{}: {}", one.integration, told(&one.totals(), what, coverage.seen_within_days))
    });
    summaries.chain([table.to_string()]).collect::<Vec<_>>().join("\n")
}

fn told(totals: &Totals, what: &str, days: u16) -> String {
    let Totals { people, by_state, never_used, would_be_blocked } = totals;
    let states = by_state.iter().filter(|(_, count)| **count > 0).map(|(state, count)| format!("{count} {state}"));
    let states = states.collect::<Vec<_>>().join(", ");
    let states = if states.is_empty() { String::new() } else { format!(" ({states})") };
    format!("{people} seen within {days} days{states}, {never_used} never used, {would_be_blocked} {what}")
}
