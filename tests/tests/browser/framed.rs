//! A Jira user's story within Jira: a dialog over the issue, in a frame of another site's page. Told that a PAT is required, she
//! sets one up, comes back to what she typed, and creates a branch and a pull request, and never leaves the issue.

use countersign_tests::browser::Cookies;
use countersign_tests::daemon::{MAIN, PUBLIC_URL, WIDGETS};
use countersign_tests::standin::github::token;
use serde_json::{Value, json};

use crate::at_jira::{AtJira, CREATE_BRANCH, JIRA, REPOSITORY};

const VISIT: &str = "__Secure-countersign-visit";
const CREATE_PULL_REQUEST: &str = "Create pull request";
const BRANCH: &str = "feature/ABC-1-log-in-with-a-passkey";

#[tokio::test]
async fn within_jira_she_sets_up_a_pat_and_creates_a_branch_and_a_pull_request_as_herself() {
    let Some(scene) = AtJira::start().await else { return };
    let browser = &scene.browser;
    scene.daemon.require_user_pat(MAIN).await;
    scene.opens(CREATE_BRANCH).await;
    browser.sees("ABC-1 Log in with a passkey").await;
    scene.presses(REPOSITORY).await;
    browser.sees("This needs a personal access token of your own.").await;
    assert!(!browser.find("button", CREATE_BRANCH).await.is_enabled().await);
    scene.takes_pictures(CREATE_BRANCH, "framed-required").await;
    scene.sets_up(token::ALICE).await;
    // The repository is as it was chosen.
    browser.sees(WIDGETS).await;
    assert_eq!(browser.labelled("Branch name").await.value().await, BRANCH);
    browser.expect_accessible().await;
    scene.takes_pictures(CREATE_BRANCH, "framed-create-branch").await;
    scene.presses(CREATE_BRANCH).await;
    browser.sees("Credited to alice.").await;
    browser.expect_accessible().await;
    scene.takes_pictures(CREATE_BRANCH, "framed-branch-created").await;
    scene.goes_back(CREATE_BRANCH).await;
    browser.sees(&format!("Branch {BRANCH} at Acme, by alice")).await;
    assert_eq!(scene.who_made(BRANCH).as_deref(), Some("alice"));

    scene.daemon.stand_in.git(WIDGETS).add_commit(BRANCH, "passkey.txt").unwrap();
    scene.opens(CREATE_PULL_REQUEST).await;
    scene.presses(REPOSITORY).await;
    assert_eq!(browser.labelled("Source branch").await.value().await, BRANCH);
    scene.takes_pictures(CREATE_PULL_REQUEST, "framed-create-pull-request").await;
    scene.presses("Create").await;
    browser.sees("Credited to alice.").await;
    scene.goes_back(CREATE_PULL_REQUEST).await;
    browser.sees("at Acme, by alice Pull request").await;
    let pulls = scene.daemon.stand_in.pull_requests(WIDGETS);
    assert_eq!((pulls.len(), pulls[0].author.as_str(), pulls[0].head.as_str()), (1, "alice", BRANCH));
}

#[tokio::test]
async fn within_jira_what_she_typed_is_there_again_after_a_pat_was_set_up() {
    let Some(scene) = AtJira::start().await else { return };
    let browser = &scene.browser;
    scene.opens(CREATE_BRANCH).await;
    scene.presses(REPOSITORY).await;
    browser.sees("Will be created by the integration account jira-integration.").await;
    browser.labelled("Base branch").await.fill("develop").await;
    browser.labelled("Branch name").await.fill("ABC-1-half-way").await;
    // The rule comes on while she types.
    scene.daemon.require_user_pat(MAIN).await;
    scene.presses(CREATE_BRANCH).await;
    browser.sees("This needs a personal access token of your own.").await;
    scene.sets_up(token::ALICE).await;
    assert_eq!(browser.labelled("Base branch").await.value().await, "develop");
    assert_eq!(browser.labelled("Branch name").await.value().await, "ABC-1-half-way");
    scene.presses(CREATE_BRANCH).await;
    browser.sees("Credited to alice.").await;
    // The issue behind it has been told.
    browser.leave_frame().await;
    browser.sees("Branch ABC-1-half-way at Acme, by alice").await;
    let develop = scene.daemon.show_ref(WIDGETS, "develop");
    assert!(develop.is_some() && scene.daemon.show_ref(WIDGETS, "ABC-1-half-way") == develop);
}

