//! Pages that say something: what is there already, what is announced, what was taken away, and that somebody was away for a
//! while, who finds again what she typed.

use countersign_tests::daemon::{GitHubServer, MAIN, PUBLIC_URL, WIDGETS};
use countersign_tests::standin::github::token;
use http::Method;
use serde_json::json;

use crate::scene::{NAME, Scene};

const HALF_AN_HOUR_MS: i64 = 30 * 60 * 1000;
const BRANCH: &str = "feature/ABC-1-log-in-with-a-passkey";

#[tokio::test]
async fn what_is_there_already_is_shown_with_its_link_and_is_no_error() {
    let Some(scene) = Scene::start(GitHubServer::Cloud).await else { return };
    let browser = &scene.browser;
    let ann = scene.daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    ann.create_branch(MAIN, WIDGETS, BRANCH, "main").await.expect(201);
    scene.enters_with_repository("ann", "create-branch").await;
    browser.find("button", "Create branch").await.click().await;
    browser.find("heading", "This branch is there already").await;
    browser.find("link", &format!("{BRANCH} (opens in a new window)")).await;
    scene.expect_fit("branch-there").await;

    // One that has gone on since is no error either.
    scene.daemon.stand_in.git(WIDGETS).add_commit(BRANCH, "passkey.txt").unwrap();
    scene.enters_with_repository("ann", "create-branch").await;
    browser.find("button", "Create branch").await.click().await;
    browser.find("heading", "This branch is there already").await;
    browser.find("link", &format!("{BRANCH} (opens in a new window)")).await;
    browser.sees("It points at another commit than main.").await;
    scene.expect_fit("branch-there-and-gone-on").await;
    browser.find("button", "Choose another name").await.click().await;
    assert_eq!(browser.labelled("Branch name").await.value().await, BRANCH);
    assert_eq!(browser.labelled("Base branch").await.value().await, "main");
    for (heading, picture) in
        [("Pull request created", None), ("There is an open pull request already", Some("pull-request-there"))]
    {
        scene.enters_with_repository("ann", "create-pull-request").await;
        browser.find("button", "Create").await.click().await;
        browser.find("heading", heading).await;
        if let Some(picture) = picture {
            scene.expect_fit(picture).await;
        }
    }
    // Nothing of what was typed is used, nor lost.
    browser.find("link", "Back to: Create pull request").await.click().await;
    assert_eq!(browser.labelled("Source branch").await.value().await, BRANCH);
    assert_eq!(scene.daemon.stand_in.pull_requests(WIDGETS).len(), 1);
}

#[tokio::test]
async fn a_rule_with_a_grace_date_is_announced_and_denies_nothing_until_then() {
    let Some(scene) = Scene::start(GitHubServer::Cloud).await else { return };
    let browser = &scene.browser;
    let rule = json!({ "require_user_pat": true, "require_user_pat_from": "2026-11-24" });
    scene.daemon.as_admin(Method::PATCH, &format!("/integrations/{MAIN}"), Some(rule)).await.expect(200);
    scene.enters_with_repository("ann", "create-branch").await;
    browser.sees("From 2026-11-24 (UTC) on, this needs a personal access token of your own.").await;
    scene.expect_fit("create-branch-announced").await;
    browser.find("button", "Create branch").await.click().await;
    browser.sees("Credited to jira-integration (the integration account).").await;
    scene.expect_fit("branch-created-by-the-integration").await;
    // By the clock, with nobody needed.
    scene.daemon.clock.advance_ms(2 * 86_400_000);
    scene.enters_with_repository("ann", "create-branch").await;
    browser.sees("This needs a personal access token of your own.").await;
    assert!(!browser.find("button", "Create branch").await.is_enabled().await);
}

