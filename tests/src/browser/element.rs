//! One thing on a page, and what a person does with it.

use http::Method;
use serde_json::{Value, json};

use super::session::Browser;
use super::wire::ELEMENT;

/// Good as long as the page it was found on is there.
#[derive(Clone)]
pub struct Element<'a> {
    browser: &'a Browser,
    id: String,
}

impl<'a> Element<'a> {
    /// Of the JSON a driver names elements with; none where that names none.
    pub(super) fn of(browser: &'a Browser, reference: &Value) -> Option<Element<'a>> {
        Some(Element { browser, id: reference[ELEMENT].as_str()?.to_owned() })
    }

    /// As an argument of a script.
    pub fn reference(&self) -> Value {
        json!({ ELEMENT: self.id })
    }

    /// In its middle, which has to be there to be seen and covered by nothing. A page that comes of it is waited for by
    /// whatever is asked next.
    ///
    /// Waits for a moment where it takes no clicks yet, as people do who read what it asks.
    pub async fn click(&self) {
        self.browser.expect_no_complaints().await;
        let script = "return getComputedStyle(arguments[0]).pointerEvents === 'none';";
        for _ in 0..40 {
            if self.browser.script(script, json!([self.reference()])).await != json!(true) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        self.tell("click", json!({})).await;
    }

    /// Types this in place of what is there.
    pub async fn fill(&self, text: &str) {
        self.tell("clear", json!({})).await;
        self.tell("value", json!({ "text": text })).await;
    }

    /// Sets a date, which people type in as many ways as there are languages.
    pub async fn fill_date(&self, iso: &str) {
        let script =
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', { bubbles: true }));";
        self.browser.script(script, json!([self.reference(), iso])).await;
    }

    /// Chooses what a list of choices shows as this.
    pub async fn select(&self, choice: &str) {
        let script = "return [...arguments[0].options].find(option => option.label.trim() === arguments[1]);";
        let option = self.browser.script(script, json!([self.reference(), choice])).await;
        let option =
            Element::of(self.browser, &option).unwrap_or_else(|| panic!("{choice:?} is not among the choices"));
        option.click().await;
    }

    /// What is to be read of it.
    pub async fn text(&self) -> String {
        self.look("text").await
    }

    /// What is filled in.
    pub async fn value(&self) -> String {
        self.look("property/value").await
    }

    /// Empty where it has none of this name.
    pub async fn attribute(&self, name: &str) -> String {
        self.look(&format!("attribute/{name}")).await
    }

    /// As assistive technology is told.
    pub async fn role(&self) -> String {
        self.look("computedrole").await
    }

    /// Name as assistive technology is told.
    pub async fn name(&self) -> String {
        self.look("computedlabel").await
    }

    pub async fn is_enabled(&self) -> bool {
        self.browser.look(&self.path("enabled")).await == json!(true)
    }

    pub async fn is_focused(&self) -> bool {
        let script = "return document.activeElement === arguments[0];";
        self.browser.script(script, json!([self.reference()])).await == json!(true)
    }

    /// An element that went meanwhile has no role, no name and no text.
    async fn look(&self, what: &str) -> String {
        let found = self.browser.try_look(&self.path(what)).await.unwrap_or_default();
        found.as_str().unwrap_or_default().to_owned()
    }

    async fn tell(&self, what: &str, body: Value) {
        self.browser.tell(Method::POST, &self.path(what), body).await;
    }

    fn path(&self, what: &str) -> String {
        format!("/element/{}/{what}", self.id)
    }
}
