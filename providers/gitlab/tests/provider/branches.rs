//! Listing, finding, creating and deleting branches.

use countersign_provider_gitlab::GitLab;
use countersign_sdk::Provider;
use countersign_sdk::testing::{Answer, Expected, Script, delete, get, post};
use countersign_sdk::types::{
    Branch, BranchPage, CreatedBranch, Deletion, Failure, FailureReason, NewBranch, SendFailureKind,
};
use serde_json::json;

use crate::{
    API, COMMIT, OTHER_COMMIT, REPO, absent, asks_for, at, branch, cloud, error, hidden, looks_at_project, project,
    repo, script, visible, visible_at,
};

fn page(more: &str, number: u32) -> Expected {
    get(repo(&format!("/repository/branches?{more}per_page=100&page={number}")))
}

fn creates(name: &str) -> Expected {
    post(repo("/repository/branches")).json(json!({ "branch": name, "ref": COMMIT }))
}

fn list(script: &Script, query: Option<&str>) -> BranchPage {
    GitLab.list_branches(&cloud(), script, REPO, query, None, 100).unwrap()
}

fn create(script: &Script, name: &str) -> Result<CreatedBranch, Failure> {
    let branch = NewBranch { name: name.into(), base: "main".into() };
    GitLab.create_branch(&cloud(), script, REPO, &branch)
}

/// Creating `x` where the base stands and the creating request is answered so.
fn refused(answer: Answer, then: impl IntoIterator<Item = (Expected, Answer)>) -> Failure {
    let steps = [(asks_for("main"), at("main", COMMIT)), (creates("x"), answer)];
    create(&script(steps.into_iter().chain(then)), "x").unwrap_err()
}

fn find(script: &Script, name: &str) -> Result<Option<Branch>, Failure> {
    GitLab.find_branch(&cloud(), script, REPO, name)
}

#[test]
fn branches_are_listed_as_the_server_describes_them() {
    let old = json!({ "name": "old", "commit": { "id": OTHER_COMMIT } });
    let broken = json!({ "name": "broken", "commit": null, "protected": null });
    let answer = Answer::json(200, json!([branch("main", COMMIT), old, broken]));
    let found = list(&script([(page("", 1), answer)]), None);
    let [main, old, broken] = found.items.as_slice() else { panic!("{found:?}") };
    assert_eq!((main.is_default, main.is_protected, main.commit.as_deref()), (Some(true), Some(true), Some(COMMIT)));
    assert_eq!(main.web_url.as_deref(), Some("https://gitlab.com/acme/widgets/-/tree/main"));
    assert_eq!((old.is_default, old.is_protected, old.web_url.as_deref()), (None, None, None));
    assert_eq!(broken.commit, None);
}

#[test]
fn a_query_is_searched_for_by_the_server_but_for_its_signs() {
    let items = || Answer::json(200, json!([branch("feature/Login", COMMIT), branch("main", COMMIT)]));
    assert_eq!(list(&script([(page("search=login&", 1), items())]), Some("LOGIN")).items.len(), 1);
    for (query, search) in [("^feature", "feature"), ("login$", "login"), ("f*ture/", "ture%2F"), ("log\u{ed}n", "log")]
    {
        let found = list(&script([(page(&format!("search={search}&"), 1), items())]), Some(query));
        assert_eq!(found.items.len(), 0, "{query} is no pattern");
    }
    let name = "feature/a$";
    let search = page("search=feature%2Fa&", 1);
    let found = list(&script([(search, Answer::json(200, json!([branch(name, COMMIT)])))]), Some(name));
    assert_eq!(found.items[0].name, name);
}

#[test]
fn pages_are_walked_with_the_cursor_and_end_where_they_do_not_lead_onward() {
    let link =
        |page: u32| format!("<{}>; rel=\"next\"", repo(&format!("/repository/branches?page={page}&per_page=100")));
    let answer = || Answer::json(200, json!([branch("main", COMMIT)]));
    let next = |answer: Answer| list(&script([(page("", 1), answer)]), None).next;
    assert_eq!(next(answer().header("Link", &link(2))).as_deref(), Some("2"));
    assert_eq!(next(answer().header("X-Next-Page", "2")).as_deref(), Some("2"));
    assert_eq!(next(answer().header("X-Next-Page", "")), None);
    assert_eq!(next(answer().header("Link", &link(1)).header("X-Next-Page", "1")), None);
    let second = script([(page("", 2), answer().header("X-Next-Page", "1"))]);
    assert_eq!(GitLab.list_branches(&cloud(), &second, REPO, None, Some("2"), 100).unwrap().next, None);
}

#[test]
fn pages_without_a_match_are_passed_over() {
    let other = || Answer::json(200, json!([branch("main", COMMIT)]));
    let pages =
        (1..=5).map(|number| (page("search=zz&", number), other().header("X-Next-Page", &(number + 1).to_string())));
    let found = list(&script(pages), Some("zz$"));
    assert_eq!((found.items.len(), found.next.as_deref()), (0, Some("6")));
}

