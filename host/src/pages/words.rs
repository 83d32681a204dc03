//! Every text of the pages that is not somebody else's: in one place, ready for translation.

use maud::{Markup, html};

use super::layout::is_web;
use super::once::Made;
use crate::operate::{RemovedPat, RevocationOutcome};
use model::{AuditEvent, PageName, PatState};

pub(super) const PRODUCT: &str = "Countersign";

// --- Ways in and out -----------------------------------------------------------------------------------------------

/// Heading and text.
type Told = (&'static str, &'static str);

pub(super) const OPENED_FOR: &str = "This page is for Jira user";
pub(super) const NOT_YOU: &str = "If that is not you, close this page.";
pub(super) const CONTINUE_AS: &str = "Continue as";
pub(super) const FOR_WHOM: &str = "Jira user";
pub(super) const BACK_TO_JIRA: &str = "Back to Jira";
pub(super) const OPEN_IN_A_WINDOW: &str = "Open it in a new window";
pub(super) const WHAT_YOU_TYPED: &str = "What you typed";
pub(super) const WHERE_TO_MEND: &str = "Where it can be mended";
pub(super) const IN_A_NEW_WINDOW: &str = "(opens in a new window)";
pub(super) const REQUEST_ID: &str = "For your administrator: request";

pub(super) const LINK_GONE: Told =
    ("This link does not work any more", "It works once, for half an hour. Start again from Jira to get a new one.");
pub(super) const CROSS_SITE: Told =
    ("This form was sent from another site", "Nothing was done. Start again from Jira, and fill in the form there.");
pub(super) const NOT_FROM_HERE: Told =
    ("This form is not of this page", "Nothing was done. Load the page again, and fill in the form there.");
pub(super) const NO_VISIT: Told = (
    "This page is not open in this browser",
    "It belongs to whoever opened it from Jira, in the browser it was opened in. Start again from Jira.",
);
pub(super) const VISIT_ENDED: Told = (
    "You were away for a while",
    "For your safety this page has ended, and nothing was sent. Open the same page from Jira again.",
);
pub(super) const VISIT_ENDED_AND_KEPT: Told = (
    VISIT_ENDED.0,
    "For your safety this page has ended, and nothing was sent. What you typed is kept for a day: open the same page from \
     Jira again, and it is filled in.",
);
pub(super) const NO_COOKIE: Told = (
    "Your browser keeps no cookies here",
    "This page is shown within Jira, and your browser keeps no cookies for such pages. It works in a window of its own.",
);
pub(super) const UNREADABLE: Told =
    ("The form could not be read", "Nothing was done. Go back, load the page again and fill it in.");
pub(super) const TOO_SLOW: Told = (
    "This took too long",
    "It may be done or not. Start again from Jira and look; what you do again is looked up before anything is sent.",
);
pub(super) const BROKEN: Told = (
    "Something went wrong",
    "It is our fault, and the log holds the reason. Start again from Jira; if it happens again, tell your Jira \
     administrator.",
);
pub(super) const BUSY: Told =
    ("Too many people are here just now", "Nothing was done. Load the page again in a minute.");

/// What a page is called.
pub(super) fn title_of(page: PageName) -> &'static str {
    match page {
        PageName::CreateBranch => "Create branch",
        PageName::CreatePullRequest => "Create pull request",
        PageName::SetUp => "Set up your personal access token",
        PageName::Repositories => "Repository browser",
        PageName::Tokens => "My tokens",
    }
}

/// The way back, where there is one a browser should follow.
pub(super) fn back(address: &str) -> Markup {
    html! {
        @if is_web(address) {
            p { a .button.quiet href=(address) target="_top" rel="noreferrer" { (BACK_TO_JIRA) } }
        }
    }
}

// --- Set up a personal access token ----------------------------------------------------------------------------------

