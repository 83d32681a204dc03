//! The body of GitHub's error answers: `{"message", "errors": […], "block": {…}}`, in all the shapes it has had.
//!
//! Reading only. What a body means together with its status and headers is for `refusal.rs` and the resources.

use countersign_sdk::Reply;
use serde::Deserialize;
use serde_json::Value;

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
}

/// One entry of `errors`.
#[derive(Debug, Default, Deserialize)]
pub struct Detail {
    pub field: Option<String>,
    pub code: Option<String>,
    pub message: Option<String>,
}

impl ErrorBody {
    pub fn of(reply: &Reply) -> Self {
        let Some(wire) = reply.json_or_none::<WireError>() else { return Self::default() };
        let entries = wire.errors.iter().take(MAX_DETAILS);
        Self {
            is_readable: wire.message.is_some(),
            details: entries.filter_map(detail).collect(),
            block_page: wire.block.and_then(|block| block.get("html_url")?.as_str().map(str::to_owned)),
            message: wire.message.unwrap_or_default(),
        }
    }

    /// All that is written for people: the message, then what the entries add.
    pub fn text(&self) -> String {
        let added = self.details.iter().filter_map(|detail| detail.message.as_deref());
        let parts: Vec<&str> = [self.message.as_str()].into_iter().chain(added).filter(|part| !part.is_empty()).collect();
        parts.join(": ")
    }

    /// Whether [`ErrorBody::text`] contains this, in any case.
    pub fn says(&self, lower: &str) -> bool {
        self.text().to_lowercase().contains(lower)
    }

    /// Whether an entry blames this field with this code.
    pub fn blames(&self, field: &str, code: &str) -> bool {
        let is = |have: &Option<String>, want| have.as_deref() == Some(want);
        self.details.iter().any(|detail| is(&detail.field, field) && is(&detail.code, code))
    }

    /// Whether a protection rule or ruleset is what speaks.
    pub fn is_protection(&self) -> bool {
        const SIGNS: [&str; 6] = [
            "reference update failed",
            "rule violations",
            "protected branch",
            "cannot delete this branch",
            "cannot force-push",
            "not authorized to push",
        ];
        SIGNS.iter().any(|sign| self.says(sign))
    }
}

/// An entry is an object, or just a text.
fn detail(entry: &Value) -> Option<Detail> {
    match entry {
        Value::String(text) => Some(Detail { message: Some(text.clone()), ..Detail::default() }),
        other => Detail::deserialize(other).ok(),
    }
}

#[derive(Deserialize)]
struct WireError {
    message: Option<String>,
    #[serde(default, deserialize_with = "entries")]
    errors: Vec<Value>,
    block: Option<Value>,
}

/// A list, or now and then a single text.
fn entries<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Value>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Array(entries) => entries,
        Value::Null => Vec::new(),
        other => vec![other],
    })
}
