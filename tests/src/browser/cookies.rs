//! Cookies: which of them somebody has the browser keep, and what it keeps.

use serde_json::{Value, json};

use super::session::Browser;

/// Which cookies a browser keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookies {
    All,
    /// None that could be used to follow somebody from site to site: in frames only those that hold within one site's pages.
    NoThirdParty,
    /// None at all in frames on pages of this origin.
    NoneInFramesOf(&'static str),
}

/// What Chromium's preferences call what is not allowed.
const BLOCKED: u8 = 2;
/// What they call doing without cookies of third parties.
const NO_THIRD_PARTY: u8 = 1;

impl Cookies {
    /// As Chromium's settings are stored.
    pub(super) fn preferences(self) -> Value {
        match self {
            Cookies::All => json!({}),
            Cookies::NoThirdParty => json!({ "profile": { "cookie_controls_mode": NO_THIRD_PARTY } }),
            Cookies::NoneInFramesOf(origin) => {
                let exceptions = json!({ format!("*,{origin}"): { "setting": BLOCKED } });
                json!({ "profile": { "content_settings": { "exceptions": { "cookies": exceptions } } } })
            }
        }
    }
}

impl Browser {
    /// All cookies the browser keeps, of every page and frame, those no script sees among them: with `name`, `value`, `domain`,
    /// `httpOnly`, `secure`, `sameSite`, and `partitionKey` where one holds within one site's pages only.
    pub async fn cookies(&self) -> Vec<Value> {
        self.devtools("Storage.getCookies", json!({})).await["cookies"].as_array().cloned().unwrap_or_default()
    }

    /// As somebody does who clears what the browser keeps.
    pub async fn remove_cookies(&self) {
        self.devtools("Storage.clearCookies", json!({})).await;
    }
}
