//! Secrets in whatever encoding and at whatever place are found, what is none is left alone, and no text takes long.

use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::escapes::LEVELS;
use super::*;

mod apart;
mod repeated;

const SECRET: &str = "ghp_s3cr/t+of~ann_0123456789";

fn redacted(text: &str) -> String {
    String::from_utf8(Redactor::new(&[SECRET]).redact(text.as_bytes().to_vec())).unwrap()
}

#[test]
fn p6_the_secret_is_found_plain_and_encoded() {
    let percent = utf8_percent_encode(SECRET, NON_ALPHANUMERIC).to_string();
    assert_eq!(redacted(&format!("a {SECRET} b {SECRET}")), "a [redacted] b [redacted]");
    assert_eq!(redacted(&format!("?token={percent}&x")), "?token=[redacted]&x");
    for prefix in ["", ":", "ab", "abc", "user:"] {
        let encoded = STANDARD.encode(format!("{prefix}{SECRET}"));
        let clean = redacted(&format!("Basic {encoded}."));
        assert!(clean.contains(REDACTED), "{clean}");
        let decoded = clean.trim_start_matches("Basic ").trim_end_matches('.').replace(REDACTED, "");
        assert!(decoded.len() < 14, "too much is left of {encoded}: {clean}");
    }
}

#[test]
fn e8_what_is_left_of_a_token_that_was_cut_is_taken_out() {
    let mut redactor = Redactor::new(&[SECRET]);
    let both = format!("ann:{SECRET}");
    redactor.also(&[Zeroizing::new(both.clone())]);
    let basic = STANDARD.encode(&both);
    for token in [SECRET, basic.as_str()] {
        let padding = token.len() - token.trim_end_matches('=').len();
        for length in 12 + padding..token.len() {
            for part in [&token[..length], &token[token.len() - length..]] {
                for text in [format!("<title>Blocked: {part}...</title>"), format!("{part}\u{2026}")] {
                    let clean = String::from_utf8(redactor.redact(text.into_bytes())).unwrap();
                    let left = (0..token.len() - 11).find(|at| clean.contains(&token[*at..at + 12]));
                    assert!(left.is_none() && clean.contains(REDACTED), "{part}: {clean}");
                }
            }
        }
    }
    for at in 0..SECRET.len() - 11 {
        for around in [3, 1_500].map(|bytes| " ".repeat(bytes)) {
            let text = format!("{around}{}!{around}", &SECRET[at..at + 12]);
            assert_eq!(redacted(&text), format!("{around}{REDACTED}!{around}"));
        }
    }
    for broken in ["\u{200b}", "<wbr>", "\n", "\r\n", "\u{ad}"] {
        let text = SECRET.chars().map(|char| format!("{char}{broken}")).collect::<String>();
        let clean = String::from_utf8(redactor.redact(text.clone().into_bytes())).unwrap();
        assert!(clean.contains(REDACTED), "{text}: {clean}");
    }
    for other in ["vendor_pat_", "ghp_s3cr/t+", "0123456789"] {
        assert_eq!(redactor.redact(other.as_bytes().to_vec()), other.as_bytes());
    }
}

#[test]
fn e8_an_encoding_in_lines_is_found_however_they_begin_and_end() {
    let encodings = [
        STANDARD.encode(SECRET),
        STANDARD.encode(format!("ann:{SECRET}")),
        URL_SAFE.encode(SECRET),
        crypto::hex(SECRET.as_bytes()),
        SECRET.to_owned(),
    ];
    for encoded in &encodings {
        for (before, behind) in [
            ("    ", "\n"),
            ("\t", "\r\n"),
            ("> ", "\n"),
            ("\"", "\",\n"),
            ("  \"", "\" +\n"),
            ("", "<br>\n  "),
            ("<li>", "</li>\n"),
            ("", " "),
            ("", "\\n    "),
            ("%20%20", "%0A"),
            ("&nbsp;", "<br/>"),
            ("| ", " |\n"),
        ] {
            for width in [7, 16, 20] {
                let lines: Vec<_> = encoded.as_bytes().chunks(width).map(String::from_utf8_lossy).collect();
                let text: String = lines.iter().map(|line| format!("{before}{line}{behind}")).collect();
                let clean = redacted(&format!("{{\"message\": \"{text}\"}}"));
                assert!(clean.contains(REDACTED), "{text}");
                // At most the ends, which depend on what stands around the secret.
                let left = lines.iter().filter(|line| line.len() > 6 && clean.contains(&***line)).count();
                assert!(left <= 1, "{text}: {clean}");
            }
        }
    }
}

