//! What pages show of a problem, and say in their own words where they know more of what was typed.

use axum::http::StatusCode;

use super::Problem;
use model::{FieldError, PatState};

impl Problem {
    /// Stable name of what happened.
    pub fn code(&self) -> &'static str {
        self.code.as_str()
    }

    /// What it is answered with.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// What happened, in a few words.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What happened this time, and what to do.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// A page of the git server where it can be mended.
    pub fn help_url(&self) -> Option<&str> {
        self.help_url.as_deref()
    }

    /// The branch or thing that is missing.
    pub fn missing(&self) -> Option<&str> {
        self.missing.as_deref()
    }

    /// Field by field, what cannot be used.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// What is to be said at one field, by its name. Those of the network are in a form with all others.
    pub fn at_field<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let is_it = move |error: &&FieldError| error.field.strip_prefix("network.").unwrap_or(&error.field) == name;
        let of_it = self.errors.iter().chain(self.beside.as_deref()).filter(is_it);
        of_it.map(|error| error.message.as_str())
    }

    /// The request's id, once it is known.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Whether something went wrong, rather than nothing having been set up yet.
    pub fn is_wrong(&self) -> bool {
        !matches!(self.pat_state, Some(PatState::Missing | PatState::SetAside))
    }

    /// With what is to be said at the field that it came of.
    pub fn of_field(mut self, name: &str, message: impl Into<String>) -> Self {
        self.beside = Some(Box::new(FieldError { field: name.to_owned(), message: message.into() }));
        self
    }

    /// The same, told under another heading.
    pub fn under(mut self, title: String) -> Self {
        self.title = title;
        self
    }

    /// With another text of what happened.
    pub fn saying(mut self, detail: String) -> Self {
        self.detail = detail;
        self
    }

    /// In the words of a page on whose form it can be mended: 422, whatever it is to others.
    pub fn in_words(mut self, title: String, detail: String) -> Self {
        self.status = StatusCode::UNPROCESSABLE_ENTITY.as_u16();
        (self.title, self.detail, self.help_url) = (title, detail, None);
        self
    }
}
