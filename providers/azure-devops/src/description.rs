//! What the provider says of itself at installation: kinds, forms, scheme, permissions. Values only.

use countersign_sdk::types::{Basic, BasicUser, BranchRules, Field, Input, Kind, NeededPermission, Scheme, TextLimits};

use crate::version::SERVERS;

/// Azure DevOps Services at dev.azure.com.
pub const SERVICES: &str = "azure-devops";
/// The same service under its old host, visualstudio.com.
pub const VSTS: &str = "vsts";
/// Team Foundation Server and Azure DevOps Server.
pub const SERVER: &str = "tfs";

/// The setting of [`SERVICES`] and [`VSTS`].
pub const ORGANIZATION: &str = "organization";
/// The settings of [`SERVER`].
pub const COLLECTION_URL: &str = "collection_url";
/// See [`COLLECTION_URL`].
pub const VERSION: &str = "version";

/// Scopes of a token, as the page of tokens calls them.
pub const CODE_READ: &str = "Code (Read)";
/// See [`CODE_READ`].
pub const CODE_WRITE: &str = "Code (Read & write)";
/// Only for reviewers.
pub const IDENTITY_READ: &str = "Identity (Read)";

const TOKEN: &str = "token";
const USERNAME: &str = "username";

/// Longest branch name the server takes.
const MAX_BRANCH_BYTES: u32 = 250;

/// The forms of the web pages take no more: 400 characters of a title, 4000 of a description.
const TEXT_LIMITS: TextLimits = TextLimits { title_chars: 400, description_chars: 4000 };

pub fn kinds() -> Vec<Kind> {
    vec![
        hosted(SERVICES, "Azure DevOps Services", "https://dev.azure.com/acme"),
        hosted(VSTS, "Visual Studio Team Services (VSTS)", "https://acme.visualstudio.com"),
        server(),
    ]
}

fn hosted(id: &str, label: &str, example: &str) -> Kind {
    let organization = Field {
        name: ORGANIZATION.into(),
        label: "Organization".into(),
        help: "Its name, or the address where people open it in a browser.".into(),
        required: true,
        input: Input::Text,
        example: example.into(),
    };
    Kind {
        id: id.into(),
        label: label.into(),
        settings: vec![organization],
        credential: vec![token_field("Personal access token", "It is stored sealed and never shown again.")],
        // The server takes a token with any user name.
        scheme: basic(BasicUser::Fixed(String::new())),
        permissions: permissions(),
        credential_help:
            "Under User settings, Personal access tokens, make a token for this organization with the scope \
                          Code (Read & write). Add Identity (Read) if you want to name reviewers of pull requests."
                .into(),
        pull_request_label: "pull request".into(),
        branch_rules: branch_rules(),
        text_limits: TEXT_LIMITS,
    }
}

fn server() -> Kind {
    let username = Field {
        name: USERNAME.into(),
        label: "User name".into(),
        help: r"Leave it empty with a token. With a password, DOMAIN\user.".into(),
        required: false,
        input: Input::Text,
        example: r"ACME\jira".into(),
    };
    let token_help = "A token where the server has them (2017 and later). It is stored sealed and never shown again.";
    Kind {
        id: SERVER.into(),
        label: "Azure DevOps Server or Team Foundation Server (TFS)".into(),
        settings: vec![collection_url_field(), version_field()],
        credential: vec![username, token_field("Personal access token, or password", token_help)],
        scheme: basic(BasicUser::Field(USERNAME.into())),
        permissions: permissions(),
        credential_help:
            "On the Security page of your profile, under Personal access tokens, make a token with the scope \
                          Code (Read & write). Add Identity (Read) if you want to name reviewers of pull requests."
                .into(),
        pull_request_label: "pull request".into(),
        branch_rules: branch_rules(),
        text_limits: TEXT_LIMITS,
    }
}

fn basic(user: BasicUser) -> Scheme {
    Scheme::Basic(Basic { user, password: TOKEN.into() })
}

fn permissions() -> Vec<NeededPermission> {
    let needed = |name: &str, needed_for: &str| NeededPermission { name: name.into(), needed_for: needed_for.into() };
    vec![
        needed(CODE_READ, "list repositories, branches and pull requests"),
        needed(CODE_WRITE, "create and delete branches, create pull requests"),
    ]
}

fn branch_rules() -> BranchRules {
    BranchRules { max_bytes: MAX_BRANCH_BYTES, refuses_commit_ids: false, case_insensitive: true }
}

fn token_field(label: &str, help: &str) -> Field {
    Field {
        name: TOKEN.into(),
        label: label.into(),
        help: help.into(),
        required: true,
        input: Input::Secret,
        example: String::new(),
    }
}

fn collection_url_field() -> Field {
    Field {
        name: COLLECTION_URL.into(),
        label: "Collection address".into(),
        help: "Where people open the project collection in a browser, with the collection's name at the end.".into(),
        required: true,
        input: Input::Url,
        example: "https://tfs.example.com/tfs/DefaultCollection".into(),
    }
}

fn version_field() -> Field {
    Field {
        name: VERSION.into(),
        label: "Server version".into(),
        help: "The year in the server's name, updates left aside. For Azure DevOps Server 2022 or later choose 2022."
            .into(),
        required: true,
        input: Input::Choice(SERVERS.iter().map(|version| version.choice.to_owned()).collect()),
        example: String::new(),
    }
}