#[tokio::test]
async fn everything_is_revoked_in_one_click_after_it_was_asked_once_more() {
    let Some(scene) = Scene::start(GitHubServer::Cloud).await else { return };
    let browser = &scene.browser;
    scene.daemon.as_user("ann").save_pat(MAIN, token::ALICE).await.expect(200);
    scene.enters("ann", "tokens").await;
    browser.find("button", "Revoke everything…").await.click().await;
    browser.find("heading", "Revoke all your tokens?").await;
    browser.sees("Acme (GitHub, alice): is erased here. GitHub cannot end it from here.").await;
    // Whatever the second half of a double click falls on, the button that is there from now on does not hear it for a moment.
    let anew = "const button = arguments[0];
        button.style.animation = 'none';
        button.getBoundingClientRect();
        button.style.animation = '';
        const box = button.getBoundingClientRect();
        return button.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));";
    let button = browser.find("button", "Revoke everything").await;
    assert_eq!(browser.script(anew, json!([button.reference()])).await, json!(false));
    scene.expect_fit("tokens-revocation").await;
    assert_eq!(scene.saved_account("ann").await, "alice");
    browser.find("button", "Revoke everything").await.click().await;
    browser.find("heading", "Your tokens are removed").await;
    browser.sees("Acme (GitHub, alice): GitHub still accepts it. Delete it there: your tokens at GitHub").await;
    scene.expect_fit("tokens-revoked").await;
    assert_eq!(scene.saved_account("ann").await, "");
    browser.find("link", "Back to: My tokens").await.click().await;
    browser.sees("not set up").await;
}

#[tokio::test]
async fn u8_what_was_typed_into_a_dialog_left_open_is_there_the_next_time() {
    let Some(scene) = Scene::start(GitHubServer::Cloud).await else { return };
    let browser = &scene.browser;
    scene.enters_with_repository("ann", "create-branch").await;
    browser.labelled("Branch name").await.fill("ABC-1-over-lunch").await;
    scene.daemon.clock.advance_ms(HALF_AN_HOUR_MS);
    browser.find("button", "Create branch").await.click().await;
    browser.find("heading", "You were away for a while").await;
    browser.sees("ABC-1-over-lunch").await;
    scene.expect_fit("visit-ended").await;
    assert_eq!(scene.daemon.show_ref(WIDGETS, "ABC-1-over-lunch"), None);
    scene.enters_with_repository("ann", "create-branch").await;
    assert_eq!(browser.labelled("Branch name").await.value().await, "ABC-1-over-lunch");
}

/// As somebody does who signs the first of all sessions out.
const END_THE_SESSION: &str = "
    const asked = (method, body) => {
      const request = new XMLHttpRequest();
      request.open(method, '/admin/sessions', false);
      request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
      request.send(body);
      return request;
    };
    const page = new DOMParser().parseFromString(asked('GET').responseText, 'text/html');
    const button = page.querySelector('button[name=end]');
    const body = new URLSearchParams(new FormData(button.form));
    body.append(button.name, button.value);
    return asked('POST', body.toString()).status;";

