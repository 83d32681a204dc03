//! What a git server says back. Wherever the lent secret stands in it, in whatever usual encoding, it is taken out; and where it
//! does not, nothing is touched.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use sandbox::REDACTED;
use sandbox::fuzzing::Lent;

use crate::draw::Draw;
use crate::undone::{joined, undone};

/// Alphabets of git servers' tokens, of AWS's keys, and of passwords.
const ALPHABETS: [&[u8]; 3] = [
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-",
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/",
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
];
/// In the middle of a secret that is to be no ordinary word: no word has a digit before a letter.
const NO_WORD: &str = "7q";
/// Shortest secret of which parts are taken out too, in bytes; how long a part is for that, and how much of it may be left.
const TOKEN_BYTES: usize = 20;
const PART_BYTES: usize = 12;
const LEFT_BYTES: usize = 11;
/// Parts by which it is found, in bytes.
const BLOCK_BYTES: usize = 6;
/// Levels of escapes that are undone.
const LEVELS: usize = 3;
/// Shortest encoding that is looked for, in bytes.
const ENCODING_BYTES: usize = 6;

/// What is said by git servers; some of it looks like an escape, or like part of a token.
const SAID: [&str; 28] = [
    "{\"name\": \"",
    "\", \"url\": \"https://git.test/",
    "Platform",
    "Platform/widgets",
    "PlatformTeam",
    "widgets-2",
    "a%20b",
    "%7B",
    "\\n",
    "\\u0041",
    "\\\"",
    "\\/",
    "&amp;",
    "&#39;",
    "&lt;p&gt;",
    "\r\n",
    "\n",
    "\0",
    "=",
    "==",
    "refs/heads/",
    "0123456789",
    "deadbeef",
    "ghp_",
    " ",
    "<wbr>",
    "\u{e9}",
    "token ",
];
/// What is written between the pieces of a text: one gap or several, whatever it is escaped with.
const BETWEEN: [&str; 16] = [
    " ",
    "\r\n\t",
    "\n> ",
    "\",\n  \"",
    "' +\n  '",
    "\" . \"",
    " -> ",
    "\n- ",
    "\u{200b}",
    "|",
    "<br>",
    "<br />\n",
    "</td></tr>\n<tr><td class=\"a\" data-line='2'>",
    "<i t=\"a < b > c\">",
    "<a <b>",
    "<!-- a > b -->",
];
/// How many of them are no markup, of which a page has less than two thousand bytes: with all levels of escapes it is longer.
const NO_MARKUP: usize = 10;
/// Passwords that are words, which are names as well.
const WORDS: [&str; 7] = ["Platform", "widgets", "Summer2026!", "my-service", "Our Work", "SERVICES", "password"];

/// Panics where a secret is left in what is passed on, or something else is missing from it.
pub fn target(data: &[u8]) {
    let mut draw = Draw::from(data);
    match draw.below(8) {
        0 => quiet(&mut draw),
        1 => ordinary(&mut draw),
        2 => cut(&mut draw),
        _ => hidden(&mut draw),
    }
}

/// One of at least so many bytes, from one of the first so many alphabets.
fn secret(draw: &mut Draw<'_>, least: usize, alphabets: usize) -> String {
    let alphabet = *draw.one(&ALPHABETS[..alphabets]);
    let lengths = [least / 2 - 1, least / 2 - 1].map(|least| least + draw.below(20));
    format!("{}{NO_WORD}{}", draw.word(alphabet, lengths[0]), draw.word(alphabet, lengths[1]))
}

fn hidden(draw: &mut Draw<'_>) {
    let mut secret = secret(draw, 8, ALPHABETS.len());
    if draw.once_in(8) {
        secret.push_str("\u{e4}\u{1f600}");
    }
    let user = if draw.once_in(2) { None } else { Some(draw.word(ALPHABETS[0], 3)) };
    let lent = match &user {
        None => Lent::token(&secret),
        Some(user) => Lent::password(user, &secret),
    };
    let mut text = encoded(draw, &secret, user.as_deref());
    let levels = draw.below(LEVELS + 1);
    if draw.once_in(3) {
        let between = if levels == LEVELS { &BETWEEN[..NO_MARKUP] } else { &BETWEEN };
        let (between, length) = (draw.one(between).as_bytes(), 1 + draw.below(24));
        text = text.chunks(length).collect::<Vec<_>>().join(between);
    }
    for _ in 0..levels {
        let way = draw.below(8);
        text = escaped(draw, &text, way);
    }
    let (before, after) = (draw.bytes(40), draw.bytes(40));
    let whole = [before, &text, after].concat();
    let shown = || format!("{secret:?} in {:?}", String::from_utf8_lossy(&whole));
    assert!(lent.is_in(&whole), "not found: {}", shown());
    let clean = lent.redact(whole.clone());
    expect_none(&clean, &encodings(&secret), &shown);
    assert!(contains(&clean, REDACTED.as_bytes()), "not taken out: {}", shown());
    if let Ok(whole) = String::from_utf8(whole.clone()) {
        assert_eq!(lent.redact_text(whole).as_bytes(), clean, "a header is another text than a body: {}", shown());
    }
}

