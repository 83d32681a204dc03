//! Who calls: a connector for one of its users, or an administrator. Every handler takes one of these, and nothing else
//! says who somebody is: not a body, not a query, not a header.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::response::{IntoResponse as _, Response};
use crypto::{Parts as Message, hex};
use serde::de::DeserializeOwned;

use super::answer::Answer;
use super::json;
use crate::operate::administration::Administration;
use crate::operate::{self, App, Ask, Asker, ClaimedKey, OperationError, SharedApp};
use crate::problem::{Code, Problem};
use crate::request::{self, Body, BodyError, Limits, RequestId};
use crate::token::{self, TokenError};
use model::{ActAs, ActingUser, ConnectorId, IntegrationId, IssueKey, ProjectKey, UserNames};
use store::{Claim, IdempotencyKey, RequestHash};

/// Largest body, in bytes: the longest description, escaped, and as much again.
pub(super) const MAX_BODY_BYTES: usize = 256 << 10;
/// Longest idempotency key, in bytes.
pub(super) const MAX_KEY_BYTES: usize = 255;

/// A Jira user, vouched for by a connector.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub connector: ConnectorId,
    pub user: ActingUser,
    pub names: UserNames,
    projects: Vec<ProjectKey>,
    pub request_id: String,
    attempt_token: String,
}

impl Caller {
    /// The caller in one of her projects.
    pub fn asker(&self, project: ProjectKey) -> Asker {
        Asker {
            connector: self.connector.clone(),
            user: self.user.clone(),
            names: self.names.clone(),
            may_view_development_tools: self.projects.contains(&project),
            project,
            request_id: self.request_id.clone(),
        }
    }

    /// The caller asking for something on an integration.
    pub fn ask(&self, project: ProjectKey, integration: IntegrationId, act_as: ActAs) -> Ask {
        let attempt_token = self.attempt_token.clone();
        Ask { asker: self.asker(project), integration, act_as, attempt_token, told: None }
    }

    /// Turns a failed operation into the problem to answer, with a link to set a PAT up and the page to make one on where that
    /// mends it.
    pub async fn problem(&self, app: &App, ask: &Ask, error: impl Into<Problem>) -> Problem {
        let problem = error.into();
        if !problem.is_mended_by_a_pat() {
            return problem;
        }
        match operate::make_set_up_link(app, ask, None).await {
            Ok(link) => problem.with_setup_url(link.url).with_credential_page(link.credential_page),
            Err(OperationError::TooOften(too_often)) => problem.without_setup_url(&too_often),
            // Users can have no PATs here, or there is no link to be had now: what went wrong stays what is told.
            Err(error) => {
                tracing::info!(%error, request_id = self.request_id, "no set-up link goes with a problem");
                problem
            }
        }
    }
}

/// The project a request is for: `project`, or the project of `issue`; where both are given they have to agree.
pub(super) fn project(project: Option<&str>, issue: Option<&str>) -> Result<ProjectKey, Problem> {
    project_and_issue(project, issue).map(|(project, _)| project)
}

/// The same, with the issue for those who have a use for it.
pub(super) fn project_and_issue(
    project: Option<&str>,
    issue: Option<&str>,
) -> Result<(ProjectKey, Option<IssueKey>), Problem> {
    let issue = issue.map(IssueKey::parse).transpose().map_err(|error| Problem::invalid("issue", error.to_string()))?;
    let named = project.map(ProjectKey::parse).transpose();
    let named = named.map_err(|error| Problem::invalid("project", error.to_string()))?;
    match (named, issue.as_ref().map(IssueKey::project)) {
        (Some(named), Some(of_issue)) if named != of_issue => {
            Err(Problem::invalid("project", "is not the project of the issue"))
        }
        (Some(named), _) => Ok((named, issue)),
        (None, Some(of_issue)) => Ok((of_issue, issue)),
        (None, None) => Err(Problem::invalid("project", "is missing: name the Jira project, or an issue of it")),
    }
}

/// A request that reads.
pub(super) struct Reading(pub Caller);

impl FromRequestParts<SharedApp> for Reading {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Problem> {
        Ok(Self(Verified::from(app, parts).await?.caller(String::new())))
    }
}

/// A request that changes something, with its body. Its token works once; its idempotency key, if it has one, is claimed.
pub(super) struct Changing<T> {
    pub caller: Caller,
    pub body: T,
    key: Option<IdempotencyKey>,
}

impl<T> Changing<T> {
    /// Answers, and keeps the answer for replays of the same key. Only what was done is kept: after a refusal the same
    /// request may be made again.
    pub async fn answer(self, app: &App, result: Result<Answer, Problem>) -> Response {
        Answering { request_id: self.caller.request_id, key: self.key }.answer(app, result).await
    }

    /// What is left of it once its body is handed over.
    pub fn into_parts(self) -> (Caller, T, Answering) {
        let answering = Answering { request_id: self.caller.request_id.clone(), key: self.key };
        (self.caller, self.body, answering)
    }
}

