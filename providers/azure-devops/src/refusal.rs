//! What the server's refusals mean, for every request alike.
//!
//! A resource's file first looks for the answers of its own requests and hands the rest to [`refusal`]. The server gives an
//! empty 401 to a wrong token and to a good one that lacks a scope; [`refusal`] then asks whose the credential is, which
//! needs no scope, for the host gives a credential up on our word.

use countersign_sdk::Reply;
use countersign_sdk::types::{Failure, FailureReason, FieldError, Wait};

use crate::account;
use crate::api::Api;
use crate::description::VERSION;
use crate::error_body::{ErrorBody, named_permission};
use crate::integration::Site;
use crate::version::{HOSTED, fitting};

/// A reset later than this (the year 5138) is not in seconds.
const MAX_EPOCH_S: u64 = 100_000_000_000;

/// What was asked, for the words of a refusal.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What cannot be seen when the answer is 404: `repository Platform/widgets`.
    pub about: &'a str,
    /// The scope a token lacks when the server does not say.
    pub needs: &'a str,
}

/// Passes on an answer, unless it is the page where people sign in: that is what a credential gets that is not accepted.
pub fn signed_in(site: &Site, reply: Reply) -> Result<Reply, Failure> {
    const SIGNS: [&str; 4] = ["_signin", "sign in", "login.microsoftonline.com", "login.live.com"];
    let leads_to_sign_in = |text: &str| {
        let lower = text.to_ascii_lowercase();
        SIGNS.iter().any(|sign| lower.contains(sign))
    };
    let is_sign_in = match reply.status {
        203 => reply.is_web_page(),
        200 => reply.is_web_page() && reply.text().is_some_and(leads_to_sign_in),
        _ if reply.is_redirect() => reply.header("location").is_some_and(leads_to_sign_in),
        _ => false,
    };
    if is_sign_in { Err(rejected(site, &reply)) } else { Ok(reply) }
}

/// The failure an answer stands for that is no success.
pub fn refusal(api: &Api<'_>, reply: &Reply, asked: Asked<'_>) -> Failure {
    let error = ErrorBody::of(reply);
    let says = |reason, otherwise: &str| Failure::new(reason, error.text_or(otherwise)).with_status(reply.status);
    match reply.status {
        400 if is_about_the_version(&error) => version_refused(&api.site, reply, &error),
        401 => unauthorized(api, reply, &error, asked),
        403 => forbidden(api, reply, &error, asked),
        404 => {
            says(FailureReason::NotFound(asked.about.to_owned()), "The server has no such thing, or does not show it.")
        }
        429 => says(FailureReason::RateLimited(wait(reply)), "The server wants fewer requests at the moment."),
        500.. if error.says("tf400733") => says(FailureReason::RateLimited(wait(reply)), ""),
        500.. => reply.unavailable(),
        200..=299 => Failure::unexpected("another status", reply),
        _ if reply.is_web_page() => reply.unavailable(),
        _ if error.is_readable => says(FailureReason::UnexpectedReply, ""),
        _ => Failure::unexpected("a reason in JSON", reply),
    }
}

fn unauthorized(api: &Api<'_>, reply: &Reply, error: &ErrorBody, asked: Asked<'_>) -> Failure {
    if let Some(failure) = surely_rejected(&api.site, reply, error).or_else(|| not_the_servers(reply, error)) {
        return failure;
    }
    let is_known = if names_the_caller(reply) { Ok(true) } else { account::is_known(api) };
    match is_known {
        Ok(true) => lacks_scope(api, reply, error, asked),
        Ok(false) => rejected(&api.site, reply),
        Err(failure) => failure,
    }
}

/// The failure of a 401 to the question whose the credential is. Any good credential may ask that.
pub fn unknown_caller(site: &Site, reply: &Reply) -> Failure {
    let error = ErrorBody::of(reply);
    not_the_servers(reply, &error).unwrap_or_else(|| rejected(site, reply))
}

fn forbidden(api: &Api<'_>, reply: &Reply, error: &ErrorBody, asked: Asked<'_>) -> Failure {
    let says = |reason| Failure::new(reason, &error.message).with_status(reply.status);
    if let Some(permission) = named_permission(&error.message) {
        return says(FailureReason::PermissionMissing(permission));
    }
    if error.key == "GitRepositoryNotFoundException" {
        return says(FailureReason::NotFound(asked.about.to_owned()));
    }
    not_the_servers(reply, error).unwrap_or_else(|| lacks_scope(api, reply, error, asked))
}

