//! Pages that say why there is no other.

use http::StatusCode;
use maud::{Markup, html};

use super::answer::Page;
use super::cookie::base;
use super::form::Unreadable;
use super::layout::{alert, back, message, what_to_do};
use super::words;
use crate::config::Config;
use crate::operate::{App, OperationError};
use crate::problem::Problem;
use crate::request::{RequestId, Trouble};

/// The link is used up, has run out, or never was. Which, nobody is told. `jira`: where it came from, if that is a Jira's.
pub(super) fn gone(config: &Config, jira: Option<&str>) -> Page {
    let (heading, text) = words::LINK_GONE;
    let more = html! { @if let Some(address) = jira { p .buttons { (back(address)) } } };
    message(config, StatusCode::GONE, heading, text, more)
}

/// There is no such page. Two ways lead on.
pub(super) fn nothing_here(config: &Config) -> Page {
    let (heading, text) = words::NOTHING_HERE;
    let more = html! { p .buttons { a .button.quiet href={ (base(config)) "/admin" } { (words::ADMINISTRATION) } } };
    message(config, StatusCode::NOT_FOUND, heading, text, more)
}

/// The same of a link that signs an administrator in.
pub(super) fn login_link_gone(config: &Config) -> Page {
    plain(config, StatusCode::GONE, words::LOGIN_LINK_GONE)
}

/// A page of another site made the browser send the form.
pub(super) fn cross_site(config: &Config) -> Page {
    plain(config, StatusCode::FORBIDDEN, words::CROSS_SITE)
}

/// The same of an administrators' form.
pub(super) fn cross_site_to_admin(config: &Config) -> Page {
    plain(config, StatusCode::FORBIDDEN, words::CROSS_SITE_TO_ADMIN)
}

/// The form is not one of this visit's.
pub(super) fn not_from_here(config: &Config) -> Page {
    plain(config, StatusCode::FORBIDDEN, words::NOT_FROM_HERE)
}

/// This browser has no such visit.
pub(super) fn no_visit(config: &Config) -> Page {
    plain(config, StatusCode::FORBIDDEN, words::NO_VISIT)
}

/// What was sent is no form.
pub(super) fn unreadable(config: &Config, why: Unreadable) -> Page {
    let words = if why.status() == StatusCode::PAYLOAD_TOO_LARGE { words::TOO_LONG } else { words::UNREADABLE };
    plain(config, why.status(), words)
}

/// An error in the place of a page, of a request with this id.
pub(super) fn stopped(app: &App, id: &RequestId, error: OperationError) -> Page {
    problem(&app.config, Problem::from(error).of_request(id.as_str()))
}

/// The same, of what is a problem already.
pub(super) fn problem(config: &Config, problem: Problem) -> Page {
    problem.log();
    message(config, problem.status(), problem.title(), problem.detail(), what_to_do(&problem))
}

/// The same on a page that leads on.
pub(super) fn problem_with_a_way(config: &Config, problem: Problem, way: Markup) -> Page {
    problem.log();
    let more = html! { (what_to_do(&problem)) (way) };
    message(config, problem.status(), problem.title(), problem.detail(), more)
}

/// Above a form: why it was not done.
pub(super) fn above(problem: &Problem) -> Markup {
    above_with(problem, |name| words::field(name).map(str::to_owned))
}

/// The same of a page that calls its fields by other names.
pub(super) fn above_with(problem: &Problem, label: impl Fn(&str) -> Option<String>) -> Markup {
    problem.log();
    alert(problem, label)
}

/// A request that no handler answered.
pub(super) fn trouble(config: &Config, trouble: Trouble) -> Page {
    match trouble {
        Trouble::TooSlow => plain(config, StatusCode::GATEWAY_TIMEOUT, words::TOO_SLOW),
        Trouble::Broken => plain(config, StatusCode::INTERNAL_SERVER_ERROR, words::BROKEN),
        Trouble::Busy => plain(config, StatusCode::SERVICE_UNAVAILABLE, words::BUSY),
        Trouble::NoHost => plain(config, StatusCode::BAD_REQUEST, words::NO_HOST),
    }
}

fn plain(config: &Config, status: StatusCode, (heading, text): (&str, &str)) -> Page {
    message(config, status, heading, text, Markup::default())
}
