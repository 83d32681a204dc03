//! Where a provider's request goes. Whatever URL it gives: it is refused, or what is dialled is an origin of the integration, and
//! what is asked for there is what the provider wrote.

use percent_encoding::percent_decode_str;
use sandbox::fuzzing::outgoing;
use sandbox::{GuestMethod, GuestRequest};
use url::Url;

use crate::draw::Draw;
use model::Origin;

const ORIGINS: [&str; 5] = [
    "https://api.git.test",
    "https://git.test:8443",
    "http://10.0.0.7",
    "http://[2001:db8::1]:8080",
    "https://xn--bcher-kva.test",
];

/// What a URL is made of, and what has led parsers astray.
const SCHEMES: [&str; 8] = ["https", "http", "HTTPS", "hTTp", "ftp", "file", "https:https", ""];
const SLASHES: [&str; 7] = ["://", ":", ":/", ":///", ":\\\\", "//", ":/\\"];
const HOSTS: [&str; 18] = [
    "api.git.test",
    "git.test",
    "10.0.0.7",
    "[2001:db8::1]",
    "xn--bcher-kva.test",
    "API.GIT.TEST",
    "api.git.test.",
    "167772167",
    "0xa.0.0.7",
    "012.7",
    "evil.test",
    "[2001:DB8:0::1]",
    "[::ffff:10.0.0.7]",
    "api%2egit.test",
    "b\u{fc}cher.test",
    "\u{ff41}pi.git.test",
    "api.git.test%00",
    "",
];
const BETWEEN: [&str; 10] = ["", "@", ":@", "user@", "user:pw@", "evil.test@", "api.git.test@", "%40", "\t", "\\"];
const PORTS: [&str; 10] = ["", ":443", ":80", ":8443", ":8080", ":", ":0443", ":65979", ":8443@evil.test", ":-1"];
const PATHS: [&str; 26] = [
    "/", "a", "..", ".", "%2e", "%2E", "%252e", "%2f", "%5c", "\\", "?", "#", "@", "//", ";", "&", "=", "%00",
    "%0d%0a", "\r\n", " ", "\u{e9}", "{", "'", "^", "|",
];

/// A URL, as a provider might give one.
fn drawn(draw: &mut Draw<'_>) -> String {
    if draw.once_in(4) {
        return String::from_utf8_lossy(draw.rest()).into_owned();
    }
    let [scheme, slashes, before, host, port] = [&SCHEMES[..], &SLASHES, &BETWEEN, &HOSTS, &PORTS]
        .map(|parts| if draw.once_in(3) { *draw.one(parts) } else { parts[0] });
    // The hosts that are most worth trying are not the first.
    let host = if draw.once_in(2) { *draw.one(&HOSTS) } else { host };
    format!("{scheme}{slashes}{before}{host}{port}{}", draw.parts(&PATHS, 12))
}

/// Panics where a URL is let through that should not be, or leads elsewhere.
pub fn target(data: &[u8]) {
    let text = drawn(&mut Draw::from(data));
    let origins = ORIGINS.map(|url| Origin { url: url.into(), aws: None });
    let request =
        GuestRequest { method: GuestMethod::Get, url: text.clone(), headers: Vec::new(), body: None, reads_only: true };
    if let Ok(sent) = outgoing(request, &origins) {
        expect_within(&text, sent.url());
    }
}

/// What was asked for, and what the HTTP client dials and sends, read without the parser that made one of the other.
fn expect_within(text: &str, sent: &Url) {
    assert!(text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\' && byte != b'#'), "{text:?}: not plain");
    let shown = sent.as_str();
    let within: Vec<_> = ORIGINS.iter().filter_map(|origin| shown.strip_prefix(origin)).collect();
    let [rest] = within[..] else { panic!("{text:?}: {shown} is of {} of the origins", within.len()) };
    assert!(rest.starts_with('/'), "{text:?}: {shown} is of no origin");
    assert!(sent.username().is_empty() && sent.password().is_none() && sent.fragment().is_none(), "{text:?}: {shown}");
    assert!(rest.bytes().all(|byte| byte.is_ascii_graphic()), "{text:?}: {shown} cannot stand in a request");
    let (scheme, asked) = text.split_once("://").unwrap_or_else(|| panic!("{text:?}: no host where one belongs"));
    assert!(scheme.eq_ignore_ascii_case(sent.scheme()), "{text:?}: {shown} is of another scheme");
    let end = asked.find(['/', '?']).unwrap_or(asked.len());
    let (authority, asked) = asked.split_at(end);
    assert!(!authority.is_empty() && !authority.contains('@'), "{text:?}: user info, or no host");
    let (path, query) = halves(asked);
    let (sent_path, sent_query) = halves(rest);
    let path = if path.is_empty() { "/" } else { path };
    assert!(segments(path) == segments(sent_path), "{text:?}: {shown} has another path");
    let is_step = |segment: &Vec<u8>| matches!(&segment[..], b"." | b"..");
    assert!(!segments(sent_path).iter().any(is_step), "{text:?}: {shown} has a step in it");
    assert_eq!(query.map(decoded), sent_query.map(decoded), "{text:?}: {shown} has another query");
}

fn halves(text: &str) -> (&str, Option<&str>) {
    text.split_once('?').map_or((text, None), |(path, query)| (path, Some(query)))
}

fn segments(path: &str) -> Vec<Vec<u8>> {
    path.split('/').map(decoded).collect()
}

fn decoded(text: &str) -> Vec<u8> {
    percent_decode_str(text).collect()
}
