//! A small HTTP client over a lent credential: JSON (or a form) in, JSON out, every failure a [`Failure`] of the contract.
//!
//! It sends each request once. It must not retry, must not set authentication (the host does), and must not decide
//! what a status means: that is the provider's knowledge.

mod challenge;
mod moved;
mod reply;
mod upgrade;
mod waiting;

pub use reply::{Reply, page_number};
use serde::Serialize;

use crate::Transport;
use crate::failure::{changes_something, from_send};
use crate::types::{Failure, FailureReason, Header, Method, Request};
use crate::url::{Url, form, lies_below, same_origin_target};

/// Most redirects followed for one request: a renamed repository needs one, a renamed owner on top of it two.
const MAX_REDIRECTS: usize = 3;

/// Media type of the bodies sent, unless the server wants another name for its JSON.
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// Sends requests to one git server in the course of one call.
#[derive(Clone)]
pub struct Client<'a> {
    transport: &'a dyn Transport,
    headers: Vec<Header>,
    media_type: &'static str,
    follows_below: Option<String>,
    reads_only: bool,
    address_setting: Option<&'static str>,
}

impl<'a> Client<'a> {
    /// A client that hands every answer back as it is, redirects included.
    pub fn new(transport: &'a dyn Transport) -> Self {
        Self {
            transport,
            headers: Vec::new(),
            media_type: JSON,
            follows_below: None,
            reads_only: false,
            address_setting: None,
        }
    }

    /// Sends this header with every request.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push(Header::new(name, value));
        self
    }

    /// Calls the JSON it sends this: `application/x-amz-json-1.1`.
    pub fn with_media_type(mut self, media_type: &'static str) -> Self {
        self.media_type = media_type;
        self
    }

    /// Follows up to three redirects to what lies below the API's address: any for a read, only 307 and 308 (which promise that
    /// nothing was done yet) for a change. Any other redirect, to a page that signs people in say, is an `unexpected-reply`
    /// failure.
    pub fn following_redirects(mut self, api: Url) -> Self {
        self.follows_below = api.finish().ok();
        self
    }

    /// Names the setting that the server's address is in, if there is one. A server that is asked by `http:` and takes nothing but
    /// `https:`, or that leads elsewhere for good, is a `misconfigured` failure of it then, which says where the server leads, and
    /// never an answer.
    pub fn configured_by(mut self, setting: Option<&'static str>) -> Self {
        self.address_setting = setting;
        self
    }

    /// Says of every request, a POST too, that it changes nothing: for APIs that read by POST.
    pub fn reading(mut self) -> Self {
        self.reads_only = true;
        self
    }

    /// Reads.
    pub fn get(&self, url: Url) -> Result<Reply, Failure> {
        self.exchange(Method::Get, url, None)
    }

    /// Creates, with a JSON body.
    pub fn post(&self, url: Url, body: &impl Serialize) -> Result<Reply, Failure> {
        self.exchange(Method::Post, url, Some(self.json(body)?))
    }

    /// Posts a form, as a browser does.
    pub fn post_form(&self, url: Url, fields: &[(&str, &str)]) -> Result<Reply, Failure> {
        let body = Body { media_type: FORM, bytes: form(fields).into_bytes() };
        self.exchange(Method::Post, url, Some(body))
    }

    /// Replaces, with a JSON body.
    pub fn put(&self, url: Url, body: &impl Serialize) -> Result<Reply, Failure> {
        self.exchange(Method::Put, url, Some(self.json(body)?))
    }

    /// Changes, with a JSON body.
    pub fn patch(&self, url: Url, body: &impl Serialize) -> Result<Reply, Failure> {
        self.exchange(Method::Patch, url, Some(self.json(body)?))
    }

    /// Deletes, without a body.
    pub fn delete(&self, url: Url) -> Result<Reply, Failure> {
        self.exchange(Method::Delete, url, None)
    }

    fn exchange(&self, method: Method, url: Url, body: Option<Body>) -> Result<Reply, Failure> {
        let changes = changes_something(method, self.reads_only);
        let mut url = url.finish()?;
        for hop in 0..=MAX_REDIRECTS {
            let request = self.request(method, url.clone(), body.clone());
            let response = self.transport.send(request).map_err(|failure| from_send(failure, changes))?;
            let reply = Reply::new(&url, method, changes, response, hop > 0);
            if let Some(misfit) = self.misfit(&url, &reply) {
                return Err(misfit);
            }
            let Some(below) = self.follows_below.as_ref().filter(|_| reply.is_redirect()) else {
                return Ok(reply);
            };
            url = next_hop(&url, &reply, below)?;
        }
        Err(Failure::new(FailureReason::UnexpectedReply, "The server redirected the request again and again."))
    }

    /// The failure of an answer that asks for another address than the one that is set.
    fn misfit(&self, url: &str, reply: &Reply) -> Option<Failure> {
        let (setting, api) = (self.address_setting?, self.follows_below.as_deref());
        upgrade::wanted(url, reply, setting).or_else(|| moved::away(reply, api, setting))
    }

    fn request(&self, method: Method, url: String, body: Option<Body>) -> Request {
        let mut headers = self.headers.clone();
        headers.extend(body.iter().map(|body| Header::new("Content-Type", body.media_type)));
        Request { method, url, headers, body: body.map(|body| body.bytes), reads_only: self.reads_only }
    }

    fn json(&self, body: &impl Serialize) -> Result<Body, Failure> {
        let bytes = serde_json::to_vec(body)
            .map_err(|_| Failure::new(FailureReason::UnexpectedReply, "The request could not be written as JSON."))?;
        Ok(Body { media_type: self.media_type, bytes })
    }
}

