//! The form: for whom, what is saved already, how to make a PAT, and the fields the kind asks for.

use http::StatusCode;
use maud::{Markup, html};

use super::{Page, Who, day, layout, link_out, name_of_credential};
use crate::ui::form::{ALLOW_UNCHECKED, CONFIRM, Draft, EXPIRES_AT, YES};
use crate::ui::problem::Problem;
use model::{Account, DAY_MS, Field, Input, IntegrationRecord, Kind, PatMetadata, PatState, Timestamp};

/// What the form is made of.
pub struct FormPage<'a> {
    pub integration: &'a IntegrationRecord,
    pub kind: &'a Kind,
    pub who: Who<'a>,
    /// What is saved already.
    pub pat: Option<&'a PatMetadata>,
    pub now: Timestamp,
    /// Path the form is sent to.
    pub action: &'a str,
    pub draft: &'a Draft,
    /// Why the last attempt was refused.
    pub problem: Option<&'a Problem>,
}

/// 422 where it is shown again because of a problem.
pub fn form(page: &FormPage<'_>) -> Page {
    let heading = format!("{} for {}", name_of_credential(page.kind), page.integration.name);
    let title = match page.problem {
        Some(_) => format!("Not saved: {heading}"),
        None => heading.clone(),
    };
    let markup = layout(
        &title,
        html! {
            p .kind { bdi { (page.kind.label) } }
            h1 { bdi { (heading) } }
            p .for-whom {
                "You are saving this for Jira user " (page.who) ". If that is not you, close this page."
            }
            @if let Some(problem) = page.problem { (alert(problem)) }
            @if let Some(pat) = page.pat { (already_saved(page, pat)) }
            (how_to(page))
            (entry(page))
        },
    );
    let status = match page.problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    Page { status, markup }
}

fn alert(problem: &Problem) -> Markup {
    html! {
        div .problem role="alert" id="problem" {
            p { strong { bdi { (problem.summary) } } }
            @if let Some(said) = &problem.said { p { bdi { (said) } } }
            @for error in &problem.fields {
                // The message alone: the name of a field that is not ours may be anything, a secret too.
                p { bdi { (error.message) } }
            }
            @if let Some(address) = &problem.help_url { p { (link_out(address, "Where it can be mended")) } }
        }
    }
}

fn already_saved(page: &FormPage<'_>, pat: &PatMetadata) -> Markup {
    let place = page.integration.place();
    let state = PatState::of(Some(pat), &place, page.now);
    let note = match state {
        PatState::Rejected => " The git server refused it since.",
        PatState::Expired => " It has expired.",
        PatState::Expiring => " It expires soon.",
        PatState::Unchecked => " The git server has not been asked about it yet.",
        PatState::SetAside => {
            " The address of this integration changed since: confirm your token below, or save another."
        }
        PatState::Valid | PatState::Missing => "",
    };
    html! {
        p .saved {
            "Already saved on " (day(pat.saved_at)) ": " bdi { (name_of_credential(page.kind)) }
            @if let Some(Account { login, .. }) = &pat.account { " of account " strong { bdi { (login) } } }
            "." (note) " Saving replaces it."
        }
        @if state == PatState::SetAside { (confirmation(page, &pat.given_to.addresses(), &place.addresses())) }
    }
}

/// The user says herself that what she gave to one address goes to another.
fn confirmation(page: &FormPage<'_>, from: &[String], to: &[String]) -> Markup {
    html! {
        h2 { "Confirm the one you saved" }
        p { "You gave it to:" }
        ul { @for address in from { li { bdi { (address) } } } }
        p { "An administrator changed this integration; it now leads to:" }
        ul { @for address in to { li { strong { bdi { (address) } } } } }
        p { "Confirm only if you know this address. Your token is sent there, to see whether it is good there." }
        form method="post" action=(page.action) {
            input type="hidden" name=(CONFIRM) value=(to.join("\n"));
            button type="submit" { "Use it at the new address" }
        }
    }
}

fn how_to(page: &FormPage<'_>) -> Markup {
    html! {
        h2 { "Make one" }
        @if !page.kind.credential_help.is_empty() { p { bdi { (page.kind.credential_help) } } }
        (forms(page))
        @if let Some(grant) = &page.integration.connection.grant {
            p { bdi { (grant.label) } ":" }
            pre .copy { (grant.text) }
        }
        @if !page.kind.permissions.is_empty() {
            p { "It needs these permissions:" }
            ul {
                @for permission in &page.kind.permissions {
                    li { strong { bdi { (permission.name) } } ": " bdi { (permission.needed_for) } }
                }
            }
        }
    }
}

