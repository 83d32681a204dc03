//! *General settings*: the two rules over all integrations.

use axum::extract::{Request, State};
use http::StatusCode;
use maud::{Markup, html};

use super::entry::{rules_fields, rules_of};
use super::integration::differences;
use super::names::REVISION;
use super::session::{Administering, Entered};
use super::trial::{blocked, dry_run, trial_of};
use crate::operate::administration::{self, ChangedPolicy, Expected, Trial};
use crate::operate::{OperationError, SharedApp};
use crate::pages::answer::Page;
use crate::pages::{told, words};
use crate::problem::Problem;
use model::Policy;

pub(super) async fn show(at: Administering) -> Result<Page, Page> {
    let policy = administration::policy(&at.app).await.map_err(|error| at.stopped(error))?;
    Ok(form(&at, policy, None, &Markup::default(), Trial::default()))
}

pub(super) async fn enter(State(app): State<SharedApp>, request: Request) -> Result<Page, Page> {
    let Entered { at, fields } = Entered::read(&app, request).await?;
    let seen = administration::policy(&at.app).await.map_err(|error| at.stopped(error))?;
    let rules = match rules_of(&fields) {
        Ok(rules) => rules,
        Err(problem) => return Ok(form(&at, seen, Some(&problem), &told::above(&problem), Trial::default())),
    };
    let typed = Policy { rules, ..seen };
    let expected = Expected::OneOf(super::entry::revision_of(&fields).into_iter().collect());
    let trial = trial_of(&fields);
    let patch = administration::RulesPatch::whole(rules);
    match administration::set_policy(&at.app, &at.by, &expected, patch, trial).await {
        Ok(ChangedPolicy { policy, blocked: people }) => {
            let told = html! {
                section .told role="status" {
                    p { strong { (if trial.is_some() { words::NOTHING_STORED } else { words::UPDATED }) } }
                    @if let Some(people) = &people { (blocked(&at, None, people)) }
                }
            };
            Ok(form(&at, policy, None, &told, trial.unwrap_or_default()))
        }
        Err(error) => {
            let is_conflict = matches!(error, OperationError::Stale(_) | OperationError::Changed(_));
            let problem = at.problem(error);
            let told = if is_conflict { conflict(&seen, &typed) } else { told::above(&problem) };
            Ok(form(&at, typed, Some(&problem), &told, Trial::default()))
        }
    }
}

fn form(at: &Administering, policy: Policy, problem: Option<&Problem>, told: &Markup, trial: Trial) -> Page {
    let main = html! {
        h1 { (words::GENERAL) }
        (told)
        form method="post" action=(at.path("general")) {
            (at.proof())
            input type="hidden" name=(REVISION) value=(policy.revision.number());
            fieldset {
                legend { h2 { (words::OVER_ALL) } }
                (rules_fields(&policy.rules, problem))
            }
            p .buttons {
                button type="submit" { (words::UPDATE) }
                (dry_run(trial.seen_within_days))
            }
        }
    };
    at.page(problem.map_or(StatusCode::OK, Problem::status), words::GENERAL, main)
}

/// What is there now beside what was typed.
fn conflict(now: &Policy, typed: &Policy) -> Markup {
    html! {
        section .told.wrong role="alert" {
            p { strong { (words::POLICY_CONFLICT) } }
            p { (words::NOW_AND_TYPED) }
            (differences(&administration::policy_differences(*now, *typed)))
            p { (words::CONFLICT_THEN) }
        }
    }
}
