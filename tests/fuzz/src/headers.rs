//! Which headers a provider sets. Whatever it gives: it is refused, or each of its headers is one line of a request, and none of
//! them authenticates, frames or routes it.

use sandbox::fuzzing::outgoing;
use sandbox::{GuestHeader, GuestMethod, GuestRequest};

use crate::draw::Draw;
use model::Origin;

/// Headers that are the host's or nobody's, as servers and gateways call them.
const NEVER: [&str; 52] = [
    "accept-encoding",
    "apikey",
    "authorization",
    "client-ip",
    "connection",
    "content-encoding",
    "content-length",
    "cookie",
    "cookie2",
    "deploy-token",
    "expect",
    "forwarded",
    "host",
    "if-range",
    "job-token",
    "keep-alive",
    "private-token",
    "proxy",
    "proxy-authorization",
    "proxy-connection",
    "range",
    "referer",
    "remote-user",
    "sec-fetch-site",
    "set-cookie",
    "sudo",
    "te",
    "trailer",
    "transfer-encoding",
    "true-client-ip",
    "upgrade",
    "via",
    "www-authenticate",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
    "x-api-key",
    "x-auth-token",
    "x-csrf-token",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-host",
    "x-http-method",
    "x-http-method-override",
    "x-impersonate-user",
    "x-original-url",
    "x-real-ip",
    "x-remote-user",
    "x-rewrite-url",
    "x-tfs-impersonate",
    "x-tunnel",
];
const FINE: [&str; 6] = ["accept", "content-type", "if-none-match", "x-amz-target", "x-api-version", "x-vss-e2eid"];
/// What stands around a name, or instead of a dash, where somebody wants it to be another.
const AROUND: [&str; 14] =
    ["", " ", "\t", "\r\n", "\n", "\0", ":", "x-", "_", "\u{17f}", "\u{212a}", "\u{a0}", "\"", "("];
const DASHES: [&str; 5] = ["_", "", "--", "\u{2010}", "."];
const VALUES: [&str; 12] = [
    "2022-11-28",
    "",
    " ",
    "a\r\nAuthorization: b",
    "a\nb",
    "a\rb",
    "\0",
    "\t",
    "\u{e9}",
    "\u{7f}",
    "\r\n\r\nGET / HTTP/1.1",
    "\u{85}",
];

fn drawn(draw: &mut Draw<'_>) -> GuestHeader {
    let known = if draw.once_in(4) { *draw.one(&FINE) } else { *draw.one(&NEVER) };
    let known = draw.in_any_case(known);
    let name = match draw.below(6) {
        0 => known,
        1 => known.replace('-', DASHES[draw.below(DASHES.len())]),
        2 => format!("{}{known}", draw.one(&AROUND)),
        3 => format!("{known}{}", draw.one(&AROUND)),
        4 => draw.text(24),
        _ => String::from_utf8_lossy(&draw.damaged(known.as_bytes())).into_owned(),
    };
    let value = if draw.once_in(2) { draw.text(40) } else { (*draw.one(&VALUES)).to_owned() };
    GuestHeader { name, value }
}

/// Panics where a header is let through that is not the provider's to set, or is more than one line.
pub fn target(data: &[u8]) {
    let mut draw = Draw::from(data);
    let count = 1 + draw.below(4);
    let given: Vec<_> = (0..count).map(|_| drawn(&mut draw)).collect();
    let origin = "https://api.git.test";
    let request = GuestRequest {
        method: GuestMethod::Post,
        url: format!("{origin}/user"),
        headers: given.clone(),
        body: Some(b"{}".to_vec()),
        reads_only: false,
    };
    let Ok(sent) = outgoing(request, &[Origin { url: origin.into(), aws: None }]) else { return };
    for GuestHeader { name, .. } in &given {
        let told = name.to_ascii_lowercase().replace('_', "-");
        assert!(!NEVER.contains(&told.as_str()), "{name:?} is not a provider's to set");
    }
    // As it goes over the wire; the host's own two are among them.
    let lines = sent.headers().iter().map(|(name, value)| [name.as_str().as_bytes(), b": ", value.as_bytes()].concat());
    let lines: Vec<_> = lines.collect();
    for line in &lines {
        let (name, value) = line.split_at(line.windows(2).position(|pair| pair == b": ").expect("was put there"));
        let is_of_name =
            |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(byte);
        assert!(!name.is_empty() && name.iter().all(is_of_name), "{line:?}: no name");
        let is_of_value = |byte: &u8| matches!(byte, b'\t' | b' '..=b'~' | 0x80..);
        assert!(value.iter().all(is_of_value), "{line:?}: not one line");
    }
    let ours = |line: &&Vec<u8>| line.starts_with(b"accept-encoding: ") || line.starts_with(b"user-agent: ");
    let expected: Vec<_> =
        given.iter().map(|header| (header.name.to_ascii_lowercase(), header.value.as_str())).collect();
    for (name, value) in &expected {
        assert!(lines.contains(&[name.as_bytes(), b": ", value.as_bytes()].concat()), "{name:?} is not sent as it is");
    }
    let theirs = expected.iter().filter(|(name, _)| name != "user-agent").count();
    assert_eq!(lines.iter().filter(|line| !ours(line)).count(), theirs, "{lines:?}: not what was given");
}
