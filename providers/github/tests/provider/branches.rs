//! Listing, finding, creating and deleting branches.

use countersign_provider_github::GitHub;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, Script, delete, get, post};
use countersign_sdk::types::{Branch, CreatedBranch, Deletion, Failure, FailureReason, NewBranch, SendFailureKind};
use serde_json::json;

use crate::{API, COMMIT, OTHER_COMMIT, REPO, cloud, enterprise, error, reference, repo, script, visible};

fn asks_for(name: &str) -> Expected {
    get(repo(&format!("/git/ref/heads/{name}")))
}

fn at(name: &str, commit: &str) -> Answer {
    Answer::json(200, reference(name, commit))
}

fn absent() -> Answer {
    error(404, "Not Found")
}

fn creates(name: &str) -> Expected {
    post(repo("/git/refs")).json(json!({ "ref": format!("refs/heads/{name}"), "sha": COMMIT }))
}

fn create(script: &Script, name: &str) -> Result<CreatedBranch, Failure> {
    let branch = NewBranch { name: name.into(), base: "main".into() };
    GitHub.create_branch(&cloud(), script, REPO, &branch)
}

/// Creating `x` where the base stands and the creating request is answered so.
fn refused(answer: Answer, then: impl IntoIterator<Item = (Expected, Answer)>) -> Failure {
    let steps = [(asks_for("main"), at("main", COMMIT)), (creates("x"), answer)];
    create(&script(steps.into_iter().chain(then)), "x").unwrap_err()
}

fn find(script: &Script, name: &str) -> Result<Option<Branch>, Failure> {
    GitHub.find_branch(&cloud(), script, REPO, name)
}

#[test]
fn branches_are_listed_with_their_protection_and_filtered_by_part_of_the_name() {
    let item =
        |name: &str| json!({ "name": name, "commit": { "sha": COMMIT, "url": "x" }, "protected": name == "main" });
    let answer = || Answer::json(200, json!([item("feature/Login"), item("main")]));
    let url = || get(repo("/branches?per_page=100&page=1"));
    let all = GitHub.list_branches(&cloud(), &script([(url(), answer())]), REPO, None, None, 100).unwrap();
    assert_eq!(all.items.iter().map(|b| b.is_protected).collect::<Vec<_>>(), [Some(false), Some(true)]);
    let some = GitHub.list_branches(&cloud(), &script([(url(), answer())]), REPO, Some("login"), None, 100).unwrap();
    assert_eq!(some.items.len(), 1);
    assert_eq!(some.items[0].web_url.as_deref(), Some("https://github.com/octo/hello/tree/feature/Login"));
}

#[test]
fn the_next_page_of_a_renamed_repository_is_still_asked_for_by_its_id() {
    let link = format!("<{API}/repositories/1000/branches?per_page=100&page=2>; rel=\"next\"");
    let first = Answer::json(200, json!([])).header("Link", &link);
    let script = script([
        (get(repo("/branches?per_page=100&page=1")), first),
        (get(repo("/branches?per_page=100&page=2")), Answer::json(200, json!([]))),
    ]);
    assert_eq!(GitHub.list_branches(&cloud(), &script, REPO, None, None, 100).unwrap().next, None);
}

#[test]
fn a_branch_is_found_by_its_exact_name_only() {
    let found = find(&script([(asks_for("feature/x"), at("feature/x", COMMIT))]), "feature/x").unwrap().unwrap();
    assert_eq!((found.name.as_str(), found.commit.as_deref()), ("feature/x", Some(COMMIT)));
    let longer = Answer::json(200, json!([reference("my_branch_is_great", COMMIT)]));
    assert_eq!(find(&script([(asks_for("my_branch"), longer)]), "my_branch").unwrap(), None);
    let among = Answer::json(200, json!([reference("my", OTHER_COMMIT), reference("my_branch", COMMIT)]));
    assert_eq!(find(&script([(asks_for("my"), among)]), "my").unwrap().unwrap().commit.as_deref(), Some(OTHER_COMMIT));
}

#[test]
fn an_absent_branch_is_told_from_an_invisible_repository() {
    let seen = script([(asks_for("x"), absent()), (get(repo("")), visible())]);
    assert_eq!(find(&seen, "x").unwrap(), None);
    let hidden = script([(asks_for("x"), absent()), (get(repo("")), absent())]);
    assert_eq!(find(&hidden, "x").unwrap_err().reason, FailureReason::NotFound("repository octo/hello".into()));
    let empty = script([(asks_for("x"), error(409, "Git Repository is empty."))]);
    assert_eq!(find(&empty, "x").unwrap(), None);
}

