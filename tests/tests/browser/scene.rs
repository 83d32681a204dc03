//! What every test in a browser begins with.

use countersign_tests::browser::{Browser, Front};
use countersign_tests::daemon::{Daemon, GitHubServer, MAIN, PUBLIC_URL, Server};
use serde_json::json;

/// A daemon as its users reach it, and somebody's browser. In the order they have to go.
pub struct Scene<S: Server = GitHubServer> {
    pub browser: Browser,
    pub daemon: Daemon<S>,
    _front: Front,
}

impl<S: Server> Scene<S> {
    /// None where there is no browser, which was said then.
    pub async fn start(server: S) -> Option<Scene<S>> {
        let daemon = Daemon::start(server).await;
        let host = PUBLIC_URL.trim_start_matches("https://");
        let front = Front::open(host, daemon.address()).await;
        let browser = Browser::start(&[&front]).await?;
        Some(Scene { browser, daemon, _front: front })
    }

    /// A link to the page where this user saves a PAT, as her connector gets it for her.
    pub async fn link_for(&self, user: &str) -> String {
        let asked =
            json!({ "integration": MAIN, "project": "ABC", "return_to": "https://jira.example.com/browse/ABC-1" });
        let made = self.daemon.as_user(user).post("/api/v1/setup-links", &asked).await.expect(201);
        made.text_at("/url").to_owned()
    }

    /// The account of the saved PAT; empty where there is none.
    pub async fn saved_account(&self, user: &str) -> String {
        self.daemon.as_user(user).pat(MAIN).await.expect(200).text_at("/account/login").to_owned()
    }
}
