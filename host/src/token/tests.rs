//! Tokens that must not be believed, one table per adversary, each next to one that must.

use crypto::SystemRandom;
use model::Timestamp;
use model::{JiraUser, PersonName, ProjectKey, UserNames};
use ring::hmac;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::sign::SigningKey;
use super::*;

mod forms;
mod keys;

const AUDIENCE: &str = "https://countersign.example.com";
/// Half a second after `iat`, so that rounding shows.
const NOW: &str = "2026-11-22T12:00:00.500Z";

fn now() -> Timestamp {
    Timestamp::parse(NOW).unwrap()
}

fn expected() -> Expected<'static> {
    Expected { audience: AUDIENCE, now: now(), leeway: ClockLeeway::default() }
}

fn now_s() -> i64 {
    now().unix_seconds()
}

fn ed25519() -> SigningKey {
    let (pem, _) = generate_ed25519(&SystemRandom.of_ring()).unwrap();
    SigningKey::from_pem(pem.expose_secret(), &SystemRandom.of_ring()).unwrap()
}

fn p256_pem() -> String {
    let der = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom.of_ring()).unwrap();
    pem::write("PRIVATE KEY", der.as_ref()).to_string()
}

fn p256() -> SigningKey {
    SigningKey::from_pem(&p256_pem(), &SystemRandom.of_ring()).unwrap()
}

fn header(key: &SigningKey) -> Value {
    json!({ "alg": key.algorithm().name(), "typ": "JWT", "kid": "jira-dc" })
}

fn payload() -> Value {
    json!({
        "iss": "jira-dc",
        "sub": "JIRAUSER10100",
        "aud": AUDIENCE,
        "iat": now_s(),
        "exp": now_s() + 60,
        "jti": "0123456789abcdef",
        "projects": ["ABC", "OPS_2"],
    })
}

fn with(mut object: Value, member: &str, value: impl Into<Value>) -> Value {
    object[member] = value.into();
    object
}

fn without(mut object: Value, member: &str) -> Value {
    object.as_object_mut().unwrap().remove(member);
    object
}

fn token(key: &SigningKey, header: &impl ToString, payload: &impl ToString) -> String {
    key.token(&header.to_string(), &payload.to_string(), &SystemRandom.of_ring()).unwrap()
}

fn verified(token: &str, key: &SigningKey) -> Result<Claims, TokenError> {
    issuer(token)?.verify(&key.public(), expected())
}

/// What becomes of a well-signed token that says this.
fn claimed(payload: &impl ToString) -> Result<Claims, TokenError> {
    let key = ed25519();
    verified(&token(&key, &header(&key), payload), &key)
}

#[test]
fn a_token_is_believed_when_all_is_right() {
    for key in [ed25519(), p256()] {
        let claims = verified(&token(&key, &header(&key), &payload()), &key).unwrap();
        assert_eq!(claims.connector.as_str(), "jira-dc");
        assert_eq!(claims.user.as_str(), "JIRAUSER10100");
        assert_eq!(claims.projects.iter().map(ProjectKey::as_str).collect::<Vec<_>>(), ["ABC", "OPS_2"]);
        assert_eq!(claims.token_id, "0123456789abcdef");
        assert_eq!(claims.expires_at, Timestamp::parse("2026-11-22T12:01:00Z").unwrap());
        let bare = json!({ "alg": key.algorithm().name() });
        assert!(verified(&token(&key, &bare, &payload()), &key).is_ok(), "`typ` and `kid` may be left out");
        assert!(verified(&token(&key, &header(&key), &with(payload(), "ctx", json!({"a": 1}))), &key).is_ok());
    }
}

#[test]
fn a1_a_token_without_a_signature_is_refused() {
    let key = ed25519();
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let text = token(&key, &with(header(&key), "alg", alg), &payload());
        let unsigned = format!("{}.", text.rsplit_once('.').unwrap().0);
        assert_eq!(verified(&unsigned, &key), Err(TokenError::Algorithm), "{alg:?}");
        assert_eq!(verified(&text, &key), Err(TokenError::Algorithm), "{alg:?}, signed");
    }
    let text = token(&key, &header(&key), &payload());
    assert_eq!(verified(&format!("{}.", text.rsplit_once('.').unwrap().0), &key), Err(TokenError::Signature));
}

#[test]
fn a1_a_token_signed_with_the_public_key_as_hmac_secret_is_refused() {
    for key in [ed25519(), p256()] {
        let secrets = [key_bytes(&key.public()).to_vec(), public_key_to_pem(&key.public()).into_bytes()];
        for (secret, alg) in secrets.iter().flat_map(|secret| [(secret, "HS256"), (secret, key.algorithm().name())]) {
            let text = token(&key, &with(header(&key), "alg", alg), &payload());
            let signed = text.rsplit_once('.').unwrap().0;
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes());
            let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag));
            let expected = if alg == "HS256" { TokenError::Algorithm } else { TokenError::Signature };
            assert_eq!(verified(&forged, &key), Err(expected), "{alg}");
        }
    }
}

