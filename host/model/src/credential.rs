//! Credentials: their fields, how they are kept, and what may be told about them.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::{Account, ActingUser, DAY_MS, Expiry, IntegrationId, Permission, Place, Revision, Timestamp};

/// A PAT that ends within this time is `expiring`: long enough to make a new one in a working week, with a week's leave.
const EXPIRING_WITHIN_MS: i64 = 14 * DAY_MS;

/// The filled-in credential form: field name to value. Wiped when dropped, never printed.
#[derive(Clone, Default)]
pub struct CredentialFields(BTreeMap<String, SecretString>);

impl CredentialFields {
    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.expose_secret())
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.expose_secret()))
    }
}

impl FromIterator<(String, SecretString)> for CredentialFields {
    fn from_iter<I: IntoIterator<Item = (String, SecretString)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

impl fmt::Debug for CredentialFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Whose a credential is. Part of what a sealed credential is bound to: it opens for this owner only.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CredentialOwner {
    /// A Jira user's PAT for one integration.
    User { integration: IntegrationId, user: ActingUser },
    /// The integration's own credential.
    Integration { integration: IntegrationId },
}

/// A credential as it is stored. Means nothing without the key it names, the owner it was sealed for and the place it was
/// given to.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Which way of sealing.
    pub algorithm: String,
    /// Which master key, so that another one can take over row by row.
    pub key_id: String,
    /// Random, new with every write; the sealing key is derived from the master key and this.
    pub salt: Vec<u8>,
    /// Random, new with every write.
    pub nonce: Vec<u8>,
    /// With the tag at its end.
    pub ciphertext: Vec<u8>,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

/// What is known of a user PAT beside its sealed fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatMetadata {
    /// None while unchecked.
    pub account: Option<Account>,
    /// While unchecked: the account of the PAT before this one, to be compared with whose this one turns out to be.
    pub account_before: Option<Account>,
    /// Those its kind needs. Empty while unchecked.
    pub permissions: Vec<Permission>,
    /// As the git server says, or, where it does not, as the user entered.
    pub expiry: Expiry,
    pub saved_at: Timestamp,
    /// When the git server last answered for it.
    pub last_checked_at: Option<Timestamp>,
    /// When it was last lent for something, to within an hour. None: never, as far as anybody wrote it down.
    pub last_used_at: Option<Timestamp>,
    /// That the git server refused it. Cleared only by a check it passes, or a new PAT.
    pub rejection: Option<Rejection>,
    /// Where its user gave it to.
    pub given_to: Place,
}

/// A git server's word that a credential is no good, which it may take back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    pub at: Timestamp,
    /// In the git server's own words, as far as it had any.
    pub why: String,
}

impl PatMetadata {
    /// The last account known for this user here: this PAT's or, while nobody knows that, the one's before it.
    pub fn last_known_account(&self) -> Option<&Account> {
        self.account.as_ref().or(self.account_before.as_ref())
    }
}

/// A user's stored credential for one integration.
#[derive(Debug, Clone)]
pub struct PatRecord {
    pub metadata: PatMetadata,
    pub sealed: Sealed,
    /// Of its saving: what is learnt of an older PAT is not written onto a newer one.
    pub revision: Revision,
}

/// What a PAT is good for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PatState {
    Missing,
    /// Kept, and lent no more: the integration leads elsewhere since it was saved. Counts as missing until its user confirms
    /// it, or the integration leads back.
    SetAside,
    Valid,
    /// Usable; ends within 14 days.
    Expiring,
    Expired,
    /// The git server refused it.
    Rejected,
    /// Stored without an answer from the git server, because the user said so.
    Unchecked,
}

impl PatState {
    /// At the place the integration leads to now.
    pub fn of(pat: Option<&PatMetadata>, place: &Place, now: Timestamp) -> Self {
        let Some(pat) = pat else {
            return PatState::Missing;
        };
        match pat.expiry {
            _ if !pat.given_to.covers(place) => PatState::SetAside,
            _ if pat.rejection.is_some() => PatState::Rejected,
            Expiry::At(end) if end <= now => PatState::Expired,
            _ if pat.account.is_none() => PatState::Unchecked,
            Expiry::At(end) if end <= now.plus_ms(EXPIRING_WITHIN_MS) => PatState::Expiring,
            _ => PatState::Valid,
        }
    }

