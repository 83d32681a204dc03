//! Request bodies, read strictly: JSON in UTF-8, no member twice, none that is not known.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_path_to_error::{Path, Segment};
use zeroize::Zeroizing;

use crate::problem::{Code, Problem};

/// U+FEFF in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads a body. `T` has to refuse unknown members (`deny_unknown_fields`), with which a member given twice is refused too.
pub(super) fn read<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> Result<T, Problem> {
    if !is_json(headers) {
        let detail = "The body has to be JSON: send Content-Type: application/json.";
        return Err(Problem::new(Code::UnsupportedMediaType, detail));
    }
    // Some programs write one in front of every text (RFC 8259 lets whoever reads pass it over).
    let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    // Serde would read an array as a struct.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(Problem::bad_request("The body is JSON, but not an object."));
    }
    // The parser stops at 128 levels of nesting.
    serde_json::from_slice::<IgnoredAny>(body)
        .map_err(|error| Problem::bad_request(format!("The body is not JSON: {error}.")))?;
    serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_slice(body)).map_err(|error| {
        let (member, what) = (member(error.path()), in_words(&error.inner().to_string()));
        Problem::bad_request(format!("The body is JSON, but not of the right shape: {member}{what}."))
    })
}

/// Whose members have names of their own, which might be anything.
const NAMED_BY_OTHERS: [&str; 4] = ["fields", "credential", "settings", "connect_to"];

/// Which member is not as it should be, in front of what is wrong with it: `network.allow_http: `. None where it is the whole.
fn member(path: &Path) -> String {
    let mut member = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => member += &format!("[{index}]"),
            Segment::Map { key } => {
                let dot = if member.is_empty() { "" } else { "." };
                member += &format!("{dot}{key}");
                if NAMED_BY_OTHERS.contains(&key.as_str()) {
                    break;
                }
            }
            Segment::Enum { .. } | Segment::Unknown => break,
        }
    }
    if member.is_empty() { member } else { format!("{member}: ") }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(media_type)) = headers.get(CONTENT_TYPE).map(|value| value.to_str()) else { return false };
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/json")
}

/// What the parser says of a value that is not as it should be: it quotes it, and it might be a secret in the wrong place.
const WRONG: [(&str, &str); 4] = [
    ("invalid type: ", "wrong type"),
    ("invalid value: ", "wrong type"),
    ("unknown variant ", "a value that is not known"),
    ("invalid length ", "wrong length"),
];
/// How what it calls the shapes of values begins, and what those of JSON are called.
const SHAPES: [(&str, &str); 8] = [
    ("struct ", "an object"),
    ("map", "an object"),
    ("a map", "an object"),
    ("tuple ", "an array"),
    ("a sequence", "an array"),
    ("enum ", "a string"),
    ("variant ", "a string"),
    ("string or map", "a string or an object"),
];
/// What it calls whole numbers.
const WHOLE: [&str; 7] = ["u8", "u16", "u32", "u64", "i64", "usize", "f64"];

/// The parser's message without the words of the language it is written in.
fn in_words(message: &str) -> String {
    let wrong = WRONG.iter().find_map(|(start, word)| Some((message.split_once(start)?.1, word)));
    let Some((rest, wrong)) = wrong else { return message.to_owned() };
    // Where a value holds these words itself, what is said last is the parser's.
    let Some((_, expected)) = rest.rsplit_once(", expected ") else { return (*wrong).to_owned() };
    let (expected, place) = match expected.rsplit_once(" at line ") {
        Some((expected, place)) => (expected, format!(" at line {place}")),
        None => (expected, String::new()),
    };
    let shape = SHAPES.iter().find(|(start, _)| expected.starts_with(start)).map(|(_, word)| *word);
    let expected = shape.unwrap_or(if WHOLE.contains(&expected) { "a whole number" } else { expected });
    format!("{wrong}, expected {expected}{place}")
}

/// An object. Serde would read an array as a struct, too.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Whole<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Whole<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members))
            }
        }
        from.deserialize_map(Whole(PhantomData)).map(Object)
    }
}

/// An object within a body.
pub(super) fn object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    Object::deserialize(from).map(|Object(value)| value)
}

/// The same, where a member may be left out, or be null as if it were.
pub(super) fn some_object<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    Ok(Option::deserialize(from)?.map(|Object(value)| value))
}

/// A list of objects.
pub(super) fn objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    Ok(Vec::deserialize(from)?.into_iter().map(|Object(value)| value).collect())
}

/// The same, where a member may be left out, or be null as if it were.
pub(super) fn some_objects<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<Vec<T>>, D::Error> {
    let some = Option::<Vec<Object<T>>>::deserialize(from)?;
    Ok(some.map(|list| list.into_iter().map(|Object(value)| value).collect()))
}

/// An object of secrets in which no name stands twice.
pub(super) fn secrets<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, SecretString>, D::Error> {
    let values = from.deserialize_map(Members::<Secret>::default())?;
    Ok(values.into_iter().map(|(name, Secret(value))| (name, value)).collect())
}

/// The same, where a member may be left out.
pub(super) fn some_secrets<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<BTreeMap<String, SecretString>>, D::Error> {
    given_secrets(from).map(Option::flatten)
}

