//! Branches of CodeCommit are references to git, and the other way round.

use countersign_tests::standin::codecommit::{EncryptionKey, token};
use countersign_tests::standin::faults::{Fault, When};
use http::Method;
use serde_json::{Value, json};

use crate::client::send;
use crate::codecommit_client::{Signing, ask, call, error, main_tip, message, scene, usual};

fn branch(name: &str) -> Value {
    json!({ "repositoryName": "widgets", "branchName": name })
}

fn at(name: &str, commit: &str) -> Value {
    json!({ "repositoryName": "widgets", "branchName": name, "commitId": commit })
}

#[tokio::test]
async fn a_branch_made_through_the_api_is_a_reference_to_git_and_the_answer_is_empty() {
    let codecommit = usual().await;
    let commit = main_tip(&codecommit);
    let made = ask(&codecommit, "CreateBranch", at("ABC-1/login", &commit)).await;
    assert_eq!((made.status, made.text.as_str()), (200, ""));
    let shown = codecommit.git("widgets").git(&["show-ref", "refs/heads/ABC-1/login"]).unwrap();
    assert_eq!(shown, format!("{commit} refs/heads/ABC-1/login\n"));
    assert_eq!(codecommit.who_made_branch("widgets", "ABC-1/login").as_deref(), Some("alice"));
    assert_eq!(codecommit.who_made_branch("empty", "ABC-1/login"), None);
    let got = ask(&codecommit, "GetBranch", branch("ABC-1/login")).await;
    assert_eq!(got.body, json!({ "branch": { "branchName": "ABC-1/login", "commitId": commit } }));
}

#[tokio::test]
async fn a_reference_made_with_git_is_a_branch_in_the_api() {
    let codecommit = usual().await;
    let commit = codecommit.git("widgets").add_commit("pushed/by-git", "new.txt").unwrap();
    let got = ask(&codecommit, "GetBranch", branch("pushed/by-git")).await;
    assert_eq!(got.body["branch"]["commitId"], commit);
    let listed = ask(&codecommit, "ListBranches", json!({ "repositoryName": "widgets" })).await;
    assert_eq!(listed.body, json!({ "branches": ["develop", "main", "pushed/by-git"] }));
    assert_eq!(codecommit.who_made_branch("widgets", "pushed/by-git"), None);
}

#[tokio::test]
async fn what_a_branch_cannot_be_made_of_is_named() {
    let codecommit = usual().await;
    let commit = main_tip(&codecommit);
    let tree = codecommit.git("widgets").git(&["rev-parse", "main^{tree}"]).unwrap();
    for (input, name, said) in [
        (at("main", &commit), "BranchNameExistsException", "with the same name: main"),
        (at("a..b", &commit), "InvalidBranchNameException", "is not valid: a..b"),
        (at("main/x", &commit), "InvalidBranchNameException", "is not valid: main/x"),
        (at(&"x".repeat(257), &commit), "InvalidBranchNameException", "is not valid"),
        (at("x", &"d".repeat(40)), "CommitDoesNotExistException", "dddd"),
        (at("x", tree.trim()), "CommitDoesNotExistException", tree.trim()),
        (at("x", "main"), "InvalidCommitIdException", "is not valid: main"),
        (branch("x"), "CommitIdRequiredException", "was not specified"),
        (json!({ "repositoryName": "widgets" }), "BranchNameRequiredException", "was not specified"),
        (json!({ "branchName": "x" }), "RepositoryNameRequiredException", "was not specified"),
        (json!({ "repositoryName": "a/b" }), "InvalidRepositoryNameException", "is not valid: a/b"),
        (json!({ "repositoryName": "nope" }), "RepositoryDoesNotExistException", "nope"),
        (json!({ "repositoryName": 7 }), "SerializationException", "NUMBER_VALUE can not be converted to a String"),
        (json!([]), "SerializationException", "where not expected"),
    ] {
        let refused = ask(&codecommit, "CreateBranch", input.clone()).await;
        assert_eq!(error(&refused), (400, name.to_owned()), "{input}");
        assert!(message(&refused).contains(said), "{}", message(&refused));
    }
    let listed = ask(&codecommit, "ListBranches", json!({ "repositoryName": "widgets" })).await;
    assert_eq!(listed.body["branches"], json!(["develop", "main"]));
}

