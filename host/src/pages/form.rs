//! A filled-in form, as a browser sends it: `application/x-www-form-urlencoded`, read strictly.
//!
//! There may be a secret in it: all of it is held as one from the first byte, the body is wiped, and nothing here can print
//! it.

use std::collections::BTreeMap;

use http::{HeaderMap, StatusCode, header};
use percent_encoding::percent_decode;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::words;
use crate::problem::Problem;
use crate::request::{Body, BodyError};
use model::Timestamp;

/// Length of a date as a browser sends it: `2026-11-22`.
const DATE_BYTES: usize = 10;

/// Proves that a form was shown where it is sent from.
pub const PROOF: &str = "proof";

/// Why a body is no form at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    NotAForm,
    Malformed,
    Body(BodyError),
}

impl Unreadable {
    /// Of the page that says so.
    pub fn status(self) -> StatusCode {
        match self {
            Unreadable::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Unreadable::Malformed => StatusCode::BAD_REQUEST,
            Unreadable::Body(error) => error.status(),
        }
    }
}

/// What was filled in, by the names of the fields.
#[derive(Clone)]
pub struct Fields(BTreeMap<String, SecretString>);

impl Fields {
    /// `body` is what reading it within its bound came to. What no browser would send is refused.
    pub fn read(headers: &HeaderMap, body: Result<Body, BodyError>) -> Result<Self, Unreadable> {
        if !is_form(headers) {
            return Err(Unreadable::NotAForm);
        }
        Self::parse(&body.map_err(Unreadable::Body)?).ok_or(Unreadable::Malformed)
    }

    /// None for what no browser sends: a field twice, bytes that are not UTF-8.
    fn parse(body: &[u8]) -> Option<Self> {
        let mut fields = BTreeMap::new();
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let equals = pair.iter().position(|byte| *byte == b'=')?;
            let (name, value) = (decoded(&pair[..equals])?, decoded(&pair[equals + 1..])?);
            let value = SecretString::from(value.as_str());
            if fields.insert(name.to_string(), value).is_some() {
                return None;
            }
        }
        Some(Self(fields))
    }

    /// What is in a field that holds no secret; empty where there is none.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.expose_secret())
    }

    /// The same, none where it is empty but for blanks.
    pub fn filled(&self, name: &str) -> Option<&str> {
        Some(self.text(name).trim()).filter(|text| !text.is_empty())
    }

    /// The day in a date field, as its first instant in UTC; none where it is empty.
    pub fn day(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        let Some(text) = self.filled(name) else { return Ok(None) };
        let day = Some(text).filter(|text| text.len() == DATE_BYTES).and_then(Timestamp::parse);
        day.map(Some).ok_or_else(|| Problem::invalid(name, words::NO_DATE))
    }

    /// The minute in UTC in a field for one, in any of the forms a person may have it in; none where it is empty.
    pub fn minute(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        let Some(text) = self.filled(name).map(str::trim) else { return Ok(None) };
        let spelt = [text.to_owned(), format!("{text}Z"), format!("{text}:00Z")];
        let minute = spelt.iter().find_map(|text| Timestamp::parse(text));
        minute.map(Some).ok_or_else(|| Problem::invalid(name, words::NO_MINUTE))
    }

    /// Whether there is such a field at all: a button that was pressed, a box that was ticked.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// What its fields are called.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Fills in what was not sent so.
    pub fn set(&mut self, name: String, value: &str) {
        self.0.insert(name, SecretString::from(value));
    }

    /// Takes a field out.
    pub fn take(&mut self, name: &str) -> Option<SecretString> {
        self.0.remove(name)
    }

    /// All that are left.
    pub fn into_inner(self) -> BTreeMap<String, SecretString> {
        self.0
    }

    /// Copies of those of these names, which hold no secret.
    pub fn kept(&self, names: &[&str]) -> BTreeMap<String, String> {
        let kept = |name: &&str| Some(((*name).to_owned(), self.0.get(*name)?.expose_secret().to_owned()));
        names.iter().filter_map(kept).collect()
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

fn decoded(encoded: &[u8]) -> Option<Zeroizing<String>> {
    let spaced: Zeroizing<Vec<u8>> =
        Zeroizing::new(encoded.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect());
    // Never longer than what it is decoded from: it does not move while it grows, and leaves no copy behind.
    let mut bytes = Vec::with_capacity(spaced.len());
    bytes.extend(percent_decode(&spaced));
    match String::from_utf8(bytes) {
        Ok(text) => Some(Zeroizing::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            None
        }
    }
}
