//! Credentials and permissions: who is let in, who is turned away, and with which status, page and words.

use countersign_tests::standin::azure_devops::{AzureDevOps, account_guid, token};
use http::{Method, StatusCode};
use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;

use crate::azure_devops_client::{WIDGETS, ZEROS, call, each, get, key, request, tip, usual};
use crate::client::{Reply, http, send};

const WHOAMI: &str = "/_apis/connectionData?api-version=7.1-preview.1";

async fn whoami(azure: &AzureDevOps, token: &str) -> Reply {
    call(azure, Method::GET, WHOAMI, Some(token), None).await
}

#[tokio::test]
async fn any_good_token_learns_whose_it_is_and_nothing_of_its_scopes_or_expiry() {
    let azure = usual().await;
    for token in [token::ALICE, token::ALICE_OLD_FORM, token::ALICE_EXPIRING, token::ALICE_NO_SCOPE] {
        let known = whoami(&azure, token).await;
        let user = &known.body["authenticatedUser"];
        assert_eq!((known.status, &user["id"]), (200, &json!(account_guid(101))));
        assert_eq!(user["properties"]["Account"]["$value"], "alice@example.com");
        assert_eq!(known.body["deploymentType"], "hosted");
        assert_eq!(known.header("x-vss-userdata"), Some(format!("{}:alice@example.com", account_guid(101)).as_str()));
        assert!(!known.text.contains("2031") && !known.text.contains("vso."));
    }
    let url = format!("{}{WHOAMI}", azure.url());
    let named = send(http().get(&url).basic_auth("anybody", Some(token::BOB))).await;
    assert_eq!(named.body["authorizedUser"]["providerDisplayName"], "bob");
    assert_eq!(azure.record.requests().last().unwrap().account.as_deref(), Some("bob"));
}

#[tokio::test]
async fn a_refused_token_is_an_empty_401_for_who_asks_for_no_sign_in_page() {
    let azure = usual().await;
    for token in [token::ALICE_REVOKED, "nobody's"] {
        let refused = whoami(&azure, token).await;
        assert_eq!((refused.status, refused.text.as_str()), (401, ""));
        assert_eq!(
            refused.header("www-authenticate"),
            Some("Basic realm=\"https://tfsprodsin1.app.visualstudio.com/\"")
        );
        assert!(refused.header("x-tfs-serviceerror").unwrap().starts_with("TF400813%3A%20"));
        assert_eq!(refused.header("x-vss-userdata"), None);
    }
    let expired = whoami(&azure, token::ALICE_EXPIRED).await;
    assert_eq!((expired.status, key(&expired)), (401, "AccessCheckException"));
    let as_bearer = http().get(format!("{}{WHOAMI}", azure.url())).header("x-tfs-fedauthredirect", "suppress");
    assert_eq!(send(as_bearer.bearer_auth(token::ALICE)).await.status, 401);
    assert!(azure.record.requests().iter().all(|recorded| recorded.account.is_none()));
}

#[tokio::test]
async fn a_refused_token_is_the_sign_in_page_for_everybody_else() {
    let azure = usual().await;
    let url = format!("{}{WIDGETS}/refs?api-version=7.1", azure.url());
    for method in [Method::GET, Method::POST] {
        let page = send(http().request(method, &url).basic_auth("", Some(token::ALICE_EXPIRED))).await;
        assert_eq!((page.status, page.header("content-type")), (203, Some("text/html; charset=utf-8")));
        assert!(page.text.contains("Azure DevOps Services | Sign In"));
    }
    let patch = send(http().patch(&url).basic_auth("", Some(token::ALICE_EXPIRED))).await;
    assert_eq!((patch.status, key(&patch)), (401, "UnauthorizedRequestException"));
}

#[tokio::test]
async fn a_token_expires_by_the_servers_clock() {
    fn later() -> OffsetDateTime {
        datetime!(2031-02-03 04:05:06 UTC)
    }
    let azure = AzureDevOps::services("acme").usual().clock(later).start().await.unwrap();
    assert_eq!(whoami(&azure, token::ALICE_EXPIRING).await.status, 401);
    assert_eq!(whoami(&azure, token::ALICE).await.status, 200);
}

#[tokio::test]
async fn without_a_token_there_is_nobody_and_what_is_public() {
    let azure = usual().await;
    let nobody = call(&azure, Method::GET, WHOAMI, None, None).await;
    assert_eq!(nobody.body["authenticatedUser"]["id"], "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa");
    let public = call(&azure, Method::GET, "/Public/_apis/git/repositories", None, None).await;
    assert_eq!(each(&public, "name"), ["dotfiles", "Public"]);
    for path in
        ["/_apis/git/repositories", WIDGETS, "/_apis/projects", "/_apis/ResourceAreas?api-version=7.1-preview.1"]
    {
        let refused = call(&azure, Method::GET, path, None, None).await;
        assert_eq!((refused.status, key(&refused)), (401, "UnauthorizedRequestException"), "{path}");
        assert!(refused.message().starts_with("TF400813: Resource not available for anonymous access."));
    }
    let redirected = send(http().get(format!("{}/_apis/projects", azure.url()))).await;
    assert_eq!(redirected.status, 302);
    assert!(redirected.header("location").unwrap().starts_with("https://spsprodeus27.vssps.visualstudio.com/_signin?"));
    azure.change(|world| world.projects.iter_mut().for_each(|project| project.public = false));
    assert_eq!(call(&azure, Method::GET, WHOAMI, None, None).await.status, 401);
}

