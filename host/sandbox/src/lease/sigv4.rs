//! AWS Signature Version 4, in the `Authorization` header, over `http::Request`.
//!
//! Signs the request exactly as it will be sent: `host` is derived from the URI, as the HTTP client does. Signed are `host`,
//! `content-type` and every `x-amz-*` header; others (`user-agent`, `accept-encoding`) may be changed on the way and are
//! not. Knows the algorithm, no service, apart from S3's way with paths and body hashes.
//!
//! Source: "Create a signed AWS API request" in the AWS IAM user guide.

use std::collections::BTreeMap;

use crypto::{hex, sha256};
use http::HeaderName;
use http::header::{CONTENT_TYPE, HOST, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use ring::hmac;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use model::{AwsOrigin, Timestamp};

/// The header of a temporary key's session token. Has to be on the request before it is signed.
pub(super) const SESSION_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const BODY_HASH: HeaderName = HeaderName::from_static("x-amz-content-sha256");
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// Everything but RFC 3986's unreserved characters.
const ENCODED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) struct AccessKey<'a> {
    pub(super) id: &'a str,
    pub(super) secret: &'a str,
}

/// Dates the request and returns the value its `Authorization` header has to have. Nothing signed may be changed after.
pub(super) fn sign(
    request: &mut http::Request<Vec<u8>>,
    key: &AccessKey<'_>,
    aws: &AwsOrigin,
    now: Timestamp,
) -> Zeroizing<String> {
    let scope = Scope::new(aws, now);
    let paths = Paths::of(&aws.service);
    request.headers_mut().insert(DATE, header_value(&scope.date_time));
    if paths == Paths::S3 {
        let hash = sha256_hex(request.body());
        request.headers_mut().insert(BODY_HASH, header_value(&hash));
    }
    let signable = Signable::of(request, is_signed);
    let signature = scope.signature(key.secret, &signable.canonical(paths));
    Zeroizing::new(format!(
        "{ALGORITHM} Credential={}/{}, SignedHeaders={}, Signature={signature}",
        key.id,
        scope.name(),
        signable.header_names(),
    ))
}

fn is_signed(name: &HeaderName) -> bool {
    *name == CONTENT_TYPE || name.as_str().starts_with("x-amz-")
}

/// How a service wants the path in the canonical request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Paths {
    /// Dot segments and empty segments resolved, and the path as sent encoded once more.
    Usual,
    /// Every object key is a path of its own: nothing resolved, encoded once.
    S3,
}

impl Paths {
    fn of(service: &str) -> Self {
        if service == "s3" { Paths::S3 } else { Paths::Usual }
    }

    fn canonical(self, path: &str) -> String {
        match self {
            Paths::Usual => usual_path(path),
            Paths::S3 => path.split('/').map(encoded_once).collect::<Vec<_>>().join("/"),
        }
    }
}

fn usual_path(path: &str) -> String {
    let mut segments: Vec<String> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            name => segments.push(encoded(name.as_bytes())),
        }
    }
    let end = if path.ends_with('/') && !segments.is_empty() { "/" } else { "" };
    format!("/{}{end}", segments.join("/"))
}

/// The parts of a request that are signed.
struct Signable<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    /// Lower-case name to value, trimmed, values of one name joined; in the order of names. One is the session token.
    headers: BTreeMap<String, Zeroizing<Vec<u8>>>,
    body: &'a [u8],
}

impl<'a> Signable<'a> {
    fn of(request: &'a http::Request<Vec<u8>>, is_signed: fn(&HeaderName) -> bool) -> Self {
        let names = request.headers().keys().filter(|name| is_signed(name));
        let mut headers: BTreeMap<_, _> = names
            .map(|name| {
                let values: Vec<_> = request.headers().get_all(name).iter().map(trimmed).collect();
                let values: Vec<&[u8]> = values.iter().map(|value| &value[..]).collect();
                (name.as_str().to_owned(), Zeroizing::new(values.join(&b',')))
            })
            .collect();
        headers.insert(HOST.as_str().to_owned(), Zeroizing::new(host(request.uri()).into_bytes()));
        let uri = request.uri();
        Self {
            method: request.method().as_str(),
            path: uri.path(),
            query: uri.query().unwrap_or_default(),
            headers,
            body: request.body(),
        }
    }

