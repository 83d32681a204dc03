//! The body of AWS's error answers, in all the shapes they have: JSON 1.1 of CodeCommit (`__type` or `code`, or only a
//! header), and XML or JSON of STS.
//!
//! Reading only. What an error means is for `refusal.rs` and the resources.

use countersign_sdk::{Json, Reply};

use crate::xml;

/// What an error answer says. Everything is empty where the answer is not AWS's.
#[derive(Debug, Default)]
pub struct ErrorBody {
    /// The name of the error without namespace and without `Exception` at its end, which STS leaves out too:
    /// `AccessDenied`.
    pub code: String,
    message: String,
}

impl ErrorBody {
    pub fn of(reply: &Reply) -> Self {
        let (code, message) = match reply.tree() {
            Some(body) => in_json(body.get("Error").unwrap_or(&body)),
            None => in_xml(reply.text().unwrap_or_default()),
        };
        let code = code.or_else(|| reply.header("x-amzn-errortype").map(str::to_owned)).unwrap_or_default();
        Self { code: bare(&code).to_owned(), message: message.unwrap_or_default() }
    }

    /// The error's name and the message, which AWS sometimes leaves out.
    pub fn text(&self) -> String {
        let message = if self.message.is_empty() { "AWS gave no reason." } else { &self.message };
        format!("{}: {message}", self.code)
    }

    /// Whether the message contains this, in any case.
    pub fn says(&self, lower: &str) -> bool {
        self.message.to_ascii_lowercase().contains(lower)
    }

    /// Whether a policy forbids it in so many words, as against none that allows it. CodeCommit knows no other protection
    /// of a branch.
    pub fn is_explicit_deny(&self) -> bool {
        self.code == "AccessDenied" && self.says("explicit deny")
    }
}

fn in_json(body: &Json) -> (Option<String>, Option<String>) {
    let text_of = |names: [&str; 3]| {
        let texts = names.iter().filter_map(|name| body.get(name).and_then(Json::as_str));
        texts.map(str::to_owned).next()
    };
    (text_of(["__type", "code", "Code"]), text_of(["message", "Message", "errorMessage"]))
}

fn in_xml(body: &str) -> (Option<String>, Option<String>) {
    (xml::text_of(body, "Code"), xml::text_of(body, "Message"))
}

/// `namespace#NameException:http://…` is `Name`.
fn bare(code: &str) -> &str {
    let code = code.split(':').next().unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default().trim();
    code.strip_suffix("Exception").unwrap_or(code)
}
