//! An administrator's story: signs in by a link, tries *Require User PAT*, switches it on, and is told of what another
//! administrator changed meanwhile. And every other page she has.

use countersign_tests::daemon::{GitHubServer, MAIN};
use countersign_tests::standin::github::token;
use http::Method;
use serde_json::{Value, json};

use crate::scene::Scene;

const PATH: &str = "/integrations/main";

impl Scene {
    /// Signs an administrator in by a link.
    async fn signs_in(&self) {
        self.browser.open(&self.daemon.login_link("grace").await).await;
        self.browser.find("button", "Sign in as grace").await.click().await;
        self.browser.find("heading", "Manage Git repositories").await;
    }

    async fn stored(&self) -> Value {
        self.daemon.as_admin(Method::GET, PATH, None).await.expect(200).body
    }
}

#[tokio::test]
async fn an_administrator_tries_the_rule_switches_it_on_and_is_told_of_a_collision() {
    let Some(scene) = Scene::start(GitHubServer::Cloud).await else { return };
    let browser = &scene.browser;
    // Somebody whom the rule would keep from creating.
    scene.daemon.as_user("bob").create_branch(MAIN, "acme/widgets", "of-bob", "main").await.expect(201);
    browser.open(&scene.daemon.login_link("grace").await).await;
    scene.expect_fit("admin-login").await;
    scene.signs_in().await;
    scene.expect_fit("admin-integrations").await;
    browser.find("link", "Edit main").await.click().await;
    browser.find("heading", "main").await;
    scene.expect_fit("admin-integration").await;

    browser.find("checkbox", "Require User PAT").await.click().await;
    browser.find("button", "Dry run").await.click().await;
    browser.sees("Nothing was stored. This would be changed:").await;
    browser.sees("the rule keeps 1 from creating until they save a token.").await;
    scene.expect_fit("admin-integration-tried").await;
    assert_eq!(scene.stored().await["require_user_pat"], false);
    browser.find("button", "Update").await.click().await;
    browser.sees("Updated.").await;
    assert_eq!(scene.stored().await["require_user_pat"], true);
    scene.expect_fit("admin-integration-updated").await;

    let renamed = json!({ "name": "Renamed by another" });
    scene.daemon.as_admin(Method::PATCH, PATH, Some(renamed)).await.expect(200);
    browser.labelled("Name").await.fill("As typed").await;
    browser.find("button", "Update").await.click().await;
    browser.sees("Somebody else changed this integration since you opened it.").await;
    browser.sees("Renamed by another → As typed").await;
    scene.expect_fit("admin-integration-collision").await;
    assert_eq!(scene.stored().await["name"], "Renamed by another");
    // Seen now, it is hers to decide.
    browser.find("button", "Update").await.click().await;
    browser.sees("Updated.").await;
    assert_eq!(scene.stored().await["name"], "As typed");
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
        browser.find("link", page).await.click().await;
        browser.find("heading", page).await;
        scene.expect_fit(&format!("admin-{}", page.to_lowercase().replace(' ', "-"))).await;
    }
    browser.open("https://countersign.example.com/admin/new-integration").await;
    browser.find("heading", "Add integration").await;
    scene.expect_fit("admin-new-integration-kind").await;
    browser.find("link", "GitHub Enterprise Server").await.click().await;
    browser.labelled("Id").await.fill("second").await;
    browser.labelled("Name").await.fill("Second").await;
    browser.find("button", "Test connection").await.click().await;
    browser.find("alert", "").await;
    scene.expect_fit("admin-new-integration").await;
    browser.find("button", "Sign out").await.click().await;
    browser.find("heading", "Sign in").await;
}
