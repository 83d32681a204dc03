//! Connectors' tokens. Whatever comes: nothing panics, what the connector's key did not sign is not believed, and what it did is
//! believed within its bounds only.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign::token::{Claims, ClockLeeway, Expected, MAX_LIFETIME_S, issuer};
use model::{ProjectKey, PublicKey, Timestamp};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use serde_json::Value;

use crate::draw::Draw;

const AUDIENCE: &str = "https://countersign.example.com";
/// When every token comes, in seconds since 1970.
const NOW_S: u32 = 1_795_000_000;
/// What claims are made of, beside those of an honest token.
const VALUES: [&str; 40] = [
    "null",
    "true",
    "0",
    "-1",
    "-0",
    "1e300",
    "1.5",
    "18446744073709551616",
    "\"\"",
    "\"jira-dc\"",
    "\"other\"",
    "[]",
    "{}",
    "[null]",
    "\"https://countersign.example.com\"",
    "[\"https://countersign.example.com\"]",
    "[\"https://countersign.example.com\",\"https://evil.example.com\"]",
    "\"https://countersign.example.com/\"",
    "1794999999",
    "1795000000",
    "1795000001",
    "1795000030",
    "1795000031",
    "1795000060",
    "1795000300",
    "1795000301",
    "1795000000.0005",
    "1795000300.0006",
    "1.795e9",
    "\"0123456789abcdef\"",
    "\"0123456789abcde\"",
    "[\"ABC\"]",
    "[\"abc\"]",
    "[1]",
    "\"a\\nb\"",
    "\"\\u0000\"",
    "\" ann \"",
    "\"\\ud800\"",
    "1795000000,\"exp\":1795000060",
    "[[[[[[[[[[[[[[[[",
];
const CLAIMS: [&str; 10] = ["iss", "sub", "aud", "iat", "exp", "nbf", "jti", "projects", "username", "display_name"];
const HEADERS: [&str; 12] = [
    r#""typ":"JWT""#,
    r#""kid":"jira-dc""#,
    r#""kid":"other""#,
    r#""kid":null"#,
    r#""typ":"jwt""#,
    r#""jku":"https://evil.example.com""#,
    r#""crit":["exp"]"#,
    r#""b64":false"#,
    r#""alg":"none""#,
    r#""alg":"EdDSA""#,
    r#""ALG":"none""#,
    r#""jwk":{}"#,
];
const ALGORITHMS: [&str; 7] = ["EdDSA", "ES256", "none", "HS256", "eddsa", "ES384", ""];

/// A private key on P-256 up to its 32 bytes (RFC 5208, RFC 5915), and what stands between those and the public point.
const P256_PKCS8: &str = "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420";
const P256_PUBLIC: &str = "a144034200";
/// The base point of the curve (SEC 2, section 2.4.2): the public key of the private key 1.
const P256_BASE: &str = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

enum Key {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
}

impl Key {
    fn ed25519(seed: u8) -> Self {
        Self::Ed25519(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("any 32 bytes are a key"))
    }

    fn p256() -> Self {
        let one = [vec![0; 31], vec![1]].concat();
        let der = [bytes(P256_PKCS8), one, bytes(P256_PUBLIC), bytes(P256_BASE)].concat();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der, &crypto::SystemRandom.of_ring());
        Self::P256(pair.expect("1 is a key"))
    }

    fn algorithm(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "EdDSA",
            Self::P256(_) => "ES256",
        }
    }

    fn public(&self) -> PublicKey {
        match self {
            Self::Ed25519(pair) => PublicKey::Ed25519(pair.public_key().as_ref().to_vec()),
            Self::P256(pair) => PublicKey::P256(pair.public_key().as_ref().to_vec()),
        }
    }

    fn signed(&self, header: &str, payload: &str) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let signature = match self {
            Self::Ed25519(pair) => URL_SAFE_NO_PAD.encode(pair.sign(signed.as_bytes())),
            Self::P256(pair) => {
                let signature = pair.sign(&crypto::SystemRandom.of_ring(), signed.as_bytes());
                URL_SAFE_NO_PAD.encode(signature.expect("the system's random source works"))
            }
        };
        format!("{signed}.{signature}")
    }
}

