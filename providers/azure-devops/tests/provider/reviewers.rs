//! Reviewers by account name: what cannot be done becomes a note, and the pull request stands.

use countersign_sdk::testing::{Answer, Expected, get, put};
use countersign_sdk::types::SendFailureKind;
use serde_json::{Value, json};

use crate::pull_requests::{create, creates, looks, new, wire};
use crate::{error, list, repo, script};

const ANN: &str = "3ff4a20f-306e-677e-8a01-57f35e71f109";

fn searches(name: &str) -> Expected {
    let filter = "searchFilter=General&filterValue";
    get(format!("https://vssps.dev.azure.com/acme/_apis/identities?{filter}={name}&queryMembership=none"))
}

fn adds() -> Expected {
    put(repo(&format!("/pullrequests/17/reviewers/{ANN}"))).json(json!({ "id": ANN, "vote": 0 }))
}

fn person(id: &str, account: &str, mail: &str) -> Value {
    let property = |value: &str| json!({ "$type": "System.String", "$value": value });
    json!({
        "id": id, "providerDisplayName": "Ann", "isActive": true,
        "properties": { "Account": property(account), "Mail": property(mail) },
    })
}

/// The notes on a pull request that was created, where each of `reviewers` was asked for so.
fn notes(reviewers: &[&str], steps: impl IntoIterator<Item = (Expected, Answer)>) -> Vec<String> {
    let made = (creates(), Answer::json(201, wire(17, "feature/x", "main")));
    let created = create(&script(looks().into_iter().chain([made]).chain(steps)), &new(reviewers)).unwrap();
    assert!(!created.existed);
    created.notes
}

fn found(people: Value) -> Vec<String> {
    notes(&["ann"], [(searches("ann"), list(people))])
}

#[test]
fn a_reviewer_is_looked_up_and_added() {
    let ann = || list(json!([person(ANN, "ann@example.com", "")]));
    let steps = [(searches("ann%40example.com"), ann()), (adds(), Answer::json(200, json!({ "id": ANN })))];
    assert_eq!(notes(&["ann@example.com"], steps), Vec::<String>::new());
}

#[test]
fn of_several_people_the_one_of_exactly_that_name_is_meant() {
    let people = json!([person("other", "joann@example.com", ""), person(ANN, r"ACME\ann", "ANN@example.com")]);
    let added = (adds(), Answer::json(200, json!({})));
    let steps = [(searches("ann%40example.com"), list(people)), added];
    assert_eq!(notes(&["ann@example.com"], steps), Vec::<String>::new());
    let two = found(json!([person("1", "ann.a@example.com", ""), person("2", "ann.b@example.com", "")]));
    assert!(two[0].contains("several accounts"), "{two:?}");
}

#[test]
fn v12_an_odd_account_is_passed_over_unless_it_may_be_the_one_that_is_meant() {
    let nameless = |mut person: Value| {
        person["id"] = json!(7);
        person
    };
    let people = json!([nameless(person("", "joann@example.com", "")), "x", person(ANN, "ann@example.com", "")]);
    let steps = [(searches("ann%40example.com"), list(people)), (adds(), Answer::json(200, json!({})))];
    assert_eq!(notes(&["ann@example.com"], steps), Vec::<String>::new());
    let odd = found(json!([nameless(person("", "ann@example.com", ""))]));
    assert!(odd[0].contains("Expected a list of accounts"), "{odd:?}");
}

#[test]
fn somebody_whose_name_holds_the_one_that_was_given_is_not_meant() {
    let mut joanna = person("1", "joanna@example.com", "joanna@example.com");
    joanna["providerDisplayName"] = json!("Joanna");
    let nobody = ["No review by ann was requested: there is no account of exactly that name."];
    assert_eq!(found(json!([joanna])), nobody);
    let mut müller = person(ANN, "m@example.com", "");
    müller["providerDisplayName"] = json!("Ann Müller");
    let steps = [(searches("ann%20m%C3%BCller"), list(json!([müller]))), (adds(), Answer::json(200, json!({})))];
    assert_eq!(notes(&["ann müller"], steps), Vec::<String>::new());
}

#[test]
fn nobody_groups_and_people_who_left_are_no_reviewers() {
    let mut group = person("1", "ann", "");
    group["isContainer"] = json!(true);
    let mut left = person("2", "ann", "");
    left["isActive"] = json!(false);
    for people in [json!([]), json!([null]), json!([group, left])] {
        assert_eq!(found(people), ["No review by ann was requested: there is no account of exactly that name."]);
    }
}

#[test]
fn a_token_that_may_not_look_people_up_is_told_which_scope_it_takes() {
    let silent = Answer::empty(401).header("X-VSS-E2EID", "7abd520f");
    let said = notes(&["ann"], [(searches("ann"), silent)]);
    assert!(said[0].ends_with("it takes the scope Identity (Read)."), "{said:?}");
    let policy = "VS403463: The conditional access policy defined by your administrator has failed.";
    let said = notes(&["ann"], [(searches("ann"), error(403, "VssServiceException", policy))]);
    assert_eq!(said, [format!("No review by ann was requested: {policy}")], "another reason is told as it is");
}

#[test]
fn whatever_happens_the_pull_request_stands() {
    let refused = error(400, "InvalidArgumentValueException", "This person cannot review.");
    let ann = || list(json!([person(ANN, "ann", "")]));
    let said = notes(&["ann"], [(searches("ann"), ann()), (adds(), refused)]);
    assert_eq!(said, ["No review by ann was requested: This person cannot review."]);
    let said = |answer| notes(&["ann"], [(searches("ann"), ann()), (adds(), answer)]).concat();
    for lost in [
        Answer::lost(SendFailureKind::TimedOut, true),
        Answer::lost(SendFailureKind::Broken, true),
        error(500, "TeamFoundationServiceException", "TF246017: The database is not there."),
        Answer::text(502, "text/html", "<html><title>Bad Gateway</title>"),
    ] {
        let told = said(lost);
        assert!(told.starts_with("Whether a review by ann was requested cannot be told: "), "{told}");
    }
    let unsent = said(Answer::lost(SendFailureKind::Unreachable, false));
    assert_eq!(unsent, "No review by ann was requested: No answer came.");
    let unasked = notes(&["ann"], [(searches("ann"), Answer::lost(SendFailureKind::Broken, true))]);
    assert_eq!(unasked, ["No review by ann was requested: No answer came."], "looking up asks nobody");
    assert_eq!(notes(&["ann"], [(searches("ann"), Answer::text(200, "text/html", "<html>"))]).len(), 1);
}

#[test]
fn reviewers_past_the_limit_of_one_call_are_named_in_a_note() {
    let names: Vec<String> = (1..=22).map(|number| format!("r{number}")).collect();
    let asked = names[..20].iter().map(|name| (searches(name), list(json!([]))));
    let said = notes(&names.iter().map(String::as_str).collect::<Vec<_>>(), asked);
    assert!(said[20].ends_with("left out: r21, r22."), "{said:?}");
}
