//! The settings of an integration: what `connect` makes of them, and the address every other call starts from.
//!
//! Pure: nothing is asked of the server here, so an address that is well-formed and wrong is found by `whoami`.

use countersign_sdk::types::{
    Connection, Failure, FailureReason, FieldError, FieldValue, Integration, Origin, UserCredentials,
};
use countersign_sdk::{BaseUrl, field_value};

use crate::description::{BASE_URL, CLOUD, SELF_MANAGED};

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

pub fn connect(kind: &str, settings: &[FieldValue]) -> Result<Connection, Vec<FieldError>> {
    let address = Address::of(kind, settings)?;
    Ok(Connection {
        origins: vec![Origin { url: address.root.origin().into(), aws: None }],
        web_url: address.web_url(),
        credential_page: Some(address.token_page()),
        user_credentials: UserCredentials::Supported,
    })
}

impl Address {
    /// The address of an integration that `connect` once accepted.
    pub fn of_integration(at: &Integration) -> Result<Self, Failure> {
        Self::of(&at.kind, &at.settings).map_err(|errors| {
            let why = errors.into_iter().next().map(|error| error.message).unwrap_or_default();
            Failure::new(FailureReason::UnexpectedReply, format!("The integration's settings cannot be used: {why}"))
        })
    }

    fn of(kind: &str, settings: &[FieldValue]) -> Result<Self, Vec<FieldError>> {
        let address = match kind {
            CLOUD => cloud(),
            SELF_MANAGED => self_managed(settings),
            _ => Err(FieldError::new("kind", format!("This provider has no kind `{kind}`."))),
        };
        address.map_err(|error| vec![error])
    }

    pub fn web_url(&self) -> String {
        format!("{}{}", self.root.origin(), self.root.path())
    }

    pub fn token_page(&self) -> String {
        format!("{}{TOKEN_PAGE}", self.web_url())
    }
}

fn cloud() -> Result<Address, FieldError> {
    let root = BaseUrl::parse("https://gitlab.com").map_err(|why| FieldError::new("kind", why))?;
    Ok(Address { root, setting: None })
}

/// A path may be where this GitLab lives, so any is taken but those of GitLab's own pages. A pasted API address and a
/// trailing slash are tolerated.
fn self_managed(settings: &[FieldValue]) -> Result<Address, FieldError> {
    let wrong = |message: &str| FieldError::new(BASE_URL, message);
    let given = field_value(settings, BASE_URL)
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
