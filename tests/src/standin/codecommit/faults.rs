//! What AWS itself says when it cannot: throttling and outages, as [`Fault`]s, and which requests they are for.

use http::{HeaderName, StatusCode};
use serde_json::json;

use super::paging;
use super::refusal::{Refusal, json_error};
use super::service;
use crate::standin::faults::{Fault, When};
use crate::standin::message::Answer;

/// Requests to CodeCommit for this operation (`CreateBranch`): method and path are the same for all.
pub fn operation(name: &'static str) -> When {
    When::request(move |request| service::operation(request) == Some(name))
}

/// Requests to STS.
pub fn whoami() -> When {
    When::request(|request| !request.headers.contains_key("x-amz-target"))
}

/// Too many requests, said by CodeCommit: 400, and never how long to wait.
pub fn throttled() -> Fault {
    Fault::Instead(Refusal::throttled().into_json())
}

/// Too many requests, said by STS.
pub fn whoami_throttled(request_id: &str) -> Fault {
    Fault::Instead(Refusal::throttled().into_query_xml(request_id))
}

/// Denied without a word about whom, what and why.
pub fn denied_without_message() -> Fault {
    Fault::Instead(json_error(StatusCode::BAD_REQUEST, &json!({ "__type": "AccessDeniedException" })))
}

/// The service itself failed: 500 and 503 in its own protocol.
pub fn failure(status: StatusCode) -> Fault {
    let code =
        if status == StatusCode::SERVICE_UNAVAILABLE { "ServiceUnavailableException" } else { "InternalFailure" };
    let answer = json_error(status, &json!({ "__type": code }));
    Fault::Instead(answer.with(HeaderName::from_static("x-amzn-errortype"), code))
}

/// What a load balancer says when nobody is behind it: HTML.
pub fn outage(status: StatusCode) -> Fault {
    let reason = status.canonical_reason().unwrap_or_default();
    Fault::Instead(Answer::html(status, &format!("<html><body><b>Http/1.1 {reason}</b></body> </html>")))
}

/// A list of this operation whose next page is always the first one.
pub fn looping_next(operation: &str) -> Fault {
    Fault::WithMember("nextToken", json!(paging::token(operation, 0)))
}
