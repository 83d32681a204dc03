//! Tokens, scopes and roles: who is let in, who is turned away, and with which words and headers.

use countersign_tests::standin::gitlab::{AccountState, GitLab, Role, TokenState, token};
use http::Method;
use serde_json::json;
use time::macros::datetime;

use crate::client::{Reply, http, send};
use crate::gitlab_client::{BRANCHES, MERGE_REQUESTS, WIDGETS, call, get, get_as, usual, version};

const SELF: &str = "/personal_access_tokens/self";

async fn branch_as(gitlab: &GitLab, token: Option<&str>, project: &str) -> Reply {
    let path = format!("/projects/{project}/repository/branches");
    call(gitlab, Method::POST, &path, token, Some(json!({ "branch": "new", "ref": "main" }))).await
}

#[tokio::test]
async fn a_token_is_taken_in_its_own_header_and_as_bearer() {
    let gitlab = usual().await;
    let url = format!("{}/user", gitlab.url());
    for request in [
        http().get(&url).header("private-token", token::BOB),
        http().get(&url).bearer_auth(token::BOB),
        http().get(&url).header("authorization", format!("bearer {}", token::BOB)),
    ] {
        assert_eq!(send(request).await.body["username"], "bob");
    }
    assert_eq!(gitlab.record.tokens_seen(), [token::BOB]);
    assert_eq!(send(http().get(&url).bearer_auth(token::ALICE_OAUTH)).await.body["username"], "alice");
    assert_eq!(get_as(&gitlab, token::ALICE_OAUTH, "/user").await.status, 401);
    assert_eq!(get_as(&gitlab, token::ALICE_OLD, "/user").await.body["id"], 101);
    assert_eq!(send(http().get(&url).basic_auth("alice", Some(token::ALICE))).await.status, 401);
}

#[tokio::test]
async fn an_unknown_token_is_told_apart_by_how_it_came() {
    let gitlab = usual().await;
    let private = get_as(&gitlab, "glpat-nobody", "/user").await;
    assert_eq!((private.status, private.message()), (401, "401 Unauthorized"));
    assert_eq!(private.header("www-authenticate"), None);
    let bearer = send(http().get(format!("{}/user", gitlab.url())).bearer_auth("glpat-nobody")).await;
    let expected = json!({ "error": "invalid_token", "error_description": "Bad Access Token." });
    assert_eq!((bearer.status, &bearer.body), (401, &expected));
    assert!(bearer.header("www-authenticate").unwrap().starts_with("Bearer realm="));
    let anonymous = call(&gitlab, Method::GET, "/user", None, None).await;
    assert_eq!((anonymous.status, anonymous.message()), (401, "401 Unauthorized"));
}

#[tokio::test]
async fn a_token_that_was_good_says_why_it_is_not_any_more() {
    let gitlab = usual().await;
    for (token, error, words) in [
        (token::ALICE_EXPIRED, "invalid_token", "Token is expired."),
        (token::ALICE_REVOKED, "invalid_token", "Token was revoked."),
        (token::ALICE_IMPERSONATED, "invalid_token", "Token is an impersonation token"),
        (token::ALICE_WITHOUT_PROOF, "dpop_error", "DPoP"),
    ] {
        let refused = get_as(&gitlab, token, "/user").await;
        assert_eq!((refused.status, &refused.body["error"]), (401, &json!(error)));
        assert!(refused.body["error_description"].as_str().unwrap().starts_with(words));
        assert!(refused.header("www-authenticate").unwrap().contains(words));
    }
    gitlab.change(|world| world.token_mut(token::ALICE).state = TokenState::Revoked);
    assert_eq!(get(&gitlab, "/user").await.status, 401);
}

#[tokio::test]
async fn a_token_tells_its_scopes_and_its_last_day_whatever_its_scopes() {
    let gitlab = usual().await;
    let expiring = get_as(&gitlab, token::ALICE_EXPIRING, SELF).await;
    assert_eq!((expiring.status, &expiring.body["expires_at"]), (200, &json!("2031-02-03")));
    assert_eq!((&expiring.body["scopes"], &expiring.body["user_id"]), (&json!(["api"]), &json!(101)));
    assert_eq!((&expiring.body["active"], &expiring.body["revoked"]), (&json!(true), &json!(false)));
    let narrow = get_as(&gitlab, token::ALICE_NO_SCOPE, SELF).await;
    assert_eq!((&narrow.body["scopes"], &narrow.body["expires_at"]), (&json!(["read_user"]), &json!(null)));
    let oauth = send(http().get(format!("{}{SELF}", gitlab.url())).bearer_auth(token::ALICE_OAUTH)).await;
    assert_eq!((oauth.status, oauth.message()), (404, "404 Not Found"));
    assert_eq!(get(&version("15.5.0").await, SELF).await.status, 200);
    assert_eq!(get(&version("15.4.9").await, SELF).await.message(), "404 Not Found");
}

#[tokio::test]
async fn a_token_dies_on_its_last_day_and_no_earlier() {
    let at = |clock: fn() -> time::OffsetDateTime| GitLab::cloud().usual().clock(clock).start();
    let before = at(|| datetime!(2031-02-02 23:59:59 UTC)).await.unwrap();
    assert_eq!(get_as(&before, token::ALICE_EXPIRING, "/user").await.status, 200);
    let after = at(|| datetime!(2031-02-03 00:00:00 UTC)).await.unwrap();
    let dead = get_as(&after, token::ALICE_EXPIRING, "/user").await;
    assert_eq!((dead.status, &dead.body["error"]), (401, &json!("invalid_token")));
    assert_eq!(get(&after, "/user").await.status, 200);
}

