//! What comes from a provider is untrusted: every text is bounded and free of control characters, every address one that a
//! page may link to, every list of a length that is known. What is there for people to read is made so, and refused for
//! nothing; what things are known by is taken as it is, or not at all.

/// Longest short text (a name, a login, a title) taken from a provider, in bytes.
pub const MAX_NAME_BYTES: usize = 1024;
/// Longest sentence or address, in bytes. Failure messages are cut to it; anything else that is longer is refused.
pub const MAX_TEXT_BYTES: usize = 2048;
/// Most kinds, fields of a form, origins, permissions, choices.
pub(super) const MAX_PARTS: usize = 64;

/// What is wrong with a value a provider returned. Never holds the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {problem}")]
pub struct Malformed {
    what: &'static str,
    problem: &'static str,
}

pub(super) type Read<T> = Result<T, Malformed>;

pub(super) fn malformed<T>(what: &'static str, problem: &'static str) -> Read<T> {
    Err(Malformed { what, problem })
}

pub(super) fn text(what: &'static str, text: String, max_bytes: usize) -> Read<String> {
    if text.len() > max_bytes {
        return malformed(what, "is too long");
    }
    if text.chars().any(char::is_control) {
        return malformed(what, "holds control characters");
    }
    Ok(text)
}

pub(super) fn name(what: &'static str, value: String) -> Read<String> {
    if value.is_empty() {
        return malformed(what, "is empty");
    }
    text(what, value, MAX_NAME_BYTES)
}

/// The name of a reference, as the git server has it: git takes every character but those of ASCII that control something.
pub(super) fn reference(what: &'static str, value: String) -> Read<String> {
    if value.is_empty() || value.len() > MAX_NAME_BYTES || value.chars().any(|char| char.is_ascii_control()) {
        return malformed(what, "is none that git takes");
    }
    Ok(value)
}

/// An address a page may link to, as a provider's author wrote it.
pub(super) fn web_url(what: &'static str, value: String) -> Read<String> {
    let linked = link(what, &value)?;
    if linked == value { Ok(value) } else { malformed(what, "is not a web address as it is written") }
}

/// An address a page may link to, of what a git server gave: without what does not belong there.
pub(super) fn link(what: &'static str, value: &str) -> Read<String> {
    if value.len() > MAX_TEXT_BYTES {
        return malformed(what, "is too long");
    }
    match url::Url::parse(value) {
        Ok(mut url) if matches!(url.scheme(), "https" | "http") => {
            let is_plain = |byte: u8| byte > b' ' && byte != 0x7f;
            if url.username().is_empty() && url.password().is_none() && value.bytes().all(is_plain) {
                return Ok(value.to_owned());
            }
            // Of these two schemes it has a host, and then these cannot fail.
            let _ = (url.set_username(""), url.set_password(None));
            Ok(url.into())
        }
        _ => malformed(what, "is not a web address"),
    }
}

/// What is there for people to read: cut and cleaned rather than refused. What turns the direction of reading is dropped, for it
/// turns what stands beside it, too.
pub(super) fn shown(text: &str) -> String {
    let kept = text.chars().filter(|char| !turns_the_reading(*char));
    let clean = kept.map(|char| if char.is_control() { ' ' } else { char });
    clean.take(MAX_TEXT_BYTES / 4).collect::<String>().trim().to_owned()
}

/// Whether it is one of those that Unicode calls `Bidi_Control`.
pub(super) fn turns_the_reading(char: char) -> bool {
    matches!(char, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Each item as `read` reads it, where there are not too many.
fn each<T, U>(
    what: &'static str,
    items: Vec<T>,
    max: usize,
    read: impl FnMut(T) -> Read<U>,
) -> Read<impl Iterator<Item = Read<U>>> {
    if items.len() > max { malformed(what, "are too many") } else { Ok(items.into_iter().map(read)) }
}

pub(super) fn list<T, U>(
    what: &'static str,
    items: Vec<T>,
    max: usize,
    read: impl FnMut(T) -> Read<U>,
) -> Read<Vec<U>> {
    each(what, items, max, read)?.collect()
}

/// The same of a list that people choose from, where one item is no reason to withhold the others: those that can be read, and
/// whether some are missing.
pub(super) fn readable<T, U>(
    what: &'static str,
    items: Vec<T>,
    max: usize,
    read: impl FnMut(T) -> Read<U>,
) -> Read<(Vec<U>, bool)> {
    let given = items.len();
    let readable: Vec<U> = each(what, items, max, read)?.filter_map(Result::ok).collect();
    let some_are_missing = readable.len() < given;
    Ok((readable, some_are_missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v12_what_is_read_by_people_is_cleaned_and_cut() {
        assert_eq!(shown(" one\r\ntwo\u{85}\u{0}\t"), "one  two");
        assert_eq!(shown(&"\u{1f600}".repeat(2000)).chars().count(), MAX_TEXT_BYTES / 4);
    }

    #[test]
    fn v12_what_turns_the_reading_is_dropped_and_what_is_read_that_way_is_kept() {
        for (text, clean) in [
            ("ann\u{202e}nimda\u{202c}", "annnimda"),
            ("\u{2066}bob\u{2069}\u{200f}\u{61c}", "bob"),
            ("\u{5e9}\u{5dc}\u{5d5}\u{5dd} x\u{200d}y", "\u{5e9}\u{5dc}\u{5d5}\u{5dd} x\u{200d}y"),
            ("\u{202e}\u{202d}", ""),
        ] {
            assert_eq!(shown(text), clean, "{text:?}");
        }
    }

    #[test]
    fn v12_an_address_is_made_one_that_can_be_linked_to() {
        let read = |url: &str| link("an address", url).ok();
        for same in ["https://git.example", "https://git.example/a/b?c=%20#d", "http://git.example/m\u{fc}de"] {
            assert_eq!(read(same).as_deref(), Some(same));
        }
        assert_eq!(read("https://acme@git.example/a b\n").as_deref(), Some("https://git.example/a%20b"));
        assert_eq!(read("https://a:b@git.example").as_deref(), Some("https://git.example/"));
        for other in ["javascript:alert(1)", "ftp://git.example/", "//git.example", "", "git.example"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn v12_names_of_references_are_taken_as_git_has_them() {
        assert!(reference("a branch", "f\u{fc}r\u{85}\u{202e}\u{1f600}".into()).is_ok());
        for other in ["", "a\nb", "a\u{7f}", &"x".repeat(1025)] {
            assert!(reference("a branch", other.into()).is_err(), "{other:?}");
        }
    }
}
