//! Every signature is checked for real, by the algorithm of the official vectors, and each way to sign wrongly is refused in
//! the server's words.

use countersign_tests::standin::codecommit::signature::Authorization;
use countersign_tests::standin::codecommit::{AccessKey, CodeCommit, Statement, token};
use countersign_tests::standin::conformance::{read_json, spec_file};
use countersign_tests::standin::message::Request;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use time::Duration;
use time::macros::datetime;

use crate::client::{http, send};
use crate::codecommit_client::{Signing, call, element, error, message, now, scene, usual};

/// Reads a request as the vectors write it, folded lines and raw characters included.
fn read(text: &str) -> Request {
    let (head, body) = text.split_once("\n\n").unwrap();
    let head = head.replace("\n ", " ");
    let mut lines = head.lines();
    let request_line = lines.next().unwrap().strip_suffix(" HTTP/1.1").unwrap();
    let (method, target) = request_line.split_once(' ').unwrap();
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query.to_owned())));
    let mut headers = HeaderMap::new();
    for (name, value) in lines.map(|line| line.split_once(':').unwrap()) {
        headers.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    Request {
        method: method.parse().unwrap(),
        path: path.to_owned(),
        query,
        headers,
        body: body.to_owned().into(),
        origin: "https://example.amazonaws.com".to_owned(),
        peer: ([127, 0, 0, 1], 1).into(),
    }
}

fn is_right(request: &Request, secret: &str) -> bool {
    let authorization = Authorization::parse(request.header("authorization").unwrap()).unwrap();
    authorization.is_right(request, request.header("x-amz-date").unwrap(), secret)
}

#[test]
fn the_signatures_of_the_official_suite_are_right_and_no_others() {
    let Some(path) = spec_file("openapi/codecommit/sigv4-vectors/aws-signing-test-suite-v4.json") else {
        return;
    };
    let suite = read_json(&path).unwrap();
    // The others sign paths as they are, which only S3 does.
    let cases = suite["cases"].as_array().unwrap().iter().filter(|case| case["context"]["normalize"] == true);
    let mut checked = 0;
    for case in cases {
        let name = &case["name"];
        let secret = case["context"]["credentials"]["secret_access_key"].as_str().unwrap();
        let mut request = read(case["header"]["signed_request"].as_str().unwrap());
        assert!(is_right(&request, secret), "{name}");
        assert!(!is_right(&request, &secret.to_lowercase()), "{name}: another secret");
        request.body = [&request.body[..], b" "].concat().into();
        assert!(!is_right(&request, secret), "{name}: another body");
        checked += 1;
    }
    assert!(checked >= 30, "only {checked}");
}

#[test]
fn the_signatures_made_for_our_requests_are_right() {
    let Some(path) = spec_file("openapi/codecommit/sigv4-vectors/codecommit-derived.json") else {
        return;
    };
    let suite = read_json(&path).unwrap();
    let cases = suite["cases"].as_array().unwrap();
    for case in cases {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let headers = case["headers_after"].as_object().unwrap();
        let lines: Vec<String> = headers.iter().map(|(name, value)| format!("{name}:{}", text(value))).collect();
        let head = format!("POST / HTTP/1.1\nHost:{}\n{}", text(&case["host"]), lines.join("\n"));
        let mut request = read(&format!("{head}\n\n{}", text(&case["body"])));
        let secret = text(&case["secret_access_key"]);
        assert!(is_right(&request, &secret), "{}", case["body"]);
        // Over HTTP/2 there is no such header.
        request.headers.remove("host");
        request.origin = format!("https://{}", text(&case["host"]));
        assert!(is_right(&request, &secret), "{}", case["host"]);
    }
    assert!(cases.len() >= 7, "only {}", cases.len());
}

