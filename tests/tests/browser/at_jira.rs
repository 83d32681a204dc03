//! What tests of pages within Jira begin with: a Jira and a daemon on two sites, and somebody who is at an issue.

use std::sync::{Arc, Weak};

use countersign_tests::browser::{Browser, Cookies, Front};
use countersign_tests::daemon::{Daemon, GitHubServer, MAIN, PUBLIC_URL, SITE, WIDGETS};
use countersign_tests::demo::jira::cast::{Cast, Integration, Made, Person};
use countersign_tests::demo::jira::connector::Connector;
use countersign_tests::demo::jira::{self, Jira};
use http::Method;
use serde_json::json;
use tokio::net::TcpListener;

use crate::scene::{NAME, named};

/// Another site than the daemon's, as browsers count: names below one domain would be of one site, and share their cookies.
pub const JIRA: &str = "https://jira.example.net";
pub const ISSUE: &str = "https://jira.example.net/browse/ABC-1";
/// The connector of this Jira, with its origin.
const CONNECTOR: &str = "framing";

pub const CREATE_BRANCH: &str = "Create branch";
/// The repository everybody works in, as a dialog offers it.
pub const REPOSITORY: &str = "acme/widgets Acme";

/// A Jira and a daemon, two sites, and the browser of somebody who is at the first issue. In the order they have to go.
pub struct AtJira {
    pub browser: Browser,
    _jira: Jira,
    pub daemon: Arc<Daemon>,
    _fronts: [Front; 2],
}

impl AtJira {
    /// None where there is no browser, which was said then.
    pub async fn start() -> Option<AtJira> {
        AtJira::start_keeping(Cookies::All).await
    }

    /// The same in a browser that does not keep all cookies.
    pub async fn start_keeping(cookies: Cookies) -> Option<AtJira> {
        let daemon = Arc::new(named(Daemon::start(GitHubServer::Cloud).await).await);
        let connector = json!({
            "id": CONNECTOR,
            "site": SITE,
            "public_key": daemon.key.public_pem(),
            "return_origins": [JIRA],
        });
        daemon.as_admin(Method::POST, "/connectors", Some(connector)).await.expect(201);
        let connector = Connector {
            id: CONNECTOR.to_owned(),
            key: daemon.key.clone(),
            public_url: PUBLIC_URL.to_owned(),
            reached_at: format!("http://{}", daemon.address()),
            clock: daemon.clock.clone(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let scene = jira::Scene { origin: JIRA.to_owned(), connector, cast: cast(Arc::downgrade(&daemon)) };
        let jira = Jira::serve(listener, scene).unwrap();
        let fronts = [
            Front::open("countersign.example.com", daemon.address()).await,
            Front::open("jira.example.net", jira.address()).await,
        ];
        let browser = Browser::start_keeping(cookies, &[&fronts[0], &fronts[1]]).await?;
        browser.open(ISSUE).await;
        Some(AtJira { browser, _jira: jira, daemon, _fronts: fronts })
    }

    pub async fn presses(&self, button: &str) {
        self.browser.find("button", button).await.click().await;
    }

    /// Opens a dialog over the issue and goes into its frame.
    pub async fn opens(&self, dialog: &str) {
        self.presses(dialog).await;
        self.enters(dialog).await;
    }

    pub async fn enters(&self, dialog: &str) {
        self.browser.enter_frame(&self.browser.find("Iframe", dialog).await).await;
    }

    /// Leaves the dialog with its own button.
    pub async fn goes_back(&self, dialog: &str) {
        self.browser.find("link", "Back to Jira").await.click().await;
        self.is_back_at_the_issue(dialog).await;
    }

    /// Leaves the frame, which Jira takes away once it is told to.
    pub async fn is_back_at_the_issue(&self, dialog: &str) {
        self.browser.leave_frame().await;
        self.browser.loses("Iframe", dialog).await;
        self.browser.sees("Development is up to date.").await;
        assert_eq!(self.browser.address().await, ISSUE);
    }

    /// Looks at the issue with the dialog over it.
    pub async fn takes_pictures(&self, dialog: &str, name: &str) {
        self.browser.leave_frame().await;
        self.browser.take_pictures(name).await;
        self.enters(dialog).await;
    }

    pub async fn sets_up(&self, pat: &str) {
        self.presses("Set it up first").await;
        self.browser.labelled("Personal access token").await.fill(pat).await;
        self.presses("Update").await;
        self.browser.sees("is now created as alice on GitHub.").await;
        self.browser.find("link", "Back to: Create branch").await.click().await;
        self.browser.sees("With your own token, as alice.").await;
    }

    pub fn who_made(&self, branch: &str) -> Option<String> {
        self.daemon.stand_in.who_made_branch(WIDGETS, branch)
    }
}

fn cast(daemon: Weak<Daemon>) -> Cast {
    let ann = Person { handle: "ann".into(), name: "Ann".into(), id: "ann".into(), to_paste: Vec::new() };
    let main = Integration { id: MAIN.into(), name: NAME.into(), repository: WIDGETS.into() };
    Cast {
        project: "ABC".to_owned(),
        people: vec![ann],
        integrations: vec![main],
        development: Box::new(move |issue| daemon.upgrade().map(|daemon| made(&daemon, issue)).unwrap_or_default()),
    }
}

/// What the git server has for an issue.
fn made(daemon: &Daemon, issue: &str) -> Vec<Made> {
    let stand_in = &daemon.stand_in;
    let references = stand_in.git(WIDGETS).references().unwrap();
    let branches = references.with_prefix("refs/heads/").map(|branch| branch.short().to_owned());
    let branches = branches.filter(|name| name.contains(issue));
    let branches = branches.map(|name| Made {
        what: "Branch",
        by: stand_in.who_made_branch(WIDGETS, &name),
        name,
        at: NAME.to_owned(),
    });
    let pulls = stand_in.pull_requests(WIDGETS).into_iter().filter(|pull| pull.head.contains(issue));
    let pulls =
        pulls.map(|pull| Made { what: "Pull request", name: pull.title, at: NAME.to_owned(), by: Some(pull.author) });
    branches.chain(pulls).collect()
}
