//! What all pages look like. Every text is escaped by `maud`; what came from a provider, a git server or Jira also stands in
//! `bdi`, so that its writing direction ends with it.

use http::StatusCode;
use maud::{DOCTYPE, Markup, Render, html};
use url::Url;

use super::answer::Page;
use super::assets::{script_path, style_path};
use super::cookie::base;
use super::words;
use crate::config::Config;
use crate::problem::Problem;
use model::{Site, SiteId, Timestamp, Visitor};

/// Whom a page is for: a user of one Jira, which is named where it is not the one that every daemon begins with.
#[derive(Clone, Copy)]
pub(super) struct Who<'a> {
    pub visitor: &'a Visitor,
    pub site: &'a Site,
}

impl Who<'_> {
    /// What Jira shows, where its connector says so; the user's id where it does not.
    pub fn name(&self) -> &str {
        let Visitor { user, names, .. } = self.visitor;
        names.display_name.as_ref().map_or(user.id.as_str(), |name| name.as_str())
    }
}

impl Render for Who<'_> {
    fn render(&self) -> Markup {
        let Visitor { user, names, .. } = self.visitor;
        html! {
            strong { bdi { (self.name()) } }
            @if names.display_name.is_some() { " (" bdi { (user.id) } ")" }
            @if self.site.id != SiteId::default() { " of " strong { bdi { (self.site.name) } } }
        }
    }
}

/// A whole document. `base` is the path of the public URL.
pub(super) fn document(base: &str, title: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " · " (words::PRODUCT) }
                link rel="stylesheet" href={ (base) (style_path()) };
                script type="module" src={ (base) (script_path()) } {}
            }
            body data-unreached=(words::UNREACHED) { (body) }
        }
    }
}

/// A page that says one thing and has nothing to fill in.
pub(super) fn message(config: &Config, status: StatusCode, heading: &str, text: &str, more: Markup) -> Page {
    let main = html! {
        main .sheet {
            h1 { (heading) }
            p { bdi { (text) } }
            (more)
        }
    };
    Page::new(status, document(&base(config), heading, main))
}

/// What went wrong, above a form or in the place of a page.
///
/// `label`: what the page calls a field; none where it has no other name than the message gives it.
pub(super) fn alert(problem: &Problem, label: impl Fn(&str) -> Option<String>) -> Markup {
    alerted(problem, true, label)
}

/// The same where its title stands above.
pub(super) fn alert_below_its_title(problem: &Problem, label: impl Fn(&str) -> Option<String>) -> Markup {
    alerted(problem, false, label)
}

fn alerted(problem: &Problem, with_title: bool, label: impl Fn(&str) -> Option<String>) -> Markup {
    html! {
        div .told .wrong[problem.is_wrong()] role="alert" id="problem" {
            @if with_title { p { strong { bdi { (problem.title()) } } } }
            @match problem.errors() {
                [] => p { bdi { (problem.detail()) } },
                errors => ul { @for error in errors { li {
                    @if let Some(label) = label(&error.field).filter(|label| !error.message.starts_with(label)) { bdi { (label) } ": " }
                    bdi { (error.message) }
                } } },
            }
            (what_to_do(problem))
        }
    }
}

/// Where it can be mended, and by what id an administrator finds it in the log.
pub(super) fn what_to_do(problem: &Problem) -> Markup {
    html! {
        @if let Some(address) = problem.help_url() { p .alone { (link_out(address, words::WHERE_TO_MEND)) } }
        // What its reader can mend herself, nobody looks for in a log.
        @if problem.status().is_server_error() && let Some(id) = problem.request_id() { p .faint { (words::REQUEST_ID) " " code { (id) } } }
    }
}

/// A link to another site, in a window of its own; the text alone where the address is none a browser should follow.
pub(super) fn link_out(address: &str, text: impl Render) -> Markup {
    html! {
        @if is_web(address) {
            a href=(address) target="_blank" rel="noreferrer noopener" {
                bdi { (text) } span .hidden { " " (words::IN_A_NEW_WINDOW) }
            }
        } @else {
            bdi { (text) }
        }
    }
}

/// An address that goes on in the next line behind a `/` or a dot.
pub(super) fn breakable(address: &str) -> Markup {
    html! { @for piece in address.split_inclusive(['/', '.']) { (piece) wbr; } }
}

/// The way back, where there is one a browser should follow.
pub(super) fn back(address: &str) -> Markup {
    html! {
        @if is_web(address) {
            a .button.quiet href=(address) target="_top" rel="noreferrer" data-leave="close" { (words::BACK_TO_JIRA) }
        }
    }
}

/// Whether an address is one a browser should follow.
pub(super) fn is_web(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
}

/// A day in UTC.
pub(super) fn day(at: Timestamp) -> Markup {
    let day = at.day();
    html! { time .whole datetime=(day) { (day) } }
}

/// A day and a minute, in UTC, that programs can read too.
pub(super) fn moment(at: Timestamp) -> Markup {
    let minute = at.minute();
    let (day, time) = minute.split_once('T').unwrap_or((&minute, ""));
    html! { time datetime=(at) { span .whole { (day) } " " span .whole { (time) " UTC" } } }
}