/// Enterprise Server before 2.19 has no `git/ref`.
#[test]
fn an_old_server_is_asked_for_the_branch_itself() {
    let below = |path: &str| get(format!("https://git.example.com/api/v3/repos/octo/hello{path}"));
    let asked = || (below("/git/ref/heads/feature/x"), absent());
    let found = |script| GitHub.find_branch(&enterprise("https://git.example.com"), &script, REPO, "feature/x");
    let branch = json!({ "name": "feature/x", "commit": { "sha": COMMIT } });
    let old = script([asked(), (below("/branches/feature/x"), Answer::json(200, branch))]);
    assert_eq!(found(old).unwrap().unwrap().commit.as_deref(), Some(COMMIT));
    for refused in [error(429, "You have exceeded a secondary rate limit."), error(401, "Bad credentials")] {
        let failure = found(script([asked(), (below("/branches/feature/x"), refused)])).unwrap_err();
        assert!(!matches!(failure.reason, FailureReason::NotFound(_)), "{failure:?}");
    }
    let none =
        script([asked(), (below("/branches/feature/x"), error(404, "Branch not found")), (below(""), visible())]);
    assert_eq!(found(none).unwrap(), None);
}

#[test]
fn a14_names_pass_byte_for_byte_and_never_become_another_path() {
    let name = "fé/a b#c?d%2e\u{202e}";
    let url = asks_for("f%C3%A9/a%20b%23c%3Fd%252e%E2%80%AE");
    assert_eq!(find(&script([(url, at(name, COMMIT))]), name).unwrap().unwrap().name, name);
    for stepping in ["../../../user", "a/../b", "a//b", "."] {
        assert_eq!(find(&script([]), stepping).unwrap_err().reason, FailureReason::NameInvalid, "{stepping}");
    }
    for id in ["octo", "octo/..", "../user", "octo/hello/x", "octo/he llo", "octo%2Fhello", "/", ""] {
        let failure = GitHub.find_branch(&cloud(), &script([]), id, "x").unwrap_err();
        assert_eq!(failure.reason, FailureReason::NotFound(format!("repository {id}")), "{id}");
    }
}

#[test]
fn a_branch_is_created_at_the_commit_its_base_stands_at() {
    let steps = script([
        (asks_for("main"), at("main", COMMIT)),
        (creates("feature/ABC-1"), Answer::json(201, reference("feature/ABC-1", COMMIT))),
    ]);
    let created = create(&steps, "feature/ABC-1").unwrap();
    assert!(!created.existed);
    assert_eq!((created.branch.name.as_str(), created.branch.commit.as_deref()), ("feature/ABC-1", Some(COMMIT)));
}

#[test]
fn a_branch_that_stands_at_the_base_already_is_a_success_and_elsewhere_a_conflict() {
    let stands_at = |commit| {
        script([
            (asks_for("main"), at("main", COMMIT)),
            (creates("x"), error(422, "Reference already exists")),
            (asks_for("x"), at("x", commit)),
        ])
    };
    assert!(create(&stands_at(COMMIT), "x").unwrap().existed);
    let conflict = create(&stands_at(OTHER_COMMIT), "x").unwrap_err();
    assert_eq!(conflict.reason, FailureReason::AlreadyExists(format!("branch x at {OTHER_COMMIT}")));
}

#[test]
fn a_missing_base_is_told_from_an_invisible_and_from_an_empty_repository() {
    let missing = FailureReason::BaseMissing("main".into());
    let seen = script([(asks_for("main"), absent()), (get(repo("")), visible())]);
    assert_eq!(create(&seen, "x").unwrap_err().reason, missing);
    let hidden = script([(asks_for("main"), absent()), (get(repo("")), absent())]);
    assert_eq!(create(&hidden, "x").unwrap_err().reason, FailureReason::NotFound("repository octo/hello".into()));
    let empty = script([(asks_for("main"), error(409, "Git Repository is empty."))]);
    assert_eq!(create(&empty, "x").unwrap_err().reason, missing);
    assert_eq!(refused(error(422, "Object does not exist"), []).reason, missing);
    assert_eq!(refused(error(409, "Git Repository is empty."), []).reason, missing);
}

