//! What bytes are to a reader who puts together what stands apart.

use super::escapes::ESCAPE;

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
