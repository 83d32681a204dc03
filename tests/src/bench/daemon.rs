//! The daemon under measurement, twice: two [`App`]s on one database, integration and set of users. They differ in what
//! their registries hold for the registered provider: the sandboxed component, or the same code linked natively.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, anyhow, ensure};
use countersign::app::{App, SharedApp};
use countersign::clock::SystemClock;
use countersign::config::Settings as ConfigSettings;
use countersign::operate::{self, Administration, Ask, CreateBranch, NewIntegration, NewIntegrationSettings, SavePat};
use countersign_provider_github::GitHub;
use crypto::{MasterKey, SystemRandom};
use model::policy::{self, Facts};
use model::{
    ActAs, Actor, BranchName, BranchNaming, ConnectorId, IntegrationId, JiraUser, KindId, Mappings, NetworkRules,
    NewBranch, OperationKind, PatState, ProjectKey, Projects, RepositoryId,
};
use sandbox::lend::{Lender, Material, Sealer};
use sandbox::{Egress, Engine, Link, Provider, Registry};
use secrecy::SecretString;
use store::{Case, SharedStore, SqliteStore};
use tempfile::TempDir;

use super::git_server::{BASE, REPOSITORY};
use crate::native::NativeProvider;

/// On a git server that answers at once, and on one that takes its time.
const NEAR: &str = "quarry";
const FAR: &str = "far-quarry";
const KIND: &str = "github-enterprise";
/// Shaped like a classic token, as long as one.
const TOKEN: &str = "ghp_benchmarkbenchmarkbenchmarkbenchmark";

/// Branches to create, never one twice. Clones count together.
#[derive(Clone, Default)]
pub(super) struct Branches(Arc<AtomicU64>);

impl Branches {
    pub(super) fn next(&self) -> anyhow::Result<CreateBranch> {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        Ok(CreateBranch {
            repository: RepositoryId::parse(REPOSITORY)?,
            branch: NewBranch {
                name: BranchName::parse(format!("feature/BEDROCK-{number}-carve-the-wheel"))?,
                base: BranchName::parse(BASE)?,
            },
            issue: None,
        })
    }
}

pub(super) struct Daemon {
    pub(super) engine: Engine,
    pub(super) sandboxed: SharedApp,
    pub(super) native: SharedApp,
    /// What each user asks with; every one has a PAT. On the git server that answers at once.
    pub(super) asks: Vec<Ask>,
    /// On the one that takes its time.
    pub(super) far_asks: Vec<Ask>,
    branches: Branches,
    _data: TempDir,
}

impl Daemon {
    /// Set up the way administrators and users do it, with a database in a new directory.
    pub(super) async fn start(
        component: &[u8],
        near: SocketAddr,
        far: SocketAddr,
        users: usize,
    ) -> anyhow::Result<Self> {
        let data = tempfile::tempdir()?;
        let master = MasterKey::random(&SystemRandom);
        let database = data.path().join("countersign.db");
        let store: SharedStore = Arc::new(SqliteStore::open(&database, master.audit_key(), &master.check())?);
        let engine = Engine::new().map_err(|error| anyhow!("{error:#}"))?;
        let sandboxed = app(&master, store.clone(), &engine, &data)?;
        let by = Administration { actor: Actor::CommandLine, request_id: "bench".into() };
        let provider = operate::register_provider(&sandboxed, &by, component.to_vec()).await?;
        for (id, server) in [(NEAR, near), (FAR, far)] {
            operate::add_integration(&sandboxed, &by, integration(id, server)?).await?;
        }
        let asks_of = |id| (0..users).map(|user| ask(id, user)).collect::<anyhow::Result<Vec<_>>>();
        let (asks, far_asks) = (asks_of(NEAR)?, asks_of(FAR)?);
        for ask in asks.iter().chain(&far_asks) {
            operate::save_pat(&sandboxed, ask, pat()).await?;
        }
        let native = app(&master, store, &engine, &data)?;
        native.registry.insert(provider.sha256, Arc::new(NativeProvider::new(GitHub)?));
        Ok(Self { engine, sandboxed, native, asks, far_asks, branches: Branches::default(), _data: data })
    }

