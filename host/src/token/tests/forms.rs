//! One token, one spelling: encodings, lengths, JSON.

use super::*;

#[test]
fn a1_every_flipped_bit_of_a_signature_is_noticed() {
    for key in [ed25519(), p256()] {
        let text = token(&key, &header(&key), &payload());
        let (signed, signature) = text.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        for bit in 0..signature.len() * 8 {
            let mut flipped = signature.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(flipped));
            assert_eq!(verified(&forged, &key), Err(TokenError::Signature), "bit {bit}");
        }
    }
}

#[test]
fn a1_a_signature_of_another_length_or_form_is_refused() {
    for key in [ed25519(), p256()] {
        let text = token(&key, &header(&key), &payload());
        let (signed, signature) = text.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let (r, s) = signature.split_at(32);
        let forms = [
            signature[..63].to_vec(),
            [&signature[..], &[0]].concat(),
            [&[0], &signature[..]].concat(),
            [&signature[..], &signature[..]].concat(),
            der(r, s),
            vec![0; 64],
            vec![],
        ];
        for form in forms {
            let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(&form));
            assert_eq!(verified(&forged, &key), Err(TokenError::Signature), "{} bytes", form.len());
        }
    }
}

/// The other way to write an ECDSA signature: a SEQUENCE of two INTEGERs.
fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    let integer = |number: &[u8]| [&[0x02, 33, 0][..], number].concat();
    [vec![0x30, 70], integer(r), integer(s)].concat()
}

#[test]
fn a1_an_ed25519_signature_has_no_second_form() {
    let key = ed25519();
    let text = token(&key, &header(&key), &payload());
    let (signed, signature) = text.rsplit_once('.').unwrap();
    let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    // S + L verifies like S where S is not held to be below L, the order of the group (RFC 8032, section 5.1.7).
    let order: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut carry = 0;
    for (byte, of_order) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(of_order) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
    let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(&signature));
    assert_eq!(verified(&forged, &key), Err(TokenError::Signature));
}

