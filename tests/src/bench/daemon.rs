//! The daemon under measurement, twice: two [`App`]s on one database, integration and set of users. They differ in what
//! their registries hold for the registered provider: the sandboxed component, or the same code linked natively.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, anyhow, ensure};
use countersign::clock::{Clock, SystemClock};
use countersign::config::Settings as ConfigSettings;
use countersign::operate::administration::{
    self, Adding, Administration, IntegrationPatch, NewIntegration, RulesPatch,
};
use countersign::operate::{self, App, AppParts, Ask, Asker, CreateBranch, Rates, SavePat, SharedApp};
use countersign_provider_github::GitHub;
use crypto::{MasterKey, SystemRandom};
use model::policy::{self, Facts, Permit};
use model::{
    ActAs, ActingUser, Actor, BranchName, ConnectorId, Destination, IntegrationId, JiraUser, KindId, NetworkRules,
    NewBranch, PatState, ProjectKey, RepositoryId, SiteId, UserNames, operation,
};
use sandbox::lend::{Lender, Loan, Material};
use sandbox::{Egress, Engine, Provider, Registry};
use secrecy::SecretString;
use store::{Case, SharedStore, SqliteStore};
use tempfile::TempDir;

use super::git_server::{BASE, REPOSITORY};
use crate::native::NativeProvider;

/// Nobody may ask so often who is a user.
pub(super) const AS_FAST_AS_IT_GOES: Rates =
    Rates { user_a_minute: 1_000_000, connector_a_minute: 10_000_000, links_a_minute: 1_000_000, ..Rates::USUAL };
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
    pub(super) sandboxed_provider: Arc<dyn Provider>,
    pub(super) native_provider: Arc<dyn Provider>,
    /// What each user asks with; every one has a PAT. On the git server that answers at once.
    pub(super) asks: Vec<Ask>,
    /// On the one that takes its time.
    pub(super) far_asks: Vec<Ask>,
    master: MasterKey,
    store: SharedStore,
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
        let answers = master.answer_key(Arc::new(SystemRandom));
        let opened = SqliteStore::open(&database, master.audit_key(), &master.check(), answers, SystemClock.now())?;
        let store: SharedStore = Arc::new(opened);
        let engine = Engine::new().map_err(|error| anyhow!("{error:#}"))?;
        let registry = Registry::new(engine.clone());
        let sandboxed = app(&master, store.clone(), registry.clone(), &data)?;
        let by = Administration { actor: Actor::CommandLine, request_id: "bench".into() };
        let registered = administration::register_provider(&sandboxed, &by, component.to_vec()).await?;
        for (id, server) in [(NEAR, near), (FAR, far)] {
            administration::add_integration(&sandboxed, &by, integration(id, server)?, Adding::Unseen).await?;
        }
        let asks_of = |id| (0..users).map(|user| ask(id, user)).collect::<anyhow::Result<Vec<_>>>();
        let (asks, far_asks) = (asks_of(NEAR)?, asks_of(FAR)?);
        for ask in asks.iter().chain(&far_asks) {
            operate::save_pat(&sandboxed, ask, pat()).await?;
        }
        let sandboxed_provider = registry.get(&registered.sha256).context("the provider is not ready")?;
        let native_provider: Arc<dyn Provider> = Arc::new(NativeProvider::new(GitHub)?);
        let natives = Registry::new(engine.clone());
        natives.insert(registered.sha256, native_provider.clone());
        let native = app(&master, store.clone(), natives, &data)?;
        let branches = Branches::default();
        Ok(Self {
            engine,
            sandboxed,
            native,
            sandboxed_provider,
            native_provider,
            asks,
            far_asks,
            master,
            store,
            branches,
            _data: data,
        })
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

    /// What a call may use, made the way an operation makes it.
    pub(super) async fn loan(&self) -> anyhow::Result<Loan<operation::CreateBranch>> {
        let ask = &self.asks[0];
        let found = self.store.find_open(&ask.integration, &ask.asker.project(), &ask.asker.user).await?;
        let case = policy::admit(true, found).map_err(|denial| anyhow!("{denial}"))?;
        let destination = case.integration.destination();
        let kind = self.native_provider.description().kind(&destination.kind).context("the kind is gone")?;
        let pat = case.pat.as_ref().context("the user has no PAT")?;
        let facts = case.about(|case| facts(ask, case, &destination));
        let permit: Permit<operation::CreateBranch> =
            policy::decide(&facts, ask.act_as).map_err(|denial| anyhow!("{denial}"))?;
        let material = Material::Stored { sealed: &pat.sealed, given_to: &pat.metadata.given_to };
        Ok(lender(&self.master).lend(permit, kind, material, &ask.asker.request_id)?)
    }
}

fn lender(master: &MasterKey) -> Lender {
    Lender::new(master, Arc::new(SystemRandom), Egress::with_system_certificates(), Arc::new(SystemClock))
}

fn app(master: &MasterKey, store: SharedStore, registry: Registry, data: &TempDir) -> anyhow::Result<SharedApp> {
    let (data_dir, rates) = (Some(data.path().to_owned()), Some(AS_FAST_AS_IT_GOES));
    let settings = ConfigSettings { data_dir, rates, ..ConfigSettings::default() };
    Ok(Arc::new(App::from(AppParts {
        config: settings.resolve()?,
        store,
        registry,
        lender: lender(master),
        cursor_key: master.cursor_key(),
        form_key: master.form_key(),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    })))
}

pub(super) fn integration(id: &str, server: SocketAddr) -> anyhow::Result<NewIntegration> {
    let network = NetworkRules { allow_private: true, allow_http: true, ..NetworkRules::default() };
    Ok(NewIntegration {
        id: IntegrationId::parse(id)?,
        kind: KindId::parse(KIND)?,
        patch: IntegrationPatch {
            settings: Some([("base_url".to_owned(), format!("http://{server}"))].into()),
            network: Some(network),
            rules: RulesPatch { require_user_pat: Some(true), ..RulesPatch::default() },
            ..IntegrationPatch::default()
        },
    })
}

pub(super) fn ask(integration: &str, number: usize) -> anyhow::Result<Ask> {
    let asker = Asker {
        connector: ConnectorId::parse("bench")?,
        user: ActingUser { site: SiteId::default(), id: JiraUser::parse(format!("user-{number}"))? },
        names: UserNames::default(),
        project: ProjectKey::parse("BEDROCK")?,
        may_view_development_tools: true,
        request_id: format!("bench-{number}"),
    };
    Ok(Ask {
        asker,
        integration: IntegrationId::parse(integration)?,
        act_as: ActAs::Auto,
        attempt_token: "0".repeat(32),
        told: None,
    })
}

pub(super) fn pat() -> SavePat {
    SavePat {
        fields: [("token".to_owned(), SecretString::from(TOKEN))].into(),
        expires_at: None,
        allow_unchecked: false,
        seen: None,
    }
}

fn facts<'a>(ask: &'a Ask, case: &'a Case, destination: &'a Arc<Destination>) -> Facts<'a> {
    let now = SystemClock.now();
    Facts {
        destination,
        user: &ask.asker.user,
        now,
        global_rules: case.policy.rules,
        integration_rules: case.integration.rules,
        features: case.integration.features,
        user_credentials: &case.integration.connection.user_credentials,
        pat: PatState::of(case.pat.as_ref().map(|pat| &pat.metadata), &destination.place, now),
        own_credential: case.integration.own_credential(),
    }
}
