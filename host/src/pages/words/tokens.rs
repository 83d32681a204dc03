//! Where a personal access token is set up.

use super::ways::title_of;
use crate::operate::{RemovedPat, RevocationOutcome};
use model::{PageName, PatState};

pub(in crate::pages) const AWS_CREDENTIALS: &str = "AWS credentials";
pub(in crate::pages) const CREDENTIAL: &str = "credential";
pub(in crate::pages) const NOT_SAVED: &str = "Not saved";
pub(in crate::pages) const FOR_JIRA_USER: &str = "for Jira user";
pub(in crate::pages) const NOTHING_WAS_SAVED: &str = "Nothing was saved.";
pub(in crate::pages) const NOT_CHECKED: &str = "Not checked";
pub(in crate::pages) const MAKE_ONE: &str = "Make one";
pub(in crate::pages) const NEW_TOKEN: &str = "New token";
pub(in crate::pages) const PERMISSIONS_NEEDED: &str = "It needs these permissions:";
pub(in crate::pages) const SAVE_IT_HERE: &str = "Save it here";
pub(in crate::pages) const UPDATE: &str = "Update";
pub(in crate::pages) const CANCEL: &str = "Cancel";
pub(in crate::pages) const NONE: &str = "None";
pub(in crate::pages) const OPTIONAL: &str = "(optional)";
pub(in crate::pages) const EXPIRES_ON: &str = "Expires on";
pub(in crate::pages) const NO_DATE: &str = "The date is written as in 2026-11-22.";
pub(in crate::pages) const PAST_DATE: &str = "This day has come already.";
pub(in crate::pages) const SAVE_WITHOUT_ASKING: &str = "Save it without asking first:";
pub(in crate::pages) const IT_GOES_TO: &str = "It is sent only to";
pub(in crate::pages) const ALREADY_SAVED: &str = "Already saved on";
pub(in crate::pages) const OF_ACCOUNT: &str = "of account";
pub(in crate::pages) const LAST_CHECKED: &str = "Last checked";
pub(in crate::pages) const SERVER_SAID: &str = "The git server said:";
pub(in crate::pages) const CHECK_AGAIN: &str = "Check again";
pub(in crate::pages) const REMOVE: &str = "Remove";
pub(in crate::pages) const REMOVE_YOURS: &str = "Remove your personal access token?";
pub(in crate::pages) const REMOVAL_MEANS: &str =
    "It is erased here. Nothing is done in your name until you save another.";
pub(in crate::pages) const REVOKE_TOO: &str = "Also revoke it, so that nobody can use it any more, at";
pub(in crate::pages) const REMOVED: &str = "Removed";
pub(in crate::pages) const CONFIRM_YOURS: &str = "Confirm the one you saved";
pub(in crate::pages) const GIVEN_TO: &str = "You gave it to:";
pub(in crate::pages) const LEADS_TO: &str = "An administrator changed this integration; it now leads to:";
pub(in crate::pages) const CONFIRM_ONLY_IF: &str =
    "Confirm only if you know this address. Your token is sent there, to see whether it is good there.";
pub(in crate::pages) const USE_IT_THERE: &str = "Use it at the new address";
pub(in crate::pages) const YOU_CAN_CLOSE: &str = "You can close this page.";
pub(in crate::pages) const SAVED: &str = "Saved";
pub(in crate::pages) const FOR: &str = "for";
pub(in crate::pages) const CHECKED: &str = "Checked";
pub(in crate::pages) const PERMISSIONS: &str = "Permissions";
pub(in crate::pages) const EXPIRY: &str = "Expiry";
pub(in crate::pages) const FROM_NOW_ON: &str = "From now on, what Jira user";
pub(in crate::pages) const CREATES_HERE: &str = "creates here is created";
pub(in crate::pages) const AS_ACCOUNT: &str = "as account";
pub(in crate::pages) const OF: &str = "of";
pub(in crate::pages) const WITH_IT: &str = "with it.";
pub(in crate::pages) const OF_ANOTHER_BEFORE: &str = "What was saved before belonged to another account:";
pub(in crate::pages) const PRESENT: &str = "present";
pub(in crate::pages) const ABSENT: &str = "absent: what needs it will fail";
pub(in crate::pages) const CANNOT_TELL: &str = "cannot tell: the git server does not say";
pub(in crate::pages) const ENDS_ON: &str = "It ends on";
pub(in crate::pages) const DOES_NOT_EXPIRE: &str = "It does not expire.";
pub(in crate::pages) const DOES_NOT_SAY: &str = "does not say when it ends.";

/// Of a credential by the name its kind gives it; the integration's name follows.
pub(in crate::pages) fn set_up(credential: &str) -> String {
    let mut rest = credential.chars();
    // `Personal access token` within a sentence; `AWS credentials` as it is.
    let within = match (rest.next(), rest.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().collect::<String>() + rest.as_str()
        }
        _ => credential.to_owned(),
    };
    format!("Set up your {within} for")
}

pub(in crate::pages) fn expiry_help(server: &str) -> String {
    format!("Only where {server} does not tell it. It counts as ended when that day begins, in UTC.")
}

/// After what is said of it already.
pub(in crate::pages) fn kept_state(state: PatState) -> &'static str {
    match state {
        PatState::Rejected => "The git server refused it since: set it up again.",
        PatState::Expired => "It has expired: set up a new one.",
        PatState::Expiring => "It expires soon.",
        PatState::Unchecked => "The git server has not been asked about it yet.",
        PatState::SetAside => {
            "The address of this integration changed since: confirm your token below, or save another."
        }
        PatState::Valid | PatState::Missing => "Saving replaces it.",
    }
}

/// What is not as it should be with one that was just saved.
pub(in crate::pages) fn saved_state(state: PatState) -> Option<&'static str> {
    match state {
        PatState::Unchecked => Some(
            "It is saved without a check: the git server did not answer, so nobody knows yet whose it is and whether it \
             works.",
        ),
        PatState::Expired => Some("It has expired already. Make a new one, and save that."),
        PatState::Expiring => Some("It ends within two weeks."),
        PatState::Rejected => Some("The git server refuses it. Make a new one, and save that."),
        PatState::Missing | PatState::SetAside | PatState::Valid => None,
    }
}

/// What became of a PAT that was taken away.
pub(in crate::pages) fn removed(removed: &RemovedPat) -> String {
    let there = match &removed.outcome {
        None => "",
        Some(RevocationOutcome::Revoked) => " The git server accepts it no more.",
        Some(RevocationOutcome::NothingStored) => return "There was none.".to_owned(),
        Some(RevocationOutcome::Unsupported) => {
            " The git server does not let a token end itself: delete it on the page where you made it."
        }
        Some(RevocationOutcome::SetAside) => {
            " It was given to another address than the integration's, and was not sent there: delete it on the page where \
             you made it."
        }
        Some(RevocationOutcome::Failed(_)) => {
            " The git server may still accept it: delete it on the page where you made it."
        }
    };
    format!("Your token is erased here.{there}")
}

/// The way on to a page that waits.
pub(in crate::pages) fn back_to(page: PageName) -> String {
    format!("Back to: {}", title_of(page))
}
