//! Texts as a terminal is shown them.

/// Without characters that would move the cursor or turn the reading direction: names come from Jira and git servers.
pub(super) fn shown(text: &str) -> String {
    let is_harmless =
        |char: char| !char.is_control() && !matches!(char, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let escaped = |char: char| if is_harmless(char) { char.to_string() } else { char.escape_unicode().to_string() };
    text.chars().map(escaped).collect()
}
