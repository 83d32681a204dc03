//! `create-pull-request`: repository, whose credential, source and target branch, title; description, draft, reviewers.

use std::collections::BTreeMap;

use axum::extract::{Request, State};
use http::request::Parts;
use maud::{Markup, html};

use super::answer::Page;
use super::dialog::{self, Asked, Dialog, Ready, Seen, Sent, Texts, typed};
use super::fields::{AS_TYPED, described_by, labelled, line};
use super::form::Fields;
use super::made::{Credit, Done, Made, SOURCE, name_of_repository};
use super::picker::{Chosen, PART, REPOSITORY};
use super::visit::{Entered, Visiting, query};
use super::{markdown, words};
use crate::operate::{
    self, Ask, CompareBranches, GetTemplate, ListBranches, OperationError, PullRequestAsked, SharedApp,
};
use crate::problem::Problem;
use model::{ActAs, Branch, BranchName, Comparison, Offers, PageIssue, PageLimit, PageName, Standing, Title};

const PAGE: PageName = PageName::CreatePullRequest;
const TARGET: &str = "target";
const TITLE: &str = "title";
const DESCRIPTION: &str = "description";
const DRAFT: &str = "draft";
const REVIEWERS: &str = "reviewers";
/// The description was shown with the repository's template in it: it is not to be put in again.
const WITH_TEMPLATE: &str = "with-template";
/// Button that shows the description as its readers will see it.
const PREVIEW: &str = "preview";
const YES: &str = "yes";
/// What is said of the two branches, and the part with it.
const COMPARISON: &str = "comparison";
/// The form has a box for a draft: one that is not ticked is not sent.
const HAS_DRAFTS: &str = "has-drafts";
/// What is kept of the form.
const TYPED: [&str; 7] = [SOURCE, TARGET, TITLE, DESCRIPTION, DRAFT, REVIEWERS, WITH_TEMPLATE];
/// What is kept of it where the visit has ended meanwhile.
const LEFT: [&str; 8] = [REPOSITORY, SOURCE, TARGET, TITLE, DESCRIPTION, DRAFT, REVIEWERS, WITH_TEMPLATE];

pub(super) async fn show(at: Visiting, parts: Parts) -> Result<Page, Page> {
    let dialog = dialog(&at, dialog::draft(&at, PAGE).await?);
    if query(&parts, PART).as_deref() == Some(COMPARISON) {
        return Ok(Page::part(compared(&at, &parts).await));
    }
    match dialog.asked(&parts, title()).await? {
        Asked::Dialog(chosen) => form(&dialog, Some(chosen), None, false).await,
        Asked::Other(page) => Ok(page),
    }
}

pub(super) async fn enter(State(app): State<SharedApp>, request: Request) -> Result<Page, Page> {
    let Entered { at, fields } = Entered::read(&app, request, PAGE, &LEFT).await?;
    let mut dialog = dialog(&at, dialog::draft(&at, PAGE).await?);
    let mut typed = typed(&fields, &TYPED);
    if !typed.contains_key(DESCRIPTION) {
        typed.remove(WITH_TEMPLATE);
    }
    if fields.has(HAS_DRAFTS) && !fields.has(DRAFT) {
        typed.insert(DRAFT.to_owned(), String::new());
    }
    if let Some(elsewhere) = dialog.aside(&fields, typed.clone()).await? {
        return Ok(elsewhere);
    }
    dialog.take(&fields, typed);
    if fields.has(PREVIEW) {
        at.keep(PAGE, dialog.draft.clone()).await?;
        return form(&dialog, dialog.chosen().await?, None, true).await;
    }
    match dialog.send(&fields, |ask, chosen| create(&at, &fields, ask, chosen)).await? {
        Sent::Done(results) => Ok(results),
        Sent::Failed(problem) => {
            let problem = at_its_field(problem, fields.text(SOURCE).trim());
            form(&dialog, dialog.chosen().await?, Some(&problem), false).await
        }
    }
}

