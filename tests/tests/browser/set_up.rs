//! The page behind a one-time link, where a user saves a PAT.

use countersign_tests::browser::Key;
use countersign_tests::daemon::{CodeCommitServer, GitHubServer, Holder};
use countersign_tests::standin::github::token;

use crate::scene::Scene;

const PAT: &str = "Personal access token";
const SAVE: &str = "Update";

#[tokio::test]
async fn a_pat_is_saved_and_the_way_back_is_offered() {
    let Some(scene) = Scene::start(GitHubServer::Cloud).await else { return };
    let browser = &scene.browser;
    let link = scene.link_for("ann").await;
    browser.open(&link).await;
    browser.sees("This page is for Jira user ann. If that is not you, close this page.").await;
    scene.expect_fit("open").await;
    browser.find("button", "Continue as ann").await.click().await;
    browser.find("heading", "Set up your personal access token for Acme").await;
    browser.sees("Jira user ann.").await;
    browser.labelled(PAT).await.fill(token::ALICE).await;
    browser.find("button", SAVE).await.click().await;

    browser.find("heading", "Saved: Personal access token for Acme").await;
    browser.sees("is now created as alice on GitHub.").await;
    let back = browser.find("link", "Back to Jira").await;
    assert_eq!(back.attribute("href").await, "https://jira.example.com/browse/ABC-1");
    assert_eq!(scene.saved_account("ann").await, "alice");
    scene.expect_fit("set-up-saved").await;
}

#[tokio::test]
async fn a_pat_the_git_server_refuses_is_said_and_not_repeated_and_another_can_be_tried() {
    let Some(scene) = Scene::start(GitHubServer::Cloud).await else { return };
    let browser = &scene.browser;
    scene.enters_set_up("ann").await;
    browser.labelled(PAT).await.fill(token::ALICE_REVOKED).await;
    browser.find("button", SAVE).await.click().await;

    browser.sees("GitHub did not accept this token").await;
    browser.sees("“Bad credentials”. Nothing was saved.").await;
    assert_eq!(browser.labelled(PAT).await.attribute("aria-invalid").await, "true");
    assert!(browser.title().await.starts_with("Not saved: "), "{}", browser.title().await);
    assert_eq!(browser.labelled(PAT).await.value().await, "");
    scene.expect_fit("set-up-refused").await;
    assert_eq!(scene.saved_account("ann").await, "");

    browser.labelled(PAT).await.fill(token::ALICE).await;
    browser.find("button", SAVE).await.click().await;
    browser.sees("is now created as alice on GitHub.").await;
}

#[tokio::test]
async fn the_empty_form_has_no_barriers_and_is_left_as_it_was() {
    let Some(scene) = Scene::start(GitHubServer::Cloud).await else { return };
    let browser = &scene.browser;
    scene.enters_set_up("ann").await;
    browser.find("button", SAVE).await;
    scene.expect_fit("set-up").await;
    let address = browser.address().await;
    browser.reload().await;
    browser.find("button", SAVE).await;
    assert_eq!(browser.address().await, address);
    assert!(address.contains("/visits/") && address.ends_with("/set-up/main"), "{address}");
}

#[tokio::test]
async fn a_form_with_several_fields_is_filled_in_without_script_and_with_the_keyboard_alone() {
    let Some(scene) = Scene::start(CodeCommitServer).await else { return };
    let browser = &scene.browser;
    browser.run_no_scripts().await;
    browser.open(&scene.link_for("ann").await).await;
    browser.find("heading", "Set up your AWS credentials for Acme (AWS CodeCommit)").await;
    scene.enters_set_up("ann").await;
    let credential = scene.daemon.credential(Holder::Alice);
    while !browser.labelled("Access key ID").await.is_focused().await {
        browser.press(Key::Tab).await;
    }
    browser.types(credential["access_key_id"].as_str().unwrap()).await;
    browser.press(Key::Tab).await;
    browser.types(credential["secret_access_key"].as_str().unwrap()).await;
    browser.press(Key::Enter).await;
    browser.find("heading", "Saved: AWS credentials for Acme").await;
    browser.reload().await;
    browser.find("heading", "Saved: AWS credentials for Acme").await;
    assert_eq!(scene.saved_account("ann").await, "alice");
}

#[tokio::test]
async fn a_link_that_is_used_up_says_so() {
    let Some(scene) = Scene::start(GitHubServer::Cloud).await else { return };
    let browser = &scene.browser;
    let link = scene.link_for("ann").await;
    browser.open(&link).await;
    browser.find("button", "Continue as ann").await.click().await;
    browser.labelled(PAT).await;
    browser.open(&link).await;
    browser.find("heading", "This link does not work any more").await;
    browser.expect_accessible().await;
    browser.take_pictures("set-up-gone").await;
}
