//! The errors of the API: status, message, what else the body says, and the headers that tell one 403 from another.

use http::{HeaderName, Method, StatusCode, header};
use serde_json::{Value, json};

use super::world::Block;
use crate::standin::git::GitError;
use crate::standin::message::{Answer, Request};

/// A request that was not done.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
    /// Path below the documentation's root.
    documentation: &'static str,
    /// More members of the body.
    members: Vec<(&'static str, Value)>,
    headers: Vec<(HeaderName, String)>,
}

/// Names the scopes that let a classic token do this, in refusals and other answers alike.
pub(super) const ACCEPTED_SCOPES: HeaderName = HeaderName::from_static("x-accepted-oauth-scopes");
const SSO_PAGE: &str = "/articles/authenticating-to-a-github-organization-with-saml-single-sign-on/";
const REDIRECT_PAGE: &str = "/v3/#http-redirects";

impl Refusal {
    pub(super) fn new(status: StatusCode, message: &str) -> Refusal {
        let message = message.to_owned();
        Refusal { status, message, documentation: "/rest", members: Vec::new(), headers: Vec::new() }
    }

    pub(super) fn not_found() -> Refusal {
        Refusal::new(StatusCode::NOT_FOUND, "Not Found")
    }

    /// What the stand-in does not serve, whatever GitHub says to it.
    pub(super) fn not_served(request: &Request) -> Refusal {
        Refusal::new(StatusCode::NOT_IMPLEMENTED, &request.not_served(""))
    }

    pub(super) fn unprocessable(message: &str) -> Refusal {
        Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    pub(super) fn bad_credentials() -> Refusal {
        Refusal::new(StatusCode::UNAUTHORIZED, "Bad credentials")
    }

    /// `Validation Failed` with its list of errors.
    pub(super) fn validation(errors: &[Value]) -> Refusal {
        Refusal::unprocessable("Validation Failed").member("errors", json!(errors))
    }

    /// A classic token without the scope, or an account without the permission: hidden like something that is not there.
    pub(super) fn hidden_for_want_of_scope(scopes: &str) -> Refusal {
        Refusal::not_found().header(ACCEPTED_SCOPES, scopes)
    }

    /// A fine-grained token without the permission, which the header names.
    pub(super) fn not_accessible(permissions: &str) -> Refusal {
        let refusal = Refusal::new(StatusCode::FORBIDDEN, "Resource not accessible by personal access token");
        refusal.header(HeaderName::from_static("x-accepted-github-permissions"), permissions)
    }

    /// A token that is good elsewhere but not for this organisation. `web` is the root of the web pages.
    pub(super) fn blocked(web: &str, block: &Block) -> Refusal {
        let forbidden = |message: &str| Refusal::new(StatusCode::FORBIDDEN, message);
        match block {
            Block::SingleSignOn { organization } => {
                let page = format!("{web}/orgs/{organization}/sso?authorization_request=STANDIN");
                let mut refusal = forbidden(
                    "Resource protected by organization SAML enforcement. You must grant your personal token access to this organization.",
                );
                refusal.documentation = SSO_PAGE;
                refusal.header(HeaderName::from_static("x-github-sso"), &format!("required; url={page}"))
            }
            Block::ForbidsClassic { organization } => forbidden(&format!(
                "`{organization}` forbids access via a personal access token (classic). Please use a GitHub App, OAuth App, or a personal access token with fine-grained permissions."
            )),
            Block::LifetimeTooLong { organization, days } => forbidden(&format!(
                "The '{organization}' organization forbids access via a fine-grained personal access tokens if the token's lifetime is greater than {days} days. Please adjust your token's lifetime."
            )),
        }
    }

    /// A name the repository had before: to the numeric route, with a status that keeps the method of anything but GET.
    pub(super) fn moved(method: &Method, url: &str) -> Refusal {
        let get = matches!(*method, Method::GET | Method::HEAD);
        let status = if get { StatusCode::MOVED_PERMANENTLY } else { StatusCode::TEMPORARY_REDIRECT };
        let mut refusal = Refusal::new(status, "Moved Permanently").member("url", json!(url));
        refusal.documentation = REDIRECT_PAGE;
        refusal.header(header::LOCATION, url)
    }

    pub(super) fn leads_on(&self) -> bool {
        self.status.is_redirection()
    }

    #[must_use]
    pub(super) fn documented(mut self, page: &'static str) -> Refusal {
        if self.documentation == "/rest" && self.status != StatusCode::UNAUTHORIZED {
            self.documentation = page;
        }
        self
    }

    #[must_use]
    pub(super) fn member(mut self, name: &'static str, value: Value) -> Refusal {
        self.members.push((name, value));
        self
    }

    #[must_use]
    pub(super) fn header(mut self, name: HeaderName, value: &str) -> Refusal {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) fn into_answer(self, documentation_root: &str) -> Answer {
        let mut body = json!({
            "message": self.message,
            "documentation_url": format!("{documentation_root}{}", self.documentation),
            "status": self.status.as_str(),
        });
        self.members.into_iter().for_each(|(name, value)| body[name] = value);
        let answer = Answer::json(self.status, &body);
        self.headers.into_iter().fold(answer, |answer, (name, value)| answer.with(name, &value))
    }
}

/// git failing is never an answer of GitHub's: the test should see what happened.
impl From<GitError> for Refusal {
    fn from(error: GitError) -> Refusal {
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, &format!("stand-in: {error}"))
    }
}
