//! JSON as a small tree, and typed reading out of it.
//!
//! `serde_json` parses; what it would bring beyond that stays out of a component. Its own typed reading carries the
//! formatting of numbers and the wording of errors that no provider shows: about a third of a component's size.
//! Reading from a tree takes several times the memory of the text instead: a list that may be long is read item by item.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::value::{BorrowedStrDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

/// Before a text in UTF-8, where it has no meaning.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A JSON value; for answers whose shape varies. Where it is fixed, derive `Deserialize` instead.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number without fraction, from zero up.
    Unsigned(u64),
    /// A number without fraction below zero.
    Negative(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// An object, its members in the order they came. Of members of one name the first is found.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a whole text; none where it is not JSON, or nested deeper than 128. What servers get wrong in texts for people is
    /// mended: a byte order mark before it, half a surrogate pair, control characters, bytes that are not UTF-8.
    pub fn parse(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok().or_else(|| serde_json::from_slice(&mended(text)?).ok())
    }

    /// A member of an object.
    pub fn get(&self, name: &str) -> Option<&Json> {
        let Self::Object(members) = self else {
            return None;
        };
        members.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    /// The text, of a text.
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The items of a list; of anything else none.
    pub fn items(&self) -> &[Json] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// The text that lies on this path of members: `["head", "ref"]`.
    pub fn text_at(&self, path: &[&str]) -> Option<&str> {
        path.iter().try_fold(self, |value, name| value.get(name))?.as_str()
    }

    /// Reads a type with `Deserialize`; none where the shapes differ.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        T::deserialize(self).ok()
    }
}

/// The text without what keeps a strict parser from reading it; none where there is nothing of that kind.
pub(crate) fn mended(text: &[u8]) -> Option<Vec<u8>> {
    let unmarked = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let lossy = String::from_utf8_lossy(unmarked);
    let is_odd = |byte: u8| byte < b' ' || byte == b'\\';
    if unmarked.len() == text.len() && matches!(lossy, Cow::Borrowed(_)) && !lossy.bytes().any(is_odd) {
        return None;
    }
    // Between values a space stands for any control character; within a text nobody misses one.
    let spaced = |char: char| if char < ' ' { ' ' } else { char };
    let mut mended = String::with_capacity(lossy.len());
    let mut rest = &*lossy;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        mended.extend(before.chars().map(spaced));
        let taken = match (surrogate(escape), escape.get(6..).and_then(surrogate)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
            (Some(_), _) => 6,
            (None, _) => escape.chars().take(2).map(char::len_utf8).sum(),
        };
        let (escape, after) = escape.split_at(taken);
        match taken {
            6 => mended.push(char::REPLACEMENT_CHARACTER),
            _ => mended.extend(escape.chars().map(spaced)),
        }
        rest = after;
    }
    mended.extend(rest.chars().map(spaced));
    Some(mended.into_bytes())
}

/// The half of a pair that a text begins with, escaped.
fn surrogate(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok().filter(|unit| (0xd800..=0xdfff).contains(unit))
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Tree)
    }
}

struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Unsigned(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Negative(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = from.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Json, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = from.next_entry()? {
            members.push(member);
        }
        Ok(Json::Object(members))
    }
}

// Each shape is read by itself, so that a struct's reading does not carry that of lists and numbers with it.
impl<'de> Deserializer<'de> for &'de Json {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Json::Null => visitor.visit_unit(),
            Json::Bool(_) => self.deserialize_bool(visitor),
            Json::Unsigned(_) | Json::Negative(_) | Json::Float(_) => self.deserialize_f64(visitor),
            Json::Text(_) => self.deserialize_str(visitor),
            Json::List(_) => self.deserialize_seq(visitor),
            Json::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let Json::Bool(value) = self else {
            return Err(Mismatch);
        };
        visitor.visit_bool(*value)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Json::Unsigned(value) => visitor.visit_u64(*value),
            Json::Negative(value) => visitor.visit_i64(*value),
            Json::Float(value) => visitor.visit_f64(*value),
            _ => Err(Mismatch),
        }
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Json::Unsigned(value) => visitor.visit_u64(*value),
            Json::Negative(value) => visitor.visit_i64(*value),
            _ => Err(Mismatch),
        }
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let Json::Unsigned(value) = self else {
            return Err(Mismatch);
        };
        visitor.visit_u64(*value)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_borrowed_str(self.as_str().ok_or(Mismatch)?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_str(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let Json::List(items) = self else {
            return Err(Mismatch);
        };
        visitor.visit_seq(SeqDeserializer::new(items.iter()))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        let Json::Object(members) = self else {
            return Err(Mismatch);
        };
        visitor.visit_map(MapDeserializer::new(members.iter().map(|(name, value)| (Name(name), value))))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_map(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        if *self == Json::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        // Git servers write enumerations as texts; variants with content are not among them.
        visitor.visit_enum(BorrowedStrDeserializer::new(self.as_str().ok_or(Mismatch)?))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u128 f32 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

impl<'de> IntoDeserializer<'de, Mismatch> for &'de Json {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The name of a member.
struct Name<'de>(&'de str);

impl<'de> IntoDeserializer<'de, Mismatch> for Name<'de> {
    type Deserializer = BorrowedStrDeserializer<'de, Mismatch>;

    fn into_deserializer(self) -> Self::Deserializer {
        BorrowedStrDeserializer::new(self.0)
    }
}

/// A tree of another shape. Where it differs is not kept: it would be a piece of a server's answer.
#[derive(Debug)]
pub struct Mismatch;

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the JSON has another shape")
    }
}

