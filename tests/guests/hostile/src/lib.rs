//! A provider that tries what a provider must not do. Which attempt `whoami` makes, the setting `attempt` says; what came of
//! it, where the host let it come back, is the login of the account it returns.
//!
//! Written against the raw bindings, because the SDK offers none of this.

mod handles;
mod resources;
mod send;

use countersign_sdk::bindings::countersign::provider::lending::{Credential, Header};
use countersign_sdk::bindings::countersign::provider::log;
use countersign_sdk::bindings::exports::countersign::provider::provider::Guest;
use countersign_sdk::types::{
    Account, Branch, BranchPage, BranchRules, Comparison, Connection, CreatedBranch, CreatedPullRequest, Deletion,
    Description, Expiry, Failure, FailureReason, Field, FieldError, FieldValue, Identity, Input, Integration, Kind,
    NewBranch, NewPullRequest, Offers, Origin, PullRequestPage, Repository, RepositoryPage, Revocation, Scheme,
    TextLimits, UserCredentials,
};

use self::send::send;

/// The component, whose every function is an attempt or nothing.
pub struct Hostile;

#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code, reason = "generated")]
const _: () = {
    countersign_sdk::bindings::export_component!(Hostile with_types_in countersign_sdk::bindings);
};

impl Guest for Hostile {
    fn describe() -> Description {
        let field = |name: &str, input| Field {
            name: name.into(),
            label: name.into(),
            help: String::new(),
            required: true,
            input,
            example: String::new(),
        };
        Description {
            id: "hostile".into(),
            version: "0.1.0".into(),
            label: "Hostile".into(),
            kinds: vec![Kind {
                id: "hostile".into(),
                label: "Hostile".into(),
                settings: vec![
                    field("base_url", Input::Url),
                    field("attempt", Input::Text),
                    field("with", Input::Text),
                ],
                credential: vec![field("token", Input::Secret)],
                scheme: Scheme::Bearer("token".into()),
                permissions: vec![],
                credential_help: String::new(),
                pull_request_label: "pull request".into(),
                branch_rules: BranchRules { max_bytes: 100, refuses_commit_ids: false, case_insensitive: false },
                text_limits: TextLimits { title_chars: 255, description_chars: 65_536 },
            }],
        }
    }

    fn connect(_kind: String, settings: Vec<FieldValue>) -> Result<Connection, Vec<FieldError>> {
        let base_url = setting(&settings, "base_url");
        Ok(Connection {
            origins: vec![Origin { url: base_url.clone(), aws: None }],
            web_url: base_url,
            credential_pages: vec![],
            credential_list_page: None,
            grant: None,
            user_credentials: UserCredentials::Supported,
            offers: Offers { drafts: true, reviewers: true, revocation: true },
        })
    }

    fn whoami(at: Integration, by: &Credential) -> Result<Identity, Failure> {
        let (base_url, with) = (setting(&at.settings, "base_url"), setting(&at.settings, "with"));
        let seen = match setting(&at.settings, "attempt").as_str() {
            "ask" => send(by, &format!("{base_url}/user"), vec![]),
            "set-header" => send(by, &format!("{base_url}/user"), vec![Header { name: with, value: "mine".into() }]),
            "go-elsewhere" => send(by, &with, vec![]),
            "write-log" => {
                log::emit(log::Level::Info, &with);
                "written".to_owned()
            }
            "flood-log" => {
                (0..100_000).for_each(|_| log::emit(log::Level::Error, &with));
                "written".to_owned()
            }
            "hand-over" => {
                log::emit(log::Level::Error, &"x".repeat(20 << 20));
                "handed over".to_owned()
            }
            "huge-answer" => "x".repeat(8 << 20),
            "keep-handle" => handles::keep(by),
            "use-kept-handle" => handles::use_kept(&base_url),
            "forge-handle" => handles::forge(&base_url),
            "drop-handle-twice" => handles::drop_twice(by),
            "loop" => resources::turn_for_ever(),
            "recurse" => resources::recurse(0).to_string(),
            "take-memory" => resources::take_memory(),
            "send-for-ever" => loop {
                send(by, &format!("{base_url}/user"), vec![]);
            },
            "long-answer" => "x".repeat(2 << 20),
            _ => panic!("trap with {with}"),
        };
        Ok(Identity { account: Account { id: "1".into(), login: seen }, permissions: vec![], expiry: Expiry::Unknown })
    }

    fn revoke_credential(_: Integration, _: &Credential) -> Result<Revocation, Failure> {
        Err(nothing())
    }

    fn list_repositories(
        _: Integration,
        _: &Credential,
        _: Option<String>,
        _: Option<String>,
        _: u32,
    ) -> Result<RepositoryPage, Failure> {
        Err(nothing())
    }

    fn get_repository(_: Integration, _: &Credential, _: String) -> Result<Repository, Failure> {
        Err(nothing())
    }

    fn list_branches(
        _: Integration,
        _: &Credential,
        _: String,
        _: Option<String>,
        _: Option<String>,
        _: u32,
    ) -> Result<BranchPage, Failure> {
        Err(nothing())
    }

    fn find_branch(_: Integration, _: &Credential, _: String, _: String) -> Result<Option<Branch>, Failure> {
        Err(nothing())
    }

    fn create_branch(_: Integration, _: &Credential, _: String, _: NewBranch) -> Result<CreatedBranch, Failure> {
        Err(nothing())
    }

    fn delete_branch(_: Integration, _: &Credential, _: String, _: String) -> Result<Deletion, Failure> {
        Err(nothing())
    }

    fn compare_branches(
        _: Integration,
        _: &Credential,
        _: String,
        _: String,
        _: String,
    ) -> Result<Comparison, Failure> {
        Err(nothing())
    }

    fn create_pull_request(
        _: Integration,
        _: &Credential,
        _: String,
        _: NewPullRequest,
    ) -> Result<CreatedPullRequest, Failure> {
        Err(nothing())
    }

    fn pull_request_template(_: Integration, _: &Credential, _: String, _: String) -> Result<Option<String>, Failure> {
        Err(nothing())
    }

    fn find_pull_requests(
        _: Integration,
        _: &Credential,
        _: String,
        _: String,
        _: Option<String>,
        _: Option<String>,
    ) -> Result<PullRequestPage, Failure> {
        Err(nothing())
    }
}

fn setting(settings: &[FieldValue], name: &str) -> String {
    settings.iter().find(|field| field.name == name).map(|field| field.value.clone()).unwrap_or_default()
}

fn nothing() -> Failure {
    Failure { reason: FailureReason::UnexpectedReply, message: String::new(), status: None, help_url: None }
}
