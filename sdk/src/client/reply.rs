//! One answer, and the reading of it: headers, JSON, the next page.
//!
//! Everything in it was written by a server. Nothing here may panic on it, and no part of a body goes into a message, but for
//! what a web page calls itself.

use serde::de::DeserializeOwned;

use crate::target::Target;
use crate::types::{Failure, FailureReason, FieldError, Header, Method, Response};
use crate::url::query_value;
use crate::{Json, html, long_list};

/// Longest line of a body without a shape that is taken for words.
const MAX_WORDS_BYTES: usize = 300;
/// Where gateways put their words, in the body's object or in one within it.
const GATEWAYS_WORDS: [&str; 7] =
    ["message", "Message", "error_description", "error", "faultstring", "detail", "title"];
/// Objects within a gateway's body that hold its words.
const GATEWAYS_OBJECTS: [&str; 2] = ["error", "fault"];
/// What Cloudflare says where a rule of a site's owner refuses: one on addresses, countries, browsers or requests.
const OWNERS_RULES: [&str; 7] = ["1006", "1007", "1008", "1009", "1010", "1012", "1020"];
/// Statuses of the client's fault that the same request may not get again: too slow, too early, too many.
const PASSING: [u16; 3] = [408, 425, 429];
/// Statuses of a server's fault that say what it does not do for anybody, and so has not done: the method or the version of HTTP is
/// not served, or whoever asks has to sign in to the network first (RFC 9110 section 15.6, RFC 6585 section 6).
const NOT_SERVED: [u16; 3] = [501, 505, 511];

/// A server's answer to one request.
#[derive(Debug)]
pub struct Reply {
    /// The method of the request it answers.
    pub method: Method,
    /// The HTTP status.
    pub status: u16,
    /// Whether the answer came from where a redirect led.
    pub redirected: bool,
    changes: bool,
    target: Option<Target>,
    headers: Vec<Header>,
    body: Vec<u8>,
}

impl Reply {
    pub(super) fn new(from: &str, method: Method, changes: bool, response: Response, redirected: bool) -> Self {
        let Response { status, headers, body } = response;
        let mut reply = Self { method, status, redirected, changes, target: None, headers, body };
        let location = reply.header("location").filter(|_| reply.is_redirect());
        reply.target = location.and_then(|location| Target::of(from, location));
        reply
    }

    /// Whether the request it answers changes something.
    pub fn answers_a_change(&self) -> bool {
        self.changes
    }

    /// Whether it sends the asker elsewhere.
    pub fn is_redirect(&self) -> bool {
        matches!(self.status, 301 | 302 | 303 | 307 | 308)
    }

    /// Where it sends the asker, for people; none where it does not, or not surely.
    pub(super) fn target(&self) -> Option<&Target> {
        self.target.as_ref()
    }

