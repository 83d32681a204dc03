//! Creating and finding pull requests.

use countersign_provider_github::GitHub;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, Script, get, post};
use countersign_sdk::types::{CreatedPullRequest, Failure, FailureReason, NewPullRequest, SendFailureKind};
use serde_json::{Value, json};

use crate::{API, COMMIT, REPO, cloud, error, reference, repo, repository, script, visible};

fn wire(number: u64, source: &str, target: &str) -> Value {
    json!({
        "number": number, "title": "Login", "html_url": format!("https://github.com/octo/hello/pull/{number}"),
        "draft": false, "user": { "login": "octocat", "id": 583231 },
        "head": { "ref": source, "repo": { "id": 1 } }, "base": { "ref": target, "repo": { "id": 1 } },
    })
}

fn new(reviewers: &[&str]) -> NewPullRequest {
    NewPullRequest {
        title: "Login".into(),
        source: "feature/x".into(),
        target: "main".into(),
        description: Some("Why".into()),
        draft: false,
        reviewers: reviewers.iter().map(|login| (*login).to_owned()).collect(),
        attempt_token: "0".repeat(32),
    }
}

fn creates() -> Expected {
    let body = json!({ "title": "Login", "head": "feature/x", "base": "main", "body": "Why", "draft": false });
    post(repo("/pulls")).json(body)
}

fn finds() -> Expected {
    get(repo("/pulls?state=open&head=octo%3Afeature%2Fx&base=main&per_page=100&page=1"))
}

fn create(script: &Script, new: &NewPullRequest) -> Result<CreatedPullRequest, Failure> {
    GitHub.create_pull_request(&cloud(), script, REPO, new)
}

fn refused(answer: Answer, then: impl IntoIterator<Item = (Expected, Answer)>) -> Failure {
    create(&script([(creates(), answer)].into_iter().chain(then)), &new(&[])).unwrap_err()
}

fn invalid(errors: Value) -> Answer {
    Answer::json(422, json!({ "message": "Validation Failed", "errors": errors, "status": "422" }))
}

fn exists() -> Answer {
    let message = "A pull request already exists for octo:feature/x.";
    invalid(json!([{ "resource": "PullRequest", "code": "custom", "message": message }]))
}

#[test]
fn a_pull_request_is_created_and_credited_as_github_says() {
    let created = create(&script([(creates(), Answer::json(201, wire(17, "feature/x", "main")))]), &new(&[])).unwrap();
    assert!(!created.existed && created.notes.is_empty());
    let made = created.pull_request;
    assert_eq!((made.number.as_str(), made.web_url.as_str()), ("17", "https://github.com/octo/hello/pull/17"));
    assert_eq!((made.source.as_str(), made.target.as_str()), ("feature/x", "main"));
    assert_eq!(made.author.unwrap().login, "octocat");
}

#[test]
fn reviewers_are_asked_for_together_and_one_who_cannot_review_costs_only_a_note() {
    let asks = |logins: Value| post(repo("/pulls/17/requested_reviewers")).json(json!({ "reviewers": logins }));
    let made = || (creates(), Answer::json(201, wire(17, "feature/x", "main")));
    let all = script([made(), (asks(json!(["ann", "bob"])), Answer::json(201, wire(17, "feature/x", "main")))]);
    assert_eq!(create(&all, &new(&["ann", "bob"])).unwrap().notes, Vec::<String>::new());

    let no = || error(422, "Reviews may only be requested from collaborators.");
    let one = script([
        made(),
        (asks(json!(["ann", "bob"])), no()),
        (asks(json!(["ann"])), Answer::json(201, json!({}))),
        (asks(json!(["bob"])), no()),
    ]);
    let notes = create(&one, &new(&["ann", "bob"])).unwrap().notes;
    assert_eq!(notes, ["No review by bob was requested: Reviews may only be requested from collaborators."]);

    // The pull request stands all the same.
    let note = |answer| {
        let steps = script([made(), (asks(json!(["ann", "bob"])), answer)]);
        create(&steps, &new(&["ann", "bob"])).unwrap().notes.concat()
    };
    for lost in [
        Answer::lost(SendFailureKind::TimedOut, true),
        Answer::lost(SendFailureKind::Broken, true),
        error(500, "Server Error"),
        Answer::text(502, "text/html", "<html><title>Unicorn!</title>"),
    ] {
        let told = note(lost);
        assert!(told.starts_with("Whether a review by ann, bob was requested cannot be told: "), "{told}");
    }
    let unsent = note(Answer::lost(SendFailureKind::Unreachable, false));
    assert_eq!(unsent, "No review by ann, bob was requested: No answer came.");
}

