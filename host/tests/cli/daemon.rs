use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::machine::{Machine, words};

/// How long a test waits for the daemon to do something.
const PATIENCE: Duration = Duration::from_secs(30);

/// The program serving, killed when the test ends.
struct Daemon {
    child: Child,
    address: String,
    log: thread::JoinHandle<String>,
}

impl Daemon {
    fn start(machine: &Machine) -> Self {
        Self::of(machine.command(&words("serve --listen 127.0.0.1:0 --log json")))
    }

    /// Reads the address from the log, and then the rest of it beside the test.
    fn of(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut read = String::new();
        let address = loop {
            let line = lines.next().unwrap_or_else(|| panic!("it never listened:\n{read}")).unwrap();
            read += &format!("{line}\n");
            let line: Value = serde_json::from_str(&line).expect("log lines are JSON");
            if line["message"] == "listening" {
                break line["address"].as_str().unwrap().to_owned();
            }
        };
        let log = thread::spawn(move || lines.map_while(Result::ok).fold(read, |log, line| log + &line + "\n"));
        Self { child, address, log }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// The status of a GET.
    fn get(&self, path: &str) -> u16 {
        let mut stream = self.connect();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address).unwrap();
        status(&rest_of(&mut stream))
    }

    /// Not ready too when it ends while it is being asked.
    fn is_ready(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(&self.address) else { return false };
        let asked = write!(stream, "GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let mut answer = String::new();
        asked.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 2")
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("sh").args(["-c", &format!("kill -{name} {id}")]).status().unwrap().success());
    }

    /// Exit status and log, once it has ended.
    fn end(mut self) -> (Option<i32>, String) {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status.code(), self.log.join().unwrap());
            }
            sleep(Duration::from_millis(20));
        }
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        panic!("it did not end: {}", self.log.join().unwrap());
    }
}

fn rest_of(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no answer: {answer:?}"))
}

#[test]
fn the_daemon_answers_records_its_start_and_stops_on_sigterm_and_on_ctrl_c() {
    let machine = Machine::new();
    for signal in ["TERM", "INT"] {
        let daemon = Daemon::start(&machine);
        assert!((200..300).contains(&daemon.get("/livez")), "alive");
        assert!(daemon.is_ready());
        // Commands work beside it.
        let newest = machine.json("audit list --limit 1");
        assert_eq!(newest["entries"][0]["subject"], "daemon.start");
        assert_eq!(newest["entries"][0]["details"]["listen"], daemon.address);
        let _unused = daemon.connect();
        daemon.signal(signal);
        let (status, log) = daemon.end();
        assert_eq!(status, Some(0), "{log}");
        assert!(log.contains("\"message\":\"stopped\""), "{log}");
    }
}

#[test]
fn a_request_under_way_when_the_daemon_is_stopped_is_answered() {
    let machine = Machine::new();
    machine.text("connector add jira --generate jira.key");
    let daemon = Daemon::start(&machine);
    let audience = format!("--audience http://{}", daemon.address);
    let token = machine.text(&format!("connector sign jira --key jira.key --user ann --project ABC {audience}"));
    let mut stream = daemon.connect();
    let body = r#"{"integration":"none","project":"ABC"}"#;
    let (first, second) = body.split_at(10);
    let head = format!(
        "POST /api/v1/setup-links HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{first}",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    sleep(Duration::from_millis(500));
    daemon.signal("TERM");
    sleep(Duration::from_secs(1));
    stream.write_all(second.as_bytes()).unwrap();
    // Which answer is the API's affair: there is no such integration.
    assert_eq!(status(&rest_of(&mut stream)), 404);
    let (status, log) = daemon.end();
    assert_eq!(status, Some(0), "{log}");
}

#[test]
fn an_address_in_use_is_refused_before_anything_is_made() {
    let machine = Machine::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let (status, error) = machine.error(&format!("serve --listen {address}"));
    assert_eq!(status, 1);
    assert!(
        error.starts_with(&format!("error: cannot listen on {address}; name another address with --listen: ")),
        "{error}"
    );
    assert!(!machine.data_dir().exists());
}

/// Files may not grow beyond 256 KiB. Every look at whether the daemon is ready writes to the write-ahead log, which soon is
/// that large: then SQLite is told of an error in the middle of a commit.
#[test]
fn s7_a_daemon_that_cannot_know_what_it_kept_exits_with_an_error() {
    let machine = Machine::new();
    let mut command = Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 512; exec \"$0\" serve --listen 127.0.0.1:0 --log json";
    command.args(["-c", script, env!("CARGO_BIN_EXE_countersign")]).env("COUNTERSIGN_DATA_DIR", machine.data_dir());
    let daemon = Daemon::of(command);
    let answered = (0..1000).take_while(|_| daemon.is_ready()).count();
    assert!((10..1000).contains(&answered), "ready {answered} times");
    let (status, log) = daemon.end();
    assert_eq!(status, Some(1), "{log}");
    assert!(log.contains("error: the database takes no more writes (") && log.contains("check the disk"), "{log}");
}