#[tokio::test]
async fn within_jira_leaving_changes_nothing_and_what_was_typed_waits() {
    let Some(scene) = AtJira::start().await else { return };
    let browser = &scene.browser;
    scene.opens(CREATE_BRANCH).await;
    scene.presses(REPOSITORY).await;
    browser.labelled("Branch name").await;
    browser.find("link", "Cancel").await.click().await;
    scene.is_back_at_the_issue(CREATE_BRANCH).await;
    browser.sees("No branches and no pull requests yet.").await;
    scene.opens(CREATE_BRANCH).await;
    browser.sees(WIDGETS).await;
    browser.labelled("Branch name").await;
}

#[tokio::test]
async fn a_visit_in_a_frame_is_kept_by_a_cookie_for_that_frame_alone() {
    let Some(scene) = AtJira::start().await else { return };
    let browser = &scene.browser;
    scene.opens(CREATE_BRANCH).await;
    browser.find("heading", CREATE_BRANCH).await;
    let folder = browser.script("return location.pathname", json!([])).await;
    let folder = folder.as_str().unwrap().strip_suffix("create-branch").unwrap().to_owned();
    let cookies = browser.cookies().await;
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    let cookie = &cookies[0];
    let kept = ["name", "domain", "path", "sameSite"].map(|member| cookie[member].as_str().unwrap().to_owned());
    assert_eq!(kept, [VISIT, "countersign.example.com", &folder, "None"]);
    assert_eq!(
        ["httpOnly", "secure", "session"].map(|member| cookie[member].clone()),
        [true, true, true].map(|yes| json!(yes))
    );
    assert_eq!(cookie["partitionKey"]["topLevelSite"], "https://example.net");
    assert_eq!(browser.script("return document.cookie", json!([])).await, json!(""));

    // The same address, in a tab of the same browser, is nobody's.
    browser.leave_frame().await;
    browser.open_tab().await;
    browser.open(&format!("{PUBLIC_URL}{folder}create-branch")).await;
    browser.find("heading", "This page is not open in this browser").await;
}

#[tokio::test]
async fn where_the_browser_keeps_no_cookies_in_frames_the_story_goes_on_in_a_tab() {
    let Some(scene) = AtJira::start_keeping(Cookies::NoneInFramesOf(JIRA)).await else { return };
    let browser = &scene.browser;
    scene.daemon.require_user_pat(MAIN).await;
    scene.opens(CREATE_BRANCH).await;
    browser.find("heading", "Your browser keeps no cookies here").await;
    // Whoever was led here by somebody else is told whose it is.
    browser.sees("This page is for Jira user Ann (ann). If that is not you, close this page.").await;
    browser.expect_accessible().await;
    scene.takes_pictures(CREATE_BRANCH, "framed-without-cookies").await;
    assert_eq!(browser.cookies().await, Vec::<Value>::new());
    let (issue, known) = (browser.tab().await, browser.tabs().await);
    scene.presses("Open it in a new window as Ann").await;

    browser.go_to_new_tab(&known).await;
    browser.find("heading", CREATE_BRANCH).await;
    let (address, cookies) = (browser.address().await, browser.cookies().await);
    assert!(address.ends_with("/create-branch"), "nothing that opens it is in its address: {address}");
    assert_eq!((cookies.len(), &cookies[0]["name"], &cookies[0]["httpOnly"]), (1, &json!(VISIT), &json!(true)));
    assert_eq!(cookies[0]["partitionKey"]["topLevelSite"], "https://example.com");
    scene.presses(REPOSITORY).await;
    scene.sets_up(token::ALICE).await;
    scene.presses(CREATE_BRANCH).await;
    browser.find("heading", "Branch created").await;
    browser.sees("Credited to alice.").await;
    assert_eq!(scene.who_made(BRANCH).as_deref(), Some("alice"));

    // Back at the issue, which was not told, it is there as soon as the dialog is closed.
    browser.close_tab(&issue).await;
    scene.presses("Close").await;
    browser.sees(&format!("Branch {BRANCH} at Acme, by alice")).await;
}

#[tokio::test]
async fn where_the_browser_keeps_no_cookies_of_third_parties_a_frame_has_its_own() {
    let Some(scene) = AtJira::start_keeping(Cookies::NoThirdParty).await else { return };
    let browser = &scene.browser;
    scene.opens(CREATE_BRANCH).await;
    scene.presses(REPOSITORY).await;
    browser.labelled("Branch name").await;
    // Such a browser it is: of two cookies that a page sets here, one is kept.
    let set = "document.cookie = 'everywhere=1; Secure; SameSite=None';
        document.cookie = 'here=1; Secure; SameSite=None; Partitioned'; return document.cookie;";
    assert_eq!(browser.script(set, json!([])).await, "here=1");
    scene.presses(CREATE_BRANCH).await;
    browser.sees("Credited to jira-integration (the integration account).").await;
    scene.goes_back(CREATE_BRANCH).await;
    browser.sees(&format!("Branch {BRANCH} at Acme, by jira-integration")).await;
}