#[tokio::test]
async fn a_scope_that_is_missing_is_a_status_with_an_empty_body() {
    let azure = usual().await;
    let body = json!([{ "name": "refs/heads/x", "oldObjectId": ZEROS, "newObjectId": tip(&azure, "main") }]);
    let refs = format!("{WIDGETS}/refs");
    let create = |token| call(&azure, Method::POST, &refs, Some(token), Some(body.clone()));
    let read = |token| call(&azure, Method::GET, WIDGETS, Some(token), None);
    assert_eq!((read(token::ALICE_READ_ONLY).await.status, read(token::ALICE_NO_SCOPE).await.status), (200, 401));
    let refused = create(token::ALICE_READ_ONLY).await;
    assert_eq!((refused.status, refused.text.as_str(), refused.header("x-tfs-serviceerror")), (401, "", None));
    azure.change(|world| world.scope_refusal = StatusCode::FORBIDDEN);
    assert_eq!(create(token::ALICE_READ_ONLY).await.status, 403);
    assert!(azure.git("Platform/widgets").references().unwrap().branch("x").is_none());
    let search = "/_apis/identities?searchFilter=General&filterValue=bob";
    let unread = call(&azure, Method::GET, search, Some(token::ALICE_CODE_ONLY), None).await;
    assert_eq!(unread.status, 403);
}

#[tokio::test]
async fn what_somebody_may_not_see_is_not_there() {
    let azure = usual().await;
    let asked = |token, path: &'static str| call(&azure, Method::GET, path, Some(token), None);
    let hidden = asked(token::MALLORY, "/Platform/_apis/git/repositories").await;
    assert_eq!((hidden.status, key(&hidden)), (404, "ProjectDoesNotExistWithNameException"));
    assert_eq!(each(&asked(token::MALLORY, "/_apis/git/repositories").await, "name"), ["dotfiles", "Public"]);
    assert_eq!(each(&asked(token::MALLORY, "/_apis/projects").await, "name"), ["Public"]);
    let other = asked(token::BOB, "/Platform/_apis/git/repositories/empty").await;
    assert_eq!((other.status, key(&other)), (404, "GitRepositoryNotFoundException"));
    assert_eq!(each(&asked(token::BOB, "/Platform/_apis/git/repositories").await, "name"), ["widgets"]);
    azure.change(|world| world.repository_mut("Platform/widgets").collaborators.remove("bob"));
    assert_eq!(asked(token::BOB, WIDGETS).await.status, 404);
}

#[tokio::test]
async fn a_disabled_repository_is_listed_and_otherwise_not_there() {
    let azure = usual().await;
    let attic = get(&azure, "/Platform/_apis/git/repositories/attic").await;
    assert_eq!((attic.status, &attic.body["isDisabled"]), (200, &json!(true)));
    for below in ["refs", "pullrequests", "items?path=/README.md", "stats/branches"] {
        let refused = get(&azure, &format!("/Platform/_apis/git/repositories/attic/{below}")).await;
        assert_eq!((refused.status, key(&refused)), (404, "GitRepositoryNotFoundException"), "{below}");
    }
    azure.change(|world| world.repository_mut("Platform/attic").disabled = false);
    assert_eq!(get(&azure, "/Platform/_apis/git/repositories/attic/refs").await.status, 200);
}

#[tokio::test]
async fn a_server_of_ones_own_turns_away_with_the_page_of_its_web_server() {
    for release in ["2015", "2018", "2022.1"] {
        let azure = AzureDevOps::server(release, "tfs", "DefaultCollection").usual().start().await.unwrap();
        let path = "/_apis/connectionData";
        let version = "?api-version=1.0-preview";
        for token in [None, Some("nobody's"), Some(token::ALICE_EXPIRED)] {
            let refused = call(&azure, Method::GET, &format!("{path}{version}"), token, None).await;
            assert_eq!((refused.status, refused.header("content-type")), (401, Some("text/html")), "{release}");
            assert!(refused.text.contains("401 - Unauthorized"));
            let challenge = refused.header("www-authenticate").unwrap();
            assert!(challenge.contains("Negotiate, NTLM") && challenge.contains("Basic realm="), "{challenge}");
        }
        let with_pat = call(&azure, Method::GET, &format!("{path}{version}"), Some(token::ALICE), None).await;
        assert_eq!(with_pat.status, if release == "2015" { 401 } else { 200 }, "{release}");
        let login = |user: &'static str| {
            let asked = request(&azure, Method::GET, &format!("{path}{version}"), None, None);
            send(asked.basic_auth(user, Some(token::INTEGRATION_PASSWORD)))
        };
        let service = login("ACME\\jira-integration").await;
        assert_eq!(service.body["authenticatedUser"]["properties"]["Account"]["$value"], "ACME\\jira-integration");
        assert_eq!(login("acme\\somebody-else").await.status, 401);
    }
    let hosted = usual().await;
    let login = request(&hosted, Method::GET, WHOAMI, None, None);
    let refused = send(login.basic_auth(token::INTEGRATION_USER, Some(token::INTEGRATION_PASSWORD))).await;
    assert_eq!(refused.status, 401);
}