#[test]
fn reviewers_past_githubs_limit_are_named_in_a_note() {
    let logins: Vec<String> = (1..=17).map(|n| format!("r{n}")).collect();
    let asked = post(repo("/pulls/17/requested_reviewers")).json(json!({ "reviewers": logins[..15] }));
    let steps =
        script([(creates(), Answer::json(201, wire(17, "feature/x", "main"))), (asked, Answer::json(201, json!({})))]);
    let notes = create(&steps, &new(&logins.iter().map(String::as_str).collect::<Vec<_>>())).unwrap().notes;
    assert!(notes[0].ends_with("left out: r16, r17."), "{notes:?}");
}

#[test]
fn an_open_pull_request_between_the_branches_is_a_success() {
    let steps = script([(creates(), exists()), (finds(), Answer::json(200, json!([wire(9, "feature/x", "main")])))]);
    let created = create(&steps, &new(&["ann"])).unwrap();
    assert!(created.existed);
    assert_eq!(created.pull_request.number, "9");
    assert_eq!(created.notes.len(), 1, "that ann was not asked is said");

    let vanished = refused(exists(), [(finds(), Answer::json(200, json!([])))]);
    assert_eq!(vanished.reason, FailureReason::AlreadyExists("a pull request from feature/x".into()));
}

#[test]
fn missing_branches_are_named() {
    let blame = |field: &str| invalid(json!([{ "resource": "PullRequest", "field": field, "code": "invalid" }]));
    assert_eq!(refused(blame("head"), []).reason, FailureReason::BaseMissing("feature/x".into()));
    assert_eq!(refused(blame("base"), []).reason, FailureReason::BaseMissing("main".into()));
}

#[test]
fn no_commits_between_branches_is_told_from_branches_that_do_not_resolve() {
    let nothing =
        json!({ "resource": "PullRequest", "code": "custom", "message": "No commits between main and feature/x" });
    assert_eq!(refused(invalid(json!([nothing])), []).reason, FailureReason::NothingToMerge);

    let unresolved = || {
        let missing = |field: &str| json!({ "resource": "PullRequest", "code": "missing_field", "field": field });
        invalid(json!([missing("head_sha"), missing("base_sha"), nothing]))
    };
    let looks_for = |name: &str| get(repo(&format!("/git/ref/heads/{name}")));
    let source = (looks_for("feature/x"), Answer::json(200, reference("feature/x", COMMIT)));
    let no_target = [source, (looks_for("main"), error(404, "Not Found")), (get(repo("")), visible())];
    assert_eq!(refused(unresolved(), no_target).reason, FailureReason::BaseMissing("main".into()));
}

#[test]
fn a_draft_that_an_old_server_makes_an_ordinary_one_of_becomes_a_note() {
    let made = |draft: Value| {
        let mut made = wire(17, "feature/x", "main");
        made["draft"] = draft;
        let body = json!({ "title": "Login", "head": "feature/x", "base": "main", "body": "Why", "draft": true });
        let steps = script([(post(repo("/pulls")).json(body), Answer::json(201, made))]);
        create(&steps, &NewPullRequest { draft: true, ..new(&[]) }).unwrap().notes
    };
    assert_eq!(made(json!(true)), Vec::<String>::new());
    for ordinary in [json!(false), json!(null)] {
        assert_eq!(made(ordinary), ["It was created, and it is not a draft: the server did not take it as one."]);
    }
}

#[test]
fn a_draft_that_github_refuses_is_not_sent_again_as_an_ordinary_one() {
    let refusal = error(422, "Draft pull requests are not supported in this repository.");
    assert_eq!(refused(refusal, []).reason, FailureReason::Protected);
}

#[test]
fn a_404_to_the_creating_request_is_told_apart_by_what_the_token_can_see() {
    let failure = refused(error(404, "Not Found"), [(get(repo("")), visible())]);
    assert_eq!(failure.reason, FailureReason::PermissionMissing("repo, or Pull requests: read and write".into()));
    let failure = refused(error(404, "Not Found"), [(get(repo("")), error(404, "Not Found"))]);
    assert_eq!(failure.reason, FailureReason::NotFound("repository octo/hello".into()));
}

