//! Jira sites, and what belongs to one: users and projects. Two Jiras both have an `alice` and a project `ABC`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{DisplayName, JiraUser, NameError, PersonName, ProjectKey, Revision, SiteId, Timestamp};

/// The site a daemon begins with: whoever has one Jira need not name it.
const DEFAULT: &str = "default";

/// One Jira, a Data Center instance or a Cloud tenant, with its users and projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub id: SiteId,
    /// For people.
    pub name: DisplayName,
    pub created_at: Timestamp,
    pub revision: Revision,
}

impl Default for SiteId {
    fn default() -> Self {
        SiteId::parse(DEFAULT).expect("it is a site id")
    }
}

/// A Jira user of one site: whoever an operation is done for. Users of the same id on two sites are two people.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ActingUser {
    pub site: SiteId,
    pub id: JiraUser,
}

impl FromStr for ActingUser {
    type Err = NameError;
    /// Reads `SITE/USER`, or `USER` alone for the site `default`. A user whose id has a `/` in it goes with a site.
    fn from_str(text: &str) -> Result<Self, NameError> {
        let (site, id) = split(text)?;
        Ok(Self { site, id: JiraUser::parse(id)? })
    }
}

/// What a connector states of a Jira user beside her id. Either may be left unsaid.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct UserNames {
    /// What she signs in to Jira with.
    pub username: Option<PersonName>,
    /// What Jira shows.
    pub display_name: Option<PersonName>,
}

/// A Jira project of one site. Written `SITE/KEY`, or `KEY` alone for the site `default`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SiteProject {
    pub site: SiteId,
    pub key: ProjectKey,
}

impl SiteProject {
    /// Reads `SITE/KEY` or `KEY`.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let (site, key) = split(text)?;
        Ok(Self { site, key: ProjectKey::parse(key)? })
    }
}

impl fmt::Display for SiteProject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, &self.site, self.key.as_str())
    }
}

/// The Jira projects an integration is open to: one, or all of a site, which is written `SITE/*`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SiteProjects {
    pub site: SiteId,
    /// None: all of them.
    pub key: Option<ProjectKey>,
}

impl SiteProjects {
    /// Reads `SITE/KEY`, `KEY`, `SITE/*` or `*`.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let (site, key) = split(text)?;
        let key = if key == "*" { None } else { Some(ProjectKey::parse(key)?) };
        Ok(Self { site, key })
    }

    /// Whether the project is among them.
    pub fn include(&self, project: &SiteProject) -> bool {
        self.site == project.site && self.key.as_ref().is_none_or(|key| *key == project.key)
    }
}

impl fmt::Display for SiteProjects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, &self.site, self.key.as_ref().map_or("*", ProjectKey::as_str))
    }
}

fn split(text: &str) -> Result<(SiteId, &str), NameError> {
    match text.split_once('/') {
        Some((site, key)) => Ok((SiteId::parse(site)?, key)),
        None => Ok((SiteId::default(), text)),
    }
}

fn write(f: &mut fmt::Formatter<'_>, site: &SiteId, key: &str) -> fmt::Result {
    if *site == SiteId::default() { f.write_str(key) } else { write!(f, "{site}/{key}") }
}

/// Texts in JSON and arguments on the command line.
macro_rules! texts {
    ($($name:ident)*) => {$(
        impl TryFrom<String> for $name {
            type Error = NameError;
            fn try_from(text: String) -> Result<Self, NameError> {
                Self::parse(&text)
            }
        }

        impl FromStr for $name {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.to_string()
            }
        }
    )*};
}

texts! { SiteProject SiteProjects }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_one_of_its_site_and_the_default_site_goes_unnamed() {
        for (text, site, key) in [("ABC", "default", "ABC"), ("cloud-2/ABC", "cloud-2", "ABC"), ("1/A_1", "1", "A_1")] {
            let project = SiteProject::parse(text).unwrap();
            assert_eq!((project.site.as_str(), project.key.as_str()), (site, key));
            assert_eq!(project.to_string(), text);
        }
        assert_eq!(SiteProject::parse("default/ABC").unwrap().to_string(), "ABC");
        for wrong in ["", "/", "abc", "ABC/", "/ABC", "Cloud/ABC", "cloud/abc", "cloud/ABC/x", "cloud/*", "*"] {
            assert!(SiteProject::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn all_projects_of_a_site_are_no_other_sites() {
        let project = |text| SiteProject::parse(text).unwrap();
        let some = |text| SiteProjects::parse(text).unwrap();
        assert!(some("*").include(&project("ABC")) && !some("*").include(&project("cloud/ABC")));
        assert!(some("cloud/*").include(&project("cloud/X")) && !some("cloud/*").include(&project("X")));
        assert!(some("cloud/X").include(&project("cloud/X")) && !some("cloud/X").include(&project("cloud/XY")));
        for text in ["*", "cloud/*", "ABC", "cloud/ABC"] {
            assert_eq!(some(text).to_string(), text);
        }
        assert!(SiteProjects::parse("cloud/").is_err() && SiteProjects::parse("**").is_err());
    }

    #[test]
    fn a18_users_of_one_id_on_two_sites_are_two() {
        let user =
            |site: &str| ActingUser { site: SiteId::parse(site).unwrap(), id: JiraUser::parse("alice").unwrap() };
        assert_ne!(user("default"), user("cloud"));
        for (text, site) in [("alice", "default"), ("default/alice", "default"), ("cloud/alice", "cloud")] {
            assert_eq!(text.parse::<ActingUser>().unwrap(), user(site));
        }
        assert_eq!("cloud/a/b".parse::<ActingUser>().unwrap().id.as_str(), "a/b");
        assert!("Cloud/alice".parse::<ActingUser>().is_err() && "cloud/".parse::<ActingUser>().is_err());
    }
}
