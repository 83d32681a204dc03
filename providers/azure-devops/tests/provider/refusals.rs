//! Every row of the error table that any request can meet, tried on `list-branches` (and on a change where that makes a
//! difference).

use countersign_provider_azure_devops::AzureDevOps;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, get, post};
use countersign_sdk::types::{Failure, FailureReason, SendFailureKind, Wait};
use serde_json::json;

use crate::{
    ALICE_ID, COMMIT, NONE, REPO, TFS, asks_for, asks_who, at, cloud, connection, error, list, no_repository, repo,
    script, server, server_repo,
};

const TOKENS: &str = "https://dev.azure.com/acme/_usersSettings/tokens";

fn refusal_after(answer: Answer, then: impl IntoIterator<Item = (Expected, Answer)>) -> Failure {
    let asked = (get(repo("/refs?filter=heads%2F&%24top=100")), answer);
    let steps = script([asked].into_iter().chain(then));
    AzureDevOps.list_branches(&cloud(), &steps, REPO, None, None, 100).unwrap_err()
}

fn refusal(answer: Answer) -> Failure {
    refusal_after(answer, [])
}

fn deleting(answer: Answer) -> Failure {
    let change = json!([{ "name": "refs/heads/x", "oldObjectId": COMMIT, "newObjectId": NONE }]);
    let steps = script([(asks_for("x"), at("x", COMMIT)), (post(repo("/refs")).json(change), answer)]);
    AzureDevOps.delete_branch(&cloud(), &steps, REPO, "x").unwrap_err()
}

/// An empty refusal as the server gives it.
fn bare(status: u16) -> Answer {
    Answer::empty(status)
        .header("X-VSS-E2EID", "7abd520f")
        .header("WWW-Authenticate", "Basic realm=\"https://tfsprodsin1.app.visualstudio.com/\"")
}

fn page(status: u16, body: &str) -> Answer {
    Answer::text(status, "text/html; charset=utf-8", body)
}

#[test]
fn v1_a_401_rejects_the_credential_where_the_server_says_so() {
    for (key, message) in [
        ("AccessCheckException", "Access Denied: The Personal Access Token used has expired."),
        ("UnauthorizedRequestException", "TF400813: The user '' is not authorized to access this resource."),
        ("UnauthorizedRequestException", "TF400813: Resource not available for anonymous access."),
        (
            "UnauthorizedRequestException",
            "TF400813: The user 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa' is not authorized to access this resource.",
        ),
    ] {
        let failure = refusal(error(401, key, message));
        assert_eq!(failure.reason, FailureReason::CredentialRejected, "{message}");
        assert_eq!((failure.status, failure.help_url.as_deref()), (Some(401), Some(TOKENS)));
    }
    let expired = bare(401)
        .header("X-TFS-ServiceError", "Access%20Denied%3A%20The%20Personal%20Access%20Token%20used%20has%20expired.");
    let failure = refusal(expired);
    assert_eq!(failure.reason, FailureReason::CredentialRejected);
    assert!(failure.message.contains("expired"), "{}", failure.message);
    let nobody = "TF400813%3A%20The%20user%20%27%27%20is%20not%20authorized%20to%20access%20this%20resource%2E";
    let failure = refusal(bare(401).header("X-TFS-ServiceError", nobody));
    assert_eq!(failure.reason, FailureReason::CredentialRejected);
}

