//! What every hostile guest is but for its attack: a provider of one kind, whose `whoami` is the attack and whose every other
//! function is nothing. What came of an attack, where the host let it come back, is the login of the account that is returned.
//!
//! Written against the raw bindings, because the SDK offers none of this. Each guest is an example of this crate, a component of its
//! own, and has a test of its name in `tests/tests/hostile/`: one without does not build.

use std::marker::PhantomData;

pub use countersign_sdk::bindings::countersign::provider::lending::{Credential, Header, Method, Request};
pub use countersign_sdk::bindings::countersign::provider::log;
pub use countersign_sdk::bindings::exports::countersign::provider::provider::Guest;
pub use countersign_sdk::types::{Connection, Description, FieldError, FieldValue, Kind, Origin};

use countersign_sdk::types::{
    Account, Branch, BranchPage, BranchRules, Comparison, CreatedBranch, CreatedPullRequest, Deletion, Expiry, Failure,
    FailureReason, Field, Identity, Input, Integration, NewBranch, NewPullRequest, Offers, PullRequestPage, Repository,
    RepositoryPage, Revocation, Scheme, TextLimits, UserCredentials,
};

/// What an attack is told.
pub struct Asked {
    /// Where the git server is.
    pub base_url: String,
    /// Whatever the test says.
    pub with: String,
}

/// One attack.
pub trait Attack {
    /// With a credential that was lent. Asks whose it is unless the attack is elsewhere.
    fn attempt(asked: &Asked, by: &Credential) -> String {
        send(by, &format!("{}/user", asked.base_url), vec![])
    }

    /// Of the provider, before anybody uses it.
    fn describe() -> Description {
        description()
    }

    /// Of an integration, with what an administrator entered.
    fn connect(settings: &[FieldValue]) -> Connection {
        connection(settings)
    }
}

/// Makes the component of an attack, whose name is that of a type.
#[macro_export]
macro_rules! guest {
    ($attack:ident) => {
        type It = $crate::Hostile<$attack>;
        #[cfg(target_arch = "wasm32")]
        #[allow(unsafe_code, reason = "generated")]
        const _: () = {
    countersign_sdk::bindings::export_component!(It with_types_in countersign_sdk::bindings);
        };
        // Elsewhere nothing is exported, and so that it is looked at all the same.
        #[cfg(not(target_arch = "wasm32"))]
        const _: fn() -> $crate::Description = <It as $crate::Guest>::describe;
    };
}

/// What an ordinary request with the lent credential comes to: status and the start of the body, or the code of the host's
/// refusal.
pub fn send(by: &Credential, url: &str, headers: Vec<Header>) -> String {
    match by.send(&Request { method: Method::Get, url: url.to_owned(), headers, body: None, reads_only: false }) {
        Ok(response) => {
            let body: String =
                String::from_utf8_lossy(&response.body).chars().filter(|char| !char.is_control()).take(200).collect();
            format!("{} {body}", response.status)
        }
        Err(failure) => failure.code,
    }
}

/// An honest description.
pub fn description() -> Description {
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
            settings: vec![field("base_url", Input::Url), field("with", Input::Text)],
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

/// An honest connection: to where the settings say.
pub fn connection(settings: &[FieldValue]) -> Connection {
    let base_url = setting(settings, "base_url");
    Connection {
        origins: vec![Origin { url: base_url.clone(), aws: None }],
        web_url: base_url,
        credential_pages: vec![],
        credential_list_page: None,
        grant: None,
        user_credentials: UserCredentials::Supported,
        offers: Offers { drafts: true, reviewers: true, revocation: true },
    }
}

/// What an administrator entered under a name.
pub fn setting(settings: &[FieldValue], name: &str) -> String {
    settings.iter().find(|field| field.name == name).map(|field| field.value.clone()).unwrap_or_default()
}

/// The provider that makes the attack.
pub struct Hostile<A>(PhantomData<A>);

impl<A: Attack> Guest for Hostile<A> {
    fn describe() -> Description {
        A::describe()
    }

    fn connect(_kind: String, settings: Vec<FieldValue>) -> Result<Connection, Vec<FieldError>> {
        Ok(A::connect(&settings))
    }

    fn whoami(at: Integration, by: &Credential) -> Result<Identity, Failure> {
        let asked = Asked { base_url: setting(&at.settings, "base_url"), with: setting(&at.settings, "with") };
        let login = A::attempt(&asked, by);
        Ok(Identity { account: Account { id: "1".into(), login }, permissions: vec![], expiry: Expiry::Unknown })
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

fn nothing() -> Failure {
    Failure { reason: FailureReason::UnexpectedReply, message: String::new(), status: None, help_url: None }
}
