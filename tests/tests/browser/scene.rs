//! What every test in a browser begins with.

use countersign_tests::browser::{Browser, Front};
use countersign_tests::daemon::{Daemon, GitHubServer, MAIN, PUBLIC_URL, Place, Server};
use http::Method;
use serde_json::{Value, json};

/// The issue that pages are opened on.
const ISSUE: &str = "https://jira.example.com/browse/ABC-1";

/// As people know the integration `main`.
pub const NAME: &str = "Acme";

/// A daemon as its users reach it, and somebody's browser. In the order they have to go.
pub struct Scene<S: Server = GitHubServer> {
    pub browser: Browser,
    pub daemon: Daemon<S>,
    _front: Front,
}

impl<S: Server> Scene<S> {
    /// None where there is no browser, which was said then.
    pub async fn start(server: S) -> Option<Scene<S>> {
        Scene::start_among(server, &[]).await
    }

    /// The same in a browser that knows other sites too.
    pub async fn start_among(server: S, others: &[&Front]) -> Option<Scene<S>> {
        let daemon = named(Daemon::start(server).await).await;
        let host = PUBLIC_URL.trim_start_matches("https://");
        let front = Front::open(host, daemon.address()).await;
        let browser = Browser::start(&[&[&front], others].concat()).await?;
        Some(Scene { browser, daemon, _front: front })
    }

    /// A link to the page where this user saves a PAT, as her connector gets it for her.
    pub async fn link_for(&self, user: &str) -> String {
        let asked = json!({ "integration": MAIN, "project": "ABC", "return_to": ISSUE });
        let made = self.daemon.as_user(user).post("/api/v1/setup-links", &asked).await.expect(201);
        made.text_at("/url").to_owned()
    }

    /// Goes to one of a user's pages, as her connector opens it from an issue, and says that it is hers.
    pub async fn enters(&self, user: &str, page: &str) {
        self.enters_for(user, page, json!({})).await;
    }

    /// The same with a repository that everybody of the scene works in chosen already.
    pub async fn enters_with_repository(&self, user: &str, page: &str) {
        let repository = self.daemon.server().repository(Place::Widgets).expect("every scene has it");
        self.enters_for(user, page, json!({ "integration": MAIN, "repository": repository })).await;
    }

    async fn enters_for(&self, user: &str, page: &str, asked: Value) {
        self.follows(&self.link_to(user, page, asked).await, user).await;
    }

    /// A link to one of a user's pages, as her connector gets it for her; `asked` is what it says of the page besides.
    pub async fn link_to(&self, user: &str, page: &str, mut asked: Value) -> String {
        asked["page"] = json!(page);
        asked["project"] = json!("ABC");
        asked["issue"] = json!({ "key": "ABC-1", "summary": "Log in with a passkey", "type": "Story", "url": ISSUE });
        asked["return_to"] = json!(ISSUE);
        let made = self.daemon.as_user(user).post("/api/v1/page-links", &asked).await.expect(201);
        made.text_at("/url").to_owned()
    }

    /// Goes to the page where this user saves a PAT.
    pub async fn enters_set_up(&self, user: &str) {
        self.follows(&self.link_for(user).await, user).await;
    }

    async fn follows(&self, link: &str, user: &str) {
        self.browser.open(link).await;
        self.browser.find("button", &format!("Continue as {user}")).await.click().await;
    }

    /// Browsers write on their console what a script is refused: nothing else was complained of.
    pub async fn was_refused(&self, status: u16) {
        let complaints = self.browser.complained().await;
        assert!(complaints.iter().all(|line| line.contains(&format!("a status of {status} "))), "{complaints:#?}");
    }

    /// Holds the page that is open to what all pages promise, and keeps pictures of it.
    pub async fn expect_fit(&self, name: &str) {
        self.browser.expect_accessible().await;
        self.browser.expect_keyboard_suffices().await;
        self.browser.expect_fits(name).await;
        self.browser.take_pictures(name).await;
    }

    /// The same of a page that may have been loaded without script, with pictures of its own.
    pub async fn expect_fit_as(&self, runs_scripts: bool, name: &str) {
        if runs_scripts {
            return self.expect_fit(name).await;
        }
        // What looks for barriers waits, which takes a page that may run scripts; those of the page ran when it was loaded or never.
        self.browser.run_scripts().await;
        self.expect_fit(&format!("{name}-without-script")).await;
        self.browser.run_no_scripts().await;
    }

    /// The account of the saved PAT; empty where there is none.
    pub async fn saved_account(&self, user: &str) -> String {
        self.daemon.as_user(user).pat(MAIN).await.expect(200).text_at("/account/login").to_owned()
    }
}

/// With an integration that people have a name for.
pub async fn named<S: Server>(daemon: Daemon<S>) -> Daemon<S> {
    let name = json!({ "name": NAME });
    daemon.as_admin(Method::PATCH, &format!("/integrations/{MAIN}"), Some(name)).await.expect(200);
    daemon
}