/// The same, where null is told from a member that is left out.
pub(super) fn given_secrets<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Option<BTreeMap<String, SecretString>>>, D::Error> {
    struct OrNull;
    impl<'de> Visitor<'de> for OrNull {
        type Value = Option<BTreeMap<String, SecretString>>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of texts, or null")
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_none<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
            secrets(from).map(Some)
        }
    }
    from.deserialize_option(OrNull).map(Some)
}

/// An object of texts in which no name stands twice.
pub(super) fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    from.deserialize_map(Members::default())
}

/// The same, where a member may be left out, or be null as if it were.
pub(super) fn some_texts<'de, D: Deserializer<'de>>(from: D) -> Result<Option<BTreeMap<String, String>>, D::Error> {
    #[derive(Deserialize)]
    struct Texts(#[serde(deserialize_with = "texts")] BTreeMap<String, String>);
    Ok(Option::<Texts>::deserialize(from)?.map(|Texts(texts)| texts))
}

/// Tells a member that is null from one that is left out.
pub(super) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// A whole number, however it is written: JSON Schema takes 20.0 for one, too.
pub(super) fn whole<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    let whole = |number: f64| {
        // Whatever fits is told apart exactly.
        (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number)).then_some(number as u32)
    };
    let number = Option::<f64>::deserialize(from)?;
    number
        .map(|number| whole(number).ok_or_else(|| D::Error::custom("wrong type, expected a whole number")))
        .transpose()
}

/// The same, where null is told from a member that is left out.
pub(super) fn given_whole<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<u32>>, D::Error> {
    whole(from).map(Some)
}

struct Members<T>(PhantomData<T>);

impl<T> Default for Members<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut values = BTreeMap::new();
        while let Some((name, value)) = members.next_entry::<String, T>()? {
            if values.insert(name, value).is_some() {
                return Err(A::Error::custom("a member stands twice"));
            }
        }
        Ok(values)
    }
}

/// A text, read from the body straight into memory that is wiped: the parser would put one with escapes together in memory
/// that is not.
struct Secret(SecretString);

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(from)?.get();
        let quoted = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let text = quoted.ok_or_else(|| D::Error::custom("wrong type, expected a text"))?;
        let plain = unescaped(text).ok_or_else(|| D::Error::custom("a text with an escape that is none"))?;
        Ok(Self(SecretString::from(plain.as_str())))
    }
}

/// What stands between the quotes, which the parser has found to be well-formed: only halves of characters may be left.
fn unescaped(text: &str) -> Option<Zeroizing<String>> {
    // Never longer than what it is made of: it does not move, and leaves no copy behind.
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let escape = *rest.as_bytes().get(at + 1)?;
        plain.push_str(&rest[..at]);
        rest = &rest[at + 2..];
        let char = match escape {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = unit(&mut rest)?;
                if (0xd800..0xdc00).contains(&first) {
                    rest = rest.strip_prefix("\\u")?;
                    let second = unit(&mut rest)?;
                    char::decode_utf16([first, second]).next()?.ok()?
                } else {
                    char::from_u32(first.into())?
                }
            }
            other => char::from(other),
        };
        plain.push(char);
    }
    plain.push_str(rest);
    Some(plain)
}