    /// The first header of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers_named(name).next()
    }

    /// The body as text; none where it is not UTF-8.
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.body).ok()
    }

    /// Reads the body as JSON. `expected` names it for the message: `a list of branches`.
    ///
    /// # Errors
    /// `unexpected-reply`; what [`Reply::unavailable`] says where a web page came instead (a proxy's or an outage's);
    /// `outcome-unknown` where the answer was a success to a request that changes something, for then the change was made.
    pub fn json<T: DeserializeOwned>(&self, expected: &str) -> Result<T, Failure> {
        self.json_or_none().ok_or_else(|| self.unreadable(expected))
    }

    /// The failure of a body that is not what was `expected`, for those who read its [tree](Reply::tree): see [`Reply::json`].
    pub fn unreadable(&self, expected: &str) -> Failure {
        match self.status {
            200..=299 if self.answers_a_change() => Failure::outcome_unknown(self),
            _ if self.is_web_page() => self.unavailable(),
            _ => Failure::unexpected(expected, self),
        }
    }

    /// Reads the body as JSON where it is that; for error bodies, which may be anything.
    pub fn json_or_none<T: DeserializeOwned>(&self) -> Option<T> {
        Json::parse(&self.body)?.read()
    }

    /// The body as a tree, for shapes that vary; none where it is not JSON.
    pub fn tree(&self) -> Option<Json> {
        Json::parse(&self.body)
    }

    /// The list that is this member of the body's object, read item by item, so that it may be of any length.
    ///
    /// # Errors
    /// As [`Reply::json`], where there is none or `read` does not take an item; `expected` names the list.
    pub fn list<T>(
        &self,
        member: &str,
        expected: &str,
        read: impl FnMut(&Json) -> Option<T>,
    ) -> Result<Vec<T>, Failure> {
        long_list::parse(&self.body, member, read).ok_or_else(|| self.unreadable(expected))
    }

    /// Whether the body is HTML, by its label or by its look: outage pages are often labelled as JSON.
    pub fn is_web_page(&self) -> bool {
        let labelled = self.header("content-type").is_some_and(|label| label.trim_start().starts_with("text/html"));
        labelled || self.body.trim_ascii_start().starts_with(b"<")
    }

    /// What is written for people where the body is a short plain text, as proxies and old servers answer: its first line.
    pub fn words(&self) -> Option<&str> {
        let line = self.text()?.trim().lines().next()?.trim_end();
        let is_shown = |char: char| !char.is_control() || char == '\t';
        let is_plain = !line.is_empty() && line.len() <= MAX_WORDS_BYTES && line.chars().all(is_shown);
        (is_plain && !line.starts_with(['{', '[', '"']) && !self.is_web_page()).then_some(line)
    }

    /// What is written for people by whatever stands before a server: [`Reply::words`], or those of JSON in the usual places.
    pub fn gateways_words(&self) -> Option<String> {
        let Some(body) = self.tree() else {
            return self.words().map(str::to_owned);
        };
        let within = GATEWAYS_OBJECTS.iter().filter_map(|name| body.get(name));
        let words_in = |object: &Json| {
            let texts = GATEWAYS_WORDS.iter().filter_map(|name| object.get(name)?.as_str());
            texts.map(str::trim).find(|text| !text.is_empty()).map(str::to_owned)
        };
        std::iter::once(&body).chain(within).find_map(words_in)
    }

    /// Whether a rule of a site's owner refuses, which Cloudflare keeps before the server: nobody's credential was looked at.
    pub fn is_by_a_sites_rule(&self) -> bool {
        let in_words = || self.words()?.strip_prefix("error code: ").map(str::to_owned);
        let in_json = |body: Json| match (body.get("error_code"), body.get("ray_id")) {
            (Some(Json::Unsigned(code)), Some(_)) => Some(code.to_string()),
            _ => None,
        };
        let code = self.tree().and_then(in_json).or_else(in_words);
        code.is_some_and(|code| OWNERS_RULES.contains(&code.as_str()))
    }

    /// The failure of an outage, or of a web page in an answer's place: what it calls itself is shown. Where the request changes
    /// something it may still have been carried out, unless the answer says by its status that it was not taken. (With 408
    /// proxies give up on a slow server, too.) A page with another 4xx would only come again, and so would one that answers as if
    /// all were well, as what lets people sign in and what blocks them do: that is no outage but an `unexpected-reply`, which
    /// blames neither the credential nor a permission.
    pub fn unavailable(&self) -> Failure {
        let is_refused = matches!(self.status, 400..=499) || self.is_not_served();
        let passes = self.status >= 500 || PASSING.contains(&self.status);
        if let Some(sign_in) = self.sign_in() {
            return Failure::new(FailureReason::UnexpectedReply, sign_in).with_status(self.status);
        }
        if self.answers_a_change() && (self.status == 408 || !is_refused) {
            return Failure::outcome_unknown(self);
        }
        let (reason, message) = match self.page() {
            Some(page) if !passes => (FailureReason::UnexpectedReply, page + advice(self.status)),
            _ => {
                let said = self.status_and_title();
                (FailureReason::Unavailable, format!("The git server cannot answer at the moment (it said {said})."))
            }
        };
        Failure::new(reason, message).with_status(self.status)
    }

    /// Whether the status says that what was asked for is served to nobody, and so was not done.
    pub fn is_not_served(&self) -> bool {
        NOT_SERVED.contains(&self.status)
    }

    /// That a web page came, and what it calls itself, in a sentence; none where none did.
    pub fn page(&self) -> Option<String> {
        let title = self.page_title().map(|title| format!(": \"{title}\"")).unwrap_or_default();
        let sentence = format!("Something in front of the git server answered {} with a web page{title}.", self.status);
        self.is_web_page().then_some(sentence)
    }

    /// That it sends people to where they sign in with a browser, in sentences; none where it does not. What does so has not let the
    /// request pass, so that a change was not made.
    pub(super) fn sign_in(&self) -> Option<String> {
        let to = self.target().filter(|target| target.is_sign_in())?.shown();
        let page = self.page_title().map(|title| format!(" Its page says: \"{title}\".")).unwrap_or_default();
        let status = self.status;
        Some(format!(
            "Something in front of the git server wants people to sign in with a browser: it answered {status}, to {to}.{page}"
        ))
    }

    /// What a web page calls itself; none where it is no page or does not.
    pub fn page_title(&self) -> Option<String> {
        let label = self.header("content-type").unwrap_or_default();
        html::title(&self.body, label).filter(|_| self.is_web_page())
    }

    /// `503`, or `503: "Down for maintenance"`.
    fn status_and_title(&self) -> String {
        let status = self.status;
        self.page_title().map_or_else(|| status.to_string(), |title| format!("{status}: \"{title}\""))
    }

    /// The target of a `Link` header's relation: `next`.
    pub fn link(&self, relation: &str) -> Option<&str> {
        self.headers_named("link").find_map(|header| link_target(header, relation))
    }

    /// The number of the next page by the `page` parameter of the `next` link; none where it does not lead onward,
    /// so that a server cannot keep a reader going in circles.
    pub fn next_page(&self, current: u32) -> Option<u32> {
        let next = query_value(self.link("next")?, "page")?.parse().ok()?;
        (next > current).then_some(next)
    }

    /// All headers of this name, in any case: some stand on several lines.
    pub fn headers_named(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name)).map(|h| h.value.as_str())
    }
}

