//! Administrators' pages.

use super::dialogs::BASE_BRANCH;
use super::tables::NAME;
use model::{AuditEvent, Letters, PatState};

/// The pages, as the bar above all of them has them.
pub(in crate::pages) const ADMIN_PAGES: [(&str, &str); 7] = [
    ("integrations", MANAGE),
    ("coverage", COVERAGE),
    ("general", GENERAL),
    ("providers", PROVIDERS),
    ("connectors", CONNECTORS),
    ("audit", AUDIT),
    ("sessions", SESSIONS),
];
pub(in crate::pages) const ADMINISTRATION: &str = "Administration";
pub(in crate::pages) const SKIP: &str = "Skip to the content";
pub(in crate::pages) const SIGN_IN: &str = "Sign in";
pub(in crate::pages) const SIGN_IN_AS: &str = "Sign in as";
pub(in crate::pages) const SIGN_IN_HOW: &str = "With an admin token, or with the link that this command prints:";
pub(in crate::pages) const SESSION_ENDED: &str = "Your session has ended";
pub(in crate::pages) const SIGN_IN_TO_GO_ON: &str = "Nothing was stored. Sign in again with an admin token, and what you typed comes back; a credential has to be typed anew.";
pub(in crate::pages) const NOTHING_WAS_DONE: &str = "Nothing was done. Sign in again with an admin token.";
pub(in crate::pages) const TOO_MUCH_TO_GO_ALONG: &str = "Nothing was stored, and what you typed is too long to be kept while you sign in. Where it does not stand below, it has to be typed anew.";
/// Where a request is not answered at all.
pub(in crate::pages) const UNREACHED: &str =
    "Countersign did not answer. Nothing was stored, and what you typed still stands here: try again in a moment.";
pub(in crate::pages) const SIGNED_IN: &str = "Signed in";
pub(in crate::pages) const NOTHING_STORED_YET: &str =
    "What you typed before is still here, and nothing of it is stored yet.";
pub(in crate::pages) const GO_ON: &str = "Go on with what you typed";
pub(in crate::pages) const SIGN_OUT: &str = "Sign out";
pub(in crate::pages) const SIGNED_IN_AS: &str = "Signed in as";
pub(in crate::pages) const ADMIN_TOKEN: &str = "Admin token";
pub(in crate::pages) const TOKEN_REFUSED: &str = "This token is not known here, was revoked, or has expired.";
pub(in crate::pages) const SESSIONS: &str = "Sessions";
pub(in crate::pages) const ADMINISTRATOR: &str = "Administrator";
pub(in crate::pages) const SINCE: &str = "Since";
pub(in crate::pages) const THIS_ONE: &str = "this one";

pub(in crate::pages) const MANAGE: &str = "Manage Git repositories";
pub(in crate::pages) const ADD_INTEGRATION: &str = "Add integration";
pub(in crate::pages) const NO_INTEGRATIONS_YET: &str = "There is no integration yet.";
pub(in crate::pages) const KIND: &str = "Kind";
pub(in crate::pages) const SERVER: &str = "Server";
pub(in crate::pages) const ACCOUNT: &str = "Account";
pub(in crate::pages) const RULES: &str = "Rules";
pub(in crate::pages) const NO_ACCOUNT: &str = "none";
pub(in crate::pages) const SET_ASIDE: &str = "set aside: give it again";
/// Of an integration's own credential.
pub(in crate::pages) const REJECTED: &str = "rejected";

pub(in crate::pages) const SETTINGS: &str = "Integration Feature Settings";
pub(in crate::pages) const SECTION_GENERAL: &str = "Connection";
pub(in crate::pages) const SECTION_PAT: &str = "Personal Access Token";
pub(in crate::pages) const SECTION_ACCOUNT: &str = "Integration account";
pub(in crate::pages) const SECTION_PROJECTS: &str = "Project permissions";
pub(in crate::pages) const SECTION_BRANCHES: &str = "Branches";
pub(in crate::pages) const SECTION_PULL_REQUESTS: &str = "Pull requests";
pub(in crate::pages) const SECTION_MAPPING: &str = "Project mapping";
pub(in crate::pages) const SECTION_NETWORK: &str = "Network";

