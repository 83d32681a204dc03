//! Which cookies somebody has a browser keep.

use serde_json::{Value, json};

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