#[test]
fn a_branch_is_found_by_its_exact_name_only() {
    let found = find(&script([(asks_for("feature/x"), at("feature/x", COMMIT))]), "feature/x").unwrap().unwrap();
    assert_eq!((found.name.as_str(), found.commit.as_deref()), ("feature/x", Some(COMMIT)));
    for other in [at("feature", COMMIT), Answer::json(200, json!({ "name": "x", "commit": null }))] {
        let failure = find(&script([(asks_for("x"), other)]), "x").unwrap_err();
        assert_eq!(failure.reason, FailureReason::UnexpectedReply);
    }
}

#[test]
fn an_absent_branch_is_told_from_an_invisible_repository() {
    assert_eq!(find(&script([(asks_for("x"), absent())]), "x").unwrap(), None);
    let failure = find(&script([(asks_for("x"), hidden())]), "x").unwrap_err();
    assert_eq!(failure.reason, FailureReason::NotFound("repository 42".into()));
}

#[test]
fn a14_names_pass_byte_for_byte_and_never_become_another_path() {
    let name = "fé/a b#c?d%2e\u{202e}";
    let url = get(repo("/repository/branches/f%C3%A9%2Fa%20b%23c%3Fd%252e%E2%80%AE"));
    assert_eq!(find(&script([(url, at(name, COMMIT))]), name).unwrap().unwrap().name, name);
    for stepping in ["../../../user", "a/../b", "a//b", ".", ""] {
        assert_eq!(find(&script([]), stepping).unwrap_err().reason, FailureReason::NameInvalid, "{stepping}");
        let deleted = GitLab.delete_branch(&cloud(), &script([]), REPO, stepping).unwrap_err();
        assert_eq!(deleted.reason, FailureReason::NameInvalid, "{stepping}");
    }
}

#[test]
fn a_branch_is_created_at_the_commit_its_base_stands_at() {
    let steps = script([
        (asks_for("main"), at("main", COMMIT)),
        (creates("feature/ABC-1"), Answer::json(201, branch("feature/ABC-1", COMMIT))),
    ]);
    let created = create(&steps, "feature/ABC-1").unwrap();
    assert!(!created.existed);
    assert_eq!((created.branch.name.as_str(), created.branch.commit.as_deref()), ("feature/ABC-1", Some(COMMIT)));
}

#[test]
fn a_path_is_turned_into_its_number_before_anything_is_changed() {
    let by_path = || get(format!("{API}/projects/acme%2Fgadgets"));
    let moved = || Answer::text(301, "text/plain", "moved").header("Location", &repo(""));
    let made = script([
        (by_path(), moved()),
        looks_at_project(visible()),
        (asks_for("main"), at("main", COMMIT)),
        (creates("x"), Answer::json(201, branch("x", COMMIT))),
    ]);
    let new = NewBranch { name: "x".into(), base: "main".into() };
    assert!(!GitLab.create_branch(&cloud(), &made, "acme/gadgets", &new).unwrap().existed);
    let deleted = script([
        (by_path(), moved()),
        looks_at_project(visible()),
        (delete(repo("/repository/branches/x")), Answer::empty(204)),
    ]);
    assert_eq!(GitLab.delete_branch(&cloud(), &deleted, "acme/gadgets", "x"), Ok(Deletion::Deleted));
}

#[test]
fn a_branch_that_stands_at_the_base_already_is_a_success_and_elsewhere_a_conflict() {
    let exists = |then: Answer| {
        let steps = [
            (asks_for("main"), at("main", COMMIT)),
            (creates("x"), error(400, "Branch already exists")),
            (asks_for("x"), then),
        ];
        create(&script(steps), "x")
    };
    assert!(exists(at("x", COMMIT)).unwrap().existed);
    let conflict = exists(at("x", OTHER_COMMIT)).unwrap_err();
    assert_eq!(conflict.reason, FailureReason::AlreadyExists(format!("branch x at {OTHER_COMMIT}")));
    assert_eq!(exists(absent()).unwrap_err().reason, FailureReason::AlreadyExists("branch x".into()));
}

#[test]
fn nothing_is_sent_where_the_base_is_no_branch_as_in_an_empty_repository() {
    let missing = create(&script([(asks_for("main"), absent())]), "x").unwrap_err();
    assert_eq!(missing.reason, FailureReason::BaseMissing("main".into()));
    let invisible = create(&script([(asks_for("main"), hidden())]), "x").unwrap_err();
    assert_eq!(invisible.reason, FailureReason::NotFound("repository 42".into()));
}

