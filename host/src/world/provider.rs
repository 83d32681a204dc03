//! A provider that answers as it is told.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use tokio::sync::Semaphore;

use model::operation::{
    CheckCredential, CompareBranches, CreateBranch, CreatePullRequest, DeleteBranch, GetRepository, ListBranches,
    ListRepositories, LookUp, RevokeCredential,
};
use model::{
    Account, Branch, BranchName, BranchRules, Comparison, Connection, CreatedBranch, CreatedPullRequest, Deletion,
    Description, Expiry, Failure, FailureReason, Field, Identity, Input, Kind, KindId, NeededPermission, NewBranch,
    NewPullRequest, Page, PageLimit, Permission, PermissionState, ProviderId, PullRequest, Repository, RepositoryId,
    Revocation, Scheme, Settings, Standing, TextLimits,
};
use sandbox::{ConnectError, Link, Provider};

/// A provider linked in natively. Knows whose a credential is, in the order it was told, and nothing else.
pub struct Scripted {
    description: Description,
    script: Mutex<VecDeque<Result<Identity, Failure>>>,
    /// The only one there is, and the branches that were made in it.
    repository: Mutex<Option<(Repository, Vec<NewBranch>)>>,
    /// One permit for every answer that may go out.
    pub gate: Semaphore,
    /// One for every PAT of which it may say whether it forgot it.
    pub forgetting: Semaphore,
    /// Whether it can.
    forgets: AtomicBool,
}

impl Scripted {
    pub fn describing(kind: Kind) -> Self {
        Self {
            description: Description {
                id: ProviderId::parse("git-server").unwrap(),
                version: "1.0.0".into(),
                label: "Git Server".into(),
                kinds: vec![kind],
            },
            script: Mutex::default(),
            repository: Mutex::default(),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
            forgetting: Semaphore::new(Semaphore::MAX_PERMITS),
            forgets: AtomicBool::new(false),
        }
    }

    pub fn answers(&self, answer: Result<Identity, Failure>) {
        self.script.lock().unwrap().push_back(answer);
    }

    pub fn refuses(&self, reason: FailureReason, message: &str) {
        self.answers(Err(Failure::new(reason, message)));
    }

    pub fn knows(&self, login: &str) {
        self.answers(Ok(identity(login)));
    }

    /// Every PAT it is asked to, from now on.
    pub fn forgets(&self) {
        self.forgets.store(true, Ordering::Relaxed);
    }

    /// There is one repository from now on, `octo-org/hello`, called so, with one branch, `main`.
    pub fn holds(&self, name: &str) {
        let repository = Repository {
            id: RepositoryId::parse("octo-org/hello").unwrap(),
            name: name.into(),
            default_branch: Some("main".into()),
            web_url: "https://git.example.com/octo-org/hello".into(),
            is_private: false,
            is_read_only: false,
        };
        *self.repository.lock().unwrap() = Some((repository, Vec::new()));
    }

    /// What was made, in order, as `name from base`.
    pub fn made(&self) -> Vec<String> {
        let made = |(_, made): &(_, Vec<NewBranch>)| {
            made.iter().map(|branch| format!("{} from {}", branch.name, branch.base)).collect()
        };
        self.repository.lock().unwrap().as_ref().map(made).unwrap_or_default()
    }

    fn held(&self) -> Result<Repository, Failure> {
        self.repository.lock().unwrap().as_ref().map(|(held, _)| held.clone()).ok_or_else(not_scripted)
    }

    pub fn unused_answers(&self) -> usize {
        self.script.lock().unwrap().len()
    }
}

#[async_trait]
impl Provider for Scripted {
    fn description(&self) -> &Description {
        &self.description
    }

    async fn connect(&self, _: &KindId, _: &Settings) -> Result<Connection, ConnectError> {
        Ok(super::connection())
    }

    async fn whoami(&self, _: Link<CheckCredential>) -> Result<Identity, Failure> {
        self.gate.acquire().await.unwrap().forget();
        let answer = self.script.lock().unwrap().pop_front();
        answer.unwrap_or_else(|| Err(not_scripted()))
    }

    async fn revoke_credential(&self, _: Link<RevokeCredential>) -> Result<Revocation, Failure> {
        self.forgetting.acquire().await.unwrap().forget();
        if self.forgets.load(Ordering::Relaxed) { Ok(Revocation::Revoked) } else { Err(not_scripted()) }
    }

    async fn list_repositories(
        &self,
        _: Link<ListRepositories>,
        _: Option<String>,
        _: Option<String>,
        _: PageLimit,
    ) -> Result<Page<Repository>, Failure> {
        Ok(page(vec![self.held()?]))
    }

