//! What GitHub's refusals mean, for every request alike.
//!
//! A resource's file first looks for the answers of its own requests and hands the rest to [`refusal`]. GitHub says quite
//! different things with one 403, so the order of the questions here matters: a limit first, for it says nothing of the
//! credential; then the signs of `meaning.rs` in their order. What has no sign is unknown: neither the token nor a lack of
//! permission is to blame, and the server's words are shown as they are.

use countersign_sdk::types::{Failure, FailureReason, Wait};
use countersign_sdk::{BaseUrl, Reply};

use crate::error_body::ErrorBody;
use crate::lacking::{permission, scopes_that_do, token_page};
use crate::meaning::{Meaning, SIGNS};

/// GitHub's realm, in lower case.
const REALMS: [&str; 1] = ["github"];
/// How long GitHub asks to wait after a secondary limit that names no time.
const SECONDARY_WAIT_S: u32 = 60;

/// What was asked, for the words of a refusal.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What cannot be seen when the answer is 404: `repository octo-org/hello-world`.
    pub about: &'a str,
    /// What the credential lacks when GitHub does not say.
    pub needs: &'a str,
    /// Where tokens are made.
    pub web: &'a BaseUrl,
}

/// The failure an answer stands for that is no success.
pub fn refusal(reply: &Reply, asked: Asked<'_>) -> Failure {
    let error = ErrorBody::at(asked.web, reply);
    match reply.status {
        ..400 => reply.unreadable("another status"),
        408 | 500.. => outage(reply, &error),
        // GitHub's API refuses in JSON: a page is that of something before it, and says nothing of what was asked.
        _ if reply.is_web_page() && !is_of_a_limit(reply) => reply.unavailable(),
        _ => refused(reply, &error, asked),
    }
}

/// Whether it may be that there is no such thing: who asked for a branch has to look for the repository.
pub fn is_not_found(failure: &Failure) -> bool {
    matches!(failure.reason, FailureReason::NotFound(_))
}

fn refused(reply: &Reply, error: &ErrorBody, asked: Asked<'_>) -> Failure {
    // The limit of something before GitHub, whose words its page has.
    if let Some(page) = reply.page() {
        let wait = wait(reply).unwrap_or(Wait::Unknown);
        return Failure::new(FailureReason::RateLimited(wait), page).with_status(reply.status);
    }
    // GitHub's API asks for no other credential than a token.
    let ways =
        || reply.offers_anothers_sign_in().filter(|_| !error.is_githubs).or_else(|| reply.anothers_realm(&REALMS));
    let is_foreign = reply.status == 401 && !error.is_signed;
    if is_foreign && let Some(ways) = ways() {
        return Failure::of_a_sign_in_in_front(&ways, &error.text, reply);
    }
    let meaning = meaning(reply, error);
    let failure = error.failure(match meaning {
        Some(Meaning::Limit) => FailureReason::RateLimited(wait(reply).unwrap_or(Wait::Unknown)),
        Some(Meaning::SecondaryLimit) => {
            FailureReason::RateLimited(wait(reply).unwrap_or(Wait::Seconds(SECONDARY_WAIT_S)))
        }
        Some(Meaning::SingleSignOn) => FailureReason::SsoAuthorizationRequired,
        Some(Meaning::Outage) => FailureReason::Unavailable,
        Some(Meaning::NameInvalid) => FailureReason::NameInvalid,
        Some(Meaning::Rule) => FailureReason::Protected,
        Some(Meaning::ReadOnly) => FailureReason::ReadOnly,
        // Whoever stands before GitHub has permissions of its own, which no token of GitHub's can lack.
        Some(Meaning::PermissionMissing) if error.is_githubs || scopes_that_do(reply).is_some() => {
            FailureReason::PermissionMissing(permission(reply, error).unwrap_or_else(|| asked.needs.to_owned()))
        }
        // The host gives up a credential on our word. A 401 in any others is a proxy's, or no credential arrived.
        None if reply.status == 401 && error.may_be_githubs && error.is_just("Bad credentials") => {
            FailureReason::CredentialRejected
        }
        // A gateway that has no such route says so with a 404 too.
        None if reply.status == 404 && (error.is_githubs || error.may_be_githubs && is_bare_not_found(error)) => {
            FailureReason::NotFound(asked.about.to_owned())
        }
        _ => FailureReason::UnexpectedReply,
    });
    if matches!(failure.reason, FailureReason::PermissionMissing(_)) {
        return with_token_page(failure, reply, asked.web);
    }
    let page = match meaning {
        Some(Meaning::SingleSignOn) => reply.header("x-github-sso").and_then(sso_page),
        Some(Meaning::Rule) => error.block_page.as_deref(),
        _ => None,
    };
    match page.filter(|page| page.starts_with("https://")) {
        Some(page) => failure.with_help_url(page),
        None => failure,
    }
}

