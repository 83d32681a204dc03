//! Who calls: a connector for one of its users, or an administrator. Every handler takes one of these, and nothing else
//! says who somebody is: not a body, not a query, not a header.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use crypto::{hex, sha256};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;

use super::answer::Answer;
use super::problem::Problem;
use super::request_id::RequestId;
use super::{json, token};
use crate::app::{App, SharedApp};
use crate::operate::{self, Administration, Ask};
use model::{ActAs, Actor, ConnectorId, IntegrationId, IssueKey, JiraUser, ProjectKey};
use store::{Claim, IdempotencyKey, RequestClaim, RequestHash};

/// Largest body, in bytes: the longest description, escaped, and as much again.
pub(super) const MAX_BODY_BYTES: usize = 256 << 10;
/// Longest idempotency key, in bytes.
const MAX_KEY_BYTES: usize = 255;
/// Start of every admin token, so that the two sorts of bearer are told apart.
pub const ADMIN_TOKEN_PREFIX: &str = "csa_";

/// A Jira user, vouched for by a connector.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub connector: ConnectorId,
    pub user: JiraUser,
    projects: Vec<ProjectKey>,
    pub request_id: String,
    attempt_token: String,
}

impl Caller {
    /// The caller asking for something on an integration.
    pub fn ask(&self, project: ProjectKey, integration: IntegrationId, act_as: ActAs) -> Ask {
        Ask {
            connector: self.connector.clone(),
            user: self.user.clone(),
            may_view_development_tools: self.may_view(&project),
            project,
            integration,
            act_as,
            request_id: self.request_id.clone(),
            attempt_token: self.attempt_token.clone(),
        }
    }

    pub fn may_view(&self, project: &ProjectKey) -> bool {
        self.projects.contains(project)
    }

    /// Turns a failed operation into the problem to answer, with a link to set a PAT up and the page to make one on where that
    /// mends it.
    pub async fn problem(&self, app: &App, ask: &Ask, error: impl Into<Problem>) -> Problem {
        let problem = error.into();
        if !problem.is_mended_by_a_pat() {
            return problem;
        }
        let page = match app.store.load_case(&ask.integration, None).await {
            Ok(case) => case.and_then(|case| case.integration.connection.credential_page),
            Err(error) => return error.into(),
        };
        match operate::make_setup_link(app, ask, None).await {
            Ok(link) => problem.with_setup_url(link.url).with_credential_page(page),
            Err(error) => error.into(),
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
        if let Some(key) = self.key {
            let keep = result.as_ref().ok().map(Answer::to_stored);
            if let Err(error) = app.store.keep_answer(key, keep).await {
                tracing::error!(%error, request_id = self.caller.request_id, "an answer could not be kept for replays");
            }
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
        let bytes = collect(body, MAX_BODY_BYTES).await.map_err(rejected)?;
        let body = match parts.method {
            // A deletion is all in its address.
            axum::http::Method::DELETE if bytes.is_empty() => json::read(&json_headers(), b"null"),
            _ => json::read(&parts.headers, &bytes),
        };
        let body = body.map_err(rejected)?;
        let key =
            key.map(|key| IdempotencyKey { connector: verified.connector.clone(), user: verified.user.clone(), key });
        let request = request_hash(&parts, &bytes);
        verified.claim(app, key.clone(), request).await?;
        let attempt_token = attempt_token(key.as_ref(), &verified.request_id);
        Ok(Self { caller: verified.caller(attempt_token), body, key })
    }
}

/// Somebody with an admin token.
pub(super) struct Admin(pub Administration);

impl FromRequestParts<SharedApp> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Problem> {
        let request_id = RequestId::of(parts);
        let unauthenticated =
            || Problem::unauthenticated("This needs an admin token: `countersign admin token` makes one.");
        let token = bearer(&parts.headers)?;
        if !token.starts_with(ADMIN_TOKEN_PREFIX) || token.len() > 128 {
            return Err(unauthenticated());
        }
        let label = app.store.admin_token(sha256(token.as_bytes())).await?.ok_or_else(unauthenticated)?;
        Ok(Self(Administration { actor: Actor::Administrator { token: label }, request_id }))
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
        let bytes = collect(body, MAX_BODY_BYTES).await?;
        Ok(Self { by, body: json::read(&parts.headers, &bytes)? })
    }
}

/// A connector's token, verified.
struct Verified {
    connector: ConnectorId,
    user: JiraUser,
    claims: token::Claims,
    request_id: String,
}

impl Verified {
    async fn from(app: &App, parts: &mut Parts) -> Result<Self, Problem> {
        let request_id = RequestId::of(parts);
        // Callers learn that the token is not good, and in what way; never whether a connector exists.
        let refuse = |error: token::TokenError| {
            tracing::info!(request_id, code = error.code(), "connector token refused");
            Problem::unauthenticated(format!("The connector token is not accepted: {error}."))
        };
        let token = bearer(&parts.headers)?;
        let unverified = token::issuer(token).map_err(refuse)?;
        let connector = app.store.connector(unverified.issuer()).await?;
        let Some(connector) = connector else {
            tracing::info!(request_id, code = "token-issuer-unknown", "connector token refused");
            return Err(Problem::unauthenticated("The connector token is not accepted: its signature is not right."));
        };
        let claims = unverified.verify(&connector.key, &app.config.public_url, app.clock.now()).map_err(refuse)?;
        Ok(Self { connector: claims.connector.clone(), user: claims.user.clone(), claims, request_id })
    }

