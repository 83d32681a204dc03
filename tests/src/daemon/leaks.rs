//! Looks for secrets where none may be: in every line any crate logs, at the most talkative level, and in every answer.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, Once};

use tracing_subscriber::filter::LevelFilter;

use crate::canary::Search;
use crate::standin::{codecommit, github};

/// Every secret of every usual scene.
static SECRETS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let codecommit = codecommit::token::ALL.iter().flat_map(|key| [Some(key.secret), key.session_token]).flatten();
    github::token::ALL.iter().copied().chain(codecommit).collect()
});
/// What every secret of a stand-in holds, and most texts do not.
const MARKS: [&[u8]; 2] = [b"StandIn", b"STANDIN"];
/// A text a test logs to see that looking finds something.
pub const CANARY: &str = "a-canary-that-only-its-own-test-logs";

/// Whether secrets are looked for in every encoding, which takes longer.
static IS_CLOSE: AtomicBool = AtomicBool::new(false);
static SEARCH: LazyLock<Search> = LazyLock::new(|| Search::of(SECRETS.iter().copied()));

static FOUND: Mutex<Vec<String>> = Mutex::new(Vec::new());
static CANARIES: AtomicUsize = AtomicUsize::new(0);
static LINES: AtomicUsize = AtomicUsize::new(0);

/// From now on secrets are looked for in every encoding, in all that this process logs and is answered.
pub fn look_closer() -> &'static Search {
    IS_CLOSE.store(true, Ordering::Relaxed);
    &SEARCH
}

/// Begins to look at the log of this process. Lines are not kept.
pub fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let subscriber = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE).with_ansi(false);
        subscriber.with_writer(|| Watcher).init();
    });
}

/// Log lines with a secret in them so far.
pub fn found_in_log() -> Vec<String> {
    FOUND.lock().expect("leak lock").clone()
}

/// Log lines with [`CANARY`] in them, and all lines, so far.
pub fn seen() -> (usize, usize) {
    (CANARIES.load(Ordering::SeqCst), LINES.load(Ordering::SeqCst))
}

/// The secret that a text holds.
pub fn in_text(text: &[u8]) -> Option<&'static str> {
    if IS_CLOSE.load(Ordering::Relaxed) {
        return SEARCH.find(text).map(|found| found.secret);
    }
    let holds = |secret: &&str| text.windows(secret.len()).any(|window| window == secret.as_bytes());
    let may_hold = text.windows(MARKS[0].len()).any(|window| MARKS.contains(&window));
    if may_hold { SECRETS.iter().copied().find(holds) } else { None }
}

struct Watcher;

impl Write for Watcher {
    /// One whole line at a time: that is how the subscriber writes.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        LINES.fetch_add(1, Ordering::SeqCst);
        if in_text(line).is_some() {
            FOUND.lock().expect("leak lock").push(String::from_utf8_lossy(line).into_owned());
        }
        if line.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()) {
            CANARIES.fetch_add(1, Ordering::SeqCst);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