/// A request that changes something, without what it holds: how it is answered.
pub(super) struct Answering {
    request_id: String,
    key: Option<IdempotencyKey>,
}

impl Answering {
    /// As [`Changing::answer`].
    pub async fn answer(self, app: &App, result: Result<Answer, Problem>) -> Response {
        if let Some(key) = self.key {
            let keep = result.as_ref().ok().map(Answer::to_stored);
            operate::keep_answer(app, key, keep, &self.request_id).await;
        }
        match result {
            Ok(answer) => answer.into_response(),
            Err(problem) => problem.into_response(),
        }
    }
}

impl<T: DeserializeOwned + Send> FromRequest<SharedApp> for Changing<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &SharedApp) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let rejected = |problem: Problem| problem.into_response();
        let verified = Verified::from(app, &mut parts).await.map_err(rejected)?;
        let key = idempotency_key(&parts.headers).map_err(rejected)?;
        let bytes = collect(&parts, body).await.map_err(rejected)?;
        let body = match parts.method {
            // A deletion is all in its address.
            Method::DELETE if bytes.is_empty() => json::read(&json_headers(), b"null"),
            _ => json::read(&parts.headers, &bytes),
        };
        let body = body.map_err(rejected)?;
        let key = key.map(|key| IdempotencyKey {
            connector: verified.claims.connector.clone(),
            user: verified.user.clone(),
            key,
        });
        verified.claim(app, key.clone(), &parts, &bytes).await?;
        let attempt_token = attempt_token(key.as_ref(), &verified.request_id);
        Ok(Self { caller: verified.caller(attempt_token), body, key })
    }
}

/// Somebody with an admin token.
pub(super) struct Admin(pub Administration);

impl FromRequestParts<SharedApp> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Problem> {
        let known = operate::administrator(app, bearer(&parts.headers)?, RequestId::of(parts).into()).await?;
        known.map(Self).ok_or_else(|| {
            Problem::unauthenticated(
                "This needs an admin token that is neither revoked nor expired: `countersign admin token` makes one.",
            )
        })
    }
}

/// An administrator's request with a body.
pub(super) struct AdminBody<T> {
    pub by: Administration,
    pub body: T,
}

impl<T: DeserializeOwned> FromRequest<SharedApp> for AdminBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &SharedApp) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Admin(by) = Admin::from_request_parts(&mut parts, app).await?;
        let bytes = collect(&parts, body).await?;
        Ok(Self { by, body: json::read(&parts.headers, &bytes)? })
    }
}

/// A connector's token, verified.
struct Verified {
    user: ActingUser,
    claims: token::Claims,
    request_id: String,
}

impl Verified {
    async fn from(app: &App, parts: &mut Parts) -> Result<Self, Problem> {
        let request_id = String::from(RequestId::of(parts));
        let refuse = |error: token::TokenError| refused_token(&request_id, error.code(), told_of(error));
        let token = bearer(&parts.headers)?;
        let unverified = token::issuer(token).map_err(refuse)?;
        let connector = operate::connector(app, unverified.issuer()).await?;
        let connector =
            connector.ok_or_else(|| refused_token(&request_id, "token-issuer-unknown", UNPROVEN.to_owned()))?;
        let (audience, leeway) = (&*app.config.public_url, app.config.clock_leeway);
        let expected = token::Expected { audience, now: app.clock.now(), leeway };
        let claims = unverified.verify(&connector.key, expected).map_err(refuse)?;
        operate::note_connector_use(app, &connector);
        let user = ActingUser { site: connector.site, id: claims.user.clone() };
        Ok(Self { user, claims, request_id })
    }

    fn caller(self, attempt_token: String) -> Caller {
        let Self { user, claims, request_id } = self;
        Caller {
            connector: claims.connector,
            user,
            names: claims.names,
            projects: claims.projects,
            request_id,
            attempt_token,
        }
    }

    async fn claim(&self, app: &App, key: Option<IdempotencyKey>, parts: &Parts, body: &[u8]) -> Result<(), Response> {
        let limits = parts.extensions.get::<Limits>().copied().unwrap_or_default();
        let claimed = |key| ClaimedKey { key, request: request_hash(parts, body), may_take: limits.request };
        let request = operate::Request {
            connector: self.claims.connector.clone(),
            token_id: self.claims.token_id.clone(),
            token_expires_at: self.claims.expires_at,
            key: key.map(claimed),
        };
        let problem = match operate::claim(app, request).await {
            Ok(Claim::Granted) => return Ok(()),
            Ok(Claim::Replay(stored)) => return Err(Answer::from_stored(stored).into_response()),
            Ok(Claim::TokenReplayed) => Problem::unauthenticated(
                "The connector token was used before: a token is good for one change. Make a new one with its own `jti`.",
            ),
            Ok(Claim::OtherRequest) => Problem::new(
                Code::IdempotencyKeyReused,
                "This Idempotency-Key was used for another request. Use a new key for a new request.",
            ),
            Ok(Claim::InProgress) => Problem::new(
                Code::RequestInProgress,
                "A request with this Idempotency-Key is still under way. Ask again in a moment.",
            )
            .with_retry_after_s(1),
            Err(error) => error.into(),
        };
        Err(problem.into_response())
    }
}

