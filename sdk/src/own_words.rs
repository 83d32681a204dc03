//! What a server says in its own words: names, patterns and addresses in a sentence are somebody else's, and may be called anything.

/// Marks before a name, and those that may stand behind it, as the languages of servers have them.
pub const MARKS: [(char, &[char]); 13] = [
    ('`', &['`', '\'']),
    ('\'', &['\'']),
    ('"', &['"']),
    ('‘', &['’']),
    ('‚', &['‘', '’']),
    ('“', &['”']),
    ('”', &['”']),
    ('„', &['“', '”']),
    ('«', &['»']),
    ('»', &['«', '»']),
    ('‹', &['›']),
    ('「', &['」']),
    ('『', &['』']),
];
/// What is in paths, addresses and patterns, and in no word.
const FOREIGN: [char; 7] = ['/', '\\', '@', '^', '$', '|', '*'];
/// What joins the parts of a name.
const JOINTS: &[u8] = b"-_.:@/";
/// Those that join what stands in marks, too.
const DASHES: &[u8] = b"-_";
/// Marks that close what was never opened. An apostrophe is none.
const CLOSING: [char; 3] = ['`', '"', '”'];
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

/// Whether a sign, in lower case, stands in words that [`own_words`] gave: with other endings, but not as a part of a name. What is
/// joined by one of `-_.:@/` to more than the sign has, or stands behind a mark that was not closed, is a name. A sign that begins or
/// ends with a blank says itself where a word begins or ends.
///
/// ```
/// # use countersign_sdk::says;
/// assert!(says("blocked by two policies: read-only", "polic") && says("it is read-only.", "read-only"));
/// assert!(!says("the branch policy-update is new", "policy") && !says("see `policy", "policy"));
/// ```
pub fn says(own: &str, sign: &str) -> bool {
    let is_sign = |at: usize| {
        let (before, after) = (&own[..at], &own[at + sign.len()..]);
        let (is_in_marks, is_behind_one) = marks(before);
        let begins = !sign.starts_with(is_letter) || !(is_behind_one || is_joined_before(before));
        let ends = !sign.ends_with(is_letter) || !is_joined_after(after);
        begins && ends && !is_in_marks && !is_before_a_mark(after)
    };
    own.match_indices(sign).any(|(at, _)| is_sign(at))
}

/// Whether a name was begun before that does not end, and whether a mark stands there that begins one: of what is closed, the marks
/// alone are left.
fn marks(before: &str) -> (bool, bool) {
    let (mut last, mut begins) = (' ', false);
    for char in before.chars() {
        if begins && is_letter(char) {
            return (true, false);
        }
        begins = !is_letter(last) && MARKS.iter().any(|(open, _)| *open == char);
        last = char;
    }
    (false, begins)
}

/// At the beginning of a word a joint is none.
fn is_joined_before(before: &str) -> bool {
    let word = before.bytes().rev().take_while(|byte| *byte != b' ');
    let mut joints = 0;
    let mut is_first = false;
    for byte in word {
        is_first = JOINTS.contains(&byte);
        joints += usize::from(is_first);
    }
    joints > usize::from(is_first)
}

/// At the end of a word a joint is a sentence's.
fn is_joined_after(after: &str) -> bool {
    let mut last = b' ';
    for byte in after.bytes().take_while(|byte| *byte != b' ') {
        let joins = JOINTS.contains(&last) && (byte.is_ascii_alphanumeric() || !byte.is_ascii());
        if joins || (DASHES.contains(&last) && byte == b'`') {
            return true;
        }
        last = byte;
    }
    false
}

/// Whether a name ends in the sentence that was not begun.
fn is_before_a_mark(after: &str) -> bool {
    let mut last = 'a';
    for char in after.chars() {
        match char {
            ' ' if last == '.' => return false,
            _ if is_letter(last) && CLOSING.contains(&char) => return true,
            _ => last = char,
        }
    }
    false
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
            ("Brugeren »my policy« har \u{201d}en policy\u{201d}, ‹x y›", "brugeren »« har \u{201d}\u{201d}, ‹›"),
            ("「read-only」です", "「」です"),
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
    fn a_sign_is_no_part_of_a_name() {
        for (text, sign) in [
            ("SSO-login is new", "sso"),
            ("pre-SSO is new", "sso"),
            ("the job policy-update failed", "policy"),
            ("the job update_policy failed", "policy"),
            ("`feature`-policy is there", "policy"),
            ("policy-`fix` is there", "policy"),
            ("see `policy", "policy"),
            ("the branch `a policy` is", "policy"),
            ("see `our policy", "policy"),
            ("see \u{201c}our new policy", "policy"),
            ("a policy` is there", "policy"),
            ("the policy update` is there", "policy"),
            ("the SSO of ours\u{201d} is there", "sso"),
            ("see \u{201e}policy", "policy"),
            ("ci:policy failed", "policy"),
            ("policy:fix failed", "policy"),
            ("a read-only-mirror is there", "read-only"),
            ("not-read-only is there", "read-only"),
            ("my-rate limit", "rate limit"),
            ("rate limit-fix", "rate limit"),
        ] {
            assert!(!says(&own_words(text), sign), "{text}");
        }
        for (text, sign) in [
            ("Blocked by policy.", "policy"),
            ("policy: no", "policy"),
            ("Blocked by policy. See docs` now", "policy"),
            ("a policy of `ours` on \"it\"", "policy"),
            ("(policy), or", "policy"),
            ("your policy's rules", "policy"),
            ("- policy", "policy"),
            ("two policies - one", "polic"),
            ("it is read-only now", "read-only"),
            ("is now read-only.", "now read-only"),
            ("you are rate-limited", "rate-limit"),
            ("`x` (read-only)", "read-only"),
            ("'x' of the users' own, \"y\": read-only", "read-only"),
            ("策略 policy，x", "policy"),
            ("without `workflow` scope", "` scope"),
        ] {
            assert!(says(&own_words(text), sign), "{text}");
        }
        assert!(
            says(" a policy", " policy") && !says(" a policy-x", " policy") && says(" account is x-y", "account is ")
        );
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