/// The connector's, of either sort, and somebody else's.
static KEYS: LazyLock<[Key; 2]> = LazyLock::new(|| [Key::ed25519(1), Key::p256()]);
static OTHER: LazyLock<Key> = LazyLock::new(|| Key::ed25519(2));

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<_> = hex.chars().map(|char| char.to_digit(16).expect("a digit") as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn believed(token: &str, key: &Key) -> Option<Claims> {
    let now = Timestamp::from_unix_seconds(NOW_S.into());
    let expected = Expected { audience: AUDIENCE, now, leeway: ClockLeeway::default() };
    issuer(token).ok()?.verify(&key.public(), expected).ok()
}

/// Panics where a token is believed that should not be.
pub fn target(data: &[u8]) {
    let mut draw = Draw::from(data);
    let key = draw.one(&*KEYS);
    match draw.below(4) {
        0 => anything(&String::from_utf8_lossy(draw.rest())),
        1 => damaged(&mut draw, key),
        2 => anything(&OTHER.signed(&header(&mut draw, key), &payload(&mut draw).0)),
        _ => signed(&mut draw, key),
    }
}

/// Signed by nobody who is known.
fn anything(token: &str) {
    for key in &*KEYS {
        assert_eq!(believed(token, key), None, "{token}: not signed by the connector");
    }
}

/// A token has one spelling.
fn damaged(draw: &mut Draw<'_>, key: &Key) {
    let header = format!(r#"{{"alg":"{}","typ":"JWT","kid":"jira-dc"}}"#, key.algorithm());
    let honest = key.signed(&header, &object(&honest_claims()));
    assert!(believed(&honest, key).is_some(), "{honest}: as it should be");
    let token = String::from_utf8_lossy(&draw.damaged(honest.as_bytes())).into_owned();
    for key in &*KEYS {
        let is_honest = token == honest && header.contains(key.algorithm());
        assert_eq!(believed(&token, key).is_some(), is_honest, "{token}: made of {honest}");
    }
}

/// Whatever it says.
fn signed(draw: &mut Draw<'_>, key: &Key) {
    let (header, (payload, is_twofold)) = (header(draw, key), payload(draw));
    let token = key.signed(&header, &payload);
    let Some(claims) = believed(&token, key) else { return };
    let shown = || format!("{header} {payload}");
    assert!(!is_twofold, "a claim stands there twice: {}", shown());
    // In a claim that nobody reads, half a character is none of anybody's business.
    let whole = |text: &str| text.replace(r"\ud800", "?");
    let read =
        |text: &str| serde_json::from_str::<Value>(&whole(text)).unwrap_or_else(|error| panic!("{error}: {}", shown()));
    let (header, said) = (read(&header), read(&payload));
    let members = header.as_object().expect("an object");
    assert!(members.keys().all(|name| matches!(name.as_str(), "alg" | "typ" | "kid")), "{}", shown());
    assert!(header["alg"] == key.algorithm() && members.get("typ").is_none_or(|typ| typ == "JWT"), "{}", shown());
    assert!(members.get("kid").is_none_or(|kid| *kid == said["iss"]), "{}", shown());
    assert!(said["aud"] == AUDIENCE || said["aud"] == serde_json::json!([AUDIENCE]), "{}", shown());
    assert!(said["iss"] == claims.connector.as_str() && said["sub"] == claims.user.as_str(), "{}", shown());
    assert!(said["jti"] == claims.token_id.as_str() && claims.token_id.len() >= 16, "{}", shown());
    let projects: Vec<_> = claims.projects.iter().map(ProjectKey::as_str).collect();
    assert!(said["projects"] == serde_json::json!(projects), "{}", shown());
    let seconds = |name: &str| said[name].as_f64();
    let (Some(from), Some(to)) = (seconds("iat"), seconds("exp")) else { panic!("no times: {}", shown()) };
    // Times are read to the millisecond, and the clock of a connector may be half a minute ahead.
    let (now, most) = (f64::from(NOW_S), MAX_LIFETIME_S as f64);
    assert!((0.998..=most + 0.002).contains(&(to - from)) && to > now - 0.001, "{}", shown());
    assert!(from <= now + 30.001 && seconds("nbf").is_none_or(|begins| begins <= now + 30.001), "{}", shown());
}

fn header(draw: &mut Draw<'_>, key: &Key) -> String {
    let algorithm = if draw.once_in(4) { *draw.one(&ALGORITHMS) } else { key.algorithm() };
    let mut members = vec![format!(r#""alg":"{algorithm}""#)];
    members.extend((0..draw.below(3)).map(|_| (*draw.one(&HEADERS)).to_owned()));
    let text = format!("{{{}}}", members.join(","));
    if draw.once_in(8) { format!("{text}{}", draw.text(4)) } else { text }
}

fn honest_claims() -> Vec<(String, String)> {
    let claims = [
        ("iss", r#""jira-dc""#.to_owned()),
        ("sub", r#""JIRAUSER10100""#.to_owned()),
        ("aud", format!(r#""{AUDIENCE}""#)),
        ("iat", NOW_S.to_string()),
        ("exp", (NOW_S + 60).to_string()),
        ("jti", r#""0123456789abcdef""#.to_owned()),
        ("projects", r#"["ABC","OPS_2"]"#.to_owned()),
    ];
    claims.map(|(name, value)| (name.to_owned(), value)).to_vec()
}

/// And whether one of the claims that are read stands there twice.
fn payload(draw: &mut Draw<'_>) -> (String, bool) {
    let mut claims = honest_claims();
    for _ in 0..draw.below(4) {
        let name = draw.one(&CLAIMS).to_string();
        let value = if draw.once_in(4) { format!("{:?}", draw.text(20)) } else { (*draw.one(&VALUES)).to_owned() };
        let at = claims.iter().position(|(other, _)| *other == name);
        match at {
            Some(at) if !draw.once_in(4) => claims[at].1 = value,
            Some(_) | None => claims.push((name, value)),
        }
    }
    let names: Vec<_> = claims.iter().map(|(name, _)| name).collect();
    let is_twofold = (1..names.len()).any(|at| names[..at].contains(&names[at]));
    let text = object(&claims);
    if draw.once_in(8) {
        return (String::from_utf8_lossy(&draw.damaged(text.as_bytes())).into_owned(), false);
    }
    (text, is_twofold)
}

fn object(claims: &[(String, String)]) -> String {
    let members: Vec<_> = claims.iter().map(|(name, value)| format!(r#""{name}":{value}"#)).collect();
    format!("{{{}}}", members.join(","))
}