/// Said at the field that it came of, too: a branch that is missing is one of two.
fn at_its_field(problem: Problem, source: &str) -> Problem {
    match problem.code() {
        "base-missing" => {
            let field = if problem.missing() == Some(source) { SOURCE } else { TARGET };
            problem.of_field(field, words::NO_SUCH_BRANCH)
        }
        _ => problem,
    }
}

fn title() -> &'static str {
    words::title_of(PAGE)
}

fn dialog(at: &Visiting, draft: BTreeMap<String, String>) -> Dialog<'_> {
    Dialog { at, page: PAGE, choices: |outlook| &outlook.create_pull_request, fields: &TYPED, draft }
}

async fn create(at: &Visiting, fields: &Fields, ask: Ask, chosen: Chosen) -> Result<Done, OperationError> {
    let issue = at.visit.context.issue.as_ref();
    let asked = PullRequestAsked {
        repository: chosen.repository.clone(),
        title: Some(fields.text(TITLE).trim().to_owned()),
        summary: None,
        source: fields.text(SOURCE).trim().to_owned(),
        target: fields.text(TARGET).trim().to_owned(),
        // As browsers send lines.
        description: Some(fields.text(DESCRIPTION).replace("\r\n", "\n")).filter(|text| !text.trim().is_empty()),
        use_template: fields.text(WITH_TEMPLATE) != YES,
        draft: fields.text(DRAFT) == YES,
        reviewers: logins(fields.text(REVIEWERS)),
        issue: issue.map(|issue| issue.key.clone()),
        issue_url: issue.and_then(|issue| issue.url.clone()),
    };
    let effect = asked.held(&at.app, &ask).await?;
    let done = operate::perform(&at.app, &ask, &effect).await?;
    let made = done.answer.pull_request;
    let mut notes = done.answer.notes;
    let standing = done.answer.standing;
    match standing {
        Standing::Created => {}
        Standing::Existed => notes.insert(0, words::NOT_USED.to_owned()),
        Standing::Found => notes.push(words::KEPT_IN_THE_DIALOG.to_owned()),
    }
    Ok(Done {
        made: Made::PullRequest,
        name: format!("#{} {}", made.number, made.title),
        url: Some(made.web_url),
        existed: standing.existed(),
        answer_lost: standing.answer_lost(),
        notes,
        elsewhere: None,
        integration: chosen.integration,
        repository: chosen.repository,
        repository_name: name_of_repository(fields),
        credit: Credit::from(&done.receipt),
    })
}

