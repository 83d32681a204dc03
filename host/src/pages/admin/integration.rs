//! *Edit*: an integration's settings, in sections. **Update** saves at once; what somebody else changed meanwhile is shown and
//! never overwritten unseen.

use axum::extract::{Request, State};
use http::StatusCode;
use http::request::Parts;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::differences::{Conflict, conflict, differences, meanwhile, others};
use super::entry::{Credential, Form, patch, revision_of, rules_of};
use super::gone::gone;
use super::integrations::signs_in_as;
use super::kinds;
use super::labels::above;
use super::names::{ADDED, DAYS, PREVIEW, REMOVE, REVISION, SETTING, SURE};
use super::naming::issue_of;
use super::removal;
use super::session::{Administering, Entered};
use super::trial::{blocked, days_of, dry_run, trial_of};
use super::values::{AsShown, DATE, RULE, Values, ticked};
use crate::operate::administration::{self, ChangedIntegration, Expected, NewCredential, Trial};
use crate::operate::{OperationError, SharedApp};
use crate::pages::answer::Page;
use crate::pages::form::Fields;
use crate::pages::layout::moment;
use crate::pages::path::FromPath;
use crate::pages::visit::query;
use crate::pages::words;
use crate::problem::Problem;
use model::{IntegrationId, IntegrationRecord, Kind, OwnCredentialState, Policy, Revision, Rules, UserCredentials};

#[derive(serde::Deserialize)]
pub(super) struct Named {
    id: String,
}

pub(super) async fn show(at: Administering, FromPath(named): FromPath<Named>, parts: Parts) -> Result<Page, Page> {
    let record = found(&at, named).await?;
    let kind = kinds::of(&at, &record).await?;
    let policy = administration::policy(&at.app).await.map_err(|error| at.stopped(error))?;
    let added = html! {
        section .told role="status" {
            p { strong { (words::ADDED_ON) " " (moment(record.created_at)) } }
            (signs_in_as(&record))
        }
    };
    let told = query(&parts, ADDED).map(|_| added).unwrap_or_default();
    Ok(page(&at, &Shown { told, ..Shown::of(&record, &kind, &policy) }))
}

pub(super) async fn enter(
    State(app): State<SharedApp>,
    FromPath(named): FromPath<Named>,
    request: Request,
) -> Result<Page, Page> {
    let Entered { at, mut fields } = Entered::read(&app, request).await?;
    if fields.has(REMOVE) || fields.has(SURE) {
        return removal::remove(&at, &id_of(&at, named)?, &fields).await;
    }
    let trial = trial_of(&fields);
    let stores = !fields.has(PREVIEW) && trial.is_none();
    let credential = Credential::of(&mut fields, stores);
    let (id, sent) = (id_of(&at, named)?, Sent { fields, trial, credential });
    loop {
        let now = match administration::integration(&at.app, &id).await {
            Err(OperationError::Missing(_)) => return gone(&at, &id, &sent.fields).await,
            now => now.map_err(|error| at.stopped(error))?,
        };
        if let Some(page) = settle(&at, &now, &sent).await? {
            return Ok(page);
        }
    }
}

/// A form, as it was sent.
struct Sent {
    fields: Fields,
    /// It is only tried.
    trial: Option<Trial>,
    credential: Credential,
}

