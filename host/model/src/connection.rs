//! What a provider makes of the settings of an integration: the host's own copy of the values in `wit/types.wit`, where
//! each member is explained. Kept with the integration, so that looking at one needs no instance.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{DAY_MS, Timestamp};

/// How long a credential is good that is made in a form we filled in, in days: a quarter of a year, so that nobody has to
/// make one every month, and a forgotten one does not live on. A user may choose otherwise in the form.
const CREDENTIAL_DAYS: i64 = 90;
/// In the address of a form: the day a credential ends, `YYYY-MM-DD` in UTC.
const EXPIRES_ON: &str = "{expires-on}";
/// In the address of a form: days from now to that day.
const EXPIRES_IN_DAYS: &str = "{expires-in-days}";
/// What the one page is called of which an older contract gave the address alone.
const UNNAMED_PAGE: &str = "Credentials";

/// What a provider makes of an integration's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub struct Connection {
    /// Every one the integration will ever send to; at least one.
    pub origins: Vec<Origin>,
    /// Where people look at the git server.
    pub web_url: String,
    /// Where a user makes a credential, the best first. As they are shown: [`Connection::credential_pages_at`].
    pub credential_pages: Vec<CredentialPage>,
    /// Where a user sees the credentials she has made, and ends them.
    pub credential_list_page: Option<String>,
    /// What somebody has to copy into the git server's own form before a credential may do this work.
    pub grant: Option<Snippet>,
    pub user_credentials: UserCredentials,
    pub offers: Offers,
}

impl Connection {
    /// The forms as they are opened now: the end of a credential stands in their addresses.
    pub fn credential_pages_at(&self, now: Timestamp) -> Vec<CredentialPage> {
        let expires_on = now.plus_ms(CREDENTIAL_DAYS * DAY_MS).day();
        let filled_in = |page: &CredentialPage| CredentialPage {
            label: page.label.clone(),
            url: page.url.replace(EXPIRES_ON, &expires_on).replace(EXPIRES_IN_DAYS, &CREDENTIAL_DAYS.to_string()),
        };
        self.credential_pages.iter().map(filled_in).collect()
    }

    /// The first of them.
    pub fn credential_page_at(&self, now: Timestamp) -> Option<String> {
        self.credential_pages_at(now).into_iter().next().map(|page| page.url)
    }
}

/// What people are offered there: everything, where nobody said otherwise, as of what an older version stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offers {
    /// Pull requests that are drafts.
    pub drafts: bool,
    /// Reviewers of a pull request.
    pub reviewers: bool,
    /// To have the git server forget a credential.
    pub revocation: bool,
}

impl Default for Offers {
    fn default() -> Self {
        Self { drafts: true, reviewers: true, revocation: true }
    }
}

/// A form of the git server in which a credential is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialPage {
    /// For people, what comes of it.
    pub label: String,
    /// Opens it, filled in but for the end of the credential.
    pub url: String,
}

/// A text to copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snippet {
    /// For people, what it is and where it goes.
    pub label: String,
    /// In lines.
    pub text: String,
}

/// A connection as any version stored it.
#[derive(Deserialize)]
struct Kept {
    origins: Vec<Origin>,
    web_url: String,
    /// The one page of users' credentials, before there were forms.
    credential_page: Option<String>,
    #[serde(default)]
    credential_pages: Vec<CredentialPage>,
    credential_list_page: Option<String>,
    grant: Option<Snippet>,
    user_credentials: UserCredentials,
    #[serde(default)]
    offers: Offers,
}

impl From<Kept> for Connection {
    fn from(kept: Kept) -> Self {
        let mut credential_pages = kept.credential_pages;
        if let (true, Some(url)) = (credential_pages.is_empty(), &kept.credential_page) {
            credential_pages.push(CredentialPage { label: UNNAMED_PAGE.to_owned(), url: url.clone() });
        }
        Self {
            origins: kept.origins,
            web_url: kept.web_url,
            credential_pages,
            credential_list_page: kept.credential_list_page.or(kept.credential_page),
            grant: kept.grant,
            user_credentials: kept.user_credentials,
            offers: kept.offers,
        }
    }
}

/// Scheme, host and port, in the form `url::Url::origin` writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    pub url: String,
    /// What requests are signed for by [`Scheme::AwsSigv4`]; other schemes have no use for it.
    pub aws: Option<AwsOrigin>,
}

impl Origin {
    /// `host:port`, with the port that goes without saying; none where the URL is no origin.
    pub fn host_and_port(&self) -> Option<String> {
        let url = Url::parse(&self.url).ok()?;
        Some(format!("{}:{}", url.host_str()?, url.port_or_known_default()?))
    }

    /// Whether what is sent there is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.url.starts_with("https:")
    }
}

/// The AWS service and region a request is signed for, as AWS calls them in a signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwsOrigin {
    pub service: String,
    pub region: String,
}

/// Whether users can have credentials of their own at an integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserCredentials {
    Supported,
    /// They cannot; why, in one sentence.
    Unsupported(String),
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn stored() -> Value {
        json!({
            "origins": [{ "url": "https://git.example.com", "aws": null }],
            "web_url": "https://git.example.com",
            "user_credentials": "supported",
        })
    }

    #[test]
    fn a_connection_stored_with_its_one_page_is_read_and_stored_anew() {
        let mut kept = stored();
        kept["credential_page"] = json!("https://git.example.com/tokens");
        let read: Connection = serde_json::from_value(kept).unwrap();
        let page = CredentialPage { label: "Credentials".into(), url: "https://git.example.com/tokens".into() };
        assert_eq!(read.credential_pages, [page]);
        assert_eq!(read.credential_list_page.as_deref(), Some("https://git.example.com/tokens"));
        let again: Connection = serde_json::from_value(serde_json::to_value(&read).unwrap()).unwrap();
        assert_eq!(again, read);
        // Pages offered all of it then.
        assert_eq!(read.offers, Offers { drafts: true, reviewers: true, revocation: true });
        let mut without = stored();
        without["credential_page"] = Value::Null;
        let read: Connection = serde_json::from_value(without).unwrap();
        assert_eq!((read.credential_pages, read.credential_list_page), (vec![], None));
    }

    #[test]
    fn the_end_of_a_credential_is_put_into_the_address_of_its_form() {
        let mut kept = stored();
        kept["credential_pages"] = json!([
            { "label": "By its day", "url": "https://git.example.com/new?name=x&until={expires-on}" },
            { "label": "By its life", "url": "https://git.example.com/new?days={expires-in-days}" },
            { "label": "Neither", "url": "https://git.example.com/new" },
        ]);
        let connection: Connection = serde_json::from_value(kept).unwrap();
        let now = Timestamp::parse("2026-11-22T23:59:59Z").unwrap();
        let urls: Vec<_> = connection.credential_pages_at(now).into_iter().map(|page| page.url).collect();
        let expected = [
            "https://git.example.com/new?name=x&until=2027-02-20",
            "https://git.example.com/new?days=90",
            "https://git.example.com/new",
        ];
        assert_eq!(urls, expected);
        assert_eq!(connection.credential_page_at(now).as_deref(), Some(expected[0]));
    }
}
