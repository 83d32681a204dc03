//! `chromedriver`, once in a process, and everything it starts. None of it outlives the process, even one that is killed:
//! a browser left behind would keep a pipeline waiting.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::tidy::workspace_root;

/// Where `make setup` puts what is fetched, and where it is said which tests were skipped; from the root of the workspace.
const KEPT: &str = "target/browser";
const AXE_FILE_NAME: &str = "axe-core.js";

/// How long the driver may take until it listens: it is a small program.
const START_TIMEOUT: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(10);

/// Waits until its standard input ends, which it does with this process. Then asks the whole group to go, which takes it a
/// second, makes it go after five, and removes what it left.
const WATCHER: &str = r#"read -r _
kill -TERM "-$1" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "-$1" 2>/dev/null || break; sleep 0.5; done
kill -KILL "-$1" 2>/dev/null
rm -rf "$2""#;

/// What cannot be gone without, and what is to be done.
#[derive(Debug, Clone, thiserror::Error)]
#[error("there is no {0}: `make setup` gets it, or says how")]
pub struct Missing(&'static str);

/// A running `chromedriver`. Dropping it ends it, with all browsers, and waits for that.
pub struct Driver {
    port: u16,
    directory: PathBuf,
    process: Child,
    watcher: Child,
}

/// The process's one, started when it is first asked for. Nothing drops it: its watcher sees to its end.
pub(super) fn of_this_process() -> Result<&'static Driver, Missing> {
    static DRIVER: OnceLock<Result<Driver, Missing>> = OnceLock::new();
    DRIVER.get_or_init(Driver::start).as_ref().map_err(Clone::clone)
}

/// Says, where `make test` reads it, that the running test was skipped.
pub fn skip(missing: &Missing) {
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    eprintln!("skipped {test}: {missing}");
    let path = workspace_root().join(KEPT);
    let note = || {
        fs::create_dir_all(&path)?;
        let mut file = OpenOptions::new().create(true).append(true).open(path.join("skipped"))?;
        file.write_all(format!("{test}: {missing}\n").as_bytes())
    };
    note().expect("a file to say in what was skipped");
}

/// The text of axe-core.
pub(super) fn axe_core() -> Result<String, Missing> {
    fs::read_to_string(workspace_root().join(KEPT).join(AXE_FILE_NAME)).map_err(|_| Missing("axe-core"))
}

/// Whether a browser can be started.
///
/// # Errors
/// What there is none of.
pub fn is_there() -> Result<(), Missing> {
    let missing = ["chromium", "chromedriver"].into_iter().find(|program| !is_on_path(program));
    missing.map_or(Ok(()), |program| Err(Missing(program)))
}

impl Driver {
    /// Waits until it listens, in the thread that calls.
    ///
    /// # Errors
    /// Where there is none, or no browser.
    pub fn start() -> Result<Driver, Missing> {
        is_there()?;
        let directory = tempfile::Builder::new().prefix("countersign-browser-").tempdir();
        let directory = directory.expect("a temporary directory").keep();
        let log = directory.join("chromedriver.log");
        let file = File::create(&log).expect("a log");
        let mut command = Command::new("chromedriver");
        // A group of its own, which the browsers are in too. Nothing of ours is inherited, no pipe above all.
        // What a browser leaves behind when it is ended goes with the rest.
        command.arg("--port=0").process_group(0).env("LANGUAGE", "en").env("TMPDIR", &directory);
        command.stdin(Stdio::null()).stdout(file.try_clone().expect("a log")).stderr(file);
        let process = command.spawn().expect("chromedriver starts");
        let watcher = watch(process.id(), &directory);
        let mut driver = Driver { port: 0, directory, process, watcher };
        driver.port = driver.listens(&log);
        Ok(driver)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Where browsers keep what they keep; it goes with the driver.
    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Waits for the line that names the port.
    fn listens(&mut self, log: &Path) -> u16 {
        let waiting = Instant::now();
        loop {
            let said = fs::read_to_string(log).expect("the log can be read");
            let port =
                said.lines().find_map(|line| line.split_once("started successfully on port ")?.1.strip_suffix('.'));
            if let Some(port) = port {
                return port.parse().expect("a port");
            }
            let ended = self.process.try_wait().expect("the driver's state");
            assert!(
                ended.is_none() && waiting.elapsed() < START_TIMEOUT,
                "chromedriver does not start ({ended:?}): {said}"
            );
            std::thread::sleep(POLL);
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.watcher.stdin.take());
        // In this order: a group is there until whoever led it was waited for.
        let _ = self.process.wait();
        let _ = self.watcher.wait();
    }
}

fn watch(group: u32, directory: &Path) -> Child {
    let mut watcher = Command::new("sh");
    watcher.args(["-c", WATCHER, "watcher", &group.to_string()]).arg(directory).process_group(0);
    watcher.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    watcher.spawn().expect("sh starts")
}

fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory| directory.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_there(group: u32) -> bool {
        let asked = Command::new("sh").args(["-c", r#"kill -0 "-$1" 2>/dev/null"#, "ask", &group.to_string()]).status();
        asked.expect("sh runs").success()
    }

    #[test]
    fn nothing_is_left_of_a_dropped_driver() {
        let driver = match Driver::start() {
            Ok(driver) => driver,
            Err(missing) => return skip(&missing),
        };
        let (group, directory) = (driver.process.id(), driver.directory.clone());
        assert!(is_there(group) && directory.is_dir());
        drop(driver);
        assert!(!is_there(group) && !directory.exists());
    }
}
