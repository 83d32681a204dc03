//! What a user fills in to save a PAT: the fields her git server's kind asks for.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::super::form::{Fields, PROOF};
use super::super::visit::Visiting;
use super::super::words;
use super::shown::{FROM, SAVED_AT, Shown, YES};
use crate::operate::{App, Ask, OperationError, SavePat, SavedPat, confirm_pat, save_pat};
use crate::pages::fields::{day, described_by, labelled, minute};
use crate::pages::kind::{ends_at_a_minute, expiry_help};
use crate::problem::Problem;
use model::{DAY_MS, Field, Input, Kind, Timestamp};

/// When the PAT ends. The `-` keeps it apart from the fields of a kind, whose names cannot hold one.
const EXPIRES_AT: &str = "expires-at";
/// Save although the git server does not answer; `yes` where ticked.
const ALLOW_UNCHECKED: &str = "allow-unchecked";
/// Where what is typed in may go: the addresses that were shown, one a line.
const ADDRESSES: &str = "to-addresses";
/// Give what is saved to these addresses, which were shown, one a line; nothing else is filled in then.
pub(super) const CONFIRM: &str = "confirm-addresses";

/// What is to be done.
pub(super) enum Wanted {
    /// What was filled in is to be saved, for these addresses.
    Save(SavePat),
    /// What is saved is to be given to these addresses, where it is still the one that was saved then.
    Confirm { addresses: Vec<String>, seen: Option<Timestamp> },
}

impl Wanted {
    /// Does it.
    pub async fn carry_out(self, app: &App, ask: &Ask) -> Result<SavedPat, OperationError> {
        match self {
            Wanted::Save(pat) => save_pat(app, ask, pat).await,
            Wanted::Confirm { addresses, seen } => confirm_pat(app, ask, &addresses, seen).await,
        }
    }
}

/// What the form starts with when it is shown again: never a secret, and no text that was typed beside one. Whoever puts a
/// token into the field above would see it in the clear.
#[derive(Debug, Default)]
pub(super) struct Draft {
    fields: BTreeMap<String, String>,
    expires_at: String,
    /// Something was typed that is not shown again.
    pub has_unshown: bool,
}

impl Draft {
    /// What may be shown again.
    pub fn of(fields: &Fields, kind: &Kind) -> Self {
        let shown = kind.credential.iter().filter(|field| matches!(field.input, Input::Choice(_)));
        let names: Vec<&str> = shown.map(|field| field.name.as_str()).collect();
        let is_read =
            if ends_at_a_minute(kind) { fields.minute(EXPIRES_AT).is_ok() } else { fields.day(EXPIRES_AT).is_ok() };
        let date = fields.filled(EXPIRES_AT).filter(|_| is_read);
        let unshown = kind.credential.iter().filter(|field| !names.contains(&field.name.as_str()));
        Self {
            fields: fields.kept(&names),
            expires_at: date.unwrap_or_default().to_owned(),
            has_unshown: unshown.into_iter().any(|field| fields.filled(&field.name).is_some()),
        }
    }
}

/// Whether all that was sent is in the form of this kind.
pub(super) fn is_of(kind: &Kind, fields: &Fields) -> bool {
    let ours = [EXPIRES_AT, ALLOW_UNCHECKED, ADDRESSES, CONFIRM, SAVED_AT, FROM, PROOF];
    fields.names().all(|name| ours.contains(&name) || kind.credential.iter().any(|field| field.name == name))
}

