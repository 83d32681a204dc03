//! The settings of an integration: the addresses every call starts from, and what the host does with them.
//!
//! Pure: nothing is asked of AWS here, so an address that is well-formed and wrong is found by `whoami`.

use countersign_sdk::types::{
    AwsOrigin, Connection, CredentialPage, FieldError, FieldValue, Offers, Origin, Snippet, UserCredentials,
};
use countersign_sdk::{BaseUrl, Settings, field_value};

use crate::console::Console;
use crate::description::{CODECOMMIT, ENDPOINT, REGION, STS_ENDPOINT};
use crate::operation::policy;

/// The page of a user's access keys, below the console's address.
const KEY_PAGE: &str = "/iam/home#/security_credentials";
/// What STS's one address without a region signs for.
const GLOBAL_STS_REGION: &str = "us-east-1";

/// Where an integration's two services are, and the pages people look at.
#[derive(Debug)]
pub struct Addresses {
    pub codecommit: BaseUrl,
    pub sts: BaseUrl,
    pub console: Console,
    sts_region: String,
}

impl Settings for Addresses {
    fn parse(kind: &str, fields: &[FieldValue]) -> Result<Self, Vec<FieldError>> {
        Self::of(kind, fields).map_err(|error| vec![error])
    }

    fn connection(&self) -> Connection {
        let origin = |at: &BaseUrl, service: &str, region: &str| Origin {
            url: at.origin().into(),
            aws: Some(AwsOrigin { service: service.into(), region: region.into() }),
        };
        Connection {
            origins: vec![
                origin(&self.codecommit, "codecommit", &self.console.region),
                origin(&self.sts, "sts", &self.sts_region),
            ],
            web_url: self.console.repositories(),
            // The form behind it takes nothing in its address.
            credential_pages: vec![CredentialPage { label: "Access key".into(), url: self.key_page() }],
            credential_list_page: Some(self.key_page()),
            grant: Some(Snippet {
                label: "Policy for the IAM user or role, in the editor for JSON".into(),
                text: policy(&self.console.region),
            }),
            user_credentials: UserCredentials::Supported,
            offers: Offers { drafts: false, reviewers: false, revocation: false },
        }
    }
}

impl Addresses {
    fn key_page(&self) -> String {
        format!("{}{KEY_PAGE}", self.console.base.origin())
    }

    fn of(kind: &str, fields: &[FieldValue]) -> Result<Self, FieldError> {
        if kind != CODECOMMIT {
            return Err(FieldError::new("kind", format!("This provider has no kind `{kind}`.")));
        }
        let region = region(fields)?;
        let partition = Partition::of(&region)?;
        let codecommit = match field_value(fields, ENDPOINT) {
            Some(address) => endpoint(address, &region)?,
            None => known(format!("https://codecommit.{region}.{}", partition.domain))?,
        };
        let sts = match field_value(fields, STS_ENDPOINT) {
            Some(address) => sts_endpoint(address, &codecommit)?,
            None => known(format!("https://sts.{region}.{}", partition.domain))?,
        };
        let sts_region = region_of_sts(&sts).unwrap_or_else(|| region.clone());
        let base = known(format!("https://{region}.{}", partition.console))?;
        Ok(Self { codecommit, sts, console: Console { base, region }, sts_region })
    }
}

/// AWS's worlds, which share nothing but the software.
struct Partition {
    /// What the services' addresses end with.
    domain: &'static str,
    /// What the console's addresses end with.
    console: &'static str,
}

impl Partition {
    /// CodeCommit is in three of them; the isolated and sovereign ones have none.
    fn of(region: &str) -> Result<Self, FieldError> {
        let is_any_of = |prefixes: [&str; 3]| prefixes.iter().any(|prefix| region.starts_with(prefix));
        let (domain, console) = match region {
            _ if is_any_of(["us-iso", "eu-iso", "eusc-"]) => {
                let message = "AWS does not offer CodeCommit in this region: give the one the repositories are in.";
                return Err(FieldError::new(REGION, message));
            }
            _ if region.starts_with("cn-") => ("amazonaws.com.cn", "console.amazonaws.cn"),
            _ if region.starts_with("us-gov-") => ("amazonaws.com", "console.amazonaws-us-gov.com"),
            _ => ("amazonaws.com", "console.aws.amazon.com"),
        };
        Ok(Self { domain, console })
    }
}

fn region(fields: &[FieldValue]) -> Result<String, FieldError> {
    let wrong = || FieldError::new(REGION, "Give the code of the repositories' AWS region, such as `us-east-1`.");
    let region = field_value(fields, REGION).ok_or_else(wrong)?.to_ascii_lowercase();
    if is_region(&region) { Ok(region) } else { Err(wrong()) }
}

/// `us-east-1`, `us-gov-west-1`: words, then a number.
fn is_region(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let is_word = |word: &&str| (2..=12).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_lowercase());
    match parts.as_slice() {
        [words @ .., number] => {
            let is_number = matches!(number.len(), 1 | 2) && number.bytes().all(|byte| byte.is_ascii_digit());
            matches!(words.len(), 2 | 3) && words.iter().all(is_word) && is_number
        }
        [] => false,
    }
}

/// The mistakes people make are told here: elsewhere they look like a wrong key.
fn endpoint(address: &str, region: &str) -> Result<BaseUrl, FieldError> {
    let wrong = |message: String| FieldError::new(ENDPOINT, message);
    let given = bare(address).map_err(|why| wrong(why.into()))?;
    let host = host_of(&given);
    if host.starts_with("git-codecommit") {
        return Err(wrong("This is where git clones from. Leave the field empty, or give the API's address.".into()));
    }
    if is_of_aws(host) && !host.split('.').any(|label| label == region) {
        return Err(wrong(format!("This is the address of another region than `{region}`.")));
    }
    Ok(given)
}

/// Each origin is signed for one service, so the two need two.
fn sts_endpoint(address: &str, codecommit: &BaseUrl) -> Result<BaseUrl, FieldError> {
    let wrong = |message: &str| FieldError::new(STS_ENDPOINT, message);
    let given = bare(address).map_err(wrong)?;
    if given.origin() == codecommit.origin() {
        return Err(wrong("This is the address of CodeCommit: AWS STS needs one of its own."));
    }
    Ok(given)
}

fn bare(address: &str) -> Result<BaseUrl, &'static str> {
    let given = BaseUrl::parse(address)?;
    if given.path().is_empty() { Ok(given) } else { Err("Give the address without a path after the host.") }
}

/// The region an address of AWS's own is in; STS may be asked in any, the global one included.
fn region_of_sts(sts: &BaseUrl) -> Option<String> {
    let host = host_of(sts);
    if host == "sts.amazonaws.com" {
        return Some(GLOBAL_STS_REGION.into());
    }
    host.split('.').find(|label| is_of_aws(host) && is_region(label)).map(str::to_owned)
}

fn is_of_aws(host: &str) -> bool {
    [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"].iter().any(|domain| host.ends_with(domain))
}

/// The host's name without the port; of an address in brackets whatever comes first.
fn host_of(base: &BaseUrl) -> &str {
    let authority = base.origin().split_once("://").map_or("", |(_, authority)| authority);
    authority.split(':').next().unwrap_or_default()
}

fn known(address: String) -> Result<BaseUrl, FieldError> {
    BaseUrl::parse(&address).map_err(|why| FieldError::new(REGION, why))
}
