//! Who has a usable PAT, of those who work with an integration.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::operate::administration::{Blocked, Coverage, Covered, IntegrationCoverage, Totals};
use crate::spreadsheet::Sheet;
use model::{ActingUser, PatState, PersonName, Timestamp, UserNames};

/// Most people who are named in the answer to a dry run.
const MAX_BLOCKED_NAMED: usize = 100;

/// Users by the state of their PATs. Never a PAT.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverageView {
    /// When it was looked.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
    /// Counted are those who were seen within so many days: who asked something of a project that the integration is open to,
    /// or saved or used a PAT.
    #[schema(example = 90)]
    pub seen_within_days: u16,
    /// How many different users there are.
    pub users: usize,
    /// Of all integrations together: somebody who works with two of them is counted with each.
    pub totals: TotalsView,
    /// In order of id.
    pub integrations: Vec<IntegrationCoverageView>,
    /// One page of them, in order of integration, site and user.
    pub people: Vec<CoveredView>,
    /// For the next page; null on the last.
    pub next_cursor: Option<String>,
}

/// How many users of one integration.
#[derive(Debug, Serialize, ToSchema)]
pub struct IntegrationCoverageView {
    /// Its id.
    #[schema(example = "main")]
    pub integration: String,
    /// For people.
    pub name: String,
    /// Whether *Require User PAT* is on there, by its own rule or the global one. It may be announced only.
    pub requires_user_pat: bool,
    /// How many.
    pub totals: TotalsView,
}

/// How many users.
#[derive(Debug, Serialize, ToSchema)]
pub struct TotalsView {
    /// All of them.
    pub people: usize,
    /// By what their PATs are good for: `missing`, `set-aside`, `valid`, `expiring` (ends within 14 days), `expired`,
    /// `rejected`, `unchecked`. Every state is there.
    #[schema(example = json!({ "missing": 3, "valid": 39 }))]
    pub by_state: BTreeMap<&'static str, usize>,
    /// Those with a PAT that was never lent.
    pub never_used: usize,
    /// Those whom *Require User PAT* would keep from creating anything, if it held now.
    pub would_be_blocked: usize,
}

/// One user of one integration.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoveredView {
    /// Id of the integration.
    #[schema(example = "main")]
    pub integration: String,
    /// The Jira site of the user.
    #[schema(example = "default")]
    pub site: String,
    /// The user's immutable id on that site.
    pub jira_user: String,
    /// What the user signs in with, where a connector said so.
    pub username: Option<String>,
    /// What Jira shows, where a connector said so.
    pub display_name: Option<String>,
    /// To within a day.
    #[schema(value_type = String, format = DateTime)]
    pub last_seen_at: Timestamp,
    /// What the user's PAT is good for.
    #[schema(value_type = String, example = "valid")]
    pub pat_state: PatState,
    /// Login of the account it is for; null while that is unchecked, and where there is none.
    pub account: Option<String>,
    /// When it ends, where that is known.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// When the git server last answered for it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_checked_at: Option<Timestamp>,
    /// When it was last lent for something, to within an hour; null: never.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
    /// Whether *Require User PAT* would keep the user from creating anything, if it held now.
    pub would_be_blocked: bool,
}

/// Whom a change would keep from creating anything once its rules hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlockedView {
    /// How many users, of those who were seen.
    pub people: usize,
    /// How many were seen.
    pub seen: usize,
    /// Within so many days.
    #[schema(example = 90)]
    pub seen_within_days: u16,
    /// Who they are, in order of site and user: at most 100, and all of them in the coverage.
    #[schema(max_items = 100)]
    pub who: Vec<BlockedUserView>,
}

/// A user whom rules would keep from creating anything, by name.
#[derive(Debug, Serialize, ToSchema)]
pub struct BlockedUserView {
    /// The Jira site of the user.
    #[schema(example = "default")]
    pub site: String,
    /// The user's immutable id on that site.
    pub jira_user: String,
    /// What the user signs in with, where a connector said so.
    pub username: Option<String>,
    /// What Jira shows, where a connector said so.
    pub display_name: Option<String>,
}

impl CoverageView {
    /// With one page of its rows.
    pub fn of(coverage: &Coverage, people: Vec<CoveredView>, next_cursor: Option<String>) -> Self {
        Self {
            as_of: coverage.as_of,
            seen_within_days: coverage.seen_within_days,
            users: coverage.users(),
            totals: coverage.totals().into(),
            integrations: coverage.integrations.iter().map(IntegrationCoverageView::from).collect(),
            people,
            next_cursor,
        }
    }
}

impl From<&IntegrationCoverage> for IntegrationCoverageView {
    fn from(coverage: &IntegrationCoverage) -> Self {
        Self {
            integration: coverage.integration.to_string(),
            name: coverage.name.to_string(),
            requires_user_pat: coverage.is_required,
            totals: coverage.totals().into(),
        }
    }
}

impl From<Totals> for TotalsView {
    fn from(totals: Totals) -> Self {
        let Totals { people, by_state, never_used, would_be_blocked } = totals;
        Self { people, by_state, never_used, would_be_blocked }
    }
}

impl From<(&IntegrationCoverage, &Covered)> for CoveredView {
    fn from((of, person): (&IntegrationCoverage, &Covered)) -> Self {
        Self {
            integration: of.integration.to_string(),
            site: person.user.site.to_string(),
            jira_user: person.user.id.to_string(),
            username: name(&person.names.username),
            display_name: name(&person.names.display_name),
            last_seen_at: person.last_seen_at,
            pat_state: person.pat_state,
            account: person.account.as_ref().map(|account| account.login.clone()),
            expires_at: person.expires_at(),
            last_checked_at: person.last_checked_at,
            last_used_at: person.last_used_at,
            would_be_blocked: person.would_be_blocked,
        }
    }
}

impl From<Blocked> for BlockedView {
    fn from(blocked: Blocked) -> Self {
        let Blocked { people, seen, seen_within_days, is_required: _, is_closed: _ } = blocked;
        let who = people.iter().take(MAX_BLOCKED_NAMED).map(BlockedUserView::from).collect();
        Self { people: people.len(), seen, seen_within_days, who }
    }
}

impl From<(&ActingUser, &UserNames)> for BlockedUserView {
    fn from((user, names): (&ActingUser, &UserNames)) -> Self {
        Self {
            site: user.site.to_string(),
            jira_user: user.id.to_string(),
            username: name(&names.username),
            display_name: name(&names.display_name),
        }
    }
}

fn name(name: &Option<PersonName>) -> Option<String> {
    name.as_ref().map(ToString::to_string)
}

/// All rows for a spreadsheet, with the titles that the members of [`CoveredView`] have.
pub fn coverage_sheet(coverage: &Coverage) -> Vec<u8> {
    let mut sheet = Sheet::titled([
        "integration",
        "site",
        "jira_user",
        "username",
        "display_name",
        "last_seen_at",
        "pat_state",
        "account",
        "expires_at",
        "last_checked_at",
        "last_used_at",
        "would_be_blocked",
    ]);
    let at = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    for row in coverage.rows().map(CoveredView::from) {
        sheet.row([
            row.integration,
            row.site,
            row.jira_user,
            row.username.unwrap_or_default(),
            row.display_name.unwrap_or_default(),
            row.last_seen_at.to_string(),
            row.pat_state.as_str().to_owned(),
            row.account.unwrap_or_default(),
            at(row.expires_at),
            at(row.last_checked_at),
            at(row.last_used_at),
            row.would_be_blocked.to_string(),
        ]);
    }
    sheet.into_bytes()
}
