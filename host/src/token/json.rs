//! The two JSON objects in a token, and what their claims have to be.
//!
//! A member stands once: two parsers that disagree on which of two counts would read two tokens. Checks form and time; the
//! signature was checked before anything here but the issuer is believed.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::claims::{
    Claims, Expected, MAX_LIFETIME_S, MAX_PROJECTS, MAX_TOKEN_ID_BYTES, MIN_TOKEN_ID_BYTES, TokenError,
};
use model::{ConnectorId, JiraUser, PersonName, ProjectKey, Timestamp, UserNames};

/// From `iat` to `exp`, in milliseconds.
const LIFETIMES_MS: RangeInclusive<i64> = 1_000..=MAX_LIFETIME_S as i64 * 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    pub(super) alg: String,
    #[serde(default, deserialize_with = "present")]
    pub(super) typ: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub(super) kid: Option<String>,
}

/// The claims that are read, each as it came. Others may stand beside them and mean nothing.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Payload {
    #[serde(deserialize_with = "present")]
    iss: Option<Value>,
    #[serde(deserialize_with = "present")]
    sub: Option<Value>,
    #[serde(deserialize_with = "present")]
    aud: Option<Value>,
    #[serde(deserialize_with = "present")]
    iat: Option<Value>,
    #[serde(deserialize_with = "present")]
    exp: Option<Value>,
    #[serde(deserialize_with = "present")]
    nbf: Option<Value>,
    #[serde(deserialize_with = "present")]
    jti: Option<Value>,
    #[serde(deserialize_with = "present")]
    projects: Option<Value>,
    #[serde(deserialize_with = "present")]
    username: Option<Value>,
    #[serde(deserialize_with = "present")]
    display_name: Option<Value>,
}

/// `null` is a value that stands there, not an absent member.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// An object and nothing after it. The derived code would also take an array of the members' values in their order.
pub(super) fn object<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    let text = std::str::from_utf8(json).ok()?;
    if !text.trim_start().starts_with('{') {
        return None;
    }
    serde_json::from_str(text).ok()
}

impl Payload {
    pub(super) fn issuer(&self) -> Result<ConnectorId, TokenError> {
        ConnectorId::parse(string(&self.iss, "iss")?).map_err(|_| TokenError::ClaimInvalid("iss"))
    }

    pub(super) fn claims(&self, connector: ConnectorId, expected: Expected<'_>) -> Result<Claims, TokenError> {
        self.check_audience(expected.audience)?;
        let expires_at = self.check_times(expected)?;
        Ok(Claims {
            connector,
            user: JiraUser::parse(string(&self.sub, "sub")?).map_err(|_| TokenError::ClaimInvalid("sub"))?,
            names: UserNames {
                username: person_name(&self.username, "username")?,
                display_name: person_name(&self.display_name, "display_name")?,
            },
            projects: self.projects()?,
            token_id: self.token_id()?,
            expires_at,
        })
    }

    /// One audience, alone or in an array: a token for several services could be replayed by one against another.
    fn check_audience(&self, expected: &str) -> Result<(), TokenError> {
        let named = match claim(&self.aud, "aud")? {
            Value::Array(entries) if entries.len() == 1 => &entries[0],
            Value::Array(_) => return Err(TokenError::Audience),
            alone => alone,
        };
        match named.as_str() {
            Some(audience) if audience == expected => Ok(()),
            Some(_) => Err(TokenError::Audience),
            None => Err(TokenError::ClaimInvalid("aud")),
        }
    }

    fn check_times(&self, Expected { now, leeway, .. }: Expected<'_>) -> Result<Timestamp, TokenError> {
        let latest = now.plus_ms(leeway.ms());
        let has_begun = |name, begins| if begins <= latest { Ok(()) } else { Err(TokenError::NotYetValid(name)) };
        let (issued_at, expires_at) = (instant(&self.iat, "iat")?, instant(&self.exp, "exp")?);
        if !LIFETIMES_MS.contains(&(expires_at.unix_ms() - issued_at.unix_ms())) {
            return Err(TokenError::Lifetime);
        }
        has_begun("iat", issued_at)?;
        if self.nbf.is_some() {
            has_begun("nbf", instant(&self.nbf, "nbf")?)?;
        }
        if now < expires_at { Ok(expires_at) } else { Err(TokenError::Expired) }
    }

    fn token_id(&self) -> Result<String, TokenError> {
        let id = string(&self.jti, "jti")?;
        let fits = (MIN_TOKEN_ID_BYTES..=MAX_TOKEN_ID_BYTES).contains(&id.len());
        let printable = id.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if fits && printable { Ok(id.to_owned()) } else { Err(TokenError::ClaimInvalid("jti")) }
    }

    fn projects(&self) -> Result<Vec<ProjectKey>, TokenError> {
        let invalid = TokenError::ClaimInvalid("projects");
        let keys = claim(&self.projects, "projects")?.as_array().ok_or(invalid)?;
        if keys.len() > MAX_PROJECTS {
            return Err(invalid);
        }
        keys.iter().map(|key| ProjectKey::parse(key.as_str().ok_or(invalid)?).map_err(|_| invalid)).collect()
    }
}

fn claim<'a>(value: &'a Option<Value>, name: &'static str) -> Result<&'a Value, TokenError> {
    value.as_ref().ok_or(TokenError::ClaimMissing(name))
}

fn string<'a>(value: &'a Option<Value>, name: &'static str) -> Result<&'a str, TokenError> {
    claim(value, name)?.as_str().ok_or(TokenError::ClaimInvalid(name))
}

/// A name that may be left out, without blanks at its ends. A blank one says nothing.
fn person_name(value: &Option<Value>, name: &'static str) -> Result<Option<PersonName>, TokenError> {
    let invalid = TokenError::ClaimInvalid(name);
    let Some(value) = value else { return Ok(None) };
    let text = value.as_str().ok_or(invalid)?.trim_matches(|char: char| char.is_whitespace() && !char.is_control());
    if text.is_empty() { Ok(None) } else { PersonName::parse(text).map(Some).map_err(|_| invalid) }
}

/// A `NumericDate` of RFC 7519, section 2: seconds since 1970, with a fraction or without, written in any way JSON has for
/// numbers. Before 1970 and after 9999 there is no token.
fn instant(value: &Option<Value>, name: &'static str) -> Result<Timestamp, TokenError> {
    let value = claim(value, name)?;
    let since_1970 = match (value.as_u64(), value.as_f64()) {
        (Some(whole), _) => Some(Duration::from_secs(whole)),
        // Rounded to the millisecond: a fraction has no exact form in binary.
        (None, Some(number)) if number.is_sign_positive() => {
            Duration::try_from_secs_f64(number).ok().and_then(|since| since.checked_add(Duration::from_micros(500)))
        }
        _ => None,
    };
    let ms = since_1970.and_then(|since_1970| i64::try_from(since_1970.as_millis()).ok());
    let at = ms.map(|ms| (ms, Timestamp::from_unix_ms(ms))).filter(|(ms, at)| at.unix_ms() == *ms);
    at.map(|(_, at)| at).ok_or(TokenError::ClaimInvalid(name))
}