fn lacks_scope(api: &Api<'_>, reply: &Reply, error: &ErrorBody, asked: Asked<'_>) -> Failure {
    let message = error.text_or("The server knows this token, but the token may not do this.");
    let reason = FailureReason::PermissionMissing(asked.needs.to_owned());
    with_token_page(&api.site, Failure::new(reason, message).with_status(reply.status))
}

/// Where the server says so itself: by its words, or by the page its web server shows before the API is reached.
fn surely_rejected(site: &Site, reply: &Reply, error: &ErrorBody) -> Option<Failure> {
    const WORDS: [&str; 4] =
        ["token used has expired", "for anonymous access", "the user '' is not", "the user 'aaaaaaaa-aaaa-aaaa"];
    let is_said = WORDS.iter().any(|words| error.says(words));
    let is_shown = reply.is_web_page() && comes_from_iis(reply);
    // The same words about nobody, percent-encoded, where there is no body.
    let is_noted = reply.header("x-tfs-serviceerror").is_some_and(|header| header.contains("user%20%27%27%20is%20not"));
    (is_said || is_shown || is_noted || is_expired(reply)).then(|| rejected(site, reply))
}

/// The failure of a credential that is not accepted.
pub fn rejected(site: &Site, reply: &Reply) -> Failure {
    let message = if is_expired(reply) {
        "The personal access token has expired."
    } else {
        "The server does not accept this credential: it is wrong, expired or revoked."
    };
    with_token_page(site, Failure::new(FailureReason::CredentialRejected, message).with_status(reply.status))
}

fn with_token_page(site: &Site, failure: Failure) -> Failure {
    match site.token_page() {
        Some(page) => failure.with_help_url(page),
        None => failure,
    }
}

/// In the body, or (percent-encoded) in a header where there is no body.
fn is_expired(reply: &Reply) -> bool {
    let header = reply.header("x-tfs-serviceerror").unwrap_or_default();
    header.contains("has%20expired") || ErrorBody::of(reply).says("token used has expired")
}

/// The failure of an answer that a proxy before the server gave, and not the server.
fn not_the_servers(reply: &Reply, error: &ErrorBody) -> Option<Failure> {
    const HEADERS: [&str; 5] = ["x-vss-e2eid", "x-tfs-processid", "x-tfs-session", "x-tfs-serviceerror", "activityid"];
    let has_header = HEADERS.iter().any(|name| reply.header(name).is_some());
    let challenge = reply.header("www-authenticate").is_some_and(|value| value.contains("visualstudio.com"));
    if error.is_readable || has_header || challenge || comes_from_iis(reply) {
        return None;
    }
    Some(if reply.is_web_page() { reply.unavailable() } else { Failure::unexpected("a reason in JSON", reply) })
}

/// Whether the web server of a server of one's own speaks: it alone offers Windows authentication.
fn comes_from_iis(reply: &Reply) -> bool {
    let offers = |challenge: &str| challenge.contains("NTLM") || challenge.contains("Negotiate");
    reply.header("www-authenticate").is_some_and(offers)
        || reply.text().is_some_and(|text| text.contains("Access is denied due to invalid credentials"))
}

/// Answers to a caller the server knows say who that is.
fn names_the_caller(reply: &Reply) -> bool {
    account::of_header(reply).is_some()
}

fn is_about_the_version(error: &ErrorBody) -> bool {
    matches!(error.key.as_str(), "VssVersionOutOfRangeException" | "VssInvalidPreviewVersionException")
}

/// The administrator chose a version the server does not have.
fn version_refused(site: &Site, reply: &Reply, error: &ErrorBody) -> Failure {
    if site.version == HOSTED {
        return Failure::new(FailureReason::UnexpectedReply, &error.message).with_status(reply.status);
    }
    let advice = match fitting(&error.message) {
        Some(fits) => format!("choose {}", fits.choice),
        None => "choose an older one".to_owned(),
    };
    let message =
        format!("The server is older than the chosen version {}: {advice}. {}", site.version.choice, error.message);
    Failure::new(FailureReason::Misconfigured(FieldError::new(VERSION, &message)), &message).with_status(reply.status)
}

fn wait(reply: &Reply) -> Wait {
    let number = |name: &str| reply.header(name).and_then(|value| value.trim().parse::<u64>().ok());
    if let Some(seconds) = number("retry-after").and_then(|seconds| u32::try_from(seconds).ok()) {
        return Wait::Seconds(seconds);
    }
    number("x-ratelimit-reset").filter(|at| *at < MAX_EPOCH_S).map_or(Wait::Unknown, Wait::Until)
}
