//! Clients of the HTTP API.

use serde::{Deserialize, Serialize};

use url::Url;

use super::{ConnectorId, DisplayName, Revision, SiteId, Timestamp};

/// A registered client of the HTTP API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connector {
    pub id: ConnectorId,
    /// The Jira whose users it vouches for.
    pub site: SiteId,
    /// For people.
    pub name: DisplayName,
    pub key: PublicKey,
    /// Origins its pages live on (`https://jira.example.com`): where a set-up page may send the user back to.
    pub return_origins: Vec<String>,
    pub created_at: Timestamp,
    /// When it last called, to within a minute. None: never, as far as is known.
    pub last_used_at: Option<Timestamp>,
    pub revision: Revision,
}

/// Longest address of a page that a connector names, in bytes.
pub const MAX_ADDRESS_BYTES: usize = 2048;

impl Connector {
    /// The page at an absolute address, if it is on one of the connector's origins.
    pub fn page(&self, address: &str) -> Option<Url> {
        let url = Url::parse(address).ok().filter(|_| address.len() <= MAX_ADDRESS_BYTES)?;
        let is_web = matches!(url.scheme(), "https" | "http") && url.username().is_empty() && url.password().is_none();
        let is_theirs = self.return_origins.contains(&url.origin().ascii_serialization());
        (is_web && is_theirs).then_some(url)
    }
}

/// The public key a connector's tokens are verified with. The algorithm is the key's, never the token's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublicKey {
    /// 32 bytes.
    Ed25519(Vec<u8>),
    /// Uncompressed point, 65 bytes.
    P256(Vec<u8>),
}

impl PublicKey {
    /// The key itself, in the form its algorithm writes it.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            PublicKey::Ed25519(bytes) | PublicKey::P256(bytes) => bytes,
        }
    }
}

/// Why a text is not the origin of a web page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it has to be an origin, such as https://jira.example.com")]
pub struct NotAnOrigin;

/// Reads scheme, host and port, with nothing after them but a slash, into the one form in which origins are compared.
pub fn web_origin(text: &str) -> Result<String, NotAnOrigin> {
    let url = Url::parse(text).map_err(|_| NotAnOrigin)?;
    let origin = url.origin().ascii_serialization();
    let is_all = url.as_str().trim_end_matches('/') == origin;
    (is_all && matches!(url.scheme(), "http" | "https")).then_some(origin).ok_or(NotAnOrigin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u5_a_return_origin_is_an_origin_and_nothing_more() {
        assert_eq!(web_origin("https://Jira.example.com/").unwrap(), "https://jira.example.com");
        assert_eq!(web_origin("http://localhost:2990").unwrap(), "http://localhost:2990");
        for wrong in ["//evil", "javascript:alert(1)", "https://x/jira", "https://x?a", "https://u@x", "data:,x", "x"] {
            assert!(web_origin(wrong).is_err(), "{wrong}");
        }
    }
}