/// Between commas or blanks.
fn logins(text: &str) -> Vec<String> {
    let parts = text.split([',', ';', '\n', ' ']).map(|part| part.trim().trim_start_matches('@'));
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// 422 where it is shown again because of a problem.
async fn form(
    dialog: &Dialog<'_>,
    chosen: Option<Chosen>,
    problem: Option<&Problem>,
    is_previewed: bool,
) -> Result<Page, Page> {
    let Some(chosen) = chosen else { return Ok(dialog.picker()) };
    let ready = dialog.ready(chosen).await?;
    let rows = match dialog.fillable(&ready) {
        Some(seen) => {
            let offers = ready.looked.integration().connection.offers;
            rows(&Filled::of(dialog, &ready, seen).await, seen, offers, problem, is_previewed)
        }
        None => Markup::default(),
    };
    let heading = words::create(ready.looked.pull_request_label());
    let texts = Texts { heading: &heading, button: words::CREATE };
    Ok(dialog.page(&ready, &texts, rows, problem))
}

/// What the form starts with: what was typed, else what can be known.
struct Filled {
    source: String,
    target: String,
    title: String,
    description: String,
    with_template: bool,
    is_draft: bool,
    reviewers: String,
    /// Branches with the issue's key in their names.
    of_issue: Vec<Branch>,
    /// What is to be said of the two branches before anything is sent.
    comparison: Markup,
    /// What of it nobody typed.
    suggested: Markup,
}

impl Filled {
    async fn of(dialog: &Dialog<'_>, ready: &Ready, seen: &Seen) -> Self {
        let typed = |name: &str| dialog.draft.get(name).cloned();
        let issue = dialog.at.visit.context.issue.as_ref();
        let suggestion = issue.and_then(|issue| operate::suggest(&ready.looked, &ready.ask, issue, None).ok());
        let target = typed(TARGET).or_else(|| seen.base(&ready.chosen, suggestion.as_ref())).unwrap_or_default();
        let made = issue.map(|issue| Title::of_issue(&issue.key, issue.summary.as_deref()).as_str().to_owned());
        let of_issue = async {
            match issue {
                Some(issue) => branches_of(dialog.at, ready, issue).await,
                None => Vec::new(),
            }
        };
        let description = async {
            match typed(DESCRIPTION) {
                Some(text) => (text, typed(WITH_TEMPLATE).as_deref() == Some(YES)),
                None => template(dialog.at, ready, &target).await,
            }
        };
        let (of_issue, (description, with_template)) = tokio::join!(of_issue, description);
        let first = of_issue.first().map(|branch| branch.name.clone());
        let source = typed(SOURCE).or(first).unwrap_or_default();
        let title = typed(TITLE).or(made).unwrap_or_default();
        let filled_in = [(SOURCE, &source), (TARGET, &target), (TITLE, &title), (DESCRIPTION, &description)];
        Self {
            comparison: comparison(dialog.at, &ready.ask, &ready.chosen, &source, &target).await,
            suggested: dialog.suggested(&filled_in),
            source,
            target,
            title,
            description,
            with_template,
            is_draft: typed(DRAFT).as_deref() == Some(YES),
            reviewers: typed(REVIEWERS).unwrap_or_default(),
            of_issue,
        }
    }
}

/// A help and no more: where they cannot be had, the field takes any name.
async fn branches_of(at: &Visiting, ready: &Ready, issue: &PageIssue) -> Vec<Branch> {
    let query = Some(issue.key.to_string());
    let list =
        ListBranches { repository: ready.chosen.repository.clone(), query, cursor: None, limit: PageLimit::MOST };
    match operate::perform(&at.app, &ready.ask, &list).await {
        Ok(found) => found.answer.items.into_iter().filter(|branch| issue.key.is_in_branch(&branch.name)).collect(),
        Err(error) => {
            tracing::info!(%error, request_id = at.asker.request_id, "branches of an issue could not be searched");
            Vec::new()
        }
    }
}

/// The part for the script: of the repository and the branches that stand in the form now.
async fn compared(at: &Visiting, parts: &Parts) -> Markup {
    let text = |name: &str| query(parts, name).unwrap_or_default();
    let Some(chosen) = Chosen::parse(&text(REPOSITORY)) else { return Markup::default() };
    let ask = at.ask(&chosen.integration, ActAs::Auto);
    comparison(at, &ask, &chosen, text(SOURCE).trim(), text(TARGET).trim()).await
}

/// Said before anything is sent: that there is nothing to merge. Where it cannot be known, nothing is said.
async fn comparison(at: &Visiting, ask: &Ask, chosen: &Chosen, source: &str, target: &str) -> Markup {
    let (Ok(source), Ok(target)) = (BranchName::parse(source), BranchName::parse(target)) else {
        return Markup::default();
    };
    if source == target {
        return html! { p .told.wrong { (words::SAME_BRANCH) } };
    }
    let compare = CompareBranches { repository: chosen.repository.clone(), source, target };
    match operate::perform(&at.app, ask, &compare).await {
        Ok(compared) if compared.answer == Comparison::Nothing => html! { p .told { (words::NOTHING_TO_MERGE) } },
        Ok(_) => Markup::default(),
        Err(error) => {
            tracing::info!(%error, request_id = at.asker.request_id, "branches could not be compared");
            Markup::default()
        }
    }
}

/// The repository's template, and whether it is known. Where it is not, it is put in when the pull request is made.
async fn template(at: &Visiting, ready: &Ready, target: &str) -> (String, bool) {
    let Ok(target) = BranchName::parse(target) else { return (String::new(), false) };
    let get = GetTemplate { repository: ready.chosen.repository.clone(), target };
    match operate::perform(&at.app, &ready.ask, &get).await {
        Ok(found) => (found.answer.unwrap_or_default(), true),
        Err(error) => {
            tracing::info!(%error, request_id = at.asker.request_id, "a template could not be read");
            (String::new(), false)
        }
    }
}

fn rows(filled: &Filled, seen: &Seen, offers: Offers, problem: Option<&Problem>, is_previewed: bool) -> Markup {
    let more = if seen.more { words::TYPE_FOR_MORE } else { "" };
    html! {
        (filled.suggested)
        @if seen.repository.is_read_only { p .told.wrong { (words::READ_ONLY_REPOSITORY) } }
        div .pair {
            (dialog::branch(SOURCE, words::SOURCE_BRANCH, &filled.source, more, problem))
            (dialog::branch(TARGET, words::TARGET_BRANCH, &filled.target, "", problem))
        }
        (dialog::branch_list(&issue_first(seen, &filled.of_issue)))
        div id=(COMPARISON) role="status" data-compares="" { (filled.comparison) }
        (line(TITLE, words::TITLE, &filled.title, "", true, problem))
        (description(filled, problem, is_previewed))
        @if offers.reviewers {
            (line(REVIEWERS, words::REVIEWERS, &filled.reviewers, words::REVIEWERS_HELP, false, problem))
        }
        @if offers.drafts {
            input type="hidden" name=(HAS_DRAFTS) value=(YES);
            p .choice {
                input id="field-draft" name=(DRAFT) type="checkbox" value=(YES) checked[filled.is_draft];
                " "
                label for="field-draft" { (words::AS_A_DRAFT) }
            }
        }
    }
}

/// Those of the issue, and then the others.
fn issue_first(seen: &Seen, of_issue: &[Branch]) -> Vec<Branch> {
    let is_other = |branch: &&Branch| of_issue.iter().all(|one| one.name != branch.name);
    of_issue.iter().chain(seen.branches.iter().filter(is_other)).cloned().collect()
}

fn description(filled: &Filled, problem: Option<&Problem>, is_previewed: bool) -> Markup {
    let id = "field-description";
    let (described_by, is_wrong) = described_by(id, DESCRIPTION, true, problem);
    let control = html! {
        textarea id=(id) name=(DESCRIPTION) rows="4" aria-describedby=[described_by]
            aria-invalid=[is_wrong.then_some("true")] { (AS_TYPED) (filled.description) }
    };
    html! {
        @if filled.with_template { input type="hidden" name=(WITH_TEMPLATE) value=(YES); }
        (labelled(id, words::DESCRIPTION, false, words::DESCRIPTION_HELP, DESCRIPTION, problem, control))
        p .field { button .quiet type="submit" name=(PREVIEW) value=(YES) formnovalidate formaction={ "#" (PREVIEW) } { (words::PREVIEW) } }
        @if is_previewed {
            h2 .small { (words::PREVIEW) }
            section .preview id=(PREVIEW) aria-label=(words::PREVIEW) tabindex="0" { (markdown::markup(&filled.description)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{ActedAs, Failure, FailureReason};

    #[test]
    fn a_branch_that_is_missing_is_said_at_its_own_field() {
        for (missing, field, other) in [("mine", SOURCE, TARGET), ("main", TARGET, SOURCE)] {
            let failure = Failure::new(FailureReason::BaseMissing(missing.to_owned()), "");
            let problem = Problem::from(OperationError::Failed { failure, whose: ActedAs::User });
            let problem = at_its_field(problem, "mine");
            assert_eq!((problem.at_field(field).count(), problem.at_field(other).count()), (1, 0), "{missing}");
        }
    }
}
