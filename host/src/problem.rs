//! What callers are told when it did not work: RFC 9457 problems. The one place that knows status codes.
//!
//! What the log keeps is another text: a problem never holds an internal detail, a log line never a secret.

mod catalogue;
mod shown;
mod told;

use axum::http::header::{CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use self::catalogue::Code;
use self::told::told;
use crate::causes::with_causes;
use crate::operate::{Crowded, OperationError, TooOften};
use model::policy::Denial;
use model::{ActedAs, Again, Failure, FailureReason, FieldError, PatState, Timestamp};

const MEDIA_TYPE: &str = "application/problem+json";
/// How much there is in which time, and how much of it is left (draft-ietf-httpapi-ratelimit-headers).
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// A problem (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// Stable name of what happened: `urn:countersign:problem:user-pat-required`.
    #[serde(rename = "type")]
    #[schema(rename = "type", example = "urn:countersign:problem:user-pat-required")]
    problem_type: String,
    /// The type in a few words.
    title: String,
    /// The HTTP status.
    #[schema(example = 403)]
    status: u16,
    /// What happened this time, and what to do, for people.
    detail: String,
    /// The request's id, to find it in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// Whose credential it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "user")]
    whose: Option<ActedAs>,
    /// What the user's PAT is good for, where that is why.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, example = "set-aside")]
    pat_state: Option<PatState>,
    /// The permission, branch or thing that is missing, in the git server's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
    /// Where the user saves a PAT, when that mends it. Works once.
    #[serde(skip_serializing_if = "Option::is_none")]
    setup_url: Option<String>,
    /// A page of the git server where it can be mended.
    #[serde(skip_serializing_if = "Option::is_none")]
    help_url: Option<String>,
    /// When to try again, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    retry_at: Option<Timestamp>,
    /// The status the git server answered with.
    #[serde(skip_serializing_if = "Option::is_none")]
    git_server_status: Option<u16>,
    /// Field by field, what cannot be used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<FieldProblem>, required = false)]
    errors: Vec<FieldError>,
    /// For `Retry-After`.
    #[serde(skip)]
    retry_after: Option<HeaderValue>,
    /// For `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers).
    #[serde(skip)]
    rate_limit: Option<Box<(HeaderValue, HeaderValue)>>,
    /// For the log only.
    #[serde(skip)]
    internal: Option<String>,
    #[serde(skip)]
    code: Code,
    #[serde(skip)]
    is_mended_by_a_pat: bool,
    /// What a page says at a field, beside the detail.
    #[serde(skip)]
    beside: Option<Box<FieldError>>,
}

/// A field that cannot be used, and why.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes `FieldError` to OpenAPI")]
pub struct FieldProblem {
    field: String,
    message: String,
}

impl Problem {
    /// Status and title go with the code; `detail` is of this time.
    pub(crate) fn new(code: Code, detail: impl Into<String>) -> Self {
        Self {
            problem_type: code.problem_type(),
            title: code.title().to_owned(),
            status: code.status().as_u16(),
            detail: detail.into(),
            request_id: None,
            whose: None,
            pat_state: None,
            missing: None,
            setup_url: None,
            help_url: None,
            retry_at: None,
            git_server_status: None,
            errors: Vec::new(),
            retry_after: None,
            rate_limit: None,
            internal: None,
            code,
            is_mended_by_a_pat: false,
            beside: None,
        }
    }

    /// 401. Says what is wrong with the token, and asks for a bearer.
    pub fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::new(Code::Unauthenticated, detail)
    }

    /// 400: not even its form is right.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(Code::BadRequest, detail)
    }

    /// 404. `what` ends the sentence "There is no such …".
    pub fn not_found(what: &str) -> Self {
        Self::new(Code::NotFound, format!("There is no such {what}."))
    }

    /// 422, for one field or parameter. `message` goes on where the field's name ends.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        OperationError::invalid(field, message).into()
    }

    /// With the request's id.
    pub fn of_request(mut self, request_id: &str) -> Self {
        self.request_id = Some(request_id.to_owned());
        self
    }

    /// Writes down what its reader is not told, where it is not her fault.
    pub fn log(&self) {
        if self.status >= 500 {
            let reason = self.internal.as_deref().unwrap_or(&self.detail);
            tracing::warn!(code = self.code.as_str(), request_id = self.request_id, reason, "request failed");
        }
    }

    /// Whether saving a PAT mends it, so that [`Problem::with_setup_url`] is due.
    pub fn is_mended_by_a_pat(&self) -> bool {
        self.is_mended_by_a_pat
    }

    /// A one-time link to the page where the user saves a PAT.
    pub fn with_setup_url(mut self, url: String) -> Self {
        self.setup_url = Some(url);
        self
    }

    /// There is none now, and why.
    pub fn without_setup_url(mut self, why: &TooOften) -> Self {
        let (why, seconds) = (sentence(&why.to_string()), why.seconds());
        self.detail =
            format!("{} There is no link to a page that mends it: {why} Ask again in {seconds} s.", self.detail);
        self
    }

    /// Where a user makes the PAT she lacks, unless a page was named already.
    pub fn with_credential_page(mut self, page: Option<String>) -> Self {
        if self.whose == Some(ActedAs::User) {
            self.help_url = self.help_url.or(page);
        }
        self
    }

    fn with_failure(mut self, failure: Failure, whose: Option<ActedAs>) -> Self {
        self.whose = whose;
        self.help_url = failure.help_url;
        self.git_server_status = failure.status;
        if let Some(Again { at, seconds }) = failure.again {
            self.retry_at = Some(at);
            self.retry_after = match seconds {
                Some(seconds) => Some(seconds.into()),
                None => HeaderValue::try_from(at.http_date()).ok(),
            };
        }
        match failure.reason {
            FailureReason::PermissionMissing(what)
            | FailureReason::NotFound(what)
            | FailureReason::BaseMissing(what) => self.missing = Some(what),
            _ => {}
        }
        self
    }

    /// From now.
    pub fn with_retry_after_s(mut self, seconds: u32) -> Self {
        self.retry_after = Some(HeaderValue::from(seconds));
        self
    }

    /// With what is behind it.
    fn with_internal(mut self, error: &(dyn std::error::Error + 'static)) -> Self {
        self.internal = Some(with_causes(error));
        self
    }
}

