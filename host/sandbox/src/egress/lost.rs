//! Why there is no answer: what the HTTP client's error means for the request, and in words for whoever has to mend it.

use std::error::Error;
use std::io;

use url::Url;

use super::tls;
use crate::lease::Lease;
use crate::{SendFailure, SendFailureKind};
use model::Unreached;

/// What the HTTP client says of a proxy that answered 407 to the request for a tunnel.
const PROXY_WANTS_A_CREDENTIAL: &str = "tunnel error: proxy authorization required";
/// How everything begins that it says of a tunnel that did not come about.
const TUNNEL: &str = "tunnel error";

/// Codes of connections that did not come about, and may the next time.
const SILENT: &str = "connect";
const TOO_SLOW: &str = "connect-timeout";

/// How an origin is reached, in words.
pub(super) struct Way {
    /// Ends the sentence "No connection …".
    to: String,
    /// The proxy's address.
    proxy: Option<String>,
    /// Whether there is a user name and a password for it.
    is_known_to_the_proxy: bool,
}

impl Way {
    /// Through this proxy, if there is one.
    pub fn to(proxy: Option<&Url>, is_known_to_the_proxy: bool) -> Self {
        let proxy = proxy.map(|proxy| proxy.origin().ascii_serialization());
        let to = match &proxy {
            Some(proxy) => format!("to the git server through the proxy {proxy}"),
            None => "to the git server".to_owned(),
        };
        Self { to, proxy, is_known_to_the_proxy }
    }

    /// The failure of an answer that is the proxy's and not the git server's: where nothing is encrypted, both come the same way.
    pub fn refused_by_the_proxy(&self, status: http::StatusCode) -> Option<SendFailure> {
        self.proxy.as_ref().filter(|_| status == http::StatusCode::PROXY_AUTHENTICATION_REQUIRED)?;
        Some(failure(SendFailureKind::Unreachable, "proxy-credentials", self.unknown_to_the_proxy(), false))
    }

    fn unknown_to_the_proxy(&self) -> String {
        let proxy = self.proxy.as_deref().unwrap_or_default();
        if self.is_known_to_the_proxy {
            format!(
                "The proxy {proxy} refuses the user name and the password that the daemon has for it: put the right ones into the \
                 file that its setting `proxy_credentials_file` names, and start it anew."
            )
        } else {
            format!(
                "The proxy {proxy} demands a user name and a password, and there are none for this: put them into the file that the \
                 daemon's setting `proxy_credentials_file` names, and start it anew. They go with encrypted connections only."
            )
        }
    }

    /// Why the HTTP client gave up. The text goes to the provider and on to people, so it holds no URL of theirs.
    pub fn explain(&self, error: &reqwest::Error, lease: &Lease) -> SendFailure {
        let (causes, to) = (causes(error), &self.to);
        let cause = causes.last().map(|cause| in_words(*cause)).unwrap_or_default();
        let say = |text: String| lease.redact_text(text);
        if error.is_connect() {
            let is_of_the_tunnel = causes.iter().any(|cause| cause.to_string().starts_with(TUNNEL));
            let (code, message) = match tls::misfit(&causes) {
                _ if cause == PROXY_WANTS_A_CREDENTIAL => ("proxy-credentials", self.unknown_to_the_proxy()),
                _ if is_of_the_tunnel => ("proxy", format!("No connection {to}: {cause}.")),
                Some(misfit) => misfit,
                None if error.is_timeout() => (TOO_SLOW, format!("No connection {to} within 5 seconds.")),
                None => (SILENT, format!("No connection {to}: {cause}.")),
            };
            return failure(SendFailureKind::Unreachable, code, say(message), false);
        }
        if error.is_timeout() {
            let message = "The git server did not answer completely within 20 seconds.".to_owned();
            return failure(SendFailureKind::TimedOut, "read-timeout", message, true);
        }
        let message = format!("The connection {to} broke: {cause}.");
        failure(SendFailureKind::Broken, "broken", say(message), may_have_left(&causes))
    }
}

/// What stood in the way of a request that did not even reach the git server.
pub(crate) fn unreached(lost: &SendFailure) -> Option<Unreached> {
    if lost.kind != SendFailureKind::Unreachable {
        return None;
    }
    Some(match lost.code.as_str() {
        tls::UNTRUSTED => Unreached::Untrusted,
        SILENT | TOO_SLOW => Unreached::Silent,
        _ => Unreached::Misfit,
    })
}

/// An error as people read it: without the number that the system has for it.
fn in_words(error: &(dyn Error + 'static)) -> String {
    let text = error.to_string();
    let is_numbered = error.downcast_ref::<io::Error>().is_some_and(|error| error.raw_os_error().is_some());
    text.rsplit_once(" (os error ").filter(|_| is_numbered).map_or(text.as_str(), |(words, _)| words).to_owned()
}

pub(super) fn failure(kind: SendFailureKind, code: &str, message: String, maybe_sent: bool) -> SendFailure {
    SendFailure { kind, code: code.to_owned(), message, maybe_sent }
}

/// Whether a request is sent once more, on another connection: nothing arrived, or it does no harm that it did. One that had no
/// answer in time is not: it would take as long again.
pub(super) fn goes_again(lost: &SendFailure, reads: bool) -> bool {
    lost.kind == SendFailureKind::Broken && (reads || !lost.maybe_sent)
}

/// Whether a byte of the request may be on its way. The HTTP client calls a request canceled that it still had whole when its
/// connection ended.
fn may_have_left(causes: &[&(dyn Error + 'static)]) -> bool {
    !causes.iter().any(|cause| cause.downcast_ref().is_some_and(hyper::Error::is_canceled))
}

/// What is behind an error, the deepest last.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> Vec<&'e (dyn Error + 'static)> {
    std::iter::successors(error.source(), |error| below(*error)).collect()
}

/// An I/O error that was made of another one does not name it as its source.
fn below<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    wrapped.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
}
