//! What the server says with a refusal, wherever it stands: `{"typeKey", "message", …}` in most places, `{"value": {"Message"}}`
//! in a few, a line of plain text from old versions, a header beside an empty body, a page for people.
//!
//! Reading only. What the words mean together with the status is for `meaning.rs` and the resources.

use countersign_sdk::{Json, MARKS, Reply, html, query_value};

use crate::answer::text;
use crate::integration::Site;
use crate::version::HOSTED;
use crate::web_server;

/// Headers that nobody but the server gives.
const OWN_HEADERS: [&str; 8] = [
    "x-vss-e2eid",
    "x-vss-userdata",
    "x-vss-senderdeploymentid",
    "x-vss-hostofflineerror",
    "x-tfs-processid",
    "x-tfs-session",
    "x-tfs-serviceerror",
    "activityid",
];
/// All that it says in plain words of an organization or collection that it does not have.
const NO_SUCH_COLLECTION: &str = "The resource cannot be found.";
/// How the names of its types begin. Other servers are written in the same language, and name theirs in the same way.
const OWN_TYPES: [&str; 2] = ["Microsoft.TeamFoundation.", "Microsoft.VisualStudio."];

/// What an error answer says. Everything is empty where it says nothing, or it is somebody else's page.
#[derive(Debug, Default)]
pub struct ErrorBody {
    /// Whether the server answered itself, as far as can be told, and not what stands before it.
    pub is_the_servers: bool,
    /// The name of the exception, which does not depend on the server's language as the message does.
    pub key: String,
    pub message: String,
    /// Whether it is a page of the web server's, which speaks of its files.
    pub is_web_servers: bool,
    /// The number of such a page where it says more than the status: `403.6`.
    pub number: String,
}

impl ErrorBody {
    pub fn of(reply: &Reply) -> Self {
        let body = reply.tree();
        let key = body.as_ref().and_then(key).unwrap_or_default().to_owned();
        let message = body.as_ref().and_then(message).map(str::to_owned);
        let has_own_header = is_signed(reply);
        // Gateways write messages, too; codes they do not.
        let has_own_words = message.as_deref().is_some_and(begins_with_code)
            || reply.words().is_some_and(|words| words == NO_SUCH_COLLECTION || begins_with_code(words));
        let said = message
            .or_else(|| reply.gateways_words())
            .or_else(|| reply.header("x-tfs-serviceerror").and_then(decoded))
            .or_else(|| reply.header("x-vss-hostofflineerror").map(str::to_owned));
        let page = page(reply).filter(|_| said.is_none());
        let title = page.as_ref().and_then(|_| reply.page_title()).unwrap_or_default();
        let is_known = has_own_header || web_server::is_named(reply);
        let numbered = page.as_deref().filter(|_| is_known || web_server::is_own(&title));
        let number = numbered.and_then(|page| web_server::number(reply.status, page)).unwrap_or_default().to_owned();
        let is_web_servers = !number.is_empty() || web_server::is_titled(reply, &title, is_known);
        let page = page.filter(|page| has_own_header || !number.is_empty() || begins_with_code(page));
        let is_the_servers = has_own_header || has_own_words || !key.is_empty() || page.is_some();
        // That nobody is let in is no word beside a 401.
        let is_bare = is_web_servers && matches!(&*number, "" | "401.0" | "401.2");
        let page = page.filter(|_| reply.status != 401 || !is_bare);
        Self { is_the_servers, key, message: said.or(page).unwrap_or_default(), is_web_servers, number }
    }

    /// The same, where the way in which it asks for a credential may show whose answer it is. The hosted service never offers
    /// Windows authentication, and its web server shows no page: what does so stands before it.
    pub fn at(site: &Site, reply: &Reply) -> Self {
        let mut error = Self::of(reply);
        if site.version == HOSTED && (error.is_web_servers || web_server::offers_windows(reply)) {
            error.is_the_servers = is_signed(reply);
        }
        // Beside its challenge it says nothing, or shows a page: words of any other form are of whatever else asks so.
        error.is_the_servers |= (error.is_silent() || error.is_web_servers) && challenges(site, reply);
        error
    }

    /// Whether there is nothing to read: refusals of the server often have no body at all.
    pub fn is_silent(&self) -> bool {
        self.message.is_empty() && self.key.is_empty()
    }

    /// The message, or what there is in its place.
    pub fn text_or(&self, otherwise: &str) -> String {
        match (self.message.as_str(), self.key.as_str()) {
            ("", "") => otherwise.to_owned(),
            ("", key) => format!("The server called it `{key}`."),
            _ => self.message.clone(),
        }
    }

    /// The scope the message asks for, as tokens have one: `vso.code_write`.
    pub fn names_a_scope(&self) -> bool {
        let mut words = self.message.split(|char: char| !char.is_ascii_alphanumeric() && !"._-/".contains(char));
        words.any(|word| {
            word.strip_prefix("vso.").is_some_and(|name| name.starts_with(|char: char| char.is_ascii_lowercase()))
        })
    }