/// What comes of it, where the integration is stored as `now`; none where it is no more, since somebody else was at it in the same
/// moment.
async fn settle(at: &Administering, now: &IntegrationRecord, sent: &Sent) -> Result<Option<Page>, Page> {
    let Sent { fields, trial, credential } = sent;
    let kind = kinds::of(at, now).await?;
    let issue = issue_of(fields);
    let (seen, as_shown) = (revision_of(fields), as_shown(at, now, &kind));
    let is_fresh = seen == Some(now.revision);
    let taken = taken(&as_shown, fields, is_fresh);
    let policy = administration::policy(&at.app).await.map_err(|error| at.stopped(error))?;
    // Until its administrator is told of another state, the form goes on as it was sent, and of the state that it was made of.
    let shown = Shown {
        issue: &issue,
        values: Values::Typed(if is_fresh { &taken } else { fields }),
        revision: seen.unwrap_or(now.revision),
        days: days_of(fields.filled(DAYS)),
        lost_credential: credential.is_lost(),
        ..Shown::of(now, &kind, &policy)
    };
    let is_previewed = fields.has(PREVIEW);
    let typed = match patch(if is_previewed { fields } else { &taken }, &kind, credential) {
        Ok(patch) => patch,
        Err(problem) => {
            return Ok(Some(page(at, &Shown { problem: Some(&problem), told: above(&problem, &kind), ..shown })));
        }
    };
    let as_typed = administration::as_it_would_be(now, &typed);
    if is_previewed {
        return Ok(Some(page(at, &Shown { record: &as_typed, ..shown })));
    }
    let is_kept = match typed.credential {
        NewCredential::Keep => true,
        NewCredential::Remove => now.own_given_to.is_none(),
        NewCredential::Replace(_) => false,
    };
    let mut of_another_kind = as_shown.typed_elsewhere(fields, SETTING);
    of_another_kind.extend(credential.of_another_kind(&kind));
    // Nothing was typed, the page was sent twice, or two administrators agree: it is no change, with which another would collide. A
    // credential is one: it was typed for the addresses that were shown.
    let is_same = as_typed == *now && is_kept && of_another_kind.is_empty();
    let expected = expected(is_same, seen, now.revision);
    // Of what nobody was told yet.
    let others = async || Ok(others(&meanwhile(at, Some(&now.id), seen).await?, Some(&kind)));
    if trial.is_none() && is_same {
        let told = html! { (already_so(is_fresh, as_shown.has_typed(fields))) (others().await?) };
        return Ok(Some(page(at, &Shown { told, issue: &issue, ..Shown::of(now, &kind, &policy) })));
    }
    let new_credential = told_of(&typed.credential, now);
    match administration::change_integration(&at.app, &at.by, &now.id, &expected, typed, *trial).await {
        Ok(changed) => {
            let told = changed_told(at, &changed, &kind, trial.is_some());
            let record = &changed.record;
            Ok(Some(match trial {
                // It is of the state that is there, which is told of.
                Some(_) if !is_fresh => {
                    let (told, values) = (html! { (told) (others().await?) }, Values::Typed(&taken));
                    page(at, &Shown { record, told, values, revision: now.revision, ..shown })
                }
                Some(_) => page(at, &Shown { record, told, ..shown }),
                None => page(at, &Shown { told, issue: &issue, ..Shown::of(record, &kind, &policy) }),
            }))
        }
        Err(error) if error.is_conflict() && (is_fresh || is_same) => Ok(None),
        Err(error) => {
            let is_conflict = error.is_conflict();
            let problem = at.refused(error, &kind, credential.is_typed());
            if !is_conflict {
                let told = above(&problem, &kind);
                return Ok(Some(page(at, &Shown { record: &as_typed, problem: Some(&problem), told, ..shown })));
            }
            let mut now_and_typed = administration::differences(now, &as_typed);
            now_and_typed.extend(new_credential.map(|(name, value)| (name.to_owned(), value)));
            let told = conflict(&Conflict {
                heading: words::CONFLICT,
                meanwhile: &meanwhile(at, Some(&now.id), seen).await?,
                now_and_typed: &now_and_typed,
                kind: Some(&kind),
                of_another_kind: &of_another_kind,
                here: &at.path(&format!("integrations/{}", now.id)),
            });
            // Pressing Update once more is of the state that is told of now.
            let (values, revision) = (Values::Typed(&taken), now.revision);
            let shown = Shown { record: &as_typed, problem: Some(&problem), told, values, revision, ..shown };
            Ok(Some(page(at, &shown)))
        }
    }
}

/// A change of the credential, as the audit log has one. What else is in the record of it comes only of asking the git server.
fn told_of(credential: &NewCredential, now: &IntegrationRecord) -> Option<(&'static str, Value)> {
    match credential {
        NewCredential::Keep => None,
        NewCredential::Remove => {
            Some(("own_credential", json!({ "before": now.own_credential(), "after": OwnCredentialState::Missing })))
        }
        NewCredential::Replace(_) => Some(("credential", json!(true))),
    }
}

fn id_of(at: &Administering, named: Named) -> Result<IntegrationId, Page> {
    IntegrationId::parse(named.id).map_err(|_| at.told(Problem::not_found("integration")))
}

async fn found(at: &Administering, named: Named) -> Result<IntegrationRecord, Page> {
    let id = id_of(at, named)?;
    administration::integration(&at.app, &id).await.map_err(|error| at.stopped(error))
}

/// What a page is made of.
struct Shown<'a> {
    record: &'a IntegrationRecord,
    kind: &'a Kind,
    problem: Option<&'a Problem>,
    told: Markup,
    /// As it is stored, whatever is typed.
    stored: &'a IntegrationRecord,
    /// The issue to try the branch template with.
    issue: &'a str,
    /// What was typed, if anything was.
    values: Values<'a>,
    /// The rules over all.
    over_all: Rules,
    /// Of which state of the record the form is.
    revision: Revision,
    /// How far back a dry run looks.
    days: u16,
    /// A credential was typed, and not stored.
    lost_credential: bool,
}