/// The four digits of an escape.
fn unit(rest: &mut &str) -> Option<u16> {
    let (digits, after) = rest.split_at_checked(4)?;
    *rest = after;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use secrecy::ExposeSecret as _;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Body {
        name: String,
        #[serde(deserialize_with = "texts", default)]
        fields: BTreeMap<String, String>,
    }

    fn refusal(media_type: &'static str, body: &[u8]) -> Option<&'static str> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]);
        read::<Body>(&headers, body).err().map(|problem| problem.code())
    }

    #[test]
    fn a8_bodies_are_read_strictly() {
        assert_eq!(refusal("application/json; charset=utf-8", br#"{"name":"a","fields":{"x":"y"}}"#), None);
        assert_eq!(refusal("application/json", b"\xef\xbb\xbf{\"name\":\"a\"}"), None);
        assert_eq!(refusal("application/json", b"\xef\xbb\xbf\xef\xbb\xbf{\"name\":\"a\"}"), Some("bad-request"));
        assert_eq!(refusal("text/plain", br#"{"name":"a"}"#), Some("unsupported-media-type"));
        assert_eq!(refusal("application/json", br#"{"name":"a","name":"b"}"#), Some("bad-request"));
        assert_eq!(refusal("application/json", br#"{"name":"a","fields":{"x":"1","x":"2"}}"#), Some("bad-request"));
        assert_eq!(refusal("application/json", br#"{"name":"a","user":"bob"}"#), Some("bad-request"));
        assert_eq!(refusal("application/json", b"{\"name\":\"\xff\"}"), Some("bad-request"));
        assert_eq!(refusal("application/json", br#"{"name":"a"} x"#), Some("bad-request"));
        let deep = [b"{\"name\":".to_vec(), b"[".repeat(10_000)].concat();
        assert_eq!(refusal("application/json", &deep), Some("bad-request"));
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct WithSecrets {
        #[serde(deserialize_with = "given_secrets", default)]
        fields: Option<Option<BTreeMap<String, SecretString>>>,
    }

    fn read_secret(value: &str) -> Option<String> {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let body = format!(r#"{{"fields": {{"token": {value}}}}}"#);
        let read = read::<WithSecrets>(&headers, body.as_bytes()).ok()?;
        Some(read.fields.unwrap().unwrap()["token"].expose_secret().to_owned())
    }

    #[test]
    fn a_secret_is_read_as_the_parser_would_have_read_it() {
        let texts = ["ghp_0123456789", "", "a\"b\\c/d", "é🦀\n\t\u{8}\u{c}\r\u{0}\u{1f}", "\u{7f}\u{ffff}\u{10ffff}"];
        for text in texts {
            assert_eq!(read_secret(&serde_json::to_string(text).unwrap()).as_deref(), Some(text));
        }
        let escaped = [(r#""\u0041\/\u00e9""#, "A/é"), (r#""\ud83e\udd80x""#, "🦀x"), (r#""\uD83E\uDD80""#, "🦀")];
        for (json, text) in escaped {
            assert_eq!(read_secret(json).as_deref(), Some(text));
            assert_eq!(serde_json::from_str::<String>(json).unwrap(), text);
        }
        for wrong in [
            r#""\ud83e""#,
            r#""\ud83ex""#,
            r#""\udd80""#,
            r#""\ud83e\u0041""#,
            r#""\x""#,
            "7",
            "null",
            "[]",
            "\"a\nb\"",
        ] {
            assert_eq!(read_secret(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn null_is_told_from_a_member_left_out() {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let given = |body: &str| read::<WithSecrets>(&headers, body.as_bytes()).unwrap().fields.map(|it| it.is_some());
        assert_eq!(given("{}"), None);
        assert_eq!(given(r#"{"fields": null}"#), Some(false));
        assert_eq!(given(r#"{"fields": {}}"#), Some(true));
        assert!(read::<WithSecrets>(&headers, br#"{"fields": {"a": "1", "a": "2"}}"#).is_err());
    }

    #[derive(Debug, Deserialize)]
    struct WithANumber {
        #[serde(deserialize_with = "given_whole", default)]
        length: Option<Option<u32>>,
    }

    #[test]
    fn a_number_is_whole_however_it_is_written() {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let read = |text: &str| read::<WithANumber>(&headers, format!("{{\"length\": {text}}}").as_bytes());
        for (text, expected) in [("20", Some(20)), ("20.0", Some(20)), ("2e1", Some(20)), ("null", None)] {
            assert_eq!(read(text).unwrap().length, Some(expected), "{text}");
        }
        for wrong in ["20.5", "-1", "1e10", "\"20\"", "true"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_expected_is_said_in_the_words_of_json() {
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "lowercase")]
        enum Side {
            Left,
        }
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only read")]
        struct Whole {
            inner: Option<Body>,
            list: Option<Vec<String>>,
            number: Option<u16>,
            yes: Option<bool>,
            side: Option<Side>,
        }
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        for (body, expected) in [
            ("\"a, expected b\"", "wrong type, expected an object at line 1 column "),
            ("7", "wrong type, expected an object at "),
            ("{\"inner\": 7}", "inner: wrong type, expected an object at "),
            ("{\"inner\": {\"name\": null}}", "inner.name: wrong type, expected a string at "),
            ("{\"list\": [\"a\", 7]}", "list[1]: wrong type, expected a string at "),
            (
                "{\"inner\": {\"name\": \"a\", \"fields\": {\"s3cret\": 7}}}",
                "inner.fields: wrong type, expected a string at ",
            ),
            ("{\"side\": null}}", "is not JSON: trailing characters"),
            ("{\"side\": 7}", "right shape: side: "),
            ("{\"list\": \"s3cret\"}", "wrong type, expected an array at "),
            ("{\"list\": {}}", "wrong type, expected an array at "),
            ("{\"number\": \"s3cret\"}", "wrong type, expected a whole number at "),
            ("{\"number\": 70000}", "wrong type, expected a whole number at "),
            ("{\"yes\": \"s3cret\"}", "wrong type, expected a boolean at "),
            ("{\"side\": \"s3cret\"}", "a value that is not known, expected `left` at "),
            ("{\"inner\": {\"name\": \"a\", \"fields\": []}}", "wrong type, expected an object of texts at "),
        ] {
            let detail = read::<Whole>(&headers, body.as_bytes()).unwrap_err().detail().to_owned();
            assert!(detail.contains(expected) && !detail.contains("s3cret"), "{body}: {detail}");
            assert!(
                !["struct", "Whole", "Body", "enum", "u16", "sequence"].iter().any(|word| detail.contains(word)),
                "{detail}"
            );
        }
    }

    #[test]
    fn a_refusal_does_not_repeat_a_value() {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let problem = read::<Body>(&headers, br#"{"name":"a","fields":"s3cret-token"}"#).unwrap_err();
        assert!(!serde_json::to_string(&problem).unwrap().contains("s3cret"));
    }
}
