//! Free text a user writes: bounded, and without characters that change what the reader of a log or page sees.

use serde::Serialize;

/// Longest pull request title, in bytes.
pub const MAX_TITLE_BYTES: usize = 1024;
/// Longest pull request description, in bytes: what the most generous git server takes.
pub const MAX_DESCRIPTION_BYTES: usize = 64 * 1024;

/// Why a text is not taken. Names what it was to be, and never repeats it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    #[error("{0} cannot be empty")]
    Empty(&'static str),
    #[error("{what} has at most {max} bytes; this one has {got}")]
    TooLong { what: &'static str, max: usize, got: usize },
    #[error("{0} cannot contain control characters")]
    Control(&'static str),
}

/// A pull request's title: one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Title(String);

/// A pull request's description: any number of lines, tabs allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Description(String);

impl Title {
    /// Takes the text as it is, or refuses it: a title is not blank.
    pub fn parse(text: impl Into<String>) -> Result<Self, TextError> {
        let text = text.into();
        if text.trim().is_empty() {
            return Err(TextError::Empty("a title"));
        }
        check("a title", &text, MAX_TITLE_BYTES, |_| false)?;
        Ok(Self(text))
    }

    /// The text, byte for byte.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Description {
    /// Takes the text as it is, or refuses it. One may be empty.
    pub fn parse(text: impl Into<String>) -> Result<Self, TextError> {
        let text = text.into();
        check("a description", &text, MAX_DESCRIPTION_BYTES, |char| matches!(char, '\n' | '\r' | '\t'))?;
        Ok(Self(text))
    }

    /// The text, byte for byte.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check(what: &'static str, text: &str, max: usize, allowed: fn(char) -> bool) -> Result<(), TextError> {
    if text.len() > max {
        return Err(TextError::TooLong { what, max, got: text.len() });
    }
    if text.chars().any(|char| char.is_control() && !allowed(char)) {
        return Err(TextError::Control(what));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a14_titles_and_descriptions_are_bounded_and_free_of_control_characters() {
        assert_eq!(Title::parse("ABC-1: ünïcode 🦀 \u{202e}").unwrap().as_str(), "ABC-1: ünïcode 🦀 \u{202e}");
        assert_eq!(Title::parse(" "), Err(TextError::Empty("a title")));
        assert_eq!(Title::parse("a\nb"), Err(TextError::Control("a title")));
        assert!(Description::parse("a\r\n\tb").is_ok());
        assert_eq!(Description::parse("a\u{1b}[2J"), Err(TextError::Control("a description")));
        assert!(Description::parse("x".repeat(1 << 20)).is_err());
    }
}