/// With script and without: what is tried is sent in another way.
async fn an_administrator_is_away_for_a_while(runs_scripts: bool) {
    let Some(scene) = Scene::start(GitHubServer::Cloud).await else { return };
    let browser = &scene.browser;
    let token = scene.daemon.as_admin(Method::POST, "/tokens", Some(json!({ "label": "grace" }))).await.expect(201);
    if !runs_scripts {
        browser.run_no_scripts().await;
    }
    browser.open(&format!("{PUBLIC_URL}/admin/sign-in")).await;
    browser.labelled("Admin token").await.fill(token.text_at("/token")).await;
    browser.find("button", "Sign in").await.click().await;
    browser.find("link", "Edit Acme").await.click().await;
    browser.labelled("Name").await.fill("As typed <b>before lunch</b>").await;
    browser.labelled("Personal access token (optional)").await.fill("ghp_typed-before-lunch").await;
    browser.find("checkbox", "Require User PAT").await.click().await;
    scene.daemon.clock.advance_ms(HALF_AN_HOUR_MS);
    browser.find("button", "Dry run").await.click().await;

    browser.find("heading", "Your session has ended").await;
    scene.was_refused(403).await;
    scene.expect_fit_as(runs_scripts, "admin-session-ended").await;
    let page = browser.script("return document.documentElement.outerHTML", json!([])).await;
    assert!(!page.as_str().unwrap().contains("before-lunch"), "no page has a credential");
    browser.labelled("Admin token").await.fill("csa_not-this-one").await;
    browser.find("button", "Sign in").await.click().await;
    browser.sees("This token is not known here, was revoked, or has expired.").await;
    browser.labelled("Admin token").await.fill(token.text_at("/token")).await;
    browser.find("button", "Sign in").await.click().await;
    browser.find("heading", "Signed in").await;
    scene.expect_fit_as(runs_scripts, "admin-signed-in-again").await;
    browser.find("button", "Go on with what you typed").await.click().await;

    browser.sees("Nothing was stored. This would be changed:").await;
    let stored = |body: serde_json::Value| (body["name"].clone(), body["require_user_pat"].clone());
    let path = format!("/integrations/{MAIN}");
    let now = scene.daemon.as_admin(Method::GET, &path, None).await.expect(200).body;
    assert_eq!(stored(now), (json!(NAME), json!(false)));
    // The credential is not left out unseen.
    browser.find("button", "Update").await.click().await;
    browser.sees("What was entered before was not kept.").await;
    browser.find("button", "Update").await.click().await;
    browser.sees("Updated.").await;
    let now = scene.daemon.as_admin(Method::GET, &path, None).await.expect(200).body;
    assert_eq!(stored(now), (json!("As typed <b>before lunch</b>"), json!(true)));

    // Ended from another page, it is known no more: what was typed comes back all the same.
    browser.labelled("Name").await.fill("As typed after lunch").await;
    assert_eq!(browser.script(END_THE_SESSION, json!([])).await, json!(200));
    browser.find("button", "Update").await.click().await;
    browser.find("heading", "Your session has ended").await;
    browser.labelled("Admin token").await.fill(token.text_at("/token")).await;
    browser.find("button", "Sign in").await.click().await;
    browser.find("button", "Go on with what you typed").await.click().await;
    browser.sees("Nothing was stored. This would be changed:").await;
    assert_eq!(browser.labelled("Name").await.value().await, "As typed after lunch");
    she_signs_out_in_another_tab(&scene, token.text_at("/token")).await;
}

/// As somebody does in another tab: signs out, and in again where there is a token.
const SIGN_OUT: &str = "
    const send = (address, body) => {
      const request = new XMLHttpRequest();
      request.open('POST', address, false);
      request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
      request.send(body);
      return request.status;
    };
    const form = document.querySelector('form[action$=sign-out]');
    send(form.action, new URLSearchParams(new FormData(form)).toString());
    return arguments[0] ? send('/admin/sign-in', new URLSearchParams({ token: arguments[0] }).toString()) : 200;";

async fn she_signs_out_in_another_tab(scene: &Scene, token: &str) {
    let browser = &scene.browser;
    for (typed, again) in [("Typed before signing out", ""), ("Typed before signing in again", token)] {
        browser.labelled("Name").await.fill(typed).await;
        assert_eq!(browser.script(SIGN_OUT, json!([again])).await, json!(200));
        browser.find("button", "Update").await.click().await;
        if again.is_empty() {
            browser.find("heading", "Your session has ended").await;
            browser.labelled("Admin token").await.fill(token).await;
            browser.find("button", "Sign in").await.click().await;
        }
        browser.find("button", "Go on with what you typed").await.click().await;
        browser.sees("Nothing was stored. This would be changed:").await;
        assert_eq!(browser.labelled("Name").await.value().await, typed);
    }
}

#[tokio::test]
async fn u8_what_an_administrator_typed_over_the_end_of_her_session_comes_back() {
    an_administrator_is_away_for_a_while(true).await;
}

#[tokio::test]
async fn u8_the_same_without_script() {
    an_administrator_is_away_for_a_while(false).await;
}
