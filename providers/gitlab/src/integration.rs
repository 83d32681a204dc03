//! The settings of an integration: the address every call starts from, and what the host does with it.
//!
//! Pure: nothing is asked of the server here, so an address that is well-formed and wrong is found by `whoami`.

use countersign_sdk::types::{Connection, CredentialPage, FieldError, FieldValue, Offers, Origin, UserCredentials};
use countersign_sdk::{BaseUrl, Settings, field_value};

use crate::description::{API_SCOPE, BASE_URL, CLOUD, SELF_MANAGED};

/// Where a GitLab keeps its REST API, below its own address.
const API: &str = "/api/v4";
/// The page of a user's tokens, below the web address.
const TOKEN_PAGE: &str = "/-/user_settings/personal_access_tokens";

/// Where an integration's GitLab is: pages and API share one address.
#[derive(Debug)]
pub struct Address {
    pub root: BaseUrl,
    /// The setting it was read from, if there is one.
    pub setting: Option<&'static str>,
}

impl Settings for Address {
    fn parse(kind: &str, fields: &[FieldValue]) -> Result<Self, Vec<FieldError>> {
        let address = match kind {
            CLOUD => cloud(),
            SELF_MANAGED => self_managed(fields),
            _ => Err(FieldError::new("kind", format!("This provider has no kind `{kind}`."))),
        };
        address.map_err(|error| vec![error])
    }

    fn connection(&self) -> Connection {
        Connection {
            origins: vec![Origin { url: self.root.origin().into(), aws: None }],
            web_url: self.web_url(),
            credential_pages: vec![self.credential_page()],
            credential_list_page: Some(self.token_page()),
            grant: None,
            user_credentials: UserCredentials::Supported,
            offers: Offers { drafts: true, reviewers: true, revocation: true },
        }
    }
}

impl Address {
    pub fn web_url(&self) -> String {
        format!("{}{}", self.root.origin(), self.root.path())
    }

    pub fn token_page(&self) -> String {
        format!("{}{TOKEN_PAGE}", self.web_url())
    }

    /// The same page, with a name and the scope filled in, which GitLab takes since 14.1; it suggests an end of its own. (GitLab
    /// Docs, "Personal access tokens", "Prefill personal access token name and scopes".)
    fn credential_page(&self) -> CredentialPage {
        CredentialPage {
            label: "Personal access token".into(),
            url: format!("{}?name=Countersign&scopes={API_SCOPE}", self.token_page()),
        }
    }
}

fn cloud() -> Result<Address, FieldError> {
    let root = BaseUrl::parse("https://gitlab.com").map_err(|why| FieldError::new("kind", why))?;
    Ok(Address { root, setting: None })
}

/// A path may be where this GitLab lives, so any is taken but those of GitLab's own pages. A pasted API address and a
/// trailing slash are tolerated.
fn self_managed(fields: &[FieldValue]) -> Result<Address, FieldError> {
    let wrong = |message: &str| FieldError::new(BASE_URL, message);
    let given = field_value(fields, BASE_URL)
        .ok_or_else(|| wrong("Give the server's address, such as `https://gitlab.example.com`."))?;
    let given = given.trim_end_matches('/');
    let root = BaseUrl::parse(given.strip_suffix(API).unwrap_or(given)).map_err(wrong)?;
    if root.path().split('/').any(|segment| segment == "-") || root.path().ends_with("/users/sign_in") {
        return Err(wrong("This is one page of a GitLab: give the address of its start page."));
    }
    if matches!(root.origin(), "https://gitlab.com" | "https://www.gitlab.com" | "http://gitlab.com") {
        return Err(wrong("This is GitLab.com: add an integration of the kind GitLab.com instead."));
    }
    Ok(Address { root, setting: Some(BASE_URL) })
}
