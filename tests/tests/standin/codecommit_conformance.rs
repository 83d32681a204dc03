//! What the stand-in answers fits the vendor's own models, and the check has teeth.

use countersign_tests::standin::codecommit::description::Description;
use countersign_tests::standin::codecommit::{CodeCommit, EncryptionKey, faults, token};
use countersign_tests::standin::conformance::{read_json, spec_file};
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::message::Answer;
use http::StatusCode;
use serde_json::{Value, json};

use crate::client::send;
use crate::codecommit_client::{Signing, ask, call, main_tip, scene, usual};

fn description() -> Option<Description> {
    let codecommit = spec_file("openapi/codecommit/codecommit.schema.json")?;
    let sts = spec_file("openapi/codecommit/sts-2011-06-15.slice.json")?;
    Some(Description::open(&codecommit, &sts).unwrap())
}

fn branch(name: &str) -> Value {
    json!({ "repositoryName": "widgets", "branchName": name })
}

fn pull(source: &str) -> Value {
    let target = json!({ "repositoryName": "widgets", "sourceReference": source, "destinationReference": "main" });
    json!({ "title": "t", "description": "d", "targets": [target], "clientRequestToken": "tok" })
}

/// Every operation with requests that succeed, as a good client sends them.
fn merge(source: &str, option: &str) -> Value {
    json!({
        "repositoryName": "widgets", "sourceCommitSpecifier": source, "destinationCommitSpecifier": "main",
        "mergeOption": option, "maxConflictFiles": 1,
    })
}

async fn tour_of_successes(codecommit: &CodeCommit) {
    let commit = main_tip(codecommit);
    let create = json!({ "repositoryName": "widgets", "branchName": "feature/x", "commitId": commit });
    for (operation, input) in [
        ("ListRepositories", json!({ "sortBy": "repositoryName", "order": "ascending" })),
        ("BatchGetRepositories", json!({ "repositoryNames": ["widgets", "empty", "nope"] })),
        ("GetRepository", json!({ "repositoryName": "widgets" })),
        ("ListBranches", json!({ "repositoryName": "widgets" })),
        ("ListBranches", json!({ "repositoryName": "empty" })),
        ("CreateBranch", create),
        ("GetBranch", branch("feature/x")),
        ("GetMergeConflicts", merge("develop", "THREE_WAY_MERGE")),
        ("CreatePullRequest", pull("develop")),
        ("CreatePullRequest", pull("develop")),
        ("ListPullRequests", json!({ "repositoryName": "widgets", "pullRequestStatus": "OPEN", "maxResults": 5 })),
        ("GetPullRequest", json!({ "pullRequestId": "1" })),
        ("DeleteBranch", branch("feature/x")),
        ("DeleteBranch", branch("feature/x")),
    ] {
        ask(codecommit, operation, input).await;
    }
    let first = ask(codecommit, "ListRepositories", json!({})).await;
    ask(codecommit, "ListRepositories", json!({ "nextToken": first.body["nextToken"] })).await;
    codecommit.change(|world| world.repository_mut("dotfiles").encryption_key = EncryptionKey::NotFound);
    ask(codecommit, "BatchGetRepositories", json!({ "repositoryNames": ["dotfiles"] })).await;
    Signing::whoami(token::ALICE).send(codecommit).await;
    Signing::whoami(token::ALICE_ROLE).send(codecommit).await;
    send(Signing::whoami(token::BOB).request(&codecommit.url()).header("accept", "application/json")).await;
}

