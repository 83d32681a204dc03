//! What the pages look like. Every text is escaped by `maud`; what came from a provider, a git server or Jira also stands
//! in `bdi`, so that its writing direction ends with it.

mod form;
mod saved;

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use maud::{DOCTYPE, Markup, Render, html};
use url::Url;

pub use self::form::{FormPage, form};
pub use self::saved::{SavedPage, saved};
use super::form::Unreadable;
use crate::causes::with_causes;
use crate::operate::OperationError;
use model::policy::Denial;
use model::{Input, JiraUser, Kind, Scheme, Site, SiteId, Timestamp};

/// A page and its status.
#[derive(Debug)]
pub struct Page {
    status: StatusCode,
    markup: Markup,
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let content_type = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        (self.status, content_type, self.markup.into_string()).into_response()
    }
}

/// Whom a page is for: a user of one Jira, which is named where it is not the one that every daemon begins with.
#[derive(Clone, Copy)]
pub struct Who<'a> {
    pub user: &'a JiraUser,
    pub site: &'a Site,
}

impl Render for Who<'_> {
    fn render(&self) -> Markup {
        let Who { user, site } = self;
        html! {
            strong { bdi { (user) } }
            @if site.id != SiteId::default() { " of " strong { bdi { (site.name) } } }
        }
    }
}

/// The link is used up, has run out, or never was. Which, nobody is told.
pub fn gone() -> Page {
    message(
        StatusCode::GONE,
        "This link does not work any more",
        "It works once, for half an hour. Start again from Jira to get a new one. If you have just pressed the button \
         twice, what you entered may be saved already; Jira shows it.",
    )
}

/// A page of another site made the browser send the form.
pub fn cross_site() -> Page {
    message(
        StatusCode::FORBIDDEN,
        "This form was sent from another site",
        "Nothing was saved. Open the link from Jira and fill in the form there.",
    )
}

/// What was sent is no form. The link is as good as it was.
pub fn unreadable(why: Unreadable) -> Page {
    message(
        why.status(),
        "The form could not be read",
        "Nothing was saved, and the link still works: go back, load the page again and fill it in.",
    )
}

/// The program's own fault.
pub fn broken() -> Page {
    message(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Something went wrong",
        "What you entered may not be saved. Start again from Jira; if it happens again, tell your Jira administrator.",
    )
}

/// What was begun may yet be done.
pub fn too_slow() -> Page {
    message(
        StatusCode::GATEWAY_TIMEOUT,
        "This took too long",
        "What you entered may be saved or not. Start again from Jira, which shows whether it is.",
    )
}

/// As many requests as fit are being answered; this one was not begun.
pub fn busy() -> Page {
    message(
        StatusCode::SERVICE_UNAVAILABLE,
        "Too many people are here just now",
        "Nothing was saved, and the link still works: load the page again in a minute.",
    )
}

/// An error that filling in the form again does not mend. Its own words are for the log, unless they are the policy's.
pub fn stopped(error: OperationError) -> Page {
    match error {
        OperationError::Denied(denial) => {
            let status = match denial {
                Denial::NotOpenToProject => StatusCode::NOT_FOUND,
                _ => StatusCode::FORBIDDEN,
            };
            message(status, "You cannot save a credential here", &denial.to_string())
        }
        error @ (OperationError::Store(_) | OperationError::Missing(_)) => {
            tracing::error!(error = with_causes(&error), "a page could not use the store");
            message(
                StatusCode::SERVICE_UNAVAILABLE,
                "This cannot be done just now",
                "Try again from Jira in a few minutes. Nothing is saved unless a page says so.",
            )
        }
        error => {
            tracing::error!(error = with_causes(&error), "a page could not use an integration");
            message(
                StatusCode::INTERNAL_SERVER_ERROR,
                "This integration cannot be used",
                "Nothing was saved. Ask your Jira administrator to look at the integration.",
            )
        }
    }
}

fn message(status: StatusCode, heading: &str, text: &str) -> Page {
    let markup = layout(
        heading,
        html! {
            h1 { (heading) }
            p { bdi { (text) } }
        },
    );
    Page { status, markup }
}

fn layout(title: &str, main: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " · Countersign" }
                // Relative, so that it is found wherever a proxy puts the pages: they all are one folder down.
                link rel="stylesheet" href="../ui/style.css";
            }
            body { main { (main) } }
        }
    }
}

/// A link to another site, in a window of its own; the text alone where the address is none a browser should follow.
fn link_out(address: &str, text: &str) -> Markup {
    html! {
        @if is_web(address) {
            a href=(address) target="_blank" rel="noreferrer noopener" { bdi { (text) } }
        } @else {
            bdi { (text) }
        }
    }
}

fn is_web(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
}

/// What the kind calls the thing to save, by the label of its first secret: `Personal access token`. A key that is two or
/// three fields is called by what they are together.
fn name_of_credential(kind: &Kind) -> &str {
    let secret = kind.credential.iter().find(|field| field.input == Input::Secret);
    match (&kind.scheme, secret) {
        (Scheme::AwsSigv4 { .. }, _) => "Access key",
        (_, Some(field)) => &field.label,
        (_, None) => "Credential",
    }
}

/// The day, in UTC: `2026-11-22`.
fn day(at: Timestamp) -> String {
    at.day()
}
