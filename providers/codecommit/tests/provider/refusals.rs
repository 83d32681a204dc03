//! What holds of any refusal, tried on `list-branches` and on a change, and every form in which AWS names an error. What each
//! refusal means is in a table: see `refusal_table.rs`.

use std::fs;

use countersign_provider_codecommit::CodeCommit;
use countersign_sdk::Provider;
use countersign_sdk::testing::Answer;
use countersign_sdk::types::{Failure, FailureReason, SendFailureKind, Wait};
use serde_json::{Value, json};

use crate::recorded::specs;
use crate::{COMMIT, REPO, asks_for, at, changes, denied, error, ok, reads, script, stands};

pub const UNKNOWN: Wait = Wait::Unknown;

fn refusal(answer: Answer) -> Failure {
    let lists = reads("ListBranches", json!({ "repositoryName": REPO }));
    CodeCommit.list_branches(&at(), &script([(lists, answer)]), REPO, None, None, 100).unwrap_err()
}

fn deleting(answer: Answer) -> Failure {
    let deletes = changes("DeleteBranch", json!({ "repositoryName": REPO, "branchName": "x" }));
    let steps = script([(asks_for("x"), stands("x", COMMIT)), (deletes, answer)]);
    CodeCommit.delete_branch(&at(), &steps, REPO, "x").unwrap_err()
}

#[test]
fn v1_what_is_not_known_blames_neither_the_key_nor_a_permission() {
    for status in [400, 401, 403, 404, 409, 418] {
        let answers: [(&dyn Fn() -> Answer, &str); 5] = [
            (
                &|| Answer::json(status, json!({ "__type": "KeyDenied", "message": "Not today" })),
                "KeyDenied: Not today",
            ),
            (
                &|| Answer::json(status, json!({ "message": "The credentials were refused" })),
                "credentials were refused",
            ),
            (&|| Answer::text(status, "text/xml", "<NewException><Message>No</Message></NewException>"), "New: No"),
            (&|| Answer::text(status, "text/plain", "Access denied by policy\n"), "Access denied by policy"),
            (&|| Answer::empty(status), "gave no reason"),
        ];
        for (answer, words) in answers {
            for failure in [refusal(answer()), deleting(answer())] {
                assert_eq!(failure.reason, FailureReason::UnexpectedReply, "{status} {words}");
                assert!(failure.message.contains(words), "{}", failure.message);
            }
        }
    }
}

#[test]
fn a_wrong_clock_is_told_from_a_wrong_key_and_can_be_set() {
    let message =
        "Signature expired: 20250101T000000Z is now earlier than 20250101T002000Z (20250101T002500Z - 5 min.)";
    let failure = refusal(error("InvalidSignatureException", message));
    assert_eq!(failure.reason, FailureReason::Unavailable);
    assert!(failure.message.contains("Set the clock of the machine"), "{}", failure.message);
    assert!(failure.message.contains(message), "{}", failure.message);
}

