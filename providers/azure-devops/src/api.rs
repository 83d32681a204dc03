//! One integration's API in one call: the headers and the version every request carries, and the repository id as a type.
//!
//! It must not know any operation.

use std::fmt;
use std::str::FromStr;

use countersign_sdk::types::{Failure, FailureReason};
use countersign_sdk::{Client, Reply, Transport, Url};
use serde::Serialize;

use crate::integration::Site;
use crate::rejection::signed_in;
use crate::version::HOSTED;

pub struct Api<'a> {
    client: Client<'a>,
    pub site: Site,
}

impl<'a> Api<'a> {
    pub fn new(site: Site, by: &'a dyn Transport) -> Self {
        // Without the first of the last two, a wrong credential is answered with a page for people instead of a 401.
        let client = Client::new(by)
            .with_header("Accept", "application/json")
            .with_header("X-TFS-FedAuthRedirect", "Suppress")
            .with_header("X-VSS-ForceMsaPassThrough", "true")
            .configured_by((site.version != HOSTED).then_some(site.address_setting));
        Self { client, site }
    }

    pub fn url<'s>(&self, segments: impl IntoIterator<Item = &'s str>) -> Url {
        self.site.collection.url().segments(segments)
    }

    /// A URL below a repository.
    pub fn repository_url<'s>(&self, id: &'s RepositoryId, below: impl IntoIterator<Item = &'s str>) -> Url {
        let url = self.url(id.project.as_deref()).segments(["_apis", "git", "repositories", &id.repository]);
        url.segments(below)
    }

    pub fn get(&self, url: Url) -> Result<Reply, Failure> {
        self.get_unversioned(self.versioned(url))
    }

    /// For what was never released: a version of it would have to be one under preview.
    pub fn get_unversioned(&self, url: Url) -> Result<Reply, Failure> {
        signed_in(&self.site, self.client.get(url)?)
    }

    pub fn post(&self, url: Url, body: &impl Serialize) -> Result<Reply, Failure> {
        signed_in(&self.site, self.client.post(self.versioned(url), body)?)
    }

    pub fn put(&self, url: Url, body: &impl Serialize) -> Result<Reply, Failure> {
        signed_in(&self.site, self.client.put(self.versioned(url), body)?)
    }

    fn versioned(&self, url: Url) -> Url {
        url.query("api-version", self.site.version.api)
    }
}

/// `project/repository`, each by GUID or by name; or a repository's GUID alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryId {
    pub project: Option<String>,
    pub repository: String,
}

impl FromStr for RepositoryId {
    type Err = Failure;

    /// A text that is no repository's id is a repository that does not exist.
    fn from_str(text: &str) -> Result<Self, Failure> {
        let is_part = |part: &str| {
            !matches!(part.trim(), "" | "." | "..") && !part.chars().any(|c| c.is_control() || c == '/' || c == '\\')
        };
        match text.split_once('/') {
            Some((project, name)) if is_part(project) && is_part(name) => {
                Ok(Self { project: Some(project.to_owned()), repository: name.to_owned() })
            }
            None if is_guid(text) => Ok(Self { project: None, repository: text.to_owned() }),
            _ => Err(Failure::new(
                FailureReason::NotFound(format!("repository {text}")),
                "Repositories of Azure DevOps are named `Project/repository`.",
            )),
        }
    }
}

impl fmt::Display for RepositoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(project) = &self.project {
            f.write_str(project)?;
            f.write_str("/")?;
        }
        f.write_str(&self.repository)
    }
}

fn is_guid(text: &str) -> bool {
    let mut groups = text.split('-');
    let is_group = |group: &str, length| group.len() == length && group.bytes().all(|byte| byte.is_ascii_hexdigit());
    [8, 4, 4, 4, 12].into_iter().all(|length| groups.next().is_some_and(|group| is_group(group, length)))
        && groups.next().is_none()
}
