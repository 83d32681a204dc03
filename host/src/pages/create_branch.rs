//! `create-branch`: repository, whose credential, base branch, branch name.

use std::collections::BTreeMap;

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::request::Parts;
use maud::{Markup, html};

use super::answer::Page;
use super::dialog::{self, ACT_AS, Dialog, Ready, Seen};
use super::fields::{described_by, labelled};
use super::form::Fields;
use super::made::{Done, Made};
use super::once::{ATTEMPT, Outcome, id_of, new_attempt, once};
use super::picker::{Chosen, REPOSITORY};
use super::visit::{Entered, Visiting};
use super::{told, words};
use crate::operate::{self, BranchAsked, OperationError, SharedApp};
use crate::problem::Problem;
use model::{IssueKey, PageName};

const PAGE: PageName = PageName::CreateBranch;
const BASE: &str = "from";
const NAME: &str = "name";
/// What is kept of the form.
const TYPED: [&str; 2] = [BASE, NAME];
/// What is kept of it where the visit has ended meanwhile.
const LEFT: [&str; 3] = [REPOSITORY, BASE, NAME];

pub(super) async fn show(at: Visiting, parts: Parts) -> Result<Response, Page> {
    let dialog = dialog(&at, at.draft(PAGE).await?);
    if let Some(beside) = dialog.beside(&parts, title()).await? {
        return Ok(beside);
    }
    Ok(form(&dialog, None).await?.into_response())
}

pub(super) async fn enter(State(app): State<SharedApp>, request: Request) -> Result<Page, Page> {
    let Entered { at, fields } = Entered::read(&app, request, PAGE, &LEFT).await?;
    let mut dialog = dialog(&at, at.draft(PAGE).await?);
    let typed = fields.kept(&TYPED);
    if let Some(elsewhere) = dialog.aside(&fields, typed.clone()).await? {
        return Ok(elsewhere);
    }
    dialog.draft.extend(typed);
    let problem = match create(&at, &fields).await? {
        Outcome::Done(id) => {
            at.drop_draft(PAGE).await;
            return Ok(at.see(&format!("results/{id}")));
        }
        Outcome::Failed(error) => dialog::problem(&at, error),
    };
    at.keep(PAGE, dialog.draft.clone()).await?;
    form(&dialog, Some(&problem)).await
}

fn title() -> &'static str {
    words::title_of(PAGE)
}

fn dialog(at: &Visiting, draft: BTreeMap<String, String>) -> Dialog<'_> {
    Dialog { at, page: PAGE, choices: |outlook| &outlook.create_branch, draft }
}

async fn create(at: &Visiting, fields: &Fields) -> Result<Outcome, Page> {
    let Some(chosen) = Chosen::parse(fields.text(REPOSITORY)) else {
        return Ok(Outcome::Failed(OperationError::invalid("repository", "has to be chosen")));
    };
    let asked = fields.kept(&[BASE, NAME, ACT_AS, REPOSITORY]);
    let id = id_of(at, fields.text(ATTEMPT), &asked);
    let mut ask = at.ask(&chosen.integration, dialog::act_as(fields));
    ask.attempt_token.clone_from(&id);
    let branch = BranchAsked {
        repository: chosen.repository.clone(),
        name: fields.text(NAME).trim().to_owned(),
        from: fields.text(BASE).trim().to_owned(),
        issue: issue(at).cloned(),
    };
    let work = async {
        let done = operate::perform(&at.app, &ask, &branch.held()?).await?;
        let made = done.answer.branch;
        let kept = Done {
            made: Made::Branch,
            name: made.name,
            url: made.web_url,
            existed: done.answer.existed,
            notes: Vec::new(),
            integration: chosen.integration.clone(),
            repository: chosen.repository.clone(),
            account: String::new(),
            is_users: false,
            expected: None,
        };
        Ok(kept.credited(&done.receipt))
    };
    once(at, id, work).await
}

fn issue(at: &Visiting) -> Option<&IssueKey> {
    at.visit.context.issue.as_ref().map(|issue| &issue.key)
}