pub(super) const AWS_CREDENTIALS: &str = "AWS credentials";
pub(super) const CREDENTIAL: &str = "credential";
pub(super) const NOT_SAVED: &str = "Not saved";
pub(super) const NOT_CHECKED: &str = "Not checked";
pub(super) const MAKE_ONE: &str = "Make one";
pub(super) const NEW_TOKEN: &str = "New token";
pub(super) const PERMISSIONS_NEEDED: &str = "It needs these permissions:";
pub(super) const SAVE_IT_HERE: &str = "Save it here";
pub(super) const UPDATE: &str = "Update";
pub(super) const CANCEL: &str = "Cancel";
pub(super) const NONE: &str = "None";
pub(super) const OPTIONAL: &str = "(optional)";
pub(super) const EXPIRES_ON: &str = "Expires on";
pub(super) const NO_DATE: &str = "The date is written as in 2026-11-22.";
pub(super) const PAST_DATE: &str = "This day has come already.";
pub(super) const SAVE_WITHOUT_ASKING: &str = "Save it without asking first:";
pub(super) const IT_GOES_TO: &str = "It is sent nowhere but to";
pub(super) const ALREADY_SAVED: &str = "Already saved on";
pub(super) const OF_ACCOUNT: &str = "of account";
pub(super) const LAST_CHECKED: &str = "Last checked";
pub(super) const CHECK_AGAIN: &str = "Check again";
pub(super) const REMOVE: &str = "Remove";
pub(super) const REMOVE_YOURS: &str = "Remove your personal access token?";
pub(super) const REMOVAL_MEANS: &str =
    "It is erased here. What needs it is not done in your name any more, until you save another.";
pub(super) const REVOKE_TOO: &str = "Revoke it as well, so that nobody can use it any more, at";
pub(super) const REMOVED: &str = "Removed";
pub(super) const CONFIRM_YOURS: &str = "Confirm the one you saved";
pub(super) const GIVEN_TO: &str = "You gave it to:";
pub(super) const LEADS_TO: &str = "An administrator changed this integration; it now leads to:";
pub(super) const CONFIRM_ONLY_IF: &str =
    "Confirm only if you know this address. Your token is sent there, to see whether it is good there.";
pub(super) const USE_IT_THERE: &str = "Use it at the new address";
pub(super) const YOU_CAN_CLOSE: &str = "You can close this page.";
pub(super) const SAVED: &str = "Saved";
pub(super) const FOR: &str = "for";
pub(super) const CHECKED: &str = "Checked";
pub(super) const PERMISSIONS: &str = "Permissions";
pub(super) const EXPIRY: &str = "Expiry";
pub(super) const FROM_NOW_ON: &str = "From now on, what Jira user";
pub(super) const CREATES_HERE: &str = "creates here is created";
pub(super) const AS_ACCOUNT: &str = "as account";
pub(super) const OF: &str = "of";
pub(super) const WITH_IT: &str = "with it.";
pub(super) const OF_ANOTHER_BEFORE: &str = "What was saved before belonged to another account:";
pub(super) const PRESENT: &str = "present";
pub(super) const ABSENT: &str = "absent: what needs it will fail";
pub(super) const CANNOT_TELL: &str = "cannot tell: the git server does not say";
pub(super) const ENDS_ON: &str = "It ends on";
pub(super) const DOES_NOT_EXPIRE: &str = "It does not expire.";
pub(super) const DOES_NOT_SAY: &str = "does not say when it ends.";