#[test]
fn e8_markup_between_is_left_out_however_long_it_is() {
    let encoded = STANDARD.encode(SECRET);
    for between in [
        r#"</span><span style="color:#a31515;background:#ffffff">"#,
        r#"</td></tr><tr><td class="blob-code blob-code-inner js-file-line">"#,
        "<!-- -->",
        "<!-- a comment of some length, with <b>markup</b> in it -->",
        "]]><![CDATA[",
        "\u{1b}[0m\u{1b}[38;5;196m",
        "\u{2060}",
        ": ",
    ] {
        for text in [encoded.as_str(), SECRET] {
            for width in [1, 5, 8, 16] {
                let pieces: Vec<_> = text.as_bytes().chunks(width).map(String::from_utf8_lossy).collect();
                let clean = redacted(&format!("it is {} here", pieces.join(between)));
                assert!(clean.contains(REDACTED), "{between} {width}: {clean}");
            }
        }
    }
}

/// Signs that put texts together in a program may be part of the secret.
#[test]
fn e8_a_sign_of_the_secret_that_stands_alone_is_part_of_it() {
    for secret in ["wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "glpat-ab.cdEFghIJklMNopQR.01.170abcdef"] {
        let redactor = Redactor::new(&[secret]);
        for between in ["\", \"", " ", "\n"] {
            let text: String = secret.chars().map(|char| format!("{char}{between}")).collect();
            let clean = String::from_utf8(redactor.redact(text.clone().into_bytes())).unwrap();
            assert!(clean.contains(REDACTED), "{text}: {clean}");
        }
    }
}

#[test]
fn e8_a_password_with_signs_that_part_others_is_found_with_more_of_them_in_it() {
    let secret = "P@ss#w<b>0rd(x)9";
    let redactor = Redactor::new(&[secret]);
    for text in ["P@ss#w<b>0rd(x)9", "P@ss#w\n  <b>0rd(x)9", "P@ss #w<b>0rd (x)9"] {
        let clean = String::from_utf8(redactor.redact(text.as_bytes().to_vec())).unwrap();
        assert!(clean.contains(REDACTED), "{text}: {clean}");
    }
}

#[test]
fn e8_blanks_of_a_password_may_be_written_as_forms_have_them() {
    let redactor = Redactor::new(&["correct horse 9 & battery"]);
    for text in ["correct+horse+9+&+battery", "correct+horse+9+%26+battery", "correct%20horse%209%20%26%20battery"] {
        assert_eq!(redactor.redact(format!("?p={text}").into_bytes()), b"?p=[redacted]", "{text}");
    }
}

#[test]
fn e8_references_are_read_as_browsers_do() {
    let secret = "Apfel&Birne<7x!>\"(q;{r}[s]|t";
    let redactor = Redactor::new(&[secret]);
    for (from, to) in [
        ("&", "&amp"),
        ("&", "&AMP;"),
        ("<", "&LT;"),
        ("\"", "&QUOT"),
        ("(", "&lpar;"),
        (";", "&semi;"),
        ("{", "&lbrace;"),
        ("[", "&lbrack;"),
        ("|", "&vert;"),
        ("A", "&#0000000000065;"),
        ("A", "&#x00000000000041;"),
    ] {
        let text = secret.replacen(from, to, 1);
        let clean = String::from_utf8(redactor.redact(text.clone().into_bytes())).unwrap();
        assert_eq!(clean, REDACTED, "{text}");
    }
}

