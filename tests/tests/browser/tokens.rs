//! A user's PAT over its days: it nears its end, it is refused and set up anew, it hides what it does not see; and one of each
//! provider, in the words of its git server.

use countersign_tests::daemon::{AzureServer, CodeCommitServer, End, GitHubServer, GitLabServer, Holder, MAIN, Server};
use countersign_tests::standin::github::token;
use http::Method;
use serde_json::json;

use crate::scene::Scene;

const CREATE: &str = "create-branch";

/// From when the daemon's clock starts to five days before the end of the PAT that has one.
const DAYS_TO_2031_01_29: i64 = 1529;

/// Labels of what a kind asks for, by the names of its fields.
type Labels = [(&'static str, &'static str)];

const TOKEN: &Labels = &[("token", "Personal access token")];
const ACCESS_KEY: &Labels = &[("access_key_id", "Access key ID"), ("secret_access_key", "Secret access key")];

#[tokio::test]
async fn a_pat_that_is_refused_meanwhile_is_set_up_again() {
    let Some(scene) = Scene::start(GitHubServer::Cloud).await else { return };
    let browser = &scene.browser;
    scene.daemon.as_user("ann").save_pat(MAIN, token::ALICE).await.expect(200);
    GitHubServer::Cloud.end(&scene.daemon.stand_in, Holder::Alice, End::Revoked);
    scene.enters_with_repository("ann", CREATE).await;
    browser.sees("GitHub no longer accepts your token (alice).").await;
    assert!(!browser.find("button", "Create branch").await.is_enabled().await);
    scene.expect_fit("create-branch-rejected").await;
    browser.find("button", "Set it up again").await.click().await;
    browser.sees("is no longer accepted.").await;
    scene.expect_fit("set-up-rejected").await;
    browser.labelled("Personal access token").await.fill(token::ALICE_FINE).await;
    browser.find("button", "Update").await.click().await;
    browser.find("link", "Back to: Create branch").await.click().await;
    browser.sees("With your own token, as alice.").await;
}

#[tokio::test]
async fn a_pat_that_nears_its_end_is_announced() {
    let Some(scene) = Scene::start(GitHubServer::Cloud).await else { return };
    let browser = &scene.browser;
    scene.daemon.clock.advance_ms(DAYS_TO_2031_01_29 * 86_400_000);
    scene.daemon.as_user("ann").save_pat(MAIN, token::ALICE_EXPIRING).await.expect(200);
    scene.enters_with_repository("ann", CREATE).await;
    browser.sees("Your token expires in 4 days (2031-02-03 04:05 UTC).").await;
    assert!(browser.find("button", "Create branch").await.is_enabled().await);
    scene.expect_fit("create-branch-expiring").await;
    scene.enters("ann", "tokens").await;
    browser.sees("as alice, expires in 4 days (2031-02-03 04:05 UTC)").await;
    scene.expect_fit("tokens-expiring").await;
}

#[tokio::test]
async fn what_a_pat_does_not_see_is_not_shown_where_that_is_the_rule() {
    let Some(scene) = Scene::start(GitHubServer::Cloud).await else { return };
    let browser = &scene.browser;
    let rules = json!({ "require_user_pat": true, "enforce_git_permissions": true });
    let path = format!("/integrations/{MAIN}");
    scene.daemon.as_admin(Method::PATCH, &path, Some(rules)).await.expect(200);
    scene.enters("mallory", "repositories").await;
    browser.find("link", "Set up your token").await;
    assert!(!browser.text().await.contains("No repository was found."));
    scene.expect_fit("repositories-enforced").await;
    scene.daemon.as_user("mallory").save_pat(MAIN, token::MALLORY).await.expect(200);
    browser.reload().await;
    browser.find("heading", "Repository browser").await;
    assert!(!browser.text().await.contains("acme/widgets"));
    scene.daemon.as_user("ann").save_pat(MAIN, token::ALICE).await.expect(200);
    scene.enters("ann", "repositories").await;
    browser.sees("acme/widgets").await;
}

/// A branch is created by whoever has just set up a PAT.
async fn creates_as_herself<S: Server>(server: S, labels: &Labels, request: &str) {
    let Some(scene) = Scene::start(server).await else { return };
    let browser = &scene.browser;
    let name = server.kind();
    scene.daemon.require_user_pat(MAIN).await;
    scene.enters_with_repository("ann", CREATE).await;
    browser.find("button", "Set it up first").await.click().await;
    let credential = server.credential(Holder::Alice).unwrap();
    for (field, label) in labels {
        browser.labelled(label).await.fill(credential[field]).await;
    }
    if browser.has("button", "Copy").await {
        browser.find("button", "Copy").await.click().await;
        browser.sees("Copied").await;
    }
    scene.expect_fit(&format!("set-up-{name}")).await;
    browser.find("button", "Update").await.click().await;
    browser.find("link", "Back to: Create branch").await.click().await;
    browser.find("button", "Create branch").await.click().await;
    browser.sees(&format!("Credited to {}.", server.account(Holder::Alice))).await;
    scene.expect_fit(&format!("branch-created-{name}")).await;
    browser.find("button", request).await.click().await;
    browser.find("heading", request).await;
    scene.expect_fit(&format!("create-pull-request-{name}")).await;
}

#[tokio::test]
async fn at_gitlab_she_creates_as_herself() {
    creates_as_herself(GitLabServer::Cloud, TOKEN, "Create merge request").await;
}

#[tokio::test]
async fn at_azure_devops_she_creates_as_herself() {
    creates_as_herself(AzureServer::Services, TOKEN, "Create pull request").await;
}

#[tokio::test]
async fn at_codecommit_she_creates_as_herself() {
    creates_as_herself(CodeCommitServer, ACCESS_KEY, "Create pull request").await;
}