/// The encodings of a secret before any escapes.
fn encoded(draw: &mut Draw<'_>, secret: &str, user: Option<&str>) -> Vec<u8> {
    let around = [draw.below(5), draw.below(5)].map(|length| draw.word(ALPHABETS[0], length));
    let within = format!("{}{secret}{}", around[0], around[1]);
    let basic = user.map(|user| format!("{user}:{secret}"));
    let width = 16 + draw.below(64);
    let wrapped = |text: String| text.into_bytes().chunks(width).collect::<Vec<_>>().join(&b"\r\n"[..]);
    match draw.below(9) {
        0 => wrapped(STANDARD.encode(within)),
        1 => wrapped(URL_SAFE.encode(within)),
        2 => STANDARD.encode(basic.unwrap_or(within)).into_bytes(),
        3 => wrapped(crypto::hex(within.as_bytes())),
        4 => wrapped(crypto::hex(within.as_bytes()).to_uppercase()),
        // Of what is not ASCII, UTF-16 is more than some zeros.
        5 if secret.is_ascii() => secret.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        6 if secret.is_ascii() => secret.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        _ => basic.unwrap_or(within).into_bytes(),
    }
}

/// Writes some characters of a text in another way, and those that would be taken for an escape in any case.
fn escaped(draw: &mut Draw<'_>, text: &[u8], way: usize) -> Vec<u8> {
    let each = 1 + draw.below(3);
    let mut written = Vec::new();
    for chunk in text.utf8_chunks() {
        for char in chunk.valid().chars() {
            let is_to_be = "%\\&".contains(char) || each == 1 || draw.once_in(each);
            match is_to_be.then(|| escape(draw, char, way)).flatten() {
                Some(escape) => written.extend_from_slice(escape.as_bytes()),
                None => written.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        written.extend_from_slice(chunk.invalid());
    }
    written
}

fn escape(draw: &mut Draw<'_>, char: char, way: usize) -> Option<String> {
    let code = u32::from(char);
    let hex = |draw: &mut Draw<'_>, digits: String| draw.in_any_case(&digits);
    let escape = match way {
        0 | 1 => {
            char.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("%{}", hex(draw, format!("{byte:02x}")))).collect()
        }
        2 => char
            .encode_utf16(&mut [0; 2])
            .iter()
            .map(|unit| format!("\\u{}", hex(draw, format!("{unit:04x}"))))
            .collect(),
        3 => format!("&#{code};"),
        4 => format!("&#x{};", hex(draw, format!("{code:x}"))),
        5 if "/\"\\'".contains(char) => format!("\\{char}"),
        6 if char.is_ascii() => format!("\\x{}", hex(draw, format!("{code:02x}"))),
        7 => format!(
            "&{};",
            match char {
                '&' => "amp",
                '<' => "lt",
                '>' => "gt",
                '"' => "quot",
                '\'' => "apos",
                '/' => "sol",
                '\\' => "bsol",
                '+' => "plus",
                '=' => "equals",
                _ => return None,
            }
        ),
        _ => return None,
    };
    Some(escape)
}

/// A text that has some of a token in it, and not all. Not of one that repeats itself, as none does that is drawn by chance.
fn cut(draw: &mut Draw<'_>) {
    let secret = secret(draw, TOKEN_BYTES, 2);
    let repeats = |block: &[u8]| (1..block.len()).any(|length| block.starts_with(&block[block.len() - length..]));
    if secret.as_bytes().chunks_exact(BLOCK_BYTES).any(repeats) {
        return;
    }
    let length = PART_BYTES + draw.below(secret.len() - PART_BYTES + 1);
    let at = draw.below(secret.len() - length + 1);
    let part = &secret[at..at + length];
    let whole = [draw.bytes(40), part.as_bytes(), draw.bytes(40)].concat();
    let clean = Lent::token(&secret).redact(whole.clone());
    let left = secret.as_bytes().windows(LEFT_BYTES + 1).find(|window| contains(&clean, window));
    assert!(left.is_none(), "{secret} is left in part: {:?}", String::from_utf8_lossy(&whole));
}

/// A text that has nothing of the secret in it.
fn quiet(draw: &mut Draw<'_>) {
    let secret = secret(draw, TOKEN_BYTES, 2);
    let text = said(draw);
    let encodings = encodings(&secret);
    let parts: Vec<_> = encodings.iter().flat_map(|encoding| encoding.windows(ENCODING_BYTES)).collect();
    if readings(&text).iter().any(|reading| parts.iter().any(|part| contains(reading, part))) {
        return;
    }
    expect_untouched(&Lent::token(&secret), &secret, text);
}

/// A text that has a password in it that is a word, where it is a name.
fn ordinary(draw: &mut Draw<'_>) {
    let word = *draw.one(&WORDS);
    let user = draw.word(ALPHABETS[0], 3);
    let both = format!("{user}:{word}");
    let text = [&said(draw), word.as_bytes(), &said(draw)].concat();
    let basic = STANDARD_NO_PAD.encode(&both).into_bytes();
    let plain = |encoding: &Vec<u8>| *encoding != word.as_bytes();
    let encodings: Vec<_> = encodings(word).into_iter().filter(plain).chain(encodings(&both)).collect();
    let parts: Vec<_> = basic.windows(LEFT_BYTES + 1).chain(encodings.iter().map(Vec::as_slice)).collect();
    if readings(&text).iter().any(|reading| parts.iter().any(|part| contains(reading, part))) {
        return;
    }
    expect_untouched(&Lent::password(&user, word), word, text);
}

fn said(draw: &mut Draw<'_>) -> Vec<u8> {
    let mut said = Vec::new();
    for _ in 0..draw.below(24) {
        said.extend_from_slice(if draw.once_in(6) { draw.bytes(12) } else { draw.one(&SAID).as_bytes() });
    }
    said
}

fn expect_untouched(lent: &Lent, secret: &str, text: Vec<u8>) {
    let clean = lent.redact(text.clone());
    let [shown, left] = [&text, &clean].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    assert!(clean == text, "{secret:?} is not in {shown:?}, of which {left:?} is left");
    assert!(!lent.is_in(&text), "{secret:?} is not in {shown:?}");
}

/// What a reader may make of a text: with as many levels of escapes undone as are looked for, in one piece.
fn readings(text: &[u8]) -> Vec<Vec<u8>> {
    let levels = std::iter::successors(Some(text.to_vec()), |text| Some(undone(text))).take(LEVELS + 1);
    levels.flat_map(|text| [joined(&text), text]).collect()
}

fn expect_none(clean: &[u8], encodings: &[Vec<u8>], shown: &dyn Fn() -> String) {
    for reading in readings(clean) {
        let left = encodings.iter().find(|encoding| contains(&reading, encoding));
        let left = left.map(|encoding| String::from_utf8_lossy(encoding).into_owned());
        assert!(left.is_none(), "{left:?} is left of {}: {:?}", shown(), String::from_utf8_lossy(clean));
    }
}

/// A secret as it is, in hexadecimal, and in base64 wherever it stands in what is encoded: what does not depend on its neighbours.
fn encodings(secret: &str) -> Vec<Vec<u8>> {
    let hex = crypto::hex(secret.as_bytes());
    let mut encodings = vec![secret.as_bytes().to_vec(), hex.to_uppercase().into_bytes(), hex.into_bytes()];
    for shift in 0..3 {
        let bytes = [&[0; 2][..shift], secret.as_bytes()].concat();
        // Six bits each: those of which all bits are the secret's.
        let own = (shift * 8).div_ceil(6)..bytes.len() * 8 / 6;
        encodings.extend(
            [STANDARD_NO_PAD, URL_SAFE_NO_PAD].map(|engine| engine.encode(&bytes).as_bytes()[own.clone()].to_vec()),
        );
    }
    encodings.retain(|encoding| encoding.len() >= ENCODING_BYTES);
    encodings
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    let mut left = text;
    while let Some(at) = left.iter().position(|byte| Some(byte) == part.first()) {
        if left[at..].starts_with(part) {
            return true;
        }
        left = &left[at + 1..];
    }
    false
}
