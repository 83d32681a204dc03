//! What GitLab's refusals mean, for every request alike.
//!
//! A resource's file first looks for the answers of its own requests and hands the rest to [`refusal`]. Nothing is blamed on
//! the token or on a permission without a sign for it: a refusal nobody knows is shown as it is.

use countersign_sdk::Reply;
use countersign_sdk::types::{Failure, FailureReason, FieldError, Wait};

use crate::description::API_SCOPE;
use crate::error_body::ErrorBody;
use crate::integration::Address;
use crate::signs;

/// All that GitLab says of a token it does not know. What follows more words is a reason, which is another's.
const UNAUTHORIZED: &str = "401 Unauthorized";
/// What GitLab says of a token it knows, with the code `invalid_token`.
const DEAD_TOKEN: [&str; 3] = ["expired", "revoked", "bad access token"];
/// How that begins. Other servers have the code as well, and words that are much like these.
const DEAD_TOKENS_WORDS: [&str; 3] = [
    "Token is expired. You can either do re-authorization",
    "Token was revoked. You have to re-authorize",
    "Bad Access Token.",
];
/// How GitLab begins to say what a fine-grained token lacks.
const GRANULAR: &str = "Access denied: ";
/// What GitLab does not find: `404 Project Not Found`.
const THINGS: [&str; 14] = [
    "Branch",
    "Commit",
    "File",
    "Group",
    "Label",
    "Merge Request",
    "MergeRequest",
    "Milestone",
    "Namespace",
    "Project",
    "Ref",
    "Repository",
    "Tree",
    "User",
];
/// What GitLab's 403 begins with. Mostly that is all there is; a reason follows after a dash.
const FORBIDDEN: &str = "403 Forbidden";
/// How a 403 begins that a GitLab gives which takes no changes.
const READ_ONLY: [&str; 2] = ["You cannot perform write operations on ", "You cannot do writing operations on "];
/// GitLab's realms for tokens, in lower case.
const REALMS: [&str; 2] = ["protected by oauth 2.0", "the api"];
/// The scopes that GitLab's tokens may have, without those of OpenID, which are any server's.
const SCOPES: [&str; 21] = [
    API_SCOPE,
    "read_api",
    "read_user",
    "read_repository",
    "write_repository",
    "read_registry",
    "write_registry",
    "read_virtual_registry",
    "write_virtual_registry",
    "read_observability",
    "write_observability",
    "read_service_ping",
    "create_runner",
    "manage_runner",
    "ai_features",
    "ai_workflows",
    "mcp",
    "k8s_proxy",
    "self_rotate",
    "sudo",
    "admin_mode",
];
/// What names a permission in the reason of a 403, but not which.
const PERMISSION: [&str; 2] = ["permission", "privileges"];

/// To be said only of a GitLab that answers what has no escapes.
const UNESCAPING: &str = "Names with a slash do not get through to GitLab's API: a proxy before it must let `%2F` pass, and \
                          leave it as it is.";
const ELSEWHERE: &str = "No GitLab API answers below this address: give the address of GitLab's start page, as a browser shows \
                         it, or what stands before GitLab does not lead there at the moment.";

/// What was asked, for the words of a refusal.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub at: &'a Address,
    pub route: Route,
    /// What cannot be seen when the answer is 404: `repository 42`.
    pub about: &'a str,
    /// What is lacking when GitLab says that a permission is and not which.
    pub needs: &'a str,
}

/// What the request's path tells of an answer that is not GitLab's.
#[derive(Clone, Copy, Debug)]
pub enum Route {
    /// Every GitLab has it, and it is asked for first: nothing there means that the address is wrong.
    First,
    /// With a `%2F`, which some proxies do not let pass; this GitLab answers what has none.
    Escaped,
    Plain,
}

