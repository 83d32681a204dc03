//! One browser: started with an empty profile, asked one thing after the other, and gone at the end.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};

use super::complaints;
use super::cookies::Cookies;
use super::driver::{self, Driver};
use super::front::Front;
use super::wire::{Refused, Wire};

/// How long anything on a page is waited for: far more than a page takes, on a machine that does three other things.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);
pub(super) const POLL: Duration = Duration::from_millis(25);

/// Chromium as tests want it: without a window, alone with the pages of the test, also where everything runs as root, and
/// without what it does on its own, such as asking its maker for news.
const ARGUMENTS: &[&str] = &[
    "--headless",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-breakpad",
    "--no-first-run",
    "--no-default-browser-check",
    "--lang=en-US",
    "--hide-scrollbars",
    // Frames of other sites are in the process of their page: the driver tells roles and names there and nowhere else. Which
    // cookies a frame has, and who may show what in one, is decided outside of it either way.
    "--disable-site-isolation-trials",
];

/// A browser with one tab. Dropping it ends it, and fails the test where a page complained of something nobody expected.
pub struct Browser {
    wire: Wire,
}

impl Browser {
    /// A browser that knows these names and no other, besides this machine's own address; none where there cannot be one.
    pub async fn start(fronts: &[&Front]) -> Option<Browser> {
        Browser::start_keeping(Cookies::All, fronts).await
    }

    /// The same, of somebody who does not have it keep all cookies.
    pub async fn start_keeping(cookies: Cookies, fronts: &[&Front]) -> Option<Browser> {
        let driver = driver::axe_core().and_then(|_| driver::of_this_process());
        Some(Browser::of(driver.inspect_err(driver::skip).ok()?, cookies, fronts).await)
    }

    /// The same by a driver of one's own.
    pub async fn of(driver: &Driver, cookies: Cookies, fronts: &[&Front]) -> Browser {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let profile = driver.directory().join(format!("profile-{}", COUNT.fetch_add(1, Ordering::SeqCst)));
        let names: String = fronts.iter().map(|front| format!("{},", front.resolver_rule())).collect();
        let mut arguments: Vec<String> = ARGUMENTS.iter().map(|&argument| argument.to_owned()).collect();
        arguments.push(format!("--user-data-dir={}", profile.display()));
        arguments.push(format!("--host-resolver-rules={names}MAP * ~NOTFOUND,EXCLUDE 127.0.0.1"));
        let capabilities = json!({
            "browserName": "chrome",
            // The fronts' certificates are of an authority nobody knows.
            "acceptInsecureCerts": true,
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "args": arguments, "prefs": cookies.preferences() },
        });
        Browser { wire: Wire::open(driver.port(), capabilities).await }
    }

    /// Goes to an address and waits until the page is there.
    pub async fn open(&self, address: &str) {
        self.expect_no_complaints().await;
        self.tell(Method::POST, "/url", json!({ "url": address })).await;
    }

    pub async fn reload(&self) {
        self.expect_no_complaints().await;
        self.tell(Method::POST, "/refresh", json!({})).await;
    }

    pub async fn back(&self) {
        self.expect_no_complaints().await;
        self.tell(Method::POST, "/back", json!({})).await;
    }

    /// Address of the page in the tab, whichever of its frames is looked at.
    pub async fn address(&self) -> String {
        self.look("/url").await.as_str().unwrap_or_default().to_owned()
    }

    pub async fn title(&self) -> String {
        self.look("/title").await.as_str().unwrap_or_default().to_owned()
    }

    /// Runs a function body in the page, as its own scripts run, and gives what it returns.
    pub async fn script(&self, body: &str, arguments: Value) -> Value {
        self.tell(Method::POST, "/execute/sync", json!({ "script": body, "args": arguments })).await
    }

    /// The same; null where the page goes while it is asked.
    pub(super) async fn try_script(&self, body: &str, arguments: Value) -> Value {
        let body = json!({ "script": body, "args": arguments });
        self.wire.ask(Method::POST, "/execute/sync", Some(body)).await.unwrap_or_default()
    }

    /// A command of Chromium's developer tools.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.tell(Method::POST, "/goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await
    }

    /// All cookies the browser keeps, of every page and frame, those no script sees among them: with `name`, `value`, `domain`,
    /// `httpOnly`, `secure`, `sameSite`, and `partitionKey` where one holds within one site's pages only.
    pub async fn cookies(&self) -> Vec<Value> {
        self.devtools("Storage.getCookies", json!({})).await["cookies"].as_array().cloned().unwrap_or_default()
    }

    /// As somebody does who clears what the browser keeps.
    pub async fn remove_cookies(&self) {
        self.devtools("Storage.clearCookies", json!({})).await;
    }

    /// Takes what pages complained of since the last time; a test that expects complaints asks for them.
    pub async fn complained(&self) -> Vec<String> {
        let entries = self.tell(Method::POST, "/se/log", json!({ "type": "browser" })).await;
        let pages = [self.look("/url").await, self.script("return location.href", json!([])).await];
        complaints::among(&entries, &pages)
    }

    /// The same, once there is something.
    pub async fn complains(&self) -> Vec<String> {
        let waiting = Instant::now();
        loop {
            let complaints = self.complained().await;
            if !complaints.is_empty() {
                return complaints;
            }
            assert!(waiting.elapsed() < PATIENCE, "{} does not complain within {PATIENCE:?}", self.address().await);
            tokio::time::sleep(POLL).await;
        }
    }

    pub async fn expect_no_complaints(&self) {
        let complaints = self.complained().await;
        assert!(complaints.is_empty(), "the page complains: {complaints:#?}");
    }

    pub(super) async fn look(&self, path: &str) -> Value {
        self.try_look(path).await.unwrap_or_else(|refused| panic!("{path}: {refused}"))
    }

    pub(super) async fn try_look(&self, path: &str) -> Result<Value, Refused> {
        self.wire.ask(Method::GET, path, None).await
    }

    pub(super) async fn tell(&self, method: Method, path: &str, body: Value) -> Value {
        self.wire.ask(method, path, Some(body)).await.unwrap_or_else(|refused| panic!("{path}: {refused}"))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let entries = self.wire.ask_at_the_end(&Method::POST, "/se/log", r#"{"type":"browser"}"#);
        let page = self.wire.ask_at_the_end(&Method::GET, "/url", "");
        self.wire.ask_at_the_end(&Method::DELETE, "", "");
        let complaints = complaints::among(&entries, &[page]);
        assert!(complaints.is_empty() || std::thread::panicking(), "the page complains: {complaints:#?}");
    }
}
