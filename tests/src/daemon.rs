//! A whole daemon in the process of a test: its HTTP API on a free port, its own data directory and clock, the real
//! provider component in the real sandbox, and a stand-in git server behind it over TLS.
//!
//! ```no_run
//! # async fn scene() {
//! use countersign_tests::daemon::{Daemon, GitHubServer};
//! use countersign_tests::standin::github::token;
//!
//! let daemon = Daemon::start(GitHubServer::Cloud).await;
//! daemon.require_user_pat("main").await;
//! let ann = daemon.as_user("ann");
//! ann.save_pat("main", token::ALICE).await.expect(200);
//! ann.create_branch("main", "acme/widgets", "feature/ABC-1", "main").await.expect(201);
//! # }
//! ```
//!
//! Three things are checked without being asked for: every exchange of a client against the daemon's own OpenAPI document
//! ([`contract`]), every answer and every log line for secrets ([`leaks`]), and, when the daemon is dropped, every exchange
//! of the provider with the stand-in against the vendor's official description ([`server`]).
//!
//! Everything here panics where it cannot go on: a harness has no one to report to but the test.

mod answer;
pub mod client;
mod contract;
mod fixed;
mod jwt;
pub mod leaks;
mod provider;
pub mod server;
mod visit;

use std::fs::Permissions;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;

use countersign::clock::ManualClock;
use countersign::config::Settings;
use countersign::operate::administration::{self, Administration};
use countersign::operate::{App, DATABASE_FILE_NAME, Rates, SharedApp};
use countersign::serve::{self, Running};
use flate2::read::GzDecoder;
use http::Method;
use model::{Actor, Timestamp, TokenLabel};
use sandbox::Registry;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;

pub use self::answer::Answer;
use self::client::Door;
pub use self::client::{Call, User, all_at_once, at};
pub use self::contract::Contract;
use self::fixed::START;
pub use self::fixed::{CONNECTOR, MAIN, PUBLIC_URL, SITE, WIDGETS};
pub use self::jwt::{Draft, Key, signed_part};
pub use self::provider::component as provider_component;
pub use self::server::{
    AzureServer, CodeCommitServer, End, Fields, GitHubServer, GitLabServer, Holder, Made, Place, Server, Traits,
};
pub use self::visit::Visit;
use crate::standin::StandIn as _;
use crate::tidy::workspace_root;

/// The daemon's data directory, in a temporary one.
const DATA_DIR_NAME: &str = "data";

/// A running daemon. Dropping it stops it, and fails the test where the provider and the stand-in spoke something the
/// vendor's description does not.
pub struct Daemon<S: Server = GitHubServer> {
    pub app: SharedApp,
    pub clock: Arc<ManualClock>,
    pub stand_in: S::StandIn,
    /// Providers that are ready to be called.
    pub registry: Registry,
    /// The registered connector's private key.
    pub key: Arc<Key>,
    server: S,
    door: Arc<Door>,
    admin_token: String,
    data: TempDir,
    _running: Running,
}

impl<S: Server> Daemon<S> {
    /// With the usual scene behind it, and the integration `main` with an account of its own and the rule off.
    pub async fn start(server: S) -> Daemon<S> {
        Daemon::start_before(server, server.usual(None).await).await
    }

    /// With another scene behind it; the integration's credential has to be in it.
    pub async fn start_before(server: S, stand_in: S::StandIn) -> Daemon<S> {
        let daemon = Daemon::on(server, stand_in, data_dir(), Key::generate(), START).await;
        daemon.with_the_usual_integration().await
    }

    async fn with_the_usual_integration(self) -> Daemon<S> {
        self.add_connector(CONNECTOR, SITE).await;
        let own = self.server.credential(Holder::Integration).expect("an integration account");
        self.add_integration(MAIN, &json!(own)).await;
        self.stand_in.record().clear();
        self
    }

    /// The same, with more said in its configuration.
    pub async fn start_configured(server: S, stand_in: S::StandIn, configure: impl FnOnce(&mut Settings)) -> Daemon<S> {
        let daemon = Daemon::configured(server, stand_in, data_dir(), Key::generate(), START, configure).await;
        daemon.with_the_usual_integration().await
    }

