//! An error and its causes in one line. Errors of this crate keep their causes apart; here is where they are told.

use std::error::Error;
use std::iter;

/// The error, then each cause, after a colon. Harmless on a terminal, whatever a cause quotes.
pub(crate) fn error_line(error: &(dyn Error + 'static)) -> String {
    let errors = iter::successors(Some(error), |&error| error.source());
    one_line(&errors.map(ToString::to_string).collect::<Vec<_>>().join(": "))
}

fn one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    shown(&lines.collect::<Vec<_>>().join("; "))
}

/// Without characters that would move the cursor or turn the reading direction: names come from other people's crates.
fn shown(text: &str) -> String {
    let is_harmless =
        |char: char| !char.is_control() && !matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let escaped = |char: char| if is_harmless(char) { char.to_string() } else { char.escape_unicode().to_string() };
    text.chars().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("outer")]
    struct Outer(#[source] Inner);

    #[derive(Debug, thiserror::Error)]
    #[error("inner:\n  first\n\n  second\u{1b}\u{202e}")]
    struct Inner;

    #[test]
    fn an_error_is_one_line_with_its_causes_whatever_they_quote() {
        assert_eq!(error_line(&Outer(Inner)), "outer: inner:; first; second\\u{1b}\\u{202e}");
    }
}
