//! A daemon's insides with one integration, a clock that is set by hand, and a provider that answers as it is told.

mod pats;
mod provider;

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
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
use crate::operate::{self, App, AppParts, Asker, SharedApp, make_page_link};
use crate::request::Limits;
use crate::{serve, token};
use crypto::{MasterKey, SystemRandom};
use model::{
    ActingUser, Actor, AuditEvent, BranchNaming, Connection, Connector, ConnectorId, CredentialPage, DisplayName,
    Features, IntegrationId, IntegrationRecord, IssueKey, JiraUser, Kind, KindId, Mappings, NetworkRules,
    NewAuditEntry, Offers, Origin, PageContext, PageIssue, PageName, ProjectKey, Projects, ProviderId, ProviderRecord,
    Rejection, Revision, Rules, Settings, SiteId, Timestamp, TokenLabel, UserCredentials, UserNames,
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
    cookies: Mutex<BTreeMap<String, Cookie>>,
    _dir: TempDir,
}

/// What a browser keeps of a visit, and what its pages have in their forms.
#[derive(Debug, Clone, Default)]
struct Cookie {
    line: String,
    proof: String,
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
        let (answers, now) = (key.answer_key(random.clone()), model::Clock::now(&*clock));
        let store = SqliteStore::open(&path, key.audit_key(), &key.check(), answers, now);
        let store: SharedStore = Arc::new(store.unwrap());
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
            form_key: key.form_key(),
            clock: clock.clone(),
            random,
        }));
        let router = serve::router(app.clone(), limits);
        let world = Self {
            app,
            clock,
            provider,
            store,
            router,
            connector_key: OnceCell::new(),
            cookies: Mutex::default(),
            _dir: dir,
        };
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
        self.store.put_provider(record, COMPONENT.to_vec(), None, self.entry()).await.unwrap();
        self.store.add_integration(integration, None, self.entry()).await.unwrap();
    }

    /// A connector's token for a Jira user in the project `ABC`, good for one change.
    pub async fn connector_token(&self, user: &str) -> String {
        let (id, random) = (ConnectorId::parse("jira").unwrap(), SystemRandom.of_ring());
        let pem = self.connector_key.get_or_init(|| self.add_connector("jira", "https://jira.example.com"));
        let claims = token::NewClaims {
            connector: &id,
            user: &JiraUser::parse(user).unwrap(),
            names: &UserNames::default(),
            projects: &[ProjectKey::parse("ABC").unwrap()],
            audience: PUBLIC_URL,
            token_id: &token::new_token_id(&random).unwrap(),
            issued_at: self.app.clock.now(),
            lifetime_s: 60,
        };
        token::sign(pem.await.expose_secret(), &claims, &random).unwrap()
    }

    /// Registers a connector whose pages are on an origin. Its private key.
    pub async fn add_connector(&self, id: &str, origin: &str) -> SecretString {
        let (private, key) = token::generate_ed25519(&SystemRandom.of_ring()).unwrap();
        let connector = Connector {
            id: ConnectorId::parse(id).unwrap(),
            site: SiteId::default(),
            name: DisplayName::parse("Jira").unwrap(),
            key,
            return_origins: vec![origin.into()],
            created_at: self.app.clock.now(),
            last_used_at: None,
            revision: Revision::FIRST,
        };
        self.store.add_connector(connector, self.entry()).await.unwrap();
        private
    }

    /// An administrator removes the connector whose links these are.
    pub async fn remove_connector(&self) {
        let by = Administration { actor: Actor::CommandLine, request_id: String::new() };
        let id = ConnectorId::parse("jira").unwrap();
        administration::remove_connector(&self.app, &by, &id, &administration::Expected::Any).await.unwrap();
    }

    /// Somebody registers a connector in the place of the one there was.
    pub async fn replace_connector(&self) {
        let mut connector = self.store.connectors().await.unwrap().remove(0);
        self.store.remove_connector(&connector.id, None, self.entry()).await.unwrap();
        connector.created_at = self.app.clock.now();
        self.store.add_connector(connector, self.entry()).await.unwrap();
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

    /// The git server refuses the integration's own credential.
    pub async fn refuses_own(&self, why: &str) {
        let record = self.store.integrations().await.unwrap().remove(0);
        let rejection = Rejection { at: self.app.clock.now(), why: why.into() };
        assert!(self.store.note_own_rejection(&record.id, record.revision, rejection, self.entry()).await.unwrap());
    }

    /// An administrator has the integration lead elsewhere.
    pub async fn moves_to(&self, url: &str) {
        let origins = vec![Origin { url: url.into(), aws: None }];
        self.change_integration(|integration| integration.connection.origins = origins).await;
    }

    pub fn entry(&self) -> NewAuditEntry {
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

    /// Path of the page where a Jira user saves a PAT, in a visit that has begun.
    pub async fn link(&self, user: &str) -> String {
        self.link_back_to(user, Some("https://jira.example.com/browse/ABC-1")).await
    }

    pub async fn link_back_to(&self, user: &str, return_to: Option<&str>) -> String {
        let context = PageContext { return_to: return_to.map(str::to_owned), ..set_up() };
        let link = self.page_link(user, context).await;
        self.begun(&link).await
    }

    /// Path of a new one-time link.
    pub async fn page_link(&self, user: &str, context: PageContext) -> String {
        // The connector that asks for it is there.
        self.connector_token(user).await;
        let link = make_page_link(&self.app, &asker(user), context).await.unwrap();
        link.url.strip_prefix(PUBLIC_URL).unwrap().to_owned()
    }

    /// Begins a visit as a browser does, and keeps its cookie. The path of its first page.
    pub async fn begun(&self, link: &str) -> String {
        let begun = self.post(link, "").await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.body);
        self.keeps(&begun).await
    }

    /// Follows the way to the first page of a visit with the cookie that came with it. The path of that page.
    pub async fn keeps(&self, begun: &Answer) -> String {
        let (path, cookie) = (begun.location().split('?').next().unwrap().to_owned(), begun.cookie().to_owned());
        let folder = path.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        self.cookies.lock().unwrap().insert(folder.clone(), Cookie { line: cookie, proof: String::new() });
        let page = self.get(&path).await;
        if let Some((_, after)) = page.body.split_once("name=\"proof\" value=\"") {
            let proof = after.split_once('"').unwrap().0.to_owned();
            self.cookies.lock().unwrap().get_mut(&folder).unwrap().proof = proof;
        }
        path
    }

    fn cookie(&self, path: &str) -> Option<Cookie> {
        let folder = path.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        self.cookies.lock().unwrap().get(&folder).cloned()
    }

    pub async fn get(&self, path: &str) -> Answer {
        let cookie = self.cookie(path).map(|cookie| cookie.line).unwrap_or_default();
        let headers = [("cookie", cookie.as_str())];
        self.send(Method::GET, path, if cookie.is_empty() { &[] } else { &headers }, "").await
    }

    /// As a browser posts it, from the page that was shown.
    pub async fn post(&self, path: &str, body: &str) -> Answer {
        let cookie = self.cookie(path).unwrap_or_default();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", "https://pat.example.com"),
            ("sec-fetch-site", "same-origin"),
            ("cookie", cookie.line.as_str()),
        ];
        let body = if cookie.proof.is_empty() { body.to_owned() } else { format!("{body}&proof={}", cookie.proof) };
        self.send(Method::POST, path, &headers, &body).await
    }

    /// The same, and where a browser is led to by the answer: what is done is shown by GET.
    pub async fn post_and_see(&self, path: &str, body: &str) -> Answer {
        let answer = self.post(path, body).await;
        answer.expect(303, &[]);
        self.get(answer.location()).await
    }

    /// What a browser keeps of the visit a path is of: its cookie, as it is sent, and the proof in its pages' forms.
    pub fn kept_of(&self, path: &str) -> (String, String) {
        let cookie = self.cookie(path).expect("a visit that has begun");
        (cookie.line, cookie.proof)
    }

    /// A form, with headers and cookies of the test's own.
    pub async fn post_as(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        self.send(Method::POST, path, &[&form, headers].concat(), body).await
    }

    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        self.answer(request).await
    }

    pub async fn answer(&self, mut request: Request<Body>) -> Answer {
        let host = HeaderValue::from_static("pat.example.com");
        request.headers_mut().entry(header::HOST).or_insert(host);
        self.answer_as_it_is(request).await
    }

    /// To a request that may have no `Host`.
    pub async fn answer_as_it_is(&self, request: Request<Body>) -> Answer {
        Answer::read(self.router.clone().oneshot(request).await.unwrap()).await
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

    /// Where the browser is sent, below the public URL.
    pub fn location(&self) -> &str {
        self.header("location").strip_prefix("/sub").expect("a way on")
    }

    /// The cookie that the browser is to keep, as it sends it.
    pub fn cookie(&self) -> &str {
        self.header("set-cookie").split(';').next().unwrap_or_default()
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

pub fn asker(user: &str) -> Asker {
    Asker {
        connector: ConnectorId::parse("jira").unwrap(),
        user: acting(user),
        names: UserNames::default(),
        project: ProjectKey::parse("ABC").unwrap(),
        may_view_development_tools: true,
        request_id: "test".into(),
    }
}

/// The page where a PAT is saved for the integration.
pub fn set_up() -> PageContext {
    PageContext {
        page: PageName::SetUp,
        issue: None,
        integration: Some(IntegrationId::parse("acme").unwrap()),
        repository: None,
        return_to: None,
    }
}

/// The page where a branch is created for an issue.
pub fn create_branch(issue: &str) -> PageContext {
    let issue = PageIssue {
        key: IssueKey::parse(issue).unwrap(),
        summary: Some("Log in with a passkey".into()),
        issue_type: Some("Story".into()),
        url: None,
        components: Vec::new(),
    };
    PageContext { page: PageName::CreateBranch, issue: Some(issue), integration: None, ..set_up() }
}

pub fn integration() -> IntegrationRecord {
    let at = Timestamp::parse("2026-11-01").unwrap();
    IntegrationRecord {
        id: IntegrationId::parse("acme").unwrap(),
        name: DisplayName::parse("Acme Inc.").unwrap(),
        provider: ProviderId::parse("git-server").unwrap(),
        kind: KindId::parse("git-server").unwrap(),
        settings: Settings::new(),
        connection: connection(),
        network: NetworkRules::default(),
        projects: Projects::All,
        rules: Rules { require_user_pat: true, ..Rules::default() },
        features: Features::default(),
        naming: BranchNaming::default(),
        mappings: Mappings::default(),
        own_given_to: None,
        account: None,
        own_rejection: None,
        created_at: at,
        updated_at: at,
        revision: Revision::FIRST,
    }
}

fn connection() -> Connection {
    Connection {
        origins: vec![Origin { url: "https://git.example.com".into(), aws: None }],
        web_url: "https://git.example.com".into(),
        credential_pages: vec![CredentialPage {
            label: "Access token".into(),
            url: "https://git.example.com/tokens/new?until={expires-on}".into(),
        }],
        credential_list_page: Some("https://git.example.com/tokens".into()),
        grant: None,
        user_credentials: UserCredentials::Supported,
        offers: Offers::default(),
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
