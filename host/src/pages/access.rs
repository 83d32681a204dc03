//! The state of a user's PAT in a few words, for tables.

use maud::{Markup, html};

use super::layout::{day, moment};
use super::words;
use model::{DAY_MS, Expiry, PatMetadata, PatState, Timestamp};

/// Up to how many days before its end they are counted.
const COUNTED_DAYS: i64 = 30;

/// A mark for the eye and the words for everybody, with the end where it is near or known.
pub(super) fn access(pat: Option<&PatMetadata>, state: PatState, now: Timestamp) -> Markup {
    let is_good = matches!(state, PatState::Valid | PatState::Expiring | PatState::Unchecked);
    let account = pat.and_then(|pat| pat.account.as_ref()).filter(|_| is_good);
    let is_soon = state == PatState::Expiring;
    html! {
        span .access .good[is_good && !is_soon] .soon[is_soon] .bad[!is_good && state != PatState::Missing] {
            span .mark aria-hidden="true" { (mark(state)) }
            " "
            @if let Some(account) = account { (words::AS) " " bdi { (account.login) } }
            @else { (words::state(state)) }
            @if is_good && pat.is_some_and(|pat| matches!(pat.expiry, Expiry::At(_))) { ", " (end(pat, now)) }
        }
    }
}

fn mark(state: PatState) -> &'static str {
    match state {
        PatState::Valid | PatState::Unchecked => "✓",
        PatState::Expiring => "!",
        PatState::Missing | PatState::SetAside | PatState::Expired | PatState::Rejected => "–",
    }
}

/// When it ends, counted in days where that is soon, and to the minute where it is within a day.
pub(super) fn end(pat: Option<&PatMetadata>, now: Timestamp) -> Markup {
    let Some(Expiry::At(end)) = pat.map(|pat| pat.expiry) else { return html! { (words::EXPIRES_SOON) } };
    let left = end.unix_ms() - now.unix_ms();
    html! {
        // A whole day is all that is known of its end, or a moment.
        @if left < DAY_MS || (left / DAY_MS <= COUNTED_DAYS && !end.is_midnight()) {
            span .whole { (words::expires_in(left)) } " " span .whole { "(" (moment(end)) ")" }
        } @else if left / DAY_MS <= COUNTED_DAYS {
            span .whole { (words::expires_in(left)) } " " span .whole { "(" (day(end)) " UTC)" }
        } @else {
            span .whole { (words::EXPIRES_ON_DAY) " " (day(end)) " (UTC)" }
        }
    }
}

/// When a credential ends, as far as anybody knows.
pub(super) fn expiry(expiry: Option<Expiry>, now: Timestamp) -> Markup {
    html! {
        @match expiry {
            Some(Expiry::At(end)) if (end.unix_ms() - now.unix_ms()).abs() < DAY_MS => (moment(end)),
            Some(Expiry::At(end)) => (day(end)),
            Some(Expiry::Never) => (words::NEVER),
            Some(Expiry::Unknown) => (words::NOT_SAID),
            None => "–",
        }
    }
}

/// The same without whose it is.
pub(super) fn access_in_words(state: PatState) -> Markup {
    access(None, state, Timestamp::from_unix_ms(0))
}