/// Of a credential by the name its kind gives it; the integration's name follows.
pub(super) fn set_up(credential: &str) -> String {
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

/// Above why, with the git server where it refused what was entered.
pub(super) fn nothing_was_saved(refused_by: Option<&str>) -> String {
    match refused_by {
        Some(server) => format!("Nothing was saved: {server} refused what you entered."),
        None => "Nothing was saved.".to_owned(),
    }
}

pub(super) fn expiry_help(server: &str) -> String {
    format!("Only where {server} does not tell it. It counts as ended when that day begins, in UTC.")
}

/// After what is said of it already.
pub(super) fn kept_state(state: PatState) -> &'static str {
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
pub(super) fn saved_state(state: PatState) -> Option<&'static str> {
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
pub(super) fn removed(removed: &RemovedPat) -> String {
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
pub(super) fn back_to(page: PageName) -> String {
    format!("Back to: {}", title_of(page))
}

// --- The dialogs -----------------------------------------------------------------------------------------------------

pub(super) const REPOSITORY: &str = "Repository";
pub(super) const SEARCH: &str = "Search";
pub(super) const PICK_HELP: &str = "Search by a part of the name; leave it empty for all.";
pub(super) const FAVOURITES: &str = "Favourites";
pub(super) const MORE_THAN_SHOWN: &str = "there are more; type more of the name.";
pub(super) const READ_ONLY: &str = "read-only";
pub(super) const SET_UP_YOURS: &str = "Set up your token";
pub(super) const CHANGE: &str = "Change";
pub(super) const BASE_BRANCH: &str = "Base branch";
pub(super) const BRANCH_NAME: &str = "Branch name";
pub(super) const CREATE_BRANCH: &str = "Create branch";
pub(super) const NOT_CREATED: &str = "Not created";
pub(super) const TYPE_FOR_MORE: &str = "There are more than are offered: type a part of the name, or all of it.";
pub(super) const READ_ONLY_REPOSITORY: &str =
    "This repository is archived or otherwise read-only: nothing can be created in it.";
pub(super) const EMPTY_REPOSITORY: &str =
    "This repository is empty: there is no branch to start at yet. Push a commit first.";

pub(super) const WITH_YOURS: &str = "With your own token, as";
pub(super) const WITH_YOURS_UNCHECKED: &str = "With your own token, which is checked at its first use.";
pub(super) const EDIT: &str = "Edit";
pub(super) const SET_UP_ANOTHER: &str = "Set up another";
pub(super) const WITH_THE_INTEGRATIONS: &str = "With the integration account";
pub(super) const USE_YOUR_OWN: &str = "Use your own token instead";
pub(super) const FROM_THEN_ON: &str = "From";
pub(super) const NEEDED_FROM: &str = "on, this needs a personal access token of your own.";
pub(super) const EXPIRES_SOON: &str = "Your token expires soon.";

/// The line of somebody whose token has an end in sight.
pub(super) fn expires_on(day: &str) -> String {
    format!("Your token expires on {day} (UTC).")
}

/// Why nothing can be done yet.
pub(super) fn missing(state: PatState) -> &'static str {
    match state {
        PatState::Rejected => "The git server refused your token.",
        PatState::Expired => "Your token has expired.",
        PatState::SetAside => "The address of this integration changed since you saved your token.",
        _ => "This needs a personal access token of your own.",
    }
}

/// What mends it.
pub(super) fn set_up_first(state: PatState) -> &'static str {
    match state {
        PatState::Rejected | PatState::Expired => "Set it up again",
        PatState::SetAside => "Confirm it",
        _ => "Set it up first",
    }
}

/// How many repositories were found.
pub(super) fn found(count: usize) -> String {
    match count {
        0 => "No repository was found.".to_owned(),
        1 => "One repository.".to_owned(),
        count => format!("{count} repositories."),
    }
}

/// Under a branch's name.
pub(super) fn branch_name_help(key: &str) -> String {
    format!("Keep {key} in it: that ties the branch to the issue.")
}

// --- What was made ---------------------------------------------------------------------------------------------------

pub(super) const CREDITED_TO: &str = "Credited to";
pub(super) const THE_INTEGRATION_ACCOUNT: &str = "(the integration account)";
pub(super) const FOUND_WITH: &str = "Nothing was changed. It was found with the credential of";
pub(super) const EXPECTED_ANOTHER: &str = "Look at this: your token was known as that of";
pub(super) const TELL_SOMEBODY: &str = "Somebody renamed the account, or the token is not yours.";
pub(super) const NOT_ALL_OF_IT: &str = "What could not be done";

/// What was made, or was there.
pub(super) fn made(made: Made, existed: bool) -> &'static str {
    match (made, existed) {
        (Made::Branch, false) => "Branch created",
        (Made::Branch, true) => "This branch is there already",
        (Made::PullRequest, false) => "Pull request created",
        (Made::PullRequest, true) => "A pull request is open already",
    }
}

// --- Create pull request ---------------------------------------------------------------------------------------------

