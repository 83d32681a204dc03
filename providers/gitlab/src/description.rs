//! What the provider says of itself at installation: kinds, forms, scheme, permissions. Values only.

use countersign_sdk::types::{BranchRules, CustomHeader, Field, Input, Kind, NeededPermission, Scheme, TextLimits};

/// GitLab.com.
pub const CLOUD: &str = "gitlab";
/// A GitLab somebody runs themselves.
pub const SELF_MANAGED: &str = "gitlab-self-managed";
/// The one setting of [`SELF_MANAGED`].
pub const BASE_URL: &str = "base_url";

/// The one scope that writes by the REST API: `write_repository` is for git itself.
pub const API_SCOPE: &str = "api";
/// The lowest role that may create branches and merge requests. A matter of the account in each project, not of the
/// token, so no `whoami` can tell of it.
pub const DEVELOPER: &str = "Developer role";

/// The lowest role that may read the code of every project and its merge requests.
pub const REPORTER: &str = "Reporter role";

const TOKEN: &str = "token";

/// GitLab names no limit. A file's name has 255 bytes, of which a reference's lock takes five for `.lock`.
const MAX_BRANCH_BYTES: u32 = 255 - ".lock".len() as u32;

/// GitLab's model of a merge request: `title` at most 255 characters, a draft's mark among them, `description` at most
/// 1,048,576.
const TEXT_LIMITS: TextLimits = TextLimits { title_chars: 255 - "Draft: ".len() as u32, description_chars: 1_048_576 };

pub fn kinds() -> Vec<Kind> {
    vec![kind(CLOUD, "GitLab.com", vec![]), kind(SELF_MANAGED, "GitLab self-managed", vec![base_url_field()])]
}

fn kind(id: &str, label: &str, settings: Vec<Field>) -> Kind {
    Kind {
        id: id.into(),
        label: label.into(),
        settings,
        credential: vec![token_field()],
        scheme: Scheme::CustomHeader(CustomHeader { name: "PRIVATE-TOKEN".into(), value: TOKEN.into() }),
        permissions: vec![NeededPermission {
            name: API_SCOPE.into(),
            needed_for: "list repositories, create and delete branches, find and create merge requests".into(),
        }],
        credential_help: "In GitLab choose your avatar, Edit profile, Access tokens, and make a personal access token \
                          with the scope api. In the projects you work in you need at least the Developer role."
            .into(),
        pull_request_label: "merge request".into(),
        branch_rules: BranchRules { max_bytes: MAX_BRANCH_BYTES, refuses_commit_ids: true, case_insensitive: false },
        text_limits: TEXT_LIMITS,
    }
}

fn token_field() -> Field {
    Field {
        name: TOKEN.into(),
        label: "Personal access token".into(),
        help: "With the scope api; it is stored sealed and never shown again.".into(),
        required: true,
        input: Input::Secret,
        example: "glpat-…".into(),
    }
}

fn base_url_field() -> Field {
    Field {
        name: BASE_URL.into(),
        label: "Server address".into(),
        help: "Where people open GitLab in a browser, with its path if it is not at the root of its host.".into(),
        required: true,
        input: Input::Url,
        example: "https://gitlab.example.com".into(),
    }
}
