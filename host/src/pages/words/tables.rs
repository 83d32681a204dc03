//! The repository browser and *My tokens*.

use model::{DAY_MS, PatState};

pub(in crate::pages) const SEARCH_BY_NAME: &str = "Search by name";
pub(in crate::pages) const ROWS: &str = "Rows";
pub(in crate::pages) const NEXT_PAGE: &str = "Next page";
pub(in crate::pages) const FAVOURITE: &str = "Favourite";
pub(in crate::pages) const NAME: &str = "Name";
pub(in crate::pages) const INTEGRATION: &str = "Integration";
pub(in crate::pages) const DEFAULT_BRANCH: &str = "Default branch";
pub(in crate::pages) const PERS_ACCESS: &str = "Pers. access";
pub(in crate::pages) const PERSONAL_ACCESS: &str = "Personal access: the state of your token";
pub(in crate::pages) const ACTIONS: &str = "Actions";
pub(in crate::pages) const SET_UP_FOR_PROJECT: &str = "of this project";
pub(in crate::pages) const PRIVATE: &str = "private";
pub(in crate::pages) const EMPTY: &str = "(empty)";
pub(in crate::pages) const IN: &str = "in";
pub(in crate::pages) const STAR: &str = "Give a star to";
pub(in crate::pages) const UNSTAR: &str = "Take the star from";
pub(in crate::pages) const AS: &str = "as";
pub(in crate::pages) const TOKENS_ARE: &str =
    "One token for each integration. Nobody sees it, and it is used for nobody but you.";
pub(in crate::pages) const NO_INTEGRATIONS: &str = "No integration is open to this Jira project.";
pub(in crate::pages) const STATE: &str = "Pers. access";
pub(in crate::pages) const LAST_USED: &str = "Last used";
pub(in crate::pages) const REQUIRED: &str = "required";
pub(in crate::pages) const NEVER: &str = "never";
pub(in crate::pages) const NOT_SAID: &str = "not said";
pub(in crate::pages) const CHECK: &str = "Check";
pub(in crate::pages) const SET_UP: &str = "Set up";
pub(in crate::pages) const REVOKE_ALL: &str = "Revoke everything";
pub(in crate::pages) const REVOKE_ALL_ASKED: &str = "Revoke all your tokens?";
pub(in crate::pages) const WHAT_BECAME: &str = "What became of your tokens";
pub(in crate::pages) const REMOVED_MEANWHILE: &str =
    "It was removed or replaced here meanwhile. Delete it at the git server too, unless it was revoked by that.";
pub(in crate::pages) const CLOSED_MEANWHILE: &str = "This integration is not open to this project any more, and your token is still kept for it. Open My tokens from a project that it is open to.";
pub(in crate::pages) const SAVED_SINCE: &str =
    "This token was saved after you were asked, and is still there. Revoke everything once more to end it, too.";
pub(in crate::pages) const REVOKE_ALL_MEANS: &str = "Nothing is done in your name any more until you save others.";
pub(in crate::pages) const REVOKED_ALL: &str = "Your tokens are removed";
/// Beside those that are revoked: of integrations that are not open to this project.
pub(in crate::pages) fn kept_elsewhere(count: usize) -> String {
    let (tokens, are) =
        if count == 1 { ("token of yours is", "it stays") } else { ("tokens of yours are", "they stay") };
    format!(
        "{count} more {tokens} for integrations that are not open to this Jira project: {are}. Open this page from a \
         project where they are, to revoke them."
    )
}

/// How many rows a page has.
pub(in crate::pages) fn rows(count: usize) -> String {
    format!("{count} a page")
}

/// For whoever sees no pencil.
pub(in crate::pages) fn edit_for(integration: &str) -> String {
    format!("Edit your token for {integration}")
}

/// Beside a list.
pub(in crate::pages) fn not_in_front(why: &str) -> String {
    format!("The repository that is set up for this Jira project could not be shown: {why}.")
}

/// Of a PAT that is not named by its account.
pub(in crate::pages) fn state(state: PatState) -> &'static str {
    match state {
        PatState::Missing => "not set up",
        PatState::SetAside => "address changed, confirm it",
        PatState::Valid => "valid",
        PatState::Expiring => "expires soon",
        PatState::Unchecked => "not checked yet",
        PatState::Expired => "expired, set it up again",
        PatState::Rejected => "rejected, set it up again",
    }
}

/// In whole days, and where there is none left in hours, in minutes; neither is negative.
pub(in crate::pages) fn expires_in(ms: i64) -> String {
    const MINUTE_MS: i64 = 60_000;
    const HOUR_MS: i64 = 60 * MINUTE_MS;
    let (count, unit) = match ms {
        ms if ms >= DAY_MS => (ms / DAY_MS, "day"),
        ms if ms >= HOUR_MS => (ms / HOUR_MS, "hour"),
        ms => ((ms / MINUTE_MS).max(1), "minute"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("expires in {count} {unit}{plural}")
}

pub(in crate::pages) const EXPIRES_ON_DAY: &str = "expires on";

pub(in crate::pages) fn required_from(day: &str) -> String {
    format!("required from {day}")
}