    /// On a data directory as it is, where the provider is registered anew, with the private key of its connectors.
    pub async fn on(server: S, stand_in: S::StandIn, data: TempDir, key: Key, now: &str) -> Daemon<S> {
        Daemon::configured(server, stand_in, data, key, now, |_| ()).await
    }

    async fn configured(
        server: S,
        stand_in: S::StandIn,
        data: TempDir,
        key: Key,
        now: &str,
        configure: impl FnOnce(&mut Settings),
    ) -> Daemon<S> {
        leaks::watch();
        let clock = Arc::new(ManualClock::at(Timestamp::parse(now).expect("a time")));
        // Tests ask for more than people do.
        let most = 100_000;
        let rates = Rates { tokens_a_minute: most, user_a_minute: most, connector_a_minute: most, ..Rates::default() };
        let mut settings = Settings {
            rates: Some(rates),
            data_dir: Some(data.path().join(DATA_DIR_NAME)),
            public_url: Some(PUBLIC_URL.to_owned()),
            ..Settings::default()
        };
        configure(&mut settings);
        let config = settings.resolve().expect("a configuration");
        let component = provider::component(server.provider());
        let registry = provider::ready(component.clone()).await;
        let (app, lock) =
            App::open_with(config, clock.clone(), registry.clone()).expect("the daemon's data directory opens");
        let admin_token = admit_administrator(&app).await;
        administration::register_provider(&app, &by_harness(), component).await.expect("the component is a provider");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let running = serve::start(app.clone(), lock, listener).await.expect("the daemon starts");
        let door = Arc::new(Door { address: running.address(), contract: Contract::of_this_version() });
        let key = Arc::new(key);
        Daemon { app, clock, stand_in, registry, key, server, door, admin_token, data, _running: running }
    }

    /// Which git server stands behind it.
    pub fn server(&self) -> S {
        self.server
    }

    /// What stands behind it, as everybody knows a stand-in.
    pub fn stand_in(&self) -> &S::StandIn {
        &self.stand_in
    }

    /// A Jira user who may view development tools in the project `ABC`.
    pub fn as_user(&self, id: &str) -> User {
        User::new(self.door.clone(), self.key.clone(), self.clock.clone(), id)
    }

    /// The API user's word for a credential of the scene: what she fills the form in with.
    pub fn credential(&self, of: Holder) -> Value {
        json!(self.server.credential(of).expect("a credential of the scene"))
    }

    /// A call as an administrator; `path` is below `/api/v1/admin`.
    pub fn as_admin(&self, method: Method, path: &str, body: Option<Value>) -> Call {
        let call = self.call(method, &format!("/api/v1/admin{path}")).bearer(&self.admin_token);
        match body {
            Some(body) => call.json(&body),
            None => call,
        }
    }

    /// A call by nobody in particular, to a path from the root.
    pub fn call(&self, method: Method, path: &str) -> Call {
        Call::new(self.door.clone(), method, path)
    }

    /// A stay on somebody's pages, begun with a one-time link.
    pub async fn visit(&self, link: &str) -> Visit {
        Visit::begin(self.door.clone(), link).await
    }

    /// Adds an integration with the stand-in behind it, for project `ABC` and all others.
    pub async fn add_integration(&self, id: &str, credential: &Value) {
        let body = json!({
            "id": id,
            "kind": self.server.kind(),
            "settings": self.server.settings(),
            "credential": credential,
            "network": server::network(self.server, &self.stand_in),
        });
        self.as_admin(Method::POST, "/integrations", Some(body)).await.expect(201);
    }

    /// Adds a connector of a site, with the one key there is here.
    pub async fn add_connector(&self, id: &str, site: &str) {
        let body = json!({
            "id": id,
            "site": site,
            "public_key": self.key.public_pem(),
            "return_origins": ["https://jira.example.com"],
        });
        self.as_admin(Method::POST, "/connectors", Some(body)).await.expect(201);
    }

    /// Switches *Require User PAT* on.
    pub async fn require_user_pat(&self, integration: &str) {
        let rule = json!({ "require_user_pat": true });
        self.as_admin(Method::PATCH, &format!("/integrations/{integration}"), Some(rule)).await.expect(200);
    }