/// What is told of every token that nobody has proved to be a connector's: whether there is such a connector, it does not say.
const UNPROVEN: &str =
    "no connector is registered whose id is its `iss`, whose key it is signed with, and whose key's algorithm it names";

/// Callers learn in what way a token is not good: before anybody looks for its connector, and once they have proved to have
/// that connector's key. In between there is one text.
fn told_of(error: TokenError) -> String {
    match error {
        TokenError::Algorithm | TokenError::Signature => UNPROVEN.to_owned(),
        error => error.to_string(),
    }
}

fn refused_token(request_id: &str, code: &'static str, why: String) -> Problem {
    tracing::info!(request_id, code, "connector token refused");
    Problem::unauthenticated(format!("The connector token is not accepted: {why}."))
}

fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    match (given.next().map(|value| value.to_str()), given.next()) {
        (Some(Ok(value)), None) => value
            .split_once(' ')
            .map(|(scheme, token)| (scheme, token.trim_start_matches(' ')))
            .filter(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && !token.is_empty())
            .map(|(_, token)| token)
            .ok_or_else(|| Problem::unauthenticated("Send Authorization: Bearer with the token.")),
        (None, _) => Err(Problem::unauthenticated("Send Authorization: Bearer with the token.")),
        _ => Err(Problem::unauthenticated("Send one Authorization header.")),
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut given = headers.get_all("idempotency-key").iter();
    let Some(first) = given.next() else { return Ok(None) };
    // A header may hold a tab, too.
    match first.to_str().ok().filter(|key| !key.contains('\t')) {
        Some(key) if (1..=MAX_KEY_BYTES).contains(&key.len()) && given.next().is_none() => Ok(Some(key.to_owned())),
        _ => Err(Problem::bad_request(format!(
            "Idempotency-Key is one header of 1 to {MAX_KEY_BYTES} printable characters."
        ))),
    }
}

async fn collect(parts: &Parts, body: axum::body::Body) -> Result<Body, Problem> {
    Ok(request::read(parts, body, MAX_BODY_BYTES).await?)
}

impl From<BodyError> for Problem {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge(max_bytes) => {
                let detail = format!("A body has at most {max_bytes} bytes here.");
                Problem::new(Code::BodyTooLarge, detail)
            }
            BodyError::TooSlow => {
                let detail = "The body did not arrive in time. Nothing was done.";
                Problem::new(Code::BodyTooSlow, detail)
            }
            BodyError::NoRoom => {
                let detail = "As many bodies as fit are being read. Nothing was done; ask again in a moment.";
                Problem::new(Code::Busy, detail).with_retry_after_s(1)
            }
            BodyError::Encoded => {
                let detail = "A body is sent as it is: leave Content-Encoding out.";
                Problem::new(Code::UnsupportedMediaType, detail)
            }
            BodyError::Broken => Problem::bad_request("The body did not arrive whole."),
        }
    }
}

fn json_headers() -> HeaderMap {
    HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))])
}

fn request_hash(parts: &Parts, body: &[u8]) -> RequestHash {
    let target = parts.uri.path_and_query().map(|target| target.as_str()).unwrap_or_default();
    Message::of([parts.method.as_str(), target]).bytes(body).sha256()
}

/// The same for every attempt with one idempotency key; else for this request alone.
fn attempt_token(key: Option<&IdempotencyKey>, request_id: &str) -> String {
    let message = match key {
        Some(IdempotencyKey { connector, user, key }) => {
            Message::of([connector.as_str(), user.site.as_str(), user.id.as_str(), key])
        }
        None => Message::of([request_id]),
    };
    hex(&message.sha256()[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a1_a_bearer_stands_behind_one_space_or_several() {
        let read = |values: &[&'static str]| {
            let headers = values.iter().map(|value| (AUTHORIZATION, HeaderValue::from_static(value))).collect();
            bearer(&headers).map(str::to_owned).map_err(|problem| problem.code())
        };
        for value in ["Bearer a.b.c", "bearer a.b.c", "Bearer   a.b.c"] {
            assert_eq!(read(&[value]).as_deref(), Ok("a.b.c"), "{value}");
        }
        for values in [&[][..], &["Bearer"], &["Bearer "], &["Bearer   "], &["Basic a"], &["Bearer a", "Bearer a"]] {
            assert_eq!(read(values), Err("unauthenticated"), "{values:?}");
        }
    }
}