#[test]
fn e8_a_name_of_a_header_is_found_in_lower_case() {
    let redactor = Redactor::new(&[SECRET]);
    for name in
        [SECRET.to_lowercase(), format!("x-{}", STANDARD.encode(SECRET).to_lowercase()), crypto::hex(SECRET.as_bytes())]
    {
        assert!(redactor.finds_in_name(name.as_bytes()), "{name}");
    }
    let cut = SECRET[..SECRET.len() - 1].to_lowercase();
    assert!(redactor.finds_in_name(cut.as_bytes()), "{cut}");
    for name in ["content-type", "x-request-id", "etag"] {
        assert!(!redactor.finds_in_name(name.as_bytes()));
    }
}

#[test]
fn e8_what_is_doubtful_for_two_reasons_is_searched_for_both() {
    let escaped: String = SECRET.chars().map(|char| format!("\\u{:04x}", u32::from(char))).collect();
    for between in ["\0", "\u{ad}", "<wbr>", "a\nb"] {
        assert_eq!(redacted(&format!("\\/{between} {escaped}")), format!("\\/{between} {REDACTED}"));
    }
}

#[test]
fn e8_references_need_no_semicolon() {
    let of = |char: fn(u32) -> String| SECRET.chars().map(|one| char(u32::from(one))).collect::<String>();
    for text in [
        of(|code| format!("&#{code}")),
        of(|code| format!("&#x{code:x}")),
        of(|code| format!("&#{code:07}")),
        of(|code| format!("&amp;#{code}")),
        of(|code| format!("&#38;#{code}")),
        of(|code| format!("%26%23{code}")),
    ] {
        assert_eq!(redacted(&format!("it is {text} here")), format!("it is {REDACTED} here"), "{text}");
    }
}

#[test]
fn e8_a_backslash_of_a_secret_is_read_three_levels_deep() {
    for secret in [r"a\b7qcde", r"a\\b7qcde", r"a\\\\b7qcde"] {
        let json = |text: String| text.replace('\\', r"\\");
        let text = json(json(json(secret.to_owned())));
        let clean = Redactor::new(&[secret]).redact(format!("it is {text}.").into_bytes());
        assert_eq!(String::from_utf8(clean).unwrap(), "it is [redacted].", "{text}");
    }
}

#[test]
fn text_without_the_secret_is_not_touched() {
    for text in ["nothing to see", "100% & \\u0041\n\0x", "https://git.test/?a=%20&b=%41\r\nx", ""] {
        assert_eq!(redacted(text), text);
    }
    assert_eq!(Redactor::new(&[""]).redact(b"abc".to_vec()), b"abc");
}

/// Numbers as a machine draws them, the same in every run.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(alphabet[self.below(alphabet.len())])).collect()
    }
}

/// Alphabets of the git servers' tokens, of AWS's keys, and of passwords.
const ALPHABETS: [&[u8]; 3] = [
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-",
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/",
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
];

/// Writes some characters of a text in another way.
fn escaped(draws: &mut Draws, text: &str, way: usize) -> String {
    let one = |draws: &mut Draws, char: char| {
        let code = char as u32;
        match way {
            0 => {
                let hex = format!("{code:02x}");
                format!("%{}", if draws.below(2) == 0 { hex } else { hex.to_uppercase() })
            }
            1 => format!("\\u{code:04x}"),
            2 => format!("\\u{code:04X}"),
            3 => format!("&#{code};"),
            4 => format!("&#x{code:X};"),
            5 if char == '/' || char == '"' || char == '\\' => format!("\\{char}"),
            6 => format!("\\x{code:02x}"),
            _ => char.to_string(),
        }
    };
    // What would itself be taken for an escape is always written as one, as whoever writes them does.
    text.chars()
        .map(|char| if "%\\&".contains(char) || draws.below(3) > 0 { one(draws, char) } else { char.to_string() })
        .collect()
}

