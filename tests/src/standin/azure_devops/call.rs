//! One request on its way through the API: what every resource needs to answer it.

use http::StatusCode;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::product::Product;
use super::refusal::Refusal;
use super::world::{Account, Token, World};
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
    /// Gives a new pull request its number.
    pub(super) next_pull_request: &'a dyn Fn() -> u64,
}

impl Call<'_> {
    /// `path` below the collection, on the host of projects and repositories.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{}{}", self.product.code_origin(&self.request.origin), self.product.prefix(), encoded(path))
    }

    /// `path` below the collection, on the host of accounts.
    pub(super) fn identity_url(&self, path: &str) -> String {
        format!("{}{}{}", self.product.identity_origin(&self.request.origin), self.product.prefix(), encoded(path))
    }

    /// The caller as refusals name her.
    pub(super) fn identity(&self) -> String {
        self.product.account_name(self.caller.map(|caller| caller.account.login.as_str()).unwrap_or_default())
    }

    /// The caller, where an operation cannot be anonymous.
    pub(super) fn known_caller(&self) -> Result<Caller<'_>, Refusal> {
        self.caller.ok_or_else(|| Refusal::anonymous(self.product, self.request))
    }

    /// A query parameter. The server does not look at the case of names.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let named = |(key, value): (String, String)| key.eq_ignore_ascii_case(name).then_some(value);
        self.request.query_pairs().into_iter().rev().find_map(named)
    }

    /// The member of an enum that a query parameter names, in any case, or numbers; as it is given where it is none of them.
    pub(super) fn member(&self, name: &str, members: &[(&str, u8)]) -> Option<String> {
        let given = self.query(name)?;
        let is_it = |(name, number): &&(&str, u8)| name.eq_ignore_ascii_case(&given) || number.to_string() == given;
        Some(members.iter().find(is_it).map_or(given.clone(), |(name, _)| (*name).to_owned()))
    }

    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.query(name)?.parse().ok()
    }

    /// The body, whatever JSON it is.
    pub(super) fn body(&self, parameter: &str) -> Result<Value, Refusal> {
        self.request.json().ok_or_else(|| Refusal::missing_argument(parameter))
    }
}

/// A text member; absent when null, and refused when it is anything else.
pub(super) fn text(body: &Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Refusal::invalid_argument(name)),
    }
}

/// What a name may hold and a URL's path may not. Slashes stay.
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

pub(super) fn encoded(path: &str) -> String {
    utf8_percent_encode(path, IN_PATH).to_string()
}

pub(super) fn ok(body: &Value) -> Answer {
    Answer::json(StatusCode::OK, body)
}

/// A list as it goes over the wire.
pub(super) fn list(items: &[Value]) -> Answer {
    ok(&json!({ "value": items, "count": items.len() }))
}

/// RFC 3339, as the API writes dates.
pub(super) fn timestamp(at: OffsetDateTime) -> String {
    at.format(&Rfc3339).expect("a date within four-digit years")
}
