//! Where hostile guests (`tests/guests`) are put on: a lender, a git server to ask, and each guest's component, built and loaded once.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::standin::github::{GitHub, token};
use countersign::clock::{Clock, SystemClock};
use crypto::{MasterKey, SystemRandom};
use model::policy;
use model::{
    BranchNaming, DisplayName, Failure, FailureReason, Features, Identity, IntegrationId, IntegrationRecord, KindId,
    Mappings, NetworkRules, Projects, Revision, Rules, Settings,
};
use sandbox::lend::{Lender, Material};
use sandbox::{ComponentError, Egress, Engine, Limits, Provider, Registry};
use tokio::sync::Mutex;

/// What a guest is loaded by where no test says so: it is never paused, however often it fails.
const LIMITS: Limits = Limits { failures_in_a_row: 1_000_000, ..Limits::USUAL };

static COMPONENTS: OnceLock<HashMap<String, Vec<u8>>> = OnceLock::new();
static REGISTRY: OnceLock<Registry> = OnceLock::new();
/// One at a time is built and compiled.
static TURN: Mutex<()> = Mutex::const_new(());

/// By the code behind `countersign-build`.
pub fn component(guest: &str) -> Vec<u8> {
    let build = || {
        let guests = Path::new(env!("CARGO_MANIFEST_DIR")).join("guests");
        let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/guests");
        let built =
            countersign_build::build_examples(&guests, &out).expect("run `make setup`: it gets what builds components");
        built.into_iter().map(|built| (built.name, std::fs::read(built.path).unwrap())).collect()
    };
    COMPONENTS.get_or_init(build).get(guest).unwrap_or_else(|| panic!("{guest} is not in guests/Cargo.toml")).clone()
}

/// Loads a guest, which compiles it and has it describe itself.
pub async fn load(guest: &str) -> Result<Arc<dyn Provider>, ComponentError> {
    let _turn = TURN.lock().await;
    let registry = REGISTRY.get_or_init(|| Registry::new(Engine::within(LIMITS).unwrap()));
    Ok(registry.load(component(guest)).await?.1)
}

/// In an engine of its own.
pub async fn load_within(limits: Limits, guest: &str) -> Arc<dyn Provider> {
    Registry::new(Engine::within(limits).unwrap()).load(component(guest)).await.unwrap().1
}

/// A git server, and who lends a good token for it.
pub struct Stage {
    /// The git server.
    pub stand_in: GitHub,
    lender: Lender,
}

impl Stage {
    /// With the usual scene.
    pub async fn set() -> Self {
        let stand_in = GitHub::cloud().usual().start().await.unwrap();
        let (key, egress) = (MasterKey::random(&SystemRandom), Egress::with_system_certificates());
        Self { stand_in, lender: Lender::new(&key, Arc::new(SystemRandom), egress, Arc::new(SystemClock)) }
    }

    /// Has a guest make its attempt with a good token.
    pub async fn attempt(&self, guest: &str, with: &str) -> Result<Identity, Failure> {
        let provider = load(guest).await.unwrap();
        self.attempt_at(&*provider, self.integration(&*provider, with).await).await
    }

    /// The same, at an integration of the test's own.
    pub async fn attempt_at(&self, provider: &dyn Provider, record: IntegrationRecord) -> Result<Identity, Failure> {
        let kind = provider.description().kind(&record.kind).unwrap();
        let fields = [("token".to_owned(), token::ALICE.into())].into_iter().collect();
        let permit = policy::permit_integration_check(record.tried());
        let loan = self.lender.lend(permit, kind, Material::Candidate(fields), "test").unwrap();
        provider.whoami(loan.link()).await
    }

    /// What an administrator would enter.
    pub fn settings(&self, with: &str) -> Settings {
        Settings::from([
            ("base_url".to_owned(), self.stand_in.url().to_string().trim_end_matches('/').to_owned()),
            ("with".to_owned(), with.to_owned()),
        ])
    }

    /// An integration for a guest.
    pub async fn integration(&self, provider: &dyn Provider, with: &str) -> IntegrationRecord {
        let (kind, settings, now) = (KindId::parse("hostile").unwrap(), self.settings(with), SystemClock.now());
        IntegrationRecord {
            id: IntegrationId::parse("hostile").unwrap(),
            name: DisplayName::parse("hostile").unwrap(),
            provider: provider.description().id.clone(),
            connection: provider.connect(&kind, &settings).await.unwrap(),
            kind,
            settings,
            network: NetworkRules { allow_private: true, allow_http: true, ..NetworkRules::default() },
            projects: Projects::All,
            rules: Rules::default(),
            features: Features::default(),
            naming: BranchNaming::default(),
            mappings: Mappings::default(),
            own_given_to: None,
            account: None,
            own_rejection: None,
            created_at: now,
            updated_at: now,
            revision: Revision::FIRST,
        }
    }

    /// What came back of an attempt that does not end its call.
    pub async fn seen(&self, guest: &str, with: &str) -> String {
        self.attempt(guest, with).await.unwrap().account.login
    }

    /// That one does what a provider may.
    pub async fn is_answered(&self) {
        assert!(self.seen("asks", "x").await.starts_with("200 {"));
    }

    /// The attempt ends the call, and the call alone: the next one, and another provider's, is answered.
    pub async fn ends_the_call(&self, guest: &str, names: &str) {
        let failure = self.attempt(guest, "s0mething").await.unwrap_err();
        assert_eq!(failure.reason, FailureReason::ProviderFailed, "{guest}: {failure:?}");
        assert!(failure.message.contains(names), "{guest}: {}", failure.message);
        assert!(!failure.message.contains("s0mething"), "what a guest traps with goes nowhere: {}", failure.message);
        self.is_answered().await;
    }
}
