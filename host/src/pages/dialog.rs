//! What the two dialogs have in common: a repository that is chosen, whose credential will be used, and what was typed.

use std::collections::BTreeMap;

use http::StatusCode;
use http::request::Parts;
use maud::{Markup, html};

use super::answer::Page;
use super::credential::{SET_UP, Whose, whose};
use super::drafts::merged;
use super::fields::line_with_list;
use super::form::Fields;
use super::made::{Done, Made, REPOSITORY_NAME, name_of_repository};
use super::not_created::{is_told, not_created};
use super::once::{ATTEMPT, Outcome, id_of, new_attempt, once};
use super::picker::{self, Chosen, PART, REPOSITORY, RESULTS};
use super::untouched::suggested;
pub(super) use super::untouched::typed;
use super::visit::{Visiting, query};
use super::{told, words};
use crate::operate::{
    self, Ask, Choices, GetRepository, ListBranches, Looked, OperationError, Outlook, Suggestion, Told,
};
use crate::problem::Problem;
use model::{ActAs, Branch, PageLimit, PageName, Repository, RepositoryId};

/// Button that goes back to choosing a repository.
const CHANGE: &str = "change";
/// Says of the picker that what was chosen before is closed to the project by now.
const CLOSED: &str = "closed";
/// The list of branches, and the part with those whose names hold a text.
const BRANCHES: &str = "branches";
/// Text that the branches are searched for.
const BRANCH_QUERY: &str = "q";
/// As whom it is asked for, as the line under the repository said.
const ACT_AS: &str = "act-as";
/// The visit in which the repository was chosen.
const CHOSEN_IN: &str = "chosen-in";
/// Longest text branches are searched for, in bytes.
const MAX_QUERY_BYTES: usize = 255;
/// Id of the account that the line under the repository said it would be credited to.
const AS_ACCOUNT: &str = "as-account";
/// Where the integration led to when the repository was shown, one address a line.
const LEADS_TO: &str = "leads-to";

/// One of the dialogs, as it is to be shown.
pub(super) struct Dialog<'a> {
    pub at: &'a Visiting,
    pub page: PageName,
    /// Of whom the operation asks what.
    pub choices: fn(&Outlook) -> &Choices,
    /// The fields that are filled in.
    pub fields: &'static [&'static str],
    /// What was typed.
    pub draft: BTreeMap<String, String>,
}

/// What an address asks of a dialog.
pub(super) enum Asked {
    /// The dialog itself, for this repository.
    Dialog(Chosen),
    /// The picker, or a part for the script.
    Other(Page),
}

/// What came of sending the form.
pub(super) enum Sent {
    /// It is done: the way to the result.
    Done(Page),
    /// It is not, and what was typed is kept.
    Failed(Problem),
}

/// What a dialog is called, and the button that is pressed last.
pub(super) struct Texts<'a> {
    pub heading: &'a str,
    pub button: &'a str,
}

/// A dialog with its repository.
pub(super) struct Ready {
    pub chosen: Chosen,
    pub ask: Ask,
    pub looked: Looked,
    /// What the git server says of it; none where nobody may look, or why not.
    pub seen: Option<Result<Seen, Problem>>,
}

/// What a git server says of a repository.
pub(super) struct Seen {
    pub repository: Repository,
    /// Some of them, the first that were found.
    pub branches: Vec<Branch>,
    /// There are more than those.
    pub more: bool,
}

impl Seen {
    /// The branch to start from, or to go to: what an administrator set up for this repository, else its own default.
    pub fn base(&self, chosen: &Chosen, suggestion: Option<&Suggestion>) -> Option<String> {
        let set_up = suggestion.and_then(|suggestion| {
            // An administrator may have named it by another of its names than its id.
            let is_this = |id: &RepositoryId| *id == self.repository.id || *id == chosen.repository;
            let is_it = suggestion.repository.as_ref().is_none_or(is_this);
            suggestion.base.as_ref().filter(|_| is_it).map(ToString::to_string)
        });
        set_up.or_else(|| self.repository.default_branch.clone())
    }
}

