//! The errors of both services: one refusal, said in JSON 1.1 by CodeCommit and in the query protocol's XML by STS.

use http::{HeaderName, StatusCode, header};
use serde_json::json;

use super::service::JSON;
use super::xml;
use crate::standin::git::GitError;
use crate::standin::message::{Answer, Request};

/// A request that was not done.
#[derive(Debug)]
pub(super) struct Refusal {
    /// Name of the error in JSON 1.1.
    code: &'static str,
    message: String,
}

/// An error any operation may answer with, whose name, and status, differ between the protocols.
struct Common {
    json: &'static str,
    json_status: u16,
    query: &'static str,
    query_status: u16,
}

const fn common(json: &'static str, json_status: u16, query: &'static str, query_status: u16) -> Common {
    Common { json, json_status, query, query_status }
}

const COMMON: &[Common] = &[
    common("AccessDeniedException", 400, "AccessDenied", 403),
    common("ExpiredTokenException", 400, "ExpiredToken", 403),
    common("IncompleteSignatureException", 400, "IncompleteSignature", 400),
    common("InternalFailure", 500, "InternalFailure", 500),
    common("InvalidSignatureException", 400, "SignatureDoesNotMatch", 403),
    common("MissingAuthenticationTokenException", 400, "MissingAuthenticationToken", 403),
    common("NotServed", 501, "NotServed", 501),
    common("ServiceUnavailableException", 503, "ServiceUnavailable", 503),
    common("ThrottlingException", 400, "Throttling", 400),
    common("UnknownOperationException", 400, "InvalidAction", 400),
    common("UnrecognizedClientException", 400, "InvalidClientTokenId", 403),
];

/// The framework below the service: it names its own errors with a namespace in one place and without in another.
const FRAMEWORK: &str = "com.amazon.coral.service";
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

impl Refusal {
    pub(super) fn new(code: &'static str, message: &str) -> Refusal {
        Refusal { code, message: message.to_owned() }
    }

    pub(super) fn invalid_signature(message: &str) -> Refusal {
        Refusal::new("InvalidSignatureException", message)
    }

    pub(super) fn unrecognized_client() -> Refusal {
        Refusal::new("UnrecognizedClientException", "The security token included in the request is invalid.")
    }

    pub(super) fn expired_token() -> Refusal {
        Refusal::new("ExpiredTokenException", "The security token included in the request is expired")
    }

    pub(super) fn missing_authentication() -> Refusal {
        Refusal::new("MissingAuthenticationTokenException", "Request is missing Authentication Token")
    }

    /// What the stand-in does not serve, whatever AWS says to it.
    pub(super) fn not_served(request: &Request, operation: &str) -> Refusal {
        Refusal::new("NotServed", &request.not_served(operation))
    }

    pub(super) fn unknown_operation(message: &str) -> Refusal {
        Refusal::new("UnknownOperationException", message)
    }

    /// A body that is no JSON object, or a member of the wrong type.
    pub(super) fn serialization(message: &str) -> Refusal {
        Refusal::new("SerializationException", message)
    }

    pub(super) fn throttled() -> Refusal {
        Refusal::new("ThrottlingException", "Rate exceeded")
    }

    /// As CodeCommit says it. Which of the two spellings the message's member has depends on who found the error.
    pub(super) fn into_json(self) -> Answer {
        let common = COMMON.iter().find(|common| common.json == self.code);
        let capital = matches!(self.code, "AccessDeniedException" | "SerializationException");
        let of_framework = matches!(self.code, "SerializationException" | "UnrecognizedClientException");
        let kind = if of_framework { format!("{FRAMEWORK}#{}", self.code) } else { self.code.to_owned() };
        let body = json!({ "__type": kind, (if capital { "Message" } else { "message" }): self.message });
        let header = match common {
            Some(_) => format!("{}:http://internal.amazon.com/coral/{FRAMEWORK}/", self.code),
            None => self.code.to_owned(),
        };
        json_error(status(common.map_or(400, |common| common.json_status)), &body).with(ERROR_TYPE, &header)
    }

    /// As STS says it to who asks for JSON.
    pub(super) fn into_query_json(self, request_id: &str) -> Answer {
        let (code, status, blame) = self.in_query();
        let error = json!({ "Code": code, "Message": self.message, "Type": blame });
        let answer = Answer::json(status, &json!({ "Error": error, "RequestId": request_id }));
        answer.with(header::CONTENT_TYPE, "application/json")
    }

    /// As STS says it to everyone else.
    pub(super) fn into_query_xml(self, request_id: &str) -> Answer {
        let (code, status, blame) = self.in_query();
        let error = xml::texts(&[("Type", blame), ("Code", code), ("Message", &self.message)]);
        let body = xml::element("Error", &error) + &xml::texts(&[("RequestId", request_id)]);
        xml::answer(status, "ErrorResponse", &body)
    }

    /// Name and status in the query protocol, and whose fault it is.
    fn in_query(&self) -> (&'static str, StatusCode, &'static str) {
        let common = COMMON.iter().find(|common| common.json == self.code);
        let (code, number) = common.map_or((self.code, 400), |common| (common.query, common.query_status));
        (code, status(number), if number < 500 { "Sender" } else { "Receiver" })
    }
}

pub(super) fn json_error(status: StatusCode, body: &serde_json::Value) -> Answer {
    Answer::json(status, body).with(header::CONTENT_TYPE, JSON)
}

fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// git failing is never an answer of CodeCommit's: the test should see what happened.
impl From<GitError> for Refusal {
    fn from(error: GitError) -> Refusal {
        Refusal::new("InternalFailure", &format!("stand-in: {error}"))
    }
}
