//! Whose access key it is, and what can be told of it.

use countersign_provider_codecommit::CodeCommit;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, post};
use countersign_sdk::types::{Expiry, Failure, FailureReason, Identity, PermissionState, Revocation};
use serde_json::json;

use crate::{ANN, STS, at, denied, error, explicitly_denied, of_aws, ok, reads, script};

pub fn asks_who() -> Expected {
    post(STS).form("Action=GetCallerIdentity&Version=2011-06-15").reading()
}

pub fn lists() -> Expected {
    reads("ListRepositories", json!({ "sortBy": "repositoryName", "order": "ascending" }))
}

fn is(arn: &str) -> Answer {
    let body = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
         <Arn>{arn}</Arn><UserId>AIDAX</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    );
    Answer::text(200, "text/xml", &body)
}

fn whoami(who: Answer, listing: Answer) -> Result<Identity, Failure> {
    CodeCommit.whoami(&at(), &script([(asks_who(), who), (lists(), listing)]))
}

fn login(arn: &str) -> String {
    let account = whoami(is(arn), ok(json!({ "repositories": [] }))).unwrap().account;
    assert_eq!(account.id, arn, "pull requests name their author by it");
    account.login
}

#[test]
fn an_account_is_called_as_people_know_it_and_identified_by_its_arn() {
    assert_eq!(login(ANN), "ann");
    assert_eq!(login("arn:aws-cn:iam::111122223333:user/division/team/ann"), "ann");
    assert_eq!(login("arn:aws:sts::111122223333:assumed-role/Developer/ann@example.com"), "Developer/ann@example.com");
    assert_eq!(login("arn:aws:sts::111122223333:federated-user/ann"), "ann");
    assert_eq!(login("arn:aws:iam::111122223333:root"), "root of account 111122223333");
    assert_eq!(login("arn:aws:odd"), "arn:aws:odd");
}

#[test]
fn listing_is_tried_and_the_other_permissions_cannot_be_told() {
    use PermissionState::{Absent, CannotTell, Present};
    for (listing, state) in [
        (ok(json!({ "repositories": [] })), Present),
        (denied("codecommit:ListRepositories"), Absent),
        (explicitly_denied("codecommit:ListRepositories"), Absent),
        (error("ThrottlingException", "Rate exceeded"), CannotTell),
    ] {
        let identity = whoami(is(ANN), listing).unwrap();
        let named: Vec<_> = identity.permissions.iter().map(|permission| permission.name.clone()).collect();
        let needed: Vec<_> =
            CodeCommit.describe().kinds[0].permissions.iter().map(|needed| needed.name.clone()).collect();
        assert_eq!(named, needed, "one entry for each permission of the kind");
        let states: Vec<_> = identity.permissions.iter().map(|permission| permission.state).collect();
        assert_eq!(states, [state, CannotTell, CannotTell, CannotTell]);
        assert_eq!(identity.expiry, Expiry::Unknown);
    }
}

#[test]
fn a_key_that_codecommit_does_not_take_is_called_neither_good_nor_wrong() {
    let invalid = || error("UnrecognizedClientException", "The security token included in the request is invalid.");
    let failure = whoami(is(ANN), invalid()).unwrap_err();
    assert_eq!((failure.reason, failure.status), (FailureReason::UnexpectedReply, Some(400)), "STS has just taken it");
    assert!(failure.message.contains("region") && failure.message.contains("is invalid."), "{}", failure.message);
    let outage = Answer::text(503, "text/html", "<html>");
    assert_eq!(whoami(is(ANN), outage).unwrap_err().reason, FailureReason::Unavailable);
}

#[test]
fn sts_refuses_in_xml_and_in_json() {
    let xml = |code: &str, message: &str| {
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        );
        Answer::text(403, "text/xml", &body)
    };
    let json = |code: &str, message: &str| {
        Answer::json(403, json!({ "Error": { "Code": code, "Message": message, "Type": "Sender" }, "RequestId": "x" }))
    };
    let reason = |answer| CodeCommit.whoami(&at(), &script([(asks_who(), answer)])).unwrap_err();
    for code in ["InvalidClientTokenId", "ExpiredToken"] {
        for answer in [xml(code, "It is &lt;wrong&gt; &amp;amp; so."), json(code, "It is <wrong> &amp; so.")] {
            let failure = reason(of_aws(answer));
            assert_eq!(failure.reason, FailureReason::CredentialRejected, "{code}");
            assert_eq!(failure.message, format!("{code}: It is <wrong> &amp; so."));
        }
    }
}

#[test]
fn an_answer_without_an_identity_is_not_one() {
    let failure = |answer| CodeCommit.whoami(&at(), &script([(asks_who(), answer)])).unwrap_err().reason;
    assert_eq!(failure(Answer::text(200, "text/html", "<html>Sign in</html>")), FailureReason::UnexpectedReply);
    assert_eq!(failure(Answer::text(200, "text/plain", "")), FailureReason::UnexpectedReply);
    assert_eq!(failure(ok(json!({ "Arn": ANN }))), FailureReason::UnexpectedReply);
    assert_eq!(failure(is("nobody")), FailureReason::UnexpectedReply);
}

#[test]
fn an_access_key_cannot_end_itself() {
    assert_eq!(CodeCommit.revoke_credential(&at(), &script([])), Ok(Revocation::Unsupported));
}