    /// A link that signs an administrator in to the pages, once.
    pub async fn login_link(&self, label: &str) -> String {
        let label = TokenLabel::parse(label).expect("a label");
        let made = administration::make_login_link(&self.app, &by_harness(), label).await.expect("a link is kept");
        made.0.to_string()
    }

    /// The audit log, oldest entry first (at most 500).
    pub async fn audit(&self) -> Vec<Value> {
        let page = self.as_admin(Method::GET, "/audit?limit=500", None).await.expect(200);
        page.body["entries"].as_array().expect("entries").iter().rev().cloned().collect()
    }

    /// Value of a line of `/metrics`; 0 where it is not there.
    pub async fn metric(&self, line: &str) -> u64 {
        let metrics = self.call(Method::GET, "/metrics").await.expect(200);
        let value = metrics.text.lines().find_map(|found| found.strip_prefix(line)?.strip_prefix(' '));
        value.map_or(0, |value| value.parse().expect("a number"))
    }

    /// Stored credentials opened so far: users' and integrations'.
    pub async fn unseals(&self) -> (u64, u64) {
        let user = self.metric(r#"countersign_unseals_total{whose="user"}"#).await;
        (user, self.metric(r#"countersign_unseals_total{whose="integration"}"#).await)
    }

    /// The address it listens on.
    pub fn address(&self) -> std::net::SocketAddr {
        self.door.address
    }

    pub fn data_dir(&self) -> std::path::PathBuf {
        self.data.path().join(DATA_DIR_NAME)
    }

    pub fn database(&self) -> std::path::PathBuf {
        self.data_dir().join(DATABASE_FILE_NAME)
    }

    /// Where the branch stands, as git itself says; none where there is none.
    pub fn show_ref(&self, repository: &str, branch: &str) -> Option<String> {
        show_ref(self.stand_in.git(repository).dir(), branch)
    }
}

impl<S: Server> Drop for Daemon<S> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let findings = self.server.findings(&self.stand_in.record().requests());
        assert!(findings.is_empty(), "the provider and the vendor's description differ: {findings:#?}");
        assert_eq!(leaks::found_in_log(), Vec::<String>::new(), "secrets in the log");
    }
}

/// A place for a data directory, which is not there yet.
fn data_dir() -> TempDir {
    tempfile::Builder::new().prefix("countersign-data-").tempdir().expect("a temporary directory")
}

/// The data directory of a daemon with the second schema, as that daemon left it. What is in it is said beside it.
pub fn of_the_second_schema() -> TempDir {
    let (kept, data) = (workspace_root().join("tests/fixtures/schema-2"), data_dir());
    let to = data.path().join(DATA_DIR_NAME);
    let packed = std::fs::File::open(kept.join("countersign.db.gz")).expect("the kept database");
    std::fs::DirBuilder::new().mode(0o700).create(&to).expect("a directory");
    let mut database = std::fs::File::create(to.join(DATABASE_FILE_NAME)).expect("a file");
    std::io::copy(&mut GzDecoder::new(packed), &mut database).expect("the kept database unpacks");
    let key = to.join("master.key");
    std::fs::copy(kept.join("master.key"), &key).expect("the kept key");
    std::fs::set_permissions(key, Permissions::from_mode(0o600)).expect("a file of our own");
    data
}

/// An administrator as the harness registers things.
fn by_harness() -> Administration {
    Administration { actor: Actor::CommandLine, request_id: String::new() }
}

async fn admit_administrator(app: &App) -> String {
    let label = TokenLabel::parse("harness").expect("a label");
    let made = administration::add_token(app, &by_harness(), label, None).await.expect("an admin token is kept");
    made.secret.to_string()
}

/// Asks `git` itself, from outside of everything that is tested.
fn show_ref(git_dir: &Path, branch: &str) -> Option<String> {
    let name = format!("refs/heads/{branch}");
    let output = std::process::Command::new("git")
        .arg(format!("--git-dir={}", git_dir.display()))
        .args(["show-ref", "--verify", "--hash", &name])
        .output()
        .expect("git runs");
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
