//! A long list within an object, read without a tree of the whole.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::Json;
use crate::json::mended;

/// Takes an item; false where it is none. Not a type parameter: the parser is in a component once.
type Take<'a> = &'a mut dyn FnMut(&Json) -> bool;

/// Reads the items of the list that is this member of an object, one at a time, so that no more than one of them is in memory
/// as a tree: for lists without pages, of any length. None where there is not one such list, or where `read` does not take an
/// item.
pub(crate) fn parse<T>(text: &[u8], member: &str, mut read: impl FnMut(&Json) -> Option<T>) -> Option<Vec<T>> {
    let mut read_all = |text: &[u8]| {
        let mut items = Vec::new();
        let mut take = |item: &Json| read(item).map(|item| items.push(item)).is_some();
        each(text, member, &mut take).then_some(items)
    };
    read_all(text).or_else(|| read_all(&mended(text)?))
}

/// Whether there was one such list, and all of it was taken.
fn each(text: &[u8], member: &str, take: Take<'_>) -> bool {
    let mut from = serde_json::Deserializer::from_slice(text);
    from.deserialize_any(Part { member: Some(member), take }).is_ok_and(|found| found) && from.end().is_ok()
}

/// The object of which one member is read; without a member, the list itself. What is another shape is read to its end and is
/// not it: an error with words would bring the wording of errors into components.
struct Part<'a> {
    member: Option<&'a str>,
    take: Take<'a>,
}

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<bool, A::Error> {
        let mut found = None;
        while let Some(name) = from.next_key::<String>()? {
            if self.member == Some(&*name) {
                let is_taken = from.next_value_seed(Part { member: None, take: &mut *self.take })?;
                found = Some(found.is_none() && is_taken);
            } else {
                from.next_value::<Json>()?;
            }
        }
        Ok(found == Some(true))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<bool, A::Error> {
        let mut are_taken = self.member.is_none();
        while let Some(item) = from.next_element::<Json>()? {
            are_taken = are_taken && (self.take)(&item);
        }
        Ok(are_taken)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_bool<E>(self, _: bool) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_u64<E>(self, _: u64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_i64<E>(self, _: i64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_f64<E>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_str<E>(self, _: &str) -> Result<bool, E> {
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Option<Vec<u64>> {
        let number = |item: &Json| if let Json::Unsigned(number) = item { Some(*number) } else { None };
        parse(text.as_bytes(), "value", number)
    }

    #[test]
    fn a_list_is_read_wherever_it_stands_in_its_object() {
        assert_eq!(numbers(r#"{"count": 2, "value": [1, 2]}"#), Some(vec![1, 2]));
        assert_eq!(numbers(r#"{"value": [1], "deep": {"value": ["x"]}}"#), Some(vec![1]));
        assert_eq!(numbers(r#"{"value": []}"#), Some(vec![]));
        assert_eq!(numbers("\u{feff}{\"x\": \"\\ud800\u{1}\", \"value\": [3]}"), Some(vec![3]));
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            r#"{"value": [1, "x"]}"#,
            r#"{"value": [], "value": [1]}"#,
            r#"{"value": 1}"#,
            r#"{"value": [1]"#,
            r#"{"value": [1]} x"#,
            "{}",
            "[1]",
            "",
            "null",
        ] {
            assert_eq!(numbers(text), None, "{text}");
        }
    }
}