#[test]
fn a1_the_algorithm_is_the_keys_whatever_the_token_says() {
    let (ed25519, p256) = (ed25519(), p256());
    for (signer, registered) in [(&ed25519, &p256), (&p256, &ed25519)] {
        let honest = token(signer, &header(signer), &payload());
        assert_eq!(verified(&honest, registered), Err(TokenError::Algorithm));
        let swapped = token(signer, &header(registered), &payload());
        assert_eq!(verified(&swapped, registered), Err(TokenError::Signature));
        assert_eq!(verified(&swapped, signer), Err(TokenError::Algorithm));
    }
    for alg in ["RS256", "ES384", "ES256K", "PS256", "HS512", "eddsa", "Ed25519", "EdDSA "] {
        let text = token(&ed25519, &with(header(&ed25519), "alg", alg), &payload());
        assert_eq!(verified(&text, &ed25519), Err(TokenError::Algorithm), "{alg:?}");
    }
}

#[test]
fn a1_a_header_that_names_a_key_or_anything_unknown_is_refused() {
    let key = ed25519();
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(key_bytes(&key.public())) });
    let members = [
        ("jku", json!("https://evil.example.com/keys")),
        ("jwk", jwk),
        ("x5u", json!("https://evil.example.com/cert")),
        ("x5c", json!(["AAAA"])),
        ("x5t#S256", json!("AAAA")),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("cty", json!("JWT")),
        ("ALG", json!("EdDSA")),
        ("", json!("")),
    ];
    for (member, value) in members {
        let text = token(&key, &with(header(&key), member, value), &payload());
        assert_eq!(verified(&text, &key), Err(TokenError::Header), "{member}");
    }
}

#[test]
fn a1_an_unknown_kid_is_refused() {
    let key = ed25519();
    for kid in ["other", "", "JIRA-DC", "jira-dc ", "../jira-dc", "' OR 1=1 --"] {
        let text = token(&key, &with(header(&key), "kid", kid), &payload());
        assert_eq!(verified(&text, &key), Err(TokenError::UnknownKey), "{kid:?}");
        assert_eq!(issuer(&text).err(), Some(TokenError::UnknownKey), "before anybody looks for the connector");
    }
    for kid in [json!(1), json!(null), json!(["jira-dc"])] {
        let text = token(&key, &with(header(&key), "kid", kid.clone()), &payload());
        assert_eq!(verified(&text, &key), Err(TokenError::Header), "{kid}");
    }
}

#[test]
fn a2_a_token_for_another_audience_is_refused() {
    let audience = |value: Value| claimed(&with(payload(), "aud", value)).map(|_| ());
    assert_eq!(audience(json!([AUDIENCE])), Ok(()));
    assert_eq!(claimed(&without(payload(), "aud")), Err(TokenError::ClaimMissing("aud")));
    let others = [
        json!("https://evil.example.com"),
        json!(""),
        json!("https://countersign.example.com/"),
        json!("https://Countersign.example.com"),
        json!("https://countersign.example.com.evil.test"),
        json!([]),
        json!([AUDIENCE, "https://evil.example.com"]),
        json!([AUDIENCE, AUDIENCE]),
        json!(["https://evil.example.com"]),
    ];
    for other in others {
        assert_eq!(audience(other.clone()), Err(TokenError::Audience), "{other}");
    }
    for wrong in [json!(null), json!(1), json!({ "0": AUDIENCE }), json!([[AUDIENCE]]), json!([null])] {
        assert_eq!(audience(wrong.clone()), Err(TokenError::ClaimInvalid("aud")), "{wrong}");
    }
}

#[test]
fn a2_a_token_of_an_unknown_or_another_issuer_is_refused() {
    let (ours, theirs) = (ed25519(), ed25519());
    assert_eq!(claimed(&without(payload(), "iss")), Err(TokenError::ClaimMissing("iss")));
    for wrong in [json!(null), json!(1), json!(""), json!("Jira DC"), json!("a".repeat(65)), json!(["jira-dc"])] {
        assert_eq!(claimed(&with(payload(), "iss", wrong.clone())), Err(TokenError::ClaimInvalid("iss")), "{wrong}");
    }
    // Who signs with the key of one connector in the name of another, is held to the other's key.
    let forged = token(&theirs, &header(&theirs), &payload());
    assert_eq!(issuer(&forged).unwrap().issuer().as_str(), "jira-dc");
    assert_eq!(verified(&forged, &ours), Err(TokenError::Signature));
    let forged = token(&theirs, &header(&theirs), &with(payload(), "iss", "other"));
    assert_eq!(verified(&forged, &theirs), Err(TokenError::UnknownKey), "`kid` of one, `iss` of the other");
}

