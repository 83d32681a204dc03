//! A daemon as its users meet it: a data directory of its own, HTTP on a free port, and one integration with the git server
//! that has many repositories.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use countersign::clock::SystemClock;
use countersign::config::Settings;
use countersign::operate::administration::{self, Adding, Administration, Expected, IntegrationPatch, NewConnector};
use countersign::operate::{self, App, Ask, SharedApp};
use countersign::serve::{self, Running};
use model::{
    Actor, IntegrationId, IssueKey, PageContext, PageIssue, PageName, PublicKey, RepositoryId, SiteId, TokenLabel,
};
use sandbox::{Engine, Registry};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::bench::daemon::{AS_FAST_AS_IT_GOES, ask as ask_of, integration, pat};
use crate::bench::git_server::{OWNERS, REPOSITORY};

/// The one integration.
const INTEGRATION: &str = "quarry";
/// Users with a PAT, whom the administrator's first page counts.
const USERS: usize = 1000;
/// Where the Jira is whose pages open ours.
pub(super) const JIRA: &str = "https://jira.example.com";

/// Running until it is dropped.
pub(super) struct Served {
    pub(super) address: SocketAddr,
    /// The one user, who has a PAT.
    ask: Ask,
    app: SharedApp,
    git_server: SocketAddr,
    _running: Running,
    _data: TempDir,
}

impl Served {
    pub(super) async fn start(engine: &Engine, component: &[u8], git_server: SocketAddr) -> anyhow::Result<Self> {
        let data = tempfile::tempdir()?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let settings = Settings {
            rates: Some(AS_FAST_AS_IT_GOES),
            data_dir: Some(data.path().join("data")),
            public_url: Some(format!("http://{}", listener.local_addr()?)),
            ..Settings::default()
        };
        let (app, lock) = App::open_with(settings.resolve()?, Arc::new(SystemClock), Registry::new(engine.clone()))?;
        let (by, ask) = (by_bench(), ask_of(INTEGRATION, 0)?);
        administration::register_provider(&app, &by, component.to_vec()).await?;
        administration::add_integration(&app, &by, integration(INTEGRATION, git_server)?, Adding::Unseen).await?;
        let connector = NewConnector {
            id: ask.asker.connector.clone(),
            site: SiteId::default(),
            name: None,
            // It signs nothing here: links are made in the process.
            key: PublicKey::Ed25519(vec![0; 32]),
            return_origins: vec![JIRA.to_owned()],
        };
        administration::add_connector(&app, &by, connector).await?;
        for user in 0..USERS {
            operate::save_pat(&app, &ask_of(INTEGRATION, user)?, pat()).await?;
        }
        let running = serve::start(app.clone(), lock, listener).await?;
        Ok(Self { address: running.address(), ask, app, git_server, _running: running, _data: data })
    }

    /// Path of a one-time link to a page for the user, for an issue and, in the dialog, for a repository that is chosen already.
    pub(super) async fn page_link(&self, page: PageName) -> anyhow::Result<String> {
        let issue = PageIssue {
            key: IssueKey::parse("BEDROCK-1")?,
            summary: Some("Carve the wheel".into()),
            issue_type: Some("Story".into()),
            url: Some(format!("{JIRA}/browse/BEDROCK-1")),
            components: Vec::new(),
        };
        let is_dialog = page == PageName::CreateBranch;
        let context = PageContext {
            page,
            issue: Some(issue),
            integration: is_dialog.then(|| IntegrationId::parse(INTEGRATION)).transpose()?,
            repository: is_dialog.then(|| RepositoryId::parse(REPOSITORY)).transpose()?,
            return_to: Some(format!("{JIRA}/browse/BEDROCK-1")),
        };
        let made = operate::make_page_link(&self.app, &self.ask.asker, context).await?;
        self.path_of(&made.url)
    }

    /// Says of the integration whose repositories are searched, as an administrator may.
    pub(super) async fn name_owners(&self) -> anyhow::Result<()> {
        let changed = integration(INTEGRATION, self.git_server)?;
        let mut settings = changed.patch.settings.context("an integration without settings")?;
        settings.insert("owners".into(), OWNERS.join(" "));
        let patch = IntegrationPatch { settings: Some(settings), ..IntegrationPatch::default() };
        administration::change_integration(&self.app, &by_bench(), &changed.id, &Expected::Any, patch, None).await?;
        Ok(())
    }

    /// Path of a link that signs an administrator in, once.
    pub(super) async fn login_link(&self) -> anyhow::Result<String> {
        let made = administration::make_login_link(&self.app, &by_bench(), TokenLabel::parse("bench")?).await?;
        self.path_of(&made.0)
    }

    fn path_of(&self, link: &str) -> anyhow::Result<String> {
        let path = link.strip_prefix(&self.app.config.public_url).context("a link to another daemon")?;
        Ok(path.to_owned())
    }
}

fn by_bench() -> Administration {
    Administration { actor: Actor::CommandLine, request_id: "bench".into() }
}
