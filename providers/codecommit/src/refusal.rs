//! What AWS's refusals mean, for every request alike.
//!
//! A resource's file first looks for the errors of its own requests and hands the rest to [`refusal`]. The status says
//! little: nearly everything is a 400, so the error's name decides. A signature that is refused for its time or its
//! region says nothing of the key, so those questions come first.

use countersign_sdk::Reply;
use countersign_sdk::types::{Failure, FailureReason, FieldError, Wait};

use crate::description::REGION;
use crate::error_body::ErrorBody;

/// What was asked, for the words of a refusal.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What cannot be seen when there is no such thing: `repository hello`.
    pub about: &'a str,
    /// What the credential lacks when AWS does not say: `codecommit:GetBranch`.
    pub needs: &'a str,
}

/// The failure an answer stands for that is no success.
pub fn refusal(reply: &Reply, asked: Asked<'_>) -> Failure {
    let error = ErrorBody::of(reply);
    let reason = match error.code.as_str() {
        "" => return no_error_of_aws(reply),
        _ if is_of_the_clock(&error) => return off_time(reply, &error),
        _ if error.says("credential should be scoped to") => misplaced(),
        "UnrecognizedClient"
        | "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "InvalidToken"
        | "ExpiredToken"
        | "InvalidSignature"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature" => FailureReason::CredentialRejected,
        "AccessDenied" => FailureReason::PermissionMissing(missing_permission(&error, asked)),
        "EncryptionKeyAccessDenied" => {
            FailureReason::PermissionMissing("use of the AWS KMS key that encrypts the repository".into())
        }
        "EncryptionIntegrityChecksFailed"
        | "EncryptionKeyDisabled"
        | "EncryptionKeyNotFound"
        | "EncryptionKeyUnavailable" => FailureReason::Unavailable,
        code if is_throttling(code) => FailureReason::RateLimited(wait(reply)),
        "RepositoryDoesNotExist" | "InvalidRepositoryName" => FailureReason::NotFound(asked.about.to_owned()),
        "InvalidContinuationToken" => FailureReason::NotFound("page of the list".into()),
        "InvalidBranchName" | "InvalidReferenceName" => FailureReason::NameInvalid,
        _ if reply.status >= 500 => return reply.unavailable(),
        _ => FailureReason::UnexpectedReply,
    };
    Failure::new(reason, error.text()).with_status(reply.status)
}

fn no_error_of_aws(reply: &Reply) -> Failure {
    match reply.status {
        429 => Failure::new(FailureReason::RateLimited(wait(reply)), "AWS asks to wait.").with_status(429),
        500.. => reply.unavailable(),
        200..=299 if reply.answers_a_change() => Failure::outcome_unknown(reply),
        _ if reply.is_web_page() => reply.unavailable(),
        _ => Failure::unexpected("the answer of AWS", reply),
    }
}

/// A signature is good for five minutes around its time; the key it was made with may be the right one.
fn is_of_the_clock(error: &ErrorBody) -> bool {
    matches!(error.code.as_str(), "RequestExpired" | "RequestTimeTooSkewed")
        || error.says("signature expired")
        || error.says("signature not yet current")
}

fn off_time(reply: &Reply, error: &ErrorBody) -> Failure {
    let message = format!(
        "AWS refused the request for its time. Set the clock of the machine that Countersign runs on. ({})",
        error.text()
    );
    Failure::new(FailureReason::Unavailable, message).with_status(reply.status)
}

/// Another region or service answers at the address than the one the request was signed for.
fn misplaced() -> FailureReason {
    let message = "The region does not fit the address of CodeCommit or of AWS STS: set the one that answers there.";
    FailureReason::Misconfigured(FieldError::new(REGION, message))
}

/// `User: … is not authorized to perform: codecommit:CreateBranch on resource: …`
fn missing_permission(error: &ErrorBody, asked: Asked<'_>) -> String {
    let text = error.text();
    let named = text.split_once("to perform: ").and_then(|(_, rest)| rest.split(' ').next());
    let is_action =
        |name: &&str| name.contains(':') && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b':');
    named.filter(is_action).unwrap_or(asked.needs).to_owned()
}

fn is_throttling(code: &str) -> bool {
    matches!(
        code,
        "Throttling"
            | "Throttled"
            | "ThrottledRequest"
            | "RequestThrottled"
            | "TooManyRequests"
            | "RequestLimitExceeded"
            | "SlowDown"
    )
}

fn wait(reply: &Reply) -> Wait {
    let seconds = reply.header("retry-after").and_then(|seconds| seconds.trim().parse().ok());
    seconds.map_or(Wait::Unknown, Wait::Seconds)
}