#[test]
fn a3_times_that_are_no_numbers_of_our_age_are_refused() {
    for name in ["exp", "iat", "nbf"] {
        let wrong = ["\"1795348860\"", "1e300", "1e15", "-1", "-0", "-0.5", "null", "true", "[]", "{}"];
        for value in wrong {
            let text = payload_with_raw(name, value);
            assert_eq!(claimed(&text), Err(TokenError::ClaimInvalid(name)), "{name}: {value}");
        }
        // The last that 64 bits hold, and the next, which becomes a float.
        for value in ["18446744073709551615", "18446744073709551616"] {
            assert_eq!(claimed(&payload_with_raw(name, value)), Err(TokenError::ClaimInvalid(name)), "{name}: {value}");
        }
        // Not JSON at all.
        for value in ["1e400", "0x10", "01", "+1", "NaN", "Infinity", "1_000", "1.", ".5"] {
            assert_eq!(claimed(&payload_with_raw(name, value)), Err(TokenError::Payload), "{name}: {value}");
        }
    }
    assert_eq!(claimed(&without(payload(), "exp")), Err(TokenError::ClaimMissing("exp")));
    assert_eq!(claimed(&without(payload(), "iat")), Err(TokenError::ClaimMissing("iat")));
}

#[test]
fn a3_a_time_may_have_a_fraction_and_be_written_as_any_number() {
    let whole = now_s();
    for iat in [format!("{whole}.25"), format!("{whole}.0"), format!("{}e0", whole), format!("{:e}", whole)] {
        assert_eq!(claimed(&payload_with_raw("iat", &iat)).map(|_| ()), Ok(()), "{iat}");
    }
    let ends = |exp: &str| claimed(&payload_with_raw("exp", exp)).map(|claims| claims.expires_at);
    assert_eq!(ends(&format!("{}.5", whole + 60)), Ok(Timestamp::parse("2026-11-22T12:01:00.500Z").unwrap()));
    // To the millisecond: it is 12:00:00.5.
    assert_eq!(ends(&format!("{}.001", whole + 300)), Err(TokenError::Lifetime));
    assert_eq!(claimed(&payload_with_raw("nbf", &format!("{}.5", whole + 30))).map(|_| ()), Ok(()));
    let ahead = claimed(&payload_with_raw("nbf", &format!("{}.501", whole + 30)));
    assert_eq!(ahead.map(|_| ()), Err(TokenError::NotYetValid("nbf")));
}

/// The payload with one member written as given, which no JSON library would write.
fn payload_with_raw(name: &str, value: &str) -> String {
    let rest = without(payload(), name).to_string();
    format!(r#"{},"{name}":{value}}}"#, rest.strip_suffix('}').unwrap())
}

#[test]
fn a3_a_token_lives_one_to_300_seconds() {
    let living = |from: i64, to: i64| {
        claimed(&with(with(payload(), "iat", now_s() + from), "exp", now_s() + to)).map(|claims| claims.expires_at)
    };
    assert!(living(0, 300).is_ok() && living(-299, 1).is_ok() && living(0, 1).is_ok());
    for (from, to) in [(0, 301), (-1, 300), (0, 0), (1, 0), (2, 1), (-100_000, 100)] {
        assert_eq!(living(from, to), Err(TokenError::Lifetime), "{from}..{to}");
    }
}

#[test]
fn a3_an_expired_token_is_refused_without_leeway() {
    let key = ed25519();
    let text = token(&key, &header(&key), &payload());
    let at = |time: &str| {
        issuer(&text)
            .unwrap()
            .verify(&key.public(), Expected { now: Timestamp::parse(time).unwrap(), ..expected() })
            .map(|_| ())
    };
    assert_eq!(at("2026-11-22T12:00:59.999Z"), Ok(()));
    assert_eq!(at("2026-11-22T12:01:00Z"), Err(TokenError::Expired));
    assert_eq!(at("2027-11-22T12:01:00Z"), Err(TokenError::Expired));
}

/// Half a minute where nobody says otherwise: five seconds were less than clocks differ that nobody looks after.
#[test]
fn a3_a_token_of_the_future_beyond_the_leeway_for_clocks_is_refused() {
    let key = ed25519();
    let judged = |leeway: u64, claim: &'static str, ahead_s: i64| {
        let text =
            token(&key, &header(&key), &with(with(payload(), "exp", now_s() + ahead_s + 60), claim, now_s() + ahead_s));
        let leeway = ClockLeeway::try_from(leeway).unwrap();
        issuer(&text).unwrap().verify(&key.public(), Expected { leeway, ..expected() }).map(|_| ())
    };
    // It is 12:00:00.5, so that 30 s ahead is still allowed and 31 s, 30.5 from now, is not.
    assert_eq!(judged(ClockLeeway::default().into(), "iat", 30), Ok(()));
    for leeway in [0, 5, 30, 300] {
        let ahead = i64::try_from(leeway).unwrap();
        assert_eq!(judged(leeway, "iat", ahead), Ok(()));
        assert_eq!(judged(leeway, "iat", ahead + 1), Err(TokenError::NotYetValid("iat")));
    }
    assert!(claimed(&with(payload(), "nbf", now_s() + 30)).is_ok());
    assert_eq!(claimed(&with(payload(), "nbf", now_s() + 31)), Err(TokenError::NotYetValid("nbf")));
    assert!(claimed(&with(payload(), "nbf", 0)).is_ok());
    assert!(ClockLeeway::try_from(301).is_err() && "5 s".parse::<ClockLeeway>().is_err());
}