pub(in crate::pages) const REQUIRE_USER_PAT: &str = "Require User PAT";
pub(in crate::pages) const REQUIRE_MEANS: &str = "Everybody creates and deletes branches and creates pull requests here with their own personal access token, or not at all. The integration account is not used for it.";
pub(in crate::pages) const GRACE_DATE: &str = "From (grace date)";
pub(in crate::pages) const GRACE_MEANS: &str =
    "Until this day (UTC) people are told of the rule, and nobody is kept from anything. Empty: it holds at once.";
pub(in crate::pages) const DATE_NEEDS_THE_RULE: &str =
    "A date is of Require User PAT, which is not ticked: tick it, or leave the date out.";
pub(in crate::pages) const ENFORCE: &str = "Enforce git service permissions";
pub(in crate::pages) const ENFORCE_MEANS: &str = "Looking, too, is done with the user's own token or not at all, so that nobody sees what the git server would not show them. Needs Require User PAT.";
pub(in crate::pages) const ACCOUNT_MEANS: &str = "Leave these empty to keep the credential there is. Now:";
/// Before the time.
pub(in crate::pages) const OWN_REJECTED_SINCE: &str = "The git server has refused this credential since";
pub(in crate::pages) const OWN_REJECTED_MEANS: &str = "What is done in the integration's name fails: give it a new one. Should the git server take this one again, this goes away by itself.";
pub(in crate::pages) const REMOVE_CREDENTIAL: &str = "Remove the credential";
pub(in crate::pages) const REMOVE_CREDENTIAL_MEANS: &str = "The integration then has no account.";
/// Of the id of an integration that is added.
pub(in crate::pages) const ID_TAKEN: &str = "There is an integration with this id already: choose another. Whoever pressed Add twice finds it under Manage Git repositories.";
/// Of an origin with two addresses to dial.
pub(in crate::pages) const TWICE: &str = "One line for each origin: this has two for";
pub(in crate::pages) const PROJECTS: &str = "Restrict to Jira projects";
pub(in crate::pages) const PROJECTS_HELP: &str = "One a line: KEY, SITE/KEY, or SITE/* for all of a site. Empty: it is associated with all projects. none: with no project.";
pub(in crate::pages) const CREATE_BRANCHES: &str = "Enable creating branches";
pub(in crate::pages) const DELETE_BRANCHES: &str = "Enable deleting branches";
pub(in crate::pages) const CREATE_PULL_REQUESTS: &str = "Enable creating pull requests";
pub(in crate::pages) const TEMPLATE: &str = "Branch template";
pub(in crate::pages) const TEMPLATE_HELP: &str = "Such as ${issuetype}/${issuekey}-${summary}. Also ${basebranch}, ${username} and ${displayname}. Empty: the usual one.";
pub(in crate::pages) const LETTERS: &str = "Letters";

/// A choice of them.
pub(in crate::pages) fn letters(letters: Letters) -> &'static str {
    match letters {
        Letters::Any => "as they are written",
        Letters::Ascii => "a to z only: für becomes fur",
    }
}

pub(in crate::pages) const SEPARATOR: &str = "Separator";
pub(in crate::pages) const MAX_LENGTH: &str = "Maximum length";
pub(in crate::pages) const MAX_LENGTH_HELP: &str = "From 20 to 255. Empty: what the git server takes.";
pub(in crate::pages) const NO_NUMBER: &str = "is not a number";
pub(in crate::pages) const PREVIEW_ISSUE: &str = "Issue to try the template with";
pub(in crate::pages) const PREVIEW_ISSUE_HELP: &str = "Its key and summary: ABC-1 Log in with a passkey";
pub(in crate::pages) const AN_ISSUE: &str = "ABC-1 Log in with a passkey";
pub(in crate::pages) const MAPPING_MEANS: &str = "Repository, base branch and template for issues of a Jira project, or of one component of it. Empty rows are ignored.";
pub(in crate::pages) const JIRA_PROJECT: &str = "Jira project";
pub(in crate::pages) const COMPONENT: &str = "Component";
pub(in crate::pages) const REPOSITORY_ID: &str = "Repository id";
pub(in crate::pages) const REACHES: &str = "It reaches nothing but:";
pub(in crate::pages) const ALLOW_PRIVATE: &str = "Allow private addresses";
pub(in crate::pages) const ALLOW_PRIVATE_MEANS: &str = "For a git server within your own network.";
pub(in crate::pages) const ALLOW_HTTP: &str = "Allow HTTP";
pub(in crate::pages) const ALLOW_HTTP_MEANS: &str = "Credentials travel unencrypted. For tests.";
pub(in crate::pages) const CONNECT_TO: &str = "Connect to";
pub(in crate::pages) const CONNECT_TO_HELP: &str =
    "Addresses to dial instead of asking DNS, one a line: git.example.com:443 = 10.0.0.7:443";
