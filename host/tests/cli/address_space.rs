//! Where a process may have little address space, fewer calls of providers are done at once, and all are done.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::daemon::Daemon;
use crate::machine::{Machine, words};

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

#[test]
fn with_little_address_space_calls_wait_their_turn_and_are_done() {
    for mib in [1024, 1536, 2048, 4096] {
        let machine = Machine::set_up();
        machine.register_github();
        let admin_token = machine.text("admin token");
        let script = format!("ulimit -v {}; exec \"$0\" \"$@\"", mib << 10);
        let mut command = Command::new("sh");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_countersign")]);
        command.args(words("serve --listen 127.0.0.1:0 --log json")).env("COUNTERSIGN_DATA_DIR", machine.data_dir());
        let daemon = Daemon::of(command);
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
        assert!(most < mib - mib / 10, "of {mib} MiB it took {most}, too near to an end of the process");
        daemon.signal("TERM");
        let (status, log) = daemon.end();
        assert!(status == Some(0) && log.contains("little address space"), "{mib} MiB: {log}");
    }
}
