//! The settings of an integration: the site every call starts from, and what the host does with it.
//!
//! Pure: nothing is asked of the server here, so a setting that is well-formed and wrong is found by `whoami`.

use countersign_sdk::types::{Connection, CredentialPage, FieldError, FieldValue, Offers, Origin, UserCredentials};
use countersign_sdk::{BaseUrl, Settings, field_value};

use crate::description::{COLLECTION_URL, ORGANIZATION, SERVER, SERVICES, VERSION, VSTS};
use crate::version::{HOSTED, Version};

const SERVICES_HOST: &str = "dev.azure.com";
const VSTS_DOMAIN: &str = ".visualstudio.com";
/// Old accounts may be addressed with the name of their only collection, or without.
const DEFAULT_COLLECTION: &str = "DefaultCollection";
/// Longest name of an organization, in bytes.
const MAX_ORGANIZATION_BYTES: usize = 50;

/// Where an integration's projects and people are, and which API is spoken there.
#[derive(Debug)]
pub struct Site {
    /// The organization or collection: everything but people is below it.
    pub collection: BaseUrl,
    /// Where people are looked up.
    pub identities: BaseUrl,
    pub version: Version,
    /// The setting to blame where there is no such collection.
    pub address_setting: &'static str,
}

impl Settings for Site {
    fn parse(kind: &str, fields: &[FieldValue]) -> Result<Self, Vec<FieldError>> {
        match kind {
            SERVICES | VSTS => hosted(kind, fields).map_err(|error| vec![error]),
            SERVER => server(fields),
            _ => Err(vec![FieldError::new("kind", format!("This provider has no kind `{kind}`."))]),
        }
    }

    fn connection(&self) -> Connection {
        let mut origins = vec![Origin { url: self.collection.origin().into(), aws: None }];
        if self.identities.origin() != self.collection.origin() {
            origins.push(Origin { url: self.identities.origin().into(), aws: None });
        }
        let user_credentials = if self.version.has_tokens() {
            UserCredentials::Supported
        } else {
            UserCredentials::Unsupported(format!(
                "Team Foundation Server {} has no personal access tokens (they came with 2017): only the integration \
                 account can be used, with a user name and a password.",
                self.version.choice
            ))
        };
        let page = |url| CredentialPage { label: "Personal access token".into(), url };
        Connection {
            origins,
            web_url: self.address(),
            // A panel over the list, which takes nothing in its address.
            credential_pages: self.token_page().map(page).into_iter().collect(),
            credential_list_page: self.token_page(),
            grant: None,
            user_credentials,
            offers: Offers { drafts: self.version.is_2019_or_later(), reviewers: true, revocation: false },
        }
    }
}

impl Site {
    pub fn address(&self) -> String {
        format!("{}{}", self.collection.origin(), self.collection.path())
    }

    /// Where a user makes and changes tokens.
    pub fn token_page(&self) -> Option<String> {
        let page = if self.version.is_2019_or_later() { "_usersSettings/tokens" } else { "_details/security/tokens" };
        self.version.has_tokens().then(|| format!("{}/{page}", self.address()))
    }
}

fn hosted(kind: &str, fields: &[FieldValue]) -> Result<Site, FieldError> {
    let wrong = |message: &str| FieldError::new(ORGANIZATION, message);
    let given = field_value(fields, ORGANIZATION).unwrap_or_default();
    let name = match address(given).map(|url| organization_of(&url)) {
        None => given.to_owned(),
        Some(Some((of, name))) if of == kind => name,
        Some(Some(_)) => {
            return Err(wrong("This address belongs to the other kind of the hosted service: add one of that."));
        }
        Some(None) => String::new(),
    };
    if !is_organization(&name) {
        return Err(wrong("Give the organization's name, such as `acme`, or the address where people open it."));
    }
    let known = |address: String| BaseUrl::parse(&address).map_err(wrong);
    let (collection, identities) = match kind {
        SERVICES => (format!("https://{SERVICES_HOST}/{name}"), format!("https://vssps.{SERVICES_HOST}/{name}")),
        _ => (format!("https://{name}{VSTS_DOMAIN}"), format!("https://{name}.vssps{VSTS_DOMAIN}")),
    };
    let (collection, identities) = (known(collection)?, known(identities)?);
    Ok(Site { collection, identities, version: HOSTED, address_setting: ORGANIZATION })
}

/// The kind and the organization an address of the hosted service belongs to.
fn organization_of(url: &BaseUrl) -> Option<(&'static str, String)> {
    let (host, path) = (host(url), url.path().trim_start_matches('/'));
    if host == SERVICES_HOST {
        return Some((SERVICES, path.to_owned()));
    }
    let name = host.strip_suffix(VSTS_DOMAIN)?;
    (path.is_empty() || path.eq_ignore_ascii_case(DEFAULT_COLLECTION)).then(|| (VSTS, name.to_owned()))
}

/// Both settings are judged, so that an administrator sees every mistake at once.
fn server(fields: &[FieldValue]) -> Result<Site, Vec<FieldError>> {
    let version = field_value(fields, VERSION)
        .and_then(Version::of_choice)
        .ok_or_else(|| FieldError::new(VERSION, "Choose the version of the server; 2022 for any later one."));
    match (collection(fields), version) {
        (Ok(collection), Ok(version)) => {
            let identities = collection.clone();
            Ok(Site { collection, identities, version, address_setting: COLLECTION_URL })
        }
        (collection, version) => Err(collection.err().into_iter().chain(version.err()).collect()),
    }
}

/// A collection is the last part of the path; before it is at most the virtual directory the server is installed in.
fn collection(fields: &[FieldValue]) -> Result<BaseUrl, FieldError> {
    let wrong = |message: &str| FieldError::new(COLLECTION_URL, message);
    const MISSING: &str = "Give the address with the collection's name at the end, such as `https://tfs.example.com/tfs/DefaultCollection`.";
    let given = field_value(fields, COLLECTION_URL).ok_or_else(|| wrong(MISSING))?;
    let url = BaseUrl::parse(given).map_err(wrong)?;
    if host(&url) == SERVICES_HOST || host(&url).ends_with(VSTS_DOMAIN) {
        return Err(wrong(
            "This is the hosted service: add an integration of the kind Azure DevOps Services or VSTS instead.",
        ));
    }
    match url.path().split('/').skip(1).collect::<Vec<_>>().as_slice() {
        [] => Err(wrong(MISSING)),
        [directory] if directory.eq_ignore_ascii_case("tfs") => Err(wrong(MISSING)),
        [_] | [_, _] => Ok(url),
        _ => Err(wrong("Give the collection's address only, without a project or repository behind it.")),
    }
}

/// The address someone pasted where a name would do, with or without its scheme.
fn address(given: &str) -> Option<BaseUrl> {
    let has_scheme = given.contains("://");
    if !has_scheme && !given.contains('.') {
        return None;
    }
    let text = if has_scheme { given.to_owned() } else { format!("https://{given}") };
    BaseUrl::parse(&text).ok().filter(|url| url.origin().starts_with("https://"))
}

/// With its port, where it has one.
fn host(url: &BaseUrl) -> &str {
    url.origin().split_once("://").map_or("", |(_, host)| host)
}

fn is_organization(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=MAX_ORGANIZATION_BYTES).contains(&name.len())
        && name.bytes().all(is_plain)
        && !name.starts_with('-')
        && !name.ends_with('-')
}