pub(in crate::pages) const NO_PAIR: &str = "has a line that is not as in git.example.com:443 = 10.0.0.7:443";
pub(in crate::pages) const PROXY: &str = "Proxy";
pub(in crate::pages) const PROXY_HELP: &str = "An HTTP proxy that dials instead: http://proxy.example.com:3128. Encrypted requests stay encrypted through it. Empty: the \
     daemon's own, if it has one; none: directly.";
pub(in crate::pages) const CA: &str = "Certificates";
pub(in crate::pages) const CA_HELP: &str = "To trust beside the system's, in PEM.";
pub(in crate::pages) const DRY_RUN: &str = "Dry run";
pub(in crate::pages) const UPDATED: &str = "Updated.";
pub(in crate::pages) const POLICY_CONFLICT: &str = "These settings were changed since you opened them, by somebody else or by this page sent twice. Nothing was stored.";
pub(in crate::pages) const NEW_AND_REMOVED: &str =
    "A credential was entered and the one that is stored is to be removed: do one of the two.";
/// Where users cannot have any.
pub(in crate::pages) const TOKENS_ARE_NOT_USED: &str = "Tokens that users saved here before are not used.";
pub(in crate::pages) const ALREADY_SO: &str =
    "It is stored as you typed it. What was changed since you opened it stands below.";
pub(in crate::pages) const WOULD_BE: &str = "Nothing was stored. This would be changed:";
pub(in crate::pages) const NOTHING_CHANGED: &str = "Nothing is different.";
pub(in crate::pages) const OWN_SET_ASIDE: &str =
    "The integration's own credential was given to the address before: give it again.";
pub(in crate::pages) const CHANGED_AND_BACK: &str = "By now it is as you were shown it.";
pub(in crate::pages) const OF_ANOTHER_KIND: &str =
    "It is of another kind by now, which has no such fields; what you typed into them is not kept:";
pub(in crate::pages) const INTEGRATION_GONE: &str = "This integration is there no more";
pub(in crate::pages) const REMOVED_BY: &str = "removed by";
pub(in crate::pages) const YOU_TYPED: &str = "You had typed, a credential left out:";
pub(in crate::pages) const NO_PASSWORD_GOES_ALONG: &str =
    "A user name or password before the host of an address does not go along: an address has none.";
pub(in crate::pages) const NOW_AND_TYPED: &str = "Stored now → what you typed:";
pub(in crate::pages) const EMPTY_VALUE: &str = "empty";
pub(in crate::pages) const CONFLICT: &str = "This integration was changed since you opened it, by somebody else or by this page sent twice. Nothing was stored.";
pub(in crate::pages) const ONLY_OTHERS_CHANGED: &str =
    "You typed nothing that differs from what you were shown. What was changed since you opened it stands below.";
pub(in crate::pages) const CHANGED_MEANWHILE: &str = "Changed by";
pub(in crate::pages) const ADDED_ANEW: &str = "It was removed and added anew. Look through all of it, the project mapping too: what you did not type is as it is now.";
pub(in crate::pages) const CONFLICT_THEN: &str =
    "What you typed is below: look it through, and press Update to store it over what there is now.";
pub(in crate::pages) const REMOVE_INTEGRATION: &str = "Remove this integration?";
pub(in crate::pages) const DISCARD_MINE: &str = "Discard mine and show what is stored";
pub(in crate::pages) const NOTHING_WAS_STORED: &str = "Nothing was stored.";
pub(in crate::pages) const DRY_RUN_COUNTS: &str = "It stores nothing, and counts the people seen within";
pub(in crate::pages) const ID: &str = "Id";
pub(in crate::pages) const ID_HELP: &str =
    "How the API and the command line name it: small letters, digits and dashes.";