    async fn get_repository(&self, _: Link<GetRepository>, _: &RepositoryId) -> Result<Repository, Failure> {
        self.held()
    }

    async fn list_branches(
        &self,
        _: Link<ListBranches>,
        _: &RepositoryId,
        query: Option<String>,
        _: Option<String>,
        _: PageLimit,
    ) -> Result<Page<Branch>, Failure> {
        self.held()?;
        // A search finds parts of names, as those of git servers do.
        let found = query.map(|query| branch(&format!("bugfix/{query}0-pay")));
        Ok(page(found.into_iter().chain([branch("main")]).collect()))
    }

    async fn find_branch(&self, _: Link<LookUp>, _: &RepositoryId, _: &BranchName) -> Result<Option<Branch>, Failure> {
        Err(not_scripted())
    }

    async fn create_branch(
        &self,
        _: Link<CreateBranch>,
        _: &RepositoryId,
        new: &NewBranch,
    ) -> Result<CreatedBranch, Failure> {
        let mut repository = self.repository.lock().unwrap();
        let (_, made) = repository.as_mut().ok_or_else(not_scripted)?;
        made.push(new.clone());
        Ok(CreatedBranch { branch: branch(new.name.as_str()), standing: Standing::Created, credited_to: None })
    }

    async fn delete_branch(
        &self,
        _: Link<DeleteBranch>,
        _: &RepositoryId,
        _: &BranchName,
    ) -> Result<Deletion, Failure> {
        Err(not_scripted())
    }

    async fn compare_branches(
        &self,
        _: Link<CompareBranches>,
        _: &RepositoryId,
        _: &BranchName,
        _: &BranchName,
    ) -> Result<Comparison, Failure> {
        Err(not_scripted())
    }

    async fn create_pull_request(
        &self,
        _: Link<CreatePullRequest>,
        _: &RepositoryId,
        _: &NewPullRequest,
    ) -> Result<CreatedPullRequest, Failure> {
        Err(not_scripted())
    }

    async fn pull_request_template(
        &self,
        _: Link<LookUp>,
        _: &RepositoryId,
        _: &BranchName,
    ) -> Result<Option<String>, Failure> {
        Err(not_scripted())
    }

    async fn find_pull_requests(
        &self,
        _: Link<LookUp>,
        _: &RepositoryId,
        _: &BranchName,
        _: Option<&BranchName>,
        _: Option<String>,
    ) -> Result<Page<PullRequest>, Failure> {
        Err(not_scripted())
    }
}

fn page<T>(items: Vec<T>) -> Page<T> {
    Page { items, next: None, partial: None }
}

fn branch(name: &str) -> Branch {
    let commit = Some("0123456789abcdef0123456789abcdef01234567".into());
    Branch { name: name.into(), commit, is_default: None, is_protected: None, web_url: None }
}

fn not_scripted() -> Failure {
    Failure::new(FailureReason::ProviderFailed, "not in the script")
}

pub fn identity(login: &str) -> Identity {
    let permission = |name: &str, state| Permission { name: name.into(), state };
    Identity {
        account: Account { id: format!("id of {login}"), login: login.into() },
        permissions: vec![
            permission("branches: write", PermissionState::Present),
            permission("pull requests: write", PermissionState::Absent),
            permission("organisation: read", PermissionState::CannotTell),
        ],
        expiry: Expiry::Unknown,
    }
}

pub fn kind() -> Kind {
    let field = |name: &str, label: &str, required, input| Field {
        name: name.into(),
        label: label.into(),
        help: format!("Help on {name}."),
        required,
        input,
        example: format!("an example {name}"),
    };
    let needed = |name: &str, needed_for: &str| NeededPermission { name: name.into(), needed_for: needed_for.into() };
    Kind {
        id: KindId::parse("git-server").unwrap(),
        label: "Git Server".into(),
        settings: vec![],
        credential: vec![
            field("user", "User name", true, Input::Text),
            field("realm", "Realm", false, Input::Choice(vec!["east".into(), "west".into()])),
            field("token", "Personal access token", true, Input::Secret),
        ],
        scheme: Scheme::Bearer { token: "token".into() },
        permissions: vec![
            needed("branches: write", "create and delete branches"),
            needed("pull requests: write", "create pull requests"),
            needed("organisation: read", "list repositories"),
        ],
        credential_help: "Make a token under Settings, with the permissions below.".into(),
        pull_request_label: "pull request".into(),
        branch_rules: BranchRules { max_bytes: 244, refuses_commit_ids: false, case_insensitive: false },
        text_limits: TextLimits::LEAST,
    }
}
