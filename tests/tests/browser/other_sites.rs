//! Pages of other sites: what they show in a frame and whatever they have a browser send, nothing is seen of ours and nothing is
//! done (U1, U5). Every click and every form is shown to work where it may, so that it is no other reason that stops it.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::RawQuery;
use axum::response::Html;
use axum::routing::get;
use countersign_tests::browser::{Browser, Front, Point};
use countersign_tests::daemon::{GitHubServer, MAIN, PUBLIC_URL, WIDGETS};
use maud::{DOCTYPE, Markup, html};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::scene::{NAME, Scene};

const EVIL: &str = "https://evil.example/";
/// A page of the origin that the scene's connector is registered with.
const JIRA: &str = "https://jira.example.com/";
/// Width of the screen, on which there is room for a whole dialog.
const WIDTH_PX: u32 = 1280;
/// Who may show a page in a frame.
const IN_JIRA: &str = "https://jira.example.com";
const IN_NONE: &str = "'none'";
const CREATE_BRANCH: &str = "Create branch";
const BRANCH: &str = "feature/ABC-1-log-in-with-a-passkey";
/// What the audit log calls looking at a dialog.
const LOOKING: [&str; 2] = ["repository.get", "branch.list"];
/// The heading of a form that was sent from elsewhere.
const REFUSED: &str = "This form was sent from another site";

/// The scene, with two other sites whose pages show in a frame whatever their query names.
struct Others {
    scene: Scene,
    _fronts: [Front; 2],
}

impl Others {
    async fn start() -> Option<Others> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let routes = Router::new().route("/", get(async |query: RawQuery| Html(page(query.0).into_string())));
        let routes = routes.route("/browse/{key}", get(async || Html(page(None).into_string())));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let fronts = [Front::open("evil.example", address).await, Front::open("jira.example.com", address).await];
        let scene = Scene::start_among(GitHubServer::Cloud, &[&fronts[0], &fronts[1]]).await?;
        scene.browser.be_wide(WIDTH_PX).await;
        Some(Others { scene, _fronts: fronts })
    }

    /// Goes to a page that shows this in a frame, as large as the page.
    async fn frames(&self, site: &str, address: &str) {
        self.scene.browser.open(&format!("{site}?{address}")).await;
    }

    /// Goes to such a page and finds the frame empty. `allowed` is who may show it, as the browser was told.
    async fn expect_hidden(&self, site: &str, address: &str, allowed: &str) {
        let browser = &self.scene.browser;
        self.frames(site, address).await;
        let said = browser.complains().await;
        assert!(said.len() == 1 && said[0].contains(&format!("frame-ancestors {allowed}\"")), "{address}: {said:?}");
        assert_eq!(browser.text().await, "", "{address}");
    }

    /// Everything that was done so far, and where the branch stands. Looking is no doing: a page whose frame stays empty was asked
    /// for all the same.
    async fn done(&self) -> (Vec<String>, Option<String>) {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let log = self.scene.daemon.audit().await;
        let subjects = log.iter().map(|entry| text(&entry["subject"]));
        let done = subjects.filter(|subject| !LOOKING.contains(&subject.as_str())).collect();
        (done, self.scene.daemon.show_ref(WIDGETS, BRANCH))
    }

    /// A dialog that only waits for its last click, in a tab.
    async fn enters_the_dialog(&self) {
        self.scene.enters_with_repository("ann", "create-branch").await;
        self.scene.browser.labelled("Branch name").await;
    }

    /// Has the browser send a form from this page, and waits for an answer with this heading.
    async fn sends(&self, from: &str, action: &str, fields: &Value, answer: &str) {
        let browser = &self.scene.browser;
        browser.open(from).await;
        let send = "const form = document.createElement('form'); form.method = 'post'; form.action = arguments[0];
            for (const [name, value] of arguments[1]) {
                const field = document.createElement('input');
                [field.type, field.name, field.value] = ['hidden', name, value];
                form.append(field);
            }
            document.body.append(form); form.submit();";
        browser.script(send, json!([action, fields])).await;
        browser.find("heading", answer).await;
        self.scene.was_refused(403).await;
    }
}

fn page(framed: Option<String>) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            title { "Another site" }
            body {
                @if let Some(address) = framed {
                    iframe title="Framed" src=(address) style="position: fixed; inset: 0; width: 100%; height: 100%; border: 0" {}
                }
            }
        }
    }
}

/// Where a button of the page is that is open.
async fn place_of(browser: &Browser, button: &str) -> Point {
    browser.middle_of(&browser.find("button", button).await).await
}

/// What the form of the page that is open would send, with the field that proves it to be of that page.
async fn fields(browser: &Browser) -> Value {
    let form = "return [...new FormData(document.querySelector('main form'))];";
    browser.script(form, json!([])).await
}

/// Gives the browser all its cookies of the daemon for frames on pages of evil.example too. It would never keep them there by
/// itself: only who may show a page is left to stop it.
async fn has_cookies_everywhere(browser: &Browser) {
    let mut cookies = browser.cookies().await;
    for cookie in &mut cookies {
        *cookie = json!({
            "name": cookie["name"],
            "value": cookie["value"],
            "domain": cookie["domain"],
            "path": cookie["path"],
            "secure": true,
            "httpOnly": true,
            "sameSite": "None",
            "partitionKey": { "topLevelSite": "https://evil.example", "hasCrossSiteAncestor": true },
        });
    }
    assert!(!cookies.is_empty());
    browser.devtools("Storage.setCookies", json!({ "cookies": cookies })).await;
}