pub(super) const CREATE: &str = "Create";
pub(super) const SOURCE_BRANCH: &str = "Source branch";
pub(super) const TARGET_BRANCH: &str = "Target branch";
pub(super) const SAME_BRANCH: &str = "Source and target are the same branch: there is nothing to merge.";
pub(super) const NOTHING_TO_MERGE: &str =
    "The source branch has no commits that the target lacks: there is nothing to merge yet. Push a commit first.";
pub(super) const TITLE: &str = "Title";
pub(super) const DESCRIPTION: &str = "Description";
pub(super) const DESCRIPTION_HELP: &str = "Markdown. A link to the issue is added where it is not in it.";
pub(super) const PREVIEW: &str = "Preview";
pub(super) const REVIEWERS: &str = "Reviewers";
pub(super) const REVIEWERS_HELP: &str = "Their logins on the git server, with commas between them.";
pub(super) const AS_A_DRAFT: &str = "Draft: it is not to be reviewed yet";

// --- Repository browser and My tokens --------------------------------------------------------------------------------

pub(super) const SEARCH_BY_NAME: &str = "Search by name";
pub(super) const ROWS: &str = "Rows";
pub(super) const NEXT_PAGE: &str = "Next page";
pub(super) const FAVOURITE: &str = "Favourite";
pub(super) const NAME: &str = "Name";
pub(super) const INTEGRATION: &str = "Integration";
pub(super) const DEFAULT_BRANCH: &str = "Default branch";
pub(super) const PERS_ACCESS: &str = "Pers. access";
pub(super) const PERSONAL_ACCESS: &str = "Personal access: the state of your token";
pub(super) const ACTIONS: &str = "Actions";
pub(super) const SET_UP_FOR_PROJECT: &str = "of this project";
pub(super) const PRIVATE: &str = "private";
pub(super) const EMPTY: &str = "(empty)";
pub(super) const IN: &str = "in";
pub(super) const STAR: &str = "Give a star to";
pub(super) const UNSTAR: &str = "Take the star from";
pub(super) const AS: &str = "as";
pub(super) const TOKENS_ARE: &str =
    "One token for each integration. Nobody sees it, and it is used for nobody but you.";
pub(super) const NO_INTEGRATIONS: &str = "No integration is open to this Jira project.";
pub(super) const STATE: &str = "Pers. access";
pub(super) const LAST_USED: &str = "Last used";
pub(super) const REQUIRED: &str = "required";
pub(super) const NEVER: &str = "never";
pub(super) const NOT_SAID: &str = "not said";
pub(super) const SET_UP: &str = "Set up";
pub(super) const REVOKE_ALL: &str = "Revoke everything";
pub(super) const REVOKE_ALL_ASKED: &str = "Revoke all your tokens?";
pub(super) const REVOKE_ALL_MEANS: &str =
    "Each of these is erased here, and its git server is asked to accept it no more, where it can:";
pub(super) const REVOKED_ALL: &str = "What became of your tokens";

/// How many rows a page has.
pub(super) fn rows(count: usize) -> String {
    format!("{count} a page")
}

/// For whoever sees no pencil.
pub(super) fn edit_for(integration: &str) -> String {
    format!("Edit your token for {integration}")
}

/// Beside a list.
pub(super) fn not_in_front(why: &str) -> String {
    format!("The repository that is set up for this Jira project could not be shown: {why}.")
}

/// Of a PAT that is not named by its account.
pub(super) fn state(state: PatState) -> &'static str {
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

pub(super) fn expires_in_days(days: i64) -> String {
    match days {
        0 => "expires today".to_owned(),
        1 => "expires in 1 day".to_owned(),
        days => format!("expires in {days} days"),
    }
}

pub(super) fn expires_at_day(day: &str) -> String {
    format!("expires on {day}")
}

pub(super) fn required_from(day: &str) -> String {
    format!("required from {day}")
}

// --- A page left open ------------------------------------------------------------------------------------------------

