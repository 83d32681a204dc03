//! One request on its way through CodeCommit: what every operation needs to answer it.

use http::{StatusCode, header};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::refusal::Refusal;
use super::service::{self, JSON};
use super::world::{AccessKey, Repository, User, World};
use crate::standin::message::{Answer, Request};

/// What an operation answers with.
pub(super) type Outcome = Result<Answer, Refusal>;

/// Whose key signed a request.
#[derive(Clone, Copy)]
pub(super) struct Caller<'a> {
    pub(super) user: &'a User,
    pub(super) key: &'a AccessKey,
}

pub(super) struct Call<'a> {
    pub(super) request: &'a Request,
    pub(super) world: &'a World,
    pub(super) caller: Caller<'a>,
    pub(super) page_cap: usize,
    pub(super) now: OffsetDateTime,
}

impl Call<'_> {
    /// Who asks, as answers and errors name her.
    pub(super) fn caller_arn(&self) -> String {
        self.world.arn(self.caller.key)
    }

    pub(super) fn operation(&self) -> &str {
        service::operation(self.request).unwrap_or_default()
    }

    pub(super) fn body(&self) -> Result<Body, Refusal> {
        match serde_json::from_slice(&self.request.body) {
            Ok(Value::Object(members)) => Ok(Body(members)),
            _ => Err(Refusal::serialization("Start of structure or map found where not expected.")),
        }
    }

    /// The repository of this name, to someone the operation was already allowed to.
    pub(super) fn repository(&self, name: &str) -> Result<&Repository, Refusal> {
        let missing = || {
            let message = format!("{name} for {}", self.world.account);
            Refusal::new("RepositoryDoesNotExistException", &message)
        };
        self.world.repository(name).ok_or_else(missing)
    }
}

/// A request's input. A member that is null counts as absent, one of the wrong type is refused.
pub(super) struct Body(Map<String, Value>);

impl Body {
    /// None when absent; an empty text counts as absent.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Refusal> {
        match self.given(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
            Some(other) => Err(wrong_type(other, "a String")),
        }
    }

    /// A text whose absence has an error of its own.
    pub(super) fn required(&self, name: &str, code: &'static str, message: &str) -> Result<String, Refusal> {
        self.text(name)?.ok_or_else(|| Refusal::new(code, message))
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        match self.given(name) {
            None => Ok(None),
            Some(value) => value.as_i64().map(Some).ok_or_else(|| wrong_type(value, "an Integer")),
        }
    }

    /// Empty when absent.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, Refusal> {
        let items = self.items(name)?;
        let text = |item: &Value| item.as_str().map(str::to_owned).ok_or_else(|| wrong_type(item, "a String"));
        items.iter().map(text).collect()
    }

    /// The objects of a list; empty when absent.
    pub(super) fn bodies(&self, name: &str) -> Result<Vec<Body>, Refusal> {
        let items = self.items(name)?;
        let body = |item: &Value| item.as_object().cloned().map(Body).ok_or_else(|| wrong_type(item, "an Object"));
        items.iter().map(body).collect()
    }

    fn items(&self, name: &str) -> Result<&[Value], Refusal> {
        match self.given(name) {
            None => Ok(&[]),
            Some(value) => value.as_array().map(Vec::as_slice).ok_or_else(|| wrong_type(value, "a List")),
        }
    }

    fn given(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }
}

fn wrong_type(given: &Value, wanted: &str) -> Refusal {
    let kind = match given {
        Value::String(_) => "STRING_VALUE",
        Value::Number(_) => "NUMBER_VALUE",
        Value::Bool(true) => "TRUE_VALUE",
        Value::Bool(false) => "FALSE_VALUE",
        Value::Array(_) => return Refusal::serialization("Start of list found where not expected"),
        Value::Object(_) | Value::Null => {
            return Refusal::serialization("Start of structure or map found where not expected.");
        }
    };
    Refusal::serialization(&format!("{kind} can not be converted to {wanted}"))
}

pub(super) fn ok(body: &Value) -> Answer {
    Answer::json(StatusCode::OK, body).with(header::CONTENT_TYPE, JSON)
}

/// What an operation without output answers: 200 and nothing.
pub(super) fn done() -> Answer {
    Answer::empty(StatusCode::OK).with(header::CONTENT_TYPE, JSON)
}
