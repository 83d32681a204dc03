//! A PAT that the git server refuses: believed where it says so when it is asked whose it is, too, and asked about again.

use countersign_tests::daemon::{Answer, CodeCommitServer, Daemon, GitHubServer, Holder, MAIN, User, WIDGETS};
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::github::{TokenState, faults as github_faults, token};
use countersign_tests::standin::message;
use http::{Method, StatusCode};
use serde_json::json;

const TEN_MINUTES_MS: i64 = 10 * 60 * 1000;

async fn with_pat(daemon: &Daemon) -> User {
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    daemon.stand_in.record.clear();
    ann
}

fn set(daemon: &Daemon, state: TokenState) {
    daemon.stand_in.change(|world| world.token_mut(token::ALICE).state = state);
}

async fn branch(ann: &User) -> Answer {
    ann.create_branch(MAIN, WIDGETS, "feature/x", "main").await
}

fn asking_for_the_base() -> When {
    When::ends_with(Method::GET, "/git/ref/heads/main")
}

pub(super) fn bad_credentials() -> Fault {
    Fault::Instead(message::Answer::json(
        StatusCode::UNAUTHORIZED,
        &json!({ "message": "Bad credentials", "documentation_url": "https://docs.github.com/rest", "status": "401" }),
    ))
}

async fn state(ann: &User) -> String {
    ann.pat(MAIN).await.expect(200).text_at("/state").to_owned()
}

#[tokio::test]
async fn v1_a_401_marks_the_pat_rejected_once_and_a_new_check_brings_it_back() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = with_pat(&daemon).await;
    set(&daemon, TokenState::Revoked);
    let rejected = branch(&ann).await.problem(403, "user-pat-rejected");
    assert!(!rejected.text_at("/setup_url").is_empty());
    assert_eq!(daemon.stand_in.record.requests().len(), 2, "the branch, and whose the token is");
    let kept = ann.pat(MAIN).await.expect(200);
    assert_eq!((kept.text_at("/state"), kept.text_at("/rejection/why")), ("rejected", "Bad credentials"));
    branch(&ann).await.problem(403, "user-pat-rejected");
    assert_eq!(daemon.stand_in.record.requests().len(), 2, "denied without a request");
    let log = daemon.audit().await;
    assert_eq!(log.iter().filter(|entry| entry["subject"] == "pat.rejected").count(), 1);

    set(&daemon, TokenState::Usable);
    let checked = ann.check_pat(MAIN).await.expect(200);
    assert_eq!((checked.text_at("/state"), checked.body.get("rejection")), ("valid", None));
    branch(&ann).await.expect(201);
}

/// A PAT saved unchecked: whose it is becomes known, and then that it is refused. The one does not undo the other.
#[tokio::test]
async fn v1_a_pat_refused_at_its_first_use_stays_known_as_whose_it_is() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    daemon.stand_in.faults.once(When::any(), github_faults::outage(StatusCode::BAD_GATEWAY));
    let body = json!({ "fields": { "token": token::ALICE }, "project": "ABC", "allow_unchecked": true });
    ann.call(Method::PUT, "/api/v1/integrations/main/pat").json(&body).await.expect(200);
    assert_eq!(state(&ann).await, "unchecked");
    // Accepted once, and from then on refused.
    ann.check_pat(MAIN).await.expect(200);
    daemon.stand_in.faults.always(When::any(), bad_credentials());
    branch(&ann).await.problem(403, "user-pat-rejected");
    let kept = ann.pat(MAIN).await.expect(200);
    assert_eq!((kept.text_at("/state"), kept.text_at("/account/login")), ("rejected", "alice"));
    daemon.stand_in.faults.clear();
}

#[tokio::test]
async fn v11_one_stray_401_gives_up_no_pat_and_says_what_was_said() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = with_pat(&daemon).await;
    daemon.stand_in.faults.once(asking_for_the_base(), bad_credentials());
    let refused = branch(&ann).await.problem(502, "unexpected-reply");
    let detail = refused.text_at("/detail");
    let told = "as if the credential were not accepted, although the git server knows whose it is: Bad credentials";
    assert!(detail.contains(told) && detail.matches("Bad credentials").count() == 1, "{detail}");
    assert_eq!(refused.body.get("setup_url"), None);
    assert_eq!(state(&ann).await, "valid");
    branch(&ann).await.expect(201);
}

#[tokio::test]
async fn v11_a_401_whose_meaning_cannot_be_asked_gives_up_no_pat() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = with_pat(&daemon).await;
    daemon.stand_in.faults.once(asking_for_the_base(), bad_credentials());
    let outage = github_faults::outage(StatusCode::BAD_GATEWAY);
    daemon.stand_in.faults.once(When::ends_with(Method::GET, "/user"), outage);
    let refused = branch(&ann).await.problem(502, "unexpected-reply");
    assert!(refused.text_at("/detail").contains("whose it is could not be asked ("), "{}", refused.text);
    assert_eq!(state(&ann).await, "valid");
}