/// What a field that is kept is called on its page; none for one that nobody sees.
pub(super) fn typed_as(field: &str) -> Option<&'static str> {
    match field {
        "repository" => Some(REPOSITORY),
        "from" => Some(BASE_BRANCH),
        "name" => Some(BRANCH_NAME),
        "source" => Some(SOURCE_BRANCH),
        "target" => Some(TARGET_BRANCH),
        "title" => Some(TITLE),
        "description" => Some(DESCRIPTION),
        "reviewers" => Some(REVIEWERS),
        _ => None,
    }
}

// --- For administrators ----------------------------------------------------------------------------------------------

/// The pages, as the bar above all of them has them.
pub(super) const ADMIN_PAGES: [(&str, &str); 7] = [
    ("integrations", MANAGE),
    ("coverage", COVERAGE),
    ("general", GENERAL),
    ("providers", PROVIDERS),
    ("connectors", CONNECTORS),
    ("audit", AUDIT),
    ("sessions", SESSIONS),
];
pub(super) const ADMINISTRATION: &str = "Administration";
pub(super) const SKIP: &str = "Skip to the content";
pub(super) const SIGN_IN: &str = "Sign in";
pub(super) const SIGN_IN_AS: &str = "Sign in as";
pub(super) const SIGN_IN_HOW: &str = "With an admin token, or with the link that this command prints:";
pub(super) const SIGN_OUT: &str = "Sign out";
pub(super) const SIGNED_IN_AS: &str = "Signed in as";
pub(super) const ADMIN_TOKEN: &str = "Admin token";
pub(super) const TOKEN_REFUSED: &str = "This token is not known here, was revoked, or has expired.";
pub(super) const SESSIONS: &str = "Sessions";
pub(super) const ADMINISTRATOR: &str = "Administrator";
pub(super) const SINCE: &str = "Since";
pub(super) const THIS_ONE: &str = "this one";

pub(super) const MANAGE: &str = "Manage Git repositories";
pub(super) const ADD_INTEGRATION: &str = "Add integration";
pub(super) const NO_INTEGRATIONS_YET: &str = "There is no integration yet.";
pub(super) const REQUIRED_EVERYWHERE: &str = "Require User PAT is on for all integrations";
pub(super) const KIND: &str = "Kind";
pub(super) const SERVER: &str = "Server";
pub(super) const ACCOUNT: &str = "Account";
pub(super) const RULES: &str = "Rules";
pub(super) const NO_ACCOUNT: &str = "none";
pub(super) const SET_ASIDE: &str = "set aside: give it again";

pub(super) const SETTINGS: &str = "Integration Feature Settings";
pub(super) const SECTION_GENERAL: &str = "Connection";
pub(super) const SECTION_PAT: &str = "Personal Access Token";
pub(super) const SECTION_ACCOUNT: &str = "Integration account";
pub(super) const SECTION_PROJECTS: &str = "Project permissions";
pub(super) const SECTION_BRANCHES: &str = "Branches";
pub(super) const SECTION_PULL_REQUESTS: &str = "Pull requests";
pub(super) const SECTION_MAPPING: &str = "Project mapping";
pub(super) const SECTION_NETWORK: &str = "Network";

pub(super) const REQUIRE_USER_PAT: &str = "Require User PAT";
pub(super) const REQUIRE_MEANS: &str = "Everybody creates and deletes branches and creates pull requests here with a personal \
                                        access token of her own, or not at all. The integration account is not used for it.";
pub(super) const GRACE_DATE: &str = "From (grace date)";
pub(super) const GRACE_MEANS: &str =
    "Until this day, in UTC, the dialogs announce the rule and nobody is kept from anything. Empty: it holds at once.";
pub(super) const ENFORCE: &str = "Enforce git service permissions";
pub(super) const ENFORCE_MEANS: &str = "Looking, too, is done with the user's own token or not at all, so that nobody sees \
                                        what the git server would not show her. Needs Require User PAT.";
pub(super) const ACCOUNT_MEANS: &str = "Leave these empty to keep the credential there is. Now:";
pub(super) const REMOVE_CREDENTIAL: &str = "Take the credential away: the integration acts as nobody";
pub(super) const PROJECTS: &str = "Restrict to Jira projects";
pub(super) const PROJECTS_HELP: &str =
    "One a line: KEY, SITE/KEY, or SITE/* for all of a site. Empty: it is associated with all projects.";
