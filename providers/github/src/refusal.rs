//! What GitHub's refusals mean, for every request alike.
//!
//! A resource's file first looks for the answers of its own requests (a 422 is always one of those) and hands the rest
//! to [`refusal`]. GitHub says quite different things with one 403, so the order of the questions here matters: a
//! rate limit first, for it says nothing of the credential; a plain lack of permission last.

use countersign_sdk::Reply;
use countersign_sdk::types::{Failure, FailureReason, Wait};

use crate::error_body::ErrorBody;

/// How long GitHub asks to wait after a secondary limit that names no time.
const SECONDARY_WAIT_S: u32 = 60;
/// A reset later than this (the year 5138) is not in seconds.
const MAX_EPOCH_S: u64 = 100_000_000_000;

/// What was asked, for the words of a refusal.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What cannot be seen when the answer is 404: `repository octo-org/hello-world`.
    pub about: &'a str,
    /// What the credential lacks when GitHub does not say.
    pub needs: &'a str,
}

/// The failure an answer stands for that is no success.
pub fn refusal(reply: &Reply, asked: Asked<'_>) -> Failure {
    let error = ErrorBody::of(reply);
    let says = |reason| Failure::new(reason, error.text()).with_status(reply.status);
    match reply.status {
        401 if error.is_readable || came_from_github(reply) => says(FailureReason::CredentialRejected),
        403 | 429 => forbidden(reply, &error, asked),
        404 => says(FailureReason::NotFound(asked.about.to_owned())),
        451 => blocked(reply, &error),
        500.. => reply.unavailable(),
        200..=299 => Failure::unexpected("another status", reply),
        _ if reply.is_web_page() => reply.unavailable(),
        _ if error.is_readable => says(FailureReason::UnexpectedReply),
        _ => Failure::unexpected("a reason in JSON", reply),
    }
}

fn forbidden(reply: &Reply, error: &ErrorBody, asked: Asked<'_>) -> Failure {
    let text = error.text();
    let says = |reason| Failure::new(reason, &text).with_status(reply.status);
    let lower = text.to_ascii_lowercase();
    if let Some(wait) = rate_limit(reply, &lower) {
        return says(FailureReason::RateLimited(wait));
    }
    if let Some(page) = reply.header("x-github-sso").and_then(sso_page) {
        return says(FailureReason::SsoAuthorizationRequired).with_help_url(page);
    }
    if lower.contains("saml enforcement") {
        return says(FailureReason::SsoAuthorizationRequired);
    }
    if lower.contains("was archived") {
        return says(FailureReason::ReadOnly);
    }
    if lower.contains("repository access blocked") {
        return blocked(reply, error);
    }
    // An organization's rule on tokens: the credential is good elsewhere, and a different sort of token would do.
    if lower.contains("forbids access via") {
        return says(FailureReason::Protected);
    }
    if !error.is_readable {
        return Failure::unexpected("a reason in JSON", reply);
    }
    says(FailureReason::PermissionMissing(missing_permission(reply).unwrap_or_else(|| asked.needs.to_owned())))
}

/// The wait, where the answer is a rate limit of any sort.
fn rate_limit(reply: &Reply, lower: &str) -> Option<Wait> {
    // After too many wrong tokens from one place GitHub refuses good ones too, and does not say for how long.
    if lower.contains("login attempt") {
        return Some(Wait::Unknown);
    }
    let is_secondary = lower.contains("secondary rate limit") || lower.contains("abuse detection");
    let retry_after =
        reply.header("retry-after").map(|seconds| seconds.trim().parse().map_or(Wait::Unknown, Wait::Seconds));
    if reply.header("x-ratelimit-remaining").map(str::trim) == Some("0") {
        let reset = reply.header("x-ratelimit-reset").and_then(|at| at.trim().parse().ok());
        let reset = reset.filter(|at| *at < MAX_EPOCH_S).map(Wait::Until);
        return reset.or(retry_after).or(Some(Wait::Unknown));
    }
    if is_secondary {
        return retry_after.or(Some(Wait::Seconds(SECONDARY_WAIT_S)));
    }
    let is_primary = reply.status == 429 || lower.contains("rate limit exceeded");
    retry_after.or(is_primary.then_some(Wait::Unknown))
}

/// `required; url=https://github.com/orgs/…`
fn sso_page(header: &str) -> Option<String> {
    let (state, rest) = header.split_once(';')?;
    let page = rest.trim().strip_prefix("url=")?;
    (state.trim() == "required" && page.starts_with("https://")).then(|| page.to_owned())
}

/// What GitHub says would have been enough: a fine-grained permission, or the scopes of a classic token.
fn missing_permission(reply: &Reply) -> Option<String> {
    let named = |name: &str| reply.header(name).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned);
    named("x-accepted-github-permissions").or_else(|| {
        let accepted = named("x-accepted-oauth-scopes")?;
        let held = reply.header("x-oauth-scopes")?;
        let holds = |scope: &str| held.split(',').any(|one| one.trim() == scope);
        // A token that holds one of the accepted scopes lacks something else.
        (!accepted.split(',').any(|scope| holds(scope.trim()))).then_some(accepted)
    })
}

/// A takedown or a terms-of-service block: nobody's credential opens it.
fn blocked(reply: &Reply, error: &ErrorBody) -> Failure {
    let failure = Failure::new(FailureReason::Protected, error.text()).with_status(reply.status);
    match &error.block_page {
        Some(page) if page.starts_with("https://") => failure.with_help_url(page),
        _ => failure,
    }
}

/// Whether a 401 without a readable body is GitHub's and not that of a proxy before it. The host gives up a
/// credential on our word, so a doubtful 401 is not one.
fn came_from_github(reply: &Reply) -> bool {
    reply.header("x-github-request-id").is_some()
}
