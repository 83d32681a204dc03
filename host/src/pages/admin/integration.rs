//! *Edit*: an integration's settings, in sections. **Update** saves at once; what somebody else changed meanwhile is shown and
//! never overwritten unseen.

use axum::extract::{Path, Request, State};
use http::StatusCode;
use maud::{Markup, html};
use serde_json::{Map, Value};

use super::entry::{Form, REVISION, patch, revision_of, secrets};
use super::session::{Administering, Entered};
use crate::operate::administration::{self, Blocked, ChangedIntegration, Expected};
use crate::operate::{OperationError, SharedApp};
use crate::pages::answer::Page;
use crate::pages::form::Fields;
use crate::pages::{told, words};
use crate::problem::Problem;
use model::{BranchFacts, IntegrationId, IntegrationRecord, IssueKey, Kind, UserNames};

/// Button that stores nothing and says what would be.
const TRY: &str = "try";
const PREVIEW: &str = "preview";
const REMOVE: &str = "remove";
const SURE: &str = "sure";

#[derive(serde::Deserialize)]
pub(super) struct Named {
    id: String,
}

pub(super) async fn show(at: Administering, Path(named): Path<Named>) -> Result<Page, Page> {
    let record = found(&at, named).await?;
    let kind = kind(&at, &record).await?;
    Ok(page(&at, &Shown { record: &record, kind: &kind, problem: None, told: Markup::default(), preview: None }))
}

pub(super) async fn enter(
    State(app): State<SharedApp>,
    Path(named): Path<Named>,
    request: Request,
) -> Result<Page, Page> {
    let Entered { at, mut fields } = Entered::read(&app, request).await?;
    let now = found(&at, named).await?;
    let kind = kind(&at, &now).await?;
    if fields.has(REMOVE) {
        return remove(&at, &now, &fields).await;
    }
    let secrets = secrets(&mut fields, &kind);
    let typed = match patch(&fields, &kind, secrets) {
        Ok(patch) => patch,
        Err(problem) => {
            let shown =
                Shown { record: &now, kind: &kind, problem: Some(&problem), told: Markup::default(), preview: None };
            return Ok(page(&at, &shown));
        }
    };
    let as_typed = administration::as_it_would_be(&now, &typed);
    if fields.has(PREVIEW) {
        let preview = Some(preview(&as_typed, &kind, fields.text("preview_issue")));
        return Ok(page(
            &at,
            &Shown { record: &as_typed, kind: &kind, problem: None, told: Markup::default(), preview },
        ));
    }
    let expected = Expected::OneOf(revision_of(&fields).into_iter().collect());
    let is_tried = fields.has(TRY);
    match administration::change_integration(&at.app, &at.by, &now.id, &expected, typed, is_tried).await {
        Ok(changed) => {
            let told = changed_told(&changed, is_tried);
            // A trial is not stored: the form goes on with the revision that it was made of.
            let record = IntegrationRecord {
                revision: if is_tried { now.revision } else { changed.record.revision },
                ..changed.record
            };
            Ok(page(&at, &Shown { record: &record, kind: &kind, problem: None, told, preview: None }))
        }
        Err(error) => {
            let is_conflict = matches!(error, OperationError::Stale(_) | OperationError::Changed(_));
            let told = if is_conflict { conflict(&now, &as_typed) } else { Markup::default() };
            let problem = at.problem(error);
            // Pressing Update once more is of the state that is shown now.
            let shown = Shown { record: &as_typed, kind: &kind, problem: Some(&problem), told, preview: None };
            Ok(page(&at, &shown))
        }
    }
}

async fn found(at: &Administering, named: Named) -> Result<IntegrationRecord, Page> {
    let id =
        IntegrationId::parse(named.id).map_err(|_| told::problem(&at.app.config, Problem::not_found("integration")))?;
    administration::integration(&at.app, &id).await.map_err(|error| at.stopped(error))
}

pub(super) async fn kind(at: &Administering, record: &IntegrationRecord) -> Result<Kind, Page> {
    let providers = administration::providers(&at.app).await.map_err(|error| at.stopped(error))?;
    let kind = providers.iter().find_map(|provider| provider.description.kind(&record.kind));
    kind.cloned()
        .ok_or_else(|| told::problem(&at.app.config, Problem::not_found("kind: its provider is not installed")))
}