impl Failure {
    /// The answer is not one the provider knows. `expected` names what would have been right: `a list of branches`.
    pub fn unexpected(expected: &str, reply: &Reply) -> Self {
        // Where a redirect leads is what an administrator has to know.
        let leads = || {
            let target = reply.target().map(Target::shown)?;
            Some(format!("Expected {expected}; the server leads elsewhere: it answered {}, to {target}.", reply.status))
        };
        let message = reply.sign_in().or_else(leads).unwrap_or_else(|| {
            format!("Expected {expected}; the server answered {} with something else.", reply.status)
        });
        Self::new(FailureReason::UnexpectedReply, message).with_status(reply.status)
    }

    /// The answer is a 401 of something in front of the server, which offers these `ways` to sign in to it; `words` are its own.
    pub fn of_a_sign_in_in_front(ways: &str, words: &str, reply: &Reply) -> Self {
        let message = format!("Something in front of the git server wants a sign-in of its own ({ways}): {words}");
        Self::new(FailureReason::UnexpectedReply, message).with_status(reply.status)
    }

    /// The answer shows that a setting is wrong, and the sentence says what it is to be.
    pub fn misconfigured(setting: &str, message: &str, reply: &Reply) -> Self {
        let reason = FailureReason::Misconfigured(FieldError::new(setting, message));
        Self::new(reason, message).with_status(reply.status)
    }

    /// A request that changes something was accepted or lost, and what became of it cannot be read.
    pub fn outcome_unknown(reply: &Reply) -> Self {
        let said = reply.status_and_title();
        let message = format!("The server answered {said}, and whether it made the change cannot be told.");
        Self::new(FailureReason::OutcomeUnknown, message).with_status(reply.status)
    }
}

/// The page a cursor stands for, where cursors are page numbers; the first where there is none.
///
/// # Errors
/// `not-found`: a cursor that no earlier page gave.
pub fn page_number(cursor: Option<&str>) -> Result<u32, Failure> {
    let Some(cursor) = cursor else { return Ok(1) };
    let page = cursor.parse().ok().filter(|page| *page > 0);
    page.ok_or_else(|| Failure::new(FailureReason::NotFound("page of the list".into()), "There is no such page."))
}

/// What is to be done about a web page with this status, as a sentence to follow another; nothing where only its title tells.
fn advice(status: u16) -> &'static str {
    match status {
        407 => " It is a proxy that wants a sign-in, which an administrator configures.",
        413 => " What was sent is too large for it: shorten the title or the description.",
        414 | 431 => " What was sent is too large for it: an administrator can have it take more.",
        _ => "",
    }
}