/// The git server's own forms, filled in.
fn forms(page: &FormPage<'_>) -> Markup {
    let pages = page.integration.connection.credential_pages_at(page.now);
    html! {
        @if let [one] = &pages[..] {
            p { (link_out(&one.url, &format!("Open {} in a new window", page.kind.label))) }
        } @else if !pages.is_empty() {
            p { "Open one of these forms of " bdi { (page.kind.label) } " in a new window; they are filled in:" }
            ul { @for form in &pages { li { (link_out(&form.url, &form.label)) } } }
        }
    }
}

fn entry(page: &FormPage<'_>) -> Markup {
    html! {
        h2 { "Save it here" }
        form method="post" action=(page.action) autocomplete="off" {
            @for field in &page.kind.credential { (entry_of(field, page)) }
            (expiry(page))
            @if page.problem.is_some_and(|problem| problem.offers_unchecked) { (unchecked(page.kind)) }
            button type="submit" { "Check and save" }
        }
    }
}

fn entry_of(field: &Field, page: &FormPage<'_>) -> Markup {
    let id = format!("field-{}", field.name);
    let kept = page.draft.fields.get(&field.name).map_or("", String::as_str);
    let (described_by, is_wrong) = described_by(&id, &field.name, !field.help.is_empty(), page.problem);
    let input_type = match field.input {
        Input::Secret => "password",
        Input::Url => "url",
        Input::Text | Input::Choice(_) => "text",
    };
    let value = Some(kept).filter(|_| field.input != Input::Secret);
    let invalid = is_wrong.then_some("true");
    labelled(
        &id,
        &field.label,
        field.required,
        &field.help,
        &field.name,
        page.problem,
        html! {
            @if let Input::Choice(choices) = &field.input {
                select id=(id) name=(field.name) required[field.required] aria-describedby=[described_by] aria-invalid=[invalid] {
                    @if !field.required { option value="" { "None" } }
                    @for choice in choices {
                        option value=(choice) selected[choice == kept] { (choice) }
                    }
                }
            } @else {
                input id=(id) name=(field.name) type=(input_type) value=[value] required[field.required]
                    placeholder=(field.example) autocomplete="off" autocapitalize="none" spellcheck="false"
                    aria-describedby=[described_by] aria-invalid=[invalid];
            }
        },
    )
}

fn expiry(page: &FormPage<'_>) -> Markup {
    let id = "field-expires-at";
    let help =
        format!("Only where {} does not tell it. It counts as ended when that day begins, in UTC.", page.kind.label);
    let (described_by, is_wrong) = described_by(id, EXPIRES_AT, true, page.problem);
    labelled(
        id,
        "Expires on",
        false,
        &help,
        EXPIRES_AT,
        page.problem,
        html! {
            input id=(id) name=(EXPIRES_AT) type="date" value=(page.draft.expires_at) min=(day(page.now.plus_ms(DAY_MS)))
                aria-describedby=[described_by] aria-invalid=[is_wrong.then_some("true")];
        },
    )
}

fn unchecked(kind: &Kind) -> Markup {
    html! {
        p .choice {
            input id="field-allow-unchecked" name=(ALLOW_UNCHECKED) type="checkbox" value=(YES);
            " "
            label for="field-allow-unchecked" { "Save it without asking " bdi { (kind.label) } " first" }
        }
    }
}

/// A label, the control, the help under it and what is wrong with it.
fn labelled(
    id: &str,
    label: &str,
    is_required: bool,
    help: &str,
    name: &str,
    problem: Option<&Problem>,
    control: Markup,
) -> Markup {
    html! {
        div .field {
            label for=(id) { bdi { (label) } @if !is_required { span .optional { " (optional)" } } }
            (control)
            @if !help.is_empty() { p .help id={ (id) "-help" } { bdi { (help) } } }
            @if let Some(problem) = problem {
                @for (index, message) in problem.about(name).enumerate() {
                    p .error id=[(index == 0).then(|| format!("{id}-error"))] { bdi { (message) } }
                }
            }
        }
    }
}

/// The ids of the texts that explain a control, and whether what was in it was refused.
fn described_by(id: &str, name: &str, has_help: bool, problem: Option<&Problem>) -> (Option<String>, bool) {
    let is_wrong = problem.is_some_and(|problem| problem.about(name).next().is_some());
    let help = has_help.then(|| format!("{id}-help"));
    let error = is_wrong.then(|| format!("{id}-error"));
    let ids: Vec<String> = error.into_iter().chain(help).collect();
    (Some(ids.join(" ")).filter(|ids| !ids.is_empty()), is_wrong)
}
