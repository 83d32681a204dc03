//! What the provider says of itself at installation: kinds, forms, scheme, permissions. Values only.

use countersign_sdk::types::{BranchRules, Field, Input, Kind, NeededPermission, Scheme, TextLimits};

/// GitHub.com.
pub const CLOUD: &str = "github";
/// GitHub Enterprise Server.
pub const ENTERPRISE: &str = "github-enterprise";
/// The one setting of [`ENTERPRISE`] that it has to have.
pub const BASE_URL: &str = "base_url";
/// A setting of both: among whose repositories is searched.
pub const OWNERS: &str = "owners";

/// One permission under its two names: a classic token has scopes, a fine-grained one has permissions.
pub const CONTENTS: &str = "repo, or Contents: read and write";
/// See [`CONTENTS`].
pub const PULL_REQUESTS: &str = "repo, or Pull requests: read and write";

/// The one classic scope that covers private repositories. `public_repo` alone counts as absent: it does nothing for a
/// private repository, and GitHub would only say so, with a 404, once somebody is in the middle of her work.
pub const NEEDED_SCOPE: &str = "repo";
/// The permissions of a fine-grained token that do the same, as an address has them.
pub const NEEDED_PERMISSIONS: [&str; 2] = ["contents=write", "pull_requests=write"];

const TOKEN: &str = "token";

/// A reference may have 255 bytes, of which `refs/heads/` takes 11.
const MAX_BRANCH_BYTES: u32 = 255 - "refs/heads/".len() as u32;

/// GitHub refuses longer ones: "title is too long (maximum is 256 characters)", "body is too long (maximum is 65536 characters)".
const TEXT_LIMITS: TextLimits = TextLimits { title_chars: 256, description_chars: 65_536 };

pub fn kinds() -> Vec<Kind> {
    vec![
        kind(CLOUD, "GitHub", vec![owners_field()]),
        kind(ENTERPRISE, "GitHub Enterprise Server", vec![base_url_field(), owners_field()]),
    ]
}

fn kind(id: &str, label: &str, settings: Vec<Field>) -> Kind {
    Kind {
        id: id.into(),
        label: label.into(),
        settings,
        credential: vec![token_field()],
        scheme: Scheme::Bearer(TOKEN.into()),
        permissions: vec![
            needed(CONTENTS, "list, create and delete branches"),
            needed(PULL_REQUESTS, "find and create pull requests"),
        ],
        credential_help: "Under Settings, Developer settings, make a classic token with the scope repo, or a \
                          fine-grained token for the repositories you work in with read and write access to Contents \
                          and Pull requests. Where your organization uses single sign-on, authorize the token for it."
            .into(),
        pull_request_label: "pull request".into(),
        branch_rules: BranchRules { max_bytes: MAX_BRANCH_BYTES, refuses_commit_ids: true, case_insensitive: false },
        text_limits: TEXT_LIMITS,
    }
}

fn needed(name: &str, needed_for: &str) -> NeededPermission {
    NeededPermission { name: name.into(), needed_for: needed_for.into() }
}

fn token_field() -> Field {
    Field {
        name: TOKEN.into(),
        label: "Personal access token".into(),
        help: "Classic or fine-grained; it is stored sealed and never shown again.".into(),
        required: true,
        input: Input::Secret,
        example: "ghp_…".into(),
    }
}

fn base_url_field() -> Field {
    Field {
        name: BASE_URL.into(),
        label: "Server address".into(),
        help: "Where people open the server in a browser.".into(),
        required: true,
        input: Input::Url,
        example: "https://github.example.com".into(),
    }
}

fn owners_field() -> Field {
    Field {
        name: OWNERS.into(),
        label: "Owners to search".into(),
        help:
            "Organizations and users whose repositories are searched, with spaces between them. Where none are named, \
               GitHub is asked before a search whose repositories the user worked on last."
                .into(),
        required: false,
        input: Input::Text,
        example: "octo-org octocat".into(),
    }
}