pub(in crate::pages) const WHICH_KIND: &str = "Which git server is it?";
pub(in crate::pages) const SIGNS_IN_AS: &str = "It signs in as";
pub(in crate::pages) const ANOTHER_KIND: &str = "Another kind";
pub(in crate::pages) const TEST_CONNECTION: &str = "Test connection";
pub(in crate::pages) const CONNECTION_WORKS: &str = "The connection works. Nothing is stored yet.";
pub(in crate::pages) const ADD_STORES_IT: &str = "Add stores it.";
pub(in crate::pages) const ADDED_ON: &str = "Added:";
pub(in crate::pages) const REMOVED_INTEGRATION: &str = "Removed:";
pub(in crate::pages) const NOT_CONNECTED: &str =
    "No credential was given, so the git server was not asked. Nothing is stored yet.";
pub(in crate::pages) const CREDENTIAL_AGAIN: &str =
    "What was entered before was not kept. Enter it once more, or press the button again to go on without it.";
pub(in crate::pages) const CREDENTIAL_NOT_KEPT: &str =
    "The credential has to be typed once more: it is never sent back to a page.";
pub(in crate::pages) const NO_ENTRIES: &str = "No entry is found by this.";
pub(in crate::pages) const ADD: &str = "Add";
pub(in crate::pages) const NO_PROVIDERS: &str = "No provider is installed:";

pub(in crate::pages) const GENERAL: &str = "General settings";
pub(in crate::pages) const OVER_ALL: &str = "For all integrations";
pub(in crate::pages) const COVERAGE: &str = "Coverage";
pub(in crate::pages) const PROVIDERS: &str = "Providers";
pub(in crate::pages) const PROVIDERS_ARE: &str = "Components that speak the git servers' APIs. One is installed with";
pub(in crate::pages) const VERSION: &str = "Version";
pub(in crate::pages) const MAY_REACH: &str = "May reach";
pub(in crate::pages) const KINDS: &str = "Kinds";
pub(in crate::pages) const DIGEST: &str = "Digest";
pub(in crate::pages) const CONNECTORS: &str = "Connectors";
pub(in crate::pages) const CONNECTORS_ARE: &str = "Who calls the API for Jira users. One is added with";
pub(in crate::pages) const SITE: &str = "Site";
pub(in crate::pages) const KEY: &str = "Key";
pub(in crate::pages) const ORIGINS: &str = "Origins";
pub(in crate::pages) const REMOVE_CONNECTOR: &str = "Remove this connector?";
pub(in crate::pages) const REMOVE_CONNECTOR_MEANS: &str = "what it asks is refused from then on, and its pages end.";
pub(in crate::pages) const AUDIT: &str = "Audit";
pub(in crate::pages) const FILTER: &str = "Filter";
pub(in crate::pages) const VERIFY: &str = "Verify the log";
pub(in crate::pages) const OLDER: &str = "Older";
pub(in crate::pages) const WHEN: &str = "When";
pub(in crate::pages) const WHO: &str = "Who";
pub(in crate::pages) const WHAT: &str = "What";
pub(in crate::pages) const DETAILS: &str = "Details";
pub(in crate::pages) const COMMAND_LINE: &str = "the command line";
pub(in crate::pages) const THE_DAEMON: &str = "the daemon";

pub(in crate::pages) fn from(day: &str) -> String {
    format!("from {day}")
}

/// The rules over all integrations; `from`: the day on which they begin to hold.
pub(in crate::pages) fn over_all(enforces: bool, from: Option<&str>) -> String {
    let rules =
        if enforces { format!("{REQUIRE_USER_PAT} and {ENFORCE} are") } else { format!("{REQUIRE_USER_PAT} is") };
    let from = from.map(|day| format!(" {}", self::from(day))).unwrap_or_default();
    format!("{rules} on for all integrations{from}.")
}

pub(in crate::pages) fn mapping(number: usize) -> String {
    format!("Mapping {number}")
}

pub(in crate::pages) fn row(number: usize) -> String {
    format!("row {number}")
}

/// Of a provider that failed again and again; the integration and what it failed with follow.
pub(in crate::pages) fn paused_at(seconds: u64) -> String {
    format!("Paused for {seconds} s at")
}

/// How many people have to confirm their tokens.
pub(in crate::pages) fn set_aside(people: usize, is_tried: bool) -> String {
    let verb = if is_tried { "would be" } else { "were" };
    format!(
        "The address changes: the tokens of {people} {verb} set aside until they confirm them.",
        people = persons(people)
    )
}

