//! Pull requests of CodeCommit: made between real branches, repeated only by their token, listed by id.

use countersign_tests::standin::codecommit::token;
use serde_json::{Value, json};

use crate::client::Reply;
use crate::codecommit_client::{ask, call, error, main_tip, message, scene, tip, usual};

fn pull(source: &str, target: &str) -> Value {
    let target = json!({ "repositoryName": "widgets", "sourceReference": source, "destinationReference": target });
    json!({ "title": "ABC-1 Log in", "description": "Please", "targets": [target] })
}

fn with(mut input: Value, member: &str, value: impl Into<Value>) -> Value {
    input[member] = value.into();
    input
}

fn id(reply: &Reply) -> &str {
    reply.body["pullRequest"]["pullRequestId"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_pull_request_says_what_it_is_in_full_names_and_real_commits() {
    let codecommit = usual().await;
    let made = ask(&codecommit, "CreatePullRequest", pull("develop", "refs/heads/main")).await;
    assert_eq!(made.status, 200);
    let shape = &made.body["pullRequest"];
    let (main, develop) = (main_tip(&codecommit), tip(&codecommit, "develop"));
    assert_eq!(
        shape["pullRequestTargets"],
        json!([{
            "repositoryName": "widgets", "mergeMetadata": { "isMerged": false }, "mergeBase": main,
            "sourceReference": "refs/heads/develop", "sourceCommit": develop,
            "destinationReference": "refs/heads/main", "destinationCommit": main,
        }])
    );
    assert_eq!(
        (&shape["pullRequestId"], &shape["pullRequestStatus"], &shape["authorArn"]),
        (&json!("1"), &json!("OPEN"), &json!("arn:aws:iam::111122223333:user/alice"))
    );
    assert!(shape["creationDate"].as_f64().unwrap() > 1_700_000_000.0);
    let got = ask(&codecommit, "GetPullRequest", json!({ "pullRequestId": "1" })).await;
    assert_eq!(got.body, made.body);
    let kept = codecommit.pull_requests("widgets");
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].number, kept[0].title.as_str(), kept[0].author.as_str()), (1, "ABC-1 Log in", "alice"));
    assert_eq!((kept[0].source.as_str(), kept[0].target.as_str()), ("develop", "main"));
    assert_eq!(kept[0].description.as_deref(), Some("Please"));
    assert!(codecommit.pull_requests("empty").is_empty());
}

#[tokio::test]
async fn without_a_token_the_same_pull_request_is_made_twice() {
    let codecommit = usual().await;
    let first = ask(&codecommit, "CreatePullRequest", pull("develop", "main")).await;
    let second = ask(&codecommit, "CreatePullRequest", pull("develop", "main")).await;
    assert_eq!((id(&first), id(&second)), ("1", "2"));
}

#[tokio::test]
async fn with_a_token_the_same_request_gets_the_same_pull_request_and_another_is_refused() {
    let codecommit = usual().await;
    let input = with(pull("develop", "main"), "clientRequestToken", "abc-1");
    let first = ask(&codecommit, "CreatePullRequest", input.clone()).await;
    assert_eq!(first.body["pullRequest"]["clientRequestToken"], "abc-1");
    // However the references are written.
    let again = with(pull("refs/heads/develop", "main"), "clientRequestToken", "abc-1");
    let again = ask(&codecommit, "CreatePullRequest", again).await;
    assert_eq!((id(&again), codecommit.pull_requests("widgets").len()), ("1", 1));
    let other = ask(&codecommit, "CreatePullRequest", with(input.clone(), "title", "other")).await;
    assert_eq!(error(&other), (400, "IdempotencyParameterMismatchException".to_owned()));
    // Of another user it is another token.
    let others = call(&codecommit, token::INTEGRATION, "CreatePullRequest", input).await;
    assert_eq!(id(&others), "2");
}

#[tokio::test]
async fn the_default_branch_is_the_destination_when_none_is_named() {
    let codecommit = usual().await;
    let target = json!({ "repositoryName": "widgets", "sourceReference": "develop" });
    let made = ask(&codecommit, "CreatePullRequest", json!({ "title": "t", "targets": [target] })).await;
    let shape = &made.body["pullRequest"];
    assert_eq!(shape["pullRequestTargets"][0]["destinationReference"], "refs/heads/main");
    assert_eq!(shape.get("description"), None);
}

#[tokio::test]
async fn a_source_without_commits_of_its_own_is_accepted() {
    let codecommit = usual().await;
    let input = json!({ "repositoryName": "widgets", "branchName": "same", "commitId": main_tip(&codecommit) });
    ask(&codecommit, "CreateBranch", input).await;
    assert_eq!(ask(&codecommit, "CreatePullRequest", pull("same", "main")).await.status, 200);
}