/// Every sort of refusal.
async fn tour_of_failures(codecommit: &CodeCommit) {
    let commit = main_tip(codecommit);
    let at = |name: &str| json!({ "repositoryName": "widgets", "branchName": name, "commitId": commit });
    let missing = json!({ "repositoryName": "widgets", "branchName": "x", "commitId": "d".repeat(40) });
    let mut other = pull("develop");
    other["title"] = json!("other");
    for (operation, input) in [
        ("CreateBranch", at("main")),
        ("CreateBranch", at("a..b")),
        ("CreateBranch", at("release/1")),
        ("CreateBranch", missing),
        ("CreateBranch", branch("x")),
        ("CreateBranch", json!([])),
        ("CreateBranch", json!({ "repositoryName": "nope", "branchName": "x", "commitId": commit })),
        ("DeleteBranch", branch("main")),
        ("GetBranch", branch("nope")),
        ("GetMergeConflicts", merge("nope", "THREE_WAY_MERGE")),
        ("GetMergeConflicts", merge("develop", "OCTOPUS")),
        ("GetBranch", json!({ "repositoryName": "dotfiles", "branchName": "main" })),
        ("GetRepository", json!({})),
        ("GetRepository", json!({ "repositoryName": "a/b" })),
        ("BatchGetRepositories", json!({ "repositoryNames": [] })),
        ("ListBranches", json!({ "repositoryName": "widgets", "nextToken": "x" })),
        ("ListRepositories", json!({ "sortBy": "age" })),
        ("ListPullRequests", json!({ "repositoryName": "widgets", "pullRequestStatus": "MERGED" })),
        ("GetPullRequest", json!({ "pullRequestId": "99" })),
        ("CreatePullRequest", other),
        ("CreatePullRequest", pull("nope")),
        ("CreatePullRequest", pull("main")),
    ] {
        ask(codecommit, operation, input).await;
    }
    let wrong = token::Key { secret: token::BOB.secret, ..token::ALICE };
    for key in [wrong, token::ALICE_REVOKED, token::ALICE_EXPIRED] {
        call(codecommit, key, "ListRepositories", json!({})).await;
        Signing::whoami(key).send(codecommit).await;
        send(Signing::whoami(key).request(&codecommit.url()).header("accept", "application/json")).await;
    }
    call(codecommit, token::MALLORY, "ListRepositories", json!({})).await;
    send(crate::client::http().post(codecommit.url())).await;
    let unknown =
        Signing { body: "Action=GetCallerIdentity&Version=2001-01-01".to_owned(), ..Signing::whoami(token::ALICE) };
    unknown.send(codecommit).await;
    for fault in [
        faults::throttled(),
        faults::denied_without_message(),
        faults::failure(StatusCode::INTERNAL_SERVER_ERROR),
        faults::failure(StatusCode::SERVICE_UNAVAILABLE),
        faults::outage(StatusCode::BAD_GATEWAY),
    ] {
        codecommit.faults.once(When::any(), fault);
        ask(codecommit, "ListRepositories", json!({})).await;
    }
    codecommit.faults.once(faults::whoami(), faults::whoami_throttled("57a9d1a0"));
    Signing::whoami(token::ALICE).send(codecommit).await;
}

#[tokio::test]
async fn every_answer_fits_the_vendors_models() {
    let Some(description) = description() else { return };
    let codecommit = scene().page_cap(2).start().await.unwrap();
    tour_of_successes(&codecommit).await;
    let successes = codecommit.record.requests();
    assert!(successes.iter().all(|recorded| recorded.answer.as_ref().unwrap().status == 200));
    assert!(successes.len() >= 19);
    let found: Vec<String> =
        successes.iter().filter_map(|recorded| description.check_exchange(recorded).err()).flatten().collect();
    assert!(found.is_empty(), "{found:#?}");

    codecommit.record.clear();
    tour_of_failures(&codecommit).await;
    let failures = codecommit.record.requests();
    assert!(failures.iter().all(|recorded| recorded.answer.as_ref().unwrap().status.as_u16() >= 400));
    assert!(failures.len() >= 39);
    let found: Vec<String> =
        failures.iter().filter_map(|recorded| description.check_answer(recorded).err()).flatten().collect();
    assert!(found.is_empty(), "{found:#?}");
}

#[tokio::test]
async fn requests_that_leave_the_models_are_found() {
    let Some(description) = description() else { return };
    let codecommit = usual().await;
    let form = |body: &str| Signing { body: body.to_owned(), ..Signing::whoami(token::ALICE) };
    let requests = [
        (Signing::operation(token::ALICE, "Nope", &json!({})), "the operation is not described"),
        (Signing::operation(token::ALICE, "CreateBranch", &branch("x")), "\"commitId\" is a required property"),
        (Signing::operation(token::ALICE, "GetBranch", &json!({ "branchNames": "x" })), "input/branchNames is not"),
        (Signing::operation(token::ALICE, "GetBranch", &json!({ "branchName": 1 })), "input/branchName: 1 is not"),
        (
            Signing::operation(token::ALICE, "CreatePullRequest", &json!({ "title": "t", "targets": [{ "x": 1 }] })),
            "input/targets/x is not described",
        ),
        (Signing { body: "{".to_owned(), ..Signing::operation(token::ALICE, "GetBranch", &json!({})) }, "not JSON"),
        (form("Action=WhoAmI&Version=2011-06-15"), "no action WhoAmI"),
        (form("Action=GetCallerIdentity"), "parameter Version is missing"),
        (form("Action=GetCallerIdentity&Version=2011-06-15&Verbose=1"), "parameter Verbose is not described"),
    ];
    for (request, expected) in requests {
        request.send(&codecommit).await;
        let recorded = codecommit.record.requests().pop().unwrap();
        let found = description.check_request(&recorded).unwrap_err().join("\n");
        assert!(found.contains(expected), "{expected}: {found}");
    }
    codecommit.record.clear();
    let mut list = Signing::operation(token::ALICE, "ListRepositories", &json!({}));
    list.headers[0].1 = "application/json".to_owned();
    list.send(&codecommit).await;
    let found = description.check_request(&codecommit.record.requests()[0]).unwrap_err().join("\n");
    assert!(found.contains("the media type is not"), "{found}");
}