pub(super) const CREATE_BRANCHES: &str = "Enable creating branches";
pub(super) const DELETE_BRANCHES: &str = "Enable deleting branches";
pub(super) const CREATE_PULL_REQUESTS: &str = "Enable creating pull requests";
pub(super) const TEMPLATE: &str = "Branch template";
pub(super) const TEMPLATE_HELP: &str = "Such as ${issuetype}/${issuekey}-${summary}. Also ${basebranch}, ${username} and ${displayname}. Empty: the usual one.";
pub(super) const SEPARATOR: &str = "Separator";
pub(super) const MAX_LENGTH: &str = "Maximum length";
pub(super) const MAX_LENGTH_HELP: &str = "From 20 to 255. Empty: what the git server takes.";
pub(super) const NO_NUMBER: &str = "is not a number";
pub(super) const PREVIEW_ISSUE: &str = "Issue to try the template with";
pub(super) const PREVIEW_ISSUE_HELP: &str = "Its key and summary: ABC-1 Log in with a passkey";
pub(super) const AN_ISSUE: &str = "ABC-1 Log in with a passkey";
pub(super) const MAPPING_MEANS: &str =
    "What issues of a Jira project, or of one component of it, are worked on with. A row with nothing in it is none.";
pub(super) const JIRA_PROJECT: &str = "Jira project";
pub(super) const COMPONENT: &str = "Component";
pub(super) const REPOSITORY_ID: &str = "Repository id";
pub(super) const REACHES: &str = "It reaches nothing but:";
pub(super) const ALLOW_PRIVATE: &str = "Allow private addresses";
pub(super) const ALLOW_PRIVATE_MEANS: &str = "For a git server within your own network.";
pub(super) const ALLOW_HTTP: &str = "Allow HTTP";
pub(super) const ALLOW_HTTP_MEANS: &str = "Credentials travel unencrypted. For tests.";
pub(super) const CONNECT_TO: &str = "Connect to";
pub(super) const CONNECT_TO_HELP: &str =
    "Addresses to dial instead of asking DNS, one a line: git.example.com:443 = 10.0.0.7:443";
pub(super) const NO_PAIR: &str = "has a line that is not as in git.example.com:443 = 10.0.0.7:443";
pub(super) const CA: &str = "Certificates";
pub(super) const CA_HELP: &str = "To trust beside the system's, in PEM.";
pub(super) const DRY_RUN: &str = "Dry run";
pub(super) const UPDATED: &str = "Updated.";
pub(super) const NOTHING_STORED: &str = "Nothing was stored.";
pub(super) const POLICY_CONFLICT: &str =
    "Somebody else changed these settings since you opened them. Now (first) and as you typed it:";
pub(super) const WOULD_BE: &str = "Nothing was stored. This would be changed:";
pub(super) const NOTHING_CHANGED: &str = "Nothing is different.";
pub(super) const OWN_SET_ASIDE: &str =
    "The integration's own credential was given to the address before: give it again.";
pub(super) const CONFLICT: &str =
    "Somebody else changed this integration since you opened it. Now (first) and as you typed it:";
pub(super) const CONFLICT_THEN: &str =
    "Nothing was stored. What you typed is below; Update stores it over what there is now.";
pub(super) const REMOVE_INTEGRATION: &str = "Remove this integration?";
pub(super) const REMOVE_INTEGRATION_MEANS: &str = "it goes with every personal access token that was saved for it.";
pub(super) const ID: &str = "Id";
pub(super) const ID_HELP: &str = "How the API and the command line name it: small letters, digits and dashes.";
pub(super) const ANOTHER_KIND: &str = "Another kind";
pub(super) const TEST_CONNECTION: &str = "Test connection";
pub(super) const CONNECTION_WORKS: &str = "The connection works. Nothing is stored yet.";
pub(super) const ADD: &str = "Add";
pub(super) const NO_PROVIDERS: &str = "No provider is installed:";