/// Where an administrator was asked about a removal before.
pub(in crate::pages) const OTHER_TOKENS_BY_NOW: &str =
    "People have saved or removed tokens for it since you were asked: others than before would be deleted.";

/// After its name: how many people lose a token with it.
pub(in crate::pages) fn remove_integration_means(people: usize) -> String {
    match people {
        0 => "is deleted. Nobody has saved a token for it. This cannot be undone.".to_owned(),
        people => format!("and the saved tokens of {} are deleted. This cannot be undone.", persons(people)),
    }
}

/// Whom a rule keeps from creating.
pub(in crate::pages) fn blocked(people: usize, seen: usize, days: u16, is_closed: bool) -> String {
    let until = if is_closed {
        "until they save a token; where nobody can have one, for as long as it is on"
    } else {
        "until they save a token"
    };
    format!("Of {} seen within {days} days, the rule keeps {people} from creating {until}.", persons(seen))
}

/// Where a dry run finds no rule to hold.
pub(in crate::pages) const NO_RULE: &str = "Require User PAT is off: it keeps nobody from creating.";

/// Beside the rules over all, where there are integrations like these.
pub(in crate::pages) const CLOSED_BY_THE_RULE: &str =
    "Users can have no tokens here, so that nobody creates anything while Require User PAT is on:";

/// What a field of a mapping is called.
pub(in crate::pages) fn mapping_column(member: &str) -> &str {
    match member {
        "project" => JIRA_PROJECT,
        "component" => COMPONENT,
        "repository" => REPOSITORY_ID,
        "base" => BASE_BRANCH,
        "branch_template" => TEMPLATE,
        other => other,
    }
}

/// Where something is wrong in a mapping, counted as its form counts: `mappings[0].project` is in row 1.
pub(in crate::pages) fn place_of_mapping(field: &str) -> Option<String> {
    let (at, member) = field.strip_prefix("mappings[")?.split_once(']')?;
    let number = at.parse::<usize>().ok()? + 1;
    let place = format!("{SECTION_MAPPING}, {}", row(number));
    Some(member.strip_prefix('.').map_or(place.clone(), |member| format!("{place}, {}", mapping_column(member))))
}

/// How many mappings there were and are, and how many of them are new.
pub(in crate::pages) fn mappings_changed(before: u64, after: u64, new: usize, is_reordered: bool) -> String {
    let rows = |count: u64| if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
    match (before == after, is_reordered) {
        (true, true) => "in another order".to_owned(),
        (true, false) => format!("{new} of {} changed", rows(after)),
        (false, _) => format!("{before} → {}", rows(after)),
    }
}

pub(in crate::pages) const MAPPING_GONE: &str = "no longer";
pub(in crate::pages) const MAPPING_NEW: &str = "new";

pub(in crate::pages) fn rows_more(count: usize) -> String {
    format!("{count} more")
}

/// Certificates are long, and told by what became of them.
pub(in crate::pages) fn certificates(were_given: bool, are_given: bool) -> &'static str {
    match (were_given, are_given) {
        (false, _) => "given",
        (true, false) => "taken away",
        (true, true) => "replaced",
    }
}

pub(in crate::pages) const CREDENTIAL_REPLACED: &str = "a new credential";
pub(in crate::pages) const ALL_PROJECTS: &str = "all projects";
pub(in crate::pages) const NO_PROJECT: &str = "no project";

/// The state of an integration's own credential, by its name.
pub(in crate::pages) fn own_credential(state: &str) -> &str {
    match state {
        "missing" => NO_ACCOUNT,
        "usable" => "good",
        "rejected" => REJECTED,
        "set-aside" => SET_ASIDE,
        other => other,
    }
}

pub(in crate::pages) const UNTRUSTED_THERE: &str = "The certificate of who issued the git server's is missing here.";

/// Heading where a git server was not reached.
pub(in crate::pages) fn not_reached(server: &str) -> String {
    format!("No connection to {server}")
}

pub(in crate::pages) const ON: &str = "on";
pub(in crate::pages) const OFF: &str = "off";

