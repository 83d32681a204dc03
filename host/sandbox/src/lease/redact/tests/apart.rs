//! What stands apart in a text in which more than what parts it is left out, or opened.

use super::*;

/// In pieces of some bytes, with something between them.
fn pieces(text: &str, bytes: usize, between: &str) -> String {
    let pieces: Vec<_> = text.as_bytes().chunks(bytes).map(String::from_utf8_lossy).collect();
    pieces.join(between)
}

/// In short texts and in long ones.
fn expect_found(redactor: &Redactor, text: &[u8]) {
    for around in [3, 1_500] {
        let around = ".".repeat(around);
        let clean = redactor.redact([around.as_bytes(), b" ", text, b" ", around.as_bytes()].concat());
        let shown = String::from_utf8_lossy(text);
        assert!(String::from_utf8_lossy(&clean).contains(REDACTED), "{}: {shown:?}", around.len());
    }
}

/// The secret and its encodings, each with something between its pieces.
fn expect_parted_by(between: &[u8]) {
    let redactor = Redactor::new(&[SECRET]);
    for text in [STANDARD.encode(SECRET), crypto::hex(SECRET.as_bytes()), SECRET.to_owned()] {
        let pieces: Vec<_> = text.as_bytes().chunks(14).collect();
        expect_found(&redactor, &pieces.join(between));
    }
}

#[test]
fn e8_what_parts_is_left_out_whatever_it_is() {
    for between in [
        "\n    ",
        "\r\n\t",
        "\n> ",
        "\",\n  \"",
        "' +\n  '",
        "' . '",
        "\" .. \"",
        "\" & _\r\n  \"",
        "\\\n  ",
        "\\n   ",
        "<br>\n  ",
        "</code>\n<code>",
        "%0D%0A%20",
        "&#10;&nbsp;",
        "\u{200b}",
        "\u{a0}\u{202f}",
        "\u{2060}\u{3000}\u{feff}\u{2028}",
        "<span style=\"color:#a31515;background:#ffffff\" class='a b c d e f g h i j k'>",
        "<!-- whatever it is, <b>bold</b> -->",
        "]]><![CDATA[",
        "<?php ?>",
        "\x1b[0m\x1b[1;32m",
        "%1B%5B31m",
        "\\u001b\\u005b31m",
        "&#27;&#91;31m",
        "\\u{1b}[31m",
        "\\u{200b}",
        "\\v",
        "\x1bPq#0\x1b\\",
        "\x1b[38;5;\n196m",
        "\x1b[1;\u{200b}31m",
        "%3C%21%5BCDATA%5B",
        "&lt;!&#91;CDATA&#91;",
        "<a title=\"a>b\" data=\"a value of some length\">",
        ":",
        "&#xA;&#9;&#160;&NewLine;&#8203;&#x00A0;&ZeroWidthSpace;",
        "\\u0020\\u000a",
        "%3Cbr%3E",
        "%3Cbr%20%2F%3E",
        "&amp;lt;br&amp;gt;",
        "\\\\u003cbr\\\\u003e",
        "\\\\\\\\\\\\\\\\u003cbr\\\\\\\\\\\\\\\\u003e",
        "\\u0026lt;br\\u0026gt;",
        "\n- ",
        "\n* ",
        "\n+ ",
        "=\r\n",
        "-\n",
        " -> ",
        "->",
        " => ",
        "=>",
        " @ ",
        "\\u003e+\\u003c",
        "\\u0022+\\u0022",
        "&nbsp+ ",
        "\u{200b}+\u{200b}",
        "%22+%22",
        "%22%2B%22",
        "\x1b[0m+\x1b[32m",
        "-",
        "_",
        "/",
        ".",
    ] {
        expect_parted_by(between.as_bytes());
    }
}