#[tokio::test]
async fn of_many_who_make_the_same_branch_one_makes_it() {
    let codecommit = usual().await;
    let create = Signing::operation(token::ALICE, "CreateBranch", &at("race", &main_tip(&codecommit)));
    let requests = (0..8).map(|_| tokio::spawn(send(create.request(&codecommit.url()))));
    let mut made = 0;
    for request in requests.collect::<Vec<_>>() {
        match error(&request.await.unwrap()) {
            (200, _) => made += 1,
            refused => assert_eq!(refused, (400, "BranchNameExistsException".to_owned())),
        }
    }
    assert_eq!(made, 1);
}

#[tokio::test]
async fn deleting_says_what_was_deleted_and_a_missing_branch_is_no_error() {
    let codecommit = usual().await;
    let commit = codecommit.git("widgets").add_commit("old", "old.txt").unwrap();
    let deleted = ask(&codecommit, "DeleteBranch", branch("old")).await;
    assert_eq!(deleted.body, json!({ "deletedBranch": { "branchName": "old", "commitId": commit } }));
    assert!(codecommit.git("widgets").references().unwrap().branch("old").is_none());
    let again = ask(&codecommit, "DeleteBranch", branch("old")).await;
    assert_eq!((again.status, again.body), (200, json!({})));
    let default = ask(&codecommit, "DeleteBranch", branch("main")).await;
    assert_eq!(error(&default), (400, "DefaultBranchCannotBeDeletedException".to_owned()));
    let missing = ask(&codecommit, "GetBranch", branch("old")).await;
    assert_eq!(error(&missing), (400, "BranchDoesNotExistException".to_owned()));
}

#[tokio::test]
async fn a_protected_branch_is_denied_by_policy_to_everybody() {
    let codecommit = usual().await;
    let commit = codecommit.git("widgets").add_commit("release/1.0", "r.txt").unwrap();
    for (operation, input) in [("CreateBranch", at("release/2.0", &commit)), ("DeleteBranch", branch("release/1.0"))] {
        let denied = ask(&codecommit, operation, input).await;
        assert_eq!(error(&denied), (400, "AccessDeniedException".to_owned()));
        assert_eq!(
            message(&denied),
            format!(
                "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: codecommit:{operation} on resource: arn:aws:codecommit:us-east-1:111122223333:widgets with an explicit deny in an identity-based policy"
            )
        );
    }
    assert_eq!(ask(&codecommit, "GetBranch", branch("release/1.0")).await.status, 200);
    assert!(codecommit.git("widgets").references().unwrap().branch("release/1.0").is_some());
}

#[tokio::test]
async fn branches_come_by_the_piece() {
    let codecommit = scene().page_cap(1).start().await.unwrap();
    let first = ask(&codecommit, "ListBranches", json!({ "repositoryName": "widgets" })).await;
    assert_eq!(first.body["branches"], json!(["develop"]));
    let next = first.body["nextToken"].clone();
    let second = ask(&codecommit, "ListBranches", json!({ "repositoryName": "widgets", "nextToken": next })).await;
    assert_eq!(second.body, json!({ "branches": ["main"] }));
    // A token is for the operation that gave it.
    for (operation, token) in [("ListRepositories", next), ("ListBranches", json!("bm9wZQ=="))] {
        let refused = ask(&codecommit, operation, json!({ "repositoryName": "widgets", "nextToken": token })).await;
        assert_eq!(error(&refused), (400, "InvalidContinuationTokenException".to_owned()));
    }
}

#[tokio::test]
async fn an_empty_repository_has_no_branches_and_takes_none() {
    let codecommit = usual().await;
    let listed = ask(&codecommit, "ListBranches", json!({ "repositoryName": "empty" })).await;
    assert_eq!(listed.body, json!({ "branches": [] }));
    let input = json!({ "repositoryName": "empty", "branchName": "x", "commitId": main_tip(&codecommit) });
    let refused = ask(&codecommit, "CreateBranch", input).await;
    assert_eq!(error(&refused), (400, "CommitDoesNotExistException".to_owned()));
}

