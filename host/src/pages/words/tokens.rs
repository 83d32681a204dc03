//! Where a personal access token is set up.

use crate::operate::{RemovedPat, RevocationOutcome};
use model::PatState;

pub(in crate::pages) const AWS_CREDENTIALS: &str = "AWS credentials";
pub(in crate::pages) const CREDENTIAL: &str = "credential";
pub(in crate::pages) const NOT_SAVED: &str = "Not saved";
pub(in crate::pages) const FOR_JIRA_USER: &str = "for Jira user";
pub(in crate::pages) const NOTHING_WAS_SAVED: &str = "Nothing was saved.";
pub(in crate::pages) const NOT_CHECKED: &str = "Not checked";
pub(in crate::pages) const MAKE_ONE: &str = "Make one";
pub(in crate::pages) const TOKEN: &str = "token";
pub(in crate::pages) const ACCESS_KEY: &str = "access key";
pub(in crate::pages) const COPY: &str = "Copy";
pub(in crate::pages) const COPIED: &str = "Copied";
pub(in crate::pages) const PERMISSIONS_NEEDED: &str = "It needs these permissions:";
pub(in crate::pages) const SAVE_IT_HERE: &str = "Save it here";
pub(in crate::pages) const UPDATE: &str = "Update";
pub(in crate::pages) const CANCEL: &str = "Cancel";
/// Where a form is shown again.
pub(in crate::pages) const TYPE_IT_AGAIN: &str = "What you typed of it is never shown again: type it once more.";
pub(in crate::pages) const NONE: &str = "None";
pub(in crate::pages) const OPTIONAL: &str = "(optional)";
pub(in crate::pages) const EXPIRES_ON: &str = "Expires on";
pub(in crate::pages) const IS_THE_INTEGRATIONS: &str =
    "This is the integration account, which others act as too: what you create does not bear your own name.";
pub(in crate::pages) const EXPIRES_AT_MINUTE: &str = "Expires at (UTC)";
pub(in crate::pages) const NO_MINUTE: &str = "The time is written as in 2026-11-22T12:00, in UTC.";
pub(in crate::pages) const PAST_MINUTE: &str = "This time has passed already.";
pub(in crate::pages) const NO_DATE: &str = "A day of the calendar, written as in 2026-11-22.";
pub(in crate::pages) const PAST_DATE: &str = "This day has come already.";
pub(in crate::pages) const SAVE_WITHOUT_ASKING: &str = "Save it without asking first:";
pub(in crate::pages) const IT_GOES_TO: &str = "It is sent only to";
pub(in crate::pages) const YOURS: &str = "Your";
pub(in crate::pages) const SAVED_ON: &str = "saved";
pub(in crate::pages) const LAST_CHECKED: &str = "Last checked";
pub(in crate::pages) const SERVER_SAID: &str = "The git server said:";
pub(in crate::pages) const CHECK_AGAIN: &str = "Check again";
pub(in crate::pages) const REMOVE: &str = "Remove";
pub(in crate::pages) const NOTHING_TO_REMOVE: &str = "There is nothing to remove";
pub(in crate::pages) const THERE_IS_NONE: &str = "There is none.";
pub(in crate::pages) const REMOVAL_MEANS: &str =
    "It is erased here. Nothing is done in your name until you save another.";
pub(in crate::pages) const REVOKE_TOO: &str = "Also revoke it at";
pub(in crate::pages) const REMOVED: &str = "Removed";
pub(in crate::pages) const NOT_REMOVED: &str = "Not removed";
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
pub(in crate::pages) const FROM_NOW_ON: &str = "What you create here is now created";
pub(in crate::pages) const AT: &str = "on";
pub(in crate::pages) const WITH_IT: &str = "with it.";
pub(in crate::pages) const OF_ANOTHER_BEFORE: &str = "What was saved before belonged to another account:";
pub(in crate::pages) const PRESENT: &str = "present";
pub(in crate::pages) const ABSENT: &str = "absent: what needs it will fail";
pub(in crate::pages) const CANNOT_TELL: &str = "cannot tell: the git server does not say";
pub(in crate::pages) const ENDED_AT: &str = "It ended on";
pub(in crate::pages) const IT: &str = "It";
pub(in crate::pages) const DOES_NOT_EXPIRE: &str = "It does not expire.";
pub(in crate::pages) const DOES_NOT_SAY: &str = "does not say when it ends.";

/// A credential's name within a sentence: `Personal access token` loses its capital, `AWS credentials` stays as it is.
fn within(credential: &str) -> String {
    let mut rest = credential.chars();
    match (rest.next(), rest.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().collect::<String>() + rest.as_str()
        }
        _ => credential.to_owned(),
    }
}

/// Of a credential by the name its kind gives it; the integration's name follows.
pub(in crate::pages) fn set_up(credential: &str) -> String {
    format!("Set up your {} for", within(credential))
}

