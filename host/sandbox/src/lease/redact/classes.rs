//! What bytes and characters are to a reader who puts together what stands apart.

use super::escapes::ESCAPE;

/// Letters that nobody sees.
const FILLERS: [char; 6] = ['\u{115f}', '\u{1160}', '\u{17b4}', '\u{17b5}', '\u{3164}', '\u{ffa0}'];

/// What becomes of a byte between two others.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// It is a character like them.
    Letter,
    /// It parts them.
    Parts,
    /// It is in encodings, and in what is written between texts as well.
    Sign,
    /// What follows it says.
    Asks,
}

/// Of all bytes.
pub(super) const CLASSES: [Class; 256] = {
    let mut classes = [Class::Asks; 256];
    let mut byte = 0;
    while byte < 0x80 {
        classes[byte as usize] = match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => Class::Letter,
            b'!' | b'$' | b'%' | b'&' | b'+' | b'-' | b'.' | b'/' | b'=' | b'?' | b'@' | b'_' => Class::Sign,
            b'<' | ESCAPE => Class::Asks,
            _ => Class::Parts,
        };
        byte += 1;
    }
    classes
};

/// Whether a character is one of those that part others. Letters and digits of any language are none.
pub(super) fn parts(char: char) -> bool {
    match u8::try_from(char) {
        Ok(byte @ 0..0x80) => CLASSES[usize::from(byte)] == Class::Parts,
        _ => !char.is_alphanumeric() || FILLERS.contains(&char),
    }
}

/// The character that begins there, where it is one of UTF-8.
pub(super) fn first_char(bytes: &[u8]) -> Option<char> {
    bytes[..bytes.len().min(char::MAX_LEN_UTF8)].utf8_chunks().next()?.valid().chars().next()
}