#[tokio::test]
async fn a_token_can_end_itself() {
    let gitlab = usual().await;
    let revoked = call(&gitlab, Method::DELETE, SELF, Some(token::ALICE), None).await;
    assert_eq!((revoked.status, revoked.text.as_str()), (204, ""));
    let after = get(&gitlab, "/user").await;
    assert_eq!((after.status, &after.body["error"]), (401, &json!("invalid_token")));
    assert_eq!(get_as(&gitlab, token::ALICE_EXPIRING, "/user").await.status, 200);
    let refused = call(&gitlab, Method::DELETE, SELF, Some(token::ALICE), None).await;
    assert_eq!(refused.status, 401);
}

#[tokio::test]
async fn a_scope_that_is_not_enough_is_named() {
    let gitlab = usual().await;
    for (token, method, path, scope) in [
        (token::ALICE_READ, Method::POST, BRANCHES, "api"),
        (token::ALICE_PUSH_ONLY, Method::POST, BRANCHES, "api"),
        (token::ALICE_READ, Method::POST, MERGE_REQUESTS, "api"),
        (token::ALICE_NO_SCOPE, Method::GET, WIDGETS, "api read_api"),
        (token::ALICE_NO_SCOPE, Method::GET, "/projects", "api read_api"),
    ] {
        let refused = call(&gitlab, method, path, Some(token), None).await;
        assert_eq!((refused.status, &refused.body["error"]), (403, &json!("insufficient_scope")), "{path}");
        assert_eq!((&refused.body["scope"], refused.header("www-authenticate")), (&json!(scope), None));
    }
    assert_eq!(get_as(&gitlab, token::ALICE_NO_SCOPE, "/user").await.body["username"], "alice");
    assert_eq!(get_as(&gitlab, token::ALICE_READ, BRANCHES).await.status, 200);
}

#[tokio::test]
async fn a_role_that_is_too_low_is_forbidden_and_no_role_at_all_hides_the_repository() {
    let gitlab = usual().await;
    let low = branch_as(&gitlab, Some(token::BOB), "5001").await;
    assert_eq!((low.status, low.message()), (403, "403 Forbidden"));
    assert_eq!(get_as(&gitlab, token::BOB, BRANCHES).await.status, 200);
    for token in [Some(token::MALLORY), None] {
        let hidden = call(&gitlab, Method::GET, WIDGETS, token, None).await;
        assert_eq!((hidden.status, hidden.message()), (404, "404 Project Not Found"));
    }
    assert_eq!(branch_as(&gitlab, Some(token::MALLORY), "5001").await.message(), "404 Project Not Found");
    assert_eq!(branch_as(&gitlab, Some(token::MALLORY), "alice%2Fdotfiles").await.message(), "403 Forbidden");
    assert_eq!(branch_as(&gitlab, None, "alice%2Fdotfiles").await.message(), "401 Unauthorized");
    assert_eq!(branch_as(&gitlab, Some(token::WIDGETS_BOT), "5001").await.status, 201);

    gitlab.change(|world| {
        world.repository_mut("acme/widgets").collaborators.insert("bob".to_owned(), Role::Guest);
    });
    assert_eq!(get_as(&gitlab, token::BOB, WIDGETS).await.status, 200);
    assert_eq!(get_as(&gitlab, token::BOB, BRANCHES).await.message(), "403 Forbidden");
}

#[tokio::test]
async fn an_archived_repository_is_read_and_not_changed() {
    let gitlab = usual().await;
    let refused = branch_as(&gitlab, Some(token::ALICE), "acme%2Fattic").await;
    assert_eq!((refused.status, refused.message()), (403, "403 Forbidden"));
    assert_eq!(get(&gitlab, "/projects/acme%2Fattic").await.body["archived"], true);
    gitlab.change(|world| world.repository_mut("acme/attic").archived = false);
    assert_eq!(branch_as(&gitlab, Some(token::ALICE), "acme%2Fattic").await.status, 201);
    gitlab.change(|world| world.repository_mut("acme/attic").enabled = false);
    let off = get(&gitlab, "/projects/acme%2Fattic/repository/branches").await;
    assert_eq!((off.status, off.message()), (404, "404 Repository Not Found"));
}

#[tokio::test]
async fn an_account_may_be_blocked_or_owe_the_terms_a_yes() {
    let gitlab = usual().await;
    for (state, words) in [
        (AccountState::Blocked, "Your account has been blocked."),
        (AccountState::TermsNotAccepted, "You (@alice) must accept the Terms of Service"),
    ] {
        gitlab.change(|world| world.account_mut("alice").state = state);
        let refused = get(&gitlab, "/user").await;
        assert_eq!(refused.status, 403);
        assert!(refused.message().contains(words), "{}", refused.message());
    }
}

#[tokio::test]
async fn a_project_token_is_a_bot() {
    let gitlab = usual().await;
    let bot = get_as(&gitlab, token::WIDGETS_BOT, "/user").await;
    assert_eq!((&bot.body["bot"], &bot.body["username"]), (&json!(true), &json!("project_5001_bot_57a4d12")));
    assert_eq!(get(&gitlab, "/user").await.body["bot"], false);
}