#[derive(Clone)]
struct Body {
    media_type: &'static str,
    bytes: Vec<u8>,
}

fn next_hop(from: &str, reply: &Reply, below: &str) -> Result<String, Failure> {
    let allowed = !reply.answers_a_change() || matches!(reply.status, 307 | 308);
    let target = reply.header("location").filter(|_| allowed).and_then(|to| same_origin_target(from, to));
    let target = target.filter(|target| lies_below(target, below));
    target.ok_or_else(|| Failure::unexpected("an answer, or a redirect within the API", reply))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::BaseUrl;
    use crate::testing::{Answer, Script, get, post};
    use crate::types::SendFailureKind;

    fn root() -> Url {
        BaseUrl::parse("https://git.example.com").unwrap().url()
    }

    fn url(path: &str) -> Url {
        root().path(path)
    }

    fn moved(status: u16, to: &str) -> Answer {
        Answer::empty(status).header("Location", to)
    }

    #[test]
    fn a_read_follows_a_redirect_of_the_same_origin_and_says_so() {
        let script = Script::new()
            .step(get("https://git.example.com/a"), moved(301, "https://git.example.com/b"))
            .step(get("https://git.example.com/b"), Answer::json(200, json!({})));
        let reply = Client::new(&script).following_redirects(root()).get(url("a")).unwrap();
        assert!(reply.redirected);
    }

    #[test]
    fn a_change_follows_307_with_its_body_but_not_301() {
        let script = Script::new()
            .step(post("https://git.example.com/a").json(json!({"x": 1})), moved(307, "/b"))
            .step(post("https://git.example.com/b").json(json!({"x": 1})), Answer::empty(201))
            .step(post("https://git.example.com/a").json(json!({})), moved(301, "/b"));
        let client = Client::new(&script).following_redirects(root());
        assert_eq!(client.post(url("a"), &json!({"x": 1})).unwrap().status, 201);
        assert_eq!(client.post(url("a"), &json!({})).unwrap_err().reason, FailureReason::UnexpectedReply);
    }

    #[test]
    fn e1_a_redirect_to_another_origin_or_in_circles_is_an_unexpected_reply() {
        let away = Script::new().step(get("https://git.example.com/a"), moved(302, "https://evil.example/a"));
        let failure = Client::new(&away).following_redirects(root()).get(url("a")).unwrap_err();
        assert_eq!(failure.reason, FailureReason::UnexpectedReply);
        assert!(failure.message.ends_with("it answered 302, to https://evil.example."), "{}", failure.message);

        let again = || (get("https://git.example.com/a"), moved(302, "/a"));
        let circle = (0..=MAX_REDIRECTS).map(|_| again()).fold(Script::new(), |script, (e, a)| script.step(e, a));
        let failure = Client::new(&circle).following_redirects(root()).get(url("a")).unwrap_err();
        assert_eq!(failure.reason, FailureReason::UnexpectedReply);
    }

    #[test]
    fn e1_a_redirect_out_of_the_api_is_an_unexpected_reply() {
        let api = || BaseUrl::parse("https://git.example.com/api/v3").unwrap().url();
        let asked = || api().segment("user");
        for page in ["/logon/LogonPoint/tmindex.html", "/api/v3x", "/api/v3/../../login", "/api/v3/%2E./login", "/"] {
            let away = Script::new().step(get("https://git.example.com/api/v3/user"), moved(302, page));
            let failure = Client::new(&away).following_redirects(api()).get(asked()).unwrap_err();
            assert_eq!(failure.reason, FailureReason::UnexpectedReply, "{page}");
        }
        let within = Script::new()
            .step(get("https://git.example.com/api/v3/user"), moved(301, "/api/v3/user/7?a=../b"))
            .step(get("https://git.example.com/api/v3/user/7?a=../b"), Answer::json(200, json!({})));
        assert!(Client::new(&within).following_redirects(api()).get(asked()).unwrap().redirected);
    }

    #[test]
    fn a_post_that_only_reads_says_so_and_its_lost_answer_leaves_nothing_open() {
        let expected = || post("https://git.example.com/a").form("Action=Who+am+I%3F&q=%C3%A9%26").reading();
        let script = Script::new()
            .step(expected().header("content-type", FORM), Answer::json(200, json!({})))
            .step(expected(), Answer::lost(SendFailureKind::TimedOut, true));
        let client = Client::new(&script).reading();
        let ask = || client.post_form(url("a"), &[("Action", "Who am I?"), ("q", "é&")]);
        assert!(!ask().unwrap().answers_a_change());
        assert_eq!(ask().unwrap_err().reason, FailureReason::Unavailable);
    }

    #[test]
    fn without_following_a_redirect_is_an_answer() {
        let script = Script::new().step(get("https://git.example.com/a"), moved(302, "https://sign-in.example/"));
        assert_eq!(Client::new(&script).get(url("a")).unwrap().status, 302);
    }
}