#[tokio::test]
async fn a_repository_whose_encryption_key_is_gone_answers_nothing_about_branches() {
    let codecommit = usual().await;
    for (state, name) in [
        (EncryptionKey::AccessDenied, "EncryptionKeyAccessDeniedException"),
        (EncryptionKey::Disabled, "EncryptionKeyDisabledException"),
        (EncryptionKey::NotFound, "EncryptionKeyNotFoundException"),
        (EncryptionKey::Unavailable, "EncryptionKeyUnavailableException"),
    ] {
        codecommit.change(|world| world.repository_mut("widgets").encryption_key = state);
        let refused = ask(&codecommit, "GetBranch", branch("main")).await;
        assert_eq!(error(&refused), (400, name.to_owned()));
    }
}

#[tokio::test]
async fn a_lost_reply_leaves_the_branch_and_says_whose_it_is() {
    let codecommit = usual().await;
    let commit = main_tip(&codecommit);
    codecommit.faults.once(countersign_tests::standin::codecommit::faults::operation("CreateBranch"), Fault::ReplyLost);
    assert_eq!(ask(&codecommit, "GetBranch", branch("main")).await.status, 200);
    let create = Signing::operation(token::INTEGRATION, "CreateBranch", &at("lost", &commit));
    create.request(&codecommit.url()).send().await.unwrap_err();
    assert!(codecommit.git("widgets").references().unwrap().branch("lost").is_some());
    assert_eq!(codecommit.who_made_branch("widgets", "lost").as_deref(), Some("jira-integration"));
    assert_eq!(codecommit.record.tokens_seen(), [token::ALICE.id, token::INTEGRATION.id]);
    assert_eq!((codecommit.mutations().len(), codecommit.record.matching(&Method::POST, "/").len()), (1, 2));
}

#[tokio::test]
async fn what_is_no_operation_is_refused() {
    let codecommit = usual().await;
    for request in [
        Signing {
            headers: vec![
                ("content-type", "application/x-amz-json-1.1".to_owned()),
                ("x-amz-target", "CodeCommit_20010101.ListRepositories".to_owned()),
            ],
            ..Signing::operation(token::ALICE, "", &json!({}))
        },
        Signing {
            headers: vec![
                ("content-type", "application/json".to_owned()),
                ("x-amz-target", "CodeCommit_20150413.ListRepositories".to_owned()),
            ],
            ..Signing::operation(token::ALICE, "", &json!({}))
        },
    ] {
        let refused = request.send(&codecommit).await;
        assert_eq!(error(&refused), (400, "UnknownOperationException".to_owned()));
    }
    codecommit.faults.once(When::any(), Fault::CloseBeforeActing);
    let create = Signing::operation(token::ALICE, "CreateBranch", &at("never", &main_tip(&codecommit)));
    create.request(&codecommit.url()).send().await.unwrap_err();
    assert!(codecommit.git("widgets").references().unwrap().branch("never").is_none());
    assert_eq!(send(create.request(&codecommit.url())).await.status, 200);
    assert_eq!(call(&codecommit, token::BOB, "GetBranch", branch("never")).await.status, 200);
}

#[tokio::test]
async fn where_two_branches_parted_is_told_with_their_conflicts() {
    let codecommit = usual().await;
    let tip = |branch: &str| codecommit.git("widgets").git(&["rev-parse", branch]).unwrap().trim().to_owned();
    let asked = |source: &str, destination: &str| {
        json!({ "repositoryName": "widgets", "sourceCommitSpecifier": source, "destinationCommitSpecifier": destination,
            "mergeOption": "THREE_WAY_MERGE" })
    };
    let main = tip("main");
    let told = ask(&codecommit, "GetMergeConflicts", asked("develop", &main)).await;
    assert_eq!((&told.body["baseCommitId"], &told.body["sourceCommitId"]), (&json!(main), &json!(tip("develop"))));
    let refused = ask(&codecommit, "GetMergeConflicts", asked("nope", "main")).await;
    assert_eq!(error(&refused), (400, "CommitDoesNotExistException".to_owned()));
}
