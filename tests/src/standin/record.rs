//! Every request a stand-in received, in order of arrival, with the account its token resolved to.
//!
//! The record keeps tokens in the clear: they are a test's own, and "whose token made this branch" is what tests ask.

use std::sync::{Arc, Mutex};

use http::Method;

use super::message::{Answer, Request};

/// One request and what became of it.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub request: Request,
    /// Login the credential resolved to; none for anonymous requests and for credentials that are not accepted.
    pub account: Option<String>,
    /// The fault the exchange ran into, by its name.
    pub fault: Option<&'static str>,
    /// What the stand-in decided, also where the reply was then lost or garbled; none while it is still at it, and when the
    /// connection was closed before acting.
    pub answer: Option<Answer>,
}

impl Recorded {
    /// The token the request carried: after `Bearer` or `token`, the password of `Basic`, a `PRIVATE-TOKEN`, or the id of the
    /// access key that signed it.
    pub fn token(&self) -> Option<String> {
        token_of(&self.request)
    }

    /// Whether this was `method` on `path` (as sent, without query).
    pub fn is(&self, method: &Method, path: &str) -> bool {
        self.request.method == *method && self.request.path == path
    }
}

/// The token a request carries, whichever of the usual ways it was put there.
pub fn token_of(request: &Request) -> Option<String> {
    if let Some(token) = request.header("private-token") {
        return Some(token.to_owned());
    }
    let (scheme, rest) = request.header("authorization")?.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" => Some(rest.trim().to_owned()),
        "basic" => basic_pair(request).map(|(_, password)| password),
        "aws4-hmac-sha256" => rest.split_once("Credential=")?.1.split_once('/').map(|(id, _)| id.to_owned()),
        _ => None,
    }
}

/// User name and password of a `Basic` authorization.
pub fn basic_pair(request: &Request) -> Option<(String, String)> {
    use base64::Engine as _;
    let (scheme, encoded) = request.header("authorization")?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let bytes = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).ok()?;
    let (user, password) = str::from_utf8(&bytes).ok()?.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// A shared, growing list. Clones look at the same list.
#[derive(Clone, Debug, Default)]
pub struct Record {
    entries: Arc<Mutex<Vec<Arc<Mutex<Recorded>>>>>,
}

/// Where to write down the answer to a request already recorded; stays valid after [`Record::clear`].
#[derive(Debug)]
pub(super) struct Entry(Arc<Mutex<Recorded>>);

impl Entry {
    pub(super) fn answered(&self, answer: &Answer) {
        self.0.lock().expect("record lock").answer = Some(answer.clone());
    }
}

impl Record {
    pub(super) fn received(&self, request: &Request, account: Option<String>, fault: Option<&'static str>) -> Entry {
        let recorded = Recorded { request: request.clone(), account, fault, answer: None };
        let entry = Arc::new(Mutex::new(recorded));
        self.entries.lock().expect("record lock").push(Arc::clone(&entry));
        Entry(entry)
    }

    /// All requests so far, oldest first.
    pub fn requests(&self) -> Vec<Recorded> {
        let entries = self.entries.lock().expect("record lock");
        entries.iter().map(|entry| entry.lock().expect("record lock").clone()).collect()
    }

    /// Requests of `method` whose path, as sent, ends with `path_end`.
    pub fn matching(&self, method: &Method, path_end: &str) -> Vec<Recorded> {
        let wanted =
            |recorded: &Recorded| recorded.request.method == *method && recorded.request.path.ends_with(path_end);
        self.requests().into_iter().filter(wanted).collect()
    }

    /// Requests that may change something: everything but GET and HEAD.
    pub fn mutations(&self) -> Vec<Recorded> {
        let mutates = |recorded: &Recorded| !recorded.request.reads();
        self.requests().into_iter().filter(mutates).collect()
    }

    /// Every distinct token that arrived, in order of first appearance.
    pub fn tokens_seen(&self) -> Vec<String> {
        let mut tokens = Vec::new();
        for token in self.requests().iter().filter_map(Recorded::token) {
            if !tokens.contains(&token) {
                tokens.push(token);
            }
        }
        tokens
    }

    /// Forgets everything so far. A request still being answered is forgotten too.
    pub fn clear(&self) {
        self.entries.lock().expect("record lock").clear();
    }
}
