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
/// Statuses they say it with.
const SAID_WITH: [u16; 3] = [400, 403, 426];

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
        WANTS_ENCRYPTION.iter().any(|words| lower.contains(words))
    };
    SAID_WITH.contains(&reply.status) && reply.text().is_some_and(says)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{FailureReason, Method, Response};

    fn told(from: &str, status: u16, body: &str) -> Option<String> {
        let response = Response { status, headers: Vec::new(), body: body.into() };
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
        ] {
            assert!(told("http://git.example.com/", status, body).unwrap().contains("https://"), "{body}");
        }
    }

    #[test]
    fn e1_everything_else_is_something_else() {
        let said = "The plain HTTP request was sent to HTTPS port";
        assert_eq!(told("https://git.example.com/", 400, said), None);
        assert_eq!(told("http://git.example.com/", 200, said), None);
        assert_eq!(told("http://git.example.com/", 400, "Bad Request"), None);
    }
}
