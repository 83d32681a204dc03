//! What GitLab's refusals mean, for every request alike.
//!
//! A resource's file first looks for the answers of its own requests (a 400 is always one of those) and hands the rest
//! to [`refusal`]. GitLab's 403 says as good as nothing of its own, so the resource says what would have been needed.

use countersign_sdk::Reply;
use countersign_sdk::types::{Failure, FailureReason, FieldError, Wait};

use crate::description::API_SCOPE;
use crate::error_body::ErrorBody;
use crate::integration::Address;

/// A reset later than this (the year 5138) is not in seconds.
const MAX_EPOCH_S: u64 = 100_000_000_000;
/// What a route that GitLab's API does not have is answered with, under `error` and not under `message`.
const NO_ROUTE: &str = "404 Not Found";
/// Why a route may be missing that every GitLab has.
const UNESCAPING: &str =
    "GitLab's API has no such address. A proxy before it must leave `%2F` as it is, or names with a slash get lost.";
const ELSEWHERE: &str = "No GitLab API answers below this address: give the address of GitLab's start page.";

/// What was asked, for the words of a refusal.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub at: &'a Address,
    /// What cannot be seen when the answer is 404: `repository 42`.
    pub about: &'a str,
    /// What is lacking when GitLab forbids and does not say why.
    pub needs: &'a str,
}

/// The failure an answer stands for that is no success.
pub fn refusal(reply: &Reply, asked: Asked<'_>) -> Failure {
    let error = ErrorBody::of(reply);
    let says = |reason| Failure::new(reason, &error.text).with_status(reply.status);
    match reply.status {
        401 if refuses_the_token(&error) => {
            says(FailureReason::CredentialRejected).with_help_url(asked.at.token_page())
        }
        // The account wants every request signed by a key the token's owner has. The token itself is good.
        401 if error.code == "dpop_error" => says(FailureReason::Protected),
        403 if error.is_readable => forbidden(reply, &error, asked),
        404 if error.code == NO_ROUTE => misfit(reply, asked, UNESCAPING),
        404 if error.is_readable => says(FailureReason::NotFound(asked.about.to_owned())),
        429 => rate_limited(reply, &error),
        500.. => reply.unavailable(),
        200 | 404 if reply.is_web_page() => misfit(reply, asked, ELSEWHERE),
        200..=299 => Failure::unexpected("another status", reply),
        _ if reply.is_web_page() => reply.unavailable(),
        _ if error.is_readable => says(FailureReason::UnexpectedReply),
        _ => Failure::unexpected("a reason in JSON", reply),
    }
}

/// Whether a 401 is GitLab's own word on the token, and not that of a gateway before it: the host gives up a credential
/// on ours.
fn refuses_the_token(error: &ErrorBody) -> bool {
    error.text.starts_with("401 Unauthorized") || error.code == "invalid_token"
}

fn forbidden(reply: &Reply, error: &ErrorBody, asked: Asked<'_>) -> Failure {
    let says = |reason| Failure::new(reason, &error.text).with_status(reply.status);
    if error.code == "insufficient_scope" {
        return says(FailureReason::PermissionMissing(missing_scope(error))).with_help_url(asked.at.token_page());
    }
    // Something the account's owner or an administrator has to settle in GitLab. The token is good once that is done.
    const ACCOUNT: [&str; 5] =
        ["your account", "terms of service", "your password", "email address is not confirmed", "internal users"];
    if ACCOUNT.iter().any(|sign| error.says(sign)) {
        return says(FailureReason::Protected).with_help_url(asked.at.web_url());
    }
    let missing = FailureReason::PermissionMissing(asked.needs.to_owned());
    if error.text != "403 Forbidden" {
        return says(missing);
    }
    let message = format!("GitLab forbids this for {}. Needed is: {}.", asked.about, asked.needs);
    Failure::new(missing, message).with_status(reply.status)
}

/// Of several scopes that would do, the one every operation needs.
fn missing_scope(error: &ErrorBody) -> String {
    let is_enough = error.scope.is_empty() || error.scope.split(' ').any(|scope| scope == API_SCOPE);
    if is_enough { API_SCOPE.to_owned() } else { error.scope.clone() }
}

/// The instance's limit answers in an administrator's plain text, an endpoint's own limit in JSON.
fn rate_limited(reply: &Reply, error: &ErrorBody) -> Failure {
    let number = |name: &str| reply.header(name)?.trim().parse::<u64>().ok();
    let seconds = number("retry-after").and_then(|seconds| u32::try_from(seconds).ok()).map(Wait::Seconds);
    let until = number("ratelimit-reset").filter(|at| *at < MAX_EPOCH_S).map(Wait::Until);
    let message = if error.is_readable { &error.text } else { "GitLab takes no more requests for the moment." };
    let wait = seconds.or(until).unwrap_or(Wait::Unknown);
    Failure::new(FailureReason::RateLimited(wait), message).with_status(reply.status)
}

/// Something other than GitLab's API answers. Where an administrator gave the address, that is the one to mend.
fn misfit(reply: &Reply, asked: Asked<'_>, why: &str) -> Failure {
    match asked.at.setting {
        Some(setting) => {
            Failure::new(FailureReason::Misconfigured(FieldError::new(setting, why)), why).with_status(reply.status)
        }
        None if reply.is_web_page() => reply.unavailable(),
        None => Failure::unexpected("a route of GitLab's API", reply),
    }
}