/// The encodings of a secret before any escapes.
fn encoded(draws: &mut Draws, secret: &str) -> Vec<u8> {
    let around = draws.text(ALPHABETS[0], draws.0 as usize % 5);
    let wrapped = |text: String, width: usize| {
        let lines: Vec<_> =
            text.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        lines.join("\r\n")
    };
    match draws.below(7) {
        0 => wrapped(STANDARD.encode(format!("{around}{secret}{around}")), 20).into_bytes(),
        1 => URL_SAFE.encode(format!("{around}{secret}")).into_bytes(),
        2 => crypto::hex(secret.as_bytes()).into_bytes(),
        3 => crypto::hex(secret.as_bytes()).to_uppercase().into_bytes(),
        4 => secret.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        5 => secret.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        _ => secret.as_bytes().to_vec(),
    }
}

/// Whatever is drawn: of the secret, nothing is left that a few decodings would bring back.
#[test]
fn e8_random_secrets_in_random_encodings_at_random_places_are_taken_out() {
    let mut draws = Draws(20_261_127);
    for round in 0..2_000 {
        let alphabet = ALPHABETS[draws.below(ALPHABETS.len())];
        let length = 20 + draws.below(40);
        let secret = draws.text(alphabet, length);
        let mut hidden = encoded(&mut draws, &secret);
        if let Ok(text) = std::str::from_utf8(&hidden).map(str::to_owned)
            && !hidden.contains(&0)
        {
            let mut text = text;
            for _ in 0..draws.below(LEVELS + 1) {
                let way = draws.below(7);
                text = escaped(&mut draws, &text, way);
            }
            hidden = text.into_bytes();
        }
        let places = [draws.below(200), draws.below(200)];
        let [before, after] = places.map(|length| draws.text(ALPHABETS[0], length));
        let text = [before.as_bytes(), b" ", &hidden, b" ", after.as_bytes()].concat();
        let clean = Redactor::new(&[&secret]).redact(text);
        let shown = String::from_utf8_lossy(&clean);
        assert!(shown.contains(REDACTED), "{round}: {secret} in {:?}", String::from_utf8_lossy(&hidden));
        assert!(shown.starts_with(&before) && shown.ends_with(&after), "{round}: {secret}: {shown:?}");
    }
}