pub(in crate::pages) fn remove_yours(credential: &str) -> String {
    format!("Remove your {}?", within(credential))
}

/// The same with all that tells one from another, for whoever is not on its page yet.
pub(in crate::pages) fn set_up_of(credential: &str, name: &str, server: &str) -> String {
    let title = set_up(credential);
    if name == server { format!("{title} {name}") } else { format!("{title} {name} ({server})") }
}

pub(in crate::pages) fn expiry_help(server: &str) -> String {
    format!("Only if {server} does not tell it itself. It counts as ended when that day begins, in UTC.")
}

/// The same of keys that end only where they are temporary.
pub(in crate::pages) fn temporary_help(server: &str) -> String {
    format!("Of a temporary key alone, as AWS gave it with the key (Expiration): {server} does not tell it.")
}

/// The link to where one is made.
pub(in crate::pages) fn new_one(noun: &str) -> String {
    format!("New {noun}")
}

/// One that was typed just now.
pub(in crate::pages) fn not_accepted(server: &str, noun: &str) -> String {
    format!("{server} did not accept this {noun}")
}

/// The same at its field.
pub(in crate::pages) fn not_accepted_there(server: &str) -> String {
    format!("{server} did not accept it.")
}

/// What the git server said, if it said anything, and what came of it.
pub(in crate::pages) fn said_and(said: &str, then: &str) -> String {
    match said.trim_end_matches('.') {
        "" => then.to_owned(),
        said => format!("“{said}”. {then}"),
    }
}

/// Of one that was saved before: the end of the sentence that begins with it.
pub(in crate::pages) fn kept_state(state: PatState) -> &'static str {
    match state {
        PatState::Rejected => "is no longer accepted.",
        PatState::Expired => "has expired.",
        PatState::Unchecked => "has not been checked yet.",
        PatState::SetAside => {
            "was given to another address than the integration has now: confirm it below, or save another."
        }
        PatState::Valid | PatState::Expiring | PatState::Missing => "is good. Saving another replaces it.",
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
        PatState::Rejected => Some("The git server refuses it. Make a new one, and save that."),
        PatState::SetAside => Some(
            "An administrator changed where this integration leads: it is not used there until you confirm it or save \
             another.",
        ),
        // When it ends is said below.
        PatState::Missing | PatState::Valid | PatState::Expiring => None,
    }
}

/// What became of a PAT that was taken away; what may be left of it is said by itself.
pub(in crate::pages) fn removed(removed: &RemovedPat) -> &'static str {
    match &removed.outcome {
        Some(RevocationOutcome::NothingStored) => THERE_IS_NONE,
        Some(RevocationOutcome::Revoked) => "It is erased here, and its git server accepts it no more.",
        None | Some(RevocationOutcome::Unsupported | RevocationOutcome::SetAside | RevocationOutcome::Failed(_)) => {
            "It is erased here."
        }
    }
}

/// In the place of what is told of one that was saved.
pub(in crate::pages) const ANOTHER_SINCE: &str =
    "Another was saved since, in another window perhaps: it is that one that is kept and used, and this one is not.";
pub(in crate::pages) const SEE_IT: &str = "See the one that is saved";
pub(in crate::pages) const ANOTHER_STAYS: &str = "Another that you saved meanwhile is still here.";
/// Of one that was saved before its git server was known to take none.
pub(in crate::pages) const IS_OF_NO_USE: &str = "Your token that is saved is not used.";
pub(in crate::pages) const WILL_BE_ERASED: &str = "is erased here.";
pub(in crate::pages) const GIVEN_ELSEWHERE: &str =
    "It was given to another address than the integration's. Delete it where you made it.";
pub(in crate::pages) const NOT_OVER: &str = "Not here any more, but perhaps still good where you made them:";

/// Before it is taken away; the link to the page follows.
pub(in crate::pages) fn cannot_revoke(server: &str) -> String {
    format!("{server} cannot end it from here. Delete it there, too:")
}

pub(in crate::pages) fn will_be_revoked(server: &str) -> String {
    format!("is erased here, and {server} is asked to end it.")
}

/// The link to the page follows.
pub(in crate::pages) fn still_good(server: &str) -> String {
    format!("{server} still accepts it. Delete it there:")
}

/// Where the git server was asked, and did not do it or did not answer. The link to the page follows.
pub(in crate::pages) fn may_be_good(server: &str) -> String {
    format!("{server} may still accept it. Delete it there:")
}

/// Where they are seen and deleted.
pub(in crate::pages) fn tokens_at(server: &str) -> String {
    format!("your tokens at {server}")
}

/// The way on to a page that waits.
pub(in crate::pages) fn back_to(title: &str) -> String {
    format!("Back to: {title}")
}