impl std::error::Error for Mismatch {}

impl Error for Mismatch {
    fn custom<T: fmt::Display>(_what: T) -> Self {
        Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Wire {
        id: u64,
        name: String,
        state: Option<State>,
        #[serde(default)]
        tags: Vec<Option<String>>,
        ratio: Option<f64>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum State {
        Open,
    }

    fn read(text: &str) -> Option<Wire> {
        Json::parse(text.as_bytes())?.read()
    }

    #[test]
    fn typed_reading_takes_what_serde_json_takes() {
        for text in [
            r#"{"id": 1, "name": "é\ud83d\ude00", "state": "open", "tags": ["a", null], "ratio": 1.5, "x": {"y": [-1]}}"#,
            r#"{"name": "", "id": 18446744073709551615, "state": null}"#,
            r#"{"id": 1, "name": 2}"#,
            r#"{"id": -1, "name": ""}"#,
            r#"{"id": 1.5, "name": ""}"#,
            r#"{"id": 1, "name": "", "state": "shut"}"#,
            r#"{"id": 1, "name": "", "state": {"open": 1}}"#,
            r#"{"id": 1, "name": "", "tags": null}"#,
            r#"{"id": 1, "id": 2, "name": ""}"#,
            r#"{"id": 1}"#,
            r#"{"id": 1, "name": ""} trailing"#,
            "[1]",
            "null",
            "",
        ] {
            assert_eq!(read(text), serde_json::from_str(text).ok(), "{text}");
        }
    }

    #[test]
    fn v12_odd_characters_are_mended_and_the_rest_is_read() {
        let name = |text: &[u8]| Json::parse(text)?.get("name")?.as_str().map(str::to_owned);
        for (text, mended) in [
            (&b"\xef\xbb\xbf{\"name\": \"a\"}"[..], "a"),
            (br#"{"name": "a\ud83d"}"#, "a\u{fffd}"),
            (br#"{"name": "\ude00\ud83d\ude00\ud83dx"}"#, "\u{fffd}\u{1f600}\u{fffd}x"),
            (br#"{"name": "\\ud83d\ud83d"}"#, "\\ud83d\u{fffd}"),
            (b"{\"name\": \"a\nb\x00\tc\",\n\"x\": 1}", "a b  c"),
            (b"{\"name\": \"M\xfcller\"}", "M\u{fffd}ller"),
            (b"\xef\xbb\xbf{\"name\": \"\xc3\xa9\\u0000\x1b\"}", "\u{e9}\u{0} "),
        ] {
            assert_eq!(name(text).as_deref(), Some(mended), "{}", String::from_utf8_lossy(text));
        }
        for broken in
            [&b""[..], b"{", b"{\"name\": \"a", b"{\"name\": \"\\ud83\"}", b"\xef\xbb\xbf", b"name", b"{\"a\": 1} x"]
        {
            assert_eq!(Json::parse(broken), None, "{}", String::from_utf8_lossy(broken));
        }
    }

    #[test]
    fn a_tree_is_walked_without_knowing_its_shape() {
        let tree = Json::parse(br#"{"errors": [{"message": "a"}, "b"]}"#).unwrap();
        let errors = tree.get("errors").unwrap().items();
        assert_eq!(errors[0].get("message").and_then(Json::as_str), Some("a"));
        assert_eq!(errors[1].as_str(), Some("b"));
        assert!(errors[1].get("message").is_none() && errors[1].items().is_empty());
    }
}
