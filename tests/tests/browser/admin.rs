//! An administrator's story: signs in by a link, tries *Require User PAT*, switches it on, is told of what another administrator
//! changed meanwhile, and adds an integration. And every other page she has.

use std::time::Duration;

use countersign_tests::daemon::{GitHubServer, Holder, MAIN};
use countersign_tests::standin::github::token;
use http::Method;
use serde_json::{Value, json};

use crate::scene::{NAME, Scene};

const PATH: &str = "/integrations/main";
const NEW: &str = "https://countersign.example.com/admin/new-integration";

impl Scene {
    /// Signs an administrator in by a link.
    async fn signs_in(&self) {
        self.browser.open(&self.daemon.login_link("grace").await).await;
        self.browser.find("button", "Sign in as grace").await.click().await;
        self.browser.find("heading", "Manage Git repositories").await;
    }

    async fn goes_to(&self, page: &str) {
        self.browser.find("link", page).await.click().await;
        self.browser.find("heading", page).await;
    }

    async fn stored(&self, path: &str) -> Value {
        self.daemon.as_admin(Method::GET, path, None).await.expect(200).body
    }
}

/// One that people have, and once one that somebody would give himself.
fn bobs_name(is_plain: bool) -> &'static str {
    if is_plain { "Bob Weaver" } else { "Bob <b>B.</b>" }
}

async fn story(runs_scripts: bool) {
    let Some(scene) = Scene::start(GitHubServer::Cloud).await else { return };
    // Somebody whom the rule would keep from creating, and somebody whom it would not.
    let bob = scene.daemon.as_user("bob").called("display_name", bobs_name(runs_scripts));
    bob.create_branch(MAIN, "acme/widgets", "of-bob", "main").await.expect(201);
    scene.daemon.as_user("ann").save_pat(MAIN, token::ALICE).await.expect(200);
    if !runs_scripts {
        scene.browser.run_no_scripts().await;
    }
    scene.browser.open(&scene.daemon.login_link("grace").await).await;
    scene.expect_fit_as(runs_scripts, "admin-login").await;
    scene.signs_in().await;
    scene.browser.sees("1 of 2").await;
    scene.expect_fit_as(runs_scripts, "admin-integrations").await;
    the_rule_is_tried_and_switched_on(&scene, runs_scripts).await;
    another_changes_the_same(&scene, runs_scripts).await;
    the_rules_over_all_are_changed_by_another(&scene, runs_scripts).await;
    an_integration_is_added(&scene, runs_scripts).await;
}

async fn the_rule_is_tried_and_switched_on(scene: &Scene, runs_scripts: bool) {
    let browser = &scene.browser;
    browser.find("link", "Edit Acme").await.click().await;
    browser.find("heading", NAME).await;
    scene.expect_fit_as(runs_scripts, "admin-integration").await;

    browser.labelled("Branch template (optional)").await.fill("${issuekey}/${summary}").await;
    browser.labelled("Issue to try the template with (optional)").await.fill("ABC-7 Größe <b>7½</b>").await;
    if !runs_scripts {
        browser.find("button", "Preview").await.click().await;
    }
    browser.sees("Preview: ABC-7/").await;
    assert_eq!(
        browser.labelled("Issue to try the template with (optional)").await.value().await,
        "ABC-7 Größe <b>7½</b>"
    );
    assert_eq!(scene.stored(PATH).await["branch_template"], Value::Null);

    browser.find("checkbox", "Require User PAT").await.click().await;
    browser.find("button", "Dry run").await.click().await;
    browser.sees("Nothing was stored. This would be changed:").await;
    browser.sees("Of 2 people seen within 90 days, the rule keeps 1 from creating until they save a token.").await;
    browser.sees(&format!("{} default/bob", bobs_name(runs_scripts))).await;
    scene.expect_fit_as(runs_scripts, "admin-integration-tried").await;
    if runs_scripts {
        browser.script("scrollTo(0, 0)", json!([])).await;
        browser.take_screen("admin-dry-run").await;
    }
    assert_eq!(scene.stored(PATH).await["require_user_pat"], false);
    browser.find("button", "Update").await.click().await;
    browser.sees("Updated.").await;
    let stored = scene.stored(PATH).await;
    assert_eq!(
        (&stored["require_user_pat"], &stored["branch_template"]),
        (&json!(true), &json!("${issuekey}/${summary}"))
    );
    scene.expect_fit_as(runs_scripts, "admin-integration-updated").await;
}