#[tokio::test]
async fn a_wrong_signature_is_refused_by_both_services_each_in_its_own_way() {
    let codecommit = usual().await;
    let wrong = token::Key { secret: token::BOB.secret, ..token::ALICE };
    let unknown = token::Key { id: "AKIASTANDINNOBODY001", ..token::ALICE };
    let without_session = token::Key { session_token: None, ..token::ALICE_EXPIRING };
    let other_session = token::Key { session_token: token::ALICE_ROLE.session_token, ..token::ALICE_EXPIRING };
    for (key, name, at_sts) in [
        (wrong, "InvalidSignatureException", "SignatureDoesNotMatch"),
        (unknown, "UnrecognizedClientException", "InvalidClientTokenId"),
        (token::ALICE_REVOKED, "UnrecognizedClientException", "InvalidClientTokenId"),
        (without_session, "UnrecognizedClientException", "InvalidClientTokenId"),
        (other_session, "UnrecognizedClientException", "InvalidClientTokenId"),
        (token::ALICE_EXPIRED, "ExpiredTokenException", "ExpiredToken"),
    ] {
        let refused = call(&codecommit, key, "ListRepositories", json!({})).await;
        assert_eq!(error(&refused), (400, name.to_owned()), "{}", key.id);
        let kind = refused.header("x-amzn-errortype").unwrap().to_owned();
        assert!(kind.starts_with(&format!("{name}:http://")), "{kind}");
        let refused = Signing::whoami(key).send(&codecommit).await;
        assert_eq!((refused.status, element(&refused.text, "Code")), (403, at_sts), "{}", key.id);
        assert_eq!(refused.header("content-type"), Some("text/xml"));
    }
    assert!(codecommit.record.requests().iter().all(|recorded| recorded.account.is_none()));
}

#[tokio::test]
async fn a_request_without_a_signature_or_with_half_of_one_is_refused() {
    let codecommit = usual().await;
    let bare = |header: Option<&str>, target: bool| {
        let mut request = http().post(codecommit.url()).body("{}");
        if target {
            request = request.header("x-amz-target", "CodeCommit_20150413.ListRepositories");
        }
        header.into_iter().fold(request, |request, header| request.header("authorization", header))
    };
    let missing = send(bare(None, true)).await;
    assert_eq!(error(&missing), (400, "MissingAuthenticationTokenException".to_owned()));
    let bearer = send(bare(Some("Bearer x"), true)).await;
    assert_eq!(error(&bearer), (400, "MissingAuthenticationTokenException".to_owned()));
    let at_sts = send(bare(None, false)).await;
    assert_eq!((at_sts.status, element(&at_sts.text, "Code")), (403, "MissingAuthenticationToken"));
    for (header, said) in [
        ("AWS4-HMAC-SHA256 Credential=a/20250102/us-east-1/codecommit/aws4_request", "'Signature' parameter"),
        ("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0", "exactly 5 slash-delimited"),
        (
            "AWS4-HMAC-SHA256 Credential=a/20250102/us-east-1/codecommit/aws4_request, SignedHeaders=host, Signature=0",
            "'X-Amz-Date'",
        ),
    ] {
        let refused = send(bare(Some(header), true)).await;
        assert_eq!(error(&refused), (400, "IncompleteSignatureException".to_owned()), "{header}");
        assert!(message(&refused).contains(said), "{}", message(&refused));
    }
}

#[tokio::test]
async fn a_scope_of_another_region_service_or_day_is_refused() {
    let codecommit = scene().clock(|| datetime!(2025-01-02 00:01:00 UTC)).start().await.unwrap();
    let list = Signing::operation(token::ALICE, "ListRepositories", &json!({}));
    let list = Signing { at: datetime!(2025-01-02 00:00:30 UTC), ..list };
    assert_eq!(list.send(&codecommit).await.status, 200);
    let region = Signing { region: "eu-west-1", ..list.clone() }.send(&codecommit).await;
    assert_eq!(error(&region), (400, "InvalidSignatureException".to_owned()));
    assert_eq!(message(&region), "Credential should be scoped to a valid region, not 'eu-west-1'. ");
    // A scope of neither service: how the request speaks says whom it is for.
    let request = Signing { service: "ecr", ..list.clone() }.request(&codecommit.url());
    let service = send(request).await;
    assert_eq!(message(&service), "Credential should be scoped to correct service: 'codecommit'. ");
    let at_sts = Signing { region: "eu-west-1", at: list.at, ..Signing::whoami(token::ALICE) }.send(&codecommit).await;
    assert_eq!((at_sts.status, element(&at_sts.text, "Code")), (403, "SignatureDoesNotMatch"));
    // The date of the scope is yesterday's.
    let stale = Signing { at: datetime!(2025-01-01 23:59:00 UTC), ..list.clone() };
    let request = stale.request(&codecommit.url()).header("x-amz-date", "20250102T000030Z").build().unwrap();
    let mut headers = request.headers().clone();
    headers.insert("x-amz-date", HeaderValue::from_static("20250102T000030Z"));
    let refused = send(http().post(codecommit.url()).headers(headers).body("{}")).await;
    assert!(message(&refused).starts_with("Date in Credential scope does not match"), "{}", message(&refused));
}