#[tokio::test]
async fn answers_that_leave_the_models_are_found() {
    let Some(description) = description() else { return };
    let codecommit = usual().await;
    let input = json!({ "repositoryName": "widgets" });
    let teapot = |status: StatusCode, kind: &str| Fault::Instead(Answer::json(status, &json!({ "__type": kind })));
    for (fault, expected) in [
        (Fault::WithMember("branches", json!("main")), "output/branches: \"main\" is not of type \"array\""),
        (Fault::WithMember("branchs", json!([])), "output/branchs is not described"),
        (Fault::MalformedJson, "the output is not JSON"),
        (teapot(StatusCode::BAD_REQUEST, "BranchNameExistsException"), "is no error of the operation"),
        (teapot(StatusCode::NOT_FOUND, "RepositoryDoesNotExistException"), "is no error of the operation"),
    ] {
        codecommit.faults.once(When::any(), fault.clone());
        let reply = ask(&codecommit, "ListBranches", input.clone()).await;
        let mut recorded = codecommit.record.requests().pop().unwrap();
        // What left, not what was decided.
        let answer = recorded.answer.as_mut().unwrap();
        answer.body = reply.text.into();
        let found = description.check_answer(&recorded).unwrap_err().join("\n");
        assert!(found.contains(expected), "{expected}: {found}");
    }
    Signing::whoami(token::ALICE).send(&codecommit).await;
    let whoami = codecommit.record.requests().pop().unwrap();
    for (from, to, expected) in [
        ("Arn>", "ARN>", "Arn is missing"),
        ("GetCallerIdentityResult>", "Result>", "is not described"),
        ("</Arn>", "", "neither XML nor JSON"),
        ("doc/2011", "doc/2010", "the namespace is not"),
    ] {
        let mut recorded = whoami.clone();
        let answer = recorded.answer.as_mut().unwrap();
        answer.body = String::from_utf8(answer.body.to_vec()).unwrap().replace(from, to).into();
        let found = description.check_answer(&recorded).unwrap_err().join("\n");
        assert!(found.contains(expected), "{expected}: {found}");
    }
}

#[tokio::test]
async fn the_recorded_successes_fit_the_models_too() {
    let (Some(description), Some(index)) = (description(), spec_file("open/index.json")) else { return };
    let codecommit = usual().await;
    Signing::whoami(token::ALICE).send(&codecommit).await;
    ask(&codecommit, "ListRepositories", json!({})).await;
    let [whoami, listing] = codecommit.record.requests().try_into().unwrap();
    let mut checked = 0;
    for entry in read_json(&index).unwrap().as_array().unwrap() {
        if entry["provider"] != "codecommit" || entry["status"] != 200 {
            continue;
        }
        let case = read_json(&index.with_file_name(entry["file"].as_str().unwrap())).unwrap();
        let response = &case["response"];
        let mut recorded = if entry["operation"] == "whoami" { whoami.clone() } else { listing.clone() };
        if let Some(target) = case["request"]["headers"]["x-amz-target"].as_str() {
            recorded.request.headers.insert("x-amz-target", target.parse().unwrap());
        }
        let answer = recorded.answer.as_mut().unwrap();
        answer.body = match (&response["body"], response["body_text"].as_str()) {
            (_, Some(text)) => text.to_owned().into(),
            (Value::Null, None) => Default::default(),
            (body, None) => body.to_string().into(),
        };
        assert_eq!(description.check_answer(&recorded), Ok(()), "{}", case["id"]);
        checked += 1;
    }
    assert!(checked >= 15, "only {checked}");
}
