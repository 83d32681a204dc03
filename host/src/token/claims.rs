//! What a verified token says, within which bounds, and why another one is not believed.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use model::{ConnectorId, JiraUser, ProjectKey, Timestamp, UserNames};

/// Longest token, in bytes: what fits into one request header everywhere.
pub const MAX_TOKEN_BYTES: usize = 8 << 10;
/// Longest time from `iat` to `exp`, in seconds: a connector makes a token per request, so that a stolen one is soon stale.
pub const MAX_LIFETIME_S: u64 = 300;
/// Most projects a token names: more do not fit into [`MAX_TOKEN_BYTES`] anyway, at the usual length of a key.
pub const MAX_PROJECTS: usize = 500;
/// Shortest `jti`, in bytes: room for 96 random bits in base64, so that two tokens never share one by chance.
pub const MIN_TOKEN_ID_BYTES: usize = 16;
/// Longest `jti`, in bytes. Each is kept until its token has expired.
pub const MAX_TOKEN_ID_BYTES: usize = 128;

/// How far ahead of the daemon's a connector's clock may be, which is how far `iat` and `nbf` may lie in the future. A clock that
/// is behind needs none: `exp` ends a token to the instant, and connectors choose how long theirs live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u64", try_from = "u64")]
pub struct ClockLeeway {
    seconds: u16,
}

impl ClockLeeway {
    /// The most, in seconds: as long as a token lives.
    const MAX_S: u64 = MAX_LIFETIME_S;

    /// In milliseconds.
    pub fn ms(self) -> i64 {
        i64::from(self.seconds) * 1000
    }
}

/// Machines whose clocks are set by hand, or by a service that is down for a day, differ by seconds, and not by half a minute.
impl Default for ClockLeeway {
    fn default() -> Self {
        Self { seconds: 30 }
    }
}

impl TryFrom<u64> for ClockLeeway {
    type Error = String;

    fn try_from(seconds: u64) -> Result<Self, String> {
        let fits = u16::try_from(seconds).ok().filter(|_| seconds <= Self::MAX_S);
        let seconds = fits.ok_or_else(|| format!("a leeway for clocks has 0 to {} seconds", Self::MAX_S))?;
        Ok(Self { seconds })
    }
}

impl FromStr for ClockLeeway {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // What is no number is refused in the same words.
        text.parse().unwrap_or(u64::MAX).try_into()
    }
}

impl From<ClockLeeway> for u64 {
    fn from(leeway: ClockLeeway) -> u64 {
        leeway.seconds.into()
    }
}

/// What a token is held to.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The daemon's public URL, compared byte for byte.
    pub audience: &'a str,
    /// When the token came.
    pub now: Timestamp,
    /// For the clock of whoever made it.
    pub leeway: ClockLeeway,
}

/// What a verified token says. Made only by [`Unverified::verify`](super::Unverified::verify).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    /// `iss`.
    pub connector: ConnectorId,
    /// `sub`: the acting user, byte for byte.
    pub user: JiraUser,
    /// `username` and `display_name`, without blanks at their ends; each may be left out.
    pub names: UserNames,
    /// Jira projects in which the user holds `VIEW_DEV_TOOLS`. May be empty.
    pub projects: Vec<ProjectKey>,
    /// `jti`: good for one request that changes something.
    pub token_id: String,
    /// `exp`, and so how long `token_id` has to be remembered.
    pub expires_at: Timestamp,
}

/// Why a token is not believed. Holds nothing of the token: it may go to a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("the token is longer than {MAX_TOKEN_BYTES} bytes")]
    TooLong,
    #[error("the token is not three parts joined by dots")]
    NotThreeParts,
    /// Padding, the standard alphabet and non-zero trailing bits included: a token has one spelling.
    #[error("a part of the token is not base64url without padding")]
    NotBase64,
    /// `jku`, `jwk`, `x5u`, `x5c` and `crit` included: whatever says where to get a key, or how to read the token.
    #[error("the token's header is not an object of `alg`, `typ` (JWT) and `kid`, each at most once")]
    Header,
    #[error("the token's payload is not an object in which each claim stands once")]
    Payload,
    /// `none` and `HS256` included.
    #[error("the token's algorithm is not that of the connector's key")]
    Algorithm,
    #[error("the token's `kid` is not the connector's id, which is its `iss`: leave it out, or make them the same")]
    UnknownKey,
    #[error("the token's signature is not by the connector's key")]
    Signature,
    #[error("the token's claim `{0}` is missing")]
    ClaimMissing(&'static str),
    #[error("the token's claim `{0}` is not of the form it has to have")]
    ClaimInvalid(&'static str),
    #[error("the token is for another audience, or for others as well")]
    Audience,
    #[error("the token's `exp` is not 1 to {MAX_LIFETIME_S} seconds after its `iat`")]
    Lifetime,
    #[error("the token has expired")]
    Expired,
    #[error("the token's claim `{0}` lies in the future")]
    NotYetValid(&'static str),
}

impl TokenError {
    /// Stable, for logs and metrics.
    pub fn code(self) -> &'static str {
        match self {
            TokenError::TooLong => "token-too-long",
            TokenError::NotThreeParts => "token-parts",
            TokenError::NotBase64 => "token-base64",
            TokenError::Header => "token-header",
            TokenError::Payload => "token-payload",
            TokenError::Algorithm => "token-algorithm",
            TokenError::UnknownKey => "token-key-unknown",
            TokenError::Signature => "token-signature",
            TokenError::ClaimMissing(_) => "token-claim-missing",
            TokenError::ClaimInvalid(_) => "token-claim-invalid",
            TokenError::Audience => "token-audience",
            TokenError::Lifetime => "token-lifetime",
            TokenError::Expired => "token-expired",
            TokenError::NotYetValid(_) => "token-not-yet-valid",
        }
    }
}