#[test]
fn a4_a_token_without_an_id_of_its_own_is_refused() {
    assert_eq!(claimed(&without(payload(), "jti")), Err(TokenError::ClaimMissing("jti")));
    let wrong = [
        json!(""),
        json!("x".repeat(15)),
        json!("x".repeat(129)),
        json!("ééééééééé"),
        json!("0123456789abcde\n"),
        json!("0123456789abcde\0"),
        json!("0123456789abcde\u{7f}"),
        json!(1_234_567_890_123_456_789_u64),
        json!(null),
    ];
    for id in wrong {
        assert_eq!(claimed(&with(payload(), "jti", id.clone())), Err(TokenError::ClaimInvalid("jti")), "{id}");
    }
    for id in ["x".repeat(16), "x".repeat(128), "~ !0123456789abc".to_owned()] {
        assert_eq!(claimed(&with(payload(), "jti", id.clone())).unwrap().token_id, id);
    }
}

#[test]
fn a7_the_user_is_taken_byte_for_byte() {
    for user in ["ann", "Ann", "ann ", " ann", "\u{e1}nn", "a\u{301}nn", "5b10a2844c20165700ede21g", "a\"b\\"] {
        assert_eq!(claimed(&with(payload(), "sub", user)).unwrap().user.as_str(), user);
    }
    assert_eq!(claimed(&without(payload(), "sub")), Err(TokenError::ClaimMissing("sub")));
    for wrong in [json!(""), json!("a\nb"), json!("x".repeat(256)), json!(null), json!(10100), json!(["ann"])] {
        assert_eq!(claimed(&with(payload(), "sub", wrong.clone())), Err(TokenError::ClaimInvalid("sub")), "{wrong}");
    }
}

#[test]
fn projects_are_a_bounded_list_of_project_keys() {
    assert_eq!(claimed(&without(payload(), "projects")), Err(TokenError::ClaimMissing("projects")));
    assert_eq!(claimed(&with(payload(), "projects", json!([]))).unwrap().projects, []);
    assert_eq!(claimed(&with(payload(), "projects", vec!["AB"; 500])).unwrap().projects.len(), 500);
    let wrong =
        [json!(vec!["AB"; 501]), json!("ABC"), json!(null), json!(["abc"]), json!(["ABC", 1]), json!(["*"]), json!({})];
    for projects in wrong {
        let claims = claimed(&with(payload(), "projects", projects.clone()));
        assert_eq!(claims, Err(TokenError::ClaimInvalid("projects")), "{projects}");
    }
}

#[test]
fn a_user_is_called_what_the_token_says_and_what_is_no_name_is_refused() {
    let names = |username: Value, display_name: Value| {
        let claims = claimed(&with(with(payload(), "username", username), "display_name", display_name))?;
        let text = |name: Option<PersonName>| name.map(String::from);
        Ok((text(claims.names.username), text(claims.names.display_name)))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(names(json!("ann"), json!("Ann Smith")), Ok((some("ann"), some("Ann Smith"))));
    assert_eq!(
        names(json!(" ann "), json!("\u{a0}\u{2003}")),
        Ok((some("ann"), None)),
        "blanks at the ends are none of it"
    );
    let long = "é".repeat(255);
    assert_eq!(names(json!(""), json!(long)), Ok((None, some(&long))));
    assert_eq!(claimed(&payload()).unwrap().names, UserNames::default());
    for wrong in
        [json!(null), json!(7), json!(["ann"]), json!("a\nb"), json!("\u{7f}"), json!("\tann"), json!("é".repeat(256))]
    {
        assert_eq!(names(wrong.clone(), json!("Ann")), Err(TokenError::ClaimInvalid("username")), "{wrong}");
        assert_eq!(names(json!("ann"), wrong.clone()), Err(TokenError::ClaimInvalid("display_name")), "{wrong}");
    }
}
