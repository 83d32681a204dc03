//! The values of the contract, under one roof, with the few conveniences a provider needs again and again.
//!
//! The types are those generated from `wit/types.wit` and `wit/lending.wit`; their documentation there is the
//! contract. This file must not add state or meaning to them.

pub use crate::bindings::countersign::provider::lending::{
    Header, Method, Request, Response, SendFailure, SendFailureKind,
};
pub use crate::bindings::countersign::provider::types::*;

impl Integration {
    /// The value of a setting, trimmed; none where it is absent or blank.
    pub fn setting(&self, name: &str) -> Option<&str> {
        field_value(&self.settings, name)
    }
}

/// The value of one field of a form, trimmed; none where it is absent or blank.
pub fn field_value<'a>(fields: &'a [FieldValue], name: &str) -> Option<&'a str> {
    let field = fields.iter().find(|field| field.name == name)?;
    Some(field.value.trim()).filter(|value| !value.is_empty())
}

impl FieldError {
    /// `message` is one sentence for an administrator: what is wrong and what would be right.
    pub fn new(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), message: message.into() }
    }
}

impl Header {
    /// A header to send, or of a scripted answer.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}
