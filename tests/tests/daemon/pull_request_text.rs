//! What a pull request says: the repository's template, the caller's words and the way back to the issue, as they arrive at
//! the git server.

use countersign_sdk::types::{Failure, FailureReason};
use countersign_tests::daemon::{Answer, CONNECTOR, Daemon, GitHubServer, MAIN, User, WIDGETS};
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::github::{faults as github_faults, token};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::told::{Told, Words};

const TEMPLATE: &str = "## Why\n\n## Tested\n";
const LINE: &str = "Jira: [ABC-1](https://jira.example.com/browse/ABC-1)";

async fn with_a_template(server: GitHubServer) -> (Daemon, User) {
    let daemon = Daemon::start(server).await;
    daemon.stand_in.git(WIDGETS).commit_file("main", ".github/PULL_REQUEST_TEMPLATE.md", TEMPLATE).unwrap();
    let ann = daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    daemon.stand_in.record.clear();
    (daemon, ann)
}

/// Asks for one from a branch of its own, and shows its title and description as the git server has them.
async fn opened(daemon: &Daemon, ann: &User, members: Value) -> (String, Option<String>, Vec<String>) {
    let made = ask(daemon, ann, members).await.expect(201);
    let notes = made.body["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap().to_owned()).collect();
    let pull = daemon.stand_in.pull_requests(WIDGETS).pop().unwrap();
    assert_eq!(made.text_at("/pull_request/number"), pull.number.to_string());
    (pull.title, pull.body, notes)
}

async fn ask(daemon: &Daemon, ann: &User, members: Value) -> Answer {
    let source = format!("source-{}", daemon.stand_in.pull_requests(WIDGETS).len());
    daemon.stand_in.git(WIDGETS).add_commit(&source, "new.txt").unwrap();
    let mut body = json!({ "source": source, "target": "main", "project": "ABC" });
    body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    ann.ask_for_pull_request(MAIN, WIDGETS, &body).await
}

#[tokio::test]
async fn title_template_words_and_link_arrive_at_the_git_server() {
    for server in GitHubServer::ALL {
        let (daemon, ann) = with_a_template(server).await;
        let members = json!({ "issue": "ABC-1", "summary": " Sign in,\n please ", "description": "Because." });
        let (title, text, notes) = opened(&daemon, &ann, members).await;
        assert_eq!(title, "ABC-1 Sign in, please");
        assert_eq!(text.unwrap(), format!("## Why\n\n## Tested\n\nBecause.\n\n{LINE}"));
        assert_eq!((notes, daemon.stand_in.record.tokens_seen()), (vec![], vec![token::ALICE.to_owned()]));
    }
}

#[tokio::test]
async fn each_part_can_be_left_out() {
    let (daemon, ann) = with_a_template(GitHubServer::Cloud).await;
    let text = async |members| opened(&daemon, &ann, members).await.1;
    let without_template = json!({ "title": "t", "issue": "ABC-1", "use_template": false });
    assert_eq!(text(without_template).await.as_deref(), Some(LINE));
    assert_eq!(text(json!({ "title": "t" })).await.as_deref(), Some("## Why\n\n## Tested"));
    assert_eq!(text(json!({ "title": "t", "use_template": false })).await, None);
    let filled_in = format!("{TEMPLATE}yes: https://jira.example.com/browse/ABC-1");
    let members = json!({ "title": "t", "issue": "ABC-1", "description": filled_in });
    assert_eq!(text(members).await, Some(filled_in), "nothing stands twice");

    let (title, ..) =
        opened(&daemon, &ann, json!({ "title": "My own", "issue": "ABC-1", "summary": "Not used" })).await;
    assert_eq!(title, "My own");
    assert_eq!(opened(&daemon, &ann, json!({ "issue": "ABC-1" })).await.0, "ABC-1");
    let nameless = ask(&daemon, &ann, json!({ "summary": "Of nothing" })).await.problem(422, "invalid");
    assert!(nameless.text_at("/detail").contains("title") && nameless.text_at("/detail").contains("`issue`"));
}

#[tokio::test]
async fn the_link_leads_to_the_connectors_own_pages_and_nowhere_else() {
    let (daemon, ann) = with_a_template(GitHubServer::Cloud).await;
    let with = |url: &str| json!({ "title": "t", "issue": "ABC-1", "issue_url": url, "use_template": false });
    let (_, text, _) = opened(&daemon, &ann, with("https://jira.example.com/jira/browse/ABC-1?a=(b)")).await;
    assert_eq!(text.as_deref(), Some("Jira: [ABC-1](https://jira.example.com/jira/browse/ABC-1?a=%28b%29)"));
    for elsewhere in ["https://evil.example/browse/ABC-1", "javascript:alert(1)", "//jira.example.com/", "ABC-1", ""] {
        let refused = ask(&daemon, &ann, with(elsewhere)).await.problem(422, "invalid");
        assert_eq!(refused.text_at("/errors/0/field"), "issue_url");
    }
    let of_nothing = json!({ "title": "t", "issue_url": "https://jira.example.com/browse/ABC-1" });
    let refused = ask(&daemon, &ann, of_nothing).await.problem(422, "invalid");
    assert_eq!(refused.text_at("/errors/0/field"), "issue_url");
    assert_eq!(daemon.stand_in.pull_requests(WIDGETS).len(), 1);
}

#[tokio::test]
async fn a_connector_without_pages_has_only_the_key() {
    let (daemon, ann) = with_a_template(GitHubServer::Cloud).await;
    daemon.as_admin(Method::DELETE, &format!("/connectors/{CONNECTOR}"), None).await.expect(204);
    let registered = json!({ "id": CONNECTOR, "public_key": daemon.key.public_pem() });
    daemon.as_admin(Method::POST, "/connectors", Some(registered)).await.expect(201);
    let members = json!({ "issue": "ABC-1", "use_template": false });
    assert_eq!(opened(&daemon, &ann, members).await.1.as_deref(), Some("Jira: ABC-1"));
    let members = json!({ "issue": "ABC-1", "issue_url": "https://jira.example.com/browse/ABC-1" });
    ask(&daemon, &ann, members).await.problem(422, "invalid");
}

#[tokio::test]
async fn a_template_that_cannot_be_read_is_a_note_and_no_obstacle() {
    let (daemon, ann) = with_a_template(GitHubServer::Cloud).await;
    for fault in [github_faults::outage(StatusCode::BAD_GATEWAY), Fault::CloseBeforeActing, Fault::EndlessBody] {
        // What only reads is asked once more where the connection ended.
        let times = if matches!(fault, Fault::CloseBeforeActing) { 2 } else { 1 };
        daemon.stand_in.faults.times(times, When::ends_with(Method::GET, "/contents/.github"), fault);
        let (_, text, notes) = opened(&daemon, &ann, json!({ "issue": "ABC-1", "description": "Because." })).await;
        assert_eq!(text.unwrap(), format!("Because.\n\n{LINE}"));
        assert!(notes.len() == 1 && notes[0].starts_with("The repository's template is not in"), "{notes:?}");
    }
    let told = Told::in_place_of_the_component(&daemon).await;
    told.say(Words { template: Some(Ok(Some("a\u{1b}[2J".into()))), ..Words::default() });
    let (_, text, notes) = opened(&daemon, &ann, json!({ "issue": "ABC-1" })).await;
    assert_eq!((text.as_deref(), notes.len()), (Some(LINE), 1), "{notes:?}");
    let missing = Failure::new(FailureReason::PermissionMissing("contents".into()), "Not yours to read.");
    told.say(Words { template: Some(Err(missing)), ..Words::default() });
    let (.., notes) = opened(&daemon, &ann, json!({ "issue": "ABC-1" })).await;
    assert_eq!(notes, ["The repository's template is not in the description: Not yours to read."]);
}

#[tokio::test]
async fn a_pat_that_is_refused_at_the_template_is_not_tried_on_the_pull_request() {
    let (daemon, ann) = with_a_template(GitHubServer::Cloud).await;
    let refusal = Fault::Instead(countersign_tests::standin::message::Answer::json(
        StatusCode::UNAUTHORIZED,
        &json!({ "message": "Bad credentials", "documentation_url": "https://docs.github.com/rest", "status": "401" }),
    ));
    // In passing, it stops no more than another refusal.
    daemon.stand_in.faults.once(When::ends_with(Method::GET, "/contents/.github"), refusal.clone());
    let (.., notes) = opened(&daemon, &ann, json!({ "issue": "ABC-1" })).await;
    assert_eq!(notes, ["The repository's template is not in the description: Bad credentials"]);
    daemon.stand_in.record.clear();
    daemon.stand_in.faults.once(When::ends_with(Method::GET, "/contents/.github"), refusal.clone());
    daemon.stand_in.faults.times(2, When::ends_with(Method::GET, "/user"), refusal);
    ask(&daemon, &ann, json!({ "issue": "ABC-1" })).await.problem(403, "user-pat-rejected");
    assert!(daemon.stand_in.record.mutations().is_empty());
    assert_eq!(ann.pat(MAIN).await.expect(200).text_at("/state"), "rejected");
}

#[tokio::test]
async fn what_is_too_long_is_cut_and_said_and_the_link_stays() {
    let (daemon, ann) = with_a_template(GitHubServer::Cloud).await;
    let long = "é ".repeat((64 << 10) / 3 - 1);
    let (_, text, notes) = opened(&daemon, &ann, json!({ "issue": "ABC-1", "description": long })).await;
    let text = text.unwrap();
    assert!(text.len() <= 64 << 10 && text.ends_with(LINE) && notes.len() == 2, "{} {notes:?}", text.len());
    let found = opened(&daemon, &ann, json!({ "issue": "ABC-1", "draft": true, "reviewers": ["mallory"] })).await;
    assert!(found.2.len() == 1 && found.2[0].contains("mallory"), "{:?}", found.2);
}

#[tokio::test]
async fn one_that_is_open_keeps_its_text_and_an_unanswered_one_is_found_by_it() {
    let (daemon, ann) = with_a_template(GitHubServer::Cloud).await;
    let body = json!({ "issue": "ABC-1", "source": "develop", "target": "main" });
    daemon.stand_in.faults.once(When::ends_with(Method::POST, "/pulls"), Fault::ReplyLost);
    ann.ask_for_pull_request(MAIN, WIDGETS, &body).keyed("k").await.expect(200);
    daemon.stand_in.git(WIDGETS).commit_file("main", ".github/PULL_REQUEST_TEMPLATE.md", "another").unwrap();
    ann.ask_for_pull_request(MAIN, WIDGETS, &body).keyed("k").await.expect(200);
    let again = ann.ask_for_pull_request(MAIN, WIDGETS, &body).await.expect(200);
    assert_eq!((&again.body["existed"], &again.body["notes"]), (&json!(true), &json!([])));
    let pulls = daemon.stand_in.pull_requests(WIDGETS);
    assert_eq!(pulls.len(), 1);
    assert_eq!(pulls[0].body.as_deref(), Some(&*format!("## Why\n\n## Tested\n\n{LINE}")));
}
