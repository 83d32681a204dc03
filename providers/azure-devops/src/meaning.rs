//! What an answer that is no success means by itself, for every request alike. Nothing is asked of the server here.

use countersign_sdk::Reply;
use countersign_sdk::types::{Failure, FailureReason, Wait};

use crate::description::VERSION;
use crate::error_body::ErrorBody;
use crate::integration::Site;
use crate::rejection::{is_nobody, rejected, with_token_page};
use crate::signs::{Means, told};
use crate::version::{HOSTED, fitting};
use crate::web_server::other_ways_to_sign_in;

/// What was asked, for the words of a refusal.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What cannot be seen when the answer is 404: `repository Platform/widgets`.
    pub about: &'a str,
    /// The scope a token lacks when the server does not say.
    pub needs: &'a str,
}

/// The failure an answer stands for that is no success. None for the server's own 401 without a word, which a wrong token gets
/// and a good one that lacks a scope: then it matters whether the server knows the caller.
pub fn meaning(site: &Site, reply: &Reply, asked: Asked<'_>) -> Option<Failure> {
    let error = ErrorBody::at(site, reply);
    if let Some(means) = told(reply.status, &error) {
        return Some(failure(site, reply, &error, means, asked));
    }
    let says = |reason, otherwise: &str| Failure::new(reason, error.text_or(otherwise)).with_status(reply.status);
    Some(match reply.status {
        401 if error.is_the_servers && error.is_silent() => {
            let ways = other_ways_to_sign_in(reply)?;
            let message = format!(
                "The server lets people in by {ways} alone. For a token or password its web server has to allow Basic \
                 authentication."
            );
            says(FailureReason::Protected, &message)
        }
        // What has not reached the server says nothing of what it has.
        404 if reply.is_web_page() && (error.is_web_servers || !error.is_the_servers) => reply.unavailable(),
        404 if !error.is_the_servers && error.is_silent() => Failure::unexpected("a reason in JSON", reply),
        404 if !error.is_the_servers => says(FailureReason::UnexpectedReply, ""),
        404 => {
            says(FailureReason::NotFound(asked.about.to_owned()), "The server has no such thing, or does not show it.")
        }
        // With a 403 it is a gateway's quota that says when to come back.
        403 | 429 if reply.status == 429 || reply.retry_after().is_some() => {
            let fewer = || "The server wants fewer requests at the moment.".to_owned();
            says(FailureReason::RateLimited(wait(reply)), &reply.page().unwrap_or_else(fewer))
        }
        _ if reply.is_by_a_sites_rule() => says(FailureReason::Protected, ""),
        408 | 500.. => {
            let outage = reply.unavailable();
            Failure { message: error.text_or(&outage.message), ..outage }
        }
        // Of a redirect the page says nothing.
        200..=399 => reply.unreadable("another status"),
        _ if reply.is_web_page() && !error.is_the_servers => reply.unavailable(),
        _ if error.is_silent() => Failure::unexpected("a reason in JSON", reply),
        // Whatever the words are: they blame neither the credential nor a permission.
        _ => says(FailureReason::UnexpectedReply, ""),
    })
}

/// The failure of what the server said itself.
fn failure(site: &Site, reply: &Reply, error: &ErrorBody, means: Means, asked: Asked<'_>) -> Failure {
    let says = |reason| Failure::new(reason, error.text_or("")).with_status(reply.status);
    match means {
        Means::RateLimited => says(FailureReason::RateLimited(wait(reply))),
        Means::VersionRefused => version_refused(site, reply, error),
        Means::Protected => says(FailureReason::Protected),
        Means::ReadOnly => says(FailureReason::ReadOnly),
        // What reads does not take the server for something that can be read.
        Means::Maintenance if reply.answers_a_change() => says(FailureReason::ReadOnly),
        Means::Maintenance => says(FailureReason::Unavailable),
        Means::PermissionMissing => says(FailureReason::PermissionMissing(error.permission())),
        Means::Hidden => says(FailureReason::NotFound(asked.about.to_owned())),
        Means::Rejected => Failure { message: error.text_or(""), ..rejected(site, reply) },
        Means::CallerRefused => match error.user() {
            user if user.map_or_else(|| names_nobody(reply.status, error), is_nobody) => {
                Failure { message: error.text_or(""), ..rejected(site, reply) }
            }
            // Whom the server names it knows; that it is no member here is not the token's fault.
            Some(_) => says(FailureReason::PermissionMissing(format!("access to {}", site.address()))),
            None => says(FailureReason::UnexpectedReply),
        },
    }
}

/// Whether it is `Resource not available for anonymous access` in any language: with the same code and exception the server
/// else names whom it does not let in.
fn names_nobody(status: u16, error: &ErrorBody) -> bool {
    let is_code = error.key == "UnauthorizedRequestException" && error.message.starts_with("TF400813");
    status == 401 && is_code && error.names_nobody()
}

/// The failure of a credential the server knows, which may not do what was asked.
pub fn lacks_scope(site: &Site, reply: &Reply, asked: Asked<'_>) -> Failure {
    let needs = asked.needs;
    let message = format!("The server knows this token, but the token may not do this: it takes the scope {needs}.");
    let reason = FailureReason::PermissionMissing(needs.to_owned());
    with_token_page(site, Failure::new(reason, message).with_status(reply.status))
}

/// The administrator chose a version the server does not have.
fn version_refused(site: &Site, reply: &Reply, error: &ErrorBody) -> Failure {
    if site.version == HOSTED {
        return Failure::new(FailureReason::UnexpectedReply, error.text_or("")).with_status(reply.status);
    }
    let advice = match fitting(&error.message) {
        Some(fits) => format!("choose {}", fits.choice),
        None => "choose an older one".to_owned(),
    };
    let message =
        format!("The server is older than the chosen version {}: {advice}. {}", site.version.choice, error.message);
    Failure::misconfigured(VERSION, &message, reply)
}

fn wait(reply: &Reply) -> Wait {
    reply.retry_after().or_else(|| reply.limit_ends("x-ratelimit-reset")).unwrap_or(Wait::Unknown)
}
