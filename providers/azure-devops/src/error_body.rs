//! The body of the server's error answers: `{"typeKey", "message", …}`, and in a few places `{"value": {"Message"}}`.
//!
//! Reading only. What a body means together with its status and headers is for `refusal.rs` and the resources.

use countersign_sdk::Reply;

use crate::answer::text;

/// What an error answer says. Everything is empty where the body is not the server's.
#[derive(Debug, Default)]
pub struct ErrorBody {
    /// Whether there was a JSON object with a message.
    pub is_readable: bool,
    /// The name of the exception, which does not depend on the server's language as the message does.
    pub key: String,
    pub message: String,
}

impl ErrorBody {
    pub fn of(reply: &Reply) -> Self {
        let Some(body) = reply.tree() else {
            return Self::default();
        };
        let message = text(&body, "message").or_else(|| text(body.get("value")?, "Message"));
        Self {
            is_readable: message.is_some(),
            key: text(&body, "typeKey").unwrap_or_default().to_owned(),
            message: message.unwrap_or_default().to_owned(),
        }
    }

    /// The message, or a sentence in its place: refusals of the server often have no body at all.
    pub fn text_or(&self, otherwise: &str) -> String {
        if self.message.trim().is_empty() { otherwise.to_owned() } else { self.message.clone() }
    }

    /// Whether the message contains this, in any case.
    pub fn says(&self, lower: &str) -> bool {
        self.message.to_ascii_lowercase().contains(lower)
    }
}

/// The permission a message says is needed, by the name people see on the server's security page:
/// `TF401027: You need the Git 'CreateBranch' permission to perform this action.`
pub fn named_permission(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("need the Git '")?;
    let (name, _) = rest.split_once('\'')?;
    let shown = match name {
        "GenericRead" => "Read",
        "GenericContribute" => CONTRIBUTE,
        "CreateBranch" => CREATE_BRANCH,
        "ForcePush" => FORCE_PUSH,
        "PullRequestContribute" => "Contribute to pull requests",
        other => other,
    };
    Some(shown.to_owned())
}

/// Permissions on the security page of a repository.
pub const CONTRIBUTE: &str = "Contribute";
/// See [`CONTRIBUTE`].
pub const CREATE_BRANCH: &str = "Create branch";
/// See [`CONTRIBUTE`].
pub const FORCE_PUSH: &str = "Force push (rewrite history, delete branches and tags)";
