//! What the provider says of itself at installation: the kind, its forms, scheme and permissions. Values only.

use countersign_sdk::types::{AwsKeys, BranchRules, Field, Input, Kind, NeededPermission, Scheme, TextLimits};

/// The one kind.
pub const CODECOMMIT: &str = "codecommit";

/// The settings of [`CODECOMMIT`].
pub const REGION: &str = "region";
/// See [`REGION`].
pub const ENDPOINT: &str = "endpoint";
/// See [`REGION`].
pub const STS_ENDPOINT: &str = "sts_endpoint";

/// The permissions, which are lists of IAM's actions.
pub const LIST: &str = "codecommit:ListRepositories";
/// See [`LIST`].
pub const READ: &str =
    "codecommit:BatchGetRepositories, codecommit:GetRepository, codecommit:ListBranches, codecommit:GetBranch";
/// See [`LIST`].
pub const BRANCHES: &str = "codecommit:CreateBranch, codecommit:DeleteBranch";
/// See [`LIST`].
pub const PULL_REQUESTS: &str = "codecommit:CreatePullRequest, codecommit:ListPullRequests, codecommit:GetPullRequest, \
                                 codecommit:GetMergeConflicts";

const ACCESS_KEY_ID: &str = "access_key_id";
const SECRET_ACCESS_KEY: &str = "secret_access_key";
const SESSION_TOKEN: &str = "session_token";

/// Longest branch name. AWS counts characters, so that only names in ASCII may be as long.
const MAX_BRANCH_BYTES: u32 = 256;

/// The service model's `Title` and `Description`.
const TEXT_LIMITS: TextLimits = TextLimits { title_chars: 150, description_chars: 10_240 };

pub fn kinds() -> Vec<Kind> {
    vec![Kind {
        id: CODECOMMIT.into(),
        label: "AWS CodeCommit".into(),
        settings: settings(),
        credential: credential(),
        scheme: Scheme::AwsSigv4(AwsKeys {
            access_key_id: ACCESS_KEY_ID.into(),
            secret_access_key: SECRET_ACCESS_KEY.into(),
            session_token: Some(SESSION_TOKEN.into()),
        }),
        permissions: vec![
            needed(LIST, "list repositories"),
            needed(READ, "read repositories and their branches"),
            needed(BRANCHES, "create and delete branches"),
            needed(PULL_REQUESTS, "find and create pull requests"),
        ],
        credential_help: "In the AWS console open IAM, Security credentials, and create an access key; your IAM \
                          user or role needs the CodeCommit actions named here. A temporary key (its id begins \
                          with ASIA) also needs its session token; AWS does not tell when it ends, so enter that \
                          yourself."
            .into(),
        pull_request_label: "pull request".into(),
        branch_rules: BranchRules { max_bytes: MAX_BRANCH_BYTES, refuses_commit_ids: true, case_insensitive: false },
        text_limits: TEXT_LIMITS,
    }]
}

fn settings() -> Vec<Field> {
    vec![
        field(REGION, "Region", "The AWS region the repositories are in.", true, Input::Text, "us-east-1"),
        field(
            ENDPOINT,
            "CodeCommit address",
            "Only for a FIPS or VPC endpoint; left empty, it is the region's public one.",
            false,
            Input::Url,
            "https://codecommit-fips.us-east-1.amazonaws.com",
        ),
        field(
            STS_ENDPOINT,
            "AWS STS address",
            "The service that says whose an access key is; left empty, it is the region's public one.",
            false,
            Input::Url,
            "https://sts.us-east-1.amazonaws.com",
        ),
    ]
}

fn credential() -> Vec<Field> {
    vec![
        field(ACCESS_KEY_ID, "Access key ID", "", true, Input::Text, "AKIA…"),
        field(
            SECRET_ACCESS_KEY,
            "Secret access key",
            "It is stored sealed and never shown again.",
            true,
            Input::Secret,
            "",
        ),
        field(
            SESSION_TOKEN,
            "Session token",
            "Only for a temporary key, whose id begins with ASIA.",
            false,
            Input::Secret,
            "",
        ),
    ]
}

fn needed(name: &str, needed_for: &str) -> NeededPermission {
    NeededPermission { name: name.into(), needed_for: needed_for.into() }
}

fn field(name: &str, label: &str, help: &str, required: bool, input: Input, example: &str) -> Field {
    Field { name: name.into(), label: label.into(), help: help.into(), required, input, example: example.into() }
}
