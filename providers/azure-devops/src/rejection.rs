//! The failure of a credential the server does not accept, and the page for people it may show instead of saying so.
//!
//! The host gives a credential up on our word, so whatever is not surely the server's is something else here.

use countersign_sdk::Reply;
use countersign_sdk::types::{Failure, FailureReason};

use crate::error_body::is_signed;
use crate::integration::Site;
use crate::version::HOSTED;

/// What the server calls the place where people sign in.
const SIGN_IN: &str = "/_signin";
/// Ends the hosts of the hosted service where that is.
const SIGN_IN_HOSTS: &str = ".vssps.visualstudio.com";

/// The title of a page that has nothing but the link to another.
const MOVED: &str = "object moved";

/// Passes on an answer, unless it is the page where people sign in: that is what a credential gets that is not accepted.
pub fn signed_in(site: &Site, reply: Reply) -> Result<Reply, Failure> {
    let is_sign_in = match reply.status {
        200 | 203 => reply.is_web_page() && is_sign_in_page(&reply),
        _ if reply.is_redirect() => leads_to_sign_in(site, &reply),
        _ => false,
    };
    if !is_sign_in {
        return Ok(reply);
    }
    // Blames nothing by itself, for it is shown beside that the server knows whose the credential is.
    let message = "The server asks to sign in instead of answering, as it does where it does not accept a credential.";
    Err(Failure { message: message.to_owned(), ..rejected(site, &reply) })
}

/// A gateway's page may ask to sign in, too: to the gateway. It may name what was asked for, which is on those hosts as well.
fn is_sign_in_page(reply: &Reply) -> bool {
    const TITLES: [&str; 2] = ["azure devops services | sign in", "visual studio team services | sign in"];
    let title = reply.page_title().unwrap_or_default().to_ascii_lowercase();
    let page = reply.text().unwrap_or_default().to_ascii_lowercase();
    TITLES.iter().any(|own| title.starts_with(own))
        || (title == MOVED && page.contains(&format!("{SIGN_IN_HOSTS}{SIGN_IN}")))
        || (is_signed(reply) && [SIGN_IN, SIGN_IN_HOSTS].iter().any(|sign| page.contains(sign)))
}

/// Whether it leads to where people sign in. What stands before a server sends people to Microsoft's page as well, on its own
/// account, or to one of its own.
fn leads_to_sign_in(site: &Site, reply: &Reply) -> bool {
    const OF_MICROSOFT: [&str; 2] = ["https://login.microsoftonline.com/", "https://login.live.com/"];
    let target = reply.header("location").unwrap_or_default().to_ascii_lowercase();
    let target = target.split('?').next().unwrap_or_default();
    let is_of_microsoft = || site.version == HOSTED && OF_MICROSOFT.iter().any(|page| target.starts_with(page));
    is_on_its_own_host(target) || (is_signed(reply) && (target.contains(SIGN_IN) || is_of_microsoft()))
}

fn is_on_its_own_host(target: &str) -> bool {
    let parts = target.strip_prefix("https://").and_then(|rest| rest.split_once('/'));
    parts.is_some_and(|(host, path)| host.ends_with(SIGN_IN_HOSTS) && path.starts_with(&SIGN_IN[1..]))
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