#[test]
fn a1_what_is_signed_cannot_be_changed() {
    let key = ed25519();
    let text = token(&key, &header(&key), &payload());
    let parts: Vec<&str> = text.split('.').collect();
    let other_payload = URL_SAFE_NO_PAD.encode(with(payload(), "sub", "admin").to_string());
    let other_header = URL_SAFE_NO_PAD.encode(r#"{"alg":"EdDSA"}"#);
    for forged in [[parts[0], &other_payload, parts[2]], [&other_header, parts[1], parts[2]]] {
        assert_eq!(verified(&forged.join("."), &key), Err(TokenError::Signature));
    }
}

#[test]
fn a1_a_token_is_three_parts_in_base64url_without_padding() {
    let key = ed25519();
    let text = token(&key, &header(&key), &payload());
    assert!(verified(&text, &key).is_ok());
    let parts: Vec<&str> = text.split('.').collect();
    let not_three =
        ["".to_owned(), "x".into(), format!("{}.{}", parts[0], parts[1]), format!("{text}."), format!("{text}.x")];
    for wrong in not_three {
        assert_eq!(verified(&wrong, &key), Err(TokenError::NotThreeParts), "{wrong}");
    }
    // 64 bytes are 86 characters, the last of which carries 2 bits: three other characters mean the same, leniently read.
    let (last, rest) = text.char_indices().next_back().map(|(at, last)| (last, &text[..at])).unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let next = alphabet.chars().nth(alphabet.find(last).unwrap() + 1).unwrap();
    let not_base64 = [
        format!("{text}="),
        format!("{text}=="),
        format!("{text} "),
        format!("{text}\n"),
        format!(" {text}"),
        format!("{rest}{next}"),
        rest.to_owned(),
        format!("{}=.{}.{}", parts[0], parts[1], parts[2]),
        format!("{}.{}+.{}", parts[0], parts[1], parts[2]),
        format!("{}.{}.{}/", parts[0], parts[1], parts[2]),
    ];
    for wrong in not_base64 {
        assert_eq!(verified(&wrong, &key), Err(TokenError::NotBase64), "{wrong:?}");
    }
    for (wrong, error) in [("..", TokenError::Header), ("é.é.é", TokenError::NotBase64)] {
        assert_eq!(verified(wrong, &key), Err(error), "{wrong:?}");
    }
}

#[test]
fn a8_a_token_is_at_most_8_kib() {
    let key = ed25519();
    let padded = |bytes: usize| token(&key, &header(&key), &with(payload(), "pad", "x".repeat(bytes)));
    let fits = (5_500..6_200).rfind(|bytes| padded(*bytes).len() <= MAX_TOKEN_BYTES).unwrap();
    assert!(verified(&padded(fits), &key).is_ok());
    // One byte more is one character more, or two.
    let over = padded(fits + 1);
    assert!((8193..=8194).contains(&over.len()), "{}", over.len());
    assert_eq!(verified(&over, &key), Err(TokenError::TooLong));
    assert_eq!(verified(&".".repeat(100 << 20), &key), Err(TokenError::TooLong));
}

#[test]
fn a8_a_member_stands_once() {
    let key = ed25519();
    let headers = [
        r#"{"alg":"EdDSA","alg":"EdDSA"}"#,
        r#"{"alg":"none","alg":"EdDSA"}"#,
        r#"{"alg":"EdDSA","\u0061lg":"none"}"#,
        r#"{"alg":"EdDSA","kid":"jira-dc","kid":"jira-dc"}"#,
        r#"{"alg":"EdDSA","typ":"JWT","typ":"JWT"}"#,
    ];
    for header in headers {
        assert_eq!(verified(&token(&key, &header, &payload()), &key), Err(TokenError::Header), "{header}");
    }
    for name in ["iss", "sub", "aud", "iat", "exp", "jti", "projects"] {
        let whole = payload();
        let twice = format!(r#"{{"{name}":{},{}"#, whole[name], &whole.to_string()[1..]);
        assert_eq!(claimed(&twice), Err(TokenError::Payload), "{name}");
        let escaped =
            format!(r#"{{"\u{:04x}{}":{},{}"#, name.as_bytes()[0], &name[1..], whole[name], &whole.to_string()[1..]);
        assert_eq!(claimed(&escaped), Err(TokenError::Payload), "{escaped}");
    }
    let nbf_twice = format!(r#"{{"nbf":0,"nbf":0,{}"#, &payload().to_string()[1..]);
    assert_eq!(claimed(&nbf_twice), Err(TokenError::Payload));
}

#[test]
fn a8_a_header_and_payload_are_json_objects_and_nothing_more() {
    let key = ed25519();
    let headers = [
        "",
        "{}",
        "null",
        r#""EdDSA""#,
        r#"["EdDSA"]"#,
        r#"["EdDSA","JWT","jira-dc"]"#,
        r#" ["EdDSA",null,null]"#,
        r#"{"alg":"EdDSA"}{}"#,
        r#"{"alg":"EdDSA"} x"#,
        r#"{"alg":"EdDSA",}"#,
        r#"{"alg":["EdDSA"]}"#,
        r#"{"alg":null}"#,
        r#"{"typ":"JWT"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt"}"#,
        r#"{"alg":"EdDSA","typ":null}"#,
        "\u{feff}{\"alg\":\"EdDSA\"}",
    ];
    for header in headers {
        assert_eq!(verified(&token(&key, &header, &payload()), &key), Err(TokenError::Header), "{header}");
    }
    let whole = payload().to_string();
    let array = r#"["jira-dc","ann","https://countersign.example.com",1,2,null,"0123456789abcdef",[]]"#.to_owned();
    let deep = format!(r#"{{"iss":{}{}}}"#, "[".repeat(2_000), "]".repeat(2_000));
    for wrong in [array, deep, format!("{whole}{whole}"), format!("{whole}\0"), whole[1..].to_owned(), String::new()] {
        assert_eq!(claimed(&wrong), Err(TokenError::Payload), "{wrong}");
    }
}

#[test]
fn a8_invalid_utf_8_is_refused() {
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let header = encode(br#"{"alg":"EdDSA"}"#);
    let unknown_member = encode(b"{\"iss\":\"jira-dc\",\"x\":\"\xff\"}");
    assert_eq!(issuer(&format!("{header}.{unknown_member}.AA")).unwrap_err(), TokenError::Payload);
    let bad_header = encode(b"{\"alg\":\"EdDSA\xff\"}");
    assert_eq!(issuer(&format!("{bad_header}.{unknown_member}.AA")).unwrap_err(), TokenError::Header);
}

#[test]
fn nothing_of_a_token_is_printed() {
    let key = ed25519();
    let text = token(&key, &header(&key), &payload());
    let printed = format!("{:?}", issuer(&text).unwrap());
    assert_eq!(printed, r#"Unverified { issuer: "jira-dc", .. }"#);
    let error = claimed(&with(payload(), "sub", "s3cret\n")).unwrap_err();
    assert_eq!(error.to_string(), "the token's claim `sub` is not of the form it has to have");
    assert_eq!(error.code(), "token-claim-invalid");
}
