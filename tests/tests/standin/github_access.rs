//! Tokens and permissions: who is let in, who is turned away, and with which words and headers.

use countersign_tests::standin::github::{GitHub, TokenState, token};
use http::Method;
use serde_json::json;

use crate::client::{Reply, call, get, http, main_tip, send, usual};

async fn as_whom(github: &GitHub, token: &str, path: &str) -> Reply {
    call(github, Method::GET, path, Some(token), None).await
}

async fn branch_as(github: &GitHub, token: Option<&str>, repository: &str) -> Reply {
    let sha = main_tip(github);
    let body = json!({ "ref": "refs/heads/new", "sha": sha });
    call(github, Method::POST, &format!("/repos/{repository}/git/refs"), token, Some(body)).await
}

#[tokio::test]
async fn a_classic_token_tells_its_scopes_and_a_fine_grained_one_its_expiry() {
    let github = usual().await;
    let classic = as_whom(&github, token::ALICE, "/user").await;
    assert_eq!((classic.status, &classic.body["login"], &classic.body["id"]), (200, &json!("alice"), &json!(101)));
    assert_eq!(classic.header("x-oauth-scopes"), Some("repo, user"));
    assert_eq!(classic.header("github-authentication-token-expiration"), None);

    let fine = as_whom(&github, token::ALICE_FINE, "/user").await;
    assert_eq!((fine.header("x-oauth-scopes"), fine.header("x-accepted-oauth-scopes")), (None, None));
    assert_eq!(fine.header("github-authentication-token-expiration"), Some("2031-02-03 04:05:06 UTC"));

    let expiring = as_whom(&github, token::ALICE_EXPIRING, "/user").await;
    assert_eq!(expiring.header("x-oauth-scopes"), Some("repo, user"));
    assert_eq!(expiring.header("github-authentication-token-expiration"), Some("2031-02-03 04:05:06 UTC"));
}

#[tokio::test]
async fn expired_revoked_and_unknown_tokens_are_bad_credentials_without_token_headers() {
    let github = usual().await;
    for token in [token::ALICE_EXPIRED, token::ALICE_REVOKED, "ghp_nobody"] {
        let refused = as_whom(&github, token, "/user").await;
        assert_eq!((refused.status, refused.message()), (401, "Bad credentials"));
        assert_eq!(refused.header("x-oauth-scopes"), None);
        assert_eq!(refused.header("github-authentication-token-expiration"), None);
    }
    github.change(|world| world.token_mut(token::ALICE).state = TokenState::Revoked);
    assert_eq!(get(&github, "/user").await.status, 401);
}

#[tokio::test]
async fn a_token_is_taken_as_bearer_as_token_and_as_password() {
    let github = usual().await;
    let url = format!("{}/user", github.url());
    for request in [
        http().get(&url).header("authorization", format!("token {}", token::BOB)),
        http().get(&url).header("authorization", format!("bearer {}", token::BOB)),
        http().get(&url).basic_auth("anything", Some(token::BOB)),
    ] {
        assert_eq!(send(request).await.body["login"], "bob");
    }
    assert_eq!(github.record.tokens_seen(), [token::BOB]);
    assert!(github.record.requests().iter().all(|recorded| recorded.account.as_deref() == Some("bob")));
}

#[tokio::test]
async fn what_a_token_may_not_see_is_not_there() {
    let github = usual().await;
    for token in [token::ALICE_NO_SCOPE, token::MALLORY] {
        let hidden = as_whom(&github, token, "/repos/acme/widgets").await;
        assert_eq!((hidden.status, hidden.message()), (404, "Not Found"));
        assert_eq!(branch_as(&github, Some(token), "acme/widgets").await.status, 404);
    }
    let anonymous = call(&github, Method::GET, "/repos/acme/widgets", None, None).await;
    assert_eq!(anonymous.status, 404);
    let public = call(&github, Method::GET, "/repos/alice/dotfiles", None, None).await;
    assert_eq!((public.status, &public.body["permissions"]["push"]), (200, &json!(false)));
}