#[test]
fn e8_a_password_that_is_a_word_is_no_reason_to_lose_the_names_that_are_the_same() {
    for (user, password, text) in [
        (
            "ACME\\ann",
            "Platform",
            r#"{"project": "Platform", "path": "Platform/widgets", "web": "https://t/Platform/_git"}"#,
        ),
        ("", "Platform", r#"{"name":"Platform","name": "Platform"}"#),
        ("ann", "widgets", r#"{"ann":"widgets", "ann": {"widgets": 1}}"#),
        ("ann", "widgets", "refs/heads/widgets-2"),
        ("ann", "secret", "a secret agent"),
        ("ann", "Summer2026!", "Summer2026! is over"),
        ("ann", "my-service", "my%2Dservice"),
        ("ann", "", "anything"),
    ] {
        let mut redactor = Redactor::new(&[password]);
        let both = format!("{user}:{password}");
        redactor.also(&[Zeroizing::new(both.clone())]);
        assert_eq!(redactor.redact(text.as_bytes().to_vec()), text.as_bytes(), "{password}");
        if password.len() >= MIN_PATTERN_BYTES {
            for echo in
                [STANDARD.encode(&both), both.clone(), both.replace('\\', "%5c"), crypto::hex(password.as_bytes())]
            {
                if user.is_empty() && echo == both {
                    continue;
                }
                let clean = redactor.redact(echo.clone().into_bytes());
                assert!(String::from_utf8(clean).unwrap().contains(REDACTED), "{echo}");
            }
        }
    }
    for strong in ["k9$Gh2!pQ", "hunter2x7Q", "aB3dE5gH", "pass word 12345", "Pläne&4ever", "0123456789"] {
        let clean = Redactor::new(&[strong]).redact(format!("it is {strong}.").into_bytes());
        assert_eq!(String::from_utf8(clean).unwrap(), "it is [redacted].", "{strong}");
    }
}

/// What many write costs little.
#[test]
fn e6_no_text_takes_long_to_search() {
    let redactor = Redactor::new(&[SECRET]);
    let within_tags: String = SECRET.chars().map(|char| format!("{char}<a ")).chain([">".repeat(40)]).collect();
    for (name, text) in [
        ("percent", b"%41".repeat(12_000)),
        ("nested", b"%25".repeat(12_000)),
        ("zeros", b"a\0".repeat(18_000)),
        ("references", b"&#97;".repeat(7_000)),
        ("backslashes", b"\\\\".repeat(18_000)),
        ("lines", b"a\n".repeat(18_000)),
        ("carriage returns", b"\r".repeat(1_000_000)),
        ("ends of lines", [b"a".to_vec(), b"\n".repeat(1_000_000)].concat()),
        ("tags", b"<a".repeat(18_000)),
        ("tags before one ends", ["<a ".repeat(680), ">".to_owned()].concat().repeat(30).into_bytes()),
        ("tags with values", b"<a \">\" ".repeat(6_000)),
        ("comments", b"<!-- >".repeat(6_000)),
        ("escaped tags", b"\\u003ca\\\"".repeat(4_000)),
        ("programs", b"<?".repeat(18_000)),
        ("links of a terminal", b"\x1b]a".repeat(12_000)),
        ("pairs with dashes", b"ab-".repeat(12_000)),
        ("beginnings", SECRET.as_bytes()[..8].repeat(4_000)),
        ("beginnings within tags", within_tags.repeat(1_000).into_bytes()),
    ] {
        let begun = std::time::Instant::now();
        assert_eq!(redactor.redact(text.clone()), text);
        assert!(begun.elapsed().as_secs() < 10, "{name}: {:?}", begun.elapsed());
    }
}

/// What nobody but a hostile server writes is given up, and nothing of it gets through.
#[test]
fn e6_a_text_that_would_take_long_to_search_is_taken_out_whole() {
    let begun = std::time::Instant::now();
    let hidden: String = SECRET.chars().map(|char| format!("\\u{:04x}", u32::from(char))).collect();
    let beginnings: String = SECRET.chars().map(|char| format!("{char}<a ")).collect();
    for tiring in [r"\\\\ud83d\\\\ude00".repeat(20_000), format!("{beginnings}>{}", r"\\\\\\\&".repeat(40_000))] {
        assert_eq!(redacted(&format!("it is {tiring} {hidden} here")), REDACTED);
    }
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

#[test]
fn e6_a_text_that_has_the_secret_many_times_is_no_reason_to_give_it_up() {
    let escaped: String = SECRET.chars().map(|char| format!("\\\\\\\\u{:04x}", u32::from(char))).collect();
    let begun = std::time::Instant::now();
    assert_eq!(redacted(&format!("it is {} here", escaped.repeat(100))), format!("it is {REDACTED} here"));
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}

/// A thread does not end with the call that it searches for.
#[test]
fn e6_a_search_that_nobody_waits_for_ends() {
    let redactor = Redactor::new(&[SECRET]);
    let text = [b"\\\\\\\\\\\\\\a".repeat(400_000), SECRET.as_bytes().to_vec()].concat();
    redactor.call_off(true);
    let begun = std::time::Instant::now();
    let clean = redactor.redact(text);
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
    assert_eq!(String::from_utf8(clean).unwrap(), REDACTED);
    redactor.call_off(false);
    assert_eq!(redactor.redact(b"a%20b\\n".to_vec()), b"a%20b\\n");
}
