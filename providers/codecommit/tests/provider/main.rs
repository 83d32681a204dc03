//! The provider against scripts of requests and answers: what goes out is compared to the letter, what comes back is
//! what AWS was seen or is documented to say.

mod account;
mod branches;
mod comparison;
mod connect;
mod open_pull_requests;
mod pull_requests;
mod recorded;
mod refusal_table;
mod refusals;
mod repositories;

use countersign_sdk::testing::{Answer, Expected, Script, post};
use countersign_sdk::types::{FieldValue, Integration};
use serde_json::{Value, json};

pub const API: &str = "https://codecommit.us-east-1.amazonaws.com";
pub const STS: &str = "https://sts.us-east-1.amazonaws.com";
pub const CONSOLE: &str = "https://us-east-1.console.aws.amazon.com/codesuite/codecommit/repositories";
pub const REPO: &str = "hello";
pub const COMMIT: &str = "aa218f56b14c9653891f9e74264a383fa43fefbd";
pub const OTHER_COMMIT: &str = "bb218f56b14c9653891f9e74264a383fa43fefbd";
pub const ANN: &str = "arn:aws:iam::111122223333:user/ann";

pub fn at() -> Integration {
    integration(&[("region", "us-east-1")])
}

pub fn integration(settings: &[(&str, &str)]) -> Integration {
    let setting = |(name, value): &(&str, &str)| FieldValue { name: (*name).into(), value: (*value).into() };
    Integration { kind: "codecommit".into(), settings: settings.iter().map(setting).collect() }
}

/// Expects an operation that changes nothing.
pub fn reads(operation: &str, body: Value) -> Expected {
    changes(operation, body).reading()
}

/// Expects an operation that changes something.
pub fn changes(operation: &str, body: Value) -> Expected {
    post(API).header("x-amz-target", &format!("CodeCommit_20150413.{operation}")).json(body)
}

pub fn script(steps: impl IntoIterator<Item = (Expected, Answer)>) -> Script {
    steps.into_iter().fold(Script::new(), |script, (expected, answer)| script.step(expected, answer))
}

pub fn ok(body: Value) -> Answer {
    of_aws(Answer::json(200, body))
}

/// The same answer with the header that all of AWS's have.
pub fn of_aws(answer: Answer) -> Answer {
    answer.header("x-amzn-requestid", "6f3b9c0e-1111-4222-8333-444455556666")
}

/// CodeCommit's error answers.
pub fn error(name: &str, message: &str) -> Answer {
    of_aws(Answer::json(400, json!({ "__type": name, "message": message })))
}

/// What IAM says of an action that no policy allows.
pub fn denied(action: &str) -> Answer {
    let message = format!(
        "User: {ANN} is not authorized to perform: {action} on resource: arn:aws:codecommit:us-east-1:111122223333:{REPO} \
         because no identity-based policy allows the {action} action"
    );
    Answer::json(400, json!({ "__type": "AccessDeniedException", "Message": message }))
}

/// What IAM says of an action that a policy forbids.
pub fn explicitly_denied(action: &str) -> Answer {
    let message = format!(
        "User: {ANN} is not authorized to perform: {action} on resource: arn:aws:codecommit:us-east-1:111122223333:{REPO} \
         with an explicit deny in an identity-based policy"
    );
    Answer::json(400, json!({ "__type": "AccessDeniedException", "Message": message }))
}

/// Looks where a branch stands.
pub fn asks_for(branch: &str) -> Expected {
    reads("GetBranch", json!({ "repositoryName": REPO, "branchName": branch }))
}

pub fn stands(branch: &str, commit: &str) -> Answer {
    ok(json!({ "branch": { "branchName": branch, "commitId": commit } }))
}

pub fn no_branch() -> Answer {
    error("BranchDoesNotExistException", "The specified branch does not exist.")
}
