//! Where a process may have little address space, fewer calls of providers are done at once, and all are done.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::daemon::Daemon;
use crate::machine::{Machine, Ran, github_component, words};

/// More than fit into the least of the limits at one time.
const AT_ONCE: usize = 24;
/// How long the git server takes, so that calls are under way together.
const SLOWNESS: Duration = Duration::from_millis(300);

/// A GitHub Enterprise Server that knows everybody by one name.
fn git_server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || {
                let lines = BufReader::new(&stream).lines().map_while(Result::ok);
                lines.take_while(|line| !line.is_empty()).for_each(drop);
                thread::sleep(SLOWNESS);
                let body = r#"{"id":1,"login":"jira"}"#;
                let head =
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-oauth-scopes: repo\r\nconnection: close";
                let _ = write!(&stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            });
        }
    });
    address
}

/// Adds an integration with a credential, which the git server is asked about. The answer.
fn adds(daemon: &str, admin_token: &str, git_server: SocketAddr, number: usize) -> String {
    let body = format!(
        r#"{{"id":"git-{number}","kind":"github-enterprise","settings":{{"base_url":"http://{git_server}"}},
            "network":{{"allow_private":true,"allow_http":true}},"credential":{{"token":"ghp_0123456789{number}"}}}}"#
    );
    let mut stream = TcpStream::connect(daemon).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let head =
        "POST /api/v1/admin/integrations HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json";
    let length = body.len();
    write!(stream, "{head}\r\nauthorization: Bearer {admin_token}\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The program serving with that much address space.
fn serving_with(machine: &Machine, kib: u64) -> Command {
    let script = format!("ulimit -v {kib}; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_countersign")]);
    command.args(words("serve --listen 127.0.0.1:0 --log json")).env("COUNTERSIGN_DATA_DIR", machine.data_dir());
    command
}

/// With two providers: what is compiled first leaves something behind.
fn set_up() -> Machine {
    let machine = Machine::set_up();
    machine.register_github();
    machine.text(&format!("provider register {}", github_component().with_file_name("gitlab.wasm").display()));
    machine
}

/// What it says has to be there at least.
fn least_mib(machine: &Machine) -> u64 {
    let (status, error) = Ran::of(serving_with(machine, 300 << 10).output().unwrap()).error();
    assert!(status == 1 && error.contains("limited to 300 MiB, 307200 KiB (`ulimit -v`, "), "{error}");
    let least = error.split_once("at least ").and_then(|(_, least)| least.split_once(" MiB")).unwrap();
    least.0.parse().unwrap()
}

#[test]
fn a_daemon_with_too_little_address_space_is_refused_in_words_that_name_the_limit() {
    let machine = Machine::new();
    let least = least_mib(&machine);
    assert!(!machine.data_dir().exists(), "nothing was made");
    for mib in [100, 250, 350, 400, 450, least - 4] {
        let (status, error) = Ran::of(serving_with(&machine, mib << 10).output().unwrap()).error();
        assert!(status == 1 && error.contains(&format!("{} KiB (`ulimit -v`", mib << 10)), "{mib} MiB: {error}");
        assert!(error.contains("at least ") && error.contains("raise the limit"), "{error}");
    }
}

/// Each start is another: threads take what they need in no order.
#[test]
fn a_daemon_with_little_more_than_the_least_prepares_all_its_providers_every_time() {
    let machine = set_up();
    let least = least_mib(&machine);
    for mib in [0, 0, 0, 0, 4, 16, 40, 64, 100, 150].map(|more| least + more) {
        let daemon = Daemon::of(serving_with(&machine, mib << 10));
        assert!(daemon.becomes_ready(), "{mib} MiB: {}", daemon.said());
        let prepared = || daemon.said().matches("the provider is ready").count();
        assert!(
            (0..600).any(|_| {
                thread::sleep(Duration::from_millis(20));
                prepared() == 2
            }),
            "{}",
            daemon.said()
        );
        daemon.signal("TERM");
        let (status, log) = daemon.end();
        assert_eq!(status, Some(0), "{mib} MiB: {log}");
    }
}

#[test]
fn with_little_address_space_calls_wait_their_turn_and_are_done() {
    let least = least_mib(&Machine::new());
    for mib in [least, least + 64, 1024, 1536, 2048, 4096] {
        let machine = set_up();
        let admin_token = machine.text("admin token");
        let daemon = Daemon::of(serving_with(&machine, mib << 10));
        assert!(daemon.becomes_ready(), "{mib} MiB");
        let git_server = git_server();
        thread::scope(|scope| {
            let (at, token) = (daemon.address.as_str(), admin_token.as_str());
            let all: Vec<_> =
                (0..AT_ONCE).map(|number| scope.spawn(move || adds(at, token, git_server, number))).collect();
            for one in all {
                let answer = one.join().unwrap();
                assert!(answer.starts_with("HTTP/1.1 201"), "{mib} MiB: {answer}\n{}", daemon.said());
            }
        });
        let most = daemon.most_address_space();
        let kept = if mib < 1024 { mib / 50 } else { mib / 10 };
        assert!(most < mib - kept, "of {mib} MiB it took {most}, too near to an end of the process");
        daemon.signal("TERM");
        let (status, log) = daemon.end();
        assert!(status == Some(0) && log.contains("little address space"), "{mib} MiB: {log}");
    }
}