    /// A measurement of two things that do not do the same would be worth nothing.
    pub(super) async fn check_that_both_answer_alike(&self) -> anyhow::Result<()> {
        let (effect, ask) = (self.branches.next()?, &self.asks[0]);
        let sandboxed = operate::perform(&self.sandboxed, ask, &effect).await?;
        let native = operate::perform(&self.native, ask, &effect).await?;
        ensure!(
            sandboxed.answer == native.answer && sandboxed.receipt.account == native.receipt.account,
            "the sandboxed provider answers {sandboxed:?}, the native one {native:?}"
        );
        Ok(())
    }

    pub(super) fn branches(&self) -> Branches {
        self.branches.clone()
    }

    /// The provider of an app and what a call of it may use, made the way an operation makes it.
    pub(super) async fn provider_and_link(&self, app: &App) -> anyhow::Result<(Arc<dyn Provider>, Link)> {
        let ask = &self.asks[0];
        let case = app.store.load_case(&ask.integration, Some(&ask.user)).await?;
        let case = case.context("the integration is gone")?;
        let record = case.provider.as_ref().context("the provider is gone")?;
        let provider = app.registry.get(&record.sha256).context("the provider is not ready")?;
        let kind = provider.description().kind(&case.integration.kind).context("the kind is gone")?;
        let pat = case.pat.as_ref().context("the user has no PAT")?;
        let permit = policy::decide(&facts(ask, &case, app), OperationKind::CreateBranch, ask.act_as)
            .map_err(|denial| anyhow!("{denial}"))?;
        let lease = app.lender.lend(permit, Material::Stored(&pat.sealed), kind)?;
        let link = Link::new(
            Arc::new(lease),
            app.egress.route(&case.integration)?,
            app.clock.clone(),
            case.integration.kind.clone(),
            case.integration.settings.clone(),
            ask.request_id.clone(),
        );
        Ok((provider, link))
    }
}

fn app(master: &MasterKey, store: SharedStore, engine: &Engine, data: &TempDir) -> anyhow::Result<SharedApp> {
    let settings = ConfigSettings { data_dir: Some(data.path().to_owned()), ..ConfigSettings::default() };
    Ok(Arc::new(App {
        config: settings.resolve()?,
        store,
        registry: Registry::new(engine.clone()),
        egress: Egress::with_system_certificates(),
        lender: Lender::new(Arc::new(Sealer::new(master, Arc::new(SystemRandom)))),
        cursor_key: master.cursor_key(),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        metrics: Arc::default(),
    }))
}

fn integration(id: &str, server: SocketAddr) -> anyhow::Result<NewIntegration> {
    Ok(NewIntegration {
        id: IntegrationId::parse(id)?,
        name: "Quarry".into(),
        kind: KindId::parse(KIND)?,
        connect: NewIntegrationSettings {
            settings: [("base_url".to_owned(), format!("http://{server}"))].into(),
            network: NetworkRules { allow_private: true, allow_http: true, ..NetworkRules::default() },
        },
        projects: Projects::All,
        require_user_pat: true,
        naming: BranchNaming::default(),
        mappings: Mappings::default(),
        credential: None,
    })
}

fn ask(integration: &str, number: usize) -> anyhow::Result<Ask> {
    Ok(Ask {
        connector: ConnectorId::parse("bench")?,
        user: JiraUser::parse(format!("user-{number}"))?,
        project: ProjectKey::parse("BEDROCK")?,
        may_view_development_tools: true,
        integration: IntegrationId::parse(integration)?,
        act_as: ActAs::Auto,
        request_id: format!("bench-{number}"),
        attempt_token: "0".repeat(32),
    })
}

fn pat() -> SavePat {
    SavePat {
        fields: [("token".to_owned(), SecretString::from(TOKEN))].into(),
        expires_at: None,
        allow_unchecked: false,
    }
}

fn facts<'a>(ask: &'a Ask, case: &'a Case, app: &App) -> Facts<'a> {
    Facts {
        integration: &case.integration.id,
        user: &ask.user,
        may_view_development_tools: ask.may_view_development_tools,
        is_open_to_project: case.integration.projects.include(&ask.project),
        global_rule: case.policy.require_user_pat,
        integration_rule: case.integration.require_user_pat,
        user_credentials: &case.integration.connection.user_credentials,
        pat: PatState::of(case.pat.as_ref().map(|pat| &pat.metadata), app.clock.now()),
        has_integration_account: case.integration_credential.is_some(),
    }
}
