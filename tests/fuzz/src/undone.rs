//! Escapes undone, all of a level at once: what a reader makes of a text. Not the redactor's way of reading, which follows every
//! character by itself, so that one can be held against the other.

use std::char::decode_utf16;

/// What is put between the characters of a text, and means nothing.
const BREAKS: [&[u8]; 6] = [b"\0", b"\r", b"\n", "\u{200b}".as_bytes(), "\u{ad}".as_bytes(), b"<wbr>"];
/// References to characters by name.
const NAMED: [(&[u8], u8); 9] = [
    (b"&amp;", b'&'),
    (b"&lt;", b'<'),
    (b"&gt;", b'>'),
    (b"&quot;", b'"'),
    (b"&apos;", b'\''),
    (b"&sol;", b'/'),
    (b"&bsol;", b'\\'),
    (b"&plus;", b'+'),
    (b"&equals;", b'='),
];

/// A text with its percent-encoding and its escapes of JSON and HTML undone once.
pub fn undone(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut left = text;
    while let Some(first) = left.first() {
        let length = escape(left, &mut plain).unwrap_or_else(|| {
            plain.push(*first);
            1
        });
        left = &left[length..];
    }
    plain
}

/// A text without what is put between its characters.
pub fn joined(text: &[u8]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(text.len());
    let mut left = text;
    while let Some(first) = left.first() {
        let length = BREAKS.iter().find(|part| left.starts_with(part)).map(|part| part.len()).unwrap_or_else(|| {
            whole.push(*first);
            1
        });
        left = &left[length..];
    }
    whole
}

/// How long the escape at the beginning is, if there is one, and what it stands for.
fn escape(text: &[u8], plain: &mut Vec<u8>) -> Option<usize> {
    match text {
        [b'%', rest @ ..] => {
            plain.push(number(rest.get(..2)?, 16)? as u8);
            Some(3)
        }
        [b'\\', b'x', rest @ ..] => {
            plain.push(number(rest.get(..2)?, 16)? as u8);
            Some(4)
        }
        [b'\\', b'u', rest @ ..] => {
            let first = number(rest.get(..4)?, 16)?;
            let second = rest[4..].strip_prefix(b"\\u").and_then(|rest| number(rest.get(..4)?, 16));
            let units = [Some(first), second.filter(|_| (0xd800..0xdc00).contains(&first))];
            let chars: Vec<_> = decode_utf16(units.into_iter().flatten().map(|unit| unit as u16)).collect();
            let [Ok(char)] = chars[..] else { return None };
            push(plain, char);
            Some(if char.len_utf16() == 2 { 12 } else { 6 })
        }
        [b'\\', b'n', ..] => {
            plain.push(b'\n');
            Some(2)
        }
        [b'\\', b'r', ..] => {
            plain.push(b'\r');
            Some(2)
        }
        [b'\\', char @ (b'/' | b'"' | b'\\' | b'\''), ..] => {
            plain.push(*char);
            Some(2)
        }
        [b'&', b'#', rest @ ..] => {
            let (radix, begun) = if rest.first()?.eq_ignore_ascii_case(&b'x') { (16, 3) } else { (10, 2) };
            let digits = text[begun..].iter().take_while(|byte| char::from(**byte).is_digit(radix)).count();
            let value = number(text.get(begun..begun + digits).filter(|digits| !digits.is_empty())?, radix)?;
            push(plain, char::from_u32(value)?);
            let end = begun + digits;
            Some(if text.get(end) == Some(&b';') { end + 1 } else { end })
        }
        _ => {
            let (name, byte) = NAMED.iter().find(|(name, _)| text.starts_with(name))?;
            plain.push(*byte);
            Some(name.len())
        }
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    digits
        .iter()
        .try_fold(0_u32, |value, byte| value.checked_mul(radix)?.checked_add(char::from(*byte).to_digit(radix)?))
}

fn push(plain: &mut Vec<u8>, char: char) {
    plain.extend(char.encode_utf8(&mut [0; 4]).bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_one_level_are_undone_and_others_are_left() {
        for (text, plain) in [
            ("a%2Fb%2f", "a/b/"),
            (r"\u0061\/\\\x41\n", "a/\\A\n"),
            (r"\ud83d\ude00!", "\u{1f600}!"),
            ("&#97;&#x61;&#97x&amp;lt;", "aaax&lt;"),
            ("%252f", "%2f"),
            (r"% %zz \u12 \ud83d \q & &x; &#; &#x;", r"% %zz \u12 \ud83d \q & &x; &#; &#x;"),
        ] {
            assert_eq!(String::from_utf8(undone(text.as_bytes())).unwrap(), plain);
        }
        assert_eq!(joined("a\0b\r\nc\u{200b}d<wbr>e\u{ad}f".as_bytes()), b"abcdef");
    }
}
