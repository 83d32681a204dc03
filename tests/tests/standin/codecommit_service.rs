//! Repositories, who one is, and who may what: policies decide, nothing is hidden, and everything is served under its real
//! names.

use countersign_tests::standin::codecommit::token::Key;
use countersign_tests::standin::codecommit::{CodeCommit, EncryptionKey, TokenState, faults, token};
use countersign_tests::standin::faults::When;
use http::{StatusCode, Version};
use serde_json::{Value, json};

use crate::client::{http, send};
use crate::codecommit_client::{Signing, ask, call, element, error, main_tip, message, scene, usual};

fn named(repository: &str) -> Value {
    json!({ "repositoryName": repository })
}

#[tokio::test]
async fn repositories_are_listed_by_name_and_id_alone_by_the_piece() {
    let codecommit = scene().page_cap(2).start().await.unwrap();
    let first = ask(&codecommit, "ListRepositories", json!({})).await;
    let ids: Vec<&Value> = first.body["repositories"].as_array().unwrap().iter().collect();
    assert_eq!(ids[0]["repositoryName"], "dotfiles");
    assert_eq!(ids[0].as_object().unwrap().len(), 2);
    let next = json!({ "nextToken": first.body["nextToken"] });
    let second = ask(&codecommit, "ListRepositories", next).await;
    assert_eq!(second.body["repositories"][0]["repositoryName"], "widgets");
    assert_eq!(second.body.get("nextToken"), None);
    let names = |input: Value| {
        let reply = ask(&codecommit, "ListRepositories", input);
        async { reply.await.body["repositories"][0]["repositoryName"].clone() }
    };
    assert_eq!(names(json!({ "order": "descending" })).await, "widgets");
    assert_eq!(names(json!({ "sortBy": "lastModifiedDate", "order": "ascending" })).await, "widgets");
    for (input, name) in
        [(json!({ "sortBy": "age" }), "InvalidSortByException"), (json!({ "order": "up" }), "InvalidOrderException")]
    {
        assert_eq!(error(&ask(&codecommit, "ListRepositories", input).await), (400, name.to_owned()));
    }
}

#[tokio::test]
async fn details_name_the_default_branch_only_where_there_is_one() {
    let codecommit = usual().await;
    let got = ask(&codecommit, "GetRepository", named("widgets")).await;
    let metadata = &got.body["repositoryMetadata"];
    assert_eq!(
        (&metadata["defaultBranch"], &metadata["Arn"]),
        (&json!("main"), &json!("arn:aws:codecommit:us-east-1:111122223333:widgets"))
    );
    assert_eq!(metadata["cloneUrlHttp"], "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/widgets");
    let empty = ask(&codecommit, "GetRepository", named("empty")).await;
    assert_eq!(empty.body["repositoryMetadata"].get("defaultBranch"), None);
    let missing = ask(&codecommit, "GetRepository", named("nope")).await;
    assert_eq!(error(&missing), (400, "RepositoryDoesNotExistException".to_owned()));
}

#[tokio::test]
async fn a_batch_names_what_is_missing_and_what_cannot_be_decrypted() {
    let codecommit = usual().await;
    codecommit.change(|world| world.repository_mut("dotfiles").encryption_key = EncryptionKey::Disabled);
    let batch = |names: Value| ask(&codecommit, "BatchGetRepositories", json!({ "repositoryNames": names }));
    let reply = batch(json!(["widgets", "nope", "dotfiles"])).await;
    assert_eq!((reply.status, reply.body["repositories"].as_array().unwrap().len()), (200, 1));
    assert_eq!(reply.body["repositoriesNotFound"], json!(["nope"]));
    let failed = &reply.body["errors"][0];
    assert_eq!(
        (&failed["repositoryName"], &failed["errorCode"]),
        (&json!("dotfiles"), &json!("EncryptionKeyDisabledException"))
    );
    for (names, name) in [
        (json!([]), "RepositoryNamesRequiredException"),
        (json!(vec!["widgets"; 101]), "MaximumRepositoryNamesExceededException"),
        (json!(["widgets.git"]), "InvalidRepositoryNameException"),
        (json!([7]), "SerializationException"),
    ] {
        assert_eq!(error(&batch(names).await), (400, name.to_owned()));
    }
}