#[tokio::test]
async fn who_may_only_read_creates_nothing() {
    let github = usual().await;
    let before = github.git("acme/widgets").git(&["show-ref"]).unwrap();
    let reads = as_whom(&github, token::BOB, "/repos/acme/widgets").await;
    assert_eq!((reads.status, &reads.body["permissions"]["push"]), (200, &json!(false)));
    let bob = branch_as(&github, Some(token::BOB), "acme/widgets").await;
    assert_eq!((bob.status, bob.header("x-accepted-oauth-scopes")), (404, Some("repo")));

    let fine = branch_as(&github, Some(token::ALICE_FINE_READ), "acme/widgets").await;
    assert_eq!((fine.status, fine.message()), (403, "Resource not accessible by personal access token"));
    assert_eq!(fine.header("x-accepted-github-permissions"), Some("contents=write"));

    let anonymous = branch_as(&github, None, "alice/dotfiles").await;
    assert_eq!((anonymous.status, anonymous.message()), (401, "Requires authentication"));
    let archived = branch_as(&github, Some(token::ALICE), "acme/attic").await;
    assert_eq!((archived.status, archived.message()), (403, "Repository was archived so is read-only."));
    assert_eq!(github.git("acme/widgets").git(&["show-ref"]).unwrap(), before);
}

#[tokio::test]
async fn a_fine_grained_token_reaches_the_repositories_it_was_made_for() {
    let github = usual().await;
    assert_eq!(branch_as(&github, Some(token::ALICE_FINE), "acme/widgets").await.status, 201);
    github.change(|world| {
        *world.token_mut(token::ALICE_FINE) = {
            let fine = world.token_mut(token::ALICE_FINE).clone();
            fine.selecting(&["acme/attic"])
        }
    });
    assert_eq!(as_whom(&github, token::ALICE_FINE, "/repos/acme/widgets").await.status, 404);
    assert_eq!(
        as_whom(&github, token::ALICE_FINE, "/user/repos").await.each("full_name"),
        ["acme/attic", "alice/dotfiles"]
    );
}

#[tokio::test]
async fn single_sign_on_is_a_403_with_the_page_and_leaves_the_rest_alone() {
    let github = usual().await;
    let refused = branch_as(&github, Some(token::ALICE_SSO), "acme/widgets").await;
    assert_eq!(refused.status, 403);
    assert!(refused.message().starts_with("Resource protected by organization SAML enforcement."));
    let page = refused.header("x-github-sso").unwrap();
    assert!(page.starts_with("required; url=http://") && page.contains("/orgs/acme/sso?"), "{page}");

    assert_eq!(as_whom(&github, token::ALICE_SSO, "/user").await.status, 200);
    let listed = as_whom(&github, token::ALICE_SSO, "/user/repos").await;
    assert_eq!((listed.status, listed.each("full_name")), (200, vec!["alice/dotfiles"]));
    assert_eq!(listed.header("x-github-sso"), Some("partial-results; organizations=900"));
}

#[tokio::test]
async fn an_organisation_may_forbid_a_good_token() {
    let github = usual().await;
    let classic = as_whom(&github, token::ALICE_FORBIDDEN, "/repos/acme/widgets").await;
    assert_eq!(classic.status, 403);
    assert!(classic.message().starts_with("`acme` forbids access via a personal access token (classic)"));
    let long = as_whom(&github, token::ALICE_TOO_LONG, "/repos/acme/widgets").await;
    assert_eq!(long.status, 403);
    assert!(long.message().contains("lifetime is greater than 90 days"));
}

#[tokio::test]
async fn too_many_bad_credentials_lock_good_ones_out_too() {
    let github = GitHub::cloud().usual().lock_out_after(2).start().await.unwrap();
    for expected in [401, 401, 403] {
        assert_eq!(as_whom(&github, "ghp_nobody", "/user").await.status, expected);
    }
    let locked = get(&github, "/user").await;
    assert_eq!(locked.status, 403);
    assert!(locked.message().starts_with("Maximum number of login attempts exceeded"));
}

#[tokio::test]
async fn a_password_of_an_account_with_a_second_factor_is_asked_for_the_code() {
    let github = usual().await;
    github.change(|world| world.accounts[0].two_factor = true);
    let refused = send(http().get(format!("{}/user", github.url())).basic_auth("alice", Some("secret"))).await;
    assert_eq!((refused.status, refused.header("x-github-otp")), (401, Some("required; app")));
}

#[tokio::test]
async fn a_taken_down_repository_is_451_to_those_who_could_see_it() {
    let github = usual().await;
    github.change(|world| world.repository_mut("acme/widgets").taken_down = true);
    let down = get(&github, "/repos/acme/widgets").await;
    assert_eq!((down.status, down.message()), (451, "Repository access blocked"));
    assert_eq!(as_whom(&github, token::MALLORY, "/repos/acme/widgets").await.status, 404);
}