#[test]
fn refused_names_and_protection_rules_are_told_apart() {
    assert_eq!(refused(error(422, "refs/heads/x is not a valid ref name."), []).reason, FailureReason::NameInvalid);
    let rules = error(422, "Repository rule violations found\n\nCannot create ref due to creations being restricted.");
    let failure = refused(rules, []);
    assert_eq!(failure.reason, FailureReason::Protected);
    assert!(failure.message.ends_with("Cannot create ref due to creations being restricted."), "{}", failure.message);
    let nothing_below = (get(repo("/git/matching-refs/heads/x")), Answer::json(200, json!([reference("xy", COMMIT)])));
    assert_eq!(refused(error(422, "Reference update failed"), [nothing_below]).reason, FailureReason::Protected);
}

#[test]
fn a_branch_that_is_in_the_way_by_its_name_is_named() {
    let below = (get(repo("/git/matching-refs/heads/x")), Answer::json(200, json!([reference("x/y", COMMIT)])));
    let failure = refused(error(422, "Reference update failed"), [below]);
    assert_eq!(failure.reason, FailureReason::AlreadyExists("branch x/y".into()));

    let above = script([
        (asks_for("main"), at("main", COMMIT)),
        (creates("a/b/c"), error(422, "Reference update failed")),
        (asks_for("a/b"), absent()),
        (get(repo("")), visible()),
        (asks_for("a"), at("a", COMMIT)),
    ]);
    assert_eq!(create(&above, "a/b/c").unwrap_err().reason, FailureReason::AlreadyExists("branch a".into()));
}

#[test]
fn a_creation_without_a_readable_answer_is_an_unknown_outcome() {
    for answer in [
        Answer::lost(SendFailureKind::TimedOut, true),
        Answer::text(502, "text/html", "<html>"),
        Answer::text(201, "application/json", "{"),
        Answer::json(201, reference("another", COMMIT)),
    ] {
        assert_eq!(refused(answer, []).reason, FailureReason::OutcomeUnknown);
    }
}

#[test]
fn a_renamed_repository_is_followed_by_every_method() {
    let moved = |status, to: &str| {
        Answer::json(status, json!({ "message": "Moved Permanently" }))
            .header("Location", &format!("{API}/repositories/1000{to}"))
    };
    let body = json!({ "ref": "refs/heads/x", "sha": COMMIT });
    let steps = script([
        (asks_for("main"), moved(301, "/git/ref/heads/main")),
        (get(format!("{API}/repositories/1000/git/ref/heads/main")), at("main", COMMIT)),
        (creates("x"), moved(307, "/git/refs")),
        (post(format!("{API}/repositories/1000/git/refs")).json(body), Answer::json(201, reference("x", COMMIT))),
    ]);
    assert!(!create(&steps, "x").unwrap().existed);
}

#[test]
fn deleting_tells_deleted_absent_and_protected_apart() {
    let deletes = |answer: Answer, then: Vec<(Expected, Answer)>| {
        let steps = [(delete(repo("/git/refs/heads/feature/x")), answer)].into_iter().chain(then);
        GitHub.delete_branch(&cloud(), &script(steps), REPO, "feature/x")
    };
    let look = |answer| (asks_for("feature/x"), answer);
    let gone = || vec![look(absent()), (get(repo("")), visible())];
    let there = || vec![look(at("feature/x", COMMIT))];
    assert_eq!(deletes(Answer::empty(204), vec![]), Ok(Deletion::Deleted));
    assert_eq!(deletes(error(422, "Reference does not exist"), vec![]), Ok(Deletion::WasAbsent));
    assert_eq!(deletes(error(422, "Validation Failed"), gone()), Ok(Deletion::WasAbsent));
    assert_eq!(deletes(error(404, "Not Found"), gone()), Ok(Deletion::WasAbsent));
    let reason = |answer, then| deletes(answer, then).unwrap_err().reason;
    assert_eq!(reason(error(422, "Cannot delete this branch"), vec![]), FailureReason::Protected);
    let archived = "Repository was archived so is read-only.";
    assert_eq!(reason(error(422, archived), vec![]), FailureReason::ReadOnly, "nothing has to be looked up");
    assert_eq!(reason(error(422, "Validation Failed"), there()), FailureReason::UnexpectedReply);
    assert!(matches!(reason(error(404, "Not Found"), there()), FailureReason::PermissionMissing(_)));
    let hidden = vec![look(absent()), (get(repo("")), absent())];
    assert!(matches!(reason(error(404, "Not Found"), hidden), FailureReason::NotFound(_)));
}
