//! AWS Signature Version 4 in the `Authorization` header: what the signature of a request has to be.
//!
//! Written for the server's side and on its own: it shares no line with the signer of the daemon, so the two agree only where
//! both are right. The official vectors hold it to the algorithm. Knows no key, no clock and no service.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use ring::{digest, hmac};

use crate::standin::message::Request;

pub const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Everything but RFC 3986's unreserved characters.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What an `Authorization` header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    pub key_id: String,
    pub scope: Scope,
    /// Lower case, as signed.
    pub signed_headers: Vec<String>,
    /// Hexadecimal.
    pub signature: String,
}

/// What a signing key is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// `20250102`
    pub date: String,
    pub region: String,
    pub service: String,
}

/// Not a complete header; says so in the server's words.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Incomplete(String);

impl Authorization {
    /// Reads what follows the algorithm's name.
    pub fn parse(header: &str) -> Result<Authorization, Incomplete> {
        let rest = header.strip_prefix(ALGORITHM).unwrap_or_default();
        let mut missing = Vec::new();
        let mut parameter = |name: &str| {
            let pairs = rest.split(',').filter_map(|pair| pair.trim().split_once('='));
            let found = pairs.into_iter().find(|(key, value)| *key == name && !value.is_empty());
            if found.is_none() {
                missing.push(format!("Authorization header requires '{name}' parameter."));
            }
            found.map_or(String::new(), |(_, value)| value.to_owned())
        };
        let (credential, signature) = (parameter("Credential"), parameter("Signature"));
        let signed_headers = parameter("SignedHeaders").split(';').map(str::to_owned).collect();
        if !missing.is_empty() {
            return Err(Incomplete(format!("{} Authorization={ALGORITHM}", missing.join(" "))));
        }
        match credential.split('/').collect::<Vec<_>>()[..] {
            [key_id, date, region, service, "aws4_request"] => Ok(Authorization {
                key_id: key_id.to_owned(),
                scope: Scope { date: date.to_owned(), region: region.to_owned(), service: service.to_owned() },
                signed_headers,
                signature,
            }),
            _ => Err(Incomplete(format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{credential}'"
            ))),
        }
    }

    pub fn signs(&self, header: &str) -> bool {
        self.signed_headers.iter().any(|signed| signed == header)
    }

    /// Whether this is the request's signature under `secret` at `date_time` (`20250102T030405Z`).
    pub fn is_right(&self, request: &Request, date_time: &str, secret: &str) -> bool {
        self.signature == signature(request, &self.signed_headers, &self.scope, date_time, secret)
    }
}

impl Scope {
    fn name(&self) -> String {
        format!("{}/{}/{}/aws4_request", self.date, self.region, self.service)
    }
}

/// The header that signs `request`: for tests that are clients.
pub fn sign(
    request: &Request,
    signed_headers: &[&str],
    key: (&str, &str),
    region: &str,
    service: &str,
    date_time: &str,
) -> String {
    let (key_id, secret) = key;
    let date = date_time.get(..8).unwrap_or_default().to_owned();
    let scope = Scope { date, region: region.to_owned(), service: service.to_owned() };
    let mut signed: Vec<String> = signed_headers.iter().map(|&name| name.to_owned()).collect();
    signed.sort();
    let signature = signature(request, &signed, &scope, date_time, secret);
    format!(
        "{ALGORITHM} Credential={key_id}/{}, SignedHeaders={}, Signature={signature}",
        scope.name(),
        signed.join(";")
    )
}

fn signature(request: &Request, signed: &[String], scope: &Scope, date_time: &str, secret: &str) -> String {
    let canonical = canonical_request(request, signed);
    let text = format!("{ALGORITHM}\n{date_time}\n{}\n{}", scope.name(), sha256(canonical.as_bytes()));
    let first = format!("AWS4{secret}").into_bytes();
    let parts = [scope.date.as_str(), &scope.region, &scope.service, "aws4_request"];
    let key = parts.iter().fold(first, |key, part| hmac_sha256(&key, part.as_bytes()));
    hex(&hmac_sha256(&key, text.as_bytes()))
}

fn canonical_request(request: &Request, signed: &[String]) -> String {
    let headers: String = signed.iter().map(|name| format!("{name}:{}\n", canonical_value(request, name))).collect();
    format!(
        "{}\n{}\n{}\n{headers}\n{}\n{}",
        request.method,
        canonical_path(&request.path),
        canonical_query(request.query.as_deref().unwrap_or_default()),
        signed.join(";"),
        sha256(&request.body),
    )
}

/// Dot segments and empty ones are resolved; what is left is encoded once more than it was sent.
fn canonical_path(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            other => kept.push(other),
        }
    }
    let encoded: String = kept.iter().map(|segment| format!("/{}", encode(segment.as_bytes()))).collect();
    if kept.is_empty() || path.ends_with('/') { encoded + "/" } else { encoded }
}

/// Names and values decoded and encoded again in one way, sorted as encoded.
fn canonical_query(query: &str) -> String {
    let again = |text: &str| encode(&percent_decode_str(text).collect::<Vec<u8>>());
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (again(name), again(value)))
        .collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// All values of a header in order, runs of spaces made one. HTTP/2 has no `host`: its authority is.
fn canonical_value(request: &Request, name: &str) -> String {
    let values =
        request.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let values: Vec<String> =
        values.map(|value| value.split_ascii_whitespace().collect::<Vec<_>>().join(" ")).collect();
    if values.is_empty() && name == "host" {
        return request.origin.split_once("://").map_or(String::new(), |(_, authority)| authority.to_owned());
    }
    values.join(",")
}

fn encode(bytes: &[u8]) -> String {
    percent_encode(bytes, ENCODED).to_string()
}

fn hmac_sha256(key: &[u8], data: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data).as_ref().to_vec()
}

fn sha256(data: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, data).as_ref())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
