//! One request on its way through the API: what every resource needs to answer it.

use http::StatusCode;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::refusal::{ACCEPTED_SCOPES, Refusal};
use super::world::{Account, Product, Token, World};
use crate::standin::message::{Answer, Request};

/// What a resource answers with.
pub(super) type Outcome = Result<Answer, Refusal>;

/// Whose token a request carries.
#[derive(Clone, Copy)]
pub(super) struct Caller<'a> {
    pub(super) account: &'a Account,
    pub(super) token: &'a Token,
}

pub(super) struct Call<'a> {
    pub(super) request: &'a Request,
    pub(super) product: &'a Product,
    pub(super) world: &'a World,
    /// None: anonymous.
    pub(super) caller: Option<Caller<'a>>,
    pub(super) page_cap: usize,
    pub(super) now: OffsetDateTime,
}

impl Call<'_> {
    /// `path` below the API's root, as the client addresses us.
    pub(super) fn api_url(&self, path: &str) -> String {
        format!("{}{}{path}", self.request.origin, self.product.api_prefix())
    }

    /// `path` of the web pages: those of `github.com` belong to the API at `api.github.com`.
    pub(super) fn web_url(&self, path: &str) -> String {
        format!("{}{path}", self.request.origin.replacen("://api.", "://", 1))
    }

    /// The caller, where an operation cannot be anonymous.
    pub(super) fn known_caller(&self) -> Result<Caller<'_>, Refusal> {
        self.caller.ok_or_else(|| Refusal::new(StatusCode::UNAUTHORIZED, "Requires authentication"))
    }

    /// The body as a JSON object.
    pub(super) fn body(&self) -> Result<Body, Refusal> {
        match serde_json::from_slice(&self.request.body) {
            Ok(Value::Object(members)) => Ok(Body(members)),
            Ok(_) => Err(Refusal::new(StatusCode::BAD_REQUEST, "Body should be a JSON object")),
            Err(_) => Err(Refusal::new(StatusCode::BAD_REQUEST, "Problems parsing JSON")),
        }
    }
}

/// A request's JSON object. A member of the wrong type is refused in the server's words, one that is null counts as absent.
pub(super) struct Body(Map<String, Value>);

impl Body {
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Refusal> {
        match self.given(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(wrong_type(name, other, "a string")),
        }
    }

    pub(super) fn required_text(&self, name: &str) -> Result<String, Refusal> {
        let missing = || Refusal::unprocessable(&format!("Invalid request.\n\n\"{name}\" wasn't supplied."));
        self.text(name)?.ok_or_else(missing)
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.given(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(other) => Err(wrong_type(name, other, "a boolean")),
        }
    }

    /// Empty when absent.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, Refusal> {
        let Some(given) = self.given(name) else {
            return Ok(Vec::new());
        };
        let items = given.as_array().ok_or_else(|| wrong_type(name, given, "an array"))?;
        let text = |item: &Value| item.as_str().map(str::to_owned).ok_or_else(|| wrong_type(name, item, "a string"));
        items.iter().map(text).collect()
    }

    fn given(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }
}

fn wrong_type(name: &str, given: &Value, wanted: &str) -> Refusal {
    Refusal::unprocessable(&format!("Invalid request.\n\nFor 'properties/{name}', {given} is not {wanted}."))
}

/// What a branch name may hold and a URL's path may not. Slashes stay, as in the real server's URLs.
const IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A branch or reference name as part of a URL.
pub(super) fn encoded(name: &str) -> String {
    utf8_percent_encode(name, IN_PATH).to_string()
}

pub(super) fn ok(body: &Value) -> Answer {
    Answer::json(StatusCode::OK, body)
}

/// The scopes that would have let a classic token do this, as the server names them.
pub(super) fn accepting_scopes(answer: Answer, scopes: &str) -> Answer {
    answer.with(ACCEPTED_SCOPES, scopes)
}