#[tokio::test]
async fn who_one_is_needs_no_permission() {
    let codecommit = usual().await;
    let user = |login: &str| format!("arn:aws:iam::111122223333:user/{login}");
    for (key, arn, id) in [
        (token::ALICE, user("alice"), "AIDASTANDINALICEZZZZZ"),
        (token::ALICE_EXPIRING, user("alice"), "AIDASTANDINALICEZZZZZ"),
        (token::ALICE_NO_SCOPE, user("alice"), "AIDASTANDINALICEZZZZZ"),
        (token::MALLORY, user("mallory"), "AIDASTANDINMALLORYZZZ"),
        (token::INTEGRATION, user("jira-integration"), "AIDASTANDINJIRAYINTEG"),
        (
            token::ALICE_ROLE,
            "arn:aws:sts::111122223333:assumed-role/developer/alice".to_owned(),
            "AROASTANDINALICEZZZZZ:alice",
        ),
    ] {
        let xml = Signing::whoami(key).send(&codecommit).await;
        assert_eq!((xml.status, xml.header("content-type")), (200, Some("text/xml")));
        let said = ["Arn", "UserId", "Account"].map(|name| element(&xml.text, name));
        assert_eq!(said, [arn.as_str(), id, "111122223333"]);
        let request = Signing::whoami(key).request(&codecommit.url()).header("accept", "application/json");
        let result = &send(request).await.body["GetCallerIdentityResponse"]["GetCallerIdentityResult"];
        assert_eq!((&result["Arn"], &result["UserId"]), (&json!(arn), &json!(id)));
    }
}

#[tokio::test]
async fn sts_knows_one_action() {
    let codecommit = usual().await;
    for (form, code) in
        [("Action=GetCallerIdentity&Version=2001-01-01", "InvalidAction"), ("Version=2011-06-15", "MissingAction")]
    {
        let whoami = Signing { body: form.to_owned(), ..Signing::whoami(token::ALICE) };
        let refused = whoami.send(&codecommit).await;
        assert_eq!((refused.status, element(&refused.text, "Code")), (400, code));
        let refused = send(whoami.request(&codecommit.url()).header("accept", "application/json")).await;
        assert_eq!(refused.body["Error"]["Code"], code);
    }
}

/// What a policy that allows nothing of the kind says.
fn not_allowed(user: &str, action: &str, repository: &str) -> String {
    format!(
        "User: arn:aws:{user} is not authorized to perform: codecommit:{action} on resource: arn:aws:codecommit:us-east-1:111122223333:{repository} because no identity-based policy allows the codecommit:{action} action"
    )
}

#[tokio::test]
async fn each_key_may_do_what_its_policy_allows_and_is_told_what_it_may_not() {
    let codecommit = usual().await;
    let create = || json!({ "repositoryName": "widgets", "branchName": "x", "commitId": main_tip(&codecommit) });
    let alice = "iam::111122223333:user/alice";
    let cases: [(Key, &str, Value, Option<String>); 11] = [
        (token::ALICE_READ, "ListRepositories", json!({}), None),
        (token::ALICE_READ, "GetRepository", named("empty"), None),
        (token::ALICE_READ, "CreateBranch", create(), Some(not_allowed(alice, "CreateBranch", "widgets"))),
        (token::ALICE_NO_SCOPE, "ListRepositories", json!({}), Some(not_allowed(alice, "ListRepositories", "*"))),
        (token::BOB, "ListRepositories", json!({}), None),
        (token::BOB, "ListBranches", named("widgets"), None),
        (
            token::BOB,
            "ListBranches",
            named("empty"),
            Some(not_allowed("iam::111122223333:user/bob", "ListBranches", "empty")),
        ),
        (
            token::BOB,
            "BatchGetRepositories",
            json!({ "repositoryNames": ["widgets", "empty"] }),
            Some(not_allowed("iam::111122223333:user/bob", "BatchGetRepositories", "empty")),
        ),
        (
            token::MALLORY,
            "GetRepository",
            named("nope"),
            Some(not_allowed("iam::111122223333:user/mallory", "GetRepository", "nope")),
        ),
        (token::ALICE_ROLE, "CreateBranch", create(), None),
        (token::INTEGRATION, "GetRepository", named("dotfiles"), None),
    ];
    for (key, operation, input, denied) in cases {
        let reply = call(&codecommit, key, operation, input).await;
        assert_eq!(message(&reply), denied.as_deref().unwrap_or_default(), "{} {operation}", key.id);
        let expected = if denied.is_some() { (400, "AccessDeniedException".to_owned()) } else { (200, String::new()) };
        assert_eq!(error(&reply), expected);
    }
    assert_eq!(codecommit.who_made_branch("widgets", "x").as_deref(), Some("alice"));
}