async fn another_changes_the_same(scene: &Scene, runs_scripts: bool) {
    let browser = &scene.browser;
    let renamed = json!({ "name": "Renamed by another", "delete_branches": false });
    scene.daemon.as_admin(Method::PATCH, PATH, Some(renamed)).await.expect(200);
    browser.labelled("Name").await.fill("As typed").await;
    // Looking at a name takes nothing of it for seen.
    browser.find("button", "Preview").await.click().await;
    browser.sees("Preview: ").await;
    assert_eq!(browser.labelled("Name").await.value().await, "As typed");
    browser.find("button", "Update").await.click().await;
    browser.sees("This integration was changed since you opened it").await;
    browser.sees("Name: Renamed by another → As typed").await;
    // What she left alone is the other's, and no word of hers.
    browser.sees("Enable deleting branches: on → off").await;
    assert!(!browser.text().await.contains("Enable deleting branches: off → on"));
    scene.expect_fit_as(runs_scripts, "admin-integration-collision").await;
    assert_eq!(scene.stored(PATH).await["name"], "Renamed by another");
    // Seen now, it is hers to decide.
    browser.find("button", "Update").await.click().await;
    browser.sees("Updated.").await;
    let stored = scene.stored(PATH).await;
    assert_eq!((&stored["name"], &stored["delete_branches"]), (&json!("As typed"), &json!(false)));
    // Sent once more, it is nobody else's change.
    browser.reload().await;
    browser.sees("It is stored as you typed it.").await;
}

async fn the_rules_over_all_are_changed_by_another(scene: &Scene, runs_scripts: bool) {
    let browser = &scene.browser;
    scene.goes_to("General settings").await;
    let rules = json!({ "require_user_pat": true, "require_user_pat_from": "2027-05-01" });
    scene.daemon.as_admin(Method::PUT, "/policy", Some(rules)).await.expect(200);
    browser.find("checkbox", "Require User PAT").await.click().await;
    browser.find("button", "Update").await.click().await;
    browser.sees("These settings were changed since you opened them").await;
    browser.sees("From (grace date): 2027-05-01 → empty").await;
    scene.expect_fit_as(runs_scripts, "admin-general-collision").await;
    assert_eq!(scene.stored("/policy").await["require_user_pat_from"], "2027-05-01T00:00:00.000Z");
    browser.find("button", "Update").await.click().await;
    browser.sees("Updated.").await;
    let stored = scene.stored("/policy").await;
    assert_eq!((&stored["require_user_pat"], &stored["require_user_pat_from"]), (&json!(true), &Value::Null));
    scene.expect_fit_as(runs_scripts, "admin-general-updated").await;
    browser.reload().await;
    browser.sees("It is stored as you typed it.").await;
}

