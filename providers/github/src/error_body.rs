//! The body of GitHub's error answers: `{"message", "errors": […], "block": {…}}`, in all the shapes it has had, and of those
//! of others who answer in its place.
//!
//! Reading only. What a body means together with its status and headers is for `refusal.rs` and the resources.

use countersign_sdk::types::{Failure, FailureReason};
use countersign_sdk::{BaseUrl, Json, Reply, own_words, says};

/// Most entries of `errors` that are looked at.
const MAX_DETAILS: usize = 10;
/// Headers that nobody but GitHub gives.
const OWN_HEADERS: [&str; 3] = ["x-github-request-id", "x-github-media-type", "x-oauth-scopes"];

/// Where GitHub's documentation is, and was. Its addresses tell what a refusal is about.
const DOCUMENTATION: [&str; 4] = [
    "https://docs.github.com/",
    "https://help.github.com/",
    "https://developer.github.com/",
    "https://support.github.com/",
];
/// Where GitHub.com's pages are, to which servers of one's own refer as well.
const GITHUB: &str = "https://github.com";
/// How the paths of a server's own pages begin that messages refer to: no account can have these names.
const OWN_PAGES: [&str; 8] =
    ["contact", "developer", "enterprises", "login", "organizations", "orgs", "settings", "site"];

/// What an error answer says. Everything is empty where the body has no words.
#[derive(Debug)]
pub struct ErrorBody {
    /// All that is written for people: the message, then what the entries add.
    pub text: String,
    /// Whether it comes with GitHub's headers.
    pub is_signed: bool,
    /// Whether it is surely GitHub's: it comes with GitHub's headers, or its message refers to GitHub's documentation.
    pub is_githubs: bool,
    /// Whether it may be GitHub's: surely, or as old servers answer, with a message and nothing else.
    pub may_be_githubs: bool,
    /// Whether there is an object that tells of a takedown.
    pub is_block: bool,
    /// The page about it.
    pub block_page: Option<String>,
    status: u16,
    details: Vec<Detail>,
    /// GitHub's own words in lower case, with the fields that are blamed.
    words: String,
    /// The pages that are referred to, in lower case.
    pages: String,
    /// What a message refers to, wherever that is.
    documentation: String,
}

/// One entry of `errors`.
#[derive(Debug, Default)]
struct Detail {
    resource: String,
    field: String,
    code: String,
    message: Option<String>,
}

impl ErrorBody {
    pub fn of(reply: &Reply) -> Self {
        let body = reply.tree().unwrap_or(Json::Null);
        let message = text_of(&body, "message");
        let has_message = message.is_some();
        let message = message.or_else(|| reply.gateways_words()).unwrap_or_default();
        // Mostly a list, now and then a single text or entry.
        let entries = body.get("errors").map_or(&[][..], |errors| match errors {
            Json::Text(_) | Json::Object(_) => std::slice::from_ref(errors),
            _ => errors.items(),
        });
        let details: Vec<Detail> = entries.iter().take(MAX_DETAILS).map(Detail::of).collect();
        let added: Vec<String> = details.iter().map(Detail::text).filter(|text| !text.is_empty()).collect();
        let parts = [message, added.join("; ")];
        let text = parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(": ");
        let fields: String = details.iter().map(|detail| format!(" {}", detail.field)).collect();
        let documentation = text_of(&body, "documentation_url");
        let pages: String = text
            .split_whitespace()
            .chain(documentation.as_deref())
            .filter(|word| is_documentation(word))
            .map(|page| format!(" {page}"))
            .collect();
        let is_signed = OWN_HEADERS.iter().any(|name| reply.header(name).is_some());
        let documentation = documentation.filter(|_| has_message).unwrap_or_default();
        let is_githubs = is_signed || is_documentation(&documentation) || is_page_of(GITHUB, &documentation);
        let is_bare = has_message && matches!(&body, Json::Object(members) if members.len() == 1);
        let block = body.get("block");
        Self {
            // Fields first: a mark in the text that is not closed hides nothing of them.
            words: format!("{fields} {}", own_words(&text)).to_ascii_lowercase(),
            pages: pages.to_ascii_lowercase(),
            text,
            is_signed,
            is_githubs,
            may_be_githubs: is_githubs || is_bare,
            is_block: matches!(block, Some(Json::Object(_))),
            block_page: block.and_then(|block| text_of(block, "html_url")),
            status: reply.status,
            details,
            documentation,
        }
    }

    /// The same of the server whose pages are here: what it refers to may be among them.
    pub fn at(web: &BaseUrl, reply: &Reply) -> Self {
        let mut error = Self::of(reply);
        if is_page_of(web.origin(), &error.documentation) {
            (error.is_githubs, error.may_be_githubs) = (true, true);
        }
        error
    }

    /// Whether this is all that it says, to the letter: others say much the same.
    pub fn is_just(&self, words: &str) -> bool {
        self.text == words
    }

    /// Whether it has this sign, in lower case: words of its text, a field, or a piece of the page's address.
    pub fn says(&self, lower: &str) -> bool {
        says(&self.words, lower) || self.pages.contains(lower)
    }

    /// Whether an entry blames this field with this code.
    pub fn blames(&self, field: &str, code: &str) -> bool {
        self.details.iter().any(|detail| detail.field == field && detail.code == code)
    }

    /// The scope or permission that the text names: ``without `workflow` scope``.
    pub fn named_permission(&self) -> Option<String> {
        let (before, _) = self.text.split_once("` scope").or_else(|| self.text.split_once("` permission"))?;
        before.rsplit_once('`').map(|(_, name)| name.to_owned())
    }

    /// The failure with what it says.
    pub fn failure(&self, reason: FailureReason) -> Failure {
        let failure = match self.text.as_str() {
            "" => Failure::new(reason, format!("It answered {} and gave no reason.", self.status)),
            text => Failure::new(reason, text),
        };
        failure.with_status(self.status)
    }
}

impl Detail {
    /// An entry is an object, or just a text.
    fn of(entry: &Json) -> Self {
        let member = |name| text_of(entry, name);
        Self {
            resource: member("resource").unwrap_or_default(),
            field: member("field").unwrap_or_default(),
            code: member("code").unwrap_or_default(),
            message: entry.as_str().map(str::to_owned).or_else(|| member("message")),
        }
    }

    /// Its message; where it has none, what it blames: `Issue.title: missing_field`.
    fn text(&self) -> String {
        let blamed = || match self.field.as_str() {
            "" => self.code.clone(),
            field => format!("{}.{field}: {}", self.resource, self.code),
        };
        self.message.clone().unwrap_or_else(blamed)
    }
}

fn is_documentation(url: &str) -> bool {
    DOCUMENTATION.iter().any(|place| url.starts_with(place))
}

/// Whether it is a page of GitHub's own at a server, and not a file or a wiki that somebody keeps there.
fn is_page_of(origin: &str, url: &str) -> bool {
    let path = url.strip_prefix(origin).and_then(|rest| rest.strip_prefix('/'));
    path.and_then(|path| path.split(['/', '?', '#']).next()).is_some_and(|first| OWN_PAGES.contains(&first))
}

fn text_of(object: &Json, name: &str) -> Option<String> {
    object.get(name)?.as_str().map(str::to_owned)
}
