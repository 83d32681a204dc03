//! *Dry run*: what a change would do, told before it is made, and whom it would concern of those seen lately.

use maud::{Markup, html};

use super::names::{DAYS, TRY};
use super::session::Administering;
use crate::operate::administration::{Blocked, MAX_NAMED, Trial, USUAL_SEEN_WITHIN_DAYS};
use crate::pages::form::Fields;
use crate::pages::words;
use model::IntegrationId;

/// How far back can be looked, in days.
const SPANS: [u16; 3] = [30, 90, 365];

/// None where the form is to be stored.
pub(super) fn trial_of(fields: &Fields) -> Option<Trial> {
    fields.has(TRY).then(|| Trial { seen_within_days: days_of(fields.filled(DAYS)) })
}

/// One of those that are offered.
pub(super) fn days_of(text: Option<&str>) -> u16 {
    let days = text.and_then(|text| text.parse().ok()).filter(|days| SPANS.contains(days));
    days.unwrap_or(USUAL_SEEN_WITHIN_DAYS)
}

/// How far back is looked, to choose from.
pub(super) fn days_field(days: u16) -> Markup {
    html! {
        label for=(DAYS) .hidden { (words::SEEN_WITHIN) }
        (spans(days, words::seen_within))
    }
}

fn spans(days: u16, text: impl Fn(u16) -> String) -> Markup {
    html! {
        select id=(DAYS) name=(DAYS) { @for span in SPANS { option value=(span) selected[span == days] { (text(span)) } } }
    }
}

/// The button, and whom it looks at: apart from what stores.
pub(super) fn dry_run(days: u16) -> Markup {
    html! {
        p .buttons.apart {
            button .quiet type="submit" name=(TRY) value="yes" data-look="" { (words::DRY_RUN) }
            span .together { label for=(DAYS) { (words::DRY_RUN_COUNTS) } " " (spans(days, words::days)) }
        }
    }
}

/// Whom the rule would keep from creating, by name.
pub(super) fn blocked(at: &Administering, integration: Option<&IntegrationId>, blocked: &Blocked) -> Markup {
    let Blocked { people, seen, seen_within_days, is_required, is_closed } = blocked;
    if !is_required {
        return html! { p { (words::NO_RULE) } };
    }
    let which = integration.map(IntegrationId::as_str).unwrap_or_default();
    let coverage = at.path(&format!("coverage?integration={which}&{DAYS}={seen_within_days}"));
    html! {
        p { (words::blocked(people.len(), *seen, *seen_within_days, *is_closed)) }
        @if !people.is_empty() {
            ul {
                @for (user, names) in people.iter().take(MAX_NAMED) {
                    li {
                        @if let Some(name) = &names.display_name { bdi { (name) } " " }
                        span .faint { bdi { (user.site) "/" (user.id) } }
                    }
                }
                @if people.len() > MAX_NAMED { li { (words::and_more(people.len() - MAX_NAMED)) } }
            }
            // A form that was tried is gone with its page.
            p .alone { a href=(coverage) target="_blank" { (words::COVERAGE) span .hidden { " " (words::IN_A_NEW_WINDOW) } } }
        }
    }
}