#[tokio::test]
async fn keys_and_policies_can_be_taken_away_while_it_runs() {
    let codecommit = usual().await;
    codecommit.change(|world| world.user_mut("bob").policy.clear());
    let denied = call(&codecommit, token::BOB, "ListBranches", named("widgets")).await;
    assert_eq!(error(&denied), (400, "AccessDeniedException".to_owned()));
    codecommit.change(|world| world.token_mut(token::ALICE.id).state = TokenState::Revoked);
    let refused = ask(&codecommit, "ListRepositories", json!({})).await;
    assert_eq!(error(&refused), (400, "UnrecognizedClientException".to_owned()));
}

#[tokio::test]
async fn throttling_denials_without_a_word_failures_and_outages_are_said_as_the_services_say_them() {
    let codecommit = usual().await;
    let list = || ask(&codecommit, "ListRepositories", json!({}));
    codecommit.faults.once(faults::operation("ListRepositories"), faults::throttled());
    let limited = list().await;
    assert_eq!((error(&limited), message(&limited)), ((400, "ThrottlingException".to_owned()), "Rate exceeded"));
    codecommit.faults.once(faults::whoami(), faults::whoami_throttled("57a9d1a0"));
    assert_eq!(list().await.status, 200);
    let limited = Signing::whoami(token::ALICE).send(&codecommit).await;
    assert_eq!((limited.status, element(&limited.text, "Code")), (400, "Throttling"));
    codecommit.faults.once(When::any(), faults::denied_without_message());
    assert_eq!(list().await.body, json!({ "__type": "AccessDeniedException" }));
    codecommit.faults.once(When::any(), faults::failure(StatusCode::INTERNAL_SERVER_ERROR));
    assert_eq!(error(&list().await), (500, "InternalFailure".to_owned()));
    codecommit.faults.once(When::any(), faults::outage(StatusCode::SERVICE_UNAVAILABLE));
    let outage = list().await;
    assert_eq!((outage.status, outage.header("content-type")), (503, Some("text/html; charset=utf-8")));
    codecommit.faults.times(2, faults::operation("ListRepositories"), faults::looping_next("ListRepositories"));
    let first = list().await;
    let again = json!({ "nextToken": first.body["nextToken"] });
    assert_eq!(ask(&codecommit, "ListRepositories", again).await.body, first.body);
    assert!(codecommit.faults.all_happened());
}

fn trusting(codecommit: &CodeCommit, name: &str) -> reqwest::Client {
    http();
    let authority = reqwest::Certificate::from_pem(codecommit.ca_pem().as_bytes()).unwrap();
    let builder = reqwest::Client::builder().no_proxy().tls_certs_only([authority]);
    builder.resolve(name, codecommit.tls_addr()).build().unwrap()
}

#[tokio::test]
async fn over_tls_the_name_says_which_service_is_meant() {
    let codecommit = usual().await;
    let list = Signing::operation(token::ALICE, "ListRepositories", &json!({}));
    let whoami = Signing::whoami(token::ALICE);
    for (name, signing, status) in [
        ("codecommit.us-east-1.amazonaws.com", &list, 200),
        ("codecommit-fips.us-east-1.amazonaws.com", &list, 200),
        ("sts.us-east-1.amazonaws.com", &whoami, 200),
        ("sts.us-east-1.amazonaws.com", &list, 403),
        ("codecommit.us-east-1.amazonaws.com", &whoami, 400),
    ] {
        let url = format!("https://{name}:{}", codecommit.tls_addr().port());
        let response = signing.request_by(&trusting(&codecommit, name), &url).send().await.unwrap();
        assert_eq!((response.status().as_u16(), response.version()), (status, Version::HTTP_2), "{name}");
    }
}
