//! `--map`: what a Jira project, or one component of it, is worked on with, as one argument.
//!
//! `ABC/Front end=repository=octo-org/web,base=main,template=${issuekey}-${summary}`. The template comes last, because it
//! may hold commas, and so may a component's name.

use crate::cli::answer::{Table, or_dash};
use crate::cli::failure::Usage;
use model::{BranchName, BranchTemplate, JiraComponent, Mapping, Mappings, RepositoryId, SiteProject};

/// The parts after the project and component, in any order but for the last.
const PARTS: [&str; 3] = ["repository=", "base=", "template="];

/// One mapping to put in the place of the one for the same project and component; one that says nothing takes it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change(Mapping);

/// Reads one argument.
pub(super) fn change(text: &str) -> Result<Change, String> {
    let (key, mut rest) = split(text)
        .ok_or("it has to be [SITE/]PROJECT[/COMPONENT]=[repository=ID][,base=BRANCH][,template=TEMPLATE]")?;
    let (project, component) = project_and_component(key);
    let mut mapping = Mapping {
        project: SiteProject::parse(project).map_err(text_of)?,
        component: component.map(JiraComponent::parse).transpose().map_err(text_of)?,
        repository: None,
        base: None,
        branch_template: None,
    };
    while let Some(part) = PARTS.iter().find(|part| rest.starts_with(**part)) {
        let (value, after) = value(&rest[part.len()..], part);
        let is_new = match *part {
            "repository=" => mapping.repository.replace(RepositoryId::parse(value).map_err(text_of)?).is_none(),
            "base=" => mapping.base.replace(BranchName::parse(value).map_err(text_of)?).is_none(),
            _ => mapping.branch_template.replace(BranchTemplate::parse(value).map_err(text_of)?).is_none(),
        };
        if !is_new {
            return Err(format!("{part} stands twice"));
        }
        rest = after;
    }
    Ok(Change(mapping))
}

/// A site's id is in small letters, a project's key in capitals: what stands before the first `/` says which it is.
fn project_and_component(key: &str) -> (&str, Option<&str>) {
    let names_a_site = key.starts_with(|first: char| first.is_ascii_lowercase() || first.is_ascii_digit());
    let slash = key.match_indices('/').nth(usize::from(names_a_site));
    slash.map_or((key, None), |(at, _)| (&key[..at], Some(&key[at + 1..])))
}

/// Before and after the `=` that a part, or nothing, follows.
fn split(text: &str) -> Option<(&str, &str)> {
    let starts = |at: &usize| PARTS.iter().any(|part| text[at + 1..].starts_with(part));
    let first = text.match_indices('=').map(|(at, _)| at).find(starts);
    match first {
        Some(at) => Some((&text[..at], &text[at + 1..])),
        None => text.strip_suffix('=').map(|key| (key, "")),
    }
}

/// A part's value, and what follows the comma behind it. Only a comma before another part ends a value.
fn value<'a>(text: &'a str, part: &str) -> (&'a str, &'a str) {
    let ends = |at: &usize| part != "template=" && PARTS.iter().any(|part| text[at + 1..].starts_with(part));
    match text.match_indices(',').map(|(at, _)| at).find(ends) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    }
}

fn text_of(error: impl ToString) -> String {
    error.to_string()
}

/// The list after the changes. What is new comes last.
pub(super) fn changed(before: Mappings, changes: Vec<Change>) -> Result<Mappings, Usage> {
    let mut mappings = Vec::from(before);
    for Change(change) in changes {
        let is_it = |mapping: &Mapping| (&mapping.project, &mapping.component) == (&change.project, &change.component);
        let says_nothing = change.repository.is_none() && change.base.is_none() && change.branch_template.is_none();
        match mappings.iter().position(is_it) {
            Some(at) if says_nothing => drop(mappings.remove(at)),
            Some(at) => mappings[at] = change,
            None if says_nothing => {}
            None => mappings.push(change),
        }
    }
    Mappings::new(mappings).map_err(|error| Usage(format!("--map: {error}")))
}

pub(super) fn table(mappings: &Mappings) -> Table {
    let mut table = Table::new(["PROJECT", "COMPONENT", "REPOSITORY", "BASE", "TEMPLATE"]);
    for Mapping { project, component, repository, base, branch_template } in mappings.as_slice() {
        table.row([
            project.to_string(),
            or_dash(component.as_ref()),
            or_dash(repository.as_ref()),
            or_dash(base.as_ref()),
            or_dash(branch_template.as_ref().map(BranchTemplate::as_str)),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(text: &str) -> Result<Value, String> {
        change(text).map(|Change(mapping)| {
            json!([mapping.project, mapping.component, mapping.repository, mapping.base, mapping.branch_template])
        })
    }

    #[test]
    fn an_argument_names_project_component_and_what_they_are_worked_on_with() {
        for (text, expected) in [
            ("ABC=repository=acme/web", json!(["ABC", null, "acme/web", null, null])),
            ("ABC/Front end=base=main,repository=acme/web", json!(["ABC", "Front end", "acme/web", "main", null])),
            ("ABC/a/b=c,d=repository=r,1=2,base=x=y", json!(["ABC", "a/b=c,d", "r,1=2", "x=y", null])),
            (
                "ABC=template=${issuetype:Bug=fix,base=x}/${issuekey}",
                json!(["ABC", null, null, null, "${issuetype:Bug=fix,base=x}/${issuekey}"]),
            ),
            ("ABC/x==", json!(["ABC", "x=", null, null, null])),
            ("ABC=", json!(["ABC", null, null, null, null])),
        ] {
            assert_eq!(read(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn an_argument_that_is_none_is_refused_with_what_would_be_right() {
        for (text, part) in [
            ("ABC", "PROJECT[/COMPONENT]="),
            ("ABC=acme/web", "PROJECT[/COMPONENT]="),
            ("abc=repository=r", "a Jira project key"),
            ("ABC/=repository=r", "a Jira component"),
            ("ABC=repository=", "a repository id"),
            ("ABC=base=a..b", "`..`"),
            ("ABC=template=x", "${issuekey}"),
            ("ABC=base=a,base=b", "base= stands twice"),
            ("ABC=template=${issuekey},base=b", "character 12: ','"),
        ] {
            let refusal = read(text).unwrap_err();
            assert!(refusal.contains(part), "{text}: {refusal}");
        }
    }

    #[test]
    fn changes_keep_the_order_and_nothing_takes_one_away() {
        let list = |before: Mappings, texts: &[&str]| {
            changed(before, texts.iter().map(|text| change(text).unwrap()).collect()).unwrap()
        };
        let keys = |mappings: &Mappings| -> Vec<String> {
            let key = |one: &Mapping| {
                format!("{}/{}={}", one.project, or_dash(one.component.as_ref()), or_dash(one.repository.as_ref()))
            };
            mappings.as_slice().iter().map(key).collect()
        };
        let first = list(Mappings::default(), &["A=repository=1", "A/x=repository=2", "B=repository=3"]);
        assert_eq!(keys(&first), ["A/-=1", "A/x=2", "B/-=3"]);
        let second = list(first, &["A/x=repository=4", "A=", "C=repository=5", "D="]);
        assert_eq!(keys(&second), ["A/x=4", "B/-=3", "C/-=5"]);
    }
}
