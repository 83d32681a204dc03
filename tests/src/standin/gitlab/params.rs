//! The parameters of a request, wherever they came: in the query, as JSON or as a form. One that is wrong is refused in the
//! words of the framework the server is built with.

use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::standin::message::Request;

/// By name. A parameter of the body counts more than one of the query, the last of several more than the first.
pub(super) struct Params(Map<String, Value>);

impl Params {
    pub(super) fn of(request: &Request) -> Result<Params, Refusal> {
        let mut params = Params(Map::new());
        params.add_pairs(request.query_pairs());
        if request.body.is_empty() {
            return Ok(params);
        }
        if request.header("content-type").is_some_and(|media| media.starts_with("application/x-www-form-urlencoded")) {
            params.add_pairs(url::form_urlencoded::parse(&request.body).into_owned());
            return Ok(params);
        }
        match request.json() {
            Some(Value::Object(members)) => params.0.extend(members),
            _ => return Err(Refusal::invalid("message body does not match declared format")),
        }
        Ok(params)
    }

    /// `name[]` adds to a list.
    fn add_pairs(&mut self, pairs: impl IntoIterator<Item = (String, String)>) {
        for (name, value) in pairs {
            match name.strip_suffix("[]") {
                None => drop(self.0.insert(name, Value::String(value))),
                Some(name) => match self.0.get_mut(name) {
                    Some(Value::Array(items)) => items.push(Value::String(value)),
                    _ => drop(self.0.insert(name.to_owned(), Value::Array(vec![Value::String(value)]))),
                },
            }
        }
    }

    /// Texts that must be there and hold more than blanks.
    pub(super) fn required<const N: usize>(&self, names: [&str; N]) -> Result<[String; N], Refusal> {
        let mut wrong = Vec::new();
        for name in names {
            match self.0.get(name) {
                None => wrong.push(format!("{name} is missing")),
                Some(_) if self.text(name)?.is_none_or(|text| text.trim().is_empty()) => {
                    wrong.push(format!("{name} is empty"));
                }
                Some(_) => {}
            }
        }
        if !wrong.is_empty() {
            return Err(Refusal::invalid(&wrong.join(", ")));
        }
        let mut texts = names.map(|_| String::new());
        for (text, name) in texts.iter_mut().zip(names) {
            *text = self.text(name)?.unwrap_or_default();
        }
        Ok(texts)
    }

    /// Numbers and flags are texts too: the server turns them into some.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Refusal> {
        match self.given(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(plain @ (Value::Number(_) | Value::Bool(_))) => Ok(Some(plain.to_string())),
            Some(_) => Err(invalid(name)),
        }
    }

    pub(super) fn one_of(&self, name: &str, values: &[&str]) -> Result<Option<String>, Refusal> {
        let text = self.text(name)?;
        match text {
            Some(text) if !values.contains(&text.as_str()) => {
                Err(Refusal::invalid(&format!("{name} does not have a valid value")))
            }
            text => Ok(text),
        }
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.text(name)?.map(|text| text.to_lowercase()).as_deref() {
            None => Ok(None),
            Some("true" | "t" | "yes" | "y" | "on" | "1") => Ok(Some(true)),
            Some("false" | "f" | "no" | "n" | "off" | "0") => Ok(Some(false)),
            Some(_) => Err(invalid(name)),
        }
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<u64>, Refusal> {
        self.text(name)?.map(|text| text.parse().map_err(|_| invalid(name))).transpose()
    }

    /// A list, or one text with commas. Empty when absent.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, Refusal> {
        let items = match self.given(name) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) => items.clone(),
            Some(_) => self.text(name)?.unwrap_or_default().split(',').map(|item| Value::from(item.trim())).collect(),
        };
        let text = |item: &Value| match item {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => Ok(number.to_string()),
            _ => Err(invalid(name)),
        };
        items.iter().map(text).filter(|text| !matches!(text, Ok(text) if text.is_empty())).collect()
    }

    pub(super) fn numbers(&self, name: &str) -> Result<Vec<u64>, Refusal> {
        self.texts(name)?.iter().map(|text| text.parse().map_err(|_| invalid(name))).collect()
    }

    fn given(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }
}

fn invalid(name: &str) -> Refusal {
    Refusal::invalid(&format!("{name} is invalid"))
}
