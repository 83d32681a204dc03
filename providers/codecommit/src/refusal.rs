//! What AWS's refusals mean, for every request alike.
//!
//! A resource's file first looks for the errors of its own requests and hands the rest to [`refusal`]. The status says
//! little: nearly everything is a 400, and newer services say with a 403 what others say with that. So the error decides,
//! and an unknown one blames neither the key nor a permission: its words are shown.

use countersign_sdk::Reply;
use countersign_sdk::types::{Failure, FailureReason, FieldError, Wait};

use crate::description::REGION;
use crate::error_body::ErrorBody;
use crate::meaning::Meaning;

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
    let mut message = error.text();
    if message.is_empty() {
        message = format!("The server answered {} and gave no reason.", reply.status);
    }
    let says = |reason, message| Failure::new(reason, message).with_status(reply.status);
    let reason = match meaning(reply, &error) {
        Meaning::Page => return reply.unavailable(),
        Meaning::WrongClock => return says(FailureReason::Unavailable, off_time(&message)),
        Meaning::TooMany => {
            let page = reply.page().filter(|_| error.text().is_empty());
            return says(FailureReason::RateLimited(wait(reply)), page.unwrap_or(message));
        }
        Meaning::WrongKey => FailureReason::CredentialRejected,
        Meaning::WrongRegion => misplaced(),
        Meaning::MayNot => FailureReason::PermissionMissing(missing_permission(&message, asked)),
        Meaning::MayNotDecrypt => {
            FailureReason::PermissionMissing("use of the AWS KMS key that encrypts the repository".into())
        }
        Meaning::Forbidden => FailureReason::Protected,
        Meaning::Broken if reply.answers_a_change() => FailureReason::OutcomeUnknown,
        Meaning::Broken | Meaning::NotNow => FailureReason::Unavailable,
        Meaning::NoRepository => FailureReason::NotFound(asked.about.to_owned()),
        Meaning::NoPage => FailureReason::NotFound("page of the list".into()),
        Meaning::WrongName => FailureReason::NameInvalid,
        Meaning::Unknown if reply.is_redirect() => return Failure::unexpected("an answer of AWS's", reply),
        Meaning::Unknown if error.is_gateways => return says(FailureReason::UnexpectedReply, in_front(&message)),
        Meaning::UnusableKey | Meaning::Unknown => FailureReason::UnexpectedReply,
    };
    says(reason, message)
}

fn meaning(reply: &Reply, error: &ErrorBody) -> Meaning {
    let is_page = error.text().is_empty() && reply.is_web_page();
    match (reply.status, Meaning::of(error)) {
        // Whatever the error is called there.
        (429 | 509, _) => Meaning::TooMany,
        (_, Some(known)) => known,
        // Of a gateway's quota.
        (403, None) if reply.retry_after().is_some() => Meaning::TooMany,
        _ if is_page => Meaning::Page,
        (_, None) if reply.is_not_served() => Meaning::NotNow,
        (408 | 500.., None) => Meaning::Broken,
        (200..=299, None) if reply.answers_a_change() => Meaning::Broken,
        _ => Meaning::Unknown,
    }
}

fn off_time(message: &str) -> String {
    format!(
        "AWS refused the request for its time: the clock of the machine that Countersign runs on differs from AWS's. Set the \
         clock of the machine. ({message})"
    )
}

fn in_front(message: &str) -> String {
    format!("An API gateway in front of AWS's services refused this ({message}).")
}

/// Another region or service answers at the address than the one the request was signed for.
fn misplaced() -> FailureReason {
    let message = "The region does not fit the address of CodeCommit or of AWS STS: set the one that answers there.";
    FailureReason::Misconfigured(FieldError::new(REGION, message))
}

/// `User: … is not authorized to perform: codecommit:CreateBranch on resource: …`
fn missing_permission(message: &str, asked: Asked<'_>) -> String {
    let named = message.split_once("to perform: ").and_then(|(_, rest)| rest.split(' ').next());
    let is_action = |name: &&str| {
        name.contains(':') && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":-".contains(&byte))
    };
    named.filter(is_action).unwrap_or(asked.needs).to_owned()
}

/// In a header of AWS's own it stands in milliseconds.
fn wait(reply: &Reply) -> Wait {
    let milliseconds = || reply.header("x-amz-retry-after")?.trim().parse::<u32>().ok();
    let precise = || milliseconds().map(|wait| Wait::Seconds(wait.div_ceil(1000)));
    reply.retry_after().or_else(precise).unwrap_or(Wait::Unknown)
}
