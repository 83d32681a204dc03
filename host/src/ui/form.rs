//! The filled-in form, as a browser sends it: `application/x-www-form-urlencoded`, read strictly.
//!
//! The secret in it is held as one from the first byte: the body is wiped, and nothing here can print it.

use std::collections::BTreeMap;

use http::{HeaderMap, StatusCode, header};
use percent_encoding::percent_decode;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::problem::Problem;
use crate::operate::SavePat;
use crate::request::{Body, BodyError};
use model::{FieldError, Input, Kind, Timestamp};

/// When the PAT ends. The `-` keeps it apart from the fields of a kind, whose names cannot hold one.
pub const EXPIRES_AT: &str = "expires-at";
/// Save although the git server does not answer; `yes` where ticked.
pub const ALLOW_UNCHECKED: &str = "allow-unchecked";
/// Give what is saved to these addresses, which were shown, one a line; nothing else is filled in then.
pub const CONFIRM: &str = "confirm-addresses";
/// What a ticked box sends.
pub const YES: &str = "yes";

/// Length of a date as a browser sends it: `2026-11-22`.
const DATE_BYTES: usize = 10;

/// Why a body is no form at all. The link is not used up by one.
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

/// What was filled in. Which fields a kind has is not known yet.
pub struct Filled {
    fields: BTreeMap<String, SecretString>,
    expires_at: Option<String>,
    allow_unchecked: bool,
    confirmed: Option<String>,
}

/// What is to be done.
pub enum Wanted {
    /// What was filled in is to be saved.
    Save(SavePat),
    /// What is saved is to be given to these addresses.
    Confirm(Vec<String>),
}

/// What the form starts with when it is shown again: never a secret.
#[derive(Debug, Default)]
pub struct Draft {
    pub fields: BTreeMap<String, String>,
    pub expires_at: String,
}

impl Filled {
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
        let expires_at = fields.remove(EXPIRES_AT);
        let confirmed = fields.remove(CONFIRM);
        let allow_unchecked = match fields.remove(ALLOW_UNCHECKED) {
            Some(value) if value.expose_secret() == YES => true,
            Some(_) => return None,
            None => false,
        };
        Some(Self {
            fields,
            expires_at: expires_at.map(|date| date.expose_secret().to_owned()).filter(|date| !date.is_empty()),
            allow_unchecked,
            confirmed: confirmed.map(|addresses| addresses.expose_secret().to_owned()),
        })
    }

    /// What may be shown again.
    pub fn draft(&self, kind: &Kind) -> Draft {
        let shown = kind.credential.iter().filter(|field| field.input != Input::Secret);
        let kept = |name: &String| Some((name.clone(), self.fields.get(name)?.expose_secret().to_owned()));
        Draft {
            fields: shown.filter_map(|field| kept(&field.name)).collect(),
            expires_at: self.date().map_or_else(String::new, |(text, _)| text.to_owned()),
        }
    }

    /// The date alone is looked at here: it has to be one, and after `now`.
    pub fn into_wanted(self, now: Timestamp) -> Result<Wanted, Problem> {
        if let Some(addresses) = &self.confirmed {
            return Ok(Wanted::Confirm(addresses.lines().map(str::to_owned).collect()));
        }
        let wrong = |message: &str| {
            let field = EXPIRES_AT.to_owned();
            Problem::with_fields(vec![FieldError { field, message: message.to_owned() }])
        };
        let expires_at = match (&self.expires_at, self.date()) {
            (None, _) => None,
            (Some(_), None) => return Err(wrong("The date is written as in 2026-11-22.")),
            (Some(_), Some((_, end))) if end <= now => return Err(wrong("This day has come already.")),
            (Some(_), Some((_, end))) => Some(end),
        };
        let Self { fields, allow_unchecked, .. } = self;
        Ok(Wanted::Save(SavePat { fields, expires_at, allow_unchecked }))
    }

    fn date(&self) -> Option<(&str, Timestamp)> {
        let text = self.expires_at.as_deref().filter(|text| text.len() == DATE_BYTES)?;
        Some((text, Timestamp::parse(text)?))
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
