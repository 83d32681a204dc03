//! A Jira user's story: told that a PAT is required, sets one up, comes back to the dialog, creates a branch and a pull
//! request, and looks at her repositories and tokens.

use countersign_tests::browser::{Browser, Key};
use countersign_tests::daemon::{GitHubServer, MAIN, WIDGETS};
use countersign_tests::standin::github::token;

use crate::scene::Scene;

const PAT: &str = "Personal access token";
const REPOSITORY: &str = "acme/widgets Acme";
const BRANCH: &str = "feature/ABC-1-log-in-with-a-passkey";

impl Scene {
    async fn presses(&self, button: &str) {
        self.browser.find("button", button).await.click().await;
    }

    async fn saves(&self, pat: &str) {
        self.browser.labelled(PAT).await.fill(pat).await;
        self.presses("Update").await;
    }

    /// Chooses a repository. Without script it has to be searched for.
    async fn chooses(&self, runs_scripts: bool) {
        if !runs_scripts {
            self.browser.labelled("Repository").await.fill("widgets").await;
            self.presses("Search").await;
        }
        self.browser.find("button", REPOSITORY).await;
    }
}

async fn story(runs_scripts: bool) {
    let Some(scene) = Scene::start(GitHubServer::Cloud).await else { return };
    let browser = &scene.browser;
    if !runs_scripts {
        browser.run_no_scripts().await;
    }
    scene.daemon.require_user_pat(MAIN).await;
    scene.enters("ann", "create-branch").await;
    a_pat_is_set_up_on_the_way(&scene, runs_scripts).await;
    a_branch_is_created(&scene, runs_scripts).await;
    a_pull_request_is_created(&scene, runs_scripts).await;
    what_she_has_is_shown(&scene, runs_scripts).await;
}

async fn a_pat_is_set_up_on_the_way(scene: &Scene, runs_scripts: bool) {
    let browser = &scene.browser;
    browser.find("heading", "Create branch").await;
    browser.sees("ABC-1 Log in with a passkey").await;
    scene.chooses(runs_scripts).await;
    scene.expect_fit_as(runs_scripts, "create-branch-choose").await;
    scene.presses(REPOSITORY).await;

    browser.sees("This needs a personal access token of your own.").await;
    assert!(!browser.find("button", "Create branch").await.is_enabled().await);
    assert!(!browser.has("textbox", "Branch name").await);
    scene.expect_fit_as(runs_scripts, "create-branch-required").await;
    scene.presses("Set it up first").await;

    browser.find("heading", "Set up your personal access token for Acme").await;
    scene.saves(token::ALICE).await;
    browser.sees("is now created as alice on GitHub.").await;
    browser.find("link", "Back to: Create branch").await.click().await;
    browser.sees("With your own token, as alice.").await;
    browser.sees(WIDGETS).await;
}

async fn a_branch_is_created(scene: &Scene, runs_scripts: bool) {
    let browser = &scene.browser;
    assert_eq!(browser.labelled("Base branch").await.value().await, "main");
    assert_eq!(browser.labelled("Branch name").await.value().await, BRANCH);
    scene.expect_fit_as(runs_scripts, "create-branch").await;
    browser.labelled("Base branch").await.fill("gone").await;
    scene.presses("Create branch").await;
    browser.find("alert", "").await;
    let base = browser.labelled("Base branch").await;
    assert_eq!(base.attribute("aria-invalid").await, "true");
    assert!(base.attribute("aria-describedby").await.contains("field-from-error"));
    browser.sees("There is no such branch. Choose one that exists.").await;
    scene.expect_fit_as(runs_scripts, "create-branch-refused").await;
    assert_eq!(browser.labelled("Branch name").await.value().await, BRANCH);
    browser.labelled("Base branch").await.fill("main").await;
    scene.presses("Create branch").await;

    browser.find("heading", "Branch created").await;
    browser.sees("Credited to alice.").await;
    scene.expect_fit_as(runs_scripts, "branch-created").await;
    assert_eq!(scene.daemon.stand_in.who_made_branch(WIDGETS, BRANCH).as_deref(), Some("alice"));
}

