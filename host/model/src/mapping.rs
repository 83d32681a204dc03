//! What a Jira project, or one component of it, is worked on with: the repository, the base branch and the template that
//! its branches start from. Defaults for the user's convenience; nobody is kept to them.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{BranchName, BranchTemplate, JiraComponent, RepositoryId, SiteProject};

/// Most mappings of one integration: what a large instance has in projects, and a list people can still read.
pub const MAX_MAPPINGS: usize = 500;

/// What issues of a project, or of one component of it, are worked on with: defaults, each of which may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    pub project: SiteProject,
    /// None: for issues of no component, or of none that has a mapping.
    pub component: Option<JiraComponent>,
    pub repository: Option<RepositoryId>,
    /// None: the repository's default branch.
    pub base: Option<BranchName>,
    /// Stands before the integration's own.
    pub branch_template: Option<BranchTemplate>,
}

/// The mappings of one integration in the administrator's order, each project and component once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Vec<Mapping>", into = "Vec<Mapping>")]
pub struct Mappings(Vec<Mapping>);

/// Why mappings are no list of mappings. Positions count from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingsError {
    #[error("there can be at most {MAX_MAPPINGS} mappings; these are {0}")]
    TooMany(usize),
    #[error("the project and component of this mapping are those of one before it")]
    Twice { at: usize, first: usize },
}

impl Mappings {
    /// Kept in this order, which decides for an issue of several components.
    pub fn new(mappings: Vec<Mapping>) -> Result<Self, MappingsError> {
        if mappings.len() > MAX_MAPPINGS {
            return Err(MappingsError::TooMany(mappings.len()));
        }
        let mut seen = HashMap::new();
        for (at, Mapping { project, component, .. }) in mappings.iter().enumerate() {
            if let Some(first) = seen.insert((project, component), at) {
                return Err(MappingsError::Twice { at, first });
            }
        }
        Ok(Self(mappings))
    }

    /// The one for an issue: the first whose component is among the issue's, else the project's own.
    pub fn of(&self, project: &SiteProject, components: &[JiraComponent]) -> Option<&Mapping> {
        let of_project = || self.0.iter().filter(|mapping| mapping.project == *project);
        let is_among = |mapping: &&Mapping| mapping.component.as_ref().is_some_and(|one| components.contains(one));
        of_project().find(is_among).or_else(|| of_project().find(|mapping| mapping.component.is_none()))
    }

    /// In the administrator's order.
    pub fn as_slice(&self) -> &[Mapping] {
        &self.0
    }
}

impl TryFrom<Vec<Mapping>> for Mappings {
    type Error = MappingsError;
    fn try_from(mappings: Vec<Mapping>) -> Result<Self, MappingsError> {
        Self::new(mappings)
    }
}

impl From<Mappings> for Vec<Mapping> {
    fn from(mappings: Mappings) -> Self {
        mappings.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `PROJECT[/COMPONENT] REPOSITORY`, one mapping a line.
    fn mappings(lines: &str) -> Result<Mappings, MappingsError> {
        let mapping = |line: &str| {
            let (key, repository) = line.trim().rsplit_once(' ').unwrap();
            let (project, component) = key.split_once('/').map_or((key, None), |(key, name)| (key, Some(name)));
            Mapping {
                project: SiteProject::parse(project).unwrap(),
                component: component.map(|name| JiraComponent::parse(name).unwrap()),
                repository: Some(RepositoryId::parse(repository).unwrap()),
                base: None,
                branch_template: None,
            }
        };
        Mappings::new(lines.lines().filter(|line| !line.trim().is_empty()).map(mapping).collect())
    }

    #[test]
    fn the_administrators_first_component_wins_and_the_projects_own_stands_for_the_rest() {
        let mappings = mappings(
            "ABC acme/rest
             ABC/Web/API acme/api
             ABC/Front end acme/web
             OPS/Front end ops/web",
        )
        .unwrap();
        for (project, components, expected) in [
            ("ABC", &[][..], Some("acme/rest")),
            ("ABC", &["Front end"], Some("acme/web")),
            ("ABC", &["Front end", "Web/API"], Some("acme/api")),
            ("ABC", &["Docs", "Front end"], Some("acme/web")),
            ("ABC", &["Docs"], Some("acme/rest")),
            ("ABC", &["front end"], Some("acme/rest")),
            ("ABC", &["Front end "], Some("acme/rest")),
            ("OPS", &["Front end"], Some("ops/web")),
            ("OPS", &[], None),
            ("OPS", &["Web/API"], None),
            ("AB", &["Front end"], None),
        ] {
            let names: Vec<_> = components.iter().map(|name| JiraComponent::parse(*name).unwrap()).collect();
            let found = mappings.of(&SiteProject::parse(project).unwrap(), &names);
            let repository = found.and_then(|mapping| mapping.repository.as_ref()).map(RepositoryId::as_str);
            assert_eq!(repository, expected, "{project} {components:?}");
        }
    }

    #[test]
    fn a_project_and_component_have_one_mapping_and_there_are_not_too_many() {
        assert_eq!(mappings("A x\nA/c x\nA/C x\nB x\nA/c y"), Err(MappingsError::Twice { at: 4, first: 1 }));
        assert_eq!(mappings("A x\nB x\nA y"), Err(MappingsError::Twice { at: 2, first: 0 }));
        let many = |count| mappings(&(0..count).map(|index| format!("A/{index} x\n")).collect::<String>());
        assert_eq!(many(500).unwrap().as_slice().len(), 500);
        assert_eq!(many(501), Err(MappingsError::TooMany(501)));
    }

    #[test]
    fn what_is_read_back_is_checked_again() {
        let one = r#"{"project":"A","component":null,"repository":"x","base":"main","branch_template":"${issuekey}"}"#;
        let read = |text: &str| serde_json::from_str::<Mappings>(text);
        let mappings = read(&format!("[{one}]")).unwrap();
        assert_eq!(serde_json::to_string(&mappings).unwrap(), format!("[{one}]"));
        assert!(read(&format!("[{one},{one}]")).is_err());
        assert!(read(&format!("[{}]", one.replace("main", "a..b"))).is_err());
        assert!(read(&format!("[{}]", one.replace("${issuekey}", "x"))).is_err());
    }
}
