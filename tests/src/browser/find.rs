//! Looking for things as people do, and waiting for them.

use std::time::Instant;

use serde_json::{Value, json};

use super::element::Element;
use super::session::{Browser, PATIENCE, POLL};

/// What a label stands at.
const CONTROLS: &[&str] = &[
    "textbox",
    "searchbox",
    "combobox",
    "listbox",
    "checkbox",
    "radio",
    "switch",
    "spinbutton",
    "slider",
    // Chromium's own, for inputs of dates and the like.
    "Date",
    "DateTime",
    "InputTime",
    "ColorWell",
];

/// How many things are named where something was not found: enough to see what the page is.
const SHOWN: usize = 60;

impl Browser {
    /// The first thing with this role and exactly this name, as assistive technology is told them.
    pub async fn find(&self, role: &str, name: &str) -> Element<'_> {
        self.waited(role, name, |found| found == role).await
    }

    /// The field with this label.
    pub async fn labelled(&self, label: &str) -> Element<'_> {
        self.waited("field", label, |role| CONTROLS.contains(&role)).await
    }

    /// Whether there is such a thing now.
    pub async fn has(&self, role: &str, name: &str) -> bool {
        self.named(name, &|found| found == role).await.is_some()
    }

    /// Waits until there is no such thing any more.
    pub async fn loses(&self, role: &str, name: &str) {
        let waiting = Instant::now();
        while self.has(role, name).await {
            assert!(waiting.elapsed() < PATIENCE, "{role} {name:?} is still there after {PATIENCE:?}");
            tokio::time::sleep(POLL).await;
        }
    }

    /// Waits until the page says this somewhere.
    pub async fn sees(&self, text: &str) {
        let waiting = Instant::now();
        while !self.text().await.contains(text) {
            if waiting.elapsed() > PATIENCE {
                panic!("not within {PATIENCE:?}: {text:?} on {}: {}", self.address().await, self.text().await);
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Waits until the tab is at an address.
    pub async fn goes_to(&self, address: &str) {
        let waiting = Instant::now();
        while self.address().await != address {
            assert!(waiting.elapsed() < PATIENCE, "not within {PATIENCE:?}: {address}, but {}", self.address().await);
            tokio::time::sleep(POLL).await;
        }
    }

    /// Everything there is to be read, white space closed up.
    pub async fn text(&self) -> String {
        let text = self.try_script("return document.body?.innerText ?? ''", json!([])).await;
        text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    async fn waited(&self, what: &str, name: &str, is_meant: impl Fn(&str) -> bool) -> Element<'_> {
        let waiting = Instant::now();
        loop {
            if let Some(element) = self.named(name, &is_meant).await {
                return element;
            }
            if waiting.elapsed() > PATIENCE {
                let there = self.there().await;
                panic!("no {what} {name:?} on {} within {PATIENCE:?}; there are {there:#?}", self.address().await);
            }
            tokio::time::sleep(POLL).await;
        }
    }

    async fn named(&self, name: &str, is_meant: &impl Fn(&str) -> bool) -> Option<Element<'_>> {
        for element in self.concerned(name).await {
            if is_meant(&element.role().await) && element.name().await == name {
                return Some(element);
            }
        }
        None
    }

    /// What may be meant by a name, in the order of likelihood.
    async fn concerned(&self, name: &str) -> Vec<Element<'_>> {
        let found = self.try_script(include_str!("find.js"), json!([name])).await;
        let found = found.as_array().map(Vec::as_slice).unwrap_or_default();
        found.iter().filter_map(|reference: &Value| Element::of(self, reference)).collect()
    }

    async fn there(&self) -> Vec<String> {
        let mut there = Vec::new();
        for element in self.concerned("").await.iter().take(SHOWN) {
            there.push(format!("{} {:?}", element.role().await, element.name().await));
        }
        there
    }
}