/// What is kept of a dialog's form. A repository that the link of this visit names is of more weight than one that was chosen
/// in an earlier one.
pub(super) async fn draft(at: &Visiting, page: PageName) -> Result<BTreeMap<String, String>, Page> {
    let kept = at.draft(page).await?;
    let context = &at.visit.context;
    let (Some(integration), Some(repository)) = (&context.integration, &context.repository) else { return Ok(kept) };
    if kept.get(CHOSEN_IN).is_some_and(|visit| *visit == at.visit.id.to_string()) {
        return Ok(kept);
    }
    let named = Chosen { integration: integration.clone(), repository: repository.clone() };
    Ok(merged(kept, BTreeMap::from([(REPOSITORY.to_owned(), named.to_text())])))
}

impl Dialog<'_> {
    /// What the address asks for.
    pub async fn asked(&self, parts: &Parts, title: &str) -> Result<Asked, Page> {
        let find = picker::wanted(parts.uri.query().unwrap_or_default());
        match query(parts, PART).as_deref() {
            Some(RESULTS) => {
                let results = self.results(find.as_deref().or(Some(""))).await;
                return Ok(Asked::Other(Page::part(results)));
            }
            Some(BRANCHES) => return Ok(Asked::Other(Page::part(self.branch_options(parts).await))),
            _ => {}
        }
        if find.is_none()
            && query(parts, CHANGE).is_none()
            && let Some(chosen) = self.chosen().await?
        {
            return Ok(Asked::Dialog(chosen));
        }
        let results = self.results(find.as_deref()).await;
        let main = html! {
            (self.head(title))
            @if query(parts, CLOSED).is_some() { p .told.wrong role="alert" { (words::CLOSED_REPOSITORY) } }
            (picker::picker(self.at, self.page, find.as_deref(), &results))
            (self.cancel())
        };
        Ok(Asked::Other(self.at.page(StatusCode::OK, title, false, main)))
    }

    /// Buttons that do nothing yet: what was typed is kept, and she goes on somewhere else. None: the form is sent off.
    pub async fn aside(&self, fields: &Fields, mut typed: BTreeMap<String, String>) -> Result<Option<Page>, Page> {
        if add_repository(fields, &mut typed) {
            typed.insert(CHOSEN_IN.to_owned(), self.at.visit.id.to_string());
        }
        let kept = merged(self.draft.clone(), typed);
        if fields.has(SET_UP) {
            let chosen = kept.get(REPOSITORY).and_then(|text| Chosen::parse(text));
            self.at.keep(self.page, kept).await?;
            let integration = chosen.map(|chosen| chosen.integration.to_string()).unwrap_or_default();
            return Ok(Some(self.at.see(&format!("set-up/{integration}?from={}", self.page.as_str()))));
        }
        if fields.has(CHANGE) {
            self.at.keep(self.page, kept).await?;
            return Ok(Some(self.picker()));
        }
        if !fields.has(ATTEMPT) {
            self.at.keep(self.page, kept).await?;
            return Ok(Some(self.at.see(self.page.as_str())));
        }
        Ok(None)
    }

    /// What was typed into the form that is sent, its own repository with it: another window may have chosen another meanwhile.
    pub fn take(&mut self, fields: &Fields, mut typed: BTreeMap<String, String>) {
        add_repository(fields, &mut typed);
        self.draft.extend(typed);
    }

    /// Does what the form asks for, once however often it is sent.
    pub async fn send<F>(&self, sent: &Fields, create: impl FnOnce(Ask, Chosen) -> F) -> Result<Sent, Page>
    where
        F: Future<Output = Result<Done, OperationError>>,
    {
        let outcome = match Chosen::parse(sent.text(REPOSITORY)) {
            Some(chosen) => {
                let asked = sent.kept(&[self.fields, &[ACT_AS, REPOSITORY]].concat());
                let id = id_of(self.at, sent.text(ATTEMPT), &asked);
                let mut ask = self.at.ask(&chosen.integration, act_as(sent));
                ask.attempt_token.clone_from(&id);
                ask.told = Some(told_in(sent));
                once(self.at, id, create(ask, chosen)).await?
            }
            None => Outcome::Failed(OperationError::invalid("repository", "has to be chosen")),
        };
        match outcome {
            Outcome::Done(id) => {
                // What was typed for one that is open already was not used.
                match self.at.result::<Done>(&id).await? {
                    Some(done) if done.existed && done.made == Made::PullRequest => {
                        self.at.keep(self.page, self.draft.clone()).await?;
                    }
                    _ => self.at.drop_draft(self.page).await,
                }
                Ok(Sent::Done(self.at.see(&format!("results/{id}"))))
            }
            Outcome::Failed(error) => {
                self.at.keep(self.page, self.draft.clone()).await?;
                Ok(Sent::Failed(self.at.problem(error)))
            }
        }
    }

    /// Unseen, for fields that were filled in and that nobody typed into yet.
    pub fn suggested(&self, filled_in: &[(&str, &String)]) -> Markup {
        suggested(&self.draft, filled_in)
    }

    /// The way to choosing a repository.
    pub fn picker(&self) -> Page {
        self.at.see(&format!("{}?{CHANGE}=yes", self.page.as_str()))
    }

    /// What the git server says of the repository that is chosen.
    pub async fn ready(&self, chosen: Chosen) -> Result<Ready, Page> {
        let ask = self.at.ask(&chosen.integration, ActAs::Auto);
        let looked = match operate::look_before(&self.at.app, &ask).await {
            Ok(looked) => looked,
            Err(error) => return Err(self.not_looked(error).await),
        };
        let seen = match looked.outlook().look {
            Ok(_) => Some(self.see(&ask, &chosen).await),
            Err(_) => None,
        };
        // What the git server said may have changed what is known of the PAT.
        let looked = match &seen {
            Some(Err(_)) => operate::look(&self.at.app, &ask).await.unwrap_or(looked),
            _ => looked,
        };
        Ok(Ready { chosen, ask, looked, seen })
    }

    /// What was chosen another day, or before the form was sent, may be closed to the project by now: another is to be chosen,
    /// with what was typed kept.
    async fn not_looked(&self, error: OperationError) -> Page {
        let problem = self.at.problem(error);
        if problem.status() != StatusCode::NOT_FOUND || !self.draft.contains_key(REPOSITORY) {
            return self.at.told(problem);
        }
        let mut draft = self.draft.clone();
        draft.remove(REPOSITORY);
        match self.at.keep(self.page, draft).await {
            Ok(()) => self.at.see(&format!("{}?{CHANGE}=yes&{CLOSED}=yes", self.page.as_str())),
            Err(page) => page,
        }
    }

    /// The repository that is chosen.
    pub async fn chosen(&self) -> Result<Option<Chosen>, Page> {
        if let Some(chosen) = self.draft.get(REPOSITORY).and_then(|text| Chosen::parse(text)) {
            return Ok(Some(chosen));
        }
        let given = Chosen::given(self.at).await;
        given.map_err(|error| self.at.stopped(error))
    }

    async fn see(&self, ask: &Ask, chosen: &Chosen) -> Result<Seen, Problem> {
        let repository = chosen.repository.clone();
        let get = GetRepository { repository: repository.clone() };
        let list = ListBranches { repository, query: None, cursor: None, limit: PageLimit::MOST };
        let app = &self.at.app;
        let asked = tokio::try_join!(operate::perform(app, ask, &get), operate::perform(app, ask, &list));
        let (repository, branches) = asked.map_err(|error| self.at.problem(error))?;
        let more = branches.answer.next.is_some();
        Ok(Seen { repository: repository.answer, branches: branches.answer.items, more })
    }

    async fn results(&self, find: Option<&str>) -> Markup {
        let found = match find {
            Some(find) => picker::found(self.at, self.page, find).await,
            None => picker::starred(self.at).await,
        };
        found.unwrap_or_else(|error| picker::not_asked(self.at, error))
    }

    /// Branches whose names hold a text, as options of a list.
    async fn branch_options(&self, parts: &Parts) -> Markup {
        let text = query(parts, BRANCH_QUERY).unwrap_or_default();
        let wanted = Some(text).filter(|text| text.len() <= MAX_QUERY_BYTES && !text.is_empty());
        let chosen = match query(parts, REPOSITORY).and_then(|text| Chosen::parse(&text)) {
            Some(of_form) => Some(of_form),
            None => self.chosen().await.ok().flatten(),
        };
        let Some(chosen) = chosen else { return Markup::default() };
        let ask = self.at.ask(&chosen.integration, ActAs::Auto);
        let list = ListBranches { repository: chosen.repository, query: wanted, cursor: None, limit: PageLimit::MOST };
        match operate::perform(&self.at.app, &ask, &list).await {
            Ok(found) => options(&found.answer.items),
            // The field takes any name; the list is a help and no more.
            Err(error) => {
                tracing::info!(%error, request_id = self.at.asker.request_id, "branches could not be searched");
                Markup::default()
            }
        }
    }

    /// Heading, and the issue it is for.
    fn head(&self, title: &str) -> Markup {
        html! {
            h1 { (title) }
            @if let Some(issue) = &self.at.visit.context.issue {
                p .kind {
                    strong { (issue.key) }
                    @if let Some(summary) = &issue.summary { " " bdi { (summary) } }
                }
            }
        }
    }

    /// The dialog around its fields. 422 where it is shown again because of a problem.
    pub fn page(&self, ready: &Ready, texts: &Texts<'_>, fields: Markup, problem: Option<&Problem>) -> Page {
        let (whose, Texts { heading, button }) = (self.whose(ready), texts);
        let is_open = self.fillable(ready).is_some();
        let (status, title) = match problem {
            Some(_) => (StatusCode::UNPROCESSABLE_ENTITY, format!("{}: {heading}", words::NOT_CREATED)),
            None => (StatusCode::OK, (*heading).to_owned()),
        };
        let main = html! {
            (self.head(heading))
            @if let Some(problem) = problem { (not_created(problem, &whose)) }
            form method="post" action=(self.at.path(self.page.as_str())) autocomplete="off" {
                (self.at.proof())
                input type="hidden" name=(ATTEMPT) value=(new_attempt(self.at));
                input type="hidden" name=(ACT_AS) value=(act_as_text(&whose));
                @if let Some(account) = whose.account() { input type="hidden" name=(AS_ACCOUNT) value=(account.id); }
                input type="hidden" name=(LEADS_TO) value=(ready.looked.integration().leads_to().join("\n"));
                // Enter presses the first button of a form, which is to be the one that creates, and not one that leads elsewhere.
                button .first type="submit" tabindex="-1" aria-hidden="true" disabled[!is_open] {}
                (self.repository(ready, &whose, problem))
                (fields)
                p .buttons { button type="submit" disabled[!is_open] { (button) } " " (self.cancel()) }
            }
        };
        self.at.page(status, &title, false, main)
    }

    /// What is to be filled in for; none where nothing can be created.
    pub fn fillable<'r>(&self, ready: &'r Ready) -> Option<&'r Seen> {
        let seen = ready.seen.as_ref()?.as_ref().ok()?;
        self.whose(ready).act_as().is_some().then_some(seen)
    }

    /// The repository with a way to choose another, and the line under it.
    ///
    /// `above`: what is told already.
    fn repository(&self, ready: &Ready, whose: &Whose<'_>, above: Option<&Problem>) -> Markup {
        let is_above = |problem: &Problem| above.is_some_and(|above| above.detail() == problem.detail());
        let name = match &ready.seen {
            Some(Ok(seen)) => seen.repository.name.as_str(),
            _ => {
                let kept = self.draft.get(REPOSITORY_NAME).filter(|name| !name.is_empty());
                let is_this = self.draft.get(REPOSITORY) == Some(&ready.chosen.to_text());
                kept.filter(|_| is_this).map_or(ready.chosen.repository.as_str(), String::as_str)
            }
        };
        html! {
            div .field {
                span .label { (words::REPOSITORY) }
                div .chosen {
                    span { strong { bdi { (name) } } " " span .faint { bdi { (ready.looked.integration().name) } } }
                    button .link type="submit" name=(CHANGE) value="yes" formnovalidate { (words::CHANGE) }
                }
                input type="hidden" name=(REPOSITORY) value=(ready.chosen.to_text());
                input type="hidden" name=(REPOSITORY_NAME) value=(name);
                (whose.line(&ready.looked, self.at.app.clock.now()))
            }
            @if let Some(Err(problem)) = &ready.seen {
                @if !is_told(problem, whose) {
                    @if !is_above(problem) { (told::above(problem)) }
                    p { a .button.quiet href=(self.at.path(self.page.as_str())) { (words::TRY_AGAIN) } }
                }
            }
        }
    }

    /// Whose credential will be used.
    fn whose<'r>(&self, ready: &'r Ready) -> Whose<'r> {
        whose(&ready.looked, (self.choices)(ready.looked.outlook()), self.at.app.clock.now())
    }

    /// The way out, which changes nothing.
    fn cancel(&self) -> Markup {
        let back = self.at.visit.context.return_to.as_deref().filter(|address| super::layout::is_web(address));
        html! {
            @if let Some(address) = back {
                a .button.quiet href=(address) target="_top" rel="noreferrer" data-leave="cancel" { (words::CANCEL) }
            }
        }
    }
}

