//! A server that takes nothing but `https:`, asked by `http:`. It will answer so for ever, until an administrator changes the
//! address: that is no outage, and no answer of the API's.

use super::Reply;
use crate::types::{Failure, FailureReason, FieldError};
use crate::url::origin_of;

const UNENCRYPTED: &str = "http://";
const ENCRYPTED: &str = "https://";

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

/// The failure of an answer to a request to `from` that asks for the same host by `https:`, for the setting that holds the
/// address.
pub(super) fn wanted(from: &str, reply: &Reply, setting: &str) -> Option<Failure> {
    let from = from.starts_with(UNENCRYPTED).then(|| origin_of(from))??;
    let message = match encrypted_target(&from, reply) {
        Some(to) => format!("The server sends what comes to {from} on to {to}: let the address begin with that."),
        None if says_so(reply) => {
            let host = from.trim_start_matches(UNENCRYPTED);
            format!("The server takes no unencrypted requests at {host}: let the address begin with {ENCRYPTED}.")
        }
        None => return None,
    };
    let reason = FailureReason::Misconfigured(FieldError::new(setting, &message));
    Some(Failure::new(reason, &message).with_status(reply.status))
}

/// Where a redirect leads, if that is the same host by `https:`, at whatever port.
fn encrypted_target(from: &str, reply: &Reply) -> Option<String> {
    let location = reply.header("location").filter(|_| reply.is_redirect())?;
    let to = origin_of(location)?;
    let host = host_of(to.strip_prefix(ENCRYPTED)?);
    (host == host_of(from.strip_prefix(UNENCRYPTED)?)).then_some(to)
}

fn says_so(reply: &Reply) -> bool {
    let says = |text: &str| {
        let lower = text.to_ascii_lowercase();
        WANTS_ENCRYPTION.iter().any(|words| lower.contains(words))
    };
    SAID_WITH.contains(&reply.status) && reply.text().is_some_and(says)
}

/// Of `host:port`; an address in brackets stays whole.
fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Header, Method, Response};

    fn told(from: &str, status: u16, location: Option<&str>, body: &str) -> Option<String> {
        let headers = location.into_iter().map(|to| Header::new("Location", to)).collect();
        let response = Response { status, headers, body: body.into() };
        let failure = wanted(from, &Reply::new(Method::Get, false, response, false), "base_url")?;
        let FailureReason::Misconfigured(error) = failure.reason else { panic!("{failure:?}") };
        assert_eq!(error.field, "base_url");
        Some(error.message)
    }

    #[test]
    fn e1_a_redirect_to_the_same_host_encrypted_names_where_it_leads() {
        for (from, to, origin) in [
            ("http://git.example.com/api", "https://git.example.com/api", "https://git.example.com:"),
            ("http://git.example.com:8080/api?q", "https://GIT.example.com/sign-in", "https://git.example.com:"),
            ("http://git.example.com/", "https://git.example.com:8443/", "https://git.example.com:8443:"),
            ("http://[fd00::7]:80/", "https://[fd00::7]/", "https://[fd00::7]:"),
        ] {
            for status in [301, 302, 303, 307, 308] {
                let message = told(from, status, Some(to), "<html>").unwrap();
                assert!(message.contains(&format!(" on to {origin} let")), "{message}");
            }
        }
    }

    #[test]
    fn a_server_that_says_so_is_understood_as_well() {
        for (status, body) in [
            (400, "<html>400 The plain HTTP request was sent to HTTPS port"),
            (400, "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />"),
            (400, "Client sent an HTTP request to an HTTPS server.\n"),
            (403, "The page you are trying to access is secured with Secure Sockets Layer (SSL)."),
        ] {
            assert!(told("http://git.example.com/", status, None, body).unwrap().contains("https://"), "{body}");
        }
    }

    #[test]
    fn e1_everything_else_is_something_else() {
        let said = "The plain HTTP request was sent to HTTPS port";
        assert_eq!(told("https://git.example.com/", 301, Some("https://git.example.com:8443/"), ""), None);
        assert_eq!(told("https://git.example.com/", 400, None, said), None);
        assert_eq!(told("http://git.example.com/", 200, None, said), None);
        for to in
            ["http://git.example.com/b", "https://evil.example/", "https://git.example.com.evil/", "/b", "//x", ""]
        {
            assert_eq!(told("http://git.example.com/", 302, Some(to), ""), None, "{to}");
        }
    }
}
