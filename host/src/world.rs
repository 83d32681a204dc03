//! A daemon's insides with one integration, a clock that is set by hand, and a provider that answers as it is told.

mod provider;

use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Map;
use tempfile::TempDir;
use tokio::sync::OnceCell;
use tower::ServiceExt as _;

use self::provider::kind;
pub use self::provider::{Scripted, identity};
use crate::clock::ManualClock;
use crate::config::Settings as Flags;
use crate::operate::administration::{self, Administration};
use crate::operate::{self, App, AppParts, Ask, Asker, SharedApp, make_setup_link};
use crate::request::Limits;
use crate::{serve, token};
use crypto::{MasterKey, SystemRandom};
use model::{
    ActAs, ActingUser, Actor, AuditEvent, BranchNaming, Connection, Connector, ConnectorId, CredentialPage,
    DisplayName, IntegrationId, IntegrationRecord, JiraUser, Kind, KindId, Mappings, NetworkRules, NewAuditEntry,
    Origin, ProjectKey, Projects, ProviderId, ProviderRecord, Revision, Settings, SiteId, Timestamp, TokenLabel,
    UserCredentials,
};
use sandbox::lend::Lender;
use sandbox::{Egress, Engine, Provider as _, Registry, fingerprint};
use store::{SharedStore, SqliteStore};

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
    pub store: SharedStore,
    router: axum::Router,
    connector_key: OnceCell<SecretString>,
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
        Self::within(Limits::default(), change).await
    }

    pub async fn within(limits: Limits, change: impl FnOnce(&mut IntegrationRecord, &mut Kind)) -> Self {
        let (mut integration, mut kind) = (integration(), kind());
        change(&mut integration, &mut kind);
        let provider = Arc::new(Scripted::describing(kind));
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::parse("2026-11-22T12:00:00Z").unwrap()));
        let (key, random) = (MasterKey::random(&SystemRandom), Arc::new(SystemRandom));
        let path = dir.path().join("countersign.db");
        let store: SharedStore =
            Arc::new(SqliteStore::open(&path, key.audit_key(), &key.check(), model::Clock::now(&*clock)).unwrap());
        let registry = Registry::new(Engine::new().unwrap());
        registry.insert(fingerprint(COMPONENT), provider.clone());
        let flags =
            Flags { public_url: Some(PUBLIC_URL.into()), data_dir: Some(dir.path().into()), ..Flags::default() };
        let egress = Egress::with_system_certificates();
        let app = Arc::new(App::from(AppParts {
            config: flags.resolve().unwrap(),
            store: store.clone(),
            registry,
            lender: Lender::new(&key, random.clone(), egress, clock.clone()),
            cursor_key: key.cursor_key(),
            clock: clock.clone(),
            random,
        }));
        let router = serve::router(app.clone(), limits);
        let world = Self { app, clock, provider, store, router, connector_key: OnceCell::new(), _dir: dir };
        world.fill(integration).await;
        operate::prepare(&world.app).await;
        world
    }

    async fn fill(&self, integration: IntegrationRecord) {
        let record = ProviderRecord {
            description: self.provider.description().clone(),
            sha256: fingerprint(COMPONENT),
            size_bytes: COMPONENT.len() as u64,
            registered_at: integration.created_at,
            revision: Revision::FIRST,
        };
        self.store.put_provider(record, COMPONENT.to_vec(), self.entry()).await.unwrap();
        self.store.add_integration(integration, None, self.entry()).await.unwrap();
    }

    /// A connector's token for a Jira user in the project `ABC`, good for one change.
    pub async fn connector_token(&self, user: &str) -> String {
        let (id, random) = (ConnectorId::parse("jira").unwrap(), SystemRandom.of_ring());
        let pem = self.connector_key.get_or_init(async || {
            let (private, key) = token::generate_ed25519(&random).unwrap();
            let connector = Connector {
                id: id.clone(),
                site: SiteId::default(),
                name: DisplayName::parse("Jira").unwrap(),
                key,
                return_origins: vec![],
                created_at: self.app.clock.now(),
                revision: Revision::FIRST,
            };
            self.store.add_connector(connector, self.entry()).await.unwrap();
            private
        });
        let claims = token::NewClaims {
            connector: &id,
            user: &JiraUser::parse(user).unwrap(),
            projects: &[ProjectKey::parse("ABC").unwrap()],
            audience: PUBLIC_URL,
            token_id: &token::new_token_id(&random).unwrap(),
            issued_at: self.app.clock.now(),
            lifetime_s: 60,
        };
        token::sign(pem.await.expose_secret(), &claims, &random).unwrap()
    }

    pub async fn admin_token(&self) -> String {
        let by = Administration { actor: Actor::CommandLine, request_id: String::new() };
        let label = TokenLabel::parse(&*crypto::random_id(&SystemRandom)).unwrap();
        administration::add_token(&self.app, &by, label, None).await.unwrap().secret.to_string()
    }

    /// Changes the integration as an administrator would, whatever its provider says.
    pub async fn change_integration(&self, change: impl FnOnce(&mut IntegrationRecord)) {
        let mut record = self.store.integrations().await.unwrap().remove(0);
        change(&mut record);
        let keep = store::OwnCredentialChange::Keep;
        self.store.change_integration(record, keep, self.entry()).await.unwrap();
    }

    /// An administrator has the integration lead elsewhere.
    pub async fn moves_to(&self, url: &str) {
        let origins = vec![Origin { url: url.into(), aws: None }];
        self.change_integration(|integration| integration.connection.origins = origins).await;
    }

    fn entry(&self) -> NewAuditEntry {
        NewAuditEntry {
            at: self.app.clock.now(),
            event: AuditEvent::Changed,
            subject: "test.fill",
            actor: Actor::Daemon,
            integration: None,
            request_id: String::new(),
            refers_to: None,
            details: Map::new(),
        }
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
        self.answer(request).await
    }

    pub async fn answer(&self, request: Request<Body>) -> Answer {
        Answer::read(self.router.clone().oneshot(request).await.unwrap()).await
    }

    /// What the page for this user says of a saved credential, and nothing where there is none.
    pub async fn saved_account(&self, user: &str) -> Option<String> {
        let pats = self.store.pats_of(&acting(user)).await.unwrap();
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

pub fn acting(user: &str) -> ActingUser {
    ActingUser { site: SiteId::default(), id: JiraUser::parse(user).unwrap() }
}

fn ask(user: &str) -> Ask {
    let asker = Asker {
        connector: ConnectorId::parse("jira").unwrap(),
        user: acting(user),
        project: ProjectKey::parse("ABC").unwrap(),
        may_view_development_tools: true,
        request_id: "test".into(),
    };
    Ask { asker, integration: IntegrationId::parse("acme").unwrap(), act_as: ActAs::User, attempt_token: String::new() }
}

fn integration() -> IntegrationRecord {
    let at = Timestamp::parse("2026-11-01").unwrap();
    let origin = Origin { url: "https://git.example.com".into(), aws: None };
    IntegrationRecord {
        id: IntegrationId::parse("acme").unwrap(),
        name: DisplayName::parse("Acme Inc.").unwrap(),
        provider: ProviderId::parse("git-server").unwrap(),
        kind: KindId::parse("git-server").unwrap(),
        settings: Settings::new(),
        connection: Connection {
            origins: vec![origin],
            web_url: "https://git.example.com".into(),
            credential_pages: vec![CredentialPage {
                label: "Access token".into(),
                url: "https://git.example.com/tokens/new?until={expires-on}".into(),
            }],
            credential_list_page: Some("https://git.example.com/tokens".into()),
            grant: None,
            user_credentials: UserCredentials::Supported,
        },
        network: NetworkRules::default(),
        projects: Projects::All,
        require_user_pat: true,
        naming: BranchNaming::default(),
        mappings: Mappings::default(),
        own_given_to: None,
        account: None,
        created_at: at,
        updated_at: at,
        revision: Revision::FIRST,
    }
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Every line that is logged meanwhile, and what came of it.
pub async fn logged<T>(work: impl Future<Output = T>) -> (String, T) {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone()).finish();
    // While one subscriber is alive, whether anybody listens to a line is asked on the thread that comes by first, which may be
    // another test's, and remembered. With a second one alive the subscribers are asked.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let _guard = tracing::subscriber::set_default(subscriber);
    let done = work.await;
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    (log, done)
}
