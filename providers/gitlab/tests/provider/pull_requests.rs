//! Creating and finding merge requests.

use countersign_provider_gitlab::GitLab;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, Script, get, post};
use countersign_sdk::types::{CreatedPullRequest, Failure, FailureReason, NewPullRequest, SendFailureKind};
use serde_json::{Value, json};

use crate::{API, COMMIT, OTHER_COMMIT, REPO, absent, asks_for, at, cloud, hidden, repo, script};

fn wire(number: u64, source: &str, target: &str) -> Value {
    json!({
        "id": 900_000 + number, "iid": number, "title": "Login", "state": "opened", "draft": false,
        "web_url": format!("https://gitlab.com/acme/widgets/-/merge_requests/{number}"),
        "author": { "id": 17, "username": "alice" }, "reviewers": [],
        "source_branch": source, "target_branch": target, "source_project_id": 42, "target_project_id": 42,
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

fn draft(title: &str) -> NewPullRequest {
    NewPullRequest { title: title.into(), description: None, draft: true, ..new(&[]) }
}

/// The two branches are looked at first.
fn branches_differ() -> [(Expected, Answer); 2] {
    [(asks_for("feature/x"), at("feature/x", COMMIT)), (asks_for("main"), at("main", OTHER_COMMIT))]
}

fn creates() -> Expected {
    creates_with(json!({ "title": "Login", "description": "Why" }))
}

fn creates_with(mut body: Value) -> Expected {
    body["source_branch"] = json!("feature/x");
    body["target_branch"] = json!("main");
    post(repo("/merge_requests")).json(body)
}

fn finds() -> Expected {
    let query = "state=opened&source_branch=feature%2Fx&target_branch=main&per_page=100&page=1";
    get(repo(&format!("/merge_requests?{query}")))
}

fn create(script: &Script, new: &NewPullRequest) -> Result<CreatedPullRequest, Failure> {
    GitLab.create_pull_request(&cloud(), script, REPO, new)
}

fn refused(answer: Answer, then: impl IntoIterator<Item = (Expected, Answer)>) -> Failure {
    let steps = branches_differ().into_iter().chain([(creates(), answer)]).chain(then);
    create(&script(steps), &new(&[])).unwrap_err()
}

fn made() -> Answer {
    Answer::json(201, wire(17, "feature/x", "main"))
}

fn exists() -> Answer {
    let message = "Another open merge request already exists for this source branch: !9";
    Answer::json(409, json!({ "message": [message] }))
}

#[test]
fn a_merge_request_is_created_and_credited_as_gitlab_says() {
    let steps = script(branches_differ().into_iter().chain([(creates(), made())]));
    let created = create(&steps, &new(&[])).unwrap();
    assert!(!created.existed && created.notes.is_empty());
    let made = created.pull_request;
    assert_eq!(made.number, "17", "the number in the project, not the one in the whole of GitLab");
    assert_eq!(made.web_url, "https://gitlab.com/acme/widgets/-/merge_requests/17");
    assert_eq!((made.source.as_str(), made.target.as_str()), ("feature/x", "main"));
    assert_eq!(made.author.unwrap().login, "alice");
}

#[test]
fn a_draft_is_one_by_its_title() {
    let made = |draft: Value| {
        let mut made = wire(17, "feature/x", "main");
        made["title"] = json!("Draft: Login");
        made["draft"] = draft;
        made["work_in_progress"] = json!(true);
        Answer::json(201, made)
    };
    let asks = |title: &str| creates_with(json!({ "title": title }));
    for (given, sent) in [("Login", "Draft: Login"), ("draft: Login", "draft: Login"), ("[Draft] x", "[Draft] x")] {
        let steps = script(branches_differ().into_iter().chain([(asks(sent), made(json!(true)))]));
        let created = create(&steps, &draft(given)).unwrap();
        assert!(created.pull_request.draft && created.notes.is_empty());
    }
    let old = script(branches_differ().into_iter().chain([(asks("Draft: Login"), made(json!(null)))]));
    assert!(create(&old, &draft("Login")).unwrap().pull_request.draft, "older servers call it work in progress");
    let refused = script(branches_differ().into_iter().chain([(asks("Draft: Login"), made(json!(false)))]));
    const NOTE: &str = "It was created, and it is not a draft: the server did not take it as one.";
    assert_eq!(create(&refused, &draft("Login")).unwrap().notes, [NOTE]);
}

#[test]
fn branches_at_the_same_commit_have_nothing_to_merge_and_nothing_is_sent() {
    let same = [(asks_for("feature/x"), at("feature/x", COMMIT)), (asks_for("main"), at("main", COMMIT))];
    let failure = create(&script(same), &new(&[])).unwrap_err();
    assert_eq!(failure.reason, FailureReason::NothingToMerge);
    assert!(failure.message.contains("feature/x") && failure.message.contains("main"));
}

#[test]
fn missing_branches_are_named_and_nothing_is_sent() {
    let failure = create(&script([(asks_for("feature/x"), absent())]), &new(&[])).unwrap_err();
    assert_eq!(failure.reason, FailureReason::BaseMissing("feature/x".into()));
    let [source, _] = branches_differ();
    let failure = create(&script([source, (asks_for("main"), absent())]), &new(&[])).unwrap_err();
    assert_eq!(failure.reason, FailureReason::BaseMissing("main".into()));
    let failure = create(&script([(asks_for("feature/x"), hidden())]), &new(&[])).unwrap_err();
    assert_eq!(failure.reason, FailureReason::NotFound("repository 42".into()));
}

#[test]
fn a_branch_that_vanished_in_between_is_named() {
    let blame = |field: &str| Answer::json(400, json!({ "message": { field: ["does not exist"] } }));
    assert_eq!(refused(blame("source_branch"), []).reason, FailureReason::BaseMissing("feature/x".into()));
    assert_eq!(refused(blame("target_branch"), []).reason, FailureReason::BaseMissing("main".into()));
    let same = "You can't use same project/branch for source and target";
    for body in [json!({ "message": [same] }), json!({ "error": same })] {
        assert_eq!(refused(Answer::json(422, body), []).reason, FailureReason::NothingToMerge);
    }
}

fn looks_up(name: &str, found: Value) -> (Expected, Answer) {
    (get(format!("{API}/users?username={name}")), Answer::json(200, found))
}

#[test]
fn reviewers_are_looked_up_and_asked_for_in_the_creating_request() {
    let mut made = wire(17, "feature/x", "main");
    made["reviewers"] = json!([{ "id": 3, "username": "ann" }, { "id": 4, "username": "Bob" }]);
    let asks = creates_with(json!({ "title": "Login", "description": "Why", "reviewer_ids": [3, 4] }));
    let [source, target] = branches_differ();
    let steps = script([
        source,
        target,
        looks_up("ann", json!([{ "id": 3, "username": "ann" }])),
        looks_up("bob", json!([{ "id": 9, "username": "bobby" }, { "id": 4, "username": "Bob" }])),
        (asks, Answer::json(201, made)),
    ]);
    assert_eq!(create(&steps, &new(&["ann", "bob"])).unwrap().notes, Vec::<String>::new());
}

#[test]
fn a_reviewer_who_cannot_be_asked_costs_only_a_note() {
    let asks = creates_with(json!({ "title": "Login", "description": "Why", "reviewer_ids": [3] }));
    let [source, target] = branches_differ();
    let steps = script([
        source,
        target,
        looks_up("ann", json!([{ "id": 3, "username": "ann" }])),
        looks_up("zoe", json!([])),
        (get(format!("{API}/users?username=kim")), Answer::lost(SendFailureKind::TimedOut, true)),
        (asks, made()),
    ]);
    let notes = create(&steps, &new(&["ann", "zoe", "kim"])).unwrap().notes;
    assert_eq!(
        notes,
        [
            "No review by zoe was requested: GitLab knows no user of this name.",
            "No review by kim was requested: No answer came.",
            "No review by ann was requested: GitLab left them out. Its free edition takes one reviewer.",
        ]
    );
}

#[test]
fn reviewers_past_the_limit_are_named_in_a_note() {
    let names: Vec<String> = (1..=22).map(|n| format!("r{n}")).collect();
    let lookups = names[..20].iter().map(|name| looks_up(name, json!([])));
    let steps = script(branches_differ().into_iter().chain(lookups).chain([(creates(), made())]));
    let notes = create(&steps, &new(&names.iter().map(String::as_str).collect::<Vec<_>>())).unwrap().notes;
    assert_eq!(notes.len(), 21);
    assert_eq!(notes[20], "At most 20 reviewers are asked for; left out: r21, r22.");
}

#[test]
fn an_open_merge_request_between_the_branches_is_a_success() {
    let answered = |found: Value, new: &NewPullRequest, asks: Expected| {
        let then = [(asks, exists()), (finds(), Answer::json(200, found))];
        create(&script(branches_differ().into_iter().chain(then)), new)
    };
    let created = answered(json!([wire(9, "feature/x", "main")]), &new(&[]), creates()).unwrap();
    assert!(created.existed && created.notes.is_empty());
    assert_eq!(created.pull_request.number, "9");
    let asked = answered(
        json!([wire(9, "feature/x", "main")]),
        &draft("Login"),
        creates_with(json!({ "title": "Draft: Login" })),
    );
    assert_eq!(asked.unwrap().notes, ["It was open already, and it is not a draft."]);
    let vanished = answered(json!([]), &new(&[]), creates()).unwrap_err();
    assert_eq!(vanished.reason, FailureReason::AlreadyExists("a merge request from feature/x".into()));
    assert!(vanished.message.contains("!9"));
}

#[test]
fn a_creation_without_a_readable_answer_is_an_unknown_outcome() {
    for answer in [
        Answer::lost(SendFailureKind::Broken, true),
        Answer::text(504, "text/html", "<html>"),
        Answer::json(201, json!({ "iid": "17" })),
    ] {
        assert_eq!(refused(answer, []).reason, FailureReason::OutcomeUnknown);
    }
    let missing = Answer::json(400, json!({ "error": "title is missing" }));
    assert_eq!(refused(missing, []).reason, FailureReason::UnexpectedReply);
    assert_eq!(refused(hidden(), []).reason, FailureReason::NotFound("repository 42".into()));
}

#[test]
fn found_merge_requests_are_filtered_again_and_forks_do_not_count() {
    let with = |number: u64, member: &str, value: Value| {
        let mut one = wire(number, "feature/x", "main");
        one[member] = value;
        one
    };
    let mut ghost = with(6, "author", json!(null));
    ghost.as_object_mut().unwrap().remove("draft");
    let all = json!([
        with(2, "source_project_id", json!(43)),
        with(3, "source_project_id", json!(null)),
        wire(4, "feature/xy", "main"),
        wire(5, "feature/x", "next"),
        with(7, "state", json!("closed")),
        ghost,
    ]);
    let steps = script([(finds(), Answer::json(200, all))]);
    let page = GitLab.find_pull_requests(&cloud(), &steps, REPO, "feature/x", Some("main"), None).unwrap();
    assert_eq!(page.items.iter().map(|one| one.number.as_str()).collect::<Vec<_>>(), ["6"]);
    assert_eq!((page.items[0].author.clone(), page.items[0].draft), (None, false));
}

#[test]
fn v12_an_odd_entry_is_passed_over_unless_it_may_be_the_one_that_is_looked_for() {
    let find = |entries: Value| {
        let steps = script([(finds(), Answer::json(200, entries))]);
        let page = GitLab.find_pull_requests(&cloud(), &steps, REPO, "feature/x", Some("main"), None);
        page.map(|page| page.items.into_iter().map(|one| one.number).collect::<Vec<_>>())
    };
    let mut odd = wire(7, "feature/x", "main");
    odd["target_project_id"] = json!(null);
    let [of_another, to_another, closed] =
        [json!({ "source_branch": "y" }), json!({ "target_branch": "next" }), json!({ "state": "merged", "iid": "x" })];
    assert_eq!(find(json!([odd, null, wire(8, "feature/x", "main"), 7])).unwrap(), ["8"]);
    assert_eq!(find(json!([of_another, to_another, closed])).unwrap(), [""; 0]);
    for doubtful in [odd, json!({}), json!("x")] {
        assert_eq!(find(json!([closed, doubtful])).unwrap_err().reason, FailureReason::UnexpectedReply, "{doubtful}");
    }
}

#[test]
fn v12_an_odd_account_is_no_reason_to_leave_others_out() {
    let mut made = wire(17, "feature/x", "main");
    made["author"] = json!({ "id": "odd" });
    made["reviewers"] = json!([{ "id": null }, { "id": 3, "username": "ann" }, "x"]);
    let asks = creates_with(json!({ "title": "Login", "description": "Why", "reviewer_ids": [3] }));
    let [source, target] = branches_differ();
    let steps = script([
        source,
        target,
        looks_up("ann", json!([{ "id": "odd", "username": "anna" }, null, { "id": 3, "username": "ann" }])),
        looks_up("bob", json!([{ "id": "odd", "username": "Bob" }])),
        (asks, Answer::json(201, made)),
    ]);
    let created = create(&steps, &new(&["ann", "bob"])).unwrap();
    assert_eq!(created.pull_request.author, None);
    let [note] = created.notes.as_slice() else { panic!("{:?}", created.notes) };
    assert!(note.starts_with("No review by bob was requested: Expected a list of accounts"), "{note}");
}

#[test]
fn without_a_target_all_targets_count_and_pages_are_walked() {
    let page = |number: u32| {
        get(repo(&format!("/merge_requests?state=opened&source_branch=feature%2Fx&per_page=100&page={number}")))
    };
    let both = json!([wire(4, "feature/x", "main"), wire(5, "feature/x", "next")]);
    let steps = script([(page(1), Answer::json(200, both).header("X-Next-Page", "2"))]);
    let first = GitLab.find_pull_requests(&cloud(), &steps, REPO, "feature/x", None, None).unwrap();
    assert_eq!((first.items.len(), first.next.as_deref()), (2, Some("2")));
    let steps = script([(page(2), Answer::json(200, json!([])).header("X-Next-Page", ""))]);
    let second = GitLab.find_pull_requests(&cloud(), &steps, REPO, "feature/x", None, first.next.as_deref()).unwrap();
    assert_eq!((second.items.len(), second.next), (0, None));
}