    /// Whether it is lent for what its user asks.
    pub fn is_usable(self) -> bool {
        match self {
            PatState::Valid | PatState::Expiring | PatState::Unchecked => true,
            PatState::Missing | PatState::SetAside | PatState::Expired | PatState::Rejected => false,
        }
    }

    /// Every one.
    pub const ALL: [PatState; 7] = [
        PatState::Missing,
        PatState::SetAside,
        PatState::Valid,
        PatState::Expiring,
        PatState::Expired,
        PatState::Rejected,
        PatState::Unchecked,
    ];

    /// As JSON, pages and tables show it.
    pub fn as_str(self) -> &'static str {
        match self {
            PatState::Missing => "missing",
            PatState::SetAside => "set-aside",
            PatState::Valid => "valid",
            PatState::Expiring => "expiring",
            PatState::Expired => "expired",
            PatState::Rejected => "rejected",
            PatState::Unchecked => "unchecked",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Connection, NetworkRules, Offers, Origin, UserCredentials};

    fn place(url: &str) -> Place {
        let connection = Connection {
            origins: vec![Origin { url: url.into(), aws: None }],
            web_url: url.into(),
            credential_pages: Vec::new(),
            credential_list_page: None,
            grant: None,
            user_credentials: UserCredentials::Supported,
            offers: Offers::default(),
        };
        Place::new(&connection, &NetworkRules::default())
    }

    fn here() -> Place {
        place("https://git.test")
    }

    fn pat(expiry: Expiry) -> PatMetadata {
        PatMetadata {
            account: Some(Account { id: "1".into(), login: "ann".into() }),
            account_before: None,
            permissions: vec![],
            expiry,
            saved_at: Timestamp::from_unix_ms(0),
            last_checked_at: None,
            last_used_at: None,
            rejection: None,
            given_to: here(),
        }
    }

    #[test]
    fn the_state_follows_the_clock() {
        let end = Timestamp::parse("2026-12-31").unwrap();
        let at = |text| PatState::of(Some(&pat(Expiry::At(end))), &here(), Timestamp::parse(text).unwrap());
        assert_eq!(at("2026-12-16"), PatState::Valid);
        assert_eq!(at("2026-12-17"), PatState::Expiring);
        assert_eq!(at("2026-12-30T23:59:59Z"), PatState::Expiring);
        assert_eq!(at("2026-12-31"), PatState::Expired);
    }

    #[test]
    fn rejection_outweighs_expiry_and_unknown_expiry_is_no_expiry() {
        let now = Timestamp::parse("2026-11-22").unwrap();
        let of = |pat: PatMetadata| PatState::of(Some(&pat), &here(), now);
        let rejected = PatMetadata {
            rejection: Some(Rejection { at: now, why: "Bad credentials".into() }),
            ..pat(Expiry::At(Timestamp::from_unix_ms(0)))
        };
        assert_eq!(of(rejected), PatState::Rejected);
        assert_eq!(of(pat(Expiry::Unknown)), PatState::Valid);
        assert_eq!(of(PatMetadata { account: None, ..pat(Expiry::Unknown) }), PatState::Unchecked);
        assert_eq!(PatState::of(None, &here(), now), PatState::Missing);
    }

    #[test]
    fn s11_a_pat_is_set_aside_whatever_it_was_where_the_integration_leads_elsewhere_and_is_back_where_it_leads_back() {
        let now = Timestamp::parse("2026-11-22").unwrap();
        let rejected = PatMetadata {
            rejection: Some(Rejection { at: now, why: "Bad credentials".into() }),
            ..pat(Expiry::Unknown)
        };
        for pat in [pat(Expiry::Never), pat(Expiry::At(Timestamp::from_unix_ms(0))), rejected] {
            assert_eq!(PatState::of(Some(&pat), &place("https://evil.test"), now), PatState::SetAside);
            assert_ne!(PatState::of(Some(&pat), &here(), now), PatState::SetAside);
        }
    }

    #[test]
    fn a_credential_does_not_print_its_values() {
        let fields: CredentialFields = [("token".to_owned(), SecretString::from("s3cret"))].into_iter().collect();
        assert_eq!(format!("{fields:?}"), r#"{"token"}"#);
    }
}
