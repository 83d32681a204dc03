//! A server that takes nothing but `https:`, asked by `http:`. It will answer so for ever, until an administrator changes the
//! address: that is no outage, and no answer of the API's.

use super::Reply;
use crate::types::Failure;
use crate::url::{ENCRYPTED, UNENCRYPTED, origin_of};

/// What nginx, Apache, Go, Tomcat and IIS say (in English) where they were to be spoken to encrypted, in lower case.
const WANTS_ENCRYPTION: [&str; 5] = [
    "plain http request was sent to https port",
    "speaking plain http to an ssl-enabled",
    "client sent an http request to an https server",
    "this combination of host and port requires tls",
    "is secured with secure sockets layer",
];
/// The number of the page on which IIS says it in any language.
const PAGE: &str = "403.4";
/// Statuses they say it with.
const SAID_WITH: [u16; 3] = [400, 403, UPGRADE_REQUIRED];
/// A server that says with it which protocol it takes needs no words.
const UPGRADE_REQUIRED: u16 = 426;

/// The failure of an answer to a request to `from` that asks to be spoken to encrypted, for the setting that holds the address.
pub(super) fn wanted(from: &str, reply: &Reply, setting: &str) -> Option<Failure> {
    let from = from.starts_with(UNENCRYPTED).then(|| origin_of(from))?.filter(|_| says_so(reply))?;
    let host = from.trim_start_matches(UNENCRYPTED);
    let message =
        format!("The server takes no unencrypted requests at {host}: let the address begin with {ENCRYPTED}.");
    Some(Failure::misconfigured(setting, &message, reply))
}

fn says_so(reply: &Reply) -> bool {
    let says = |text: &str| {
        let lower = text.to_ascii_lowercase();
        let is_numbered = || {
            reply.status == 403
                && lower.split(|char: char| char != '.' && !char.is_ascii_alphanumeric()).any(|word| word == PAGE)
        };
        WANTS_ENCRYPTION.iter().any(|words| lower.contains(words)) || is_numbered()
    };
    let names_tls = || {
        let offers = |protocol: &str| protocol.trim().to_ascii_uppercase().starts_with("TLS/");
        reply.status == UPGRADE_REQUIRED
            && reply.header("upgrade").is_some_and(|offered| offered.split(',').any(offers))
    };
    SAID_WITH.contains(&reply.status) && (reply.text().is_some_and(says) || names_tls())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{FailureReason, Header, Method, Response};

    fn told(from: &str, status: u16, body: &str) -> Option<String> {
        told_with(from, status, Vec::new(), body)
    }

    fn told_with(from: &str, status: u16, headers: Vec<Header>, body: &str) -> Option<String> {
        let response = Response { status, headers, body: body.into() };
        let failure = wanted(from, &Reply::new(from, Method::Get, false, response, false), "base_url")?;
        let FailureReason::Misconfigured(error) = failure.reason else { panic!("{failure:?}") };
        assert_eq!(error.field, "base_url");
        Some(error.message)
    }

    #[test]
    fn a_server_that_says_so_is_understood_as_well() {
        for (status, body) in [
            (400, "<html>400 The plain HTTP request was sent to HTTPS port"),
            (400, "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />"),
            (400, "Client sent an HTTP request to an HTTPS server.\n"),
            (403, "The page you are trying to access is secured with Secure Sockets Layer (SSL)."),
            (403, "<title>403.4 - Verboten: Zum Anzeigen dieser Ressource ist SSL erforderlich.</title>"),
        ] {
            assert!(told("http://git.example.com/", status, body).unwrap().contains("https://"), "{body}");
        }
        let with = |offered| vec![Header::new("Upgrade", offered)];
        for (offered, is_told) in [("TLS/1.0, HTTP/1.1", true), ("HTTP/1.1, tls/1.2", true), ("h2c", false)] {
            let told = told_with("http://git.example.com/", 426, with(offered), "");
            assert_eq!(told.is_some(), is_told, "{offered}");
        }
    }

    #[test]
    fn e1_everything_else_is_something_else() {
        let said = "The plain HTTP request was sent to HTTPS port";
        assert_eq!(told("https://git.example.com/", 400, said), None);
        assert_eq!(told("http://git.example.com/", 200, said), None);
        assert_eq!(told("http://git.example.com/", 403, "<title>1403.4 and 403.40</title>"), None);
        assert_eq!(told("http://git.example.com/", 400, "Bad Request"), None);
    }
}