    /// Put together in one piece: a text that grows leaves copies of the session token behind.
    fn canonical(&self, paths: Paths) -> Zeroizing<Vec<u8>> {
        let before = format!("{}\n{}\n{}\n", self.method, paths.canonical(self.path), canonical_query(self.query));
        let after = format!("\n{}\n{}", self.header_names(), sha256_hex(self.body));
        let mut parts = vec![before.as_bytes()];
        parts.extend(self.headers.iter().flat_map(|(name, value)| [name.as_bytes(), b":", &value[..], b"\n"]));
        parts.push(after.as_bytes());
        Zeroizing::new(parts.concat())
    }

    fn header_names(&self) -> String {
        self.headers.keys().map(String::as_str).collect::<Vec<_>>().join(";")
    }
}

/// As the HTTP client will send it: lower case, the port only where it is not the scheme's own.
fn host(uri: &http::Uri) -> String {
    let name = uri.host().unwrap_or_default().to_ascii_lowercase();
    match (uri.port_u16(), uri.scheme_str()) {
        (None, _) | (Some(443), Some("https")) | (Some(80), Some("http")) => name,
        (Some(port), _) => format!("{name}:{port}"),
    }
}

/// Without blanks at the ends, and one space for each run of them inside.
fn trimmed(value: &HeaderValue) -> Zeroizing<Vec<u8>> {
    let words: Vec<&[u8]> =
        value.as_bytes().split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty()).collect();
    Zeroizing::new(words.join(&b' '))
}

fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (encoded_once(name), encoded_once(value)))
        .collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Encoded in the one canonical way, whether it already was encoded, in some way, or not.
fn encoded_once(text: &str) -> String {
    encoded(&percent_decode_str(text).collect::<Vec<u8>>())
}

fn encoded(bytes: &[u8]) -> String {
    percent_encode(bytes, &ENCODED).to_string()
}

/// When, where and for which service a signature is good.
struct Scope<'a> {
    /// `20250102`.
    date: String,
    /// `20250102T030405Z`.
    date_time: String,
    aws: &'a AwsOrigin,
}

impl<'a> Scope<'a> {
    fn new(aws: &'a AwsOrigin, now: Timestamp) -> Self {
        let at =
            OffsetDateTime::from_unix_timestamp(now.unix_seconds()).expect("a timestamp is of the years 1970 to 9999");
        let date = format!("{:04}{:02}{:02}", at.year(), u8::from(at.month()), at.day());
        let date_time = format!("{date}T{:02}{:02}{:02}Z", at.hour(), at.minute(), at.second());
        Self { date, date_time, aws }
    }

    fn name(&self) -> String {
        format!("{}/{}/{}/aws4_request", self.date, self.aws.region, self.aws.service)
    }

    fn string_to_sign(&self, canonical: &[u8]) -> String {
        format!("{ALGORITHM}\n{}\n{}\n{}", self.date_time, self.name(), sha256_hex(canonical))
    }

    fn signature(&self, secret: &str, canonical: &[u8]) -> String {
        let mut key = Zeroizing::new(format!("AWS4{secret}").into_bytes());
        for step in [&self.date, &self.aws.region, &self.aws.service, "aws4_request"] {
            key = Zeroizing::new(hmac_sha256(&key, step.as_bytes()).as_ref().to_vec());
        }
        hex(hmac_sha256(&key, self.string_to_sign(canonical).as_bytes()).as_ref())
    }
}

fn hmac_sha256(key: &[u8], data: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data)
}

fn sha256_hex(bytes: &[u8]) -> String {
    hex(&sha256(bytes))
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("digits and letters are a header value")
}

#[cfg(test)]
mod tests;
