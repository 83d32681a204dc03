//! Whose credential it is, what it may do, and whether the server is as old or new as the administrator thinks.

use countersign_provider_azure_devops::AzureDevOps;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, get};
use countersign_sdk::types::{Expiry, Failure, FailureReason, Identity, PermissionState, SendFailureKind};
use serde_json::json;

use crate::{ALICE_ID, BASE, TFS, asks_who, cloud, connection, error, list, script, server, versioned};

const OUT_OF_RANGE: &str = "VssVersionOutOfRangeException";

fn asks_for_repositories() -> Expected {
    get(versioned(&format!("{BASE}/_apis/git/repositories"), "7.1"))
}

fn whoami(who: Answer, then: impl IntoIterator<Item = (Expected, Answer)>) -> Result<Identity, Failure> {
    AzureDevOps.whoami(&cloud(), &script([(asks_who(), who)].into_iter().chain(then)))
}

fn known(repositories: Answer) -> Result<Identity, Failure> {
    whoami(connection(ALICE_ID, "alice@example.com"), [(asks_for_repositories(), repositories)])
}

/// As a token is refused that is wrong, or not for this.
fn silent() -> Answer {
    Answer::empty(401).header("X-VSS-E2EID", "7abd520f").header("WWW-Authenticate", "Basic realm=\"x\"")
}

fn states(identity: &Identity) -> [PermissionState; 2] {
    let named: Vec<_> = identity.permissions.iter().map(|permission| permission.name.clone()).collect();
    let needed: Vec<_> = AzureDevOps.describe().kinds[0].permissions.iter().map(|needed| needed.name.clone()).collect();
    assert_eq!(named, needed, "one entry for each permission of the kind");
    [identity.permissions[0].state, identity.permissions[1].state]
}

fn out_of_range(asked: &str, newest: &str) -> Answer {
    let message = format!(
        "The requested REST API version of {asked} is out of range for this server. The latest REST API version this server supports is {newest}."
    );
    error(400, OUT_OF_RANGE, &message)
}

#[test]
fn the_account_is_named_by_its_immutable_id() {
    let identity = known(list(json!([]))).unwrap();
    assert_eq!((identity.account.id.as_str(), identity.account.login.as_str()), (ALICE_ID, "alice@example.com"));
    assert_eq!(identity.expiry, Expiry::Unknown);
}

#[test]
fn an_account_without_the_property_goes_by_its_display_name() {
    let user = json!({ "id": ALICE_ID, "providerDisplayName": "Alice", "properties": {} });
    let who = Answer::json(200, json!({ "authenticatedUser": user }));
    let identity = whoami(who, [(asks_for_repositories(), list(json!([])))]).unwrap();
    assert_eq!(identity.account.login, "Alice");
}

#[test]
fn reading_is_tried_and_writing_is_not_known_before_it_is_done() {
    let can = known(list(json!([]))).unwrap();
    assert_eq!(states(&can), [PermissionState::Present, PermissionState::CannotTell]);
    let needs = "TF401027: You need the Git 'GenericRead' permission to perform this action.";
    for answer in [silent(), error(403, "GitNeedsPermissionException", needs)] {
        assert_eq!(states(&known(answer).unwrap()), [PermissionState::Absent, PermissionState::Absent]);
    }
    let without_reason = known(Answer::empty(403).header("X-VSS-E2EID", "7abd520f")).unwrap();
    assert_eq!(states(&without_reason), [PermissionState::CannotTell, PermissionState::CannotTell]);
    let large = known(Answer::lost(SendFailureKind::TooLarge, true)).unwrap();
    assert_eq!(states(&large), [PermissionState::CannotTell, PermissionState::CannotTell]);
}

#[test]
fn an_outage_or_a_policy_in_between_is_no_verdict_on_the_token() {
    let failure = known(Answer::text(503, "text/html", "<html>")).unwrap_err();
    assert_eq!(failure.reason, FailureReason::Unavailable);
    let policy = "VS403463: The conditional access policy defined by your administrator has failed.";
    let failure = known(error(403, "VssServiceException", policy)).unwrap_err();
    assert_eq!((failure.reason, failure.message.as_str()), (FailureReason::Protected, policy));
}