#[test]
fn a_branch_that_is_in_the_way_by_its_name_is_named() {
    let below = |items| (page("search=%5Ex%2F&", 1), Answer::json(200, items));
    let words = [
        "Failed to create branch 'x': Branch name conflicts with existing branch hierarchy.",
        "Failed to create branch 'x': invalid reference name 'aa218f56'",
        "Invalid reference name: aa218f56",
    ];
    for message in words {
        let failure = refused(error(400, message), [below(json!([branch("x/y", COMMIT)]))]);
        assert_eq!(failure.reason, FailureReason::AlreadyExists("branch x/y".into()), "{message}");
    }
    let unseen = refused(error(400, words[0]), [below(json!([branch("xy", COMMIT)]))]);
    assert_eq!(unseen.reason, FailureReason::AlreadyExists("a branch in the way of x".into()));
    let gone = refused(error(400, words[1]), [below(json!([]))]);
    assert_eq!(gone.reason, FailureReason::BaseMissing("main".into()));

    let above = script([
        (asks_for("main"), at("main", COMMIT)),
        (creates("a/b/c"), error(400, words[0])),
        (asks_for("a/b"), absent()),
        (asks_for("a"), at("a", COMMIT)),
    ]);
    assert_eq!(create(&above, "a/b/c").unwrap_err().reason, FailureReason::AlreadyExists("branch a".into()));
}

#[test]
fn what_a_hook_says_in_any_words_is_a_rule_and_what_gitlab_itself_could_not_do_is_none() {
    let reason = |message: &str| refused(error(400, message), []).reason;
    assert_eq!(reason("Nur mit Freigabe des Architekturteams."), FailureReason::Protected);
    assert_eq!(reason("BRANCH NAME must begin with a ticket"), FailureReason::NameInvalid);
    assert_eq!(reason("Failed to create branch 'archived': 4:Deadline Exceeded."), FailureReason::OutcomeUnknown);
    assert_eq!(reason("Failed to create branch 'x': 14:connection reset by peer"), FailureReason::OutcomeUnknown);
    assert_eq!(reason("Failed to create branch 'x': 9:lock held by 4: somebody"), FailureReason::UnexpectedReply);
    assert_eq!(reason("Failed to create branch 'read-only': no space left"), FailureReason::UnexpectedReply);
    let missing = Answer::json(400, json!({ "error": "branch is missing" }));
    assert_eq!(refused(missing, []).reason, FailureReason::UnexpectedReply);
}

#[test]
fn a_role_is_named_only_where_the_project_shows_one_that_is_too_low() {
    let forbidden = |project: Answer| refused(error(403, "403 Forbidden"), [looks_at_project(project)]);
    let role = FailureReason::PermissionMissing("Developer role".into());
    assert_eq!(forbidden(visible_at(20)).reason, role);
    let mut none = project(42, "acme/widgets");
    none["permissions"] = json!({ "project_access": null, "group_access": null });
    assert_eq!(forbidden(Answer::json(200, none)).reason, role);
    for unexplained in [visible_at(30), visible(), hidden()] {
        assert_eq!(forbidden(unexplained).reason, FailureReason::UnexpectedReply);
    }
    let reading = [(page("", 1), error(403, "403 Forbidden")), looks_at_project(visible_at(10))];
    let failure = GitLab.list_branches(&cloud(), &script(reading), REPO, None, None, 100).unwrap_err();
    assert_eq!(failure.reason, FailureReason::PermissionMissing("Reporter role".into()));
}

#[test]
fn a_creation_without_a_readable_answer_is_an_unknown_outcome() {
    for answer in [
        Answer::lost(SendFailureKind::TimedOut, true),
        Answer::text(502, "text/html", "<html>"),
        Answer::text(201, "application/json", "{"),
        Answer::json(201, branch("another", COMMIT)),
        Answer::json(201, json!({ "name": "x", "commit": null })),
    ] {
        assert_eq!(refused(answer, []).reason, FailureReason::OutcomeUnknown);
    }
}

#[test]
fn deleting_tells_deleted_absent_and_protected_apart() {
    let deletes = |answer: Answer, then: Vec<(Expected, Answer)>| {
        // Without saying that it is JSON it would be sent to the start page of an instance that is read-only.
        let asks = delete(repo("/repository/branches/feature%2Fx")).header("content-type", "application/json");
        let steps = [(asks, answer)].into_iter().chain(then);
        GitLab.delete_branch(&cloud(), &script(steps), REPO, "feature/x")
    };
    assert_eq!(deletes(Answer::empty(204), vec![]), Ok(Deletion::Deleted));
    assert_eq!(deletes(Answer::json(200, json!({ "branch_name": "feature/x" })), vec![]), Ok(Deletion::Deleted));
    assert_eq!(deletes(absent(), vec![]), Ok(Deletion::WasAbsent));
    assert_eq!(deletes(error(404, "No such branch"), vec![]), Ok(Deletion::WasAbsent));
    let reason = |answer, then| deletes(answer, then).unwrap_err().reason;
    assert_eq!(reason(error(405, "Protected branch cant be removed"), vec![]), FailureReason::Protected);
    let role = FailureReason::PermissionMissing("Developer role".into());
    assert_eq!(reason(error(403, "403 Forbidden"), vec![looks_at_project(visible_at(20))]), role);
    assert_eq!(reason(hidden(), vec![]), FailureReason::NotFound("repository 42".into()));
    assert_eq!(reason(Answer::json(200, json!({})), vec![]), FailureReason::OutcomeUnknown);
}
