//! Certificates as people have them, and the block among them that is none.

use rcgen::generate_simple_self_signed;

use super::*;

fn certificate_of(name: &str) -> String {
    generate_simple_self_signed([name.to_owned()]).unwrap().cert.pem()
}

fn count(pem: &str) -> Result<usize, String> {
    let mut roots = RootCertStore::empty();
    add(&mut roots, pem).map(|_| roots.len()).map_err(|error| error.to_string())
}

#[test]
fn certificates_are_read_as_they_come() {
    let (one, two) = (certificate_of("one.test"), certificate_of("two.test"));
    assert_eq!(count(&one), Ok(1));
    assert_eq!(count(&format!("\u{feff}{one}")), Ok(1), "a byte order mark");
    assert_eq!(count(&format!("\u{feff}{one}\u{feff}{two}")), Ok(2), "two files put together");
    assert_eq!(count(&format!("\n  \t{one}")), Ok(1), "blanks before it");
    assert_eq!(count(&one.lines().map(|line| format!("  {line} \r\n")).collect::<String>()), Ok(1), "indented");
    assert_eq!(count(&format!("# our CA\n{one}subject=/CN=two\n{two}")), Ok(2), "words between them");
    assert_eq!(count(&one.replace("CERTIFICATE", "X509 CERTIFICATE")), Ok(1));
    assert_eq!(count(one.trim_end()), Ok(1), "no line break at the end");
}

/// As `openssl x509 -trustout` writes: the certificate, and behind it what it is trusted for.
#[test]
fn what_openssl_writes_behind_a_certificate_is_left_out() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let der = generate_simple_self_signed(["one.test".to_owned()]).unwrap().cert.der().to_vec();
    let trust = [0x30, 0x0c, 0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01];
    let body = STANDARD.encode([&der[..], &trust].concat());
    let pem = format!("-----BEGIN TRUSTED CERTIFICATE-----\n{body}\n-----END TRUSTED CERTIFICATE-----\n");
    assert_eq!(count(&pem), Ok(1));
    assert_eq!(count(&pem.replace("TRUSTED ", "")), Ok(1));
}

#[test]
fn the_block_that_cannot_be_used_is_named_by_its_place_and_nothing_is_added() {
    let good = certificate_of("one.test");
    let der = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let base64 = "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n";
    let empty = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let cut = &good[..good.len() / 2];
    let wrong = [
        (format!("{good}{der}{good}"), "block 2 holds no certificate that can be trusted"),
        (format!("{good}{good}{base64}"), "block 3 is damaged"),
        (format!("{empty}{good}"), "block 1 holds no certificate that can be trusted"),
        (format!("{good}{key}"), "block 2 is a PRIVATE KEY; give certificates only"),
        (format!("{good}{cut}\n{good}"), "block 2 has no end: -----END CERTIFICATE----- is missing"),
        (cut.to_owned(), "block 1 has no end: -----END CERTIFICATE----- is missing"),
    ];
    for (pem, why) in wrong {
        assert_eq!(count(&pem), Err(why.to_owned()));
    }
    for none in ["", "x", "\u{feff}", "/etc/ssl/ca.pem"] {
        assert!(count(none).unwrap_err().starts_with("there is no certificate in it"), "{none:?}");
    }
}

#[test]
fn a_border_that_is_none_is_named_by_its_line_rather_than_its_block_left_out() {
    let good = certificate_of("one.test");
    let lines = good.lines().count();
    let damaged = [
        good.replace("-----BEGIN", "----BEGIN"),
        good.replace("-----BEGIN", "BEGIN"),
        good.replace("-----BEGIN", "\u{2014}\u{2014}-BEGIN"),
        good.replace("-----BEGIN", "\u{200b}-----BEGIN"),
        good.replace("-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE----"),
        good.replace("-----BEGIN CERTIFICATE-----", "-----BEGIN"),
        good.replace("-----BEGIN CERTIFICATE-----", "-----begin certificate-----"),
        "-----END CERTIFICATE-----\n".to_owned(),
    ];
    for one in damaged {
        for (pem, line) in [(one.clone(), 1), (format!("{good}{one}"), lines + 1), (format!("{one}{good}"), 1)] {
            let refused = count(&pem).unwrap_err();
            assert!(
                refused.starts_with(&format!("line {line} looks like the beginning or the end")),
                "{one}: {refused}"
            );
        }
    }
    for words in ["# ---- BEGIN our own ----", "End-entity: CN=one", "--- the end ---", "Certificate chain", "---"] {
        assert_eq!(count(&format!("{words}\n{good}")), Ok(1), "{words}");
    }
}
