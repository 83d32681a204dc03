//! A daemon's insides with one integration, a clock that is set by hand, and a provider that answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Map;
use tempfile::TempDir;
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

use crate::app::{App, SharedApp};
use crate::clock::ManualClock;
use crate::config::Settings as Flags;
use crate::operate::{Ask, entry, make_setup_link};
use model::{
    Account, ActAs, AuditEvent, Branch, BranchName, BranchNaming, BranchRules, Connection, ConnectorId, CreatedBranch,
    CreatedPullRequest, Deletion, Description, Expiry, Failure, FailureReason, Field, Identity, Input, IntegrationId,
    IntegrationRecord, JiraUser, Kind, KindId, Mappings, NeededPermission, NetworkRules, NewBranch, NewPullRequest,
    Origin, Page, Permission, PermissionState, ProjectKey, Projects, ProviderId, ProviderRecord, PullRequest,
    Repository, RepositoryId, Revocation, Scheme, Settings, TextLimits, Timestamp, UserCredentials,
};
use sandbox::{ConnectError, Link, Provider, fingerprint};

pub const PUBLIC_URL: &str = "https://pat.example.com/sub";
pub const PAT: &str = "pat_0123456789abcdef+/=";
/// [`PAT`] as a browser sends it.
pub const SENT_PAT: &str = "pat_0123456789abcdef%2B%2F%3D";
pub const LINK_LIFETIME_MS: i64 = 30 * 60 * 1000;
const COMPONENT: &[u8] = b"native";

pub struct World {
    pub app: SharedApp,
    pub clock: Arc<ManualClock>,
    pub provider: Arc<Scripted>,
    _dir: TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_, _| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut IntegrationRecord, &mut Kind)) -> Self {
        let (mut integration, mut kind) = (integration(), kind());
        change(&mut integration, &mut kind);
        let provider = Arc::new(Scripted::describing(kind));
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::parse("2026-11-22T12:00:00Z").unwrap()));
        let flags =
            Flags { public_url: Some(PUBLIC_URL.into()), data_dir: Some(dir.path().join("data")), ..Flags::default() };
        let app = App::open(flags.resolve().unwrap(), clock.clone()).unwrap();
        app.registry.insert(fingerprint(COMPONENT), provider.clone());
        let world = Self { app, clock, provider, _dir: dir };
        world.fill(integration).await;
        world
    }

    async fn fill(&self, integration: IntegrationRecord) {
        let audit = || entry(&self.app, &ask("ann"), AuditEvent::Changed, "test.fill", Map::new());
        let record = ProviderRecord {
            description: self.provider.description.clone(),
            sha256: fingerprint(COMPONENT),
            size_bytes: COMPONENT.len() as u64,
            registered_at: integration.created_at,
        };
        self.app.store.put_provider(record, COMPONENT.to_vec(), audit()).await.unwrap();
        self.app.store.add_integration(integration, None, audit()).await.unwrap();
    }

    /// Path of a new link for a Jira user.
    pub async fn link(&self, user: &str) -> String {
        self.link_back_to(user, Some("https://jira.example.com/browse/ABC-1")).await
    }

    pub async fn link_back_to(&self, user: &str, return_to: Option<&str>) -> String {
        let link = make_setup_link(&self.app, &ask(user), return_to.map(str::to_owned)).await.unwrap();
        link.url.strip_prefix(PUBLIC_URL).unwrap().to_owned()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], "").await
    }

    /// As a browser posts it.
    pub async fn post(&self, path: &str, body: &str) -> Answer {
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", "https://pat.example.com"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send(Method::POST, path, &headers, body).await
    }

    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = crate::ui::router(self.app.clone()).oneshot(request).await.unwrap();
        Answer::read(response).await
    }

    /// What the page for this user says of a saved credential, and nothing where there is none.
    pub async fn saved_account(&self, user: &str) -> Option<String> {
        let user = JiraUser::parse(user).unwrap();
        let pats = self.app.store.pats_of(&user).await.unwrap();
        let (_, metadata) = pats.into_iter().next()?;
        Some(metadata.account.map_or_else(|| "unchecked".into(), |account| account.login))
    }
}

impl Answer {
    async fn read(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Self { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).unwrap() }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where the form on the page goes, below the public URL.
    pub fn action(&self) -> &str {
        let (_, after) = self.body.split_once("action=\"/sub").expect("a form");
        after.split_once('"').unwrap().0
    }

