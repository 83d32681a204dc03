//! The request a step of a script expects, and how it differs from one that came.

use std::fmt;

use serde_json::Value;

use crate::types::{Header, Method, Request};

/// A request a script expects: its method and exact URL, the JSON body if any, and the headers named.
#[derive(Debug)]
pub struct Expected {
    method: Method,
    url: String,
    headers: Vec<Header>,
    body: Body,
    reads_only: bool,
}

#[derive(Debug)]
enum Body {
    None,
    Json(Value),
    Text(String),
    Any,
}

/// Expects a GET of exactly this URL.
pub fn get(url: impl Into<String>) -> Expected {
    Expected::new(Method::Get, url)
}

/// Expects a POST to exactly this URL.
pub fn post(url: impl Into<String>) -> Expected {
    Expected::new(Method::Post, url)
}

/// Expects a PUT to exactly this URL.
pub fn put(url: impl Into<String>) -> Expected {
    Expected::new(Method::Put, url)
}

/// Expects a PATCH of exactly this URL.
pub fn patch(url: impl Into<String>) -> Expected {
    Expected::new(Method::Patch, url)
}

/// Expects a DELETE of exactly this URL.
pub fn delete(url: impl Into<String>) -> Expected {
    Expected::new(Method::Delete, url)
}

impl Expected {
    fn new(method: Method, url: impl Into<String>) -> Self {
        Self { method, url: url.into(), headers: Vec::new(), body: Body::None, reads_only: false }
    }

    /// With this JSON body; the order of members does not matter.
    pub fn json(mut self, body: Value) -> Self {
        self.body = Body::Json(body);
        self
    }

    /// With this body to the letter: a form.
    pub fn form(mut self, body: &str) -> Self {
        self.body = Body::Text(body.to_owned());
        self
    }

    /// Said to change nothing, as [`crate::Client::reading`] does. Every other request must not be said to.
    pub fn reading(mut self) -> Self {
        self.reads_only = true;
        self
    }

    /// With any body or none.
    pub fn any_body(mut self) -> Self {
        self.body = Body::Any;
        self
    }

    /// With this header; its name in any case. Headers not named are not looked at.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push(Header::new(name, value));
        self
    }

    pub(super) fn matches(&self, request: &Request) -> Result<(), String> {
        if (self.method, &self.url) != (request.method, &request.url) {
            return Err(format!("\n  expected {self}\n  but came {}", line(request)));
        }
        if self.reads_only != request.reads_only {
            return Err(format!("\n  {self}\n  said to change nothing: {}", request.reads_only));
        }
        for expected in &self.headers {
            let value = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(&expected.name));
            let value = value.map(|header| header.value.as_str());
            if value != Some(&expected.value) {
                return Err(format!(
                    "\n  {self}\n  header {}: expected {:?}, came {value:?}",
                    expected.name, expected.value
                ));
            }
        }
        self.matches_body(request.body.as_deref()).map_err(|difference| format!("\n  {self}\n  {difference}"))
    }

    fn matches_body(&self, came: Option<&[u8]>) -> Result<(), String> {
        let shown = || came.map_or("no body".into(), String::from_utf8_lossy);
        match &self.body {
            Body::Any => Ok(()),
            Body::None if came.is_none() => Ok(()),
            Body::None => Err(format!("expected no body, came {}", shown())),
            Body::Json(expected)
                if came.and_then(|body| serde_json::from_slice(body).ok()).as_ref() == Some(expected) =>
            {
                Ok(())
            }
            Body::Text(expected) if came == Some(expected.as_bytes()) => Ok(()),
            Body::Text(expected) => Err(format!("expected body {expected}\n  but came body {}", shown())),
            Body::Json(expected) => Err(format!("expected body {expected}\n  but came body {}", shown())),
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", name(self.method), self.url)
    }
}

pub(super) fn line(request: &Request) -> String {
    format!("{} {}", name(request.method), request.url)
}

fn name(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Head => "HEAD",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Patch => "PATCH",
        Method::Delete => "DELETE",
    }
}
