//! What both services answer beside the errors their models list: the ones common to all of AWS, as its documentation's prose,
//! recordings and reports have them.

/// An error that any operation may answer with.
pub struct CommonError {
    pub name: &'static str,
    pub status: u16,
    pub reason: &'static str,
}

const fn error(name: &'static str, status: u16, reason: &'static str) -> CommonError {
    CommonError { name, status, reason }
}

/// Whether an error of this name and status is one of them.
pub(super) fn is_common(errors: &[CommonError], name: &str, status: u16) -> bool {
    errors.iter().any(|error| (error.name, error.status) == (name, status))
}

/// CodeCommit's, by their names in JSON 1.1.
pub static CODECOMMIT: &[CommonError] = &[
    error("AccessDeniedException", 400, "a policy does not allow it; never hidden as something missing"),
    error("ExpiredTokenException", 400, "the time of a temporary key is over"),
    error("IncompleteSignatureException", 400, "an Authorization header with parts missing"),
    error("InternalFailure", 500, "the service failed"),
    error("InvalidSignatureException", 400, "wrong secret, wrong scope, or a clock that is off"),
    error("MissingAuthenticationTokenException", 400, "no signature at all"),
    error("SerializationException", 400, "a body that is no JSON object, or a member of the wrong type"),
    error("ServiceUnavailableException", 503, "the service is overloaded"),
    error("ThrottlingException", 400, "too many requests"),
    error("UnknownOperationException", 400, "a target that names no operation"),
    error("UnrecognizedClientException", 400, "an unknown key, or a temporary one without its session token"),
];

/// STS's, by their names in the query protocol.
pub static STS: &[CommonError] = &[
    error("ExpiredToken", 403, "the time of a temporary key is over"),
    error("IncompleteSignature", 400, "an Authorization header with parts missing"),
    error("InternalFailure", 500, "the service failed"),
    error("InvalidAction", 400, "an action or version that does not exist"),
    error("InvalidClientTokenId", 403, "an unknown key, or a temporary one without its session token"),
    error("MissingAction", 400, "no action"),
    error("MissingAuthenticationToken", 403, "no signature at all"),
    error("SignatureDoesNotMatch", 403, "wrong secret, wrong scope, or a clock that is off"),
    error("Throttling", 400, "too many requests"),
];

/// Statuses of answers in HTML, from a load balancer with nobody behind it.
pub static OUTAGES: &[u16] = &[502, 503, 504];
