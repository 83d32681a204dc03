//! The demo keeps its word: the tour comes out right, the guide's commands work as printed, and nothing is left behind.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use countersign_tests::browser::{is_there, skip};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long to wait for anything: two dozen processes and a browser on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);
const POLL: Duration = Duration::from_millis(50);

/// A demo in a directory of its own, where everything it leaves can be seen.
struct Demo {
    directory: TempDir,
    process: Child,
}

impl Demo {
    fn start(variables: &[(&str, &str)]) -> Demo {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        fs::create_dir(path("tmp")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_demo"));
        command
            .env("DEMO_DIR", path("demo"))
            .env("TMPDIR", path("tmp"))
            .env_remove("DEMO_PORT")
            .env_remove("DEMO_ONCE")
            .env_remove("DEMO_TOUR");
        command.envs(variables.iter().copied()).stdin(Stdio::null());
        command.stdout(File::create(path("stdout")).unwrap()).stderr(File::create(path("stderr")).unwrap());
        let process = command.spawn().unwrap();
        Demo { directory, process }
    }

    /// A demo that waits for somebody to look, and what its file says.
    fn addresses() -> (Demo, Value) {
        Demo::start(&[]).described(0)
    }

    /// A demo that waits for somebody to type, and what its file says.
    fn guide() -> (Demo, Value) {
        Demo::start(&[("DEMO_TOUR", "curl")]).described(4)
    }

    fn described(mut self, commands: usize) -> (Demo, Value) {
        self.until("the guide is printed", |demo| {
            demo.printed().contains("Ctrl-C") && demo.commands().len() >= commands
        });
        let text = fs::read_to_string(self.env_path()).unwrap();
        (self, serde_json::from_str(&text).unwrap())
    }

    fn env_path(&self) -> PathBuf {
        self.directory.path().join("demo/env.json")
    }

    fn printed(&self) -> String {
        fs::read_to_string(self.directory.path().join("stdout")).unwrap()
    }

    fn complained(&self) -> String {
        fs::read_to_string(self.directory.path().join("stderr")).unwrap()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("demo/daemon.log")).unwrap()
    }

    /// What the guide says to type.
    fn commands(&self) -> Vec<String> {
        let printed = self.printed();
        let complete = printed.rfind('\n').map_or("", |end| &printed[..end]);
        let typed = |line: &&str| line.starts_with("  curl ") || line.starts_with("  git ");
        complete.lines().filter(typed).map(|line| line.trim().to_owned()).collect()
    }

    /// Fails when the demo ends first.
    fn until(&mut self, what: &str, is_so: impl Fn(&Demo) -> bool) {
        let waiting = Instant::now();
        while !is_so(self) {
            let ended = self.process.try_wait().unwrap();
            assert!(ended.is_none(), "{ended:?} before {what}: {}{}", self.printed(), self.complained());
            assert!(waiting.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}: {}", self.printed());
            std::thread::sleep(POLL);
        }
    }