/// The repository of a form and what it is called, beside what was typed; false where the form has none.
fn add_repository(fields: &Fields, typed: &mut BTreeMap<String, String>) -> bool {
    let chosen = Chosen::parse(fields.text(REPOSITORY));
    if let Some(chosen) = &chosen {
        typed.insert(REPOSITORY.to_owned(), chosen.to_text());
        typed.insert(REPOSITORY_NAME.to_owned(), name_of_repository(fields));
    }
    chosen.is_some()
}

/// A field for a branch. Those of [`branch_list`] can be chosen; any name can be typed.
pub(super) fn branch(name: &str, label: &str, value: &str, help: &str, problem: Option<&Problem>) -> Markup {
    line_with_list(name, label, value, help, BRANCHES, problem)
}

/// The branches to choose from.
pub(super) fn branch_list(branches: &[Branch]) -> Markup {
    html! { datalist id=(BRANCHES) { (options(branches)) } }
}

fn options(branches: &[Branch]) -> Markup {
    html! { @for branch in branches { option value=(branch.name) {} } }
}

/// What the form told of what it would do.
fn told_in(fields: &Fields) -> Told {
    let leads_to = fields.filled(LEADS_TO).map(|lines| lines.lines().map(str::to_owned).collect());
    Told { leads_to, account: fields.filled(AS_ACCOUNT).map(str::to_owned) }
}

/// As whom the form says that it is asked for.
fn act_as(fields: &Fields) -> ActAs {
    match fields.text(ACT_AS) {
        "integration" => ActAs::Integration,
        _ => ActAs::User,
    }
}

/// The same, as a form writes it.
fn act_as_text(whose: &Whose<'_>) -> &'static str {
    match whose.act_as() {
        Some(ActAs::Integration) => "integration",
        _ => "user",
    }
}
