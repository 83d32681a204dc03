//! What a stand-in does not serve is told apart from everything its git server says: 501, with method and path.

use countersign_tests::standin::codecommit;
use countersign_tests::standin::{azure_devops, github, gitlab};
use http::Method;
use serde_json::json;

use crate::client::Reply;
use crate::codecommit_client::{Signing, element};
use crate::{azure_devops_client as azure_client, client, codecommit_client, gitlab_client};

#[track_caller]
fn check(reply: &Reply, asked: &str) {
    assert_eq!(reply.status, 501, "{asked}: {}", reply.text);
    assert!(reply.text.contains("stand-in: ") && reply.text.contains(asked), "{asked}: {}", reply.text);
}

#[tokio::test]
async fn by_github() {
    let cloud = client::usual().await;
    for (method, path) in [
        (Method::GET, "/orgs/acme"),
        (Method::PUT, "/user"),
        (Method::GET, "/repos/acme/widgets/issues"),
        (Method::PATCH, "/repos/acme/nowhere"),
        (Method::GET, "/repos/acme"),
    ] {
        let reply = client::call(&cloud, method.clone(), path, Some(github::token::ALICE), None).await;
        check(&reply, &format!("{method} {path}"));
    }
    let enterprise = github::GitHub::enterprise("3.16.2").usual().start().await.unwrap();
    let page = enterprise.url().replace("/api/v3", "/acme/widgets");
    check(&client::send(client::http().get(page)).await, "GET /acme/widgets");
}

#[tokio::test]
async fn by_gitlab() {
    let gitlab = gitlab_client::usual().await;
    for (method, path) in [
        (Method::GET, "/groups"),
        (Method::PUT, "/projects/acme%2Fwidgets"),
        (Method::GET, "/projects/4/issues"),
        (Method::PUT, "/projects/acme%2Fwidgets/merge_requests/1/merge"),
    ] {
        let reply = gitlab_client::call(&gitlab, method.clone(), path, Some(gitlab::token::ALICE), None).await;
        check(&reply, &format!("{method} /api/v4{path}"));
    }
}

#[tokio::test]
async fn by_azure_devops() {
    let azure = azure_client::usual().await;
    for (method, path) in [
        (Method::GET, "/_apis/wit/workitems"),
        (Method::OPTIONS, "/_apis/wit"),
        (Method::POST, "/_apis/git/repositories"),
        (Method::PATCH, "/Platform/_apis/git/repositories/widgets/pullrequests/1"),
        (Method::GET, "/Platform/_git/widgets"),
    ] {
        let reply = azure_client::call(&azure, method.clone(), path, Some(azure_devops::token::ALICE), None).await;
        check(&reply, &format!("{method} /acme{path}"));
    }
}

#[tokio::test]
async fn by_codecommit_and_sts() {
    let codecommit = codecommit_client::usual().await;
    check(&codecommit_client::ask(&codecommit, "CreateRepository", json!({})).await, "POST / (CreateRepository)");
    let whoami = Signing::whoami(codecommit::token::ALICE);
    let other = Signing { body: "Action=GetSessionToken&Version=2011-06-15".to_owned(), ..whoami };
    let reply = other.send(&codecommit).await;
    check(&reply, "POST / (GetSessionToken)");
    assert_eq!(element(&reply.text, "Code"), "NotServed");
}
