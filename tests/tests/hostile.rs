//! A hostile provider: every attempt of `tests/guests/hostile`, and what must come of it.
//!
//! The component is built here, by the code behind `countersign-build`. P1 but for floods of tables and handles, which need more
//! than Rust can say (the sandbox's own tests have them), P2 without its million calls, P3 and P4 whole, P5 for what a guest is
//! given.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use countersign::clock::{Clock, SystemClock};
use countersign_tests::standin::github::{GitHub, token};
use crypto::{MasterKey, SystemRandom};
use model::policy;
use model::{
    BranchNaming, DisplayName, Failure, FailureReason, Features, Identity, IntegrationId, IntegrationRecord, KindId,
    Mappings, NetworkRules, Projects, Revision, Rules, Settings,
};
use sandbox::lend::{Lender, Material};
use sandbox::{Egress, Engine, Limits, Provider, Registry};
use tokio::sync::OnceCell;

static COMPONENT: OnceLock<Vec<u8>> = OnceLock::new();
static PROVIDER: OnceCell<Arc<dyn Provider>> = OnceCell::const_new();

fn component() -> Vec<u8> {
    let build = || {
        let guest = Path::new(env!("CARGO_MANIFEST_DIR")).join("guests/hostile");
        let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/guests/hostile.wasm");
        let built =
            countersign_build::build(&guest, Some(&out)).expect("run `make setup`: it gets what builds components");
        std::fs::read(built.path).unwrap()
    };
    COMPONENT.get_or_init(build).clone()
}

/// Never paused, however often it fails.
async fn provider() -> Arc<dyn Provider> {
    let limits = Limits { failures_in_a_row: 1_000_000, ..Limits::default() };
    PROVIDER.get_or_init(|| loaded(limits)).await.clone()
}

async fn loaded(limits: Limits) -> Arc<dyn Provider> {
    let registry = Registry::new(Engine::within(limits).unwrap());
    registry.load(component()).await.unwrap().1
}

struct Stage {
    stand_in: GitHub,
    lender: Lender,
}

impl Stage {
    async fn set() -> Self {
        let stand_in = GitHub::cloud().usual().start().await.unwrap();
        let (key, egress) = (MasterKey::random(&SystemRandom), Egress::with_system_certificates());
        Self { stand_in, lender: Lender::new(&key, Arc::new(SystemRandom), egress, Arc::new(SystemClock)) }
    }

    /// Has the provider make one attempt with a good token.
    async fn attempt(&self, attempt: &str, with: &str) -> Result<Identity, Failure> {
        let provider = provider().await;
        let record = self.integration(&*provider, attempt, with).await;
        self.attempt_at(&*provider, record).await
    }

    async fn attempt_at(&self, provider: &dyn Provider, record: IntegrationRecord) -> Result<Identity, Failure> {
        let kind = provider.description().kind(&record.kind).unwrap();
        let fields = [("token".to_owned(), token::ALICE.into())].into_iter().collect();
        let permit = policy::permit_integration_check(record.tried());
        let loan = self.lender.lend(permit, kind, Material::Candidate(fields), "test").unwrap();
        provider.whoami(loan.link()).await
    }

