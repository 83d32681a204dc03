//! The errors of the API, in the four shapes they come in: `message` with a text, `message` with a list, `message` with a list
//! per field, and `error`; and the plain text of a project that moved.

use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::standin::git::GitError;
use crate::standin::message::{Answer, Request};

/// A request that was not done.
#[derive(Debug)]
pub(super) struct Refusal(Answer);

impl Refusal {
    /// `message` with whatever it says.
    pub(super) fn new(status: StatusCode, message: impl Into<Value>) -> Refusal {
        Refusal(Answer::json(status, &json!({ "message": message.into() })))
    }

    pub(super) fn bad_request(message: &str) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, message)
    }

    /// A parameter that is missing, empty or of the wrong type: key `error`.
    pub(super) fn invalid(error: &str) -> Refusal {
        Refusal(Answer::json(StatusCode::BAD_REQUEST, &json!({ "error": error })))
    }

    pub(super) fn unauthorized() -> Refusal {
        Refusal::new(StatusCode::UNAUTHORIZED, "401 Unauthorized")
    }

    /// The role is too low, or nobody's role is high enough.
    pub(super) fn forbidden() -> Refusal {
        Refusal::new(StatusCode::FORBIDDEN, "403 Forbidden")
    }

    pub(super) fn forbidden_because(reason: &str) -> Refusal {
        Refusal::new(StatusCode::FORBIDDEN, format!("403 Forbidden - {reason}"))
    }

    /// `404 Project Not Found`
    pub(super) fn not_found(what: &str) -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, format!("404 {what} Not Found"))
    }

    /// What the stand-in does not serve, whatever GitLab says to it.
    pub(super) fn not_served(request: &Request) -> Refusal {
        Refusal::new(StatusCode::NOT_IMPLEMENTED, request.not_served(""))
    }

    /// A path that is none of GitLab's routes: key `error`.
    pub(super) fn no_route() -> Refusal {
        Refusal(Answer::json(StatusCode::NOT_FOUND, &json!({ "error": "404 Not Found" })))
    }

    /// Key `error`, which says more than `message` does elsewhere.
    pub(super) fn not_allowed(error: &str) -> Refusal {
        Refusal(Answer::json(StatusCode::METHOD_NOT_ALLOWED, &json!({ "error": error })))
    }

    /// A token that was good, or a bearer that never was.
    pub(super) fn invalid_token(description: &str) -> Refusal {
        Refusal::bearer_error("invalid_token", description)
    }

    pub(super) fn bearer_error(error: &str, description: &str) -> Refusal {
        let body = json!({ "error": error, "error_description": description });
        let challenge =
            format!("Bearer realm=\"Protected by OAuth 2.0\", error=\"{error}\", error_description=\"{description}\"");
        Refusal(Answer::json(StatusCode::UNAUTHORIZED, &body).with(header::WWW_AUTHENTICATE, &challenge))
    }

    /// `scopes`, blank separated, would have been enough, each of them. The server sends no challenge with it.
    pub(super) fn insufficient_scope(scopes: &str) -> Refusal {
        let body = json!({
            "error": "insufficient_scope",
            "error_description": "The request requires higher privileges than provided by the access token.",
            "scope": scopes,
        });
        Refusal(Answer::json(StatusCode::FORBIDDEN, &body))
    }

    /// A name the repository had before: to its number, in plain text.
    pub(super) fn moved(url: &str) -> Refusal {
        let text = format!("This resource has been moved permanently to {url}");
        Refusal(Answer::text(StatusCode::MOVED_PERMANENTLY, &text).with(header::LOCATION, url))
    }

    pub(super) fn into_answer(self) -> Answer {
        self.0
    }
}

/// git failing is never an answer of GitLab's: the test should see what happened.
impl From<GitError> for Refusal {
    fn from(error: GitError) -> Refusal {
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, format!("stand-in: {error}"))
    }
}
