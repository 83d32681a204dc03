//! What a page is answered as: a status, its markup, and what the browser may do with it.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use maud::Markup;

/// What a page may load and do. Nothing is inline, and nothing comes from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors ";

/// A page, or the way to one.
#[derive(Debug)]
pub(crate) struct Page {
    status: StatusCode,
    markup: Markup,
    location: Option<String>,
    cookie: Option<HeaderValue>,
    /// Origins whose pages may show it in a frame.
    framed_by: Vec<String>,
}

impl Page {
    /// What it is answered with.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// A page nobody may put into a frame.
    pub fn new(status: StatusCode, markup: Markup) -> Self {
        Self { status, markup, location: None, cookie: None, framed_by: Vec::new() }
    }

    /// A part of a page, for the script.
    pub fn part(markup: Markup) -> Self {
        Self::new(StatusCode::OK, markup)
    }

    /// The way to another page, by GET.
    pub fn see(path: String) -> Self {
        Self { location: Some(path), ..Self::new(StatusCode::SEE_OTHER, Markup::default()) }
    }

    /// Pages of these origins may show it in a frame.
    pub fn framed_by(self, origins: &[String]) -> Self {
        Self { framed_by: origins.to_vec(), ..self }
    }

    /// The browser is to keep this.
    pub fn with_cookie(self, cookie: HeaderValue) -> Self {
        Self { cookie: Some(cookie), ..self }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let framed_by = if self.framed_by.is_empty() { "'none'".to_owned() } else { self.framed_by.join(" ") };
        let content_type = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        let mut response = (self.status, content_type, self.markup.into_string()).into_response();
        let headers = response.headers_mut();
        // Origins are registered in their ASCII form.
        if let Ok(policy) = HeaderValue::try_from(format!("{POLICY}{framed_by}")) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        if let Some(location) = self.location.and_then(|location| HeaderValue::try_from(location).ok()) {
            headers.insert(header::LOCATION, location);
        }
        if let Some(cookie) = self.cookie {
            headers.insert(header::SET_COOKIE, cookie);
        }
        response
    }
}
