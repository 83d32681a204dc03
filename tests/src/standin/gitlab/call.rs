//! One request on its way through the API: what every resource needs to answer it.

use http::{HeaderName, StatusCode};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;
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
    pub(super) totals: bool,
    pub(super) now: OffsetDateTime,
}

impl Call<'_> {
    /// `path` below the API's root, as the client addresses us.
    pub(super) fn api_url(&self, path: &str) -> String {
        format!("{}{}{path}", self.request.origin, self.product.api_prefix())
    }

    /// `path` of the web pages.
    pub(super) fn web_url(&self, path: &str) -> String {
        format!("{}{}{path}", self.request.origin, self.product.relative_root)
    }

    /// A page of a repository.
    pub(super) fn page_url(&self, full_name: &str, page: &str) -> String {
        format!("{}{}", self.request.origin, self.product.page(full_name, page))
    }

    /// The caller, where an operation cannot be anonymous.
    pub(super) fn known_caller(&self) -> Result<Caller<'_>, Refusal> {
        self.caller.ok_or_else(Refusal::unauthorized)
    }
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

/// A branch name as part of a page's address.
pub(super) fn encoded(name: &str) -> String {
    utf8_percent_encode(name, IN_PATH).to_string()
}

pub(super) fn ok(body: &Value) -> Answer {
    Answer::json(StatusCode::OK, body)
}

/// A header of the API's own, in lower case.
pub(super) fn named(name: &'static str) -> HeaderName {
    HeaderName::from_static(name)
}

/// RFC 3339 in milliseconds, as the API writes dates.
pub(super) fn timestamp(at: OffsetDateTime) -> String {
    let shortened = at.replace_millisecond(at.millisecond()).unwrap_or(at);
    shortened.format(&Rfc3339).expect("a date within four-digit years")
}

/// The dates of HTTP headers.
pub(super) fn http_date(at: OffsetDateTime) -> String {
    at.format(HTTP_DATE).expect("a date within four-digit years")
}

pub(super) const HTTP_DATE: &[time::format_description::BorrowedFormatItem<'static>] = time::macros::format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);
