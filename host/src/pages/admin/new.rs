//! *Add integration*: choose a kind, then a form made of the provider's description.

use axum::extract::{Request, State};
use http::StatusCode;
use http::request::Parts;
use maud::html;

use super::entry::{Credential, Form, patch};
use super::integrations::signs_in_as;
use super::kinds;
use super::labels::above;
use super::names::{ADDED, PREVIEW, TRY};
use super::naming::issue_of;
use super::session::{Administering, Entered};
use super::values::Values;
use crate::operate::administration::{self, AddedIntegration, Adding, NewIntegration};
use crate::operate::{OperationError, SharedApp};
use crate::pages::answer::Page;
use crate::pages::fields::line;
use crate::pages::form::Fields;
use crate::pages::visit::query;
use crate::pages::words;
use crate::problem::Problem;
use model::{IntegrationId, IntegrationRecord, Kind};

const KIND: &str = "kind";
const ID: &str = "id";
/// Addresses that were shown, one a line: where what is stored may go.
const SEEN: &str = "seen-addresses";

pub(super) async fn show(at: Administering, parts: Parts) -> Result<Page, Page> {
    match query(&parts, KIND) {
        None => choose(&at).await,
        Some(kind) => {
            let (id, kind) = kinds::named(&at, &kind).await?;
            Ok(page(&at, &kind, &administration::blank_integration(&at.app, &id), &Typed::NOTHING, Tried::NotYet))
        }
    }
}

pub(super) async fn enter(State(app): State<SharedApp>, request: Request) -> Result<Page, Page> {
    let Entered { at, mut fields } = Entered::read(&app, request).await?;
    let (kind_id, kind) = kinds::named(&at, fields.text(KIND)).await?;
    let blank = administration::blank_integration(&at.app, &kind_id);
    let stores = !fields.has(PREVIEW) && !fields.has(TRY);
    let credential = Credential::of(&mut fields, stores);
    let typed = Typed::of(&fields, &credential);
    let refused =
        |record: &IntegrationRecord, problem: Problem| page(&at, &kind, record, &typed, Tried::Refused(&problem));
    let patch = match patch(&fields, &kind, &credential) {
        Ok(patch) => patch,
        Err(problem) => return Ok(refused(&blank, problem)),
    };
    let as_typed = administration::as_it_would_be(&blank, &patch);
    if fields.has(PREVIEW) {
        return Ok(page(&at, &kind, &as_typed, &typed, Tried::NotYet));
    }
    let id = match IntegrationId::parse(typed.id.clone()) {
        Ok(id) => id,
        Err(error) => return Ok(refused(&as_typed, Problem::invalid(ID, error.to_string()))),
    };
    // Where it reaches is seen before it is stored, whichever button was pressed.
    let seen: Vec<String> = fields.text(SEEN).lines().map(str::to_owned).collect();
    let adding = if fields.has(TRY) { Adding::Tried } else { Adding::AsSeen(&seen) };
    let new = NewIntegration { id, kind: kind_id, patch };
    match administration::add_integration(&at.app, &at.by, new, adding).await {
        Ok(AddedIntegration { record, is_stored: true }) => {
            Ok(at.see(&format!("integrations/{}?{ADDED}=yes", record.id)))
        }
        Ok(AddedIntegration { record, is_stored: false }) => Ok(page(&at, &kind, &record, &typed, Tried::Well)),
        Err(OperationError::Conflict(_)) => Ok(refused(&as_typed, Problem::invalid(ID, words::ID_TAKEN))),
        Err(error) => Ok(refused(&as_typed, at.refused(error, &kind, typed.has_credential))),
    }
}

/// What was typed that is not the record's.
struct Typed<'a> {
    id: String,
    /// The issue to try the branch template with.
    issue: String,
    /// The addresses that were shown before.
    seen: &'a str,
    /// All of it, if anything was.
    values: Values<'a>,
    /// Whether there was a credential among it.
    has_credential: bool,
    /// Whether there was one, now or before, which no page repeats.
    lost_credential: bool,
}

