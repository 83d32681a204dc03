//! URLs as providers write them with the SDK: what is put together of whatever names is sent, and is nothing but those names.

use countersign_sdk::{BaseUrl, query_value};
use percent_encoding::percent_decode_str;
use sandbox::fuzzing::outgoing;
use sandbox::{GuestMethod, GuestRequest};
use url::Url;

use crate::draw::Draw;
use model::Origin;

const BASES: [&str; 14] = [
    "https://api.git.test",
    "https://git.test:8443/gitlab",
    "http://tfs/tfs/Our Work",
    "HTTPS://Git.Test:443/a/b/",
    "http://10.0.0.7:80",
    "http://[2001:db8::1]:8080/x",
    "http://167772167/a",
    "https://a_b.test",
    "https://xn--bcher-kva.test/~ann",
    "http://[::ffff:1.2.3.4]",
    "http://0x7f.1",
    "https://1.2.3.999",
    "https://a..b",
    "https://h/%2e%2e",
];
const PARTS: [&str; 24] = [
    "..",
    ".",
    "",
    "a",
    "feature/x",
    "%2e%2e",
    "%2F",
    "?",
    "#",
    "&",
    "=",
    "/",
    "//",
    "\\",
    "@evil.test",
    ":",
    ";",
    " ",
    "+",
    "\r\n",
    "\0",
    "\u{e9}",
    "\u{1f600}",
    "...",
];
/// Longest URL the host sends, in bytes.
const MAX_URL_BYTES: usize = 8 << 10;

fn names(draw: &mut Draw<'_>, most: usize) -> Vec<String> {
    let count = draw.below(most + 1);
    (0..count).map(|_| draw.parts(&PARTS, 3)).collect()
}

/// Panics where the SDK writes a URL that the host refuses, or that is read otherwise than it was meant.
pub fn target(data: &[u8]) {
    let mut draw = Draw::from(data);
    let text = if draw.once_in(4) { draw.text(60) } else { (*draw.one(&BASES)).to_owned() };
    let Ok(base) = BaseUrl::parse(&text) else { return };
    // The host knows more rules of hosts, and says which setting breaks one.
    let Ok(url) = Url::parse(base.origin()) else { return };
    let origin = Origin { url: url.origin().ascii_serialization(), aws: None };
    let (segments, path) = (names(&mut draw, 4), draw.parts(&PARTS, 4));
    let pairs: Vec<_> = names(&mut draw, 6).chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();

    let written = base.url().segments(segments.iter().map(String::as_str));
    let written = if path.is_empty() { written } else { written.path(&path) };
    let written = pairs.iter().fold(written, |url, (name, value)| url.query(name, value)).finish();
    let mut meant = segments;
    meant.extend((!path.is_empty()).then(|| path.split('/').map(str::to_owned)).into_iter().flatten());
    let is_a_step = meant.iter().any(|segment| matches!(segment.as_str(), "" | "." | ".."));
    assert_eq!(written.is_err(), is_a_step, "{meant:?}");
    let Ok(written) = written else { return };

    let request = GuestRequest {
        method: GuestMethod::Get,
        url: written.clone(),
        headers: Vec::new(),
        body: None,
        reads_only: true,
    };
    let sent = match outgoing(request, std::slice::from_ref(&origin)) {
        Ok(sent) => sent.url().to_string(),
        Err(code) => {
            assert!(written.len() > MAX_URL_BYTES, "{written} is refused: {code}");
            return;
        }
    };
    let below = format!("{}{}", origin.url, base.path());
    let rest = sent.strip_prefix(&below).unwrap_or_else(|| panic!("{written}: {sent} is not below {below}"));
    let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
    let read: Vec<_> = path.split('/').skip(1).map(decoded).collect();
    // Without a path, a client asks for the root.
    let read = if meant.is_empty() && path == "/" { Vec::new() } else { read };
    assert_eq!(read, meant, "{written}: {sent}");
    let read = query.into_iter().flat_map(|query| query.split('&')).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or_else(|| panic!("{sent}: {pair} is no pair"));
        (decoded(name), decoded(value))
    });
    assert_eq!(read.collect::<Vec<_>>(), pairs, "{written}: {sent}");
    for (name, _) in &pairs {
        let (_, first) = pairs.iter().find(|(other, _)| other == name).expect("is one of them");
        if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            assert_eq!(query_value(&written, name).as_ref(), Some(first), "{written}");
        }
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().unwrap_or_else(|error| panic!("{text}: {error}")).into_owned()
}
