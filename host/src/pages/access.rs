//! The state of a user's PAT in a few words, for tables.

use maud::{Markup, html};

use super::words;
use model::{DAY_MS, Expiry, PatMetadata, PatState, Timestamp};

/// A mark for the eye and the words for everybody, with the end where it is near or known.
pub(super) fn access(pat: Option<&PatMetadata>, state: PatState, now: Timestamp) -> Markup {
    let is_good = matches!(state, PatState::Valid | PatState::Expiring | PatState::Unchecked);
    let account = pat.and_then(|pat| pat.account.as_ref()).filter(|_| is_good);
    html! {
        span .access .good[is_good] .bad[!is_good && state != PatState::Missing] {
            span .mark aria-hidden="true" { (if is_good { "✓" } else { "–" }) }
            " "
            @if let Some(account) = account { (words::AS) " " bdi { (account.login) } }
            @else { (words::state(state)) }
            @if is_good && let Some(end) = end(pat, now) { ", " (end) }
        }
    }
}

/// When it ends, counted in days where that is soon.
fn end(pat: Option<&PatMetadata>, now: Timestamp) -> Option<String> {
    let Expiry::At(end) = pat?.expiry else { return None };
    let days = (end.unix_ms() - now.unix_ms()) / DAY_MS;
    Some(if days <= 30 { words::expires_in_days(days) } else { words::expires_at_day(&end.day()) })
}

/// The same without whose it is.
pub(super) fn access_in_words(state: PatState) -> Markup {
    access(None, state, Timestamp::from_unix_ms(0))
}