    fn end(&mut self) -> ExitStatus {
        let waiting = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            assert!(waiting.elapsed() < PATIENCE, "still running after {PATIENCE:?}: {}", self.printed());
            std::thread::sleep(POLL);
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    fn expect_nothing_left(&self) {
        assert!(!self.env_path().exists());
        let left: Vec<_> =
            fs::read_dir(self.directory.path().join("tmp")).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(left, Vec::<PathBuf>::new());
    }
}

/// A test that failed half-way leaves no demo; its watcher takes the daemon along.
impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn the_tour_comes_out_right_on_every_integration() {
    let mut demo = Demo::start(&[("DEMO_ONCE", "1")]);
    let status = demo.end();
    let printed = demo.printed();
    assert!(status.success(), "{status}: {printed}{}", demo.complained());
    assert_eq!(demo.complained(), "");
    assert!(!printed.contains('✗') && !printed.contains('\u{1b}'), "{printed}");
    for kind in [
        "GitHub.com",
        "GitHub Enterprise Server",
        "GitLab.com",
        "GitLab self-managed",
        "Azure DevOps",
        "Visual Studio Team Services",
        "Team Foundation Server",
        "AWS CodeCommit",
    ] {
        let (_, tour) = printed.split_once(&format!("\n{kind} (")).expect(kind);
        let (tour, _) = tour.split_once("\n\n").unwrap();
        assert_eq!(tour.matches('✓').count(), 11, "{tour}");
    }
    let (_, pages) = printed.split_once("\nIn a browser, with Bob at http://127.0.0.1:").unwrap();
    let (pages, _) = pages.split_once("\n\n").unwrap();
    match is_there() {
        Ok(()) => assert_eq!(pages.matches('✓').count(), 8 * 4 + 4, "{pages}"),
        Err(missing) => skip(&missing),
    }
    demo.expect_nothing_left();
    let log = demo.log();
    assert!(log.contains("listening") && log.contains("stopped") && !log.contains("StandInToken"), "{log}");
}

#[test]
fn without_a_browser_the_tour_says_what_it_skips_and_comes_out_right() {
    let programs = tempfile::tempdir().unwrap();
    for program in ["git", "sh"] {
        std::os::unix::fs::symlink(on_path(program), programs.path().join(program)).unwrap();
    }
    let mut demo = Demo::start(&[("DEMO_ONCE", "1"), ("PATH", programs.path().to_str().unwrap())]);
    let status = demo.end();
    let (printed, complained) = (demo.printed(), demo.complained());
    assert!(status.success() && complained.is_empty() && !printed.contains('✗'), "{status}: {printed}{complained}");
    let (_, pages) = printed.split_once("\nIn a browser, ").unwrap();
    let skipped = "\n  - skipped: all that is done in a browser, because there is no chromium: `make setup` gets it, or says how\n\n";
    assert!(pages.contains(skipped) && pages.ends_with("Every step came out as promised.\n"), "{pages}");
    demo.expect_nothing_left();
}

fn on_path(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    std::env::split_paths(&path).map(|directory| directory.join(program)).find(|file| file.is_file()).expect(program)
}

#[test]
fn the_guide_tells_programs_and_people_enough_and_takes_everything_with_it() {
    let (mut demo, env) = Demo::guide();
    expect_documented(&env);
    run_as_printed(&demo, &env);
    demo.signal("-INT");
    let status = demo.end();
    assert!(status.success(), "{status}: {}{}", demo.printed(), demo.complained());
    demo.expect_nothing_left();
    assert!(!answers(&env));
}

/// What another program relies on.
fn expect_documented(env: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned();
    let public_url = text(&env["public_url"]);
    assert_eq!(env["api"], json!(format!("{public_url}/api/v1")));
    assert!(text(&env["admin_token"]).starts_with("csa_"));
    let connector = &env["connector"];
    assert_eq!((&connector["audience"], &connector["id"]), (&env["public_url"], &json!("jira")));
    assert!(text(&connector["private_key_pem"]).starts_with("-----BEGIN PRIVATE KEY-----"));
    assert!(text(&env["jira_page"]).ends_with("/browse/ABC-1"));
    assert!(text(&env["admin_login_link"]).contains("/admin/login/"));
    assert_eq!(env["project"], "ABC");
    let users: Vec<_> = env["users"].as_array().unwrap().iter().map(text).collect();
    assert_eq!(users.len(), 2);

    let integrations = env["integrations"].as_array().unwrap();
    let kinds: Vec<_> = integrations.iter().map(|integration| text(&integration["kind"])).collect();
    assert_eq!(
        kinds,
        ["github", "github-enterprise", "gitlab", "gitlab-self-managed", "azure-devops", "vsts", "tfs", "codecommit",]
    );
    for integration in integrations {
        assert!(text(&integration["stand_in"]).starts_with("http://127.0.0.1:"), "{integration}");
        let git_dir = text(&integration["git_dir"]);
        let branch = format!("refs/heads/{}", text(&integration["default_branch"]));
        assert!(Path::new(&git_dir).is_absolute() && show_ref(&git_dir).contains(&branch), "{integration}");
        assert!(integration["id"].is_string() && integration["repository"].is_string(), "{integration}");
        let own = &integration["integration_credential"]["fields"];
        assert!(own.as_object().is_some_and(|fields| !fields.is_empty()), "{integration}");
        for user in &users {
            let of_user = &integration["user_credentials"][user];
            assert!(of_user["fields"].is_object() && of_user["fields"] != *own, "{integration}");
            assert!(!text(&of_user["account"]).is_empty());
        }
    }
}

/// Types every command of the guide into a shell elsewhere.
fn run_as_printed(demo: &Demo, env: &Value) {
    if Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_err() {
        eprintln!("skipped: the printed commands, because there is no curl");
        return;
    }
    let [rule, pat, show, branch] = demo.commands().try_into().unwrap();
    assert_eq!(answer(demo, &rule)["require_user_pat"], true);
    let refused = answer(demo, &branch);
    assert_eq!(refused["type"], "urn:countersign:problem:user-pat-required", "{refused}");
    assert_eq!(answer(demo, &pat)["state"], "valid");
    let before = shell(demo, &show);
    let created = answer(demo, &branch);
    let (account, user) = (&env["integrations"][0]["user_credentials"], env["users"][0].as_str().unwrap());
    assert_eq!(created["receipt"]["acted_as"], "user", "{created}");
    assert_eq!(created["receipt"]["account"]["login"], account[user]["account"]);
    let name = created["branch"]["name"].as_str().unwrap();
    assert!(!before.contains(name) && shell(demo, &show).contains(name));
    let credited = format!("{name}</bdi> at GitHub.com, by <strong><bdi>alice</bdi>");
    let issue = page(env["jira_page"].as_str().unwrap());
    assert!(issue.contains(&credited), "{issue}");
}

#[test]
fn the_guide_begins_with_jira_is_short_and_a_killed_demo_leaves_no_daemon() {
    let (mut demo, env) = Demo::addresses();
    let printed = demo.printed();
    let (_, guide) = printed.split_once("\nOpen in a browser\n").unwrap();
    let page = env["jira_page"].as_str().unwrap();
    assert!(guide.lines().next().unwrap().ends_with(page) && guide.lines().count() <= 8, "{guide}");
    assert_eq!(demo.commands(), Vec::<String>::new());
    expect_jira(page);
    assert!(answers(&env));
    demo.signal("-KILL");
    assert!(!demo.end().success());
    let waiting = Instant::now();
    while answers(&env) {
        assert!(waiting.elapsed() < PATIENCE, "the daemon still answers");
        std::thread::sleep(POLL);
    }
}

#[test]
fn a_port_that_is_taken_is_told_and_nothing_is_started() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let mut demo = Demo::start(&[("DEMO_PORT", &port)]);
    assert_eq!(demo.end().code(), Some(1));
    assert!(demo.complained().contains(&format!("cannot listen on 127.0.0.1:{port}")), "{}", demo.complained());
    demo.expect_nothing_left();
}

/// The page of an issue, with everybody and every integration of the demo on it.
fn expect_jira(address: &str) {
    let page = page(address);
    for part in ["Log in with a passkey", "Alice", "?as=bob", "Create branch", "AWS CodeCommit", "tfs"] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

fn page(address: &str) -> String {
    let (host, path) = address.trim_start_matches("http://").split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    answer
}

/// Whether something still listens where the daemon did.
fn answers(env: &Value) -> bool {
    let address = env["public_url"].as_str().unwrap().trim_start_matches("http://");
    TcpStream::connect(address.parse::<SocketAddr>().unwrap()).is_ok()
}

fn answer(demo: &Demo, command: &str) -> Value {
    let said = shell(demo, command);
    serde_json::from_str(&said).unwrap_or_else(|_| panic!("no JSON from {command}: {said}"))
}

fn shell(demo: &Demo, command: &str) -> String {
    let output = Command::new("sh").args(["-c", command]).current_dir(demo.directory.path()).output().unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn show_ref(git_dir: &str) -> String {
    let output = Command::new("git").args(["--git-dir", git_dir, "show-ref"]).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
