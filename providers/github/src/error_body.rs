//! The body of GitHub's error answers: `{"message", "errors": […], "block": {…}}`, in all the shapes it has had.
//!
//! Reading only. What a body means together with its status and headers is for `refusal.rs` and the resources.

use countersign_sdk::{Json, Reply};

/// Most entries of `errors` that are looked at.
const MAX_DETAILS: usize = 10;

/// What an error answer says. Everything is empty where the body is not GitHub's.
#[derive(Debug, Default)]
pub struct ErrorBody {
    /// Whether there was a JSON object with a message.
    pub is_readable: bool,
    pub details: Vec<Detail>,
    /// The page about a takedown.
    pub block_page: Option<String>,
    message: String,
    /// The page about the refusal, as GitHub names it.
    documentation: String,
}

/// One entry of `errors`.
#[derive(Debug, Default)]
pub struct Detail {
    pub field: Option<String>,
    pub code: Option<String>,
    pub message: Option<String>,
}

impl ErrorBody {
    pub fn of(reply: &Reply) -> Self {
        let Some(body) = reply.tree() else {
            return Self::default();
        };
        let message = text_of(&body, "message");
        let block = body.get("block");
        // Mostly a list, now and then a single text.
        let entries = body.get("errors").map_or(&[][..], |errors| match errors {
            Json::Text(_) => std::slice::from_ref(errors),
            _ => errors.items(),
        });
        Self {
            is_readable: message.is_some(),
            details: entries.iter().take(MAX_DETAILS).map(Detail::of).collect(),
            block_page: block.and_then(|block| text_of(block, "html_url")),
            message: message.unwrap_or_default(),
            documentation: text_of(&body, "documentation_url").unwrap_or_default(),
        }
    }

    /// All that is written for people: the message, then what the entries add.
    pub fn text(&self) -> String {
        let mut text = self.message.clone();
        for added in self.details.iter().filter_map(|detail| detail.message.as_deref()) {
            text.push_str(if text.is_empty() { "" } else { ": " });
            text.push_str(added);
        }
        text
    }

    /// Whether [`ErrorBody::text`] contains this, in any case.
    pub fn says(&self, lower: &str) -> bool {
        self.text().to_ascii_lowercase().contains(lower)
    }

    /// Whether an entry blames this field with this code.
    pub fn blames(&self, field: &str, code: &str) -> bool {
        let is = |have: &Option<String>, want| have.as_deref() == Some(want);
        self.details.iter().any(|detail| is(&detail.field, field) && is(&detail.code, code))
    }

    /// Whether a protection rule or ruleset is what speaks: by its words, or by the page it refers to.
    pub fn is_protection(&self) -> bool {
        const SIGNS: [&str; 5] = [
            "reference update failed",
            "rule violations",
            "protected branch",
            "cannot delete this branch",
            "cannot force-push",
        ];
        self.documentation.contains("about-protected-branches") || SIGNS.iter().any(|sign| self.says(sign))
    }
}

impl Detail {
    /// An entry is an object, or just a text.
    fn of(entry: &Json) -> Self {
        Self {
            field: text_of(entry, "field"),
            code: text_of(entry, "code"),
            message: entry.as_str().map(str::to_owned).or_else(|| text_of(entry, "message")),
        }
    }
}

fn text_of(object: &Json, name: &str) -> Option<String> {
    object.get(name)?.as_str().map(str::to_owned)
}