/// The end alone is looked at here: it has to be a day, or a minute where its kind ends at one, and after `now`.
pub(super) fn wanted(mut fields: Fields, kind: &Kind, now: Timestamp) -> Result<Wanted, Problem> {
    if fields.has(CONFIRM) {
        // What says nothing of when it was saved is of no page, and of no token.
        let seen = Timestamp::parse(fields.text(SAVED_AT).trim()).unwrap_or(Timestamp::from_unix_seconds(0));
        return Ok(Wanted::Confirm { addresses: lines(fields.text(CONFIRM)), seen: Some(seen) });
    }
    let (expires_at, past) = if ends_at_a_minute(kind) {
        (fields.minute(EXPIRES_AT)?, words::PAST_MINUTE)
    } else {
        (fields.day(EXPIRES_AT)?, words::PAST_DATE)
    };
    if expires_at.is_some_and(|end| end <= now) {
        return Err(Problem::invalid(EXPIRES_AT, past));
    }
    let allow_unchecked = fields.text(ALLOW_UNCHECKED) == YES;
    let seen = fields.has(ADDRESSES).then(|| lines(fields.text(ADDRESSES)));
    for ours in [EXPIRES_AT, ALLOW_UNCHECKED, ADDRESSES, FROM, PROOF] {
        fields.take(ours);
    }
    Ok(Wanted::Save(SavePat { fields: fields.into_inner(), expires_at, allow_unchecked, seen }))
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

impl Shown<'_> {
    /// The form for a new one.
    pub(super) fn entry(&self, draft: &Draft, problem: Option<&Problem>, offers_unchecked: bool) -> Markup {
        let place = self.found.integration().place();
        let (addresses, origins) = (place.addresses(), place.origins());
        html! {
            h2 { (words::SAVE_IT_HERE) }
            form method="post" action=(self.action()) autocomplete="off" {
                (self.unseen())
                input type="hidden" name=(ADDRESSES) value=(addresses.join("\n"));
                @for field in &self.kind.credential { (entry_of(field, draft, problem)) }
                (expiry(&self.kind, self.at, draft, problem))
                @if offers_unchecked { (unchecked(&self.kind)) }
                p .faint {
                    (words::IT_GOES_TO) " "
                    @for (index, origin) in origins.iter().enumerate() {
                        @if index > 0 { ", " }
                        bdi { (origin.url) }
                    }
                    "."
                }
                p .buttons { button type="submit" { (words::UPDATE) } " " (self.way(words::CANCEL, true)) }
            }
        }
    }
}

fn entry_of(field: &Field, draft: &Draft, problem: Option<&Problem>) -> Markup {
    let id = format!("field-{}", field.name);
    let kept = draft.fields.get(&field.name).map_or("", String::as_str);
    let (described_by, is_wrong) = described_by(&id, &field.name, !field.help.is_empty(), problem);
    let input_type = match field.input {
        Input::Secret => "password",
        Input::Url => "url",
        Input::Text | Input::Choice(_) => "text",
    };
    let invalid = is_wrong.then_some("true");
    let control = html! {
        @if let Input::Choice(choices) = &field.input {
            select id=(id) name=(field.name) required[field.required] aria-describedby=[described_by] aria-invalid=[invalid] {
                @if !field.required { option value="" { (words::NONE) } }
                @for choice in choices {
                    option value=(choice) selected[choice == kept] { (choice) }
                }
            }
        } @else {
            input id=(id) name=(field.name) type=(input_type) required[field.required]
                placeholder=(field.example) autocomplete="off" autocapitalize="none" spellcheck="false"
                aria-describedby=[described_by] aria-invalid=[invalid];
        }
    };
    labelled(&id, &field.label, field.required, &field.help, &field.name, problem, control)
}

fn expiry(kind: &Kind, at: &Visiting, draft: &Draft, problem: Option<&Problem>) -> Markup {
    let (help, now) = (expiry_help(kind), at.app.clock.now());
    if ends_at_a_minute(kind) {
        let first = now.minute();
        return minute(EXPIRES_AT, words::EXPIRES_AT_MINUTE, &draft.expires_at, &help, Some(&first), problem);
    }
    let tomorrow = now.plus_ms(DAY_MS).day();
    day(EXPIRES_AT, words::EXPIRES_ON, &draft.expires_at, &help, Some(&tomorrow), problem)
}

fn unchecked(kind: &Kind) -> Markup {
    html! {
        p .choice {
            input id="field-allow-unchecked" name=(ALLOW_UNCHECKED) type="checkbox" value=(YES);
            " "
            label for="field-allow-unchecked" { (words::SAVE_WITHOUT_ASKING) " " bdi { (kind.label) } }
        }
    }
}
