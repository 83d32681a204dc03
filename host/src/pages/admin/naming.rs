//! How branches are named: the fields for it, and what they make of an issue of the administrator's choosing, while she types or
//! when she asks.

use http::request::Parts;
use maud::{Markup, html};

use super::kinds::named;
use super::names::PREVIEW;
use super::session::Administering;
use super::values::Values;
use crate::naming;
use crate::pages::answer::Page;
use crate::pages::fields::line;
use crate::pages::form::Fields;
use crate::pages::path::FromPath;
use crate::pages::visit::query;
use crate::pages::words;
use crate::problem::Problem;
use model::{BranchFacts, BranchNaming, IssueKey, Kind, Letters, UserNames};

/// The field with the issue: `ABC-1 Log in with a passkey`.
const ISSUE: &str = "preview_issue";
const TEMPLATE: &str = "branch_template";
const SEPARATOR: &str = "branch_separator";
const LETTERS: &str = "branch_letters";
const MAX_LENGTH: &str = "branch_max_length";
/// Where the name is shown.
const SHOWN: &str = "branch-name";

#[derive(serde::Deserialize)]
pub(super) struct Named {
    id: String,
}

/// For the script: of fields as the query has them. Nothing is stored, and nothing asked of any git server.
pub(super) async fn show(at: Administering, FromPath(path): FromPath<Named>, parts: Parts) -> Result<Page, Page> {
    let (_, kind) = named(&at, &path.id).await?;
    let issue = query(&parts, ISSUE).unwrap_or_default();
    Ok(Page::part(match of(|name| query(&parts, name)) {
        Ok(naming) => suggested(&naming, &kind, &issue),
        Err(problem) => html! { @for error in problem.errors() { span .error { bdi { (error.message) } } } },
    }))
}

/// The issue to try a template with, where one is typed or asked for.
pub(super) fn issue_of(fields: &Fields) -> String {
    let typed = fields.text(ISSUE).trim();
    if typed.is_empty() && fields.has(PREVIEW) { words::AN_ISSUE.to_owned() } else { typed.to_owned() }
}

/// The fields, filled in; with what they make of an issue, if there is one.
pub(super) fn fields(
    at: &Administering,
    naming: &BranchNaming,
    kind: &Kind,
    values: Values<'_>,
    issue: &str,
    problem: Option<&Problem>,
) -> Markup {
    let stored = naming.template.as_ref().map(|template| template.as_str()).unwrap_or_default();
    let template = values.text(TEMPLATE, stored);
    let stored = naming.max_length.map(|max| max.bytes().to_string()).unwrap_or_default();
    let length = values.text(MAX_LENGTH, &stored);
    let separator = values.text(SEPARATOR, &naming.separator.as_char().to_string());
    let separator_id = format!("field-{SEPARATOR}");
    let letters = values.text(LETTERS, naming.letters.as_str());
    let letters_id = format!("field-{LETTERS}");
    // Of what cannot be read nothing is made; what is stored would make another name.
    let is_wrong = |name| problem.is_some_and(|problem: &Problem| problem.at_field(name).next().is_some());
    let is_read = ![TEMPLATE, SEPARATOR, LETTERS, MAX_LENGTH].into_iter().any(is_wrong);
    html! {
        div data-preview=(at.path(&format!("kinds/{}/branch-name", kind.id))) data-shown=(SHOWN) {
            (line(TEMPLATE, words::TEMPLATE, &template, words::TEMPLATE_HELP, false, problem))
            div .field {
                label for=(separator_id) { (words::SEPARATOR) }
                select id=(separator_id) name=(SEPARATOR) {
                    @for choice in ["-", "_", "."] { option value=(choice) selected[choice == separator] { (choice) } }
                }
            }
            div .field {
                label for=(letters_id) { (words::LETTERS) }
                select id=(letters_id) name=(LETTERS) {
                    @for choice in Letters::ALL {
                        option value=(choice.as_str()) selected[choice.as_str() == letters] { (words::letters(choice)) }
                    }
                }
            }
            (line(MAX_LENGTH, words::MAX_LENGTH, &length, words::MAX_LENGTH_HELP, false, problem))
            (line(ISSUE, words::PREVIEW_ISSUE, issue, words::PREVIEW_ISSUE_HELP, false, None))
            p id=(SHOWN) role="status" { @if !issue.is_empty() && is_read { (suggested(naming, kind, issue)) } }
        }
        p { button .quiet type="submit" name=(PREVIEW) value="yes" data-look="" formnovalidate { (words::PREVIEW) } }
    }
}

/// How branches are named, of what each field is filled with.
pub(super) fn of(filled: impl Fn(&str) -> Option<String>) -> Result<BranchNaming, Problem> {
    let filled = |name| filled(name).filter(|text| !text.trim().is_empty());
    let length = filled(MAX_LENGTH).map(|text| text.trim().parse()).transpose();
    let length = length.map_err(|_| Problem::invalid(MAX_LENGTH, words::NO_NUMBER))?;
    Ok(BranchNaming {
        template: naming::template(filled(TEMPLATE))?,
        separator: naming::separator(filled(SEPARATOR))?,
        letters: naming::letters(filled(LETTERS))?,
        max_length: naming::max_length(length)?,
    })
}

/// What the template makes of an issue, as it is shown.
fn suggested(naming: &BranchNaming, kind: &Kind, issue: &str) -> Markup {
    let issue = if issue.trim().is_empty() { words::AN_ISSUE } else { issue.trim() };
    let (key, summary) = issue.split_once(' ').unwrap_or((issue, ""));
    match IssueKey::parse(key) {
        Ok(key) => {
            let facts = BranchFacts {
                issue: &key,
                summary,
                issue_type: Some("Story"),
                base: Some("main"),
                user: &UserNames::default(),
            };
            let name = naming.suggest(None, &facts, &kind.branch_rules);
            html! { (words::PREVIEW) ": " code { bdi { (name) } } }
        }
        Err(error) => html! { span .error { (error) } },
    }
}
