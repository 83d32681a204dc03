//! Why there is no answer: what the HTTP client's error means for the request, and in words for whoever has to mend it.

use std::error::Error;
use std::io;
use std::sync::Arc;

use url::Url;

use super::client_certificate::ClientCertificate;
use super::tls;
use super::trust::Trust;
use crate::lease::Lease;
use crate::{SendFailure, SendFailureKind};
use model::Unreached;

/// What the HTTP client says of a proxy that answered 407 to the request for a tunnel.
const PROXY_WANTS_A_CREDENTIAL: &str = "tunnel error: proxy authorization required";
/// How everything begins that it says of a tunnel that did not come about.
const TUNNEL: &str = "tunnel error";
/// What it says of one where the proxy closed the connection in the place of an answer.
const TUNNEL_CLOSED: &str = "tunnel error: unexpected end of file";
/// The same, where it did so before it had read all, or the network did.
const TUNNEL_BROKEN: &str = "tunnel error: io error establishing tunnel";
/// What it says of one where there was no connection to the proxy.
const NO_PROXY: &str = "tunnel error: failed to create underlying connection";

/// Codes of connections that did not come about, and may the next time.
const SILENT: &str = "connect";
const TOO_SLOW: &str = "connect-timeout";
/// Code of a proxy that gave no way to the git server. With which status, the HTTP client does not say: whether it does not get
/// there now (502 and the like) or does not allow it (403).
const NO_TUNNEL: &str = "proxy";
/// Code of a connection that ended early.
const BROKEN: &str = "broken";
/// Code of an answer that is none of HTTP's.
const NOT_HTTP: &str = "http-not-spoken";
/// Code of one that is HTTP's, but for a rule that it breaks.
const AGAINST_HTTP: &str = "http-rule-broken";
/// How every answer of HTTP/1 begins.
const HTTP: &[u8] = b"HTTP/";
/// Code of an answer that is not packed as it says.
const DAMAGED: &str = "reply-encoding";
/// Code of one that is packed as nobody asked for.
const UNASKED: &str = "reply-encoding-unasked";
/// Of a request whose body is longer than one may be.
pub(super) const REQUEST_TOO_LARGE: &str = "request-too-large";
/// Most of its packing's name that is shown, in characters.
const MAX_PACKING_CHARS: usize = 64;

/// How an origin is reached, in words.
pub(super) struct Way {
    /// Ends the sentence "No connection …".
    to: String,
    /// The proxy's address.
    proxy: Option<String>,
    introduction: Introduction,
    /// None where nothing is encrypted.
    tls: Option<Tls>,
}

/// What is known of TLS with an origin.
pub(super) struct Tls {
    /// What it is shown.
    pub client: Arc<ClientCertificate>,
    /// What it is trusted by.
    pub trust: Arc<Trust>,
}

/// What the proxy is told of who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Introduction {
    /// There is no user name and no password for it.
    Unknown,
    /// There are some, and an unencrypted request takes none along.
    Withheld,
    /// They go with the request for a tunnel.
    Given,
}

impl Way {
    /// Through this proxy, if there is one; encrypted, with what is shown for a client certificate, or not.
    pub fn to(proxy: Option<&Url>, introduction: Introduction, tls: Option<Tls>) -> Self {
        let proxy = proxy.map(|proxy| proxy.origin().ascii_serialization());
        let to = match &proxy {
            Some(proxy) => format!("to the git server through the proxy {proxy}"),
            None => "to the git server".to_owned(),
        };
        Self { to, proxy, introduction, tls }
    }

    /// The failure of an answer that is the proxy's and not the git server's: where nothing is encrypted, both come the same way.
    pub fn refused_by_the_proxy(&self, status: http::StatusCode) -> Option<SendFailure> {
        self.proxy.as_ref().filter(|_| status == http::StatusCode::PROXY_AUTHENTICATION_REQUIRED)?;
        Some(failure(SendFailureKind::Unreachable, "proxy-credentials", self.unknown_to_the_proxy(), false))
    }

