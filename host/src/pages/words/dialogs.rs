//! The two dialogs, and what was made in them.

use super::tokens::TOKEN;
use crate::pages::made::{Done, Made};
use model::PatState;

pub(in crate::pages) const REPOSITORY: &str = "Repository";
pub(in crate::pages) const SEARCH: &str = "Search";
pub(in crate::pages) const PICK_HELP: &str = "Search by a part of the name; leave it empty for all.";
pub(in crate::pages) const FAVOURITES: &str = "Favourites";
pub(in crate::pages) const MORE_THAN_SHOWN: &str = "there are more; type more of the name.";
pub(in crate::pages) const READ_ONLY: &str = "read-only";
pub(in crate::pages) const SET_UP_YOURS: &str = "Set up your token";
pub(in crate::pages) const CHANGE: &str = "Change";
pub(in crate::pages) const BASE_BRANCH: &str = "Base branch";
pub(in crate::pages) const BRANCH_NAME: &str = "Branch name";
pub(in crate::pages) const CREATE_BRANCH: &str = "Create branch";
pub(in crate::pages) const NOT_CREATED: &str = "Not created";
pub(in crate::pages) const KEPT_MEANWHILE: &str =
    "What you typed is kept, and comes back once what stands below is settled.";
pub(in crate::pages) const WHOSE_CHANGED: &str = "In whose name this is created has changed";
pub(in crate::pages) const CREATE_AGAIN: &str =
    "It changed after this page was shown, so nothing was created. See below whose it is, and create it again.";
pub(in crate::pages) const NOT_USED: &str =
    "It keeps its own title and description. What you typed is kept in the dialog.";
pub(in crate::pages) const TRY_AGAIN: &str = "Try again";
pub(in crate::pages) const KEPT_IN_THE_DIALOG: &str = "What you typed is kept in the dialog.";
pub(in crate::pages) const NO_SUCH_BRANCH: &str = "There is no such branch. Choose one that exists.";
pub(in crate::pages) const NAME_REFUSED: &str = "The git server refuses this name.";
pub(in crate::pages) const NAME_TAKEN: &str = "Another branch is in the way of this name.";
pub(in crate::pages) const TYPE_FOR_MORE: &str =
    "There are more than are offered: type a part of the name, or all of it.";
pub(in crate::pages) const READ_ONLY_REPOSITORY: &str =
    "This repository is archived or otherwise read-only: nothing can be created in it.";
pub(in crate::pages) const CLOSED_REPOSITORY: &str =
    "The repository that was chosen is not open to this project any more. Choose another: what you typed is kept.";
pub(in crate::pages) const EMPTY_REPOSITORY: &str =
    "This repository is empty: there is no branch to start at yet. Push a commit first.";

/// The login follows. `noun`: what the credential is called, here and below.
pub(in crate::pages) fn with_yours(noun: &str) -> String {
    format!("With your own {noun}, as")
}

pub(in crate::pages) fn with_yours_unchecked(noun: &str) -> String {
    format!("With your own {noun}, which is checked at its first use.")
}

pub(in crate::pages) const EDIT: &str = "Edit";
pub(in crate::pages) const SET_UP_ANOTHER: &str = "Set up another";
pub(in crate::pages) const BY_THE_INTEGRATIONS: &str = "Will be created by the integration account";
/// Where the rule asks for a token that nobody can have.
pub(in crate::pages) const NOBODY_CAN: &str = "Require User PAT is on all the same, so nobody can create anything here until an administrator of Countersign switches \
     it off or the git server is upgraded.";
pub(in crate::pages) const FROM_THEN_ON: &str = "From";

pub(in crate::pages) fn use_your_own(noun: &str) -> String {
    format!("Use your own {noun} instead")
}

pub(in crate::pages) fn needed_from(noun: &str) -> String {
    format!("(UTC) on, this needs {}.", one_of_your_own(noun))
}

/// When it ends follows.
pub(in crate::pages) fn yours(noun: &str) -> String {
    format!("Your {noun}")
}

fn one_of_your_own(noun: &str) -> &'static str {
    if noun == TOKEN { "a personal access token of your own" } else { "an access key of your own" }
}

