//! What an administrator chooses of suggested names: what stands between words, and how long they are.

use std::ops::RangeInclusive;
use std::str::FromStr;

/// What stands between two words of a suggested name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Separator {
    #[default]
    Dash,
    Underscore,
    Dot,
}

/// Which letters a suggested name has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Letters {
    /// Those of any script, as they were written.
    #[default]
    Any,
    /// Those of ASCII, for tools that know no others: accents are taken off, other scripts are spelt out.
    Ascii,
}

/// Longest suggested name, in bytes. The least holds most issue keys; one that is longer is suggested all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaxLength(u32);

/// Why a text or a number is no separator and no length.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NamingError {
    #[error("a separator is one of `-`, `_` and `.`")]
    Separator,
    #[error("letters are `any` or `ascii`")]
    Letters,
    #[error(
        "the longest suggested name has {} to {} bytes", MaxLength::RANGE.start(), MaxLength::RANGE.end()
    )]
    MaxLength,
}

impl Separator {
    /// Every one.
    pub const ALL: [Separator; 3] = [Separator::Dash, Separator::Underscore, Separator::Dot];

    /// As it stands in a name, in JSON and in the database.
    pub fn as_char(self) -> char {
        match self {
            Separator::Dash => '-',
            Separator::Underscore => '_',
            Separator::Dot => '.',
        }
    }
}

impl FromStr for Separator {
    type Err = NamingError;
    fn from_str(text: &str) -> Result<Self, NamingError> {
        let is_it = |separator: &Separator| text.strip_prefix(separator.as_char()).is_some_and(str::is_empty);
        Self::ALL.into_iter().find(is_it).ok_or(NamingError::Separator)
    }
}

impl Letters {
    /// Every one.
    pub const ALL: [Letters; 2] = [Letters::Any, Letters::Ascii];

    /// As JSON and the database have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Letters::Any => "any",
            Letters::Ascii => "ascii",
        }
    }
}

impl FromStr for Letters {
    type Err = NamingError;
    fn from_str(text: &str) -> Result<Self, NamingError> {
        Self::ALL.into_iter().find(|letters| letters.as_str() == text).ok_or(NamingError::Letters)
    }
}

impl MaxLength {
    const RANGE: RangeInclusive<u32> = 20..=255;

    /// 20 to 255.
    pub fn bytes(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for MaxLength {
    type Error = NamingError;
    fn try_from(bytes: u32) -> Result<Self, NamingError> {
        Some(bytes).filter(|bytes| Self::RANGE.contains(bytes)).map(Self).ok_or(NamingError::MaxLength)
    }
}

impl FromStr for MaxLength {
    type Err = NamingError;
    fn from_str(text: &str) -> Result<Self, NamingError> {
        text.parse::<u32>().map_err(|_| NamingError::MaxLength)?.try_into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_letters_are_refused() {
        assert_eq!(["any", "ascii"].map(|text| text.parse()), [Ok(Letters::Any), Ok(Letters::Ascii)]);
        for wrong in ["", "ASCII", "latin"] {
            assert_eq!(wrong.parse::<Letters>(), Err(NamingError::Letters), "{wrong:?}");
        }
    }

    #[test]
    fn other_separators_and_lengths_are_refused() {
        for wrong in ["", "/", "--", "-_", " ", "é"] {
            assert_eq!(wrong.parse::<Separator>(), Err(NamingError::Separator), "{wrong:?}");
        }
        for wrong in ["", "19", "256", "-20", "twenty", "4294967316"] {
            assert_eq!(wrong.parse::<MaxLength>(), Err(NamingError::MaxLength), "{wrong:?}");
        }
        assert_eq!(NamingError::MaxLength.to_string(), "the longest suggested name has 20 to 255 bytes");
        assert_eq!(["20", "255"].map(|text| text.parse::<MaxLength>().unwrap().bytes()), [20, 255]);
    }
}