    fn unknown_to_the_proxy(&self) -> String {
        let proxy = self.proxy.as_deref().unwrap_or_default();
        // What it offers in their place, the HTTP client does not say.
        let basic = "The daemon knows Basic authentication alone: a proxy that takes only Negotiate, NTLM or Digest has to let it \
                     pass by its address.";
        match self.introduction {
            Introduction::Given => format!(
                "The proxy {proxy} refuses the user name and the password that the daemon has for it: put the right ones into the \
                 file that its setting `proxy_credentials_file` names, and start it anew. {basic}"
            ),
            Introduction::Unknown => format!(
                "The proxy {proxy} demands a user name and a password, and there are none for this: put them into the file that \
                 the daemon's setting `proxy_credentials_file` names, and start it anew. They go with encrypted connections \
                 only. {basic}"
            ),
            Introduction::Withheld => format!(
                "The proxy {proxy} demands a user name and a password, and those that the daemon has for it are not sent, because \
                 the address of the git server begins with http:// and nothing on the way would be encrypted: use https://, or \
                 have the proxy let it pass by its address."
            ),
        }
    }

    /// The git server has answered.
    pub fn note_answered(&self) {
        if let Some(tls) = &self.tls {
            tls.client.note_answered();
        }
    }

    /// Why the HTTP client gave up. The text goes to the provider and on to people, so it holds no URL of theirs.
    pub fn explain(&self, error: &reqwest::Error, lease: &Lease) -> SendFailure {
        let (causes, to) = (causes(error), &self.to);
        let cause = in_words(&causes);
        let say = |text: String| lease.redact_text(text);
        if error.is_connect() {
            let (code, message) = match self.no_tunnel(&causes).or_else(|| self.no_tls(&causes)) {
                Some(misfit) => misfit,
                None if error.is_timeout() => (TOO_SLOW, format!("No connection {to} within 5 seconds.")),
                None => (SILENT, format!("No connection {to}: {cause}.")),
            };
            return failure(SendFailureKind::Unreachable, code, say(message), false);
        }
        if let Some(tls) = &self.tls
            && tls.trust.refuses_first()
            && let Some((code, message)) = tls::refused_late(&causes, &tls.client)
        {
            return failure(SendFailureKind::Unreachable, code, message, false);
        }
        self.explain_after_it_was_sent(error, lease)
    }

    /// The same of an answer that has begun.
    pub fn explain_after_it_was_sent(&self, error: &reqwest::Error, lease: &Lease) -> SendFailure {
        let (causes, to) = (causes(error), &self.to);
        let cause = in_words(&causes);
        let say = |text: String| lease.redact_text(text);
        if error.is_timeout() {
            let message = "The git server did not answer completely within 20 seconds.".to_owned();
            return failure(SendFailureKind::TimedOut, "read-timeout", message, true);
        }
        if let Some((kind, code, message)) = unreadable(&causes) {
            return failure(kind, code, say(message), true);
        }
        let message = format!("The connection {to} broke: {cause}.");
        failure(SendFailureKind::Broken, BROKEN, say(message), may_have_left(&causes))
    }