#[test]
fn a_creation_without_a_readable_answer_is_an_unknown_outcome() {
    for answer in [
        Answer::lost(SendFailureKind::Broken, true),
        Answer::text(504, "text/html", "<html>"),
        Answer::json(201, json!({ "number": "17" })),
    ] {
        assert_eq!(refused(answer, []).reason, FailureReason::OutcomeUnknown);
    }
}

#[test]
fn found_pull_requests_are_filtered_again_and_forks_do_not_count() {
    let mut fork = wire(2, "feature/x", "main");
    fork["head"]["repo"]["id"] = json!(2);
    let mut deleted_fork = wire(3, "feature/x", "main");
    deleted_fork["head"]["repo"] = json!(null);
    let mut ghost = wire(6, "feature/x", "main");
    ghost["user"] = json!(null);
    ghost.as_object_mut().unwrap().remove("draft");
    let all = json!([fork, deleted_fork, wire(4, "feature/xy", "main"), wire(5, "feature/x", "next"), ghost]);
    let steps = script([(finds(), Answer::json(200, all))]);
    let page = GitHub.find_pull_requests(&cloud(), &steps, REPO, "feature/x", Some("main"), None).unwrap();
    assert_eq!(page.items.iter().map(|one| one.number.as_str()).collect::<Vec<_>>(), ["6"]);
    assert_eq!((page.items[0].author.clone(), page.items[0].draft), (None, false));
}

#[test]
fn v12_an_odd_entry_is_passed_over_unless_it_may_be_the_one_that_is_looked_for() {
    let find = |entries: Value| {
        let steps = script([(finds(), Answer::json(200, entries))]);
        let page = GitHub.find_pull_requests(&cloud(), &steps, REPO, "feature/x", Some("main"), None);
        page.map(|page| page.items.into_iter().map(|one| one.number).collect::<Vec<_>>())
    };
    let mut odd = wire(7, "feature/x", "main");
    odd["number"] = json!("7");
    let of_another = json!({ "number": {}, "head": { "ref": "feature/y" } });
    let to_another = json!({ "base": { "ref": "next", "repo": 3 }, "title": null });
    assert_eq!(find(json!([odd, null, wire(8, "feature/x", "main"), "text"])).unwrap(), ["8"]);
    assert_eq!(find(json!([of_another, to_another, null])).unwrap(), [""; 0]);
    for doubtful in [odd, json!({}), json!(["x"]), json!({ "head": { "ref": "feature/x" }, "base": { "ref": {} } })] {
        let failure = find(json!([of_another, doubtful])).unwrap_err();
        assert_eq!(failure.reason, FailureReason::UnexpectedReply, "{doubtful}");
    }
    let mut by_nobody = wire(9, "feature/x", "main");
    by_nobody["user"] = json!({ "login": ["x"], "id": "y" });
    assert_eq!(find(json!([by_nobody])).unwrap(), ["9"], "whose it is does not matter");
}

#[test]
fn without_a_target_all_targets_count() {
    let url = get(repo("/pulls?state=open&head=octo%3Afeature%2Fx&per_page=100&page=1"));
    let steps = script([(url, Answer::json(200, json!([wire(4, "feature/x", "main"), wire(5, "feature/x", "next")])))]);
    let page = GitHub.find_pull_requests(&cloud(), &steps, REPO, "feature/x", None, None).unwrap();
    assert_eq!(page.items.len(), 2);
}

#[test]
fn a_transferred_repository_is_asked_again_with_its_new_owner() {
    let moved = Answer::empty(301).header("Location", &format!("{API}/repositories/1/pulls?state=open"));
    let by_new_owner = "/pulls?state=open&head=acme%3Afeature%2Fx&base=main&per_page=100&page=1";
    let steps = script([
        (finds(), moved),
        (get(format!("{API}/repositories/1/pulls?state=open")), Answer::json(200, json!([]))),
        (get(repo("")), Answer::json(200, repository("acme/hello"))),
        (
            get(format!("{API}/repos/acme/hello{by_new_owner}")),
            Answer::json(200, json!([wire(8, "feature/x", "main")])),
        ),
    ]);
    let page = GitHub.find_pull_requests(&cloud(), &steps, REPO, "feature/x", Some("main"), None).unwrap();
    assert_eq!(page.items[0].number, "8");
}
