//! How the server says that it does not accept a credential, told from what a proxy before it says.
//!
//! The host gives a credential up on our word, so whatever is not surely the server's is something else here.

use countersign_sdk::Reply;
use countersign_sdk::types::{Failure, FailureReason};

use crate::error_body::ErrorBody;
use crate::integration::Site;

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

/// The failure of a 401 to the question whose the credential is. Any good credential may ask that.
pub fn unknown_caller(site: &Site, reply: &Reply) -> Failure {
    let error = ErrorBody::of(reply);
    not_the_servers(reply, &error).unwrap_or_else(|| rejected(site, reply))
}

/// Where the server says so itself: by its words, or by the page its web server shows before the API is reached.
pub fn surely_rejected(site: &Site, reply: &Reply, error: &ErrorBody) -> Option<Failure> {
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

pub fn with_token_page(site: &Site, failure: Failure) -> Failure {
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
pub fn not_the_servers(reply: &Reply, error: &ErrorBody) -> Option<Failure> {
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
