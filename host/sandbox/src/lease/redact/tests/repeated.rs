//! Tokens that repeat themselves, which are in a text of the same kind at every place.

use std::time::{Duration, Instant};

use super::*;

/// What a test takes on a machine that has other things to do.
const LEAST: Duration = Duration::from_secs(10);

#[test]
fn e6_a_token_that_repeats_itself_is_looked_for_as_fast_as_others() {
    for (token, unit) in [
        ("a".repeat(300), "a"),
        ("a".repeat(2_000), "a"),
        ("a".repeat(8_000), "a"),
        ("abcdefgh".repeat(250), "abcdefgh"),
        ("&amp;".repeat(400), "&amp;"),
        ("%25".repeat(600), "%25"),
        (format!("eyJhbGciOi.{}.s1gnature", "A".repeat(1_970)), "A"),
    ] {
        let mut redactor = Redactor::new(&[&token]);
        redactor.also(&[Zeroizing::new(format!("ann:{token}"))]);
        for bytes in [1_000, 15_900, 64 << 10] {
            let (text, begun) = (unit.repeat(bytes / unit.len()), Instant::now());
            let clean = String::from_utf8(redactor.redact(text.into_bytes())).unwrap();
            assert!(begun.elapsed() < LEAST, "{unit} {bytes}: {:?}", begun.elapsed());
            assert!(!clean.contains(&unit.repeat(12)), "{unit} {bytes}: {} left", clean.len());
        }
        let text = "{\"id\": 1, \"name\": \"Platform\", \"url\": \"https://git.test/a?b=%20\"}\n".repeat(400);
        assert!(redactor.redact(text.clone().into_bytes()) == text.as_bytes(), "{unit}");
    }
}

/// Of what a text has of a token at more places than there are bytes in it, no place is kept twice.
#[test]
fn e6_parts_of_a_token_that_repeats_itself_take_no_more_memory_than_the_text() {
    let token = Zeroizing::new([&[b'a'; 600][..], b"b"].concat());
    let (text, is_off) = (b"aaaaaaaaaaaax".repeat(5_000), AtomicBool::new(false));
    let steps = Steps::for_text(text.len(), &is_off);
    let found = parts::of(&token, &text, &Bytes::of(&text), Vec::new(), &steps);
    assert!(found.len() == 5_000 && found.capacity() <= text.len(), "{} {}", found.len(), found.capacity());
}

#[test]
fn e6_a_long_token_is_no_reason_to_give_a_text_up() {
    let mut draws = Draws(20_261_128);
    let token = draws.text(&ALPHABETS[0][..62], 2_000);
    let redactor = Redactor::new(&[&token]);
    let around = "{\"id\": 1, \"name\": \"Platform\", \"web\": \"https://git.test/a\"}\n".repeat(2_000);
    let text = [&*around, &token, &*around, &token[7..30], &*around].concat();
    let clean = String::from_utf8(redactor.redact(text.into_bytes())).unwrap();
    assert!(clean == [&*around, REDACTED, &*around, REDACTED, &*around].concat());
}

#[test]
fn e6_a_search_for_parts_that_nobody_waits_for_ends() {
    let redactor = Redactor::new(&[&"a".repeat(2_000)]);
    redactor.call_off(true);
    assert_eq!(redactor.redact(b"nothing to see".repeat(100_000)), REDACTED.as_bytes());
    redactor.call_off(false);
    assert_eq!(redactor.redact(b"nothing to see".to_vec()), b"nothing to see");
}