/// Whether a web page is that of a limit: a gateway's quota says with a 403 when to come back.
fn is_of_a_limit(reply: &Reply) -> bool {
    reply.status == 429 || reply.status == 403 && reply.retry_after().is_some()
}

/// Whether it says no more than old servers do, which refer to nothing.
fn is_bare_not_found(error: &ErrorBody) -> bool {
    error.is_just("Not Found") || error.is_just("Branch not found")
}

/// The failure of a token that lacks something, with the form for one that has it.
pub fn with_token_page(failure: Failure, reply: &Reply, web: &BaseUrl) -> Failure {
    match token_page(reply, &ErrorBody::of(reply), web) {
        Some(page) => failure.with_help_url(page),
        None => failure,
    }
}

/// Headers and codes count before words, and any of a limit before those of everything else. Limits and outages are told by
/// whoever has them; of rules, names and permissions only GitHub's own word counts.
fn meaning(reply: &Reply, error: &ErrorBody) -> Option<Meaning> {
    let mut rows = SIGNS.iter().filter(|(meaning, _)| error.may_be_githubs || meaning.is_anybodys());
    let by_words = rows.find(|(_, signs)| signs.iter().any(|sign| error.says(sign))).map(|row| row.0);
    let wants_sign_on = reply.header("x-github-sso").is_some_and(|header| header.trim_start().starts_with("required"));
    match by_words {
        Some(Meaning::Limit | Meaning::SecondaryLimit) => by_words,
        _ if is_limit(reply) => Some(Meaning::Limit),
        _ if wants_sign_on => Some(Meaning::SingleSignOn),
        // A takedown or a terms-of-service block: nobody's credential opens it.
        _ if reply.status == 451 || error.is_block || reply.is_by_a_sites_rule() => Some(Meaning::Rule),
        None if reply.status == 403 && scopes_that_do(reply).is_some() => Some(Meaning::PermissionMissing),
        _ => by_words,
    }
}

/// The last request that a limit lets through has nothing remaining either, and may fail for a reason of its own: with 403 alone
/// that is not told apart.
fn is_limit(reply: &Reply) -> bool {
    reply.status == 429 || reply.header("retry-after").is_some() || (reply.status == 403 && is_used_up(reply))
}

fn is_used_up(reply: &Reply) -> bool {
    reply.header("x-ratelimit-remaining").map(str::trim) == Some("0")
}

/// In the order of GitHub's documentation ("Rate limits for the REST API").
fn wait(reply: &Reply) -> Option<Wait> {
    reply.retry_after().or_else(|| reply.limit_ends("x-ratelimit-reset").filter(|_| is_used_up(reply)))
}

/// `required; url=https://github.com/orgs/…`
fn sso_page(header: &str) -> Option<&str> {
    header.split_once(';')?.1.trim().strip_prefix("url=")
}

/// That a change may have been made matters more than the server's words, but where they say that nothing is done at all.
fn outage(reply: &Reply, error: &ErrorBody) -> Failure {
    match reply.unavailable() {
        _ if reply.status == 503
            && error.may_be_githubs
            && (error.says(" maintenance") || error.says("read-only mode")) =>
        {
            error.failure(FailureReason::Unavailable)
        }
        failure if failure.reason == FailureReason::Unavailable && !error.text.is_empty() => {
            error.failure(failure.reason)
        }
        failure => failure,
    }
}
