//! What CodeCommit's requests and answers look like: one struct each for all operations, every member left out where it
//! is none. A component carries the writing and reading of two structs instead of twenty, which halves its own part.
//!
//! Shapes only: what a member means is for the resources.

use countersign_sdk::Reply;
use countersign_sdk::types::Failure;
use serde::{Deserialize, Serialize};

/// Reads one part of a success. `expected` names it: `a list of branches`.
///
/// # Errors
/// Where the answer has no such part it is one of something else: `unexpected-reply`, or `outcome-unknown` of a change.
pub fn read<T>(reply: &Reply, expected: &str, part: impl FnOnce(&mut WireAnswer) -> Option<T>) -> Result<T, Failure> {
    let mut answer: WireAnswer = reply.json(expected)?;
    part(&mut answer).ok_or_else(|| of_something_else(reply, expected))
}

fn of_something_else(reply: &Reply, expected: &str) -> Failure {
    if reply.answers_a_change() { Failure::outcome_unknown(reply) } else { Failure::unexpected(expected, reply) }
}

/// The members of all requests.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WireRequest<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository_names: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort_by: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_request_status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_results: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_commit_specifier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_commit_specifier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merge_option: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_conflict_files: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_request_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub targets: Option<[WireTarget<'a>; 1]>,
}

impl<'a> WireRequest<'a> {
    pub fn of(repository: &'a str) -> Self {
        Self { repository_name: Some(repository), ..Self::default() }
    }
}

/// The branches of a new pull request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WireTarget<'a> {
    pub repository_name: &'a str,
    pub source_reference: &'a str,
    pub destination_reference: &'a str,
}

/// The members of all answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WireAnswer {
    /// With their names alone in a list, in full from a batch.
    pub repositories: Option<Vec<WireRepository>>,
    pub errors: Option<Vec<WireError>>,
    pub repository_metadata: Option<WireRepository>,
    pub branches: Option<Vec<String>>,
    pub branch: Option<WireBranch>,
    pub deleted_branch: Option<WireBranch>,
    pub pull_request_ids: Option<Vec<String>>,
    pub pull_request: Option<WirePullRequest>,
    pub base_commit_id: Option<String>,
    pub next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WireRepository {
    pub repository_name: String,
    /// None while the repository is empty.
    pub default_branch: Option<String>,
}

/// Why a repository is missing in a batch.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WireError {
    pub error_code: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WireBranch {
    pub branch_name: String,
    pub commit_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WirePullRequest {
    pub pull_request_id: String,
    pub title: Option<String>,
    pub pull_request_status: Option<String>,
    pub author_arn: Option<String>,
    /// One, for a pull request is of one repository.
    pub pull_request_targets: Option<Vec<WireSides>>,
}

/// The branches of a pull request, as full references.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WireSides {
    pub source_reference: String,
    pub destination_reference: String,
}