pub(in crate::pages) const EXPIRES_SOON: &str = "expires soon";

/// Why nothing can be done yet. `account`: the login the token is of, where that is known.
pub(in crate::pages) fn missing(noun: &str, state: PatState, server: &str, account: Option<&str>) -> String {
    let of = account.map(|login| format!(" ({login})")).unwrap_or_default();
    match state {
        PatState::Rejected => format!("{server} no longer accepts your {noun}{of}."),
        PatState::Expired => format!("Your {noun} for {server}{of} has expired."),
        PatState::SetAside => format!("The address of this integration changed since you saved your {noun}."),
        _ => format!("This needs {}.", one_of_your_own(noun)),
    }
}

/// What mends it.
pub(in crate::pages) fn set_up_first(state: PatState) -> &'static str {
    match state {
        PatState::Rejected | PatState::Expired => "Set it up again",
        PatState::SetAside => "Confirm it",
        _ => "Set it up first",
    }
}

/// How many repositories were found.
pub(in crate::pages) fn found(count: usize) -> String {
    match count {
        0 => "No repository was found.".to_owned(),
        1 => "One repository.".to_owned(),
        count => format!("{count} repositories."),
    }
}

/// Under a branch's name.
pub(in crate::pages) fn branch_name_help(key: &str) -> String {
    format!("Keep {key} in it: that ties the branch to the issue.")
}

pub(in crate::pages) const ANOTHER_NAME: &str = "Choose another name";
pub(in crate::pages) const CREDITED_TO: &str = "Credited to";
pub(in crate::pages) const THE_INTEGRATION_ACCOUNT: &str = "(the integration account)";
pub(in crate::pages) const FOUND_WITH: &str = "Nothing was changed. It was found with the credential of";
pub(in crate::pages) const FOUND_AFTERWARDS: &str = "The git server's answer was lost on the way: this was made just now, or was there before. It was found with the credential of";
pub(in crate::pages) const LOOK_AT_IT: &str = "Look at it";
pub(in crate::pages) const EXPECTED_ANOTHER: &str = "Look at this: your token was known as that of";
pub(in crate::pages) const TELL_SOMEBODY: &str = "Somebody renamed the account, or the token is not yours.";
pub(in crate::pages) const NOT_ALL_OF_IT: &str = "What could not be done";

/// Of a branch that is there.
pub(in crate::pages) fn stands_elsewhere(base: &str) -> String {
    format!("It points at another commit than {base}.")
}

/// What was made, or was there; a pull request as its git server calls it.
pub(in crate::pages) fn made(done: &Done, pull_request: &str) -> String {
    match (done.made, done.existed, done.answer_lost) {
        (Made::Branch, false, _) => "Branch created".to_owned(),
        (Made::Branch, true, false) => "This branch is there already".to_owned(),
        (Made::Branch, true, true) => "The branch is there".to_owned(),
        (Made::PullRequest, false, _) => capitalised(&format!("{pull_request} created")),
        (Made::PullRequest, true, false) => format!("There is an open {pull_request} already"),
        (Made::PullRequest, true, true) => capitalised(&format!("{pull_request} open")),
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

pub(in crate::pages) const CREATE: &str = "Create";
pub(in crate::pages) const SOURCE_BRANCH: &str = "Source branch";
pub(in crate::pages) const TARGET_BRANCH: &str = "Target branch";
pub(in crate::pages) const SAME_BRANCH: &str = "Source and target are the same branch: there is nothing to merge.";
pub(in crate::pages) const NOTHING_TO_MERGE: &str =
    "The source branch has no commits that the target lacks: there is nothing to merge yet. Push a commit first.";
pub(in crate::pages) const TITLE: &str = "Title";
pub(in crate::pages) const DESCRIPTION: &str = "Description";
pub(in crate::pages) const DESCRIPTION_HELP: &str = "Markdown. A link to the issue is added if it has none.";
pub(in crate::pages) const PREVIEW: &str = "Preview";
pub(in crate::pages) const REVIEWERS: &str = "Reviewers";
pub(in crate::pages) const REVIEWERS_HELP: &str = "Their logins on the git server, with commas between them.";
pub(in crate::pages) const AS_A_DRAFT: &str = "Draft: not ready for review";