async fn a_pull_request_is_created(scene: &Scene, runs_scripts: bool) {
    let browser = &scene.browser;
    scene.presses("Create pull request").await;
    browser.find("heading", "Create pull request").await;
    browser.sees("there is nothing to merge yet").await;
    if runs_scripts {
        it_is_said_of_the_branches_in_the_form(browser).await;
    }
    scene.daemon.stand_in.git(WIDGETS).add_commit(BRANCH, "passkey.txt").unwrap();
    browser.labelled("Description (optional)").await.fill("Passkeys **work**.").await;
    scene.presses("Preview").await;
    browser.find("region", "Preview").await;
    assert!(!browser.text().await.contains("there is nothing to merge yet"));
    assert_eq!(browser.labelled("Source branch").await.value().await, BRANCH);
    assert_eq!(browser.labelled("Target branch").await.value().await, "main");
    scene.expect_fit_as(runs_scripts, "create-pull-request").await;
    scene.presses("Create").await;

    browser.find("heading", "Pull request created").await;
    browser.sees("Credited to alice.").await;
    scene.expect_fit_as(runs_scripts, "pull-request-created").await;
    let made = scene.daemon.stand_in.pull_requests(WIDGETS);
    assert_eq!(made.len(), 1);
}

/// Whatever was said of those that stood in it before.
async fn it_is_said_of_the_branches_in_the_form(browser: &Browser) {
    for (source, target, said) in [
        ("gone", "main", ""),
        ("main", "main", "Source and target are the same branch"),
        (BRANCH, "gone", ""),
        (BRANCH, "main", "there is nothing to merge yet"),
    ] {
        browser.labelled("Source branch").await.fill(source).await;
        browser.labelled("Target branch").await.fill(target).await;
        browser.press(Key::Tab).await;
        if said.is_empty() {
            assert!(!browser.text().await.contains("there is nothing to merge yet"));
        } else {
            browser.sees(said).await;
        }
    }
}

async fn what_she_has_is_shown(scene: &Scene, runs_scripts: bool) {
    let browser = &scene.browser;
    scene.enters("ann", "repositories").await;
    browser.find("heading", "Repository browser").await;
    browser.find("link", "Edit your token for Acme").await;
    browser.sees("✓ as alice").await;
    scene.presses("Give a star to acme/widgets").await;
    browser.find("button", "Take the star from acme/widgets").await;
    scene.expect_fit_as(runs_scripts, "repositories").await;

    scene.enters("ann", "tokens").await;
    browser.find("heading", "My tokens").await;
    browser.sees("✓ as alice").await;
    scene.expect_fit_as(runs_scripts, "tokens").await;
    scene.presses("Check Acme").await;
    browser.find("heading", "Checked: Personal access token for Acme").await;
    browser.find("link", "Back to: My tokens").await.click().await;
    browser.find("link", "Remove Acme").await.click().await;
    browser.find("heading", "Remove your personal access token?").await;
    // GitHub has no request for it.
    browser.sees("GitHub cannot end it from here. Delete it there, too: your tokens at GitHub").await;
    assert!(!browser.has("checkbox", "Also revoke it at GitHub").await);
    scene.expect_fit_as(runs_scripts, "set-up-removal").await;
    scene.presses("Remove").await;
    browser.sees("It is erased here.").await;
    browser.sees("GitHub still accepts it. Delete it there:").await;
    assert_eq!(scene.saved_account("ann").await, "");
}

#[tokio::test]
async fn a_user_creates_a_branch_and_a_pull_request_as_herself() {
    story(true).await;
}

#[tokio::test]
async fn the_same_without_script() {
    story(false).await;
}

#[tokio::test]
async fn what_was_typed_is_there_again_after_a_pat_was_set_up() {
    let Some(scene) = Scene::start(GitHubServer::Cloud).await else { return };
    let browser = &scene.browser;
    scene.enters("ann", "create-branch").await;
    scene.chooses(true).await;
    scene.presses(REPOSITORY).await;
    browser.sees("Will be created by the integration account jira-integration.").await;
    browser.labelled("Branch name").await.fill("ABC-1-half-way").await;
    scene.expect_fit("create-branch-choice").await;
    browser.is_offline(true).await;
    scene.presses("Create branch").await;
    browser.sees("Countersign did not answer. Nothing was stored").await;
    assert_eq!(browser.labelled("Branch name").await.value().await, "ABC-1-half-way");
    browser.is_offline(false).await;
    // The rule comes on while she types.
    scene.daemon.require_user_pat(MAIN).await;
    scene.presses("Create branch").await;
    browser.sees("This needs a personal access token of your own.").await;
    assert_eq!(scene.daemon.show_ref(WIDGETS, "ABC-1-half-way"), None);
    scene.expect_fit("create-branch-denied").await;
    scene.presses("Set it up first").await;
    scene.saves(token::ALICE).await;
    browser.find("link", "Back to: Create branch").await.click().await;
    browser.sees("With your own token, as alice.").await;
    assert_eq!(browser.labelled("Branch name").await.value().await, "ABC-1-half-way");
    scene.presses("Create branch").await;
    browser.find("heading", "Branch created").await;
    assert_eq!(scene.daemon.stand_in.who_made_branch(WIDGETS, "ABC-1-half-way").as_deref(), Some("alice"));
}
