//! Rust text as tokens with their lines: enough to tell code from strings and comments, and to follow paths. Not a
//! parser, and lenient: text that rustc would refuse yields some tokens rather than an error.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Identifiers, keywords and numbers; raw identifiers without `r#`.
    Word,
    /// `::`, or one character.
    Punctuation,
    /// The inside of a string literal of any sort, escapes as written.
    Text,
    /// Documentation included, with its slashes.
    Comment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
    pub line: usize,
}

impl Token<'_> {
    pub fn is(&self, text: &str) -> bool {
        self.text == text && matches!(self.kind, Kind::Word | Kind::Punctuation)
    }
}

pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while !rest.is_empty() {
        let (length, token) = next(rest);
        if let Some((kind, text)) = token {
            found.push(Token { kind, text, line });
        }
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// How many bytes the next token takes, and what it is; nothing for white space, characters and lifetimes.
fn next(rest: &str) -> (usize, Option<(Kind, &str)>) {
    let first = rest.chars().next().unwrap_or(' ');
    if rest.starts_with("//") {
        let length = rest.find('\n').unwrap_or(rest.len());
        (length, Some((Kind::Comment, &rest[..length])))
    } else if rest.starts_with("/*") {
        let length = block_comment(rest);
        (length, Some((Kind::Comment, &rest[..length])))
    } else if let Some((start, end, length)) = string(rest) {
        (length, Some((Kind::Text, &rest[start..end])))
    } else if is_word(first) {
        let start = if rest.starts_with("r#") { 2 } else { 0 };
        let length = start + word_length(&rest[start..]);
        (length, Some((Kind::Word, &rest[start..length])))
    } else if first == '\'' {
        (character_or_quote(rest), None)
    } else if rest.starts_with("::") {
        (2, Some((Kind::Punctuation, "::")))
    } else if first.is_whitespace() {
        (first.len_utf8(), None)
    } else {
        (first.len_utf8(), Some((Kind::Punctuation, &rest[..first.len_utf8()])))
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn word_length(rest: &str) -> usize {
    rest.find(|character| !is_word(character)).unwrap_or(rest.len())
}

/// Block comments nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// Start and end of the content, and the length of the whole literal: `"…"`, `b"…"`, `c"…"`, `r#"…"#` and the like.
fn string(rest: &str) -> Option<(usize, usize, usize)> {
    let prefix = rest.bytes().take(MAX_PREFIX + 1).position(|byte| byte == b'"')?;
    let marks = rest[..prefix].trim_start_matches(['b', 'c']);
    if marks.is_empty() {
        let end = closing_quote(rest, prefix + 1);
        return Some((prefix + 1, end, (end + 1).min(rest.len())));
    }
    let hashes = marks.strip_prefix('r').filter(|hashes| hashes.chars().all(|mark| mark == '#'))?;
    let closing = format!("\"{hashes}");
    let end = rest[prefix + 1..].find(&closing).map_or(rest.len(), |found| prefix + 1 + found);
    Some((prefix + 1, end, (end + closing.len()).min(rest.len())))
}

/// `br` and as many `#` as anyone writes: bytes before the quote.
const MAX_PREFIX: usize = 8;

fn closing_quote(rest: &str, start: usize) -> usize {
    let mut escaped = false;
    for (index, character) in rest[start..].char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return start + index,
            _ => {}
        }
    }
    rest.len()
}

/// The length of `'x'`, `'\n'` or `'\u{1F600}'`; of a lifetime only the quote, its name being harmless as a word.
fn character_or_quote(rest: &str) -> usize {
    let mut inside = rest[1..].char_indices();
    match inside.next() {
        Some((_, '\\')) => rest.get(3..).and_then(|tail| tail.find('\'')).map_or(rest.len(), |end| end + 4),
        Some(_) => match inside.next() {
            Some((index, '\'')) => index + 2,
            _ => 1,
        },
        None => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: Kind, text: &str) -> Vec<(usize, &str)> {
        tokens(text).into_iter().filter(|token| token.kind == kind).map(|token| (token.line, token.text)).collect()
    }

    #[test]
    fn words_in_strings_comments_and_characters_are_not_code() {
        let text = "let a = \"in \\\" text\"; // in comment\n/* b /* c */ d */ e('x', '\"', '\\'', '\\u{41}');\nf";
        assert_eq!(of(Kind::Word, text), [(1, "let"), (1, "a"), (2, "e"), (3, "f")]);
        assert_eq!(of(Kind::Text, text), [(1, "in \\\" text")]);
        assert_eq!(of(Kind::Comment, text), [(1, "// in comment"), (2, "/* b /* c */ d */")]);
    }

    #[test]
    fn every_sort_of_string_ends_where_rust_ends_it() {
        let text = "r\"a\\\" b r#\"c \" d\"# br##\"e\"# f\"## c\"g\" b\"h\" r#type \"i\nj\" k";
        assert_eq!(of(Kind::Text, text), [(1, "a\\"), (1, "c \" d"), (1, "e\"# f"), (1, "g"), (1, "h"), (1, "i\nj")]);
        assert_eq!(of(Kind::Word, text), [(1, "b"), (1, "type"), (2, "k")]);
    }

    #[test]
    fn lifetimes_do_not_swallow_what_follows() {
        assert_eq!(of(Kind::Word, "&'a str, 'b: loop"), [(1, "a"), (1, "str"), (1, "b"), (1, "loop")]);
    }

    #[test]
    fn text_that_is_cut_off_still_ends() {
        for text in ["\"", "'", "'\\", "/*", "r#\"", "b'", "'é", "\"\\"] {
            tokens(text);
        }
    }
}
