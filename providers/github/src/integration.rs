//! The settings of an integration: the two addresses every call starts from, what the host does with them, and whose
//! repositories are searched.
//!
//! Pure: nothing is asked of the server here, so an address that is well-formed and wrong is found by `whoami`.

use countersign_sdk::types::{Connection, CredentialPage, FieldError, FieldValue, Offers, Origin, UserCredentials};
use countersign_sdk::{BaseUrl, Settings, field_value};

use crate::description::{BASE_URL, CLOUD, ENTERPRISE, NEEDED_PERMISSIONS, NEEDED_SCOPE, OWNERS};

/// Where an Enterprise server keeps its REST API.
const ENTERPRISE_API: &str = "/api/v3";
const CLOUD_WEB: &str = "https://github.com";
/// Where enterprises are whose data stays in a region of their choice, each at a name of its own. Their API is at `api.` of that
/// name, without a path. (GitHub Docs, "Getting started with GitHub Enterprise Cloud with data residency".)
const RESIDENT_DOMAIN: &str = ".ghe.com";
const RESIDENT_API: &str = "api.";
/// The page of a user's tokens, below the web address.
const TOKEN_PAGE: &str = "/settings/tokens";
/// What a token is called whose form is filled in.
const TOKEN_NAME: &str = "Countersign";

/// Most owners searched among: their names have to fit into an address.
pub const MAX_OWNERS: usize = 20;
/// Longest name of an owner, in bytes. (GitHub Docs, "Username considerations for external authentication".)
const MAX_OWNER_BYTES: usize = 39;

/// Where an integration's API and pages are.
#[derive(Debug)]
pub struct Addresses {
    pub api: BaseUrl,
    pub web: BaseUrl,
    /// The setting they come from; none where they are fixed.
    pub setting: Option<&'static str>,
    /// Whose repositories are searched; none: those a user worked on last tell.
    pub owners: Vec<String>,
}

impl Settings for Addresses {
    fn parse(kind: &str, fields: &[FieldValue]) -> Result<Self, Vec<FieldError>> {
        let addresses = match kind {
            CLOUD => cloud(),
            ENTERPRISE => enterprise(fields),
            _ => Err(FieldError::new("kind", format!("This provider has no kind `{kind}`."))),
        };
        match (addresses, owners(fields)) {
            (Ok(addresses), Ok(owners)) => Ok(Self { owners, ..addresses }),
            (addresses, owners) => Err(addresses.err().into_iter().chain(owners.err()).collect()),
        }
    }

    fn connection(&self) -> Connection {
        Connection {
            origins: vec![Origin { url: self.api.origin().into(), aws: None }],
            web_url: self.web.origin().into(),
            credential_pages: self.credential_pages(),
            credential_list_page: Some(format!("{}{TOKEN_PAGE}", self.web.origin())),
            grant: None,
            user_credentials: UserCredentials::Supported,
            offers: Offers { drafts: true, reviewers: true, revocation: false },
        }
    }
}

impl Addresses {
    /// The classic token first: one of them does for the repositories of all owners, and tells its scopes. A fine-grained one
    /// is for one owner, who may have to approve it.
    ///
    /// The addresses: GitHub Docs, "Managing your personal access tokens", of fine-grained ones, which GitHub.com takes and
    /// Enterprise Server does not; GitHub Changelog of 2025-08-26, which tells that classic ones have always had theirs. The
    /// end of a classic token is chosen in the form. Data residency has GitHub.com's forms.
    fn credential_pages(&self) -> Vec<CredentialPage> {
        let page = |label: &str, url: String| CredentialPage { label: label.into(), url };
        let web = self.web.origin();
        let mut pages = vec![page("Classic token", classic_page(&self.web, NEEDED_SCOPE))];
        if web == CLOUD_WEB || resident(web).is_some() {
            let fine_grained = fine_grained_page(&self.web, &["expires_in={expires-in-days}"]);
            pages.push(page("Fine-grained token", fine_grained));
        }
        pages
    }
}

/// The form for a classic token, with these scopes.
pub fn classic_page(web: &BaseUrl, scopes: &str) -> String {
    format!("{}{TOKEN_PAGE}/new?description={TOKEN_NAME}&scopes={scopes}", web.origin())
}

