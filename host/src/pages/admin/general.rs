//! *General settings*: the two rules over all integrations.

use axum::extract::{Request, State};
use http::StatusCode;
use maud::{Markup, html};

use super::differences::{Conflict, conflict, differences, meanwhile, others};
use super::entry::{revision_of, rules_fields, rules_of};
use super::integration::{already_so, expected, taken};
use super::labels::above_all;
use super::names::{DAYS, REVISION};
use super::session::{Administering, Entered};
use super::trial::{blocked, days_of, dry_run, trial_of};
use super::values::{AsShown, Values};
use crate::operate::SharedApp;
use crate::operate::administration::{self, ChangedPolicy, Trial};
use crate::pages::answer::Page;
use crate::pages::form::Fields;
use crate::pages::words;
use crate::problem::Problem;
use model::{Policy, Revision};

pub(super) async fn show(at: Administering) -> Result<Page, Page> {
    let policy = administration::policy(&at.app).await.map_err(|error| at.stopped(error))?;
    let closed = closed(&at).await?;
    Ok(form(&at, &Shown::of(policy, &closed)))
}

/// The names of the integrations that a rule over all closes.
async fn closed(at: &Administering) -> Result<Vec<String>, Page> {
    let closed = administration::without_user_pats(&at.app).await.map_err(|error| at.stopped(error))?;
    Ok(closed.into_iter().map(|record| record.name.to_string()).collect())
}

pub(super) async fn enter(State(app): State<SharedApp>, request: Request) -> Result<Page, Page> {
    let Entered { at, fields } = Entered::read(&app, request).await?;
    loop {
        let now = administration::policy(&at.app).await.map_err(|error| at.stopped(error))?;
        if let Some(page) = settle(&at, now, &fields).await? {
            return Ok(page);
        }
    }
}

/// What comes of a form where these are the rules `now`; none where they are no more, since somebody else was at them in the same
/// moment.
async fn settle(at: &Administering, now: Policy, fields: &Fields) -> Result<Option<Page>, Page> {
    let closed = closed(at).await?;
    let (seen, as_shown) = (revision_of(fields), as_shown(&now));
    let is_fresh = seen == Some(now.revision);
    let taken = taken(&as_shown, fields, is_fresh);
    // Until its administrator is told of another state, the form goes on as it was sent, and of the state that it was made of.
    let shown = Shown {
        values: Values::Typed(if is_fresh { &taken } else { fields }),
        revision: seen.unwrap_or(now.revision),
        days: days_of(fields.filled(DAYS)),
        ..Shown::of(now, &closed)
    };
    let rules = match rules_of(&taken) {
        Ok(rules) => rules,
        Err(problem) => {
            return Ok(Some(form(at, &Shown { problem: Some(&problem), told: above_all(&problem), ..shown })));
        }
    };
    let is_same = rules == now.rules;
    let expected = expected(is_same, seen, now.revision);
    let trial = trial_of(fields);
    // Of what nobody was told yet.
    let others = async || Ok(others(&meanwhile(at, None, seen).await?, None));
    // Nothing was typed, the page was sent twice, or two administrators agree.
    if trial.is_none() && is_same {
        let told = html! { (already_so(is_fresh, as_shown.has_typed(fields))) (others().await?) };
        return Ok(Some(form(at, &Shown { told, ..Shown::of(now, &closed) })));
    }
    let patch = administration::RulesPatch::whole(rules);
    match administration::set_policy(&at.app, &at.by, &expected, patch, trial).await {
        Ok(ChangedPolicy { policy, blocked: people, changed }) => {
            let told = html! {
                section .told role="status" {
                    p { strong { (if trial.is_some() { words::WOULD_BE } else { words::UPDATED }) } }
                    (differences(&changed, None))
                    @if let Some(people) = &people { (blocked(at, None, people)) }
                }
            };
            Ok(Some(match trial {
                // It is of the state that is there, which is told of.
                Some(_) if !is_fresh => {
                    let (told, values) = (html! { (told) (others().await?) }, Values::Typed(&taken));
                    form(at, &Shown { told, values, revision: now.revision, ..shown })
                }
                Some(_) => form(at, &Shown { told, ..shown }),
                None => form(at, &Shown { told, ..Shown::of(policy, &closed) }),
            }))
        }
        Err(error) if error.is_conflict() && (is_fresh || is_same) => Ok(None),
        Err(error) => {
            let is_conflict = error.is_conflict();
            let problem = at.problem(error);
            if !is_conflict {
                let told = above_all(&problem);
                return Ok(Some(form(at, &Shown { problem: Some(&problem), told, ..shown })));
            }
            let told = conflict(&Conflict {
                heading: words::POLICY_CONFLICT,
                meanwhile: &meanwhile(at, None, seen).await?,
                now_and_typed: &administration::policy_differences(now, Policy { rules, ..now }),
                kind: None,
                of_another_kind: &[],
                here: &at.path("general"),
            });
            // Pressing Update once more is of the state that is told of now.
            let (values, revision) = (Values::Typed(&taken), now.revision);
            Ok(Some(form(at, &Shown { problem: Some(&problem), told, values, revision, ..shown })))
        }
    }
}

/// What the page is made of.
struct Shown<'a> {
    policy: Policy,
    problem: Option<&'a Problem>,
    told: Markup,
    /// What was typed, if anything was.
    values: Values<'a>,
    /// Of which state of the policy the form is.
    revision: Revision,
    /// How far back a dry run looks.
    days: u16,
    /// Integrations at which no user can have a token, by name.
    closed: &'a [String],
}

impl<'a> Shown<'a> {
    /// The form, and nothing told.
    fn of(policy: Policy, closed: &'a [String]) -> Self {
        let (revision, days) = (policy.revision, Trial::default().seen_within_days);
        Self { policy, problem: None, told: Markup::default(), values: Values::Stored, revision, days, closed }
    }
}

/// What the form holds while nobody has typed into it.
fn as_shown(policy: &Policy) -> AsShown {
    AsShown::of(|values| rules_fields(&policy.rules, &policy.rules, values, None))
}

fn form(at: &Administering, shown: &Shown<'_>) -> Page {
    let Shown { policy, problem, told, values, revision, days, closed } = shown;
    let main = html! {
        h1 { (words::GENERAL) }
        (told)
        form method="post" autocomplete="off" action=(at.path("general")) {
            (at.proof())
            input type="hidden" name=(REVISION) value=(revision.number());
            (as_shown(policy).markup(*values, *revision == policy.revision))
            fieldset {
                legend { h2 { (words::OVER_ALL) } }
                (rules_fields(&policy.rules, &policy.rules, *values, *problem))
                @if !closed.is_empty() {
                    p .faint { (words::CLOSED_BY_THE_RULE) }
                    ul { @for name in *closed { li { bdi { (name) } } } }
                }
            }
            p .buttons { button type="submit" { (words::UPDATE) } }
            (dry_run(*days))
        }
    };
    at.page(problem.map_or(StatusCode::OK, Problem::status), words::GENERAL, main)
}
