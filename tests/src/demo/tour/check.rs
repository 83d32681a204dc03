//! Comparing what came with what was promised, in words a person can act on.

use std::fmt;

use serde_json::Value;

use crate::demo::client::Answer;

/// What a step gives to the next ones, and what was seen; or what came instead.
pub(super) type Outcome<T> = Result<(T, String), Miss>;

/// Longest thing that came to be shown, in characters: enough for a problem, and a page does not fill the screen.
const MAX_CAME_CHARS: usize = 800;

/// A promise that was not kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Miss {
    pub(super) expected: String,
    pub(super) came: String,
}

impl Miss {
    pub(super) fn new(expected: impl Into<String>, came: impl fmt::Display) -> Miss {
        let came = came.to_string().chars().take(MAX_CAME_CHARS).collect();
        Miss { expected: expected.into(), came }
    }
}

/// Whatever went wrong on the way to an answer.
impl<E: Into<anyhow::Error>> From<E> for Miss {
    fn from(error: E) -> Miss {
        Miss::new("an answer", format!("{:#}", error.into()))
    }
}

pub(super) fn expect_status(answer: &Answer, status: u16) -> Result<(), Miss> {
    if answer.status == status {
        Ok(())
    } else {
        Err(Miss::new(status.to_string(), format!("{} {}", answer.status, answer.text)))
    }
}

/// Compares one member of an answer.
pub(super) fn expect(member: &str, expected: impl Into<Value>, came: &Value) -> Result<(), Miss> {
    let expected = expected.into();
    if *came == expected {
        Ok(())
    } else {
        Err(Miss::new(format!("{member}: {expected}"), format!("{member}: {came}")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_differs_is_named_with_both_sides() {
        assert_eq!(expect("state", "valid", &json!("valid")), Ok(()));
        let miss = expect("state", "valid", &Value::Null).unwrap_err();
        assert_eq!((miss.expected.as_str(), miss.came.as_str()), ("state: \"valid\"", "state: null"));
        let answer = Answer { status: 500, body: Value::Null, text: "broken".to_owned() };
        assert_eq!(expect_status(&answer, 201), Err(Miss::new("201", "500 broken")));
    }
}