pub(super) const GENERAL: &str = "General settings";
pub(super) const OVER_ALL: &str = "For all integrations";
pub(super) const COVERAGE: &str = "Coverage";
pub(super) const PROVIDERS: &str = "Providers";
pub(super) const PROVIDERS_ARE: &str = "Components that speak the git servers' APIs. One is installed with";
pub(super) const VERSION: &str = "Version";
pub(super) const KINDS: &str = "Kinds";
pub(super) const DIGEST: &str = "Digest";
pub(super) const CONNECTORS: &str = "Connectors";
pub(super) const CONNECTORS_ARE: &str = "Who calls the API for Jira users. One is added with";
pub(super) const SITE: &str = "Site";
pub(super) const KEY: &str = "Key";
pub(super) const ORIGINS: &str = "Origins";
pub(super) const REMOVE_CONNECTOR: &str = "Remove this connector?";
pub(super) const REMOVE_CONNECTOR_MEANS: &str = "what it asks is refused from then on, and its pages end.";
pub(super) const AUDIT: &str = "Audit";
pub(super) const FILTER: &str = "Filter";
pub(super) const VERIFY: &str = "Verify";
pub(super) const OLDER: &str = "Older";
pub(super) const WHEN: &str = "When";
pub(super) const WHO: &str = "Who";
pub(super) const WHAT: &str = "What";
pub(super) const DETAILS: &str = "Details";
pub(super) const COMMAND_LINE: &str = "the command line";
pub(super) const THE_DAEMON: &str = "the daemon";

pub(super) fn from(day: &str) -> String {
    format!("from {day}")
}

pub(super) fn row(number: usize) -> String {
    format!("row {number}")
}

/// How many people have to confirm their tokens.
pub(super) fn set_aside(people: usize, is_tried: bool) -> String {
    let verb = if is_tried { "would be" } else { "were" };
    format!(
        "The address changes: the tokens of {people} {verb} set aside until they confirm them.",
        people = persons(people)
    )
}

/// Whom a rule keeps from creating.
pub(super) fn blocked(people: usize, seen: usize, days: u16) -> String {
    format!(
        "Of {} seen within {days} days, the rule keeps {people} from creating until they save a token.",
        persons(seen)
    )
}

fn persons(count: usize) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}

pub(super) fn intact(entries: i64) -> String {
    format!("All {entries} entries are as they were written.")
}

pub(super) fn not_intact(sequence: i64) -> String {
    format!("Entry {sequence} is not as it was written:")
}

pub(super) fn event(event: AuditEvent) -> &'static str {
    match event {
        AuditEvent::Intent => "intent",
        AuditEvent::Outcome => "outcome",
        AuditEvent::Denied => "denied",
        AuditEvent::Changed => "changed",
    }
}

// --- Coverage and the audit log --------------------------------------------------------------------------------------

pub(super) const SEEN_WITHIN: &str = "Seen within";
pub(super) const SHOW: &str = "Show";
pub(super) const AS_CSV: &str = "As CSV";
pub(super) const AS_LINES: &str = "As JSON lines";
pub(super) const USER: &str = "Jira user";
pub(super) const LAST_SEEN: &str = "Last seen";
pub(super) const EVENT: &str = "Event";
pub(super) const ANY: &str = "any";
pub(super) const FROM_TIME: &str = "From";
pub(super) const UNTIL_TIME: &str = "Until";
pub(super) const USER_HELP: &str = "SITE/USER, or USER";
pub(super) const READY: &str = "Ready";

pub(super) fn days(days: u16) -> String {
    format!("{days} days")
}

/// How many of those seen are ready for the rule.
pub(super) fn ready(usable: usize, people: usize) -> String {
    format!("{usable} of {people}")
}

/// The totals of a coverage, in a sentence.
pub(super) fn totals(people: usize, usable: usize, expiring: usize, never_used: usize) -> String {
    format!(
        "{}: {usable} with a usable token, {expiring} of them expiring within 14 days; {never_used} never used theirs.",
        persons(people)
    )
}

/// What the page is called on which a pull request is made, or whatever the git server calls it.
pub(super) fn create(pull_request: &str) -> String {
    format!("Create {pull_request}")
}