/// What one kind of markup stands in may be another, and it may end at several places: in each of these, there is a way to read it in
/// which the pieces are one.
#[test]
fn e8_no_markup_hides_what_stands_apart_in_other_markup() {
    let around = [
        ("", ""),
        ("<!-- ", " -->"),
        ("<?php $t = '", "'; ?>"),
        ("<p title=\"", "\">"),
        ("<script>x = \"", "\"</script>"),
        ("<![CDATA[", "]]>"),
        ("&lt;!-- ", " --&gt;"),
        ("\u{1b}]0;", "\u{7}"),
        ("a <b ", ""),
    ];
    let between = [
        "<i t=\"&lt;\">",
        "<a <b>",
        "<a t=\"<b>\">",
        "<x <y <z>>>",
        "<i t='&lt;'>",
        "<img alt=\"a < b\">",
        "<br title=\"\\u003c\">",
        "<!-- <b> -->",
        "<!-- x < y -->",
        "&lt;a t=&quot;&lt;b&gt;&quot;&gt;",
    ];
    for (before, behind) in around {
        for (outer, end) in around {
            for one in between {
                for other in ["\n", one, "</b> + <b>"] {
                    let text: Vec<_> = SECRET.as_bytes().chunks(9).map(String::from_utf8_lossy).collect();
                    let text = format!("{}{one}{}{other}{}", text[0], text[1], text[2..].concat());
                    expect_found(&Redactor::new(&[SECRET]), format!("{outer}{before}{text}{behind}{end}").as_bytes());
                }
            }
        }
    }
}

#[test]
fn e8_signs_at_the_ends_of_a_piece_are_the_secrets_or_what_parts_it() {
    for (secret, text) in [
        ("Kg9y.<Mx4Q7", "\"Kg9y\" + \".<Mx4Q7\""),
        ("Kg9y+\\Mx4Q7", "\"Kg9y\" + \"+\\Mx4Q7\""),
        ("Kg9yZ+&Mx4Q7", "\"Kg9yZ\" + \"+&Mx4Q7\""),
        ("#Kg9yMx4Q7", "#Kg9y Mx4Q7"),
        ("(Kg9yMx4Q7)", "(Kg9y\nMx4Q7)"),
        ("\"Kg9yMx4Q7\"", "\" Kg9yMx4Q7 \""),
        ("+Kg9yMx4Q7-", "+ Kg9yMx4Q7 -"),
        ("Kg9y-->Mx4Q7", "<!-- Kg9y-->\nMx4Q7 -->"),
    ] {
        expect_found(&Redactor::new(&[secret]), text.as_bytes());
    }
}

#[test]
fn e8_escapes_and_what_parts_may_come_together() {
    let redactor = Redactor::new(&[SECRET]);
    for char in [|code| format!("\\u{code:04x}"), |code| format!("&#{code};"), |code| format!("%{code:02X}")]
        as [fn(u32) -> String; 3]
    {
        for between in ["\n  ", "\\n  ", "\" + \"", "<br>", "&lt;br&gt;", "\u{200b}", "\0"] {
            let pieces: Vec<String> = SECRET.chars().map(|one| char(u32::from(one))).collect();
            expect_found(&redactor, pieces.join(between).as_bytes());
        }
    }
}

#[test]
fn e8_what_stands_apart_within_markup_is_found() {
    let redactor = Redactor::new(&[SECRET]);
    let encoded = STANDARD.encode(SECRET);
    for text in [encoded.as_str(), SECRET] {
        for (before, between, behind) in [
            ("<!-- debug:\n    ", "\n    ", "\n-->"),
            ("<!-- \"", "\",\n  \"", "\" -->"),
            ("<!-- ", "<br>\n", " --!>"),
            ("<!-- ", " --><!-- ", " -->"),
            ("\\u003c!-- ", "\\n  ", " --\\u003e"),
            ("<auth header=\"", " ", "\"/>"),
            ("<input type=\"hidden\" value=\"", "\n   ", "\">"),
            ("<img src=\"data:x;base64,", "\r\n  ", "\"/>"),
            ("<path d=\"", " ", "\"/>"),
            ("<x v=\"", "&#10;  ", "\"/>"),
            ("&lt;x v=&quot;", " ", "&quot;&gt;"),
            ("if (i <n) { x = \"", "\" +\n \"", "\"; } else if (a > b)"),
            ("<?php $t = '", "' .\n '", "'; ?>"),
            ("cat <<EOF\n  ", "\n  ", "\nEOF\n >out"),
            ("<", "\r\n ", ">"),
            ("Link: <https://x/?t=\"", " ", "\">; rel=next"),
            ("\u{1b}]8;;https://x/?t=", "\n ", "\u{1b}\\"),
            ("token &lt;", "<br>", "&gt; refused"),
            ("<p>&lt;auth header=&quot;", "<br />\n", "&quot;/&gt;</p>"),
            ("<pre>&lt;a t=\"", "</span>\n<span>", "\"&gt;</pre>"),
            ("if a <b then QQ ", "<br>", ""),
            ("{\"m\":\"\\u003cauth t=\\u0022", "\\u003cbr\\u003e", "\\u0022\\u003e\"}"),
            ("{\"m\":\"x = \\\"", "\\\" +\\n  \\\"", "\\\"\"}"),
            ("{\"m\":\"", "\\\"+\\\"", "\"}"),
            ("x = '", "&#39;+&#39;", "'"),
            ("x = \"", "\" +<br>\"", "\""),
            ("<span>\"", "\"</span> <span class=\"o\">+</span>\n<span>\"", "\"</span>"),
        ] {
            let text = format!("{before}{}{behind}", pieces(text, 10, between));
            expect_found(&redactor, text.as_bytes());
        }
    }
}