/// What the form calls a member of what was changed; the member itself where it has no field.
pub(in crate::pages) fn member(name: &str) -> &str {
    match name.strip_prefix("network.").unwrap_or(name) {
        "id" => ID,
        "kind" => KIND,
        "name" => NAME,
        "settings" => SECTION_GENERAL,
        "origins" => MAY_REACH,
        "require_user_pat" => REQUIRE_USER_PAT,
        "require_user_pat_from" => GRACE_DATE,
        "enforce_git_permissions" => ENFORCE,
        "projects" => PROJECTS,
        "create_branches" => CREATE_BRANCHES,
        "delete_branches" => DELETE_BRANCHES,
        "create_pull_requests" => CREATE_PULL_REQUESTS,
        "branch_template" => TEMPLATE,
        "branch_separator" => SEPARATOR,
        "branch_letters" => LETTERS,
        "branch_max_length" => MAX_LENGTH,
        "mappings" => SECTION_MAPPING,
        "allow_private" => ALLOW_PRIVATE,
        "allow_http" => ALLOW_HTTP,
        "connect_to" => CONNECT_TO,
        "proxy" => PROXY,
        "ca_pem" | "ca_pem_sha256" => CA,
        "credential" | "own_credential" => SECTION_ACCOUNT,
        "remove_credential" => REMOVE_CREDENTIAL,
        "account" => ACCOUNT,
        other => other,
    }
}

/// The same, where it has another name than its own.
pub(in crate::pages) fn member_label(name: &str) -> Option<&str> {
    Some(member(name)).filter(|label| *label != name)
}

/// How many are not named.
pub(in crate::pages) fn and_more(people: usize) -> String {
    format!("and {people} more")
}

fn persons(count: usize) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{count} people") }
}

pub(in crate::pages) fn intact(entries: i64) -> String {
    format!("All {entries} entries are as they were written.")
}

pub(in crate::pages) fn not_intact(sequence: i64) -> String {
    format!("Entry {sequence} is not as it was written:")
}

pub(in crate::pages) fn event(event: AuditEvent) -> &'static str {
    match event {
        AuditEvent::Intent => "intent",
        AuditEvent::Outcome => "outcome",
        AuditEvent::Denied => "denied",
        AuditEvent::Changed => "changed",
    }
}

pub(in crate::pages) const SEEN_WITHIN: &str = "Seen within";
pub(in crate::pages) const SHOW: &str = "Show";
pub(in crate::pages) const AS_CSV: &str = "As CSV";
pub(in crate::pages) const AS_LINES: &str = "As JSON lines";
pub(in crate::pages) const USER: &str = "Jira user";
pub(in crate::pages) const LAST_SEEN: &str = "Last seen";
pub(in crate::pages) const EVENT: &str = "Event";
pub(in crate::pages) const ANY: &str = "any";
pub(in crate::pages) const FROM_TIME: &str = "From";
pub(in crate::pages) const UNTIL_TIME: &str = "Until";
pub(in crate::pages) const USER_HELP: &str = "SITE/USER, or USER";
pub(in crate::pages) const READY: &str = "Ready";
pub(in crate::pages) const BY_INTEGRATION: &str = "By integration";
pub(in crate::pages) const BY_PERSON: &str = "By person";
pub(in crate::pages) const COUNTED_WITH_EACH: &str =
    "Ready: those with a usable token, of those seen. Somebody who works with two integrations is counted with each.";
pub(in crate::pages) const NEVER_USED: &str = "Never used";

pub(in crate::pages) fn days(days: u16) -> String {
    format!("{days} days")
}

pub(in crate::pages) fn seen_within(span: u16) -> String {
    format!("{SEEN_WITHIN} {}", days(span))
}

/// How many of those seen are ready for the rule.
pub(in crate::pages) fn ready(usable: usize, people: usize) -> String {
    format!("{usable} of {people}")
}

/// Over how many people have a PAT of a state.
pub(in crate::pages) fn state_of_many(state: PatState) -> &'static str {
    match state {
        PatState::Missing => "Not set up",
        PatState::SetAside => "Address changed",
        PatState::Valid => "Valid",
        PatState::Expiring => "Expiring within 14 days",
        PatState::Unchecked => "Not checked yet",
        PatState::Expired => "Expired",
        PatState::Rejected => "Rejected",
    }
}

/// What the page is called on which a pull request is made, or whatever the git server calls it.
pub(in crate::pages) fn create(pull_request: &str) -> String {
    format!("Create {pull_request}")
}
