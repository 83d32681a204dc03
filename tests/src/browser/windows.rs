//! Frames within a page, and tabs beside it. What is looked for is looked for in the one that was gone to.

use std::time::Instant;

use http::Method;
use serde_json::{Value, json};

use super::element::Element;
use super::session::{Browser, PATIENCE, POLL};

impl Browser {
    /// Goes into a frame, until [`Browser::leave_frame`].
    pub async fn enter_frame(&self, frame: &Element<'_>) {
        self.tell(Method::POST, "/frame", json!({ "id": frame.reference() })).await;
    }

    /// Back to the page the frame is on.
    pub async fn leave_frame(&self) {
        self.tell(Method::POST, "/frame/parent", json!({})).await;
    }

    /// The open tabs, by handles that tell nothing.
    pub async fn tabs(&self) -> Vec<String> {
        let handles = self.look("/window/handles").await;
        handles.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    pub async fn tab(&self) -> String {
        self.look("/window").await.as_str().unwrap_or_default().to_owned()
    }

    pub async fn go_to_tab(&self, handle: &str) {
        self.tell(Method::POST, "/window", json!({ "handle": handle })).await;
    }

    /// Opens an empty tab and goes to it; gives the one it came from.
    pub async fn open_tab(&self) -> String {
        let before = self.tab().await;
        let opened = self.tell(Method::POST, "/window/new", json!({ "type": "tab" })).await;
        self.go_to_tab(opened["handle"].as_str().expect("a tab has a handle")).await;
        before
    }

    /// Goes to the tab that something else opened, once there is one besides those known.
    pub async fn go_to_new_tab(&self, known: &[String]) {
        let waiting = Instant::now();
        loop {
            if let Some(opened) = self.tabs().await.iter().find(|tab| !known.contains(tab)) {
                return self.go_to_tab(opened).await;
            }
            assert!(waiting.elapsed() < PATIENCE, "no tab was opened within {PATIENCE:?}");
            tokio::time::sleep(POLL).await;
        }
    }

    /// Closes the tab and goes to another.
    pub async fn close_tab(&self, then: &str) {
        self.expect_no_complaints().await;
        self.tell(Method::DELETE, "/window", json!({})).await;
        self.go_to_tab(then).await;
    }
}