#[tokio::test]
async fn what_a_pull_request_cannot_be_made_of_is_named() {
    let codecommit = usual().await;
    let target = |repository: &str| json!({ "repositoryName": repository, "sourceReference": "develop" });
    let targets = |targets: Value| json!({ "title": "t", "targets": targets });
    for (input, name) in [
        (pull("nope", "main"), "ReferenceDoesNotExistException"),
        (pull("develop", "nope"), "ReferenceDoesNotExistException"),
        (pull("develop", "refs/heads/develop"), "SourceAndDestinationAreSameException"),
        (pull("refs/tags/v1", "main"), "ReferenceTypeNotSupportedException"),
        (pull("a..b", "main"), "InvalidReferenceNameException"),
        (with(pull("develop", "main"), "title", ""), "TitleRequiredException"),
        (with(pull("develop", "main"), "title", "x".repeat(151)), "InvalidTitleException"),
        (with(pull("develop", "main"), "description", "x".repeat(10_241)), "InvalidDescriptionException"),
        (targets(json!([])), "TargetsRequiredException"),
        (json!({ "title": "t" }), "TargetsRequiredException"),
        (targets(json!([target("widgets"), target("widgets")])), "InvalidTargetsException"),
        (targets(json!([target("widgets"), target("empty")])), "MultipleRepositoriesInPullRequestException"),
        (targets(json!([target("nope")])), "RepositoryDoesNotExistException"),
        (targets(json!([{ "repositoryName": "widgets" }])), "ReferenceNameRequiredException"),
        (targets(json!("widgets")), "SerializationException"),
    ] {
        let refused = ask(&codecommit, "CreatePullRequest", input.clone()).await;
        assert_eq!(error(&refused), (400, name.to_owned()), "{input}");
    }
    assert!(codecommit.pull_requests("widgets").is_empty());
}

#[tokio::test]
async fn a_repository_has_room_for_so_many_open_pull_requests() {
    let codecommit = scene().open_pulls_limit(1).start().await.unwrap();
    assert_eq!(ask(&codecommit, "CreatePullRequest", pull("develop", "main")).await.status, 200);
    let refused = ask(&codecommit, "CreatePullRequest", pull("develop", "main")).await;
    assert_eq!(error(&refused), (400, "MaximumOpenPullRequestsExceededException".to_owned()));
}

#[tokio::test]
async fn lists_are_ids_newest_first_by_the_piece_and_their_end_is_an_empty_token() {
    let codecommit = scene().page_cap(2).start().await.unwrap();
    for key in [token::ALICE, token::INTEGRATION, token::ALICE] {
        call(&codecommit, key, "CreatePullRequest", pull("develop", "main")).await;
    }
    let list = |more: Value| {
        let mut input = json!({ "repositoryName": "widgets", "pullRequestStatus": "OPEN" });
        more.as_object().unwrap().iter().for_each(|(name, value)| input[name] = value.clone());
        ask(&codecommit, "ListPullRequests", input)
    };
    let first = list(json!({})).await;
    assert_eq!(first.body["pullRequestIds"], json!(["3", "2"]));
    let second = list(json!({ "nextToken": first.body["nextToken"] })).await;
    assert_eq!(second.body, json!({ "pullRequestIds": ["1"], "nextToken": "" }));
    assert_eq!(list(json!({ "maxResults": 1 })).await.body["pullRequestIds"], json!(["3"]));
    let mine = list(json!({ "authorArn": "arn:aws:iam::111122223333:user/alice" })).await;
    assert_eq!(mine.body["pullRequestIds"], json!(["3", "1"]));
    for (more, name) in [
        (json!({ "maxResults": 0 }), "InvalidMaxResultsException"),
        (json!({ "pullRequestStatus": "open" }), "InvalidPullRequestStatusException"),
        (json!({ "authorArn": "alice" }), "InvalidAuthorArnException"),
        (json!({ "authorArn": "arn:aws:iam::111122223333:user/nobody" }), "AuthorDoesNotExistException"),
    ] {
        assert_eq!(error(&list(more).await), (400, name.to_owned()));
    }
}

#[tokio::test]
async fn a_pull_request_follows_its_branches_and_closes_without_them() {
    let codecommit = usual().await;
    ask(&codecommit, "CreatePullRequest", pull("develop", "main")).await;
    let commit = codecommit.git("widgets").add_commit("develop", "more.txt").unwrap();
    let got = || ask(&codecommit, "GetPullRequest", json!({ "pullRequestId": "1" }));
    assert_eq!(got().await.body["pullRequest"]["pullRequestTargets"][0]["sourceCommit"], commit);
    ask(&codecommit, "DeleteBranch", json!({ "repositoryName": "widgets", "branchName": "develop" })).await;
    assert_eq!(got().await.body["pullRequest"]["pullRequestStatus"], "CLOSED");
    let list = |status: &str| {
        let input = json!({ "repositoryName": "widgets", "pullRequestStatus": status });
        ask(&codecommit, "ListPullRequests", input)
    };
    assert_eq!(list("OPEN").await.body["pullRequestIds"], json!([]));
    assert_eq!(list("CLOSED").await.body["pullRequestIds"], json!(["1"]));
}

#[tokio::test]
async fn a_pull_request_that_is_not_there_or_not_for_the_caller_is_refused() {
    let codecommit = usual().await;
    ask(&codecommit, "CreatePullRequest", pull("develop", "main")).await;
    for (input, name) in [
        (json!({ "pullRequestId": "9" }), "PullRequestDoesNotExistException"),
        (json!({ "pullRequestId": "x" }), "InvalidPullRequestIdException"),
        (json!({}), "PullRequestIdRequiredException"),
    ] {
        assert_eq!(error(&ask(&codecommit, "GetPullRequest", input).await), (400, name.to_owned()));
    }
    let one = json!({ "pullRequestId": "1" });
    assert_eq!(call(&codecommit, token::BOB, "GetPullRequest", one.clone()).await.status, 200);
    let denied = call(&codecommit, token::MALLORY, "GetPullRequest", one).await;
    assert_eq!(error(&denied), (400, "AccessDeniedException".to_owned()));
    let denied = call(&codecommit, token::BOB, "CreatePullRequest", pull("develop", "main")).await;
    assert!(message(&denied).contains("user/bob is not authorized to perform: codecommit:CreatePullRequest"));
}
