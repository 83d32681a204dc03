//! What comes from a provider is untrusted: every text is bounded and free of control characters, every address one that a
//! page may link to, every list of a length that is known.

/// Longest short text (a name, a login, a title) taken from a provider, in bytes.
pub(super) const MAX_NAME_BYTES: usize = 1024;
/// Longest sentence or address, in bytes. Failure messages are cut to it; anything else that is longer is refused.
pub(super) const MAX_TEXT_BYTES: usize = 2048;
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

/// An address a page may link to.
pub(super) fn web_url(what: &'static str, value: String) -> Read<String> {
    let value = text(what, value, MAX_TEXT_BYTES)?;
    match url::Url::parse(&value) {
        Ok(url) if matches!(url.scheme(), "https" | "http") && url.username().is_empty() => Ok(value),
        _ => malformed(what, "is not a web address"),
    }
}

/// A message for people: cut and cleaned rather than refused, for it says why something failed.
pub(super) fn message(message: String, redact: impl FnOnce(String) -> String) -> String {
    redact(message)
        .chars()
        .map(|char| if char.is_control() { ' ' } else { char })
        .take(MAX_TEXT_BYTES / 4)
        .collect::<String>()
        .trim()
        .to_owned()
}

pub(super) fn list<T, U>(
    what: &'static str,
    items: Vec<T>,
    max: usize,
    read: impl FnMut(T) -> Read<U>,
) -> Read<Vec<U>> {
    if items.len() > max {
        return malformed(what, "are too many");
    }
    items.into_iter().map(read).collect()
}