#[test]
fn e8_a_secret_with_signs_of_markup_is_found_apart() {
    let redactor = Redactor::new(&["aB7<cdEf9hIj-->kLm3n"]);
    for between in [" ", "\n  ", "\", \""] {
        expect_found(&redactor, pieces("aB7<cdEf9hIj-->kLm3n", 8, between).as_bytes());
    }
}

#[test]
fn e8_tags_end_outside_the_quotes_of_their_values_and_may_be_written_with_escapes() {
    for between in [
        "<a t=\"a>b\">",
        "<a t='a>b' u=\"c\">",
        "<b onclick=\"()=>x\">",
        "<!-- a > b -->",
        "<!-- a --!>",
        "<?php $a->b(); ?>",
        "<?xml version=\"1.0\">",
        "<br\n>",
        "\\u003cbr\\u003e",
        "\\u003Cbr\\u003E",
        "\\x3cbr\\x3e",
        "&lt;br&gt;",
        "&#60;br&#x3e;",
        "<br&gt;",
        "\\u003cbr>",
        "\\u003ca t=\\\"b\\u003ec\\\"\\u003e",
        "\\u003c!-- a \\u003e b --\\u003e",
    ] {
        expect_parted_by(between.as_bytes());
    }
}

#[test]
fn e8_orders_to_a_terminal_are_left_out_whole_and_in_json() {
    for between in [
        "\u{1b}[0m\u{1b}[38;2;100;200;255m",
        "\u{1b}[0m\u{1b}[1;38;2;100;200;255;48;2;111;222;101m",
        "\u{1b}[K\n",
        "\u{1b}(B\u{1b}[m",
        "\u{1b}]8;;https://git.test/a/b\u{1b}\\",
        "\u{1b}]8;;https://git.test/a/b\u{7}",
        "\\u001b[0m\\u001b[32m",
        "\\u001b[0m\\n\\u001B[38;2;100;200;255m",
        "\\x1b[0m\\x1b[32m",
        "\\033[0m\\e[32m",
        "\\u001b]8;;https://git.test/a/b\\u001b\\\\",
        "\\u001b]8;;https://git.test/a/b\\u0007",
    ] {
        expect_parted_by(between.as_bytes());
    }
}

#[test]
fn e8_whatever_is_no_letter_beyond_ascii_parts() {
    let unseen =
        ['\u{200e}', '\u{202a}', '\u{2061}', '\u{2069}', '\u{fe0f}', '\u{34f}', '\u{180e}', '\u{206f}', '\u{e0020}'];
    let blanks = ['\u{2002}', '\u{200a}', '\u{205f}', '\u{1680}', '\u{3164}', '\u{ffa0}', '\u{115f}'];
    let signs = ['\u{2502}', '\u{2022}', '\u{21b5}', '\u{2014}', '\u{ab}', '\u{fffd}', '\u{1f600}'];
    for char in [&unseen[..], &blanks, &signs].concat() {
        expect_parted_by(char.to_string().as_bytes());
    }
    for between in [&b"\xa0"[..], b"\xad", b"\xe2\x80", b"\x08", b"\x1f", b"\x7f"] {
        expect_parted_by(between);
    }
    for letters in ["\u{e9}", "\u{4e2d}\u{6587}", "\u{e2}\u{a8}"] {
        let text = pieces(SECRET, 10, letters);
        assert_eq!(redacted(&text), text);
    }
    assert!(Redactor::new(&["k\u{e9}7\u{2014}x9b\u{4e2d}Q"]).finds("k\u{e9}7\u{2014}\n x9b \u{4e2d}Q".as_bytes()));
}

