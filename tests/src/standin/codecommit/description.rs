//! Holds requests and answers against the vendor's service models: CodeCommit's as a JSON Schema of its shapes, STS's as
//! published.
//!
//! In both directions, like [`conformance`](crate::standin::conformance) does for OpenAPI. Unknown members are found too,
//! although the schemas would let them pass: a misspelt one is a client's likeliest mistake. What the models leave out and the
//! servers answer all the same is in [`deviations`](super::deviations).

mod query;
mod shapes;
mod unlisted;

use std::path::Path;

use http::Method;
use serde_json::Value;

use super::deviations::{self, is_common};
use super::service::{self, JSON};
use crate::standin::conformance::{Findings, ReadError, read_json};
use crate::standin::message::{Answer, Request};
use crate::standin::record::Recorded;
use query::QueryModel;
use shapes::Shapes;

/// Both models.
pub struct Description {
    /// `x-operations`: input, output and errors by operation.
    operations: Value,
    shapes: Shapes,
    sts: QueryModel,
}

impl Description {
    /// `codecommit.schema.json` and the service model of STS.
    pub fn open(codecommit: &Path, sts: &Path) -> Result<Description, ReadError> {
        let mut document = read_json(codecommit)?;
        unlisted::add_to(&mut document);
        let operations = document["x-operations"].clone();
        let unusable = |message| ReadError::Schema { path: codecommit.to_owned(), message };
        let shapes = Shapes::of(document).map_err(unusable)?;
        Ok(Description { operations, shapes, sts: QueryModel(read_json(sts)?) })
    }

    /// Whether the request is one the model allows: operation, media type, input.
    pub fn check_request(&self, recorded: &Recorded) -> Result<(), Findings> {
        let request = &recorded.request;
        if is_query(request) {
            return verdict(request, self.sts.request_findings(request));
        }
        verdict(request, self.request_findings(request))
    }

    /// Whether the answer is one the model allows for its request: output, or one of the operation's errors.
    pub fn check_answer(&self, recorded: &Recorded) -> Result<(), Findings> {
        let (request, Some(answer)) = (&recorded.request, &recorded.answer) else {
            return Ok(());
        };
        if is_outage(answer) {
            return Ok(());
        }
        if is_query(request) {
            return verdict(request, self.sts.answer_findings(request, answer));
        }
        verdict(request, self.answer_findings(request, answer))
    }

    pub fn check_exchange(&self, recorded: &Recorded) -> Result<(), Findings> {
        let both = [self.check_request(recorded), self.check_answer(recorded)];
        let found: Findings = both.into_iter().filter_map(Result::err).flatten().collect();
        if found.is_empty() { Ok(()) } else { Err(found) }
    }

    fn operation(&self, request: &Request) -> Option<&Value> {
        self.operations.get(service::operation(request)?)
    }

    fn request_findings(&self, request: &Request) -> Findings {
        let mut found = Findings::new();
        if request.method != Method::POST || request.target() != "/" {
            found.push("not a POST to /".to_owned());
        }
        if request.header("content-type") != Some(JSON) {
            found.push(format!("the media type is not {}", JSON));
        }
        match (self.operation(request), request.json()) {
            (None, _) => found.push("the operation is not described".to_owned()),
            (_, None) => found.push("the body is not JSON".to_owned()),
            (Some(operation), Some(body)) => found.extend(self.shapes.findings(&operation["input"], &body, "input")),
        }
        found
    }

    fn answer_findings(&self, request: &Request, answer: &Answer) -> Findings {
        let operation = self.operation(request).unwrap_or(&Value::Null);
        let body = answer.json_body();
        let mut found = Findings::new();
        if answer.header("x-amzn-requestid").is_none() && answer.status.is_success() {
            found.push("no request id".to_owned());
        }
        match (answer.status.as_u16(), body) {
            (200, None) if operation["output"]["$ref"].is_null() && answer.body.is_empty() => {}
            (200, None) => found.push("the output is not JSON".to_owned()),
            (200, Some(body)) => found.extend(self.shapes.findings(&operation["output"], &body, "output")),
            (_, None) => found.push(format!("the body of {} is not JSON", answer.status.as_u16())),
            (status, Some(body)) => found.extend(error_findings(operation, status, &body)),
        }
        found
    }
}

fn error_findings(operation: &Value, status: u16, body: &Value) -> Findings {
    let mut found = Findings::new();
    let kind = body["__type"].as_str().unwrap_or_default();
    let name = kind.rsplit('#').next().unwrap_or_default();
    let of_operation = operation["errors"].as_array().is_some_and(|errors| errors.iter().any(|error| error == name));
    if !(of_operation && status == 400 || is_common(deviations::CODECOMMIT, name, status)) {
        found.push(format!("{status} {name:?} is no error of the operation and no common one"));
    }
    for (member, value) in body.as_object().into_iter().flatten() {
        if !matches!(member.as_str(), "__type" | "message" | "Message") || !value.is_string() {
            found.push(format!("{member} is no member of an error"));
        }
    }
    found
}

/// Requests without a target are for STS.
fn is_query(request: &Request) -> bool {
    !request.headers.contains_key("x-amz-target")
}

fn is_outage(answer: &Answer) -> bool {
    let html = answer.header("content-type").is_some_and(|media| media.starts_with("text/html"));
    html && deviations::OUTAGES.contains(&answer.status.as_u16())
}

fn verdict(request: &Request, found: Findings) -> Result<(), Findings> {
    let operation = service::operation(request).unwrap_or("STS");
    let found: Findings = found.into_iter().map(|finding| format!("{operation}: {finding}")).collect();
    if found.is_empty() { Ok(()) } else { Err(found) }
}