#[tokio::test]
async fn a_clock_may_be_five_minutes_off_and_no_more() {
    let codecommit = scene().clock(|| datetime!(2025-01-02 03:00:00 UTC)).start().await.unwrap();
    for (off_s, said) in [
        (-300, None),
        (300, None),
        (
            -301,
            Some(
                "Signature expired: 20250102T025459Z is now earlier than 20250102T025500Z (20250102T030000Z - 5 min.)",
            ),
        ),
        (
            301,
            Some(
                "Signature not yet current: 20250102T030501Z is still later than 20250102T030500Z (20250102T030000Z + 5 min.)",
            ),
        ),
    ] {
        let at = datetime!(2025-01-02 03:00:00 UTC) + Duration::seconds(off_s);
        let list = Signing { at, ..Signing::operation(token::ALICE, "ListRepositories", &json!({})) };
        let reply = list.send(&codecommit).await;
        assert_eq!((reply.status == 200, message(&reply)), (said.is_none(), said.unwrap_or_default()), "{off_s}");
        let whoami = Signing { at, ..Signing::whoami(token::ALICE) }.send(&codecommit).await;
        assert_eq!(whoami.status, if said.is_none() { 200 } else { 403 });
    }
}

#[tokio::test]
async fn host_and_target_have_to_be_signed_and_what_is_signed_may_not_change() {
    let codecommit = usual().await;
    let list = Signing::operation(token::ALICE, "ListRepositories", &json!({}));
    for (unsigned, said) in [(&["host"][..], "'Host' or ':authority'"), (&["x-amz-target"], "'x-amz-target'")] {
        let refused = Signing { unsigned, ..list.clone() }.send(&codecommit).await;
        assert_eq!(error(&refused), (400, "InvalidSignatureException".to_owned()));
        assert!(message(&refused).starts_with(said), "{}", message(&refused));
    }
    let other_body = send(list.request(&codecommit.url()).body("{\"order\":\"descending\"}")).await;
    assert!(message(&other_body).starts_with("The request signature we calculated does not match"));
    let other_host = list.request("http://localhost:1/").build().unwrap();
    let refused = send(http().post(codecommit.url()).headers(other_host.headers().clone()).body("{}")).await;
    assert_eq!(error(&refused), (400, "InvalidSignatureException".to_owned()));
    // The session token of a temporary key may be added after signing.
    let session = Signing::operation(token::ALICE_ROLE, "ListRepositories", &json!({}));
    let unsigned = &["x-amz-security-token"];
    assert_eq!(Signing { unsigned, ..session }.send(&codecommit).await.status, 200);
}

#[tokio::test]
async fn a_temporary_key_ends_by_the_clock() {
    let ends = now() + Duration::hours(1);
    let key = AccessKey::new(&token::ALICE_EXPIRING).expiring(ends);
    for (at, status) in [(ends - Duration::seconds(1), 200), (ends, 400)] {
        let scene = CodeCommit::region("us-east-1").account("alice").token("alice", key.clone());
        let scene = scene.policy("alice", Statement::allow(&["codecommit:*"], "*"));
        let codecommit = scene.clock(move || at).start().await.unwrap();
        let list = Signing { at, ..Signing::operation(token::ALICE_EXPIRING, "ListRepositories", &json!({})) };
        assert_eq!(list.send(&codecommit).await.status, status);
    }
}