#[tokio::test]
async fn u5_a_link_is_not_opened_by_a_click_on_another_sites_page() {
    let Some(others) = Others::start().await else { return };
    let browser = &others.scene.browser;
    let link = others.scene.link_to("ann", "create-branch", json!({})).await;
    browser.open(&link).await;
    let button = place_of(browser, "Continue as ann").await;
    let before = others.done().await;
    others.expect_hidden(EVIL, &link, IN_JIRA).await;
    browser.click_at(button).await;
    // Every page around it counts, not the next one alone.
    others.expect_hidden(EVIL, &format!("{JIRA}?{link}"), IN_JIRA).await;
    browser.click_at(button).await;
    assert_eq!(others.done().await, before);

    others.frames(JIRA, &link).await;
    browser.enter_frame(&browser.find("Iframe", "Framed").await).await;
    browser.find("button", "Continue as ann").await;
    browser.leave_frame().await;
    browser.click_at(button).await;
    browser.enter_frame(&browser.find("Iframe", "Framed").await).await;
    browser.find("heading", CREATE_BRANCH).await;
}

#[tokio::test]
async fn u5_an_open_dialog_is_not_sent_by_a_click_on_another_sites_page() {
    let Some(others) = Others::start().await else { return };
    let browser = &others.scene.browser;
    others.enters_the_dialog().await;
    let (address, button) = (browser.address().await, place_of(browser, CREATE_BRANCH).await);
    has_cookies_everywhere(browser).await;
    let before = others.done().await;
    others.expect_hidden(EVIL, &address, IN_JIRA).await;
    browser.click_at(button).await;
    others.expect_hidden(EVIL, &format!("{JIRA}?{address}"), IN_JIRA).await;
    browser.click_at(button).await;
    assert_eq!(others.done().await, before);

    others.frames(JIRA, &address).await;
    browser.enter_frame(&browser.find("Iframe", "Framed").await).await;
    browser.labelled("Branch name").await;
    browser.leave_frame().await;
    browser.click_at(button).await;
    browser.enter_frame(&browser.find("Iframe", "Framed").await).await;
    browser.find("heading", "Branch created").await;
    assert!(others.done().await.1.is_some());
}

#[tokio::test]
async fn u5_pages_of_administrators_are_in_nobodys_frame() {
    let Some(others) = Others::start().await else { return };
    let (browser, daemon) = (&others.scene.browser, &others.scene.daemon);
    browser.open(&daemon.login_link("grace").await).await;
    browser.find("button", "Sign in as grace").await.click().await;
    browser.find("heading", "Manage Git repositories").await;
    let button = place_of(browser, "Sign out").await;
    has_cookies_everywhere(browser).await;
    let before = others.done().await;
    for page in ["/admin", "/admin/integrations/main", "/admin/coverage", "/admin/sign-in"] {
        for site in [EVIL, JIRA] {
            others.expect_hidden(site, &format!("{PUBLIC_URL}{page}"), IN_NONE).await;
            browser.click_at(button).await;
        }
    }
    assert_eq!(others.done().await, before);
    browser.open(&format!("{PUBLIC_URL}/admin")).await;
    browser.find("heading", "Manage Git repositories").await;
    browser.click_at(button).await;
    browser.find("heading", "Sign in").await;
}

#[tokio::test]
async fn u1_a_form_that_another_site_has_a_browser_send_does_nothing() {
    let Some(others) = Others::start().await else { return };
    let browser = &others.scene.browser;
    let link = others.scene.link_to("ann", "create-branch", json!({})).await;
    others.enters_the_dialog().await;
    let (address, form) = (browser.address().await, fields(browser).await);
    let before = others.done().await;
    // Jira may open a link for its user, and may not fill in her forms.
    for (site, action) in [(EVIL, &link), (EVIL, &address), (JIRA, &address)] {
        others.sends(site, action, &form, REFUSED).await;
    }
    assert_eq!(others.done().await, before);

    others.sends(&address, &address, &form, "Branch created").await;
    others.sends(JIRA, &link, &json!([]), CREATE_BRANCH).await;
}

#[tokio::test]
async fn u1_a_form_for_administrators_that_another_site_has_a_browser_send_does_nothing() {
    let Some(others) = Others::start().await else { return };
    let (browser, daemon) = (&others.scene.browser, &others.scene.daemon);
    browser.open(&daemon.login_link("grace").await).await;
    browser.find("button", "Sign in as grace").await.click().await;
    browser.find("link", "Edit Acme").await.click().await;
    browser.find("checkbox", "Require User PAT").await.click().await;
    let integration = browser.address().await;
    let form = fields(browser).await;
    let login = daemon.login_link("mallory").await;
    let before = others.done().await;
    let path = |page: &str| format!("{PUBLIC_URL}/admin/{page}");
    for site in [EVIL, JIRA] {
        for action in
            [&integration, &login, &path("general"), &path("connectors"), &path("sessions"), &path("sign-out")]
        {
            others.sends(site, action, &form, REFUSED).await;
        }
    }
    assert_eq!(others.done().await, before);

    others.sends(&integration, &integration, &form, NAME).await;
    browser.sees("Updated.").await;
    let stored = daemon.as_admin(http::Method::GET, &format!("/integrations/{MAIN}"), None).await.expect(200);
    assert_eq!(stored.body["require_user_pat"], true);
}

#[tokio::test]
async fn where_nobody_listens_leaving_leads_back_to_jira() {
    let Some(others) = Others::start().await else { return };
    let browser = &others.scene.browser;
    others.enters_the_dialog().await;
    let address = browser.address().await;
    others.frames(JIRA, &address).await;
    browser.enter_frame(&browser.find("Iframe", "Framed").await).await;
    browser.find("link", "Cancel").await.click().await;
    browser.leave_frame().await;
    browser.goes_to("https://jira.example.com/browse/ABC-1").await;
}