async fn remove(at: &Administering, record: &IntegrationRecord, fields: &Fields) -> Result<Page, Page> {
    let here = at.path(&format!("integrations/{}", record.id));
    if !fields.has(SURE) {
        let main = html! {
            h1 { (words::REMOVE_INTEGRATION) }
            p { strong { bdi { (record.name) } } ": " (words::REMOVE_INTEGRATION_MEANS) }
            form method="post" action=(here) {
                (at.proof())
                input type="hidden" name=(REVISION) value=(record.revision.number());
                input type="hidden" name=(SURE) value="yes";
                p .buttons {
                    button .danger type="submit" name=(REMOVE) value="yes" { (words::REMOVE) }
                    " " a .button.quiet href=(here) { (words::CANCEL) }
                }
            }
        };
        return Ok(at.page(StatusCode::OK, words::REMOVE_INTEGRATION, main));
    }
    let expected = Expected::OneOf(revision_of(fields).into_iter().collect());
    administration::remove_integration(&at.app, &at.by, &record.id, &expected)
        .await
        .map_err(|error| at.stopped(error))?;
    Ok(at.see("integrations"))
}

/// What a page is made of.
struct Shown<'a> {
    record: &'a IntegrationRecord,
    kind: &'a Kind,
    problem: Option<&'a Problem>,
    told: Markup,
    preview: Option<String>,
}

fn page(at: &Administering, shown: &Shown<'_>) -> Page {
    let Shown { record, kind, problem, told, preview } = shown;
    let form = Form { record, kind, problem: *problem, preview: preview.clone() };
    let here = at.path(&format!("integrations/{}", record.id));
    let main = html! {
        p { a href=(at.path("integrations")) { (words::MANAGE) } }
        h1 { bdi { (record.name) } }
        p .kind { bdi { (kind.label) } " · " (words::SETTINGS) }
        @if let Some(problem) = problem { (told::above(problem)) }
        (told)
        form method="post" action=(here) autocomplete="off" {
            (at.proof())
            input type="hidden" name=(REVISION) value=(record.revision.number());
            button .first type="submit" tabindex="-1" aria-hidden="true" {}
            (form.markup())
            p .buttons.sticky {
                button type="submit" { (words::UPDATE) }
                button .quiet type="submit" name=(TRY) value="yes" { (words::DRY_RUN) }
                button .quiet type="submit" name=(REMOVE) value="yes" formnovalidate { (words::REMOVE) "…" }
            }
        }
    };
    at.page(problem.map_or(StatusCode::OK, Problem::status), record.name.as_str(), main)
}

/// What was changed, or would be, and whom it concerns.
fn changed_told(changed: &ChangedIntegration, is_tried: bool) -> Markup {
    html! {
        section .told role="status" {
            p { strong { (if is_tried { words::WOULD_BE } else { words::UPDATED }) } }
            (differences(&changed.changed))
            @if changed.set_aside.user_pats > 0 { p { (words::set_aside(changed.set_aside.user_pats, is_tried)) } }
            @if changed.set_aside.own_credential { p { (words::OWN_SET_ASIDE) } }
            @if let Some(blocked) = &changed.blocked { (blocked_told(blocked)) }
        }
    }
}

pub(super) fn blocked_told(blocked: &Blocked) -> Markup {
    html! { p { (words::blocked(blocked.people, blocked.seen, blocked.seen_within_days)) } }
}

pub(super) fn differences(changed: &Map<String, Value>) -> Markup {
    html! {
        @if changed.is_empty() { p { (words::NOTHING_CHANGED) } }
        ul {
            @for (name, value) in changed {
                li {
                    code { (name) } ": "
                    @match (value.get("before"), value.get("after")) {
                        (Some(before), Some(after)) => { bdi { (shortly(before)) } " → " bdi { (shortly(after)) } },
                        _ => bdi { (shortly(value)) },
                    }
                }
            }
        }
    }
}

/// A value that may be long.
fn shortly(value: &Value) -> String {
    const MOST: usize = 200;
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Null => "–".to_owned(),
        other => other.to_string(),
    };
    if text.chars().count() > MOST { text.chars().take(MOST).chain(['…']).collect() } else { text }
}

/// What is there now beside what was typed, where they differ.
fn conflict(now: &IntegrationRecord, typed: &IntegrationRecord) -> Markup {
    html! {
        section .told {
            p { (words::CONFLICT) }
            (differences(&administration::differences(now, typed)))
            p { (words::CONFLICT_THEN) }
        }
    }
}

/// What the template makes of an issue: `ABC-1 Log in with a passkey`.
fn preview(record: &IntegrationRecord, kind: &Kind, issue: &str) -> String {
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
            record.naming.suggest(None, &facts, &kind.branch_rules).to_string()
        }
        Err(error) => error.to_string(),
    }
}