    #[track_caller]
    pub fn expect(&self, status: u16, texts: &[&str]) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        for text in texts {
            assert!(self.body.contains(text), "{text:?} is not in {}", self.body);
        }
        if self.header(header::CONTENT_TYPE.as_str()).starts_with("text/html") {
            assert_eq!(self.header("cache-control"), "no-store");
            assert!(!self.body.contains(PAT) && !self.body.contains("pat_0123"), "{}", self.body);
        }
        self
    }

    #[track_caller]
    pub fn lacks(&self, texts: &[&str]) -> &Self {
        for text in texts {
            assert!(!self.body.contains(text), "{text:?} is in {}", self.body);
        }
        self
    }
}

/// A provider linked in natively. Knows whose a credential is, in the order it was told, and nothing else.
pub struct Scripted {
    description: Description,
    script: Mutex<VecDeque<Result<Identity, Failure>>>,
    /// One permit for every answer that may go out.
    pub gate: Semaphore,
}

impl Scripted {
    fn describing(kind: Kind) -> Self {
        Self {
            description: Description {
                id: ProviderId::parse("git-server").unwrap(),
                version: "1.0.0".into(),
                label: "Git Server".into(),
                kinds: vec![kind],
            },
            script: Mutex::default(),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
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
        Err(ConnectError::Failed(not_scripted()))
    }

    async fn whoami(&self, _: Link) -> Result<Identity, Failure> {
        self.gate.acquire().await.unwrap().forget();
        let answer = self.script.lock().unwrap().pop_front();
        answer.unwrap_or_else(|| Err(not_scripted()))
    }

    async fn revoke_credential(&self, _: Link) -> Result<Revocation, Failure> {
        Err(not_scripted())
    }

    async fn list_repositories(
        &self,
        _: Link,
        _: Option<String>,
        _: Option<String>,
    ) -> Result<Page<Repository>, Failure> {
        Err(not_scripted())
    }

    async fn get_repository(&self, _: Link, _: &RepositoryId) -> Result<Repository, Failure> {
        Err(not_scripted())
    }

    async fn list_branches(
        &self,
        _: Link,
        _: &RepositoryId,
        _: Option<String>,
        _: Option<String>,
    ) -> Result<Page<Branch>, Failure> {
        Err(not_scripted())
    }

    async fn find_branch(&self, _: Link, _: &RepositoryId, _: &BranchName) -> Result<Option<Branch>, Failure> {
        Err(not_scripted())
    }

    async fn create_branch(&self, _: Link, _: &RepositoryId, _: &NewBranch) -> Result<CreatedBranch, Failure> {
        Err(not_scripted())
    }

    async fn delete_branch(&self, _: Link, _: &RepositoryId, _: &BranchName) -> Result<Deletion, Failure> {
        Err(not_scripted())
    }

    async fn create_pull_request(
        &self,
        _: Link,
        _: &RepositoryId,
        _: &NewPullRequest,
    ) -> Result<CreatedPullRequest, Failure> {
        Err(not_scripted())
    }

    async fn pull_request_template(
        &self,
        _: Link,
        _: &RepositoryId,
        _: &BranchName,
    ) -> Result<Option<String>, Failure> {
        Err(not_scripted())
    }

    async fn find_pull_requests(
        &self,
        _: Link,
        _: &RepositoryId,
        _: &BranchName,
        _: Option<&BranchName>,
        _: Option<String>,
    ) -> Result<Page<PullRequest>, Failure> {
        Err(not_scripted())
    }
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

fn ask(user: &str) -> Ask {
    Ask {
        connector: ConnectorId::parse("jira").unwrap(),
        user: JiraUser::parse(user).unwrap(),
        project: ProjectKey::parse("ABC").unwrap(),
        may_view_development_tools: true,
        integration: IntegrationId::parse("acme").unwrap(),
        act_as: ActAs::User,
        request_id: "test".into(),
        attempt_token: String::new(),
    }
}

fn integration() -> IntegrationRecord {
    let at = Timestamp::parse("2026-11-01").unwrap();
    let origin = Origin { url: "https://git.example.com".into(), aws: None };
    IntegrationRecord {
        id: IntegrationId::parse("acme").unwrap(),
        name: "Acme Inc.".into(),
        provider: ProviderId::parse("git-server").unwrap(),
        kind: KindId::parse("git-server").unwrap(),
        settings: Settings::new(),
        connection: Connection {
            origins: vec![origin],
            web_url: "https://git.example.com".into(),
            credential_page: Some("https://git.example.com/tokens".into()),
            user_credentials: UserCredentials::Supported,
        },
        network: NetworkRules::default(),
        projects: Projects::All,
        require_user_pat: true,
        naming: BranchNaming::default(),
        mappings: Mappings::default(),
        account: None,
        created_at: at,
        updated_at: at,
    }
}

fn kind() -> Kind {
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
        branch_rules: BranchRules { max_bytes: 244, refuses_commit_ids: false, case_insensitive: false },
        text_limits: TextLimits::LEAST,
    }
}
