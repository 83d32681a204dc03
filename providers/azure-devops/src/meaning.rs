//! What an answer that is no success means by itself, for every request alike. Nothing is asked of the server here.

use countersign_sdk::Reply;
use countersign_sdk::types::{Failure, FailureReason, FieldError, Wait};

use crate::description::VERSION;
use crate::error_body::{ErrorBody, named_permission};
use crate::integration::Site;
use crate::rejection::{not_the_servers, unknown_caller, with_token_page};
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

/// The failure an answer stands for that is no success. A 401 is taken to be about the credential, as it is wherever any
/// good one may ask; `refusal.rs` looks closer.
pub fn meaning(site: &Site, reply: &Reply, asked: Asked<'_>) -> Failure {
    let error = ErrorBody::of(reply);
    let says = |reason, otherwise: &str| Failure::new(reason, error.text_or(otherwise)).with_status(reply.status);
    match reply.status {
        400 if is_about_the_version(&error) => version_refused(site, reply, &error),
        401 => unknown_caller(site, reply),
        403 => forbidden(site, reply, &error, asked),
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

fn forbidden(site: &Site, reply: &Reply, error: &ErrorBody, asked: Asked<'_>) -> Failure {
    let says = |reason| Failure::new(reason, &error.message).with_status(reply.status);
    if let Some(permission) = named_permission(&error.message) {
        return says(FailureReason::PermissionMissing(permission));
    }
    if error.key == "GitRepositoryNotFoundException" {
        return says(FailureReason::NotFound(asked.about.to_owned()));
    }
    not_the_servers(reply, error).unwrap_or_else(|| lacks_scope(site, reply, error, asked))
}

/// The failure of a credential the server knows, which may not do what was asked.
pub fn lacks_scope(site: &Site, reply: &Reply, error: &ErrorBody, asked: Asked<'_>) -> Failure {
    let message = error.text_or("The server knows this token, but the token may not do this.");
    let reason = FailureReason::PermissionMissing(asked.needs.to_owned());
    with_token_page(site, Failure::new(reason, message).with_status(reply.status))
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