/// Targets may contain commas and semicolons, so the angle brackets lead.
fn link_target<'a>(header: &'a str, relation: &str) -> Option<&'a str> {
    let mut rest = header;
    while let Some((_, after)) = rest.split_once('<') {
        let (target, after) = after.split_once('>')?;
        let end = after.find('<').unwrap_or(after.len());
        let (parameters, next) = after.split_at_checked(end)?;
        let mut relations = parameters.split([';', ',']).filter_map(|pair| pair.trim().strip_prefix("rel="));
        if relations.any(|value| value.trim_matches('"').split(' ').any(|one| one == relation)) {
            return Some(target);
        }
        rest = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn reply(method: Method, status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
        let headers = headers.iter().map(|(name, value)| Header::new(*name, *value)).collect();
        let changes = method != Method::Get;
        Reply::new("https://git.example.com/", method, changes, Response { status, headers, body: body.into() }, false)
    }

    #[test]
    fn unreadable_answers_fail_without_repeating_the_body() {
        let read = reply(Method::Get, 200, &[], "secret-looking text").json::<Value>("an account").unwrap_err();
        assert_eq!(read.reason, FailureReason::UnexpectedReply);
        assert_eq!(read.message, "Expected an account; the server answered 200 with something else.");
        let page = reply(Method::Get, 200, &[], "\n <html>").json::<Value>("an account").unwrap_err();
        assert_eq!(page.reason, FailureReason::UnexpectedReply);
        let change = reply(Method::Post, 201, &[], "").json::<Value>("a branch").unwrap_err();
        assert_eq!(change.reason, FailureReason::OutcomeUnknown);
        let tree = reply(Method::Get, 200, &[], "[]");
        assert_eq!(tree.unreadable("an account"), tree.json::<String>("an account").unwrap_err());
    }

    #[test]
    fn nesting_as_deep_as_a_hostile_server_likes_is_a_failure_and_not_a_crash() {
        let deep = "[".repeat(100_000);
        assert!(reply(Method::Get, 200, &[], &deep).json::<Value>("a list").is_err());
    }

    #[test]
    fn a_page_below_a_5xx_is_no_outage_and_says_that_a_change_was_not_made_and_one_with_a_5xx_leaves_it_open() {
        use FailureReason::{OutcomeUnknown, Unavailable, UnexpectedReply};
        for (status, of_a_read, of_a_change) in [
            (200, UnexpectedReply, OutcomeUnknown),
            (302, UnexpectedReply, OutcomeUnknown),
            (400, UnexpectedReply, UnexpectedReply),
            (401, UnexpectedReply, UnexpectedReply),
            (403, UnexpectedReply, UnexpectedReply),
            (408, Unavailable, OutcomeUnknown),
            (413, UnexpectedReply, UnexpectedReply),
            (425, Unavailable, Unavailable),
            (429, Unavailable, Unavailable),
            (451, UnexpectedReply, UnexpectedReply),
            (499, UnexpectedReply, UnexpectedReply),
            (502, Unavailable, OutcomeUnknown),
            (501, Unavailable, Unavailable),
            (505, Unavailable, Unavailable),
            (511, Unavailable, Unavailable),
        ] {
            for (method, reason) in [(Method::Get, of_a_read), (Method::Post, of_a_change)] {
                let page = reply(method, status, &[], "<html><title>A\nname</title>");
                let failure = page.unavailable();
                assert_eq!((failure.reason, failure.status), (reason, Some(status)), "{status}");
                assert!(failure.message.contains("\"A name\""), "{}", failure.message);
                assert_eq!(page.unreadable("a branch").message, failure.message);
            }
        }
        assert_eq!(reply(Method::Get, 403, &[], "no page").unavailable().reason, Unavailable, "a provider's own word");
    }

    #[test]
    fn a_page_is_told_in_full_sentences_with_what_is_to_be_done() {
        let said = |status, body: &str| reply(Method::Post, status, &[], body).unavailable().message;
        let answered = |status: u16| format!("Something in front of the git server answered {status} with a web page");
        assert_eq!(said(403, "<p>"), answered(403) + ".");
        assert_eq!(
            said(413, "<title>413 Request Entity Too Large</title>"),
            answered(413)
                + ": \"413 Request Entity Too Large\". What was sent is too large for it: shorten the title or the \
                             description."
        );
        for (status, words) in [(407, "a proxy that wants a sign-in"), (414, "too large"), (431, "too large")] {
            let longest = "x".repeat(1000);
            let message = said(status, &format!("<title>{longest}</title>"));
            assert!(message.starts_with(&answered(status)) && message.ends_with('.'), "{message}");
            assert!(message.contains(words), "{message}");
        }
        assert_eq!(
            said(502, "<title>Unicorn!</title>"),
            "The server answered 502: \"Unicorn!\", and whether it made the change cannot be told."
        );
        let down = reply(Method::Get, 503, &[], "<h1>Down for maintenance</h1>").unavailable().message;
        assert_eq!(down, "The git server cannot answer at the moment (it said 503: \"Down for maintenance\").");
    }

    #[test]
    fn words_are_the_first_line_of_a_plain_text() {
        let words = |body: &str| reply(Method::Get, 403, &[], body).words().map(str::to_owned);
        assert_eq!(words("Retry later\n").as_deref(), Some("Retry later"));
        assert_eq!(words("\nZugriff verweigert.\r\nmore").as_deref(), Some("Zugriff verweigert."));
        for other in ["", "<html>", "{\"a\": 1}", "[1]", "\"x\"", "a\u{0}b", &"x".repeat(301)] {
            assert_eq!(words(other), None, "{other}");
        }
    }

    #[test]
    fn a_gateways_words_are_found_where_gateways_put_them() {
        let words = |body: &str| reply(Method::Get, 403, &[], body).gateways_words();
        for body in [
            "No entry.",
            r#"{"message": "No entry."}"#,
            r#"{"error": "No entry."}"#,
            r#"{"error": {"code": 403, "message": "No entry."}}"#,
            r#"{"fault": {"faultstring": "No entry.", "detail": {"errorcode": "x"}}}"#,
            r#"{"type": "about:blank", "title": "Forbidden", "detail": "No entry."}"#,
        ] {
            assert_eq!(words(body).as_deref(), Some("No entry."), "{body}");
        }
        for other in ["", "[]", "{}", "7", r#"{"error": {}}"#, r#"{"message": " "}"#, "<html>"] {
            assert_eq!(words(other), None, "{other}");
        }
    }

    #[test]
    fn a_sites_rule_is_known_by_cloudflares_number() {
        let is_rule = |body: &str| reply(Method::Get, 403, &[], body).is_by_a_sites_rule();
        for body in ["error code: 1020", "error code: 1006\n", r#"{"error_code": 1020, "ray_id": "9d99a4434fz2d168"}"#]
        {
            assert!(is_rule(body), "{body}");
        }
        for other in ["error code: 1015", "error code: 10200", "see error code: 1020", "", r#"{"error_code": 1020}"#] {
            assert!(!is_rule(other), "{other}");
        }
    }

    #[test]
    fn links_are_found_by_relation() {
        let header = r#"<https://x/a?q=1,2;3&page=3>; rel="next", <https://x/a?page=9>; rel="last", <https://x/f>; title=t; rel=first"#;
        let reply = reply(Method::Get, 200, &[("Link", header)], "");
        assert_eq!(reply.link("next"), Some("https://x/a?q=1,2;3&page=3"));
        assert_eq!(reply.link("last"), Some("https://x/a?page=9"));
        assert_eq!(reply.link("first"), Some("https://x/f"));
        assert_eq!(reply.link("prev"), None);
        assert_eq!(reply.next_page(2), Some(3));
        assert_eq!(reply.next_page(3), None, "a next page must lie ahead");
    }

    #[test]
    fn broken_links_are_no_links() {
        for header in ["", "<", "<>", ">;<", "https://x; rel=\"next\"", "<https://x?page=2>; rel=", "<x rel=\"next\""] {
            assert_eq!(reply(Method::Get, 200, &[("link", header)], "").next_page(1), None, "{header:?}");
        }
    }

    #[test]
    fn a_cursor_is_a_page_number_or_not_found() {
        assert_eq!(page_number(None), Ok(1));
        assert_eq!(page_number(Some("7")), Ok(7));
        for bad in ["0", "-1", "", "x", "4294967296", "https://evil/"] {
            assert!(matches!(page_number(Some(bad)).unwrap_err().reason, FailureReason::NotFound(_)), "{bad:?}");
        }
    }
}