async fn an_integration_is_added(scene: &Scene, runs_scripts: bool) {
    let browser = &scene.browser;
    let network = &scene.stored(PATH).await["network"];
    let connect_to = network["connect_to"].as_object().unwrap().iter();
    let connect_to = connect_to.map(|(from, to)| format!("{from} = {}\n", to.as_str().unwrap()));
    browser.open(NEW).await;
    browser.find("link", "GitHub").await.click().await;
    browser.labelled("Id").await.fill("second").await;
    browser.labelled("Name").await.fill("Second").await;
    browser.labelled("Personal access token (optional)").await.fill("ghp_wrong").await;
    // What cannot be read takes nothing else with it.
    browser.labelled("Maximum length (optional)").await.fill("many").await;
    browser.find("button", "Test connection").await.click().await;
    browser.sees("is not a number").await;
    scene.was_refused(422).await;
    assert_eq!(browser.labelled("Maximum length (optional)").await.value().await, "many");
    assert_eq!(browser.labelled("Name").await.value().await, "Second");
    browser.labelled("Maximum length (optional)").await.fill("").await;
    browser.labelled("Personal access token (optional)").await.fill("ghp_wrong").await;
    browser.labelled("Connect to (optional)").await.fill(&connect_to.collect::<String>()).await;
    browser.labelled("Certificates (optional)").await.fill(network["ca_pem"].as_str().unwrap()).await;
    if network["allow_private"] == true {
        browser.find("checkbox", "Allow private addresses").await.click().await;
    }
    browser.find("button", "Test connection").await.click().await;
    browser.find("alert", "").await;
    scene.was_refused(422).await;
    browser.sees("GitHub did not accept this token").await;
    browser.sees("“Bad credentials”. Nothing was stored.").await;
    let token = browser.labelled("Personal access token (optional)").await;
    assert_eq!(token.attribute("aria-invalid").await, "true");
    scene.expect_fit_as(runs_scripts, "admin-new-integration-refused").await;
    if !runs_scripts {
        browser.find("button", "Preview").await.click().await;
        browser.sees("Preview: feature/ABC-1-log-in-with-a-passkey").await;
        scene.daemon.as_admin(Method::GET, "/integrations/second", None).await.expect(404);
    }
    let own = scene.daemon.credential(Holder::Integration);
    browser.labelled("Personal access token (optional)").await.fill(own["token"].as_str().unwrap()).await;
    // Where it reaches is shown before it is stored, whichever button is pressed.
    browser.find("button", "Add").await.click().await;
    browser.sees("The connection works. Nothing is stored yet.").await;
    browser.sees("https://api.github.com").await;
    scene.daemon.as_admin(Method::GET, "/integrations/second", None).await.expect(404);
    scene.expect_fit_as(runs_scripts, "admin-new-integration-tested").await;
    let typed = browser.labelled("Personal access token (optional)").await;
    if runs_scripts {
        assert_eq!(typed.value().await, own["token"].as_str().unwrap(), "what was typed stays");
        // What is looked at in between sends nothing twice.
        browser.find("button", "Preview").await.click().await;
        while browser.text().await.contains("The connection works.") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let typed = browser.labelled("Personal access token (optional)").await;
        assert_eq!(typed.value().await, own["token"].as_str().unwrap(), "what was typed stays");
    } else {
        browser.sees("The credential has to be typed once more").await;
        assert_eq!(typed.value().await, "", "no page has a credential");
        typed.fill(own["token"].as_str().unwrap()).await;
    }
    browser.find("button", "Add").await.click().await;
    browser.find("heading", "Second").await;
    browser.sees("Added: ").await;
    assert_eq!(scene.stored("/integrations/second").await["account"]["login"], "jira-integration");
    browser.find("button", "Remove…").await.click().await;
    browser.find("heading", "Remove this integration?").await;
    scene.expect_fit_as(runs_scripts, "admin-integration-removal").await;
    browser.sees("Second is deleted. Nobody has saved a token for it. This cannot be undone.").await;
    browser.find("button", "Remove Second").await.click().await;
    browser.find("heading", "Manage Git repositories").await;
    browser.sees("Removed: second").await;
    scene.daemon.as_admin(Method::GET, "/integrations/second", None).await.expect(404);
}

#[tokio::test]
async fn an_administrator_tries_the_rule_switches_it_on_is_told_of_collisions_and_adds_an_integration() {
    story(true).await;
}

#[tokio::test]
async fn an_administrators_story_without_script() {
    story(false).await;
}

