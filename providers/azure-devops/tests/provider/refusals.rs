//! Refusals beside those of the table: what a second answer or none makes of them, and shapes nobody was seen to send.

use countersign_provider_azure_devops::AzureDevOps;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, get, post};
use countersign_sdk::types::{Failure, FailureReason, Integration, SendFailureKind, Wait};
use serde_json::json;

use crate::{
    ALICE_ID, COMMIT, NONE, REPO, TFS, asks_for, asks_who, at, cloud, connection, error, list, repo, script, server,
    server_repo, settings, versioned,
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

/// Of a server of one's own; `then` answers whose the credential is.
fn refusal_of_ones_own(answer: Answer, then: Option<Answer>) -> Failure {
    let asked = (get(server_repo("/refs?filter=heads%2F&%24top=100", "7.0")), answer);
    let who = || get(format!("{TFS}/_apis/connectionData?api-version=5.0-preview.1"));
    let steps = script([asked].into_iter().chain(then.map(|then| (who(), then))));
    AzureDevOps.list_branches(&server("2022"), &steps, REPO, None, None, 100).unwrap_err()
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
fn v1_an_empty_401_is_settled_by_asking_whose_the_credential_is() {
    let anonymous = connection("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "");
    let unknown = refusal_after(bare(401), [(asks_who(), anonymous)]);
    assert_eq!((unknown.reason, unknown.help_url.as_deref()), (FailureReason::CredentialRejected, Some(TOKENS)));
    let known = refusal_after(bare(401), [(asks_who(), connection(ALICE_ID, "alice"))]);
    assert_eq!(known.reason, FailureReason::PermissionMissing("Code (Read)".into()));
    assert_eq!(known.help_url.as_deref(), Some(TOKENS));
    let outage = refusal_after(bare(401), [(asks_who(), page(503, "<html>"))]);
    assert_eq!(outage.reason, FailureReason::Unavailable, "nobody is sure");
}

#[test]
fn ways_to_sign_in_may_stand_on_several_lines() {
    let offering = |ways: &[&str]| {
        let shown = Answer::empty(401).header("Server", "Microsoft-IIS/10.0");
        ways.iter().fold(shown, |answer, way| answer.header("WWW-Authenticate", way))
    };
    let tokens = || offering(&["Bearer", "Basic realm=\"https://tfs.example.com/tfs\"", "Negotiate", "NTLM"]);
    let lacks = FailureReason::PermissionMissing("Code (Read)".into());
    assert_eq!(refusal_of_ones_own(tokens(), Some(connection(ALICE_ID, "alice"))).reason, lacks);
    let windows = || offering(&["Negotiate", "NTLM"]);
    let said = refusal_of_ones_own(windows(), None);
    assert_eq!(said.reason, FailureReason::Protected);
    assert!(said.message.contains("Negotiate, NTLM"), "{}", said.message);
    let others = refusal_of_ones_own(offering(&["Digest realm=\"a proxy\""]), None);
    assert_eq!(others.reason, FailureReason::UnexpectedReply, "not the server's");
    for of_the_hosted in [tokens(), windows()] {
        assert_eq!(refusal(of_the_hosted).reason, FailureReason::UnexpectedReply, "it has none of these");
    }
}

#[test]
fn an_empty_401_that_names_the_caller_needs_no_second_request() {
    let named = || bare(401).header("X-VSS-UserData", &format!("{ALICE_ID}:alice@example.com"));
    assert_eq!(refusal(named()).reason, FailureReason::PermissionMissing("Code (Read)".into()));
    assert_eq!(deleting(named()).reason, FailureReason::PermissionMissing("Code (Read & write)".into()));
}

#[test]
fn the_web_server_of_a_server_of_ones_own_speaks_other_languages_too() {
    const CHALLENGE: &str = "Bearer, Basic realm=\"https://tfs.example.com/tfs\", Negotiate, NTLM";
    let nobodys = || Answer::empty(401).header("WWW-Authenticate", CHALLENGE);
    let empty = || nobodys().header("X-Powered-By", "ASP.NET");
    let shown = || {
        page(401, "<html><title>401 - Nicht autorisiert: Zugriff verweigert.</title>")
            .header("WWW-Authenticate", CHALLENGE)
    };
    for refused in [&empty as &dyn Fn() -> Answer, &shown] {
        let rejected = refusal_of_ones_own(refused(), Some(refused()));
        assert_eq!(rejected.reason, FailureReason::CredentialRejected);
        assert_eq!(rejected.help_url.as_deref(), Some(&*format!("{TFS}/_usersSettings/tokens")));
        let scope = refusal_of_ones_own(refused(), Some(connection(ALICE_ID, "alice")));
        assert_eq!(scope.reason, FailureReason::PermissionMissing("Code (Read)".into()));
    }
    assert_eq!(
        refusal_of_ones_own(nobodys(), None).reason,
        FailureReason::UnexpectedReply,
        "a proxy's, for all one knows"
    );
}

#[test]
fn v5_a_page_to_sign_in_is_a_rejected_credential_if_it_is_the_service_s() {
    let sign_in = "<html><head><title>\r\n\tAzure DevOps Services | Sign In\r\n</title></head></html>";
    let away = "https://spsprodeus27.vssps.visualstudio.com/_signin?realm=dev.azure.com";
    let localized = format!("<html>Anmelden<script>location = '{away}'</script>");
    let microsofts =
        || Answer::empty(302).header("Location", "https://login.microsoftonline.com/common/oauth2/authorize");
    for answer in [
        page(200, sign_in),
        page(203, &localized).header("X-TFS-ProcessId", "7abd520f"),
        page(203, &format!("<html><head><title>Object moved</title></head><a href=\"{away}\">here</a>")),
        page(302, "<html>Object moved</html>").header("Location", away),
        microsofts().header("X-VSS-E2EID", "7abd520f"),
    ] {
        assert_eq!(refusal(answer).reason, FailureReason::CredentialRejected);
    }
    assert_eq!(refusal(microsofts()).reason, FailureReason::UnexpectedReply, "anybody leads there");
    assert_eq!(deleting(page(203, sign_in)).reason, FailureReason::CredentialRejected, "nothing was changed");
    for gateway in [
        "<html>Maintenance</html>",
        "<html><title>Sign in to continue</title>",
        "<html>Anmelden</html>",
        &localized,
        &format!("<html><title>Not allowed</title><p>You asked for {away}</p>"),
    ] {
        assert_eq!(refusal(page(200, gateway)).reason, FailureReason::UnexpectedReply, "{gateway}");
        assert_eq!(refusal(page(203, gateway)).reason, FailureReason::UnexpectedReply, "{gateway}");
        assert_eq!(deleting(page(203, gateway)).reason, FailureReason::OutcomeUnknown, "{gateway}");
    }
}

#[test]
fn what_stands_before_the_server_blames_nobody() {
    const POLICY: &str = "<html>Your IP address is blocked by policy. You have no permission.</html>";
    for status in [401, 403] {
        assert_eq!(refusal(page(status, POLICY)).reason, FailureReason::UnexpectedReply);
        assert_eq!(deleting(page(status, POLICY)).reason, FailureReason::UnexpectedReply, "it was not carried out");
        assert_eq!(refusal(Answer::empty(status)).reason, FailureReason::UnexpectedReply);
        let text = refusal(Answer::text(status, "text/plain", "access denied by policy"));
        assert_eq!((text.reason, &*text.message), (FailureReason::UnexpectedReply, "access denied by policy"));
    }
}

#[test]
fn words_the_server_was_never_seen_to_say_blame_nobody() {
    for status in [400, 401, 403, 409, 418] {
        for key in ["", "SomethingNewException", "UnauthorizedRequestException"] {
            let failure = refusal(error(status, key, "VS999999: Heute nicht."));
            assert_eq!(failure.reason, FailureReason::UnexpectedReply, "{status} {key}");
            assert_eq!(failure.message, "VS999999: Heute nicht.");
        }
    }
    let called = refusal(error(403, "SomethingNewException", ""));
    assert!(called.message.contains("SomethingNewException"), "{}", called.message);
    for (member, of, reason) in [
        ("typeName", "Microsoft.TeamFoundation.Git.Server", FailureReason::PermissionMissing("Nein.".into())),
        ("$type", "Microsoft.TeamFoundation.Git.Server", FailureReason::PermissionMissing("Nein.".into())),
        ("typeName", "Acme.Server", FailureReason::UnexpectedReply),
        ("$type", "Microsoft.AspNetCore.Http", FailureReason::UnexpectedReply),
    ] {
        let by_name = json!({ "message": "Nein.", member: format!("{of}.GitNeedsPermissionException, {of}") });
        assert_eq!(refusal(Answer::json(403, by_name)).reason, reason, "an exception of {of} without a key");
    }
}

#[test]
fn words_that_name_what_forbids_it_are_taken_at_any_status_but_404() {
    let reason = |status, message| refusal(error(status, "VssServiceException", message)).reason;
    let names = "The branch 'read-only' or refs/heads/policy cannot be taken.";
    for status in [400, 401, 403, 409] {
        assert_eq!(reason(status, names), FailureReason::UnexpectedReply);
        assert_eq!(reason(status, "Your IP address is not allowed."), FailureReason::Protected);
        assert_eq!(reason(status, "The repository 'x' is disabled."), FailureReason::ReadOnly);
        assert_eq!(reason(status, "The collection is in a read-only state."), FailureReason::ReadOnly);
        let scope = "The token lacks the scope vso.code.";
        assert_eq!(reason(status, scope), FailureReason::PermissionMissing(scope.into()));
        let named = "Alice needs the following permission(s) to perform this action: Read.";
        assert_eq!(reason(status, named), FailureReason::PermissionMissing("Read".into()));
    }
    let repository = || error(404, "VssServiceException", "Not found, or you have no permission.");
    let steps = [(get(repo("")), repository())];
    let hidden = refusal_after(repository(), steps).reason;
    assert_eq!(hidden, FailureReason::NotFound("repository Platform/widgets".into()));
}

#[test]
fn a_server_that_wants_https_is_a_setting_to_mend() {
    let plain = settings(&[("collection_url", "http://tfs.example.com:8080/tfs/Main"), ("version", "2022")]);
    let integration = Integration { kind: "tfs".into(), settings: plain };
    let asked = get(versioned("http://tfs.example.com:8080/tfs/Main/_apis/git/repositories", "7.0"));
    let moved = "https://tfs.example.com/tfs/Main/_apis/git/repositories?api-version=7.0";
    let steps = script([(asked, Answer::empty(302).header("Location", moved))]);
    let failure = AzureDevOps.list_repositories(&integration, &steps, None, None, 100).unwrap_err();
    assert!(matches!(failure.reason, FailureReason::Misconfigured(error) if error.field == "collection_url"));
}

#[test]
fn v2_a_limit_says_until_when_as_well_as_it_can_be_read() {
    let blocked = "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource 'Concurrency'.";
    let limited = |answer: Answer| match refusal(answer).reason {
        FailureReason::RateLimited(wait) => wait,
        other => panic!("{other:?}"),
    };
    let refused = || error(429, "RequestCanceledException", blocked);
    let both = refused().header("Retry-After", "5").header("X-RateLimit-Reset", "1700000000");
    assert_eq!(limited(both), Wait::Seconds(5));
    let in_milliseconds = refused().header("Retry-After", "soon").header("X-RateLimit-Reset", "1700000000000");
    assert_eq!(limited(in_milliseconds), Wait::Unknown);
    for odd in ["Wed, 21 Okt 2026 07:28:00 GMT", "21 Oct 2026", "Wed, 99 Oct 2026 07:28:00 GMT"] {
        assert_eq!(limited(refused().header("Retry-After", odd)), Wait::Unknown, "{odd}");
    }
    assert_eq!(limited(error(503, "RequestCanceledException", blocked).header("Retry-After", "30")), Wait::Seconds(30));
}

#[test]
fn a_success_that_was_delayed_is_a_success() {
    let delayed = at("main", COMMIT).header("Retry-After", "10").header("X-RateLimit-Delay", "9.5");
    let steps = script([(get(repo("/refs?filter=heads%2F&%24top=100")), delayed)]);
    assert_eq!(AzureDevOps.list_branches(&cloud(), &steps, REPO, None, None, 100).unwrap().items.len(), 1);
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
fn v9_what_is_no_answer_to_the_question_is_an_unexpected_reply() {
    for answer in [
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
