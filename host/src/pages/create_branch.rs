//! `create-branch`: repository, whose credential, base branch, branch name.

use std::collections::BTreeMap;

use axum::extract::{Request, State};
use http::request::Parts;
use maud::{Markup, html};

use super::answer::Page;
use super::dialog::{self, Asked, Dialog, Ready, Seen, Sent, Texts, typed};
use super::fields::line;
use super::form::Fields;
use super::made::{Credit, Done, Elsewhere, Made, name_of_repository};
use super::picker::{Chosen, REPOSITORY};
use super::visit::{Entered, Visiting};
use super::words;
use crate::operate::{self, Ask, BranchAsked, ListBranches, OperationError, SharedApp};
use crate::problem::Problem;
use model::{IssueKey, PageLimit, PageName};

const PAGE: PageName = PageName::CreateBranch;
pub(super) const BASE: &str = "from";
pub(super) const NAME: &str = "name";
/// What is kept of the form.
const TYPED: [&str; 2] = [BASE, NAME];
/// What is kept of it where the visit has ended meanwhile.
const LEFT: [&str; 3] = [REPOSITORY, BASE, NAME];

pub(super) async fn show(at: Visiting, parts: Parts) -> Result<Page, Page> {
    let dialog = dialog(&at, dialog::draft(&at, PAGE).await?);
    match dialog.asked(&parts, title()).await? {
        Asked::Dialog(chosen) => form(&dialog, Some(chosen), None).await,
        Asked::Other(page) => Ok(page),
    }
}

pub(super) async fn enter(State(app): State<SharedApp>, request: Request) -> Result<Page, Page> {
    let Entered { at, fields } = Entered::read(&app, request, PAGE, &LEFT).await?;
    let mut dialog = dialog(&at, dialog::draft(&at, PAGE).await?);
    let typed = typed(&fields, &TYPED);
    if let Some(elsewhere) = dialog.aside(&fields, typed.clone()).await? {
        return Ok(elsewhere);
    }
    dialog.take(&fields, typed);
    match dialog.send(&fields, |ask, chosen| create(&at, &fields, ask, chosen)).await? {
        Sent::Done(results) => Ok(results),
        Sent::Failed(problem) => form(&dialog, dialog.chosen().await?, Some(&at_its_field(problem))).await,
    }
}

/// Said at the field that it came of, too.
fn at_its_field(problem: Problem) -> Problem {
    match problem.code() {
        "base-missing" => problem.of_field(BASE, words::NO_SUCH_BRANCH),
        "name-invalid" => problem.of_field(NAME, words::NAME_REFUSED),
        "already-exists" => problem.of_field(NAME, words::NAME_TAKEN),
        _ => problem,
    }
}

fn title() -> &'static str {
    words::title_of(PAGE)
}

fn dialog(at: &Visiting, draft: BTreeMap<String, String>) -> Dialog<'_> {
    Dialog { at, page: PAGE, choices: |outlook| &outlook.create_branch, fields: &TYPED, draft }
}

async fn create(at: &Visiting, fields: &Fields, ask: Ask, chosen: Chosen) -> Result<Done, OperationError> {
    let branch = BranchAsked {
        repository: chosen.repository.clone(),
        name: fields.text(NAME).trim().to_owned(),
        from: fields.text(BASE).trim().to_owned(),
        issue: issue(at).cloned(),
    };
    let done = match operate::perform(&at.app, &ask, &branch.held()?).await {
        Ok(done) => done,
        // It stands somewhere else than it would have been made.
        Err(error) if error.is_there_already() => return there(at, fields, &ask, &chosen).await.ok_or(error),
        Err(error) => return Err(error),
    };
    let made = done.answer.branch;
    Ok(Done {
        made: Made::Branch,
        name: made.name,
        url: made.web_url,
        existed: done.answer.standing.existed(),
        answer_lost: done.answer.standing.answer_lost(),
        notes: Vec::new(),
        elsewhere: None,
        integration: chosen.integration,
        repository: chosen.repository,
        repository_name: name_of_repository(fields),
        credit: Credit::from(&done.receipt),
    })
}

/// The branch of that name that is there, to be shown instead; none where it is not found, whatever stands in the way.
async fn there(at: &Visiting, fields: &Fields, ask: &Ask, chosen: &Chosen) -> Option<Done> {
    let name = fields.text(NAME).trim();
    let (repository, query) = (chosen.repository.clone(), Some(name.to_owned()));
    let list = ListBranches { repository, query, cursor: None, limit: PageLimit::MOST };
    let found = operate::perform(&at.app, ask, &list).await.ok()?;
    let branch = found.answer.items.into_iter().find(|branch| branch.name == name)?;
    Some(Done {
        made: Made::Branch,
        name: branch.name,
        url: branch.web_url,
        existed: true,
        answer_lost: false,
        notes: Vec::new(),
        elsewhere: Some(Elsewhere { base: fields.text(BASE).trim().to_owned() }),
        integration: chosen.integration.clone(),
        repository: chosen.repository.clone(),
        repository_name: name_of_repository(fields),
        credit: Credit::from(&found.receipt),
    })
}

fn issue(at: &Visiting) -> Option<&IssueKey> {
    at.visit.context.issue.as_ref().map(|issue| &issue.key)
}

/// 422 where it is shown again because of a problem.
async fn form(dialog: &Dialog<'_>, chosen: Option<Chosen>, problem: Option<&Problem>) -> Result<Page, Page> {
    let Some(chosen) = chosen else { return Ok(dialog.picker()) };
    let ready = dialog.ready(chosen).await?;
    let rows = dialog.fillable(&ready).map(|seen| rows(dialog, &ready, seen, problem)).unwrap_or_default();
    let texts = Texts { heading: title(), button: words::CREATE_BRANCH };
    Ok(dialog.page(&ready, &texts, rows, problem))
}

fn rows(dialog: &Dialog<'_>, ready: &Ready, seen: &Seen, problem: Option<&Problem>) -> Markup {
    let suggestion = dialog.at.visit.context.issue.as_ref().and_then(|issue| {
        let from = dialog.draft.get(BASE).map(String::as_str).or(seen.repository.default_branch.as_deref());
        operate::suggest(&ready.looked, &ready.ask, issue, from).ok()
    });
    let kept = |name: &str| dialog.draft.get(name).cloned();
    let base = kept(BASE).or_else(|| seen.base(&ready.chosen, suggestion.as_ref())).unwrap_or_default();
    let name = kept(NAME).or(suggestion.map(|suggestion| suggestion.name.to_string())).unwrap_or_default();
    let help = match issue(dialog.at) {
        Some(key) => words::branch_name_help(key.as_str()),
        None => String::new(),
    };
    html! {
        (dialog.suggested(&[(BASE, &base), (NAME, &name)]))
        @if seen.repository.is_read_only { p .told.wrong { (words::READ_ONLY_REPOSITORY) } }
        @if seen.repository.default_branch.is_none() { p .told { (words::EMPTY_REPOSITORY) } }
        (dialog::branch(BASE, words::BASE_BRANCH, &base, if seen.more { words::TYPE_FOR_MORE } else { "" }, problem))
        (dialog::branch_list(&seen.branches))
        (line(NAME, words::BRANCH_NAME, &name, &help, true, problem))
    }
}