/// The failure an answer stands for that is no success.
pub fn refusal(reply: &Reply, asked: Asked<'_>) -> Failure {
    let error = ErrorBody::of(reply);
    let says = |reason| told(reply, &error.text, reason);
    if let Some(failure) = misfit(reply, &error, asked.route).and_then(|why| misconfigured(reply.status, asked.at, why))
    {
        return failure;
    }
    match reply.status {
        429 => rate_limited(reply, &error.text),
        // Of a gateway's quota.
        403 if reply.retry_after().is_some() => rate_limited(reply, &error.text),
        // Of the storage behind GitLab. A change may have been made before that was asked.
        503 if error.says("exhausted") && !reply.answers_a_change() => rate_limited(reply, &error.text),
        // What reads is answered in that mode, and nothing else reaches what would do it.
        503 if error.is_in_maintenance() && reply.answers_a_change() => says(FailureReason::ReadOnly),
        408 | 500.. if error.text.is_empty() => reply.unavailable(),
        408 | 500.. => says(reply.unavailable().reason),
        200..=299 => reply.unreadable("another status"),
        _ if reply.is_web_page() => reply.unavailable(),
        _ if error.text.is_empty() => Failure::unexpected("a reason in JSON", reply),
        _ if reply.is_by_a_sites_rule() => says(FailureReason::Protected),
        401 if !error.is_signed
            && let Some(ways) = reply.offers_anothers_sign_in().or_else(|| reply.anothers_realm(&REALMS)) =>
        {
            Failure::of_a_sign_in_in_front(&ways, &error.text, reply)
        }
        401 if refuses_the_token(reply, &error) => {
            says(FailureReason::CredentialRejected).with_help_url(asked.at.token_page())
        }
        403 => forbidden(reply, &error, asked),
        // GitLab names what it does not find. A gateway that has no such route says so with a 404 too.
        404 if names_what_is_not_found(&error) => says(FailureReason::NotFound(asked.about.to_owned())),
        405 if is_statuss_name(&error.text) => says(FailureReason::UnexpectedReply),
        _ => says(meaning(&error).unwrap_or(FailureReason::UnexpectedReply)),
    }
}

/// `404 Project Not Found`.
fn names_what_is_not_found(error: &ErrorBody) -> bool {
    let without = |end| error.text.strip_prefix("404 ")?.strip_suffix(end).map(str::trim_end);
    let thing = without("Not Found").or_else(|| without("Not found"));
    let is_titled = thing.is_some_and(|thing| thing.is_empty() || THINGS.contains(&thing));
    error.is_gitlabs && error.has_message && (is_titled || error.is_signed && error.says("not found"))
}

/// What stands before GitLab may say that it is out of order; of rules, names and permissions only GitLab's own word counts.
fn meaning(error: &ErrorBody) -> Option<FailureReason> {
    signs::meaning(&error.text).filter(|reason| error.is_gitlabs || *reason == FailureReason::Unavailable)
}

/// Whether it says no more than what a 405 is called, which sounds like a rule.
fn is_statuss_name(text: &str) -> bool {
    let name = text.trim_start_matches("405").trim();
    name.eq_ignore_ascii_case("method not allowed") || name.eq_ignore_ascii_case("not allowed")
}

/// In the server's own words. Those on single sign-on have the page for it among them.
pub fn told(reply: &Reply, words: &str, reason: FailureReason) -> Failure {
    let failure = Failure::new(reason, words).with_status(reply.status);
    let page = words.split_whitespace().find(|word| word.starts_with("http"));
    match page.filter(|_| failure.reason == FailureReason::SsoAuthorizationRequired) {
        Some(page) => failure.with_help_url(page.trim_end_matches(['.', ',', ')'])),
        None => failure,
    }
}

/// Of an address that leads elsewhere, where an administrator gave it: where to, and what to give.
pub fn leads_elsewhere(status: u16, to: &str, at: &Address) -> Option<Failure> {
    misconfigured(status, at, &format!("{to} {ELSEWHERE}"))
}

/// Whether GitLab refuses and says no more than what the status is called.
pub fn is_unexplained(reply: &Reply) -> bool {
    let error = ErrorBody::of(reply);
    let name = match reply.status {
        403 => FORBIDDEN,
        404 => "404 Not Found",
        405 => "405 Method Not Allowed",
        _ => return false,
    };
    error.is_gitlabs && error.has_message && error.text.trim().eq_ignore_ascii_case(name)
}

/// Why it is not GitLab's API that answers.
fn misfit(reply: &Reply, error: &ErrorBody, route: Route) -> Option<&'static str> {
    match (reply.status, route) {
        (404, Route::First) => Some(ELSEWHERE),
        // A sign-in page comes with 200, and what a port for TLS says to plain HTTP with 400.
        (200 | 400, Route::First) if reply.is_web_page() => Some(ELSEWHERE),
        (_, Route::Escaped) if may_be_unescaped(reply.status, error) => Some(UNESCAPING),
        _ => None,
    }
}

/// Whether it may be that an escaped path did not arrive as it was sent. Without its escapes it is one that GitLab does not have,
/// which it says under `error`; what refuses
/// escapes with a 400 says no more than that.
pub fn may_be_unescaped(status: u16, error: &ErrorBody) -> bool {
    match status {
        400 => !error.is_gitlabs && matches!(&*error.text, "" | "Bad Request"),
        404 => !error.has_message,
        _ => false,
    }
}