#[test]
fn e8_of_a_secret_that_parts_itself_no_short_rest_is_looked_for() {
    let redactor = Redactor::new(&["1,2,3,4,5,6"]);
    for text in ["no 123456 is", "1 2 3 4 5 6"] {
        assert_eq!(redactor.redact(text.as_bytes().to_vec()), text.as_bytes());
    }
    assert!(redactor.finds(b"it is 1,2,3,4,5,6 here") && redactor.finds(b"[1, 2, 3, 4, 5, 6]"));
    let redactor = Redactor::new(&["2024:11:28"]);
    assert_eq!(redactor.redact(b"[20241128, 1]".to_vec()), b"[20241128, 1]");
    assert!(redactor.finds(b"it is 2024: 11: 28 here"));
}

#[test]
fn e8_hexadecimal_with_dashes_is_found() {
    let redactor = Redactor::new(&[SECRET]);
    let hex = crypto::hex(SECRET.as_bytes());
    for hex in [hex.to_uppercase(), hex] {
        expect_found(&redactor, pieces(&hex, 2, "-").as_bytes());
        expect_found(&redactor, format!("<x v=\"{}\">", pieces(&hex, 2, "-")).as_bytes());
    }
    let numbers = Redactor::new(&["202411281", "123456"]);
    for text in ["at 2024-11-28-1", "12-34-56", "00-12-34-56-7a", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"] {
        assert_eq!(numbers.redact(text.as_bytes().to_vec()), text.as_bytes());
    }
    assert_eq!(Redactor::new(&["12-34-56-78-9"]).redact(b"[1234 5678-9]".to_vec()), b"[1234 5678-9]");
}

#[test]
fn e8_bytes_that_a_program_prints_are_found() {
    let redactor = Redactor::new(&[SECRET]);
    let of = |char: fn(u8) -> String, between: &str| SECRET.bytes().map(char).collect::<Vec<_>>().join(between);
    for text in [
        of(|byte| format!("0x{byte:02x}"), ", "),
        of(|byte| format!("0x{byte:02X}"), ",\n    "),
        of(|byte| format!("0X{byte:02X}"), ","),
        of(|byte| format!("{byte:02x}"), " "),
        of(|byte| if byte % 2 == 0 { format!("{byte:02x}") } else { format!("{byte:02X}") }, ""),
        of(|byte| byte.to_string(), ","),
        of(|byte| byte.to_string(), " "),
        of(|byte| byte.to_string(), ",\n      "),
    ] {
        expect_found(&redactor, format!("{{\"data\": [{text}]}}").as_bytes());
    }
}

#[test]
fn e8_what_parts_a_password_may_be_written_as_something_else() {
    for (secret, texts) in [
        ("horse 9 & batt", &["horse 9 &\nbatt", "horse 9\r\n\t& batt", "horse+9+%26%20batt"][..]),
        (
            "pass word 12345",
            &["pass\tword\t12345", "pass&nbsp;word&nbsp;12345", "pass\\nword\\n12345", "pass<br>word<br>12345"],
        ),
        (
            "kQ9 zxL w2v Rt5 vZm 3qP",
            &["kQ9\nzxL\nw2v\nRt5\nvZm\n3qP\n", "kQ9\u{a0}zxL\u{a0}w2v\u{a0}Rt5\u{a0}vZm\u{a0}3qP"],
        ),
        ("Kq9  zzX8", &["Kq9 zzX8"]),
        ("Kq9\tzzX8", &["Kq9 zzX8"]),
        ("it's9\"Kq", &["it\u{2019}s9\u{201d}Kq"]),
        ("it\u{2019}s9Kqx", &["it's9Kqx", "it&#146;s9Kqx", "it&rsquo;s9Kqx", "it\\u0092s9Kqx", "it\u{fffd}s9Kqx"]),
        ("p\u{20ac}a7Kq9x", &["p%80a7Kq9x", "p&euro;a7Kq9x", "p<U+20AC>a7Kq9x", "p\\ufffda7Kq9x"]),
        ("\u{20ac}uro7Kq9xZ", &["%80uro7Kq9xZ", "&euro;uro7Kq9xZ"]),
        ("Kq9zzX8 ", &["Kq9zzX8"]),
        ("SKe{ 5(aM *,X$U%", &["SKe%7B+5%28aM+%2A%2CX%24U%25"]),
        ("Zq3v+T9xA+Lm2W", &["Zq3v T9xA Lm2W"]),
    ] {
        for text in texts {
            expect_found(&Redactor::new(&[secret]), text.as_bytes());
        }
    }
    let redactor = Redactor::new(&["(Platform)", "1,2,3,4,5,6"]);
    for text in ["a Platform is", "1 2 3 4 5 6", "1\n2\n3"] {
        assert_eq!(redactor.redact(text.as_bytes().to_vec()), text.as_bytes());
    }
    let signs = Redactor::new(&["++++++", "\u{20ac}\u{20ac}\u{20ac}ab"]);
    assert_eq!(signs.redact(b"it      is & - ab".to_vec()), b"it      is & - ab");
    let clean = Redactor::new(&["Kq9zzX8:"]).redact(b"it is Kq9zzX8  \n <b>here</b>".to_vec());
    assert_eq!(clean, b"it is [redacted]  \n <b>here</b>");
}

