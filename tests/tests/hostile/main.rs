//! Hostile providers: every guest of `tests/guests/examples`, each with a test of its name, and what must come of it.
//!
//! Floods of tables and of handles need more than Rust can say: the sandbox's own tests have them. P2's million calls are the soak's
//! (`make soak`), of which there is a short one here.

use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_tests::hostile::{Stage, component, load, load_within};
use countersign_tests::soak;
use countersign_tests::standin::faults::{Fault, When};
use countersign_tests::standin::github::token;
use futures_util::future::join_all;
use model::{FailureReason, IntegrationId, IntegrationRecord, KindId};
use sandbox::{ConnectError, Engine, Limits, Registry};

include!(concat!(env!("OUT_DIR"), "/guests.rs"));

/// What stands behind an error, in words.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// How long ten calls of an honest provider take.
async fn ten_answers(stage: &Stage) -> Duration {
    let started = Instant::now();
    for _ in 0..10 {
        stage.is_answered().await;
    }
    started.elapsed()
}

/// Why a guest is not taken as a provider.
async fn refused(guest: &str) -> String {
    let error = load(guest).await.err().unwrap_or_else(|| panic!("{guest} is taken"));
    causes(&error)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_guest_is_built() {
    for guest in GUESTS {
        assert!(!component(guest).is_empty(), "{guest}");
    }
}

/// Shorter than `make soak`, by a few hundred times, and not alone on the machine: whether others wait is for the whole one to say.
#[tokio::test(flavor = "multi_thread")]
async fn p2_what_thousands_of_broken_calls_took_comes_back() {
    let report = soak::calls(3000).await.unwrap();
    println!("{report}");
    report.expect_given_back().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn asks() {
    let stage = Stage::set().await;
    stage.is_answered().await;
    assert_eq!(stage.stand_in.record.tokens_seen(), [token::ALICE]);
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_turns_for_ever() {
    let stage = Stage::set().await;
    stage.is_answered().await;
    let looping = stage.attempt("p1_turns_for_ever", "x");
    let (looped, asked) = tokio::join!(looping, ten_answers(&stage));
    assert!(looped.unwrap_err().message.contains("CPU time (2000 ms)"));
    assert!(asked.as_secs_f64() < 2.0, "ten calls took {asked:?} beside an endless loop");
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_recurses() {
    Stage::set().await.ends_the_call("p1_recurses", "failed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_takes_memory() {
    Stage::set().await.ends_the_call("p1_takes_memory", "memory (64 MiB)").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_takes_memory_in_crumbs() {
    Stage::set().await.ends_the_call("p1_takes_memory_in_crumbs", "memory (64 MiB)").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_floods_the_log() {
    Stage::set().await.ends_the_call("p1_floods_the_log", "what is given to the log (256 KiB)").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_hands_over_a_flood() {
    let handed_over = "what is handed over at once (4096 KiB)";
    Stage::set().await.ends_the_call("p1_hands_over_a_flood", handed_over).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_answers_with_a_flood() {
    let handed_over = "what is handed over at once (4096 KiB)";
    Stage::set().await.ends_the_call("p1_answers_with_a_flood", handed_over).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_answers_at_length() {
    assert_eq!(Stage::set().await.seen("p1_answers_at_length", "x").await.chars().count(), 512, "cut");
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_sends_for_ever() {
    let stage = Stage::set().await;
    stage.ends_the_call("p1_sends_for_ever", "requests of a call (120)").await;
    // One is that of the call which came after.
    assert_eq!(stage.stand_in.record.requests().len(), 120 + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_sends_a_flood() {
    let stage = Stage::set().await;
    assert_eq!(stage.seen("p1_sends_a_flood", "x").await, "request-too-large");
    assert!(stage.stand_in.record.requests().is_empty());
}

/// Of what does not end its call by itself: a provider may go on.
#[tokio::test(flavor = "multi_thread")]
async fn p1_what_goes_over_a_limit_is_counted() {
    let stage = Stage::set().await;
    let registry = Registry::new(Engine::within(Limits { reply_mib: 1, ..Limits::default() }).unwrap());
    stage.stand_in.faults.always(When::any(), Fault::EndlessBody);
    for (guest, limit) in [("p1_sends_a_flood", "request_kib"), ("asks", "reply_mib")] {
        let provider = registry.load(component(guest)).await.unwrap().1;
        let record = stage.integration(&*provider, "x").await;
        let seen = stage.attempt_at(&*provider, record).await.unwrap().account.login;
        let counted = registry.engine().exceeded();
        assert_eq!(counted.get(&("hostile".into(), limit)), Some(&1), "{seen} {counted:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_sends_many_headers() {
    let stage = Stage::set().await;
    assert_eq!(stage.seen("p1_sends_many_headers", "x").await, "too-many-headers");
    assert!(stage.stand_in.record.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_describes_for_ever() {
    let started = Instant::now();
    let why = refused("p1_describes_for_ever").await;
    assert!(
        why.contains("failed when it was asked to describe itself: ") && why.contains("CPU time (2000 ms)"),
        "{why}"
    );
    assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn p1_connects_for_ever() {
    let (stage, provider) = (Stage::set().await, load("p1_connects_for_ever").await.unwrap());
    let connected = provider.connect(&KindId::parse("hostile").unwrap(), &stage.settings("x")).await;
    let Err(ConnectError::Failed(failure)) = connected else { panic!("{connected:?}") };
    assert!(failure.message.contains("CPU time (2000 ms)"), "{}", failure.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn p2_traps() {
    let stage = Stage::set().await;
    // More than the pool has slots.
    for _ in 0..600 {
        let failure = stage.attempt("p2_traps", "s0mething").await.unwrap_err();
        assert_eq!(failure.reason, FailureReason::ProviderFailed);
    }
    stage.ends_the_call("p2_traps", "failed").await;
}

/// A provider that fails again and again is paused, at that integration alone.
#[tokio::test(flavor = "multi_thread")]
async fn p2_traps_where_told() {
    let stage = Stage::set().await;
    let limits = Limits { calls: 4, failures_in_a_row: 3, ..Limits::default() };
    let provider = load_within(limits, "p2_traps_where_told").await;
    let attempt = async |id: &str, with: &str| {
        let record =
            IntegrationRecord { id: IntegrationId::parse(id).unwrap(), ..stage.integration(&*provider, with).await };
        stage.attempt_at(&*provider, record).await
    };
    for _ in 0..3 {
        let failure = attempt("bad", "trap").await.unwrap_err();
        assert!(failure.message.contains("failed while it worked on this"), "{}", failure.message);
    }
    let paused = attempt("bad", "x").await.unwrap_err();
    let told = "is paused for this integration for 1 more seconds, because it failed 3 times in a row";
    assert!(paused.message.contains(told), "{}", paused.message);
    assert!(paused.again.is_some_and(|again| again.seconds == Some(1)), "{:?}", paused.again);
    let names: Vec<_> = provider.paused().into_iter().map(|paused| paused.integration.to_string()).collect();
    assert_eq!(names, ["bad"]);
    assert!(attempt("good", "x").await.unwrap().account.login.starts_with("200 "), "elsewhere it is asked on");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert!(attempt("bad", "x").await.unwrap().account.login.starts_with("200 "));
    assert!(provider.paused().is_empty());
}

/// Headers that authenticate, route or frame: nothing is sent.
#[tokio::test(flavor = "multi_thread")]
async fn p3_sets_a_header() {
    let stage = Stage::set().await;
    for name in [
        "Authorization",
        "aUTHORIZATION",
        "PRIVATE-TOKEN",
        "Cookie",
        "Host",
        "Proxy-Authorization",
        "Connection",
        "Keep-Alive",
        "TE",
        "Transfer-Encoding",
        "Content-Length",
        "Range",
        "Sudo",
        "X-Forwarded-For",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-HTTP-Method-Override",
        "X-Amz-Date",
        "X-Amz-Security-Token",
    ] {
        assert_eq!(stage.seen("p3_sets_a_header", name).await, "header-not-allowed", "{name}");
    }
    for name in ["", "x y", "x:y", "x\r\nAuthorization", "é"] {
        assert_eq!(stage.seen("p3_sets_a_header", name).await, "header", "{name:?}");
    }
    assert!(stage.stand_in.record.requests().is_empty());
    assert!(stage.seen("p3_sets_a_header", "X-Harmless").await.starts_with("200 "));
}

#[tokio::test(flavor = "multi_thread")]
async fn p4_keeps_a_handle() {
    let stage = Stage::set().await;
    for _ in 0..2 {
        assert_eq!(stage.seen("p4_keeps_a_handle", "x").await, "nothing was kept", "an instance remembers nothing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p4_forges_a_handle() {
    Stage::set().await.ends_the_call("p4_forges_a_handle", "failed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p4_drops_a_handle_twice() {
    Stage::set().await.ends_the_call("p4_drops_a_handle_twice", "failed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p5_says_the_secret() {
    let stage = Stage::set().await;
    assert_eq!(stage.seen("p5_says_the_secret", "somebody").await, "me, somebody");
    let hex: String = token::ALICE.bytes().map(|byte| format!("{byte:02x}")).collect();
    for secret in
        [token::ALICE.to_owned(), hex, token::ALICE.chars().map(|char| format!("&#{};", char as u32)).collect()]
    {
        let failure = stage.attempt("p5_says_the_secret", &secret).await.unwrap_err();
        assert_eq!(failure.reason, FailureReason::ProviderFailed);
        assert!(failure.message.ends_with("the lent credential is in it."), "{}", failure.message);
    }
}

/// What is not in its memory it can neither tell nor remember.
#[tokio::test(flavor = "multi_thread")]
async fn p5_searches_its_memory() {
    let stage = Stage::set().await;
    let turned = |text: &str| text.bytes().map(|byte| char::from(byte ^ 1)).collect::<String>();
    let seen = stage.seen("p5_searches_its_memory", &turned(token::ALICE)).await;
    assert!(seen.starts_with("0 times, after 200 {"), "{seen}");
    // It finds what is there: the name of the account that its token belongs to.
    let seen = stage.seen("p5_searches_its_memory", &turned("alice")).await;
    assert!(!seen.starts_with("0 times") && seen.contains(" times, after 200 {"), "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_has_ten_thousand_kinds() {
    let why = refused("p10_has_ten_thousand_kinds").await;
    assert!(why.ends_with("asked to describe itself: what is handed over at once (4096 KiB)"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_has_a_line_break_in_its_id() {
    let why = refused("p10_has_a_line_break_in_its_id").await;
    assert!(why.starts_with("the provider's description of itself cannot be used: ") && !why.contains('\n'), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_has_a_hundred_kinds() {
    let why = refused("p10_has_a_hundred_kinds").await;
    assert!(why.ends_with("description of itself cannot be used: the kinds are too many"), "{why}");
}

/// A script is a text like any other, which pages show as one.
#[tokio::test(flavor = "multi_thread")]
async fn p10_has_a_script_for_a_label() {
    let label = load("p10_has_a_script_for_a_label").await.unwrap().description().label.clone();
    assert_eq!(label, "<script>alert(1)</script>");
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_has_a_label_that_turns_the_reading() {
    let why = refused("p10_has_a_label_that_turns_the_reading").await;
    assert!(why.ends_with("cannot be used: the label turns the direction of reading"), "{why}");
}

/// It leads where it says it does, and an administrator is shown where that is; it is no way to what was not said.
#[tokio::test(flavor = "multi_thread")]
async fn p10_leads_elsewhere() {
    let (stage, provider) = (Stage::set().await, load("p10_leads_elsewhere").await.unwrap());
    let record = stage.integration(&*provider, "x").await;
    assert!(record.place().addresses().iter().all(|address| address.contains("evil.example")), "{:?}", record.place());
    let login = stage.attempt_at(&*provider, record).await.unwrap().account.login;
    assert_eq!(login, "origin-not-allowed", "what its administrator entered is none of its origins");
    assert!(stage.stand_in.record.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn p12_fifty_who_ask_at_once_wait_for_one_that_compiles() {
    let time = async |many: usize| {
        let registry = Registry::new(Engine::new().unwrap());
        let begun = Instant::now();
        let loads = (0..many).map(|_| registry.load(component("asks")));
        let loaded: Vec<_> = join_all(loads).await.into_iter().map(|loaded| loaded.unwrap().1).collect();
        assert!(loaded.iter().all(|provider| Arc::ptr_eq(provider, &loaded[0])), "one for all");
        begun.elapsed()
    };
    component("asks");
    let (alone, fifty) = (time(1).await, time(50).await);
    assert!(fifty < alone * 5 + Duration::from_secs(1), "{fifty:?}, and {alone:?} for one");
}

/// Each piece is one that may be handed over: what is bounded is how often, and nobody waits for it.
#[tokio::test(flavor = "multi_thread")]
async fn p13_hands_over_again_and_again() {
    let stage = Stage::set().await;
    stage.is_answered().await;
    let flooding = stage.attempt("p13_hands_over_again_and_again", "x");
    let (flooded, asked) = tokio::join!(flooding, ten_answers(&stage));
    let failure = flooded.unwrap_err();
    assert!(failure.message.contains("went over a limit: "), "{}", failure.message);
    assert!(asked.as_secs_f64() < 3.0, "ten calls took {asked:?} beside a flood");
}

#[tokio::test(flavor = "multi_thread")]
async fn e2_goes_elsewhere() {
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
        assert_eq!(stage.seen("e2_goes_elsewhere", &url).await, code, "{url}");
    }
    // What it was lent it cannot know; were it to know it, it could not put it where it is written down.
    for known in [token::ALICE.to_owned(), token::ALICE.replace('_', "%5F"), token::ALICE[4..].to_owned()] {
        let url = format!("http://{host}/user?q={known}");
        assert_eq!(stage.seen("e2_goes_elsewhere", &url).await, "credential-in-request", "{known}");
    }
    assert!(stage.stand_in.record.requests().is_empty());
}