/// The form for a fine-grained token, with the permissions that this work needs, and more: `workflows=write`.
pub fn fine_grained_page(web: &BaseUrl, more: &[&str]) -> String {
    let is_more =
        |one: &&&str| NEEDED_PERMISSIONS.iter().all(|needed| needed.split('=').next() != one.split('=').next());
    let more: String = more.iter().filter(is_more).map(|one| format!("&{one}")).collect();
    let needed = NEEDED_PERMISSIONS.join("&");
    format!("{}/settings/personal-access-tokens/new?name={TOKEN_NAME}{more}&{needed}", web.origin())
}

fn cloud() -> Result<Addresses, FieldError> {
    let known = |address| BaseUrl::parse(address).map_err(|why| FieldError::new("kind", why));
    Ok(Addresses { api: known("https://api.github.com")?, web: known(CLOUD_WEB)?, setting: None, owners: Vec::new() })
}

/// A pasted API address and a trailing slash are tolerated; any other path is a mistake, for Enterprise servers are
/// installed at the root of a host.
fn enterprise(fields: &[FieldValue]) -> Result<Addresses, FieldError> {
    let wrong = |message: &str| FieldError::new(BASE_URL, message);
    let address = field_value(fields, BASE_URL)
        .ok_or_else(|| wrong("Give the server's address, such as `https://github.example.com`."))?;
    let given = BaseUrl::parse(address).map_err(wrong)?;
    if !matches!(given.path(), "" | ENTERPRISE_API) {
        return Err(wrong("Give the server's address without a path, such as `https://github.example.com`."));
    }
    if matches!(given.origin(), "https://github.com" | "https://www.github.com" | "https://api.github.com") {
        return Err(wrong("This is GitHub.com: add an integration of the kind GitHub instead."));
    }
    if let Some(name) = resident(given.origin()) {
        return with_data_residency(name).map_err(wrong);
    }
    let (api, web) = (given.with_path(ENTERPRISE_API), given.with_path(""));
    Ok(Addresses { api, web, setting: Some(BASE_URL), owners: Vec::new() })
}

/// What stands before [`RESIDENT_DOMAIN`] in an origin: nothing where that is all of it.
fn resident(origin: &str) -> Option<&str> {
    let host = origin.split_once("://")?.1;
    host.strip_suffix(RESIDENT_DOMAIN).or((host == &RESIDENT_DOMAIN[1..]).then_some(""))
}

/// However it was typed, with the API's address pasted or without encryption, there is one way to it.
fn with_data_residency(name: &str) -> Result<Addresses, &'static str> {
    let enterprise = name.strip_prefix(RESIDENT_API).unwrap_or(name);
    if enterprise.contains('.') || matches!(enterprise, "" | "api" | "www") {
        return Err("Give the enterprise's own address, such as `https://octocorp.ghe.com`.");
    }
    let at = |prefix: &str| BaseUrl::parse(&format!("https://{prefix}{enterprise}{RESIDENT_DOMAIN}"));
    Ok(Addresses { api: at(RESIDENT_API)?, web: at("")?, setting: Some(BASE_URL), owners: Vec::new() })
}

/// Whoever is named twice is searched once.
fn owners(fields: &[FieldValue]) -> Result<Vec<String>, FieldError> {
    let mut owners: Vec<String> = Vec::new();
    let named = field_value(fields, OWNERS).unwrap_or_default();
    for owner in named.split([' ', ',', '\t', '\n', '\r']).filter(|owner| !owner.is_empty()) {
        let is_name = owner.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        if !is_name || owner.len() > MAX_OWNER_BYTES {
            let shown: String = owner.chars().take(MAX_OWNER_BYTES).collect();
            return Err(FieldError::new(OWNERS, format!("`{shown}` is not the name of an organization or a user.")));
        }
        if !owners.iter().any(|known| known.eq_ignore_ascii_case(owner)) {
            owners.push(owner.to_owned());
        }
    }
    match owners.len() {
        0..=MAX_OWNERS => Ok(owners),
        _ => Err(FieldError::new(OWNERS, format!("Name at most {MAX_OWNERS}."))),
    }
}
