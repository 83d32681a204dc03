//! Three signatures computed with botocore, and AWS's own signing test suite where the vendor specs are at hand.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::*;

const KEY: AccessKey<'_> = AccessKey { id: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };

fn signed(service: &str, region: &str, mut request: http::Request<Vec<u8>>) -> (http::HeaderMap, String) {
    let aws = AwsOrigin { service: service.into(), region: region.into() };
    let authorization = sign(&mut request, &KEY, &aws, Timestamp::parse("2026-11-22T01:02:03.999Z").unwrap());
    (request.headers().clone(), authorization.to_string())
}

#[test]
fn a_json_request_is_signed_as_botocore_signs_it() {
    let request = http::Request::post("https://git.eu-central-1.amazonaws.com/")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", "Git_20150413.GetBranch")
        .header("user-agent", "not signed")
        .body(br#"{"repositoryName":"r","branchName":"main"}"#.to_vec())
        .unwrap();
    let (headers, authorization) = signed("git", "eu-central-1", request);
    assert_eq!(headers["x-amz-date"], "20261122T010203Z");
    assert_eq!(
        authorization,
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/eu-central-1/git/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date;x-amz-target, \
         Signature=47e7bea0acba46a3406efa5dabe377a1c8343adc4eab5089874dda86e9e57ea0"
    );
}

#[test]
fn an_odd_path_query_port_header_and_a_session_token_are_signed_as_botocore_signs_them() {
    let request = http::Request::get("http://127.0.0.1:8080/a%20b//c/./d%2Fe/?z=1&a=~&a=%20x&b")
        .header("content-type", " text/plain;   charset=utf-8 ")
        .header("x-amz-meta", "b")
        .header(SESSION_TOKEN, "SESSION//TOKEN==")
        .body(vec![])
        .unwrap();
    assert_eq!(
        signed("git", "us-east-2", request).1,
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-2/git/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date;x-amz-meta;x-amz-security-token, \
         Signature=9df9bd92a16ac841526282832948871d6c6dd3f702c8ceb45f95d34bf525c7b9"
    );
}

#[test]
fn an_s3_path_is_left_as_it_is_and_the_body_hash_sent_along() {
    let request = http::Request::get("https://bucket.s3.amazonaws.com/a%20b//c").body(vec![]).unwrap();
    let (headers, authorization) = signed("s3", "us-east-1", request);
    assert_eq!(headers["x-amz-content-sha256"], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    let signature = "Signature=917c86a41076601115d5b6259b3b2aaecf4696969b50e0a9ff3fcb629afbe533";
    assert!(authorization.ends_with(signature), "{authorization}");
}

#[test]
fn the_signed_host_is_the_one_that_is_sent() {
    let hosts = [
        ("https://GIT.example.com/", "git.example.com"),
        ("https://git.example.com:443/", "git.example.com"),
        ("http://git.example.com:80/", "git.example.com"),
        ("http://git.example.com:443/", "git.example.com:443"),
        ("https://git.example.com:8443/", "git.example.com:8443"),
        ("https://[::1]:8443/", "[::1]:8443"),
    ];
    for (uri, expected) in hosts {
        assert_eq!(host(&uri.parse().unwrap()), expected, "{uri}");
        let url = url::Url::parse(uri).unwrap();
        let sent =
            url.port().map_or(url.host_str().unwrap().to_owned(), |port| format!("{}:{port}", url.host_str().unwrap()));
        assert_eq!(sent, expected, "what the HTTP client's parser makes of {uri}");
    }
}

#[test]
fn a_query_has_one_canonical_form_however_it_was_encoded() {
    assert_eq!(canonical_query("b=%2f&a=%7E&a=%20&c&&a=+"), "a=%20&a=%2B&a=~&b=%2F&c=");
    assert_eq!(canonical_query(""), "");
}

#[derive(Deserialize)]
struct Cases<T> {
    cases: Vec<T>,
}

/// A case of AWS's suite (`aws-signing-test-suite-v4.json`), as far as header signing goes.
#[derive(Deserialize)]
struct SuiteCase {
    name: String,
    context: Context,
    /// HTTP/1.1 as text; the path is not encoded yet.
    request: String,
    header: Expected,
}

#[derive(Deserialize)]
struct Context {
    credentials: Credentials,
    normalize: bool,
    #[serde(default)]
    omit_session_token: bool,
    region: String,
    service: String,
    sign_body: bool,
    timestamp: String,
}

#[derive(Deserialize)]
struct Credentials {
    secret_access_key: String,
    token: Option<String>,
}

#[derive(Deserialize)]
struct Expected {
    canonical_request: String,
    string_to_sign: String,
    signature: String,
}

/// Cases of the suite that cannot happen here, and why. Its query-string signatures (the `query` member of each case) do
/// not apply either: a signature in a URL would end up in logs, so there is none.
const NOT_APPLICABLE: [(&str, &str); 2] = [
    ("get-header-value-multiline", "a header value cannot hold line breaks"),
    ("post-sts-header-after", "the session token is always signed, never added afterwards"),
];
/// How many cases the suite has to hold at least, so that a suite that shrank is noticed.
const SUITE_CASES: usize = 36;

#[test]
fn every_header_case_of_the_aws_suite_is_signed_as_expected() {
    let Some(suite) = vectors::<SuiteCase>("suite-v4.json") else { return };
    let mut checked = 0;
    for case in suite {
        match NOT_APPLICABLE.iter().find(|(name, _)| *name == case.name) {
            Some((name, reason)) => println!("does not apply: {name}: {reason}"),
            None => {
                check_suite_case(&case);
                checked += 1;
            }
        }
    }
    println!("{checked} cases checked");
    assert!(checked >= SUITE_CASES, "{checked}");
}

/// The suite signs every header and unencoded paths, which the host never does; all else is what [`sign`] does.
fn check_suite_case(case: &SuiteCase) {
    let (head, body) = case.request.split_once("\n\n").unwrap_or((&case.request, ""));
    let (line, header_lines) = head.split_once('\n').unwrap();
    let (method, target) = line.strip_suffix(" HTTP/1.1").unwrap().split_once(' ').unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let aws = AwsOrigin { service: case.context.service.clone(), region: case.context.region.clone() };
    let scope = Scope::new(&aws, Timestamp::parse(&case.context.timestamp).unwrap());

    let mut request = http::Request::builder().method(method).uri("https://example.amazonaws.com/");
    for (name, value) in header_lines.lines().filter_map(|line| line.split_once(':')) {
        if name != "Host" {
            request = request.header(name, value);
        }
    }
    request = request.header(DATE, &scope.date_time);
    if case.context.sign_body {
        request = request.header(BODY_HASH, sha256_hex(body.as_bytes()));
    }
    if let (Some(token), false) = (&case.context.credentials.token, case.context.omit_session_token) {
        request = request.header(SESSION_TOKEN, token);
    }
    let request = request.body(body.as_bytes().to_vec()).unwrap();
    let signable = Signable { path, query, ..Signable::of(&request, |_| true) };
    let canonical = signable.canonical(if case.context.normalize { Paths::Usual } else { Paths::S3 });

    let text = String::from_utf8(canonical.to_vec()).unwrap();
    assert_eq!(text, case.header.canonical_request, "{}", case.name);
    assert_eq!(scope.string_to_sign(&canonical), case.header.string_to_sign, "{}", case.name);
    let signature = scope.signature(&case.context.credentials.secret_access_key, &canonical);
    assert_eq!(signature, case.header.signature, "{}", case.name);
}

/// A request signed by botocore.
#[derive(Deserialize)]
struct DerivedCase {
    method: String,
    host: String,
    path: String,
    region: String,
    service: String,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    /// `20250102T030405Z`.
    timestamp: String,
    headers_before: BTreeMap<String, String>,
    body: String,
    headers_after: BTreeMap<String, String>,
}

#[test]
fn every_derived_request_has_the_headers_botocore_gives_it() {
    let Some(cases) = vectors::<DerivedCase>("-derived.json") else { return };
    assert!(cases.len() >= 7, "{}", cases.len());
    for case in cases {
        let mut request =
            http::Request::builder().method(&*case.method).uri(format!("https://{}{}", case.host, case.path));
        for (name, value) in &case.headers_before {
            request = request.header(name, value);
        }
        if let Some(token) = &case.session_token {
            request = request.header(SESSION_TOKEN, token);
        }
        let mut request = request.body(case.body.clone().into_bytes()).unwrap();
        let key = AccessKey { id: &case.access_key_id, secret: &case.secret_access_key };
        let aws = AwsOrigin { service: case.service.clone(), region: case.region.clone() };
        let authorization = sign(&mut request, &key, &aws, basic_time(&case.timestamp));
        request.headers_mut().insert("authorization", authorization.parse().unwrap());

        let headers: BTreeMap<_, _> = request
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        let expected: BTreeMap<_, _> =
            case.headers_after.iter().map(|(name, value)| (name.to_lowercase(), value.clone())).collect();
        assert_eq!(headers, expected, "{} {}", case.host, case.body);
    }
}

/// `20250102T030405Z`, read with the punctuation RFC 3339 wants.
fn basic_time(text: &str) -> Timestamp {
    let part = |range| text.get(range).unwrap();
    let (date, time) = ([part(0..4), part(4..6), part(6..8)], [part(9..11), part(11..13), part(13..15)]);
    Timestamp::parse(&format!("{}T{}Z", date.join("-"), time.join(":"))).unwrap()
}

/// The cases of the file of vectors whose name ends so; None, said aloud, where the vendor specs are absent.
fn vectors<T: DeserializeOwned>(name_end: &str) -> Option<Vec<T>> {
    let vendors = specs().join("openapi");
    let Ok(entries) = std::fs::read_dir(&vendors) else {
        println!("skipped: no {} (COUNTERSIGN_SPECS names the directory of vendor specs)", vendors.display());
        return None;
    };
    // Whichever vendor's they are: the host does not know.
    let folders = entries.filter_map(|vendor| std::fs::read_dir(vendor.unwrap().path().join("sigv4-vectors")).ok());
    let mut files = folders.flatten().map(|file| file.unwrap().path());
    let file = files.find(|file| file.to_string_lossy().ends_with(name_end)).expect("the vendor specs hold vectors");
    let text = std::fs::read_to_string(file).unwrap();
    Some(serde_json::from_str::<Cases<T>>(&text).unwrap().cases)
}

fn specs() -> PathBuf {
    let beside_the_workspace = || {
        let package = std::env::var("CARGO_MANIFEST_DIR").expect("cargo runs the tests");
        Path::new(&package).join("../../shared/specs")
    };
    std::env::var_os("COUNTERSIGN_SPECS").map_or_else(beside_the_workspace, PathBuf::from)
}
