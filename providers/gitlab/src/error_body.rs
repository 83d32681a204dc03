//! The body of GitLab's error answers, in all its shapes: `{"message": text}`, a list of texts, or texts by field, and
//! `{"error", "error_description", "scope"}`. What stands before a GitLab answers with a line of plain text, too.
//!
//! Reading only. What a body means together with its status is for `refusal.rs` and the resources.

use countersign_sdk::{Json, Reply, own_words, says};

/// Most entries of a message that are looked at.
const MAX_DETAILS: usize = 10;
/// Names under which a message says something of the whole, and not of a field.
const NO_FIELDS: [&str; 2] = ["base", "error"];

/// A header that nobody but GitLab gives, since 15.4.
const OWN_HEADER: &str = "x-gitlab-meta";
/// All that GitLab's errors are made of. Gateways, which say much the same, have a status, a code or an id beside it.
const MEMBERS: [&str; 8] = [
    "message",
    "reason",
    "error",
    "error_description",
    "scope",
    "needs_captcha_response",
    "spam_log_id",
    "captcha_site_key",
];

/// What an error answer says. Everything is empty where the body is neither GitLab's nor a line of text.
#[derive(Debug, Default)]
pub struct ErrorBody {
    /// Whether it is a JSON object with a `message`: GitLab's own code writes one, and so does what a hook says through it.
    pub has_message: bool,
    /// Whether it is GitLab's own, as far as can be told: by a message or a code with nothing beside it that GitLab does not write,
    /// or by a header that nobody else gives.
    pub is_gitlabs: bool,
    /// Whether it is that by the header.
    pub is_signed: bool,
    /// Whether it is one text under `message` and nothing else.
    pub is_bare: bool,
    /// Of `error`: `insufficient_scope`, `invalid_token`, or a sentence.
    pub code: String,
    /// The scopes that would have been enough, parted by blanks.
    pub scope: String,
    /// All that is written for people; what is said of a field begins with its name.
    pub text: String,
}

impl ErrorBody {
    pub fn of(reply: &Reply) -> Self {
        let is_signed = reply.header(OWN_HEADER).is_some();
        let Some(body) = reply.tree() else {
            let text = reply.gateways_words().unwrap_or_default();
            return Self { text, is_gitlabs: is_signed, is_signed, ..Self::default() };
        };
        let text_of = |name| body.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        let mut error = Self { code: text_of("error"), scope: text_of("scope"), is_signed, ..Self::default() };
        match body.get("message") {
            Some(message) => {
                error.has_message = true;
                error.read(message);
            }
            None => error.text = text_of("error_description"),
        }
        // As a refused merge request is answered (lib/api/merge_requests.rs).
        let listed = body.get("error").filter(|listed| error.text.is_empty() && !listed.items().is_empty());
        if let Some(listed) = listed {
            error.has_message = true;
            error.add("", listed);
        }
        let is_code = !error.code.is_empty() && !error.code.contains(char::is_whitespace);
        let is_of_others = |(name, _): &(String, Json)| !MEMBERS.contains(&name.as_str());
        let has_others = matches!(&body, Json::Object(members) if members.iter().any(is_of_others));
        error.is_bare = matches!(&body, Json::Object(members) if matches!(&**members, [(name, Json::Text(_))] if name == "message"));
        error.is_gitlabs = is_signed || (error.has_message || is_code) && !has_others;
        if error.text.is_empty() {
            error.text.clone_from(&error.code);
        }
        if error.text.is_empty() && !error.has_message {
            error.text = reply.gateways_words().unwrap_or_default();
        }
        error
    }

    fn read(&mut self, message: &Json) {
        let Json::Object(members) = message else {
            return self.add("", message);
        };
        for (name, texts) in members.iter().take(MAX_DETAILS) {
            let field = if NO_FIELDS.contains(&name.as_str()) { "" } else { name };
            self.add(field, texts);
        }
    }

    /// A text or a list of them, said of a field.
    fn add(&mut self, field: &str, texts: &Json) {
        let texts = if matches!(texts, Json::Text(_)) { std::slice::from_ref(texts) } else { texts.items() };
        for text in texts.iter().take(MAX_DETAILS).filter_map(Json::as_str) {
            self.text.push_str(if self.text.is_empty() { "" } else { "; " });
            self.text.push_str(field);
            self.text.push_str(if field.is_empty() { "" } else { " " });
            self.text.push_str(text);
        }
    }

    /// Whether the text names one as GitLab does in every language: `!7`.
    pub fn names_a_merge_request(&self) -> bool {
        self.text.split('!').skip(1).any(|number| number.starts_with(|char: char| char.is_ascii_digit()))
    }

    /// Whether it says that GitLab is in maintenance mode, in GitLab's own form (ee/lib/ee/gitlab/middleware/read_only/controller.rb).
    pub fn is_in_maintenance(&self) -> bool {
        (self.is_signed || self.is_bare) && self.says("maintenance")
    }

    /// Whether GitLab's own words have this in them, in lower case.
    pub fn says(&self, lower: &str) -> bool {
        self.says_any(&[lower])
    }

    pub fn says_any(&self, lower: &[&str]) -> bool {
        let own = own_words(&self.text);
        lower.iter().any(|sign| says(&own, sign))
    }
}