#[test]
fn an_empty_401_is_settled_by_asking_whose_the_credential_is() {
    let unknown = refusal_after(bare(401), [(asks_who(), bare(401))]);
    assert_eq!(unknown.reason, FailureReason::CredentialRejected);
    let anonymous = connection("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "");
    assert_eq!(refusal_after(bare(401), [(asks_who(), anonymous)]).reason, FailureReason::CredentialRejected);
    let known = refusal_after(bare(401), [(asks_who(), connection(ALICE_ID, "alice"))]);
    assert_eq!(known.reason, FailureReason::PermissionMissing("Code (Read)".into()));
    assert_eq!(known.help_url.as_deref(), Some(TOKENS));
    let outage = refusal_after(bare(401), [(asks_who(), page(503, "<html>"))]);
    assert_eq!(outage.reason, FailureReason::Unavailable, "nobody is sure");
}

#[test]
fn a_refusal_that_names_the_caller_is_not_about_the_credential() {
    let named = || bare(401).header("X-VSS-UserData", &format!("{ALICE_ID}:alice@example.com"));
    assert_eq!(refusal(named()).reason, FailureReason::PermissionMissing("Code (Read)".into()));
    assert_eq!(deleting(named()).reason, FailureReason::PermissionMissing("Code (Read & write)".into()));
    let message = "TF400813: The user 'alice@example.com' is not authorized to access this resource.";
    let steps = [(asks_who(), connection(ALICE_ID, "alice"))];
    let failure = refusal_after(error(401, "UnauthorizedRequestException", message), steps);
    assert_eq!(
        (failure.reason, failure.message.as_str()),
        (FailureReason::PermissionMissing("Code (Read)".into()), message)
    );
}

#[test]
fn v5_a_page_to_sign_in_is_a_rejected_credential_whatever_its_status() {
    let sign_in = "<html><head><title>\r\n\tAzure DevOps Services | Sign In\r\n</title></head></html>";
    let away = "https://spsprodeus27.vssps.visualstudio.com/_signin?realm=dev.azure.com";
    let microsoft = "https://login.microsoftonline.com/common/oauth2/authorize";
    for answer in [
        page(203, sign_in),
        page(203, "<html>Anmelden</html>"),
        page(200, sign_in),
        page(200, &format!("<html><script>location = '{microsoft}'</script>")),
        page(302, "<html>Object moved</html>").header("Location", away),
        Answer::empty(302).header("Location", microsoft),
    ] {
        assert_eq!(refusal(answer).reason, FailureReason::CredentialRejected);
    }
    assert_eq!(deleting(page(203, sign_in)).reason, FailureReason::CredentialRejected, "nothing was changed");
}

#[test]
fn a_page_that_does_not_ask_to_sign_in_is_an_outage_or_a_proxy() {
    assert_eq!(refusal(page(200, "<html>Maintenance</html>")).reason, FailureReason::Unavailable);
    assert_eq!(refusal(page(401, "<html>Proxy login</html>")).reason, FailureReason::Unavailable);
    assert_eq!(refusal(page(403, "<html>Blocked</html>")).reason, FailureReason::Unavailable);
    assert_eq!(refusal(Answer::empty(401)).reason, FailureReason::UnexpectedReply);
    assert_eq!(refusal(Answer::empty(403)).reason, FailureReason::UnexpectedReply);
}

#[test]
fn the_web_server_of_a_server_of_ones_own_rejects_before_the_api_is_reached() {
    let ask = |answer: Answer, then: Option<Answer>| {
        let asked = (get(server_repo("/refs?filter=heads%2F&%24top=100", "7.0")), answer);
        let who = get(format!("{TFS}/_apis/connectionData?api-version=5.0-preview.1"));
        let steps = script([asked].into_iter().chain(then.map(|answer| (who, answer))));
        AzureDevOps.list_branches(&server("2022"), &steps, REPO, None, None, 100).unwrap_err()
    };
    const CHALLENGE: &str = "Bearer, Basic realm=\"https://tfs.example.com/tfs\", Negotiate, NTLM";
    let shown = ask(page(401, "<html>401</html>").header("WWW-Authenticate", CHALLENGE), None);
    assert_eq!(shown.reason, FailureReason::CredentialRejected);
    assert_eq!(shown.help_url.as_deref(), Some("https://tfs.example.com/tfs/DefaultCollection/_usersSettings/tokens"));
    let words = "<html><title>401 - Unauthorized: Access is denied due to invalid credentials.</title></html>";
    let basic_only = page(401, words).header("WWW-Authenticate", "Basic realm=\"tfs.example.com\"");
    assert_eq!(ask(basic_only, None).reason, FailureReason::CredentialRejected);
    let empty = || Answer::empty(401).header("WWW-Authenticate", CHALLENGE);
    let scope = ask(empty(), Some(connection(ALICE_ID, "alice")));
    assert_eq!(scope.reason, FailureReason::PermissionMissing("Code (Read)".into()));
    assert_eq!(ask(empty(), Some(empty())).reason, FailureReason::CredentialRejected);
}

#[test]
fn a_403_names_the_permission_or_the_scope() {
    let message = "TF401027: You need the Git 'GenericRead' permission to perform this action.";
    let read = refusal(error(403, "GitNeedsPermissionException", message));
    assert_eq!(read.reason, FailureReason::PermissionMissing("Read".into()));
    let other = "TF401027: You need the Git 'ManageNote' permission to perform this action.";
    let failure = refusal(error(403, "GitNeedsPermissionException", other));
    assert_eq!(failure.reason, FailureReason::PermissionMissing("ManageNote".into()));
    assert_eq!(refusal(bare(403)).reason, FailureReason::PermissionMissing("Code (Read)".into()));
    assert_eq!(deleting(bare(403)).reason, FailureReason::PermissionMissing("Code (Read & write)".into()));
    let hidden = refusal(error(403, "GitRepositoryNotFoundException", "TF401019: The Git repository does not exist."));
    assert_eq!(hidden.reason, FailureReason::NotFound("repository Platform/widgets".into()));
}

#[test]
fn v2_rate_limits_say_until_when_and_never_blame_the_credential() {
    let blocked = "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource 'Concurrency'.";
    let limited = |answer: Answer| match refusal(answer).reason {
        FailureReason::RateLimited(wait) => wait,
        other => panic!("{other:?}"),
    };
    let refused = || error(429, "RequestCanceledException", blocked);
    let both = refused().header("Retry-After", "5").header("X-RateLimit-Reset", "1700000000");
    assert_eq!(limited(both), Wait::Seconds(5));
    assert_eq!(limited(refused().header("X-RateLimit-Reset", "1700000000")), Wait::Until(1_700_000_000));
    let dated = refused().header("Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT");
    assert_eq!(limited(dated.header("X-RateLimit-Reset", "1700000000000")), Wait::Unknown);
    assert_eq!(limited(Answer::empty(429)), Wait::Unknown);
    assert_eq!(limited(error(503, "RequestCanceledException", blocked).header("Retry-After", "30")), Wait::Seconds(30));
}

#[test]
fn a_success_that_was_delayed_is_a_success() {
    let delayed = at("main", COMMIT).header("Retry-After", "10").header("X-RateLimit-Delay", "9.5");
    let steps = script([(get(repo("/refs?filter=heads%2F&%24top=100")), delayed)]);
    assert_eq!(AzureDevOps.list_branches(&cloud(), &steps, REPO, None, None, 100).unwrap().items.len(), 1);
}

#[test]
fn v4_a_404_is_missing_or_invisible_and_says_what() {
    for (key, message) in [
        ("ProjectDoesNotExistWithNameException", "TF200016: The following project does not exist: Platform."),
        ("ProjectDoesNotExistException", "VS800075: The project does not exist."),
        ("GitRepositoryNotFoundException", "TF401019: The Git repository does not exist."),
    ] {
        let failure = refusal_after(error(404, key, message), [(get(repo("")), no_repository())]);
        assert_eq!(failure.reason, FailureReason::NotFound("repository Platform/widgets".into()));
        assert_eq!((failure.status, failure.message.as_str()), (Some(404), message));
    }
}

#[test]
fn a_version_the_server_does_not_have_is_a_setting_to_mend() {
    let asked = get(server_repo("/refs?filter=heads%2F&%24top=100", "6.0"));
    let message = "The requested version \"6.0\" of the resource is under preview. The -preview flag must be supplied.";
    let steps = script([(asked, error(400, "VssInvalidPreviewVersionException", message))]);
    let failure = AzureDevOps.list_branches(&server("2020"), &steps, REPO, None, None, 100).unwrap_err();
    let FailureReason::Misconfigured(error) = failure.reason else { panic!("{failure:?}") };
    assert_eq!(error.field, "version");
    assert!(error.message.contains("choose an older one"), "{}", error.message);
}

#[test]
fn an_outage_is_unavailable_for_a_read_and_an_unknown_outcome_for_a_change() {
    for status in [500, 502, 503, 504] {
        let outage = || page(status, "<html><h1>Unavailable</h1></html>");
        assert_eq!(refusal(outage()).reason, FailureReason::Unavailable);
        assert_eq!(deleting(outage()).reason, FailureReason::OutcomeUnknown);
    }
}

#[test]
fn a_lost_answer_is_unavailable_for_a_read_and_an_unknown_outcome_for_a_change() {
    assert_eq!(refusal(Answer::lost(SendFailureKind::TimedOut, true)).reason, FailureReason::Unavailable);
    assert_eq!(deleting(Answer::lost(SendFailureKind::TimedOut, true)).reason, FailureReason::OutcomeUnknown);
    assert_eq!(deleting(Answer::lost(SendFailureKind::Unreachable, false)).reason, FailureReason::Unavailable);
}

#[test]
fn v9_what_the_server_was_never_seen_to_say_is_an_unexpected_reply() {
    let other =
        Answer::json(405, json!({ "count": 1, "value": { "Message": "The requested resource does not support it." } }));
    let failure = refusal(other);
    assert_eq!(failure.message, "The requested resource does not support it.");
    for answer in [
        error(400, "InvalidArgumentValueException", "Invalid argument value."),
        Answer::empty(304),
        Answer::empty(204),
        Answer::json(200, json!({ "message": "hello" })),
        Answer::json(200, json!({ "value": { "name": "main" } })),
        list(json!([{ "name": "refs/heads/main" }])),
        list(json!([{ "name": 1, "objectId": COMMIT }])),
        Answer::text(200, "application/json", "{\"value\":["),
        Answer::text(409, "text/plain", "Request forbidden by administrative rules."),
        Answer::empty(302).header("Location", "https://evil.example/"),
        Answer::empty(301),
    ] {
        let failure = refusal(answer);
        assert_eq!(failure.reason, FailureReason::UnexpectedReply, "{failure:?}");
    }
}