#[tokio::test]
async fn what_comes_of_a_dry_run_or_does_not_takes_nothing_away_that_was_typed() {
    let Some(scene) = Scene::start(GitHubServer::Cloud).await else { return };
    let browser = &scene.browser;
    scene.signs_in().await;
    browser.find("link", "Edit Acme").await.click().await;
    browser.labelled("Name").await.fill("As typed").await;
    let tries = async || browser.find("button", "Dry run").await.click().await;
    let name = async || browser.labelled("Name").await.value().await;
    browser.is_offline(true).await;
    tries().await;
    browser.sees("Countersign did not answer. Nothing was stored").await;
    assert_eq!(name().await, "As typed");
    browser.find("button", "Update").await.click().await;
    browser.sees("Countersign did not answer. Nothing was stored").await;
    assert_eq!(name().await, "As typed");
    browser.is_offline(false).await;
    tries().await;
    browser.sees("This would be changed:").await;

    // A credential that stands there still is not lost, and may be taken out again.
    let token = async || browser.labelled("Personal access token (optional)").await;
    token().await.fill("ghp_wrong").await;
    tries().await;
    browser.sees("GitHub did not accept this token").await;
    assert_eq!(token().await.value().await, "ghp_wrong");
    token().await.fill("").await;
    browser.find("button", "Update").await.click().await;
    browser.sees("Updated.").await;
    // One that no page repeats is lost until it is typed again, whatever is looked at meanwhile.
    token().await.fill("ghp_wrong").await;
    browser.find("button", "Update").await.click().await;
    browser.sees("The credential has to be typed once more").await;
    tries().await;
    browser.sees("This would be changed:").await;
    browser.sees("The credential has to be typed once more").await;
    browser.find("button", "Update").await.click().await;
    browser.sees("What was entered before was not kept.").await;

    browser.labelled("Name").await.fill("Once more").await;
    let fills = "document.getElementsByName('ca_pem')[0].value = 'x'.repeat(70000)";
    browser.script(fills, json!([])).await;
    browser.devtools("Network.clearBrowserCookies", json!({})).await;
    tries().await;
    browser.sees("too long to be kept while you sign in").await;
    assert_eq!(name().await, "Once more");
    assert_eq!(scene.stored(PATH).await["name"], "As typed");
}

#[tokio::test]
async fn every_page_of_an_administrator_is_fit_for_use() {
    let Some(scene) = Scene::start(GitHubServer::Cloud).await else { return };
    let browser = &scene.browser;
    let ann = scene.daemon.as_user("ann");
    ann.save_pat(MAIN, token::ALICE).await.expect(200);
    ann.create_branch(MAIN, "acme/widgets", "of-ann", "main").await.expect(201);
    browser.open("https://countersign.example.com/admin").await;
    browser.find("heading", "Sign in").await;
    browser.labelled("Admin token").await.fill("csadm_not-one").await;
    browser.find("button", "Sign in").await.click().await;
    browser.sees("This token is not known here, was revoked, or has expired.").await;
    scene.expect_fit("admin-sign-in").await;

    scene.signs_in().await;
    let pages = ["Coverage", "General settings", "Providers", "Connectors", "Audit", "Sessions"];
    for page in pages {
        scene.goes_to(page).await;
        scene.expect_fit(&format!("admin-{}", page.to_lowercase().replace(' ', "-"))).await;
    }
    browser.open(NEW).await;
    browser.find("heading", "Add integration").await;
    scene.expect_fit("admin-new-integration-kind").await;
    browser.find("link", "GitHub Enterprise Server").await.click().await;
    browser.labelled("Id").await.fill("second").await;
    browser.labelled("Name").await.fill("Second").await;
    browser.find("button", "Test connection").await.click().await;
    browser.find("alert", "").await;
    scene.was_refused(422).await;
    scene.expect_fit("admin-new-integration").await;
    long_words_fit(&scene).await;
    browser.find("button", "Sign out").await.click().await;
    browser.find("heading", "Sign in").await;
}

/// Names that no line of a telephone has room for.
async fn long_words_fit(scene: &Scene) {
    let browser = &scene.browser;
    let user = scene.daemon.as_user("alexandra.de-la-fontaine@subsidiary.example.com");
    user.create_branch(MAIN, "acme/widgets", "of-a-long-name", "main").await.expect(201);
    let long = json!({
        "name": "Acme-Widgets-and-Instruments-of-the-Northern-Hemisphere",
        "require_user_pat": true,
        "require_user_pat_from": "2027-05-01",
        "enforce_git_permissions": true,
    });
    scene.daemon.as_admin(Method::PATCH, PATH, Some(long)).await.expect(200);
    for page in ["integrations", "coverage", "audit", "integrations/main"] {
        browser.open(&format!("https://countersign.example.com/admin/{page}")).await;
        browser.expect_fits(page).await;
    }
}
