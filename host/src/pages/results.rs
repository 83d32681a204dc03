//! `results/{id}`: what was made, in whose name, and where to look at it.

use http::StatusCode;
use maud::{Markup, html};

use super::answer::Page;
use super::create_branch::{BASE, NAME};
use super::layout::link_out;
use super::made::{Credit, Done, Elsewhere, Made, REPOSITORY_NAME, SOURCE};
use super::path::FromPath;
use super::picker::{Chosen, REPOSITORY};
use super::visit::Visiting;
use super::words;
use crate::operate::{self, Looked};
use crate::problem::Problem;
use model::{ActAs, PageName, USUAL_PULL_REQUEST_LABEL};

#[derive(serde::Deserialize)]
pub(super) struct Named {
    id: String,
}

pub(super) async fn show(at: Visiting, FromPath(named): FromPath<Named>) -> Result<Page, Page> {
    let Some(done) = at.result::<Done>(&named.id).await? else {
        return Err(at.told(Problem::not_found("result, or none that is still kept")));
    };
    // What was made stays hers to see, also where the integration is closed to her project meanwhile.
    let looked = operate::look(&at.app, &at.ask(&done.integration, ActAs::Auto)).await.ok();
    let pull_request = looked.as_ref().map_or(USUAL_PULL_REQUEST_LABEL, Looked::pull_request_label);
    let heading = words::made(&done, pull_request);
    let main = html! {
        h1 { (heading) }
        p .made.alone data-done=(kind_of(&done)) {
            @match &done.url {
                Some(url) => (link_out(url, &done.name)),
                None => strong { bdi { (done.name) } },
            }
            br;
            span .faint { bdi { (called(&done)) } }
        }
        @if let Some(Elsewhere { base }) = &done.elsewhere { p .told { (words::stands_elsewhere(base)) } }
        (credited(&done))
        @if !done.notes.is_empty() {
            h2 { (if done.answer_lost { words::LOOK_AT_IT } else { words::NOT_ALL_OF_IT }) }
            ul { @for note in &done.notes { li { bdi { (note) } } } }
        }
        div .buttons {
            @if let Some(elsewhere) = &done.elsewhere { (another_name(&at, &done, elsewhere)) }
            @if done.made == Made::Branch { (way_on(&at, &done, pull_request)) }
            @if done.made == Made::PullRequest && done.existed {
                a .button href=(at.path(PageName::CreatePullRequest.as_str())) { (words::back_to(&words::create(pull_request))) }
            }
            @if let Some(address) = &at.visit.context.return_to { (super::layout::back(address)) }
        }
    };
    Ok(at.page(StatusCode::OK, &heading, false, main))
}

/// Back to the dialog as it was filled in.
fn another_name(at: &Visiting, done: &Done, elsewhere: &Elsewhere) -> Markup {
    let chosen = Chosen { integration: done.integration.clone(), repository: done.repository.clone() };
    html! {
        form method="post" autocomplete="off" action=(at.path(PageName::CreateBranch.as_str())) {
            (at.proof())
            input type="hidden" name=(REPOSITORY) value=(chosen.to_text());
            input type="hidden" name=(REPOSITORY_NAME) value=(done.repository_name);
            input type="hidden" name=(BASE) value=(elsewhere.base);
            input type="hidden" name=(NAME) value=(done.name);
            button type="submit" { (words::ANOTHER_NAME) }
        }
    }
}

/// To the other dialog, with the repository chosen already, and the branch.
fn way_on(at: &Visiting, done: &Done, pull_request: &str) -> Markup {
    let chosen = Chosen { integration: done.integration.clone(), repository: done.repository.clone() };
    html! {
        form method="post" autocomplete="off" action=(at.path(PageName::CreatePullRequest.as_str())) {
            (at.proof())
            input type="hidden" name=(SOURCE) value=(done.name);
            button .quiet type="submit" name=(REPOSITORY) value=(chosen.to_text()) { (words::create(pull_request)) }
        }
    }
}

/// What the repository is called; its id where its form did not say.
fn called(done: &Done) -> &str {
    if done.repository_name.is_empty() { done.repository.as_str() } else { &done.repository_name }
}

fn kind_of(done: &Done) -> &'static str {
    match done.made {
        Made::Branch => "branch",
        Made::PullRequest => "pull-request",
    }
}

/// Whose name is on it. Of what was there already the git server may not say.
fn credited(done: &Done) -> Markup {
    let Credit { account, is_users, expected } = &done.credit;
    html! {
        @if done.existed {
            p { (if done.answer_lost { words::FOUND_AFTERWARDS } else { words::FOUND_WITH }) " " strong { bdi { (account) } } "." }
        } @else {
            p { (words::CREDITED_TO) " " strong { bdi { (account) } }
                @if !is_users { " " (words::THE_INTEGRATION_ACCOUNT) } "." }
        }
        @if let Some(expected) = expected {
            p .told.wrong role="alert" { (words::EXPECTED_ANOTHER) " " strong { bdi { (expected) } } ". " (words::TELL_SOMEBODY) }
        }
    }
}
