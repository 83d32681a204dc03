//! *General settings*: the two rules over all integrations.

use axum::extract::{Request, State};
use http::StatusCode;
use maud::html;

use super::entry::{REVISION, rules_fields, rules_of};
use super::session::{Administering, Entered};
use crate::operate::SharedApp;
use crate::operate::administration::{self, Expected};
use crate::pages::answer::Page;
use crate::pages::{told, words};
use crate::problem::Problem;
use model::Policy;

pub(super) async fn show(at: Administering) -> Result<Page, Page> {
    let policy = administration::policy(&at.app).await.map_err(|error| at.stopped(error))?;
    Ok(form(&at, policy, None, false))
}

pub(super) async fn enter(State(app): State<SharedApp>, request: Request) -> Result<Page, Page> {
    let Entered { at, fields } = Entered::read(&app, request).await?;
    let seen = administration::policy(&at.app).await.map_err(|error| at.stopped(error))?;
    let rules = match rules_of(&fields) {
        Ok(rules) => rules,
        Err(problem) => return Ok(form(&at, seen, Some(&problem), false)),
    };
    let typed = Policy { rules, ..seen };
    let expected = Expected::OneOf(super::entry::revision_of(&fields).into_iter().collect());
    match administration::set_policy(&at.app, &at.by, &expected, administration::RulesPatch::whole(rules)).await {
        Ok(policy) => Ok(form(&at, policy, None, true)),
        Err(error) => Ok(form(&at, typed, Some(&at.problem(error)), false)),
    }
}

fn form(at: &Administering, policy: Policy, problem: Option<&Problem>, is_saved: bool) -> Page {
    let main = html! {
        h1 { (words::GENERAL) }
        @if is_saved { p .told role="status" { (words::UPDATED) } }
        @if let Some(problem) = problem { (told::above(problem)) }
        form method="post" action=(at.path("general")) {
            (at.proof())
            input type="hidden" name=(REVISION) value=(policy.revision.number());
            fieldset {
                legend { (words::OVER_ALL) }
                (rules_fields(&policy.rules, problem))
            }
            p .buttons { button type="submit" { (words::UPDATE) } }
        }
    };
    at.page(problem.map_or(StatusCode::OK, Problem::status), words::GENERAL, main)
}