/// Whether GitLab itself answered the question for its version, whatever the token may do.
pub fn is_a_gitlab(reply: &Reply) -> bool {
    let has_version = || reply.tree().is_some_and(|body| body.get("version").is_some());
    match reply.status {
        200 => has_version(),
        403 => missing_permission(&ErrorBody::of(reply)).is_some(),
        _ => false,
    }
}

fn misconfigured(status: u16, at: &Address, why: &str) -> Option<Failure> {
    let field = FieldError::new(at.setting?, why);
    Some(Failure::new(FailureReason::Misconfigured(field), why).with_status(status))
}

/// The instance's limit answers in an administrator's plain text, an endpoint's own limit in JSON, a gateway before GitLab in
/// whatever form.
fn rate_limited(reply: &Reply, words: &str) -> Failure {
    let wait = reply.retry_after().or_else(|| reply.limit_ends("ratelimit-reset")).unwrap_or(Wait::Unknown);
    let message = match reply.page() {
        Some(page) => page,
        None if words.is_empty() => "GitLab takes no more requests for the moment.".to_owned(),
        None => words.to_owned(),
    };
    Failure::new(FailureReason::RateLimited(wait), message).with_status(reply.status)
}

/// Whether a 401 is GitLab's own word on the token, and not a rule's or that of a gateway before it: the host gives up a
/// credential on ours.
fn refuses_the_token(reply: &Reply, error: &ErrorBody) -> bool {
    match error.code.as_str() {
        _ if !error.is_gitlabs => false,
        "invalid_token" => {
            let is_worded = DEAD_TOKENS_WORDS.iter().any(|own| error.text.starts_with(own));
            let is_signed = error.is_signed || reply.names_realm(&REALMS);
            is_worded || is_signed && (error.text == error.code || error.says_any(&DEAD_TOKEN))
        }
        _ => (error.is_bare || error.is_signed && error.has_message) && error.text == UNAUTHORIZED,
    }
}

fn forbidden(reply: &Reply, error: &ErrorBody, asked: Asked<'_>) -> Failure {
    let says = |reason| told(reply, &error.text, reason);
    if let Some(permission) = missing_permission(error) {
        return says(FailureReason::PermissionMissing(permission)).with_help_url(asked.at.token_page());
    }
    if is_unexplained(reply) {
        let message = format!("GitLab forbids this for {} and does not say why ({FORBIDDEN}).", asked.about);
        return Failure::new(FailureReason::UnexpectedReply, message).with_status(reply.status);
    }
    let explained = error.text.strip_prefix(FORBIDDEN).filter(|rest| rest.trim_start().starts_with('-'));
    let has_form = error.is_signed || explained.is_some() || READ_ONLY.iter().any(|own| error.text.starts_with(own));
    let is_believed = |reason: &FailureReason| match reason {
        FailureReason::ReadOnly => has_form || error.says("archived project") || error.says("project is archived"),
        FailureReason::PermissionMissing(_) => has_form,
        _ => true,
    };
    if let Some(reason) = meaning(error).filter(is_believed) {
        return says(reason);
    }
    // A reason of GitLab's own is a sentence about the account, which its owner or an administrator has to settle. The token is
    // good once that is done.
    match explained.filter(|_| error.is_gitlabs && error.has_message) {
        Some(_) if error.says_any(&PERMISSION) => says(FailureReason::PermissionMissing(asked.needs.to_owned())),
        Some(_) => says(FailureReason::Protected).with_help_url(asked.at.web_url()),
        None => says(FailureReason::UnexpectedReply),
    }
}

/// The permission that a code says is missing: of several scopes that would do, the one every operation needs; of a
/// fine-grained token, what stands in brackets.
fn missing_permission(error: &ErrorBody) -> Option<String> {
    match error.code.as_str() {
        _ if !error.is_gitlabs => None,
        // GitLab names the scopes that would do.
        "insufficient_scope" if error.is_signed || error.scope.split(' ').all(|scope| SCOPES.contains(&scope)) => {
            let is_enough = error.scope.is_empty() || error.scope.split(' ').any(|scope| scope == API_SCOPE);
            Some(if is_enough { API_SCOPE.to_owned() } else { error.scope.clone() })
        }
        "insufficient_granular_scope" if error.is_signed || error.text.starts_with(GRANULAR) => {
            let (_, named) = error.text.split_once('[')?;
            named.split_once(']').map(|(named, _)| named.to_owned())
        }
        _ => None,
    }
}
