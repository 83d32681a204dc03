//! What AWS says to any request, tried on `list-branches` (and on a change where that makes a difference), and every form
//! in which it names an error.

use std::fs;

use countersign_provider_codecommit::CodeCommit;
use countersign_sdk::Provider;
use countersign_sdk::testing::Answer;
use countersign_sdk::types::{Failure, FailureReason, SendFailureKind, Wait};
use serde_json::{Value, json};

use crate::recorded::specs;
use crate::{COMMIT, REPO, asks_for, at, changes, denied, error, explicitly_denied, ok, reads, script, stands};

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
fn v1_a_key_is_rejected_only_when_aws_names_it() {
    for name in [
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "ExpiredTokenException",
        "InvalidSignatureException",
        "IncompleteSignatureException",
        "com.amazon.coral.service#UnrecognizedClientException",
    ] {
        assert_eq!(refusal(error(name, "x")).reason, FailureReason::CredentialRejected, "{name}");
        assert_eq!(deleting(error(name, "x")).reason, FailureReason::CredentialRejected, "{name}");
    }
    for doubtful in [
        error("MissingAuthenticationTokenException", "Missing Authentication Token"),
        error("OptInRequired", "The AWS Access Key Id needs a subscription for the service"),
        Answer::json(403, json!({ "message": "Forbidden" })),
        Answer::empty(401),
    ] {
        assert_eq!(refusal(doubtful).reason, FailureReason::UnexpectedReply);
    }
    let proxy = Answer::text(403, "text/html", "<html>Proxy login</html>");
    assert_eq!(refusal(proxy).reason, FailureReason::Unavailable);
}

#[test]
fn a_wrong_clock_does_not_cost_the_key() {
    for message in [
        "Signature expired: 20250101T000000Z is now earlier than 20250101T002000Z (20250101T002500Z - 5 min.)",
        "Signature not yet current: 20250101T003000Z is still later than 20250101T002500Z (20250101T002000Z + 5 min.)",
    ] {
        let failure = refusal(error("InvalidSignatureException", message));
        assert_eq!(failure.reason, FailureReason::Unavailable);
        assert!(failure.message.contains("Set the clock of the machine"), "{}", failure.message);
        assert!(failure.message.contains("20250101T003000Z") || failure.message.contains("20250101T002000Z"));
        let reason = deleting(error("InvalidSignatureException", message)).reason;
        assert_eq!(reason, FailureReason::Unavailable, "nothing was done");
    }
    assert_eq!(refusal(error("RequestExpired", "Request has expired.")).reason, FailureReason::Unavailable);
}

#[test]
fn a_wrong_region_is_the_administrators() {
    for message in [
        "Credential should be scoped to a valid region. ",
        "Credential should be scoped to correct service: 'codecommit'. ",
    ] {
        match refusal(error("InvalidSignatureException", message)).reason {
            FailureReason::Misconfigured(setting) => assert_eq!(setting.field, "region"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn v2_throttling_says_how_long_where_aws_does_and_never_blames_the_key() {
    for name in ["ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"] {
        assert_eq!(refusal(error(name, "Rate exceeded")).reason, FailureReason::RateLimited(Wait::Unknown), "{name}");
        assert_eq!(deleting(error(name, "Rate exceeded")).reason, FailureReason::RateLimited(Wait::Unknown), "{name}");
    }
    let named = error("ThrottlingException", "Rate exceeded").header("Retry-After", "8");
    assert_eq!(refusal(named).reason, FailureReason::RateLimited(Wait::Seconds(8)));
    assert_eq!(refusal(Answer::empty(429)).reason, FailureReason::RateLimited(Wait::Unknown));
    let unavailable = Answer::json(503, json!({ "__type": "ThrottlingException" }));
    assert_eq!(refusal(unavailable).reason, FailureReason::RateLimited(Wait::Unknown), "whatever the status");
}

#[test]
fn a_missing_permission_is_named_in_aws_words() {
    let missing = |failure: Failure| match failure.reason {
        FailureReason::PermissionMissing(which) => which,
        other => panic!("{other:?}"),
    };
    assert_eq!(missing(refusal(denied("codecommit:ListBranches"))), "codecommit:ListBranches");
    assert_eq!(missing(refusal(explicitly_denied("codecommit:ListBranches"))), "codecommit:ListBranches");
    assert_eq!(missing(refusal(denied("kms:Decrypt"))), "kms:Decrypt");
    for odd in ["User: x is not authorized to perform: <script> on resource: y", "not authorized to perform: ", "No."] {
        assert_eq!(missing(refusal(error("AccessDeniedException", odd))), "codecommit:ListBranches");
    }
    let silent = refusal(Answer::json(400, json!({ "__type": "AccessDeniedException" })));
    assert_eq!(silent.message, "AccessDenied: AWS gave no reason.");
    assert_eq!(missing(silent), "codecommit:ListBranches");
    assert!(missing(refusal(error("EncryptionKeyAccessDeniedException", "x"))).contains("KMS"));
}

#[test]
fn an_encryption_key_out_of_order_is_an_outage_of_the_repository() {
    for name in
        ["EncryptionKeyDisabledException", "EncryptionKeyNotFoundException", "EncryptionKeyUnavailableException"]
    {
        assert_eq!(refusal(error(name, "x")).reason, FailureReason::Unavailable);
        assert_eq!(deleting(error(name, "x")).reason, FailureReason::Unavailable, "nothing was done");
    }
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
    assert_eq!(refusal(Answer::text(200, "text/html", "<html>")).reason, FailureReason::Unavailable);
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
        error("ValidationException", "1 validation error detected"),
        Answer::json(404, json!({ "__type": "UnknownOperationException" })),
        Answer::empty(204),
        ok(json!({ "branches": [{ "name": "main" }] })),
        ok(json!({ "branchNames": ["main"] })),
        ok(json!([])),
        Answer::text(200, "application/x-amz-json-1.1", "{\"branches\":["),
        Answer::text(400, "text/plain", "Bad request"),
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
