//! What a server says in its own words: names, patterns and addresses in a sentence are somebody else's, and may be called anything.

/// Marks before a name, and those that may stand behind it.
const MARKS: [(char, &[char]); 7] = [
    ('`', &['`', '\'']),
    ('\'', &['\'']),
    ('"', &['"']),
    ('‘', &['’']),
    ('“', &['”']),
    ('„', &['“', '”']),
    ('«', &['»']),
];
/// What is in paths, addresses and patterns, and in no word.
const FOREIGN: [char; 7] = ['/', '\\', '@', '^', '$', '|', '*'];
/// Words before a colon behind which a pattern stands, up to the end of the line.
const PATTERN: [&str; 3] = ["pattern", "regex", "expression"];

/// The text in lower case and on one line, without what others named: what stands in quotes (the marks stay), paths, addresses,
/// patterns and files. For looking for signs in it.
///
/// ```
/// # use countersign_sdk::own_words;
/// assert_eq!(own_words("`rate-limit` of 'it's mine' isn't at a/b or x@y.z."), "`` of '' isn't at or");
/// assert_eq!(own_words("Names must match a\nregex pattern: policy-x\nToo long."), "names must match a regex pattern: too long.");
/// ```
pub fn own_words(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(without_pattern).collect();
    let text = without_quoted(&lines.join("\n")).to_ascii_lowercase();
    let is_own = |word: &&str| !word.contains(FOREIGN) && !has_dot_within(word);
    text.split_whitespace().filter(is_own).collect::<Vec<_>>().join(" ")
}

fn without_pattern(line: &str) -> &str {
    let starts = line.match_indices(": ").filter_map(|(at, _)| line.get(..=at));
    let names_one = |start: &&str| PATTERN.iter().any(|word| start.trim_end_matches(':').ends_with(word));
    starts.into_iter().find(names_one).unwrap_or(line)
}

/// A mark behind a letter is an apostrophe, and so is one before a letter that would be the second.
fn without_quoted(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text.chars();
    while let Some(char) = rest.next() {
        let begins = !kept.ends_with(is_letter);
        kept.push(char);
        let quote = MARKS.iter().find(|(open, _)| begins && *open == char);
        if let Some(end) = quote.and_then(|(_, closes)| end_of(rest.as_str(), closes)) {
            rest = rest.as_str()[end..].chars();
            kept.extend(rest.next());
        }
    }
    kept
}

fn end_of(quoted: &str, closes: &[char]) -> Option<usize> {
    let is_end = |(at, mark): &(usize, &str)| !quoted[at + mark.len()..].starts_with(is_letter);
    quoted.match_indices(closes).find(is_end).map(|(at, _)| at)
}

/// Or a digit. Of Latin alone, for others put no spaces around marks.
fn is_letter(char: char) -> bool {
    char.is_ascii_alphanumeric() || ('À'..='ɏ').contains(&char)
}

/// `rate-limit.yml`, not the end of a sentence.
fn has_dot_within(word: &str) -> bool {
    word.split('.').skip(1).any(|after| after.starts_with(is_letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_quotes_of_any_sort_are_left_out() {
        for (text, own) in [
            ("without `rate limit` scope", "without `` scope"),
            ("Repository `octo/hello' is disabled.", "repository `' is disabled."),
            ("分支'read-only'已存在", "分支''已存在"),
            ("'l'été' is", "'' is"),
            ("'doc' is locked by O'Neill", "'' is locked by o'neill"),
            (
                "check \"a 'b' c\" is (\u{201c}x y\u{201d}) \u{201e}z\u{201c}, \u{ab}ä\u{bb}",
                "check \"\" is (\u{201c}\u{201d}) \u{201e}\u{201c}, \u{ab}\u{bb}",
            ),
        ] {
            assert_eq!(own_words(text), own);
        }
    }

    #[test]
    fn what_is_no_quote_stays() {
        for text in ["the users' tokens aren't good", "a ' b", "`open", "it's", "''", "a. b.", ""] {
            assert_eq!(own_words(text), text);
        }
    }

    #[test]
    fn paths_patterns_files_and_addresses_are_left_out() {
        let text = "See https://x.org/rate-limit, a.yml, ^x$ and jo@x for more: one regex: a b\nNext line: it is";
        assert_eq!(own_words(text), "see and for more: one regex: next line: it is");
    }
}