#[test]
fn a_wrong_region_is_the_administrators() {
    match refusal(error("InvalidSignatureException", "Credential should be scoped to a valid region. ")).reason {
        FailureReason::Misconfigured(setting) => assert_eq!(setting.field, "region"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_sent_is_not_shown() {
    for echo in [
        "It is\n\nThe Canonical String for this request should have been\n'POST\n/\n\nx-amz-security-token:SENT'",
        "It is Authorization=AWS4-HMAC-SHA256 Credential=SENT",
        "It is in Authorization header: 'AWS4-HMAC-SHA256 Credential=SENT'.",
        "It is, got 'SENT'",
    ] {
        assert_eq!(refusal(error("IncompleteSignatureException", echo)).message, "IncompleteSignature: It is");
    }
}

#[test]
fn v2_throttling_says_how_long_where_aws_does() {
    let throttled = || Answer::json(503, json!({ "__type": "ThrottlingException" }));
    assert_eq!(refusal(throttled()).reason, FailureReason::RateLimited(Wait::Unknown), "whatever the status");
    assert_eq!(deleting(throttled()).reason, FailureReason::RateLimited(Wait::Unknown), "whatever the status");
    for (header, value, wait) in [
        ("Retry-After", "8", Wait::Seconds(8)),
        ("Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT", Wait::Until(1_445_412_480)),
        ("X-Amz-Retry-After", "1", Wait::Seconds(1)),
        ("X-Amz-Retry-After", "soon", Wait::Unknown),
    ] {
        let reason = refusal(throttled().header(header, value)).reason;
        assert_eq!(reason, FailureReason::RateLimited(wait), "{header}: {value}");
    }
}

#[test]
fn a_missing_permission_that_aws_does_not_name_is_that_of_the_operation() {
    for odd in ["User: x is not authorized to perform: <script> on resource: y", "x is not authorized to perform: ", ""]
    {
        let reason = refusal(error("AccessDeniedException", odd)).reason;
        assert_eq!(reason, FailureReason::PermissionMissing("codecommit:ListBranches".into()));
    }
    let reason = refusal(denied("kms:Decrypt")).reason;
    assert_eq!(reason, FailureReason::PermissionMissing("kms:Decrypt".into()));
}

#[test]
fn v4_what_is_not_there_says_what() {
    let failure = refusal(error("RepositoryDoesNotExistException", "hello does not exist"));
    assert_eq!(failure.reason, FailureReason::NotFound("repository hello".into()));
    assert_eq!((failure.status, failure.message.as_str()), (Some(400), "RepositoryDoesNotExist: hello does not exist"));
}

#[test]
fn an_outage_is_unavailable_for_a_read_and_an_unknown_outcome_for_a_change() {
    for status in [500, 502, 503, 504] {
        let page = "<html><h1>Unavailable</h1></html>";
        let answers: [&dyn Fn() -> Answer; 3] = [
            &|| Answer::json(status, json!({ "__type": "InternalFailure" })),
            &|| Answer::text(status, "application/x-amz-json-1.1", page),
            &|| Answer::empty(status),
        ];
        for answer in answers {
            assert_eq!(refusal(answer()).reason, FailureReason::Unavailable);
            assert_eq!(deleting(answer()).reason, FailureReason::OutcomeUnknown);
        }
    }
    assert_eq!(refusal(Answer::text(200, "text/html", "<html>")).reason, FailureReason::UnexpectedReply);
}

#[test]
fn a_lost_answer_is_unavailable_for_a_read_and_an_unknown_outcome_for_a_change() {
    assert_eq!(refusal(Answer::lost(SendFailureKind::TimedOut, true)).reason, FailureReason::Unavailable);
    assert_eq!(deleting(Answer::lost(SendFailureKind::TimedOut, true)).reason, FailureReason::OutcomeUnknown);
    assert_eq!(deleting(Answer::lost(SendFailureKind::Unreachable, false)).reason, FailureReason::Unavailable);
}

#[test]
fn what_aws_was_never_seen_to_say_is_an_unexpected_reply() {
    for answer in [
        Answer::empty(204),
        ok(json!({ "branches": [{ "name": "main" }] })),
        ok(json!({ "branchNames": ["main"] })),
        ok(json!([])),
        Answer::text(200, "application/x-amz-json-1.1", "{\"branches\":["),
        Answer::empty(302).header("Location", "https://evil.example/"),
    ] {
        let failure = refusal(answer);
        assert_eq!(failure.reason, FailureReason::UnexpectedReply, "{failure:?}");
    }
}

/// The official table of the forms in which an error's name and message come. Where the status is an outage's the name is
/// of no use, so each case is also tried as a refusal.
#[test]
fn an_errors_name_is_read_in_every_official_form() {
    let path = specs().join("openapi/codecommit/aws-json-1.1-error-tests.json");
    let Ok(text) = fs::read(&path) else {
        println!("skipped: there is no {} (set COUNTERSIGN_SPECS)", path.display());
        return;
    };
    let table: Value = serde_json::from_slice(&text).unwrap();
    let cases = table["cases"].as_array().unwrap();
    assert!(cases.len() > 10);
    for case in cases {
        let answer = |status: &Value| {
            let response = &case["response"];
            Answer::recorded(
                &json!({ "status": status, "headers": response["headers"], "body": null, "body_text": response["body"] }),
            )
        };
        let message = case["errorMessage"].as_str().unwrap_or("AWS gave no reason.");
        let refused = refusal(answer(&json!(400)));
        assert_eq!(refused.message, format!("{}: {message}", case["errorCode"].as_str().unwrap()), "{}", case["id"]);
        if case["response"]["status_code"] == 500 {
            assert_eq!(refusal(answer(&json!(500))).reason, FailureReason::Unavailable, "{}", case["id"]);
        }
    }
}