#[test]
fn nobody_is_nobody() {
    let anonymous = connection("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "");
    let failure = whoami(anonymous, []).unwrap_err();
    assert_eq!(failure.reason, FailureReason::CredentialRejected);
    assert_eq!(failure.help_url.as_deref(), Some("https://dev.azure.com/acme/_usersSettings/tokens"));
}

#[test]
fn a_401_to_this_question_is_a_rejected_credential_if_the_server_gave_it() {
    assert_eq!(whoami(silent(), []).unwrap_err().reason, FailureReason::CredentialRejected);
    let proxy = Answer::text(401, "text/html", "<html>Proxy login</html>");
    assert_eq!(whoami(proxy, []).unwrap_err().reason, FailureReason::UnexpectedReply);
    assert_eq!(whoami(Answer::empty(401), []).unwrap_err().reason, FailureReason::UnexpectedReply);
}

#[test]
fn an_organization_that_is_not_there_is_a_setting_to_mend() {
    let failure = whoami(Answer::text(404, "text/html", "<html>"), []).unwrap_err();
    let FailureReason::Misconfigured(error) = failure.reason else { panic!("{failure:?}") };
    assert_eq!(error.field, "organization");
    assert!(error.message.contains(BASE), "{}", error.message);

    let steps = script([(get(format!("{TFS}/_apis/connectionData")), Answer::text(404, "text/html", "<html>"))]);
    let failure = AzureDevOps.whoami(&server("2018"), &steps).unwrap_err();
    assert!(matches!(failure.reason, FailureReason::Misconfigured(error) if error.field == "collection_url"));
}

#[test]
fn a_server_older_than_the_choice_names_the_choice_that_fits() {
    let asks = (get(format!("{TFS}/_apis/connectionData?api-version=5.0-preview.1")), connection(ALICE_ID, "alice"));
    let lists = get(versioned(&format!("{TFS}/_apis/git/repositories"), "7.0"));
    let steps = script([asks, (lists, out_of_range("7.0", "5.1"))]);
    let failure = AzureDevOps.whoami(&server("2022"), &steps).unwrap_err();
    let FailureReason::Misconfigured(error) = failure.reason else { panic!("{failure:?}") };
    assert_eq!(error.field, "version");
    assert!(error.message.contains("choose 2019") && error.message.contains("supports is 5.1"), "{}", error.message);
}

#[test]
fn a_server_too_old_for_the_first_question_says_so_too() {
    let asks = get(format!("{TFS}/_apis/connectionData?api-version=5.0-preview.1"));
    let failure = AzureDevOps.whoami(&server("2019"), &script([(asks, out_of_range("5.0", "4.1"))])).unwrap_err();
    assert!(matches!(failure.reason, FailureReason::Misconfigured(error) if error.message.contains("choose 2018")));
}

#[test]
fn old_servers_are_asked_in_their_own_version() {
    for (version, api) in [("2013", "1.0"), ("2015", "2.0"), ("2017", "3.0"), ("2018", "4.0")] {
        let asks = (get(format!("{TFS}/_apis/connectionData")), connection(ALICE_ID, "alice"));
        let lists = get(versioned(&format!("{TFS}/_apis/git/repositories"), api));
        let identity = AzureDevOps.whoami(&server(version), &script([asks, (lists, list(json!([])))])).unwrap();
        assert_eq!(identity.account.login, "alice", "{version}");
    }
    for (version, api) in [("2019", "5.0"), ("2020", "6.0"), ("2022", "7.0")] {
        let url = format!("{TFS}/_apis/connectionData?api-version=5.0-preview.1");
        let asks = (get(url), connection(ALICE_ID, "alice"));
        let lists = get(versioned(&format!("{TFS}/_apis/git/repositories"), api));
        assert!(AzureDevOps.whoami(&server(version), &script([asks, (lists, list(json!([])))])).is_ok(), "{version}");
    }
}

#[test]
fn the_hosted_service_has_no_version_to_choose() {
    let failure = known(out_of_range("7.1", "7.0")).unwrap_err();
    assert_eq!(failure.reason, FailureReason::UnexpectedReply);
}