impl<'a> Shown<'a> {
    /// The form, and nothing told.
    fn of(record: &'a IntegrationRecord, kind: &'a Kind, policy: &Policy) -> Self {
        Self {
            stored: record,
            record,
            kind,
            problem: None,
            told: Markup::default(),
            issue: "",
            values: Values::Stored,
            over_all: policy.rules,
            revision: record.revision,
            days: Trial::default().seen_within_days,
            lost_credential: false,
        }
    }
}

/// What the form holds while nobody has typed into it.
fn as_shown(at: &Administering, record: &IntegrationRecord, kind: &Kind) -> AsShown {
    let (stored, problem, issue) = (Some(record), None, "");
    AsShown::of(|values| {
        let form = Form {
            at,
            record,
            kind,
            problem,
            values,
            over_all: None,
            stored,
            new_id: None,
            issue,
            lost_credential: false,
        };
        form.markup()
    })
}

fn page(at: &Administering, shown: &Shown<'_>) -> Page {
    let Shown { stored, record, kind, problem, told, issue, values, over_all, revision, days, lost_credential } = shown;
    let form = Form {
        at,
        record,
        kind,
        problem: *problem,
        values: *values,
        over_all: Some(over_all),
        stored: Some(stored),
        new_id: None,
        issue,
        lost_credential: *lost_credential,
    };
    let here = at.path(&format!("integrations/{}", record.id));
    let main = html! {
        (at.crumb("integrations", words::MANAGE))
        h1 { bdi { (stored.name) } }
        p .kind { bdi { (kind.label) } " · " (words::SETTINGS) }
        (told)
        @if *lost_credential { p .told.wrong data-lost="" { (words::CREDENTIAL_NOT_KEPT) } }
        form method="post" action=(here) autocomplete="off" {
            (at.proof())
            input type="hidden" name=(REVISION) value=(revision.number());
            (as_shown(at, stored, kind).markup(*values, *revision == stored.revision))
            button .first type="submit" tabindex="-1" aria-hidden="true" {}
            (form.markup())
            p .buttons {
                button type="submit" { (words::UPDATE) }
                " " a .button.quiet href=(at.path("integrations")) { (words::CANCEL) }
            }
            (dry_run(*days))
            p .buttons.apart {
                button .outline type="submit" name=(REMOVE) value="yes" formnovalidate { (words::REMOVE) "…" }
            }
        }
    };
    at.page_below(words::MANAGE, problem.map_or(StatusCode::OK, Problem::status), stored.name.as_str(), main)
}

/// What was changed, or would be, and whom it concerns.
fn changed_told(at: &Administering, changed: &ChangedIntegration, kind: &Kind, is_tried: bool) -> Markup {
    html! {
        section .told role="status" {
            p { strong { (if is_tried { words::WOULD_BE } else { words::UPDATED }) } }
            (differences(&changed.changed, Some(kind)))
            @if changed.set_aside.user_pats > 0 { p { (words::set_aside(changed.set_aside.user_pats, is_tried)) } }
            @if changed.set_aside.own_credential { p { (words::OWN_SET_ASIDE) } }
            @if let UserCredentials::Unsupported(reason) = &changed.record.connection.user_credentials {
                p { bdi { (reason.trim_end_matches('.')) } ". " (words::TOKENS_ARE_NOT_USED) }
            }
            @if let Some(people) = &changed.blocked { (blocked(at, Some(&changed.record.id), people)) }
        }
    }
}

/// The state that a form is held to: the one it was made of. What differs in nothing collides with nothing.
pub(super) fn expected(is_same: bool, seen: Option<Revision>, now: Revision) -> Expected {
    Expected::OneOf(if is_same { vec![now] } else { seen.into_iter().collect() })
}

/// What a form says of the state that there is `now`: all that it shows, or, where it was made of another, what was typed into it. A
/// rule that is switched on and its date are one then, unless others changed them so that one of them is nothing by itself. The date
/// of one that is switched off is whatever it is by now.
pub(super) fn taken(now: &AsShown, fields: &Fields, is_fresh: bool) -> Fields {
    if is_fresh {
        return now.of_this_state(fields);
    }
    let (together, apart) = (now.taken_over(fields, None), now.taken_over(fields, Some(RULE)));
    let is_dated = now.has_typed_into(fields, DATE) || ticked(fields, RULE);
    let is_one = is_dated && (rules_of(&together).is_ok() || rules_of(&apart).is_err());
    if is_one { together } else { apart }
}

/// What is typed is what is stored, by whomever.
pub(super) fn already_so(was_seen: bool, has_typed: bool) -> Markup {
    let told = match (was_seen, has_typed) {
        (true, _) => words::NOTHING_CHANGED,
        (false, true) => words::ALREADY_SO,
        (false, false) => words::ONLY_OTHERS_CHANGED,
    };
    html! { section .told role="status" { p { strong { (told) } } } }
}