impl From<OperationError> for Problem {
    fn from(error: OperationError) -> Self {
        let code = Code::named(error.code());
        match error {
            OperationError::Denied(denial) => denied(code, denial),
            OperationError::Invalid(errors) => {
                let detail: Vec<_> = errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect();
                Problem { errors, ..Self::new(code, detail.join("; ")) }
            }
            OperationError::NotRecorded(what) => {
                let detail = format!(
                    "It was done, but that could not be written down: {what}. Look at it on the git server. Asked again, with \
                     the same Idempotency-Key where there was one, it is looked up before anything is sent."
                );
                Self::new(code, detail)
            }
            error @ OperationError::Unknown { .. } => {
                Self::new(code, sentence(&error.to_string())).with_internal(&error)
            }
            OperationError::Conflict(detail) => Self::new(code, detail),
            error @ (OperationError::Missing(_)
            | OperationError::Changed(_)
            | OperationError::StillThere
            | OperationError::Stale(_)) => Self::new(code, sentence(&error.to_string())),
            error @ OperationError::Crowded(_) => {
                let detail = format!("{} Nothing was done: try again in a few seconds.", sentence(&error.to_string()));
                Self::new(code, detail).with_retry_after_s(Crowded::RETRY_AFTER_S)
            }
            OperationError::TooOften(too_often) => {
                let seconds = too_often.seconds();
                let detail =
                    format!("{} Nothing was done: try again in {seconds} s.", sentence(&too_often.to_string()));
                let policy = HeaderValue::try_from(format!("\"minute\";q={};w=60", too_often.limit)).ok();
                let left = HeaderValue::try_from(format!("\"minute\";r=0;t={seconds}")).ok();
                Problem {
                    rate_limit: policy.zip(left).map(Box::new),
                    ..Self::new(code, detail).with_retry_after_s(seconds)
                }
            }
            OperationError::Failed { failure, whose } => failed(code, failure, whose),
            error @ (OperationError::Provider(_) | OperationError::Route(_)) => {
                let detail =
                    "The integration cannot be used as it is set up. An administrator finds the reason in the log.";
                Self::new(code, detail).with_internal(&error)
            }
            OperationError::Lend { error, whose } => {
                let detail = "The stored credential cannot be opened. An administrator finds the reason in the log; saving \
                              the credential again mends it.";
                let problem = Self::new(code, detail);
                let is_mended_by_a_pat = whose == ActedAs::User;
                Problem { whose: Some(whose), is_mended_by_a_pat, ..problem }.with_internal(&error)
            }
            OperationError::Store(error) => {
                let detail = "Nothing was done by this request: what is done has to be written down first, and that is not \
                              possible now. Try again later; an administrator finds the reason in the log.";
                Self::new(code, detail).with_internal(&error)
            }
        }
    }
}

/// As it is read by itself.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

impl From<Denial> for Problem {
    fn from(denial: Denial) -> Self {
        OperationError::Denied(denial).into()
    }
}

fn denied(code: Code, denial: Denial) -> Problem {
    let whose = match denial {
        Denial::UserPatRequired(_)
        | Denial::UserPatMissing(_)
        | Denial::UserPatRejected(_)
        | Denial::NothingToConfirm(_)
        | Denial::ConnectorTooNew => Some(ActedAs::User),
        Denial::IntegrationAccountMissing(_) => Some(ActedAs::Integration),
        Denial::PermissionMissing
        | Denial::NotOpenToProject
        | Denial::SwitchedOff(_)
        | Denial::UserPatsUnsupported(_) => None,
    };
    let missing = (denial == Denial::PermissionMissing).then(|| "View Development Tools".to_owned());
    let (is_mended_by_a_pat, pat_state) = (denial.is_mended_by_a_pat(), denial.pat_state());
    let problem = Problem::new(code, denial.to_string());
    Problem { whose, pat_state, missing, is_mended_by_a_pat, ..problem }
}

fn failed(code: Code, failure: Failure, whose: ActedAs) -> Problem {
    let detail = told(&failure, whose);
    let is_mended_by_a_pat = failure.reason == FailureReason::CredentialRejected && whose == ActedAs::User;
    // Nobody's credential mends a setting, or a provider.
    let whose = match failure.reason {
        FailureReason::Misconfigured(_) => Some(ActedAs::Integration),
        FailureReason::ProviderFailed => None,
        _ => Some(whose),
    };
    Problem { is_mended_by_a_pat, ..Problem::new(code, detail).with_failure(failure, whose) }
}

/// The body is written by [`complete`], where the request's id is known.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = status.into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(retry_after) = &self.retry_after {
            headers.insert(RETRY_AFTER, retry_after.clone());
        }
        if let Some(limit) = &self.rate_limit {
            let (policy, left) = &**limit;
            headers.insert(RATE_LIMIT_POLICY, policy.clone());
            headers.insert(RATE_LIMIT, left.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the body of a response that is a problem, and logs what its caller is not told.
pub(crate) fn complete(mut response: Response, request_id: &str) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let problem = problem.of_request(request_id);
    problem.log();
    let body = serde_json::to_vec(&problem).unwrap_or_default();
    *response.body_mut() = body.into();
    response
}
