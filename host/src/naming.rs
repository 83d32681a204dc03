//! What administrators say of branch names and of the repositories of Jira projects, read member by member.

use crate::operate::OperationError;
use crate::problem::Problem;
use crate::view::MappingView;
use model::{
    BranchName, BranchTemplate, FieldError, JiraComponent, Letters, Mapping, Mappings, MappingsError, MaxLength,
    NamingError, RepositoryId, Separator, SiteProject,
};

/// Most refusals told at once: more are no help to whoever reads them.
const MAX_REFUSALS: usize = 20;

/// An integration's own template.
pub(crate) fn template(text: Option<String>) -> Result<Option<BranchTemplate>, Problem> {
    let template = text.map(BranchTemplate::try_from).transpose();
    template.map_err(|error| Problem::invalid("branch_template", error.to_string()))
}

pub(crate) fn separator(text: Option<String>) -> Result<Separator, Problem> {
    let separator = text.map(|text| text.parse()).transpose();
    Ok(separator.map_err(|error| invalid("branch_separator", &error))?.unwrap_or_default())
}

pub(crate) fn letters(text: Option<String>) -> Result<Letters, Problem> {
    let letters = text.map(|text| text.parse()).transpose();
    Ok(letters.map_err(|error| invalid("branch_letters", &error))?.unwrap_or_default())
}

pub(crate) fn max_length(bytes: Option<u32>) -> Result<Option<MaxLength>, Problem> {
    bytes.map(MaxLength::try_from).transpose().map_err(|error| invalid("branch_max_length", &error))
}

fn invalid(field: &str, error: &NamingError) -> Problem {
    Problem::invalid(field, error.to_string())
}

/// Tells every member that cannot be used, by its place in the list.
pub(crate) fn mappings(given: Vec<MappingView>) -> Result<Mappings, Problem> {
    let mut refused = Refused::default();
    let read: Vec<_> = given.into_iter().enumerate().filter_map(|(at, view)| mapping(view, at, &mut refused)).collect();
    if !refused.0.is_empty() {
        return Err(OperationError::Invalid(refused.0).into());
    }
    Mappings::new(read).map_err(|error| match error {
        MappingsError::TooMany(_) => Problem::invalid("mappings", error.to_string()),
        MappingsError::Twice { at, .. } => Problem::invalid(&format!("mappings[{at}]"), error.to_string()),
    })
}

/// None where a member was refused.
fn mapping(view: MappingView, at: usize, refused: &mut Refused) -> Option<Mapping> {
    let MappingView { project, component, repository, base, branch_template } = view;
    let project = if project.is_empty() {
        refused.unless(at, "project", Err("has to be given"))
    } else {
        refused.unless(at, "project", SiteProject::parse(&project).map(Some))
    };
    let component = refused.unless(at, "component", component.map(JiraComponent::parse).transpose());
    let repository = refused.unless(at, "repository", repository.map(RepositoryId::parse).transpose());
    let base = refused.unless(at, "base", base.map(BranchName::parse).transpose());
    let branch_template =
        refused.unless(at, "branch_template", branch_template.map(BranchTemplate::try_from).transpose());
    Some(Mapping { project: project?, component, repository, base, branch_template })
}

/// What cannot be used, member by member.
#[derive(Default)]
struct Refused(Vec<FieldError>);

impl Refused {
    /// The value of a member, or nothing and a refusal.
    fn unless<T, E: ToString>(&mut self, at: usize, member: &str, read: Result<Option<T>, E>) -> Option<T> {
        read.unwrap_or_else(|error| {
            if self.0.len() < MAX_REFUSALS {
                self.0.push(FieldError { field: format!("mappings[{at}].{member}"), message: error.to_string() });
            }
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(given: &Value) -> Result<Mappings, Value> {
        let given = serde_json::from_value(given.clone()).unwrap();
        mappings(given).map_err(|problem| serde_json::to_value(problem).unwrap()["errors"].take())
    }

    fn fields(refused: &Value) -> Vec<&str> {
        refused.as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect()
    }

    #[test]
    fn every_member_that_cannot_be_used_is_named_by_its_place() {
        let good = json!({ "project": "ABC", "component": "Front end", "repository": "r", "base": "main",
                           "branch_template": "${issuekey}" });
        let refused = read(&json!([
            good,
            { "project": "abc", "component": "", "base": "a..b" },
            { "project": "ABC", "repository": "a\nb", "branch_template": "x" },
        ]))
        .unwrap_err();
        assert_eq!(
            fields(&refused),
            [
                "mappings[1].project",
                "mappings[1].component",
                "mappings[1].base",
                "mappings[2].repository",
                "mappings[2].branch_template",
            ]
        );
        assert_eq!(refused[2]["message"], "a branch name cannot contain `..`");
        let read = read(&json!([good])).unwrap();
        assert_eq!(serde_json::to_value(MappingView::from(&read.as_slice()[0])).unwrap(), good);
    }

    #[test]
    fn the_list_itself_may_be_too_long_or_name_one_twice_and_refusals_have_an_end() {
        let many = |count: usize, project: &dyn Fn(usize) -> String| -> Value {
            (0..count).map(|index| json!({ "project": project(index) })).collect()
        };
        assert_eq!(fields(&read(&many(501, &|index| format!("A{index}"))).unwrap_err()), ["mappings"]);
        assert_eq!(fields(&read(&many(3, &|index| format!("A{}", index % 2))).unwrap_err()), ["mappings[2]"]);
        assert_eq!(fields(&read(&many(500, &|_| "a".to_owned())).unwrap_err()).len(), MAX_REFUSALS);
    }
}