#[tokio::test]
async fn v11_what_is_said_again_to_the_question_is_told_once() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = with_pat(&daemon).await;
    daemon.stand_in.faults.once(asking_for_the_base(), bad_credentials());
    let again = message::Answer::json(StatusCode::BAD_REQUEST, &json!({ "message": "Not here (Bad credentials)." }));
    daemon.stand_in.faults.once(When::ends_with(Method::GET, "/user"), Fault::Instead(again));
    let refused = branch(&ann).await.problem(502, "unexpected-reply");
    assert!(refused.text_at("/detail").contains("Not here (Bad credentials)"), "{}", refused.text);
    assert_eq!(refused.text.matches("Bad credentials").count(), 1, "{}", refused.text);
    assert_eq!(state(&ann).await, "valid");
}

#[tokio::test]
async fn v11_a_key_that_sts_takes_and_codecommit_does_not_is_told_in_aws_words_once() {
    let daemon = Daemon::start(CodeCommitServer).await;
    let ann = daemon.as_user("ann");
    ann.save_credential(MAIN, &daemon.credential(Holder::Alice)).await.expect(200);
    let words = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                 Access Key and signing method. Consult the service documentation for details.";
    let body = json!({ "__type": "InvalidSignatureException", "message": words });
    let wrong = || Fault::Instead(message::Answer::json(StatusCode::BAD_REQUEST, &body));
    daemon.stand_in.faults.always(When::request(|request| request.headers.contains_key("x-amz-target")), wrong());
    let refused = ann.create_branch(MAIN, "widgets", "feature/x", "main").await.problem(502, "unexpected-reply");
    assert!(refused.text_at("/detail").contains("whether the region is enabled"), "{}", refused.text);
    assert_eq!(refused.text.matches("signature we calculated").count(), 1, "{}", refused.text);
}

#[tokio::test]
async fn v11_a_rejected_pat_is_asked_about_again_when_it_is_next_needed_every_ten_minutes_at_most() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = with_pat(&daemon).await;
    set(&daemon, TokenState::Revoked);
    branch(&ann).await.problem(403, "user-pat-rejected");
    let asked = || daemon.stand_in.record.requests().len();
    let before = asked();
    daemon.clock.advance_ms(TEN_MINUTES_MS - 1000);
    branch(&ann).await.problem(403, "user-pat-rejected");
    assert_eq!(asked(), before, "not yet");
    daemon.clock.advance_ms(2000);
    branch(&ann).await.problem(403, "user-pat-rejected");
    branch(&ann).await.problem(403, "user-pat-rejected");
    assert_eq!(asked(), before + 1, "whose it is, once");

    // An outage is no answer, and asked no oftener for that.
    daemon.clock.advance_ms(TEN_MINUTES_MS + 1000);
    daemon.stand_in.faults.always(When::any(), github_faults::outage(StatusCode::BAD_GATEWAY));
    branch(&ann).await.problem(403, "user-pat-rejected");
    branch(&ann).await.problem(403, "user-pat-rejected");
    assert_eq!(asked(), before + 2);
    daemon.stand_in.faults.clear();

    set(&daemon, TokenState::Usable);
    branch(&ann).await.problem(403, "user-pat-rejected");
    daemon.clock.advance_ms(TEN_MINUTES_MS + 1000);
    branch(&ann).await.expect(201);
    assert_eq!(state(&ann).await, "valid");
}

#[tokio::test]
async fn v11_the_integration_account_is_doubted_alike() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = daemon.as_user("ann");
    daemon.stand_in.faults.once(asking_for_the_base(), bad_credentials());
    let refused = branch(&ann).await.problem(502, "unexpected-reply");
    assert_eq!(refused.text_at("/whose"), "integration");
    branch(&ann).await.expect(201);
}

#[tokio::test]
async fn v1_a_refusal_that_comes_late_does_not_undo_a_check_that_began_after_it() {
    let daemon = Daemon::start(GitHubServer::Cloud).await;
    let ann = with_pat(&daemon).await;
    set(&daemon, TokenState::Revoked);
    daemon.stand_in.faults.once(When::ends_with(Method::GET, "/user"), Fault::DelayAnswer { delay_ms: 600 });
    let asking = ann.clone();
    let refused = tokio::spawn(async move { branch(&asking).await });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    set(&daemon, TokenState::Usable);
    daemon.clock.advance_ms(1000);
    assert_eq!(ann.check_pat(MAIN).await.expect(200).text_at("/state"), "valid");
    refused.await.unwrap().problem(403, "user-pat-rejected");
    assert_eq!(state(&ann).await, "valid");
    branch(&ann).await.expect(201);
}