    fn caller(self, attempt_token: String) -> Caller {
        let Self { connector, user, claims, request_id } = self;
        Caller { connector, user, projects: claims.projects, request_id, attempt_token }
    }

    async fn claim(&self, app: &App, key: Option<IdempotencyKey>, request: RequestHash) -> Result<(), Response> {
        let claim = RequestClaim {
            connector: self.connector.clone(),
            token_id: self.claims.token_id.clone(),
            token_expires_at: self.claims.expires_at,
            idempotency: key.map(|key| (key, request)),
            now: app.clock.now(),
        };
        let problem = match app.store.claim_request(claim).await {
            Ok(Claim::Granted) => return Ok(()),
            Ok(Claim::Replay(stored)) => return Err(Answer::from_stored(stored).into_response()),
            Ok(Claim::TokenReplayed) => Problem::unauthenticated(
                "The connector token was used before: a token is good for one change. Make a new one with its own `jti`.",
            ),
            Ok(Claim::OtherRequest) => Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "The idempotency key stands for another request",
                "This Idempotency-Key was used for another request. Use a new key for a new request.",
            ),
            Ok(Claim::InProgress) => Problem::new(
                StatusCode::CONFLICT,
                "request-in-progress",
                "The same request is under way",
                "A request with this Idempotency-Key is still under way. Ask again in a moment.",
            ),
            Err(error) => error.into(),
        };
        Err(problem.into_response())
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    match (given.next().map(|value| value.to_str()), given.next()) {
        (Some(Ok(value)), None) => value
            .split_once(' ')
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
    match first.to_str() {
        Ok(key) if (1..=MAX_KEY_BYTES).contains(&key.len()) && given.next().is_none() => Ok(Some(key.to_owned())),
        _ => Err(Problem::bad_request(format!(
            "Idempotency-Key is one header of 1 to {MAX_KEY_BYTES} printable characters."
        ))),
    }
}

pub(super) async fn collect(body: axum::body::Body, max_bytes: usize) -> Result<Vec<u8>, Problem> {
    match Limited::new(body, max_bytes).collect().await {
        Ok(body) => Ok(body.to_bytes().to_vec()),
        Err(error) if error.is::<LengthLimitError>() => {
            let detail = format!("A body has at most {max_bytes} bytes here.");
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large", detail))
        }
        Err(_) => Err(Problem::bad_request("The body did not arrive whole.")),
    }
}

fn json_headers() -> HeaderMap {
    let json = axum::http::HeaderValue::from_static("application/json");
    HeaderMap::from_iter([(axum::http::header::CONTENT_TYPE, json)])
}

fn request_hash(parts: &Parts, body: &[u8]) -> RequestHash {
    let target = parts.uri.path_and_query().map(|target| target.as_str()).unwrap_or_default();
    crypto::Parts::of([parts.method.as_str(), target]).bytes(body).sha256()
}

/// The same for every attempt with one idempotency key; else for this request alone.
fn attempt_token(key: Option<&IdempotencyKey>, request_id: &str) -> String {
    let text = match key {
        Some(IdempotencyKey { connector, user, key }) => {
            format!("{connector}\n{}\n{}\n{key}", user.as_str().len(), user)
        }
        None => request_id.to_owned(),
    };
    hex(&sha256(text.as_bytes())[..16])
}