impl<'a> Typed<'a> {
    const NOTHING: Typed<'static> = Typed {
        id: String::new(),
        issue: String::new(),
        seen: "",
        values: Values::Stored,
        has_credential: false,
        lost_credential: false,
    };

    fn of(fields: &'a Fields, credential: &Credential) -> Self {
        Self {
            id: fields.text(ID).trim().to_owned(),
            issue: issue_of(fields),
            seen: fields.text(SEEN),
            values: Values::Typed(fields),
            has_credential: credential.is_typed(),
            lost_credential: credential.is_lost(),
        }
    }
}

/// What came of it so far.
enum Tried<'a> {
    NotYet,
    Well,
    Refused(&'a Problem),
}

async fn choose(at: &Administering) -> Result<Page, Page> {
    let providers = kinds::providers(at).await?;
    let main = html! {
        (at.crumb("integrations", words::MANAGE))
        h1 { (words::ADD_INTEGRATION) }
        @if providers.is_empty() { p .told { (words::NO_PROVIDERS) " " code { "countersign provider register FILE.wasm" } "." } }
        p { (words::WHICH_KIND) }
        ul .choices {
            @for kind in providers.iter().flat_map(|provider| &provider.description.kinds) {
                li { a .choice-of href=(at.path(&format!("new-integration?{KIND}={}", kind.id))) { bdi { (kind.label) } } }
            }
        }
        p .buttons { a .button.quiet href=(at.path("integrations")) { (words::CANCEL) } }
    };
    Ok(at.page_below(words::MANAGE, StatusCode::OK, words::ADD_INTEGRATION, main))
}

fn page(at: &Administering, kind: &Kind, record: &IntegrationRecord, typed: &Typed<'_>, tried: Tried<'_>) -> Page {
    let problem = match tried {
        Tried::Refused(problem) => Some(problem),
        Tried::NotYet | Tried::Well => None,
    };
    let form = Form {
        at,
        record,
        kind,
        problem,
        values: typed.values,
        over_all: None,
        stored: None,
        new_id: Some(html! { (line(ID, words::ID, &typed.id, words::ID_HELP, true, problem)) }),
        issue: &typed.issue,
        lost_credential: typed.lost_credential,
    };
    let (is_seen, addresses) = (matches!(tried, Tried::Well), record.place().addresses());
    let main = html! {
        (at.crumb("new-integration", words::ANOTHER_KIND))
        h1 { (words::ADD_INTEGRATION) }
        p .kind { bdi { (kind.label) } }
        @if let Some(problem) = problem { (above(problem, kind)) }
        @if is_seen {
            section .told role="status" {
                p { strong { (if typed.has_credential { words::CONNECTION_WORKS } else { words::NOT_CONNECTED }) } }
                (signs_in_as(record))
                p { (words::REACHES) }
                ul { @for address in &addresses { li { code { (address) } } } }
                p { (words::ADD_STORES_IT) }
            }
        }
        @if typed.lost_credential { p .told.wrong data-lost="" { (words::CREDENTIAL_NOT_KEPT) } }
        form method="post" action=(at.path("new-integration")) autocomplete="off" {
            (at.proof())
            input type="hidden" name=(KIND) value=(kind.id);
            @if is_seen { input type="hidden" name=(SEEN) value=(addresses.join("\n")); }
            @else if !typed.seen.is_empty() { input type="hidden" name=(SEEN) value=(typed.seen); }
            button .first type="submit" tabindex="-1" aria-hidden="true" name=(TRY) value="yes" data-look="" {}
            (form.markup())
            p .buttons {
                button type="submit" data-look=[(!is_seen).then_some("")] { (words::ADD) }
                button .quiet type="submit" name=(TRY) value="yes" data-look="" { (words::TEST_CONNECTION) }
                a .button.quiet href=(at.path("integrations")) { (words::CANCEL) }
            }
        }
    };
    at.page_below(words::MANAGE, problem.map_or(StatusCode::OK, Problem::status), words::ADD_INTEGRATION, main)
}