    /// Code and words where TLS did not come about. Before there is a tunnel, nobody speaks it.
    fn no_tls(&self, causes: &[&(dyn Error + 'static)]) -> Option<(&'static str, String)> {
        let tls = self.tls.as_ref().filter(|_| of_a_tunnel(causes).is_none())?;
        tls::misfit(causes, &tls.client)
    }

    /// Code and words where the proxy answered, and gave no way. None where it is something else: nobody answers at the proxy, say.
    fn no_tunnel(&self, causes: &[&(dyn Error + 'static)]) -> Option<(&'static str, String)> {
        let said = of_a_tunnel(causes)?;
        let proxy = self.proxy.as_deref().unwrap_or_default();
        Some(match said.as_str() {
            PROXY_WANTS_A_CREDENTIAL => ("proxy-credentials", self.unknown_to_the_proxy()),
            NO_PROXY => return None,
            TUNNEL_CLOSED | TUNNEL_BROKEN => (
                NO_TUNNEL,
                format!("The proxy {proxy} closed the connection before there was a way to the git server."),
            ),
            _ => (
                NO_TUNNEL,
                format!(
                    "The proxy {proxy} gave no way to the git server: it does not get there now, or its rules do not allow it."
                ),
            ),
        })
    }
}

/// The limit that a request, or the answer to it, went over, as it is named in the configuration.
pub(crate) fn exceeded(lost: &SendFailure) -> Option<&'static str> {
    match (lost.kind, lost.code.as_str()) {
        (SendFailureKind::TooLarge, _) => Some("reply_mib"),
        (SendFailureKind::Refused, REQUEST_TOO_LARGE) => Some("request_kib"),
        _ => None,
    }
}

/// What stood in the way of a request that did not even reach the git server, or of reading what answered.
pub(crate) fn unreached(lost: &SendFailure) -> Option<Unreached> {
    let is_unreadable = matches!(lost.code.as_str(), NOT_HTTP | AGAINST_HTTP | DAMAGED | UNASKED);
    if lost.kind != SendFailureKind::Unreachable && !is_unreadable {
        return None;
    }
    Some(match lost.code.as_str() {
        tls::UNTRUSTED => Unreached::Untrusted,
        SILENT | TOO_SLOW => Unreached::Silent,
        NO_TUNNEL | DAMAGED | tls::BROKEN_OFF => Unreached::Unsure,
        _ => Unreached::Misfit,
    })
}

/// The failure of an answer whose first line is not that of HTTP/1, by how it begins.
pub(super) fn of_no_version(beginning: &[u8]) -> SendFailure {
    let (code, message) = if beginning.starts_with(HTTP) {
        against_http("it is of another version than HTTP/1.1")
    } else {
        let message =
            "What answers there does not speak HTTP: the port is another one, or the address begins with https://.";
        (NOT_HTTP, message.to_owned())
    };
    failure(SendFailureKind::Broken, code, message, true)
}

fn against_http(which: &str) -> (&'static str, String) {
    let message = format!(
        "The git server's answer breaks a rule of HTTP ({which}). The git server does so, or something on the way, such as a \
         proxy before it."
    );
    (AGAINST_HTTP, message)
}

/// The failure of an answer that is not packed in the way that it says.
pub(super) fn damaged() -> SendFailure {
    let message =
        "The git server's answer is not compressed in the way that it says, or something on the way damages it.";
    failure(SendFailureKind::Broken, DAMAGED, message.to_owned(), true)
}

/// The failure of one that is packed in a way that nobody asked for, by what that is called.
pub(super) fn unasked(packing: &str) -> SendFailure {
    let packing: String = packing.chars().filter(|char| !char.is_control()).take(MAX_PACKING_CHARS).collect();
    let message = format!(
        "The git server's answer is compressed in a way that was not asked for ({packing}). The git server does \
         so, or something on the way, such as a proxy before it."
    );
    failure(SendFailureKind::Broken, UNASKED, message, true)
}

/// Kind, code and words of an answer that came and cannot be read. One that ended early is not among them: that is a connection's
/// end.
fn unreadable(causes: &[&(dyn Error + 'static)]) -> Option<(SendFailureKind, &'static str, String)> {
    let of_http = causes.iter().find_map(|cause| cause.downcast_ref::<hyper::Error>())?;
    if of_http.is_parse_too_large() {
        // Which of the two, the HTTP client does not say.
        let message = "The git server's answer has more headers, or larger ones, than any git server's.";
        return Some((SendFailureKind::TooLarge, "reply-head-too-large", message.to_owned()));
    }
    let (code, message) = of_http.is_parse().then(|| against_http(&of_http.to_string()))?;
    Some((SendFailureKind::Broken, code, message))
}

/// What the HTTP client says of a tunnel that did not come about.
fn of_a_tunnel(causes: &[&(dyn Error + 'static)]) -> Option<String> {
    causes.iter().map(ToString::to_string).find(|said| said.starts_with(TUNNEL))
}

/// The deepest error as people read it: without the number that the system has for it, and without the places where programmers
/// read on. For a connection that ended too early, libraries have words of their own.
fn in_words(causes: &[&(dyn Error + 'static)]) -> String {
    let of_io = |error: &&(dyn Error + 'static)| error.downcast_ref::<io::Error>().map(io::Error::kind);
    if causes.iter().filter_map(of_io).any(|kind| kind == io::ErrorKind::UnexpectedEof) {
        return "it was cut in the middle".to_owned();
    }
    let Some(deepest) = causes.last() else { return String::new() };
    let text = deepest.to_string();
    let is_numbered = deepest.downcast_ref::<io::Error>().is_some_and(|error| error.raw_os_error().is_some());
    let words = text.rsplit_once(" (os error ").filter(|_| is_numbered).map_or(text.as_str(), |(words, _)| words);
    without_addresses(words)
}

/// A library's words without the addresses in them, and without what leads to one at their end.
fn without_addresses(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().filter(|word| !word.contains("://")).collect();
    words.join(" ").trim_end_matches([':', ',', ';', '.', '(', ' ']).to_owned()
}

pub(super) fn failure(kind: SendFailureKind, code: &str, message: String, maybe_sent: bool) -> SendFailure {
    SendFailure { kind, code: code.to_owned(), message, maybe_sent }
}

/// Whether a request is sent once more, on another connection: nothing arrived, or it does no harm that it did. One that had no
/// answer in time is not: it would take as long again.
pub(super) fn goes_again(lost: &SendFailure, reads: bool) -> bool {
    lost.code == BROKEN && (reads || !lost.maybe_sent)
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

#[cfg(test)]
mod tests {
    use super::*;
    use http::StatusCode;

    #[test]
    fn v7_what_broke_goes_again_where_nothing_can_be_done_twice_and_what_cannot_be_read_never() {
        let lost = |code, maybe_sent| failure(SendFailureKind::Broken, code, String::new(), maybe_sent);
        assert!(goes_again(&lost(BROKEN, true), true) && goes_again(&lost(BROKEN, false), false));
        assert!(!goes_again(&lost(BROKEN, true), false));
        for code in [NOT_HTTP, AGAINST_HTTP, DAMAGED, UNASKED] {
            assert!(!goes_again(&lost(code, true), true) && unreached(&lost(code, true)).is_some());
        }
    }

    #[test]
    fn e9_what_a_library_says_is_told_without_its_addresses() {
        let words = |error: io::Error| {
            let outermost = io::Error::other(error);
            in_words(&std::iter::successors(below(&outermost), |error| below(*error)).collect::<Vec<_>>())
        };
        let notice =
            "peer closed connection without sending TLS close_notify: https://docs.rs/rustls/latest/rustls/manual";
        assert_eq!(words(io::Error::new(io::ErrorKind::UnexpectedEof, notice)), "it was cut in the middle");
        assert_eq!(words(io::ErrorKind::UnexpectedEof.into()), "it was cut in the middle");
        let said = |text: &str| words(io::Error::other(text));
        assert_eq!(said("broken frame: see http://lib.example/why"), "broken frame: see");
        assert_eq!(said("went away (https://lib.example/gone)."), "went away");
        assert_eq!(said("one two: three"), "one two: three");
        assert_eq!(words(io::Error::from_raw_os_error(104)), "Connection reset by peer");
    }

    #[test]
    fn e9_how_it_begins_tells_what_breaks_a_rule_of_http_from_what_is_none() {
        for (beginning, code) in [
            (&b"HTTP/2 200\r\n"[..], AGAINST_HTTP),
            (b"HTTP/1.2 200 OK\r\n", AGAINST_HTTP),
            (b"SSH-2.0-OpenSSH_9.2p1\r\n", NOT_HTTP),
            (b"220 mail HTTP/1.1\r\n", NOT_HTTP),
            (b"", NOT_HTTP),
        ] {
            let lost = of_no_version(beginning);
            assert_eq!((lost.code.as_str(), lost.maybe_sent), (code, true));
            assert_eq!(unreached(&lost), Some(Unreached::Misfit));
        }
    }

    #[test]
    fn e9_a_proxy_that_wants_credentials_is_told_by_what_it_was_given() {
        let proxy = Url::parse("http://proxy.test:3128").unwrap();
        let told = |proxy, introduction, status| {
            Way::to(proxy, introduction, None).refused_by_the_proxy(status).map(|failure| failure.message)
        };
        for (introduction, what, other) in [
            (Introduction::Unknown, "there are none for this", "are not sent"),
            (Introduction::Withheld, "those that the daemon has for it are not sent", "there are none"),
            (Introduction::Given, "refuses the user name and the password", "there are none"),
        ] {
            let told = told(Some(&proxy), introduction, StatusCode::PROXY_AUTHENTICATION_REQUIRED).unwrap();
            assert!(told.contains("http://proxy.test:3128") && told.contains(what) && !told.contains(other), "{told}");
        }
        assert_eq!(told(None, Introduction::Unknown, StatusCode::PROXY_AUTHENTICATION_REQUIRED), None);
        assert_eq!(told(Some(&proxy), Introduction::Given, StatusCode::FORBIDDEN), None);
    }
}