    async fn integration(&self, provider: &dyn Provider, attempt: &str, with: &str) -> IntegrationRecord {
        let kind = KindId::parse("hostile").unwrap();
        let settings = Settings::from([
            ("base_url".to_owned(), self.stand_in.url().to_string().trim_end_matches('/').to_owned()),
            ("attempt".to_owned(), attempt.to_owned()),
            ("with".to_owned(), with.to_owned()),
        ]);
        let now = SystemClock.now();
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

    async fn seen(&self, attempt: &str, with: &str) -> String {
        self.attempt(attempt, with).await.unwrap().account.login
    }

    /// The attempt ends the call, and the call alone: the next one is answered.
    async fn ends_the_call(&self, attempt: &str, names: &str) {
        let failure = self.attempt(attempt, "s0mething").await.unwrap_err();
        assert_eq!(failure.reason, FailureReason::ProviderFailed, "{attempt}: {failure:?}");
        assert!(failure.message.contains(names), "{attempt}: {}", failure.message);
        assert!(!failure.message.contains("s0mething"), "what a guest traps with goes nowhere: {}", failure.message);
        assert!(self.seen("ask", "").await.starts_with("200 "), "after {attempt}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_with_the_lent_credential_is_answered() {
    let stage = Stage::set().await;
    assert!(stage.seen("ask", "").await.starts_with("200 {"));
    assert_eq!(stage.stand_in.record.tokens_seen(), [token::ALICE]);
}

#[tokio::test(flavor = "multi_thread")]
async fn p3_headers_that_authenticate_route_or_frame_are_refused_and_nothing_is_sent() {
    let stage = Stage::set().await;
    for name in [
        "Authorization",
        "PRIVATE-TOKEN",
        "Cookie",
        "Host",
        "Proxy-Authorization",
        "Connection",
        "TE",
        "Transfer-Encoding",
        "X-Forwarded-For",
        "X-Amz-Date",
        "X-Amz-Security-Token",
    ] {
        assert_eq!(stage.seen("set-header", name).await, "header-not-allowed", "{name}");
    }
    assert!(stage.stand_in.record.requests().is_empty());
    assert!(stage.seen("set-header", "X-Harmless").await.starts_with("200 "));
}

#[tokio::test(flavor = "multi_thread")]
async fn e2_urls_of_other_places_are_refused_and_nothing_is_sent() {
    let stage = Stage::set().await;
    let host = stage.stand_in.url().to_string().replace("http://", "");
    let host = host.trim_end_matches('/');
    for (url, code) in [
        ("https://evil.example/".to_owned(), "origin-not-allowed"),
        (format!("http://{host}@evil.example/"), "url-user-info"),
        (format!("http://{host}\\@evil.example/"), "url"),
        ("http://127.0.0.1:1/".to_owned(), "origin-not-allowed"),
        ("http://169.254.169.254/latest/meta-data/".to_owned(), "origin-not-allowed"),
        (format!("http://{host}/a/%2e%2e/user"), "url-dot-segment"),
        ("file:///etc/passwd".to_owned(), "origin-not-allowed"),
    ] {
        assert_eq!(stage.seen("go-elsewhere", &url).await, code, "{url}");
    }
    // What it was lent it cannot know; were it to know it, it could not put it where it is written down.
    for known in [token::ALICE.to_owned(), token::ALICE.replace('_', "%5F"), token::ALICE[4..].to_owned()] {
        let url = format!("http://{host}/user?q={known}");
        assert_eq!(stage.seen("go-elsewhere", &url).await, "credential-in-request", "{known}");
    }
    assert!(stage.stand_in.record.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn p4_a_handle_ends_with_its_call() {
    let stage = Stage::set().await;
    assert_eq!(stage.seen("keep-handle", "").await, "kept");
    assert_eq!(stage.seen("use-kept-handle", "").await, "nothing was kept", "an instance remembers nothing");
    stage.ends_the_call("forge-handle", "failed").await;
    stage.ends_the_call("drop-handle-twice", "failed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_a_call_over_a_limit_fails_with_its_name_and_others_are_answered_meanwhile() {
    let stage = Stage::set().await;
    let looping = stage.attempt("loop", "");
    let asking = async {
        let started = Instant::now();
        for _ in 0..10 {
            assert!(stage.seen("ask", "").await.starts_with("200 "));
        }
        started.elapsed()
    };
    let (looped, asked) = tokio::join!(looping, asking);
    assert!(looped.unwrap_err().message.contains("CPU time"));
    assert!(asked.as_secs_f64() < 2.0, "ten calls took {asked:?} beside an endless loop");
    stage.ends_the_call("take-memory", "memory (64 MiB)").await;
    stage.ends_the_call("recurse", "failed").await;
    stage.ends_the_call("send-for-ever", "requests of a call (120)").await;
    stage.ends_the_call("hand-over", "what is handed over at once (4096 KiB)").await;
    stage.ends_the_call("huge-answer", "what is handed over at once (4096 KiB)").await;
    stage.ends_the_call("flood-log", "what is given to the log (256 KiB)").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p2_a_provider_that_fails_again_and_again_is_paused_at_that_integration_and_says_why() {
    let stage = Stage::set().await;
    let provider = loaded(Limits { calls: 4, failures_in_a_row: 3, ..Limits::default() }).await;
    let attempt = async |id: &str, attempt: &str| {
        let record = IntegrationRecord {
            id: IntegrationId::parse(id).unwrap(),
            ..stage.integration(&*provider, attempt, "s0mething").await
        };
        stage.attempt_at(&*provider, record).await
    };
    for _ in 0..3 {
        let failure = attempt("bad", "trap").await.unwrap_err();
        assert!(failure.message.contains("failed while it worked on this"), "{}", failure.message);
    }
    let paused = attempt("bad", "ask").await.unwrap_err();
    assert!(
        paused
            .message
            .contains("is paused for this integration for 1 more seconds, because it failed 3 times in a row"),
        "{}",
        paused.message
    );
    assert!(paused.again.is_some_and(|again| again.seconds == Some(1)), "{:?}", paused.again);
    let names: Vec<_> = provider.paused().into_iter().map(|paused| paused.integration.to_string()).collect();
    assert_eq!(names, ["bad"]);
    // Elsewhere it is asked on.
    assert!(attempt("good", "ask").await.unwrap().account.login.starts_with("200 "));
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert!(attempt("bad", "ask").await.unwrap().account.login.starts_with("200 "));
    assert!(provider.paused().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn p2_a_trap_leaks_nothing_into_the_next_call() {
    let stage = Stage::set().await;
    // More than the pool has slots.
    for _ in 0..600 {
        let failure = stage.attempt("trap", "s0mething").await.unwrap_err();
        assert_eq!(failure.reason, FailureReason::ProviderFailed);
    }
    stage.ends_the_call("trap", "failed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_an_answer_outside_the_contract_and_a_forged_log_line_hurt_nobody() {
    let stage = Stage::set().await;
    assert_eq!(stage.seen("long-answer", "").await.chars().count(), 512, "cut");
    assert_eq!(stage.seen("write-log", "line\r\n\u{1b}[31mforged").await, "written");
}
