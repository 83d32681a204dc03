//! The failure of a credential the server does not accept, and the page for people it may show instead of saying so.
//!
//! The host gives a credential up on our word, so whatever is not surely the server's is something else here.

use countersign_sdk::Reply;
use countersign_sdk::types::{Failure, FailureReason};

use crate::integration::Site;
use crate::version::HOSTED;

/// Passes on an answer, unless it is the page where people sign in: that is what a credential gets that is not accepted.
pub fn signed_in(site: &Site, reply: Reply) -> Result<Reply, Failure> {
    let is_sign_in = match reply.status {
        200 | 203 => reply.is_web_page() && reply.text().is_some_and(is_sign_in_page),
        _ if reply.is_redirect() => reply.header("location").is_some_and(|target| leads_to_sign_in(site, target)),
        _ => false,
    };
    if is_sign_in { Err(rejected(site, &reply)) } else { Ok(reply) }
}

/// A gateway's page may ask to sign in, too: to the gateway.
fn is_sign_in_page(page: &str) -> bool {
    const SIGNS: [&str; 4] = [
        "/_signin",
        ".vssps.visualstudio.com",
        "azure devops services | sign in",
        "visual studio team services | sign in",
    ];
    let lower = page.to_ascii_lowercase();
    SIGNS.iter().any(|sign| lower.contains(sign))
}

/// What stands before a server of one's own may send people to Microsoft's sign-in as well, on its own account.
fn leads_to_sign_in(site: &Site, target: &str) -> bool {
    const OF_MICROSOFT: [&str; 2] = ["https://login.microsoftonline.com/", "https://login.live.com/"];
    let lower = target.split('?').next().unwrap_or_default().to_ascii_lowercase();
    is_sign_in_page(&lower) || (site.version == HOSTED && OF_MICROSOFT.iter().any(|page| lower.starts_with(page)))
}

/// Whether an id or name stands for a caller without a credential that the server accepts.
pub fn is_nobody(user: &str) -> bool {
    const NOBODY: [&str; 3] = ["", "00000000-0000-0000-0000-000000000000", "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"];
    NOBODY.contains(&user)
}

/// The failure of a credential that is not accepted.
pub fn rejected(site: &Site, reply: &Reply) -> Failure {
    let message = "The server does not accept this credential: it is wrong, expired or revoked.";
    with_token_page(site, Failure::new(FailureReason::CredentialRejected, message).with_status(reply.status))
}

pub fn with_token_page(site: &Site, failure: Failure) -> Failure {
    match site.token_page() {
        Some(page) => failure.with_help_url(page),
        None => failure,
    }
}