/// 422 where it is shown again because of a problem.
async fn form(dialog: &Dialog<'_>, problem: Option<&Problem>) -> Result<Page, Page> {
    let Some(ready) = dialog.ready().await? else { return Ok(dialog.at.see(&format!("{}?change=yes", PAGE.as_str()))) };
    let whose = dialog.whose(&ready);
    let title = match problem {
        Some(_) => format!("{}: {}", words::NOT_CREATED, title()),
        None => title().to_owned(),
    };
    let rows = match &ready.seen {
        Some(Ok(seen)) if whose.act_as().is_some() => rows(dialog, &ready, seen, problem),
        _ => Markup::default(),
    };
    let is_seen = matches!(ready.seen, Some(Ok(_)));
    let main = html! {
        (dialog.head(words::title_of(PAGE)))
        @if let Some(problem) = problem { (told::above(problem)) }
        form method="post" action=(dialog.at.path(PAGE.as_str())) autocomplete="off" {
            (dialog.at.proof())
            input type="hidden" name=(ATTEMPT) value=(new_attempt(dialog.at));
            input type="hidden" name=(ACT_AS) value=(dialog::act_as_text(&whose));
            (first_button(&whose, is_seen))
            (dialog.repository(&ready, &whose))
            (rows)
            p .buttons { (dialog::submit(words::CREATE_BRANCH, &whose, is_seen)) " " (dialog.cancel()) }
        }
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(dialog.at.page(status, &title, false, main))
}

/// Enter presses the first button of a form, which is to be the one that creates, and not one that leads elsewhere.
pub(super) fn first_button(whose: &dialog::WhoseCredential<'_>, is_seen: bool) -> Markup {
    let is_open = whose.act_as().is_some() && is_seen;
    html! { button .first type="submit" tabindex="-1" aria-hidden="true" disabled[!is_open] {} }
}

fn rows(dialog: &Dialog<'_>, ready: &Ready, seen: &Seen, problem: Option<&Problem>) -> Markup {
    let suggestion = dialog.at.visit.context.issue.as_ref().and_then(|issue| {
        let from = dialog.draft.get(BASE).map(String::as_str).or(seen.repository.default_branch.as_deref());
        operate::suggest(&ready.looked, &ready.ask, issue, from).ok()
    });
    let set_up = suggestion.as_ref().and_then(|suggestion| {
        let is_it = suggestion.repository.as_ref().is_none_or(|repository| *repository == seen.repository.id);
        suggestion.base.as_ref().filter(|_| is_it).map(ToString::to_string)
    });
    let typed = |name: &str| dialog.draft.get(name).cloned();
    let base = typed(BASE).or(set_up).or_else(|| seen.repository.default_branch.clone()).unwrap_or_default();
    let name = typed(NAME).or(suggestion.map(|suggestion| suggestion.name.to_string())).unwrap_or_default();
    let help = match issue(dialog.at) {
        Some(key) => words::branch_name_help(key.as_str()),
        None => String::new(),
    };
    html! {
        @if seen.repository.is_read_only { p .told.wrong { (words::READ_ONLY_REPOSITORY) } }
        @if seen.repository.default_branch.is_none() { p .told { (words::EMPTY_REPOSITORY) } }
        (branch_field(BASE, words::BASE_BRANCH, &base, if seen.more { words::TYPE_FOR_MORE } else { "" }, problem))
        datalist id="branches" { (dialog::options(&seen.branches)) }
        (text_field(NAME, words::BRANCH_NAME, &name, &help, problem))
    }
}

/// A field with the branches that are known to choose from; any name can be typed.
pub(super) fn branch_field(name: &str, label: &str, value: &str, help: &str, problem: Option<&Problem>) -> Markup {
    let id = format!("field-{name}");
    let (described_by, is_wrong) = described_by(&id, name, !help.is_empty(), problem);
    let control = html! {
        input id=(id) name=(name) type="text" value=(value) list="branches" required autocomplete="off"
            autocapitalize="none" spellcheck="false" aria-describedby=[described_by]
            aria-invalid=[is_wrong.then_some("true")] data-branches="branches";
    };
    labelled(&id, label, true, help, name, problem, control)
}

/// A field of one line.
pub(super) fn text_field(name: &str, label: &str, value: &str, help: &str, problem: Option<&Problem>) -> Markup {
    let id = format!("field-{name}");
    let (described_by, is_wrong) = described_by(&id, name, !help.is_empty(), problem);
    let control = html! {
        input id=(id) name=(name) type="text" value=(value) required autocomplete="off" autocapitalize="none"
            spellcheck="false" aria-describedby=[described_by] aria-invalid=[is_wrong.then_some("true")];
    };
    labelled(&id, label, true, help, name, problem, control)
}