    /// Whether it is one of these, by its key, or by the code its message begins with where old servers have no key.
    pub fn is_one_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.key == *name || self.message.starts_with(name))
    }

    /// The permission a message asks for, by the name people see on the server's security page, or as the message names it at
    /// its end; else the message, for it may be in any language.
    pub fn permission(&self) -> String {
        let at_the_end = || {
            let (words, name) = self.message.trim_end_matches('.').rsplit_once(": ")?;
            words.contains("permission").then(|| name.to_owned())
        };
        named_permission(&self.message)
            .or_else(at_the_end)
            .unwrap_or_else(|| self.text_or("one the server does not name"))
    }

    /// Whom a refusal names as the one who asked: `TF400813: The user '…' is not authorized to access this resource.` What looks
    /// like no name of a user is something else, and so is none at all without that code.
    pub fn user(&self) -> Option<&str> {
        let is_user = |name: &str| match name {
            "" => self.message.starts_with("TF400813"),
            _ => name.contains(['\\', '@']) || is_id(name),
        };
        self.marked().filter(|name| is_user(name))
    }

    /// What stands in marks first.
    fn marked(&self) -> Option<&str> {
        let mut before = ' ';
        self.message.char_indices().find_map(|(at, char)| {
            // Within a word it is an apostrophe.
            let begins = char != '\'' || before.is_whitespace();
            before = char;
            let (open, closes) = MARKS.into_iter().find(|(open, _)| begins && *open == char)?;
            let (name, _) = self.message.get(at + open.len_utf8()..)?.split_once(closes)?;
            Some(name.trim())
        })
    }

    /// Whether nothing in the message can be the name of one who asked, in marks or without: `ACME\jira`, an address, an id.
    pub fn names_nobody(&self) -> bool {
        let mut words = self.message.split(|char: char| !char.is_ascii_alphanumeric() && char != '-');
        self.marked().is_none() && !self.message.contains(['\\', '@']) && !words.any(is_id)
    }
}

fn key(body: &Json) -> Option<&str> {
    let of_name = |member| {
        let name = text(body, member)?.split(',').next()?;
        OWN_TYPES.iter().any(|own| name.starts_with(own)).then(|| name.rsplit('.').next())?
    };
    text(body, "typeKey").or_else(|| of_name("typeName")).or_else(|| of_name("$type"))
}

fn message(body: &Json) -> Option<&str> {
    let message = text(body, "message").or_else(|| text(body.get("value")?, "Message"));
    message.filter(|message| !message.trim().is_empty())
}

/// A header's text, which is percent-encoded as in a form.
fn decoded(header: &str) -> Option<String> {
    query_value(&format!("?header={}", header.replace('+', " ")), "header").filter(|text| !text.trim().is_empty())
}

/// What a page for people says, from its title on: once, where the first heading repeats that.
fn page(reply: &Reply) -> Option<String> {
    let html = reply.text().filter(|_| reply.is_web_page())?;
    let words = html::words(html);
    let repeated = reply.page_title().and_then(|title| {
        let rest = words.strip_prefix(&title)?;
        rest.find(&title).filter(|_| !title.is_empty()).map(|at| rest[at..].to_owned())
    });
    Some(repeated.unwrap_or(words)).filter(|words| !words.is_empty())
}

fn is_id(word: &str) -> bool {
    word.len() == 36 && word.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// Whether it begins as the server's messages do, and the pages that have one for a title: `TF401027: …`. Elsewhere a code is a
/// gateway's number of the case.
fn begins_with_code(text: &str) -> bool {
    let code = text.strip_prefix("TF").or_else(|| text.strip_prefix("VS")).unwrap_or_default();
    let digits = code.bytes().take_while(u8::is_ascii_digit).count();
    matches!(digits, 5 | 6) && code.get(digits..).is_some_and(|rest| rest.trim_start().starts_with(':'))
}

/// Whether an answer has a header that nobody but the server gives.
pub fn is_signed(reply: &Reply) -> bool {
    OWN_HEADERS.iter().any(|name| reply.header(name).is_some())
}

/// Whether the server asks for a credential: the hosted service by its name, a server of one's own by its web server's.
fn challenges(site: &Site, reply: &Reply) -> bool {
    let names_the_service = || {
        let is_its_own_way = |way: &&str| way.eq_ignore_ascii_case("tfs-federated");
        reply.ways_to_sign_in().iter().any(is_its_own_way) || reply.headers_named("www-authenticate").any(is_of_service)
    };
    (site.version != HOSTED && web_server::challenges(reply))
        || (!web_server::offers_windows(reply) && names_the_service())
}

/// Whether a challenge has the address of the hosted service for its realm: `Basic realm="https://dev.visualstudio.com/"`.
fn is_of_service(challenge: &str) -> bool {
    let challenge = challenge.to_ascii_lowercase();
    let realm = challenge.split_once("realm=\"https://").and_then(|(_, rest)| rest.split_once('"'));
    realm.is_some_and(|(realm, _)| {
        realm.trim_end_matches('/').ends_with(".visualstudio.com") && !realm.contains(['?', '@'])
    })
}

/// The permission a message says is needed, by the name people see on the server's security page:
/// `TF401027: You need the Git 'CreateBranch' permission to perform this action.` The name is the same in every language.
pub fn named_permission(message: &str) -> Option<String> {
    let shown = |name: &str| SHOWN.iter().find(|(known, _)| *known == name).map(|(_, shown)| (*shown).to_owned());
    let known = || message.split(|char: char| !char.is_ascii_alphanumeric()).find_map(shown);
    let named = message.split_once("Git '").and_then(|(_, rest)| rest.split_once('\'')).map(|(name, _)| name);
    named.map(|name| shown(name).unwrap_or_else(|| name.to_owned())).or_else(known)
}

/// What the server calls permissions, and how they stand on its security page.
const SHOWN: [(&str, &str); 5] = [
    ("GenericRead", "Read"),
    ("GenericContribute", CONTRIBUTE),
    ("CreateBranch", CREATE_BRANCH),
    ("ForcePush", FORCE_PUSH),
    ("PullRequestContribute", "Contribute to pull requests"),
];

/// Permissions on the security page of a repository.
pub const CONTRIBUTE: &str = "Contribute";
/// See [`CONTRIBUTE`].
pub const CREATE_BRANCH: &str = "Create branch";
/// See [`CONTRIBUTE`].
pub const FORCE_PUSH: &str = "Force push (rewrite history, delete branches and tags)";