#[test]
fn e8_a_letter_beyond_ascii_is_found_as_one_escape_and_in_another_encoding() {
    for (secret, texts) in [
        (
            "\u{e9}a7kQz9pL2",
            &[&b"\\u00e9a7kQz9pL2"[..], b"&#233;a7kQz9pL2", b"\\\\u00e9a7kQz9pL2", b"\\303\\251a7kQz9pL2"][..],
        ),
        (
            "Gr\u{f6}\u{df}e7Kq",
            &[
                "Gr\u{c3}\u{b6}\u{c3}\u{9f}e7Kq".as_bytes(),
                b"Gr\\u00c3\\u00b6\\u00c3\\u009fe7Kq",
                b"Gr&#195;&#182;&#195;&#159;e7Kq",
            ],
        ),
        ("Pl\u{e4}x9Kq2zT", &[b"Pl\xe4x9Kq2zT", b"Pl%E4x9Kq2zT", b"Pl\\xe4x9Kq2zT", b"Pl\\u{e4}x9Kq2zT"]),
    ] {
        for text in texts {
            expect_found(&Redactor::new(&[secret]), text);
        }
    }
    let mut redactor = Redactor::new(&["Platform"]);
    redactor.also(&[Zeroizing::new("\u{fc}rs:Platform".to_owned())]);
    assert_eq!(redactor.redact(b"\\u00fcrs:Platform".to_vec()), REDACTED.as_bytes());
}

#[test]
fn e8_escapes_of_other_languages_are_read() {
    let redactor = Redactor::new(&[SECRET]);
    for char in [
        |code| format!("\\u{{{code:x}}}"),
        |code| format!("\\x{{{code:x}}}"),
        |code| format!("\\U{code:08x}"),
        |code| format!("%u{code:04x}"),
        |code| format!("\\{code:03o}"),
        |code| format!("{}\\0", char::from_u32(code).unwrap()),
    ] as [fn(u32) -> String; 6]
    {
        let text: String = SECRET.chars().map(|one| char(u32::from(one))).collect();
        expect_found(&redactor, text.as_bytes());
    }
}

#[test]
fn e8_markup_is_as_long_as_its_characters_whatever_they_are_written_with() {
    let tag = format!("<span style=\"{}\">", "x".repeat(1_000));
    for char in [|code| format!("\\u{code:04x}"), |code| format!("&#{code};"), |code| format!("%{code:02X}")]
        as [fn(u32) -> String; 3]
    {
        let tag: String = tag.chars().map(|one| char(u32::from(one))).collect();
        expect_parted_by(tag.as_bytes());
    }
}

#[test]
fn e8_references_that_part_need_no_semicolon() {
    for between in ["&nbsp", "&shy", "&middot", "&#10 ", "&#160 ", "&#x200B ", "&lt", "&quot"] {
        expect_parted_by(between.as_bytes());
    }
    let clean = Redactor::new(&["a^b7c^d9e"]).redact(b"a&Hat;b7c&Hat;d9e".to_vec());
    assert_eq!(clean, REDACTED.as_bytes());
}
