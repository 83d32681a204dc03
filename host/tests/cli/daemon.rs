use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use model::Timestamp;
use serde_json::Value;

use crate::machine::{Machine, words};

/// How long a test waits for the daemon to do something.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The program serving, killed when the test ends.
pub struct Daemon {
    child: Child,
    pub address: String,
    /// What it has said so far.
    log: Arc<Mutex<String>>,
    reader: Option<thread::JoinHandle<()>>,
}

impl Daemon {
    pub fn start(machine: &Machine) -> Self {
        Self::of(machine.command(&words("serve --listen 127.0.0.1:0 --log json")))
    }

    /// Reads the address from the log, and then the rest of it beside the test.
    pub fn of(command: Command) -> Self {
        Self::with_input(command, Stdio::null())
    }

    /// The same with something to read.
    pub fn with_input(mut command: Command, input: Stdio) -> Self {
        let mut child = command.stdin(input).stderr(Stdio::piped()).spawn().unwrap();
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
        let log = Arc::new(Mutex::new(read));
        let kept = log.clone();
        let reader = thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().unwrap().push_str(&format!("{line}\n"));
            }
        });
        Self { child, address, log, reader: Some(reader) }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// The status of a GET.
    pub fn get(&self, path: &str) -> u16 {
        let mut stream = self.connect();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address).unwrap();
        status(&rest_of(&mut stream))
    }

    /// The body of a GET.
    fn text(&self, path: &str) -> String {
        let mut stream = self.connect();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.address).unwrap();
        rest_of(&mut stream).split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    /// What it says of being ready once providers are prepared.
    fn settles(&self) -> String {
        let mut texts = (0..PATIENCE.as_millis() / 20).map(|_| {
            sleep(Duration::from_millis(20));
            self.text("/readyz")
        });
        texts.find(|text| !text.contains("being prepared")).unwrap()
    }

    /// Within a second or so: what is registered is compiled first.
    pub fn becomes_ready(&self) -> bool {
        (0..PATIENCE.as_millis() / 20).any(|_| {
            sleep(Duration::from_millis(20));
            (200..300).contains(&self.get("/readyz"))
        })
    }

    /// What is answered to the global rule being set, which writes. Nothing when the daemon ends meanwhile.
    fn sets_the_rule(&self, admin_token: &str, on: bool) -> String {
        let Ok(mut stream) = TcpStream::connect(&self.address) else { return String::new() };
        let (body, head) = (format!("{{\"require_user_pat\": {on}}}"), "PUT /api/v1/admin/policy HTTP/1.1\r\nhost: x");
        let asked = write!(
            stream,
            "{head}\r\nconnection: close\r\nauthorization: Bearer {admin_token}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut answer = String::new();
        if asked.is_err() || stream.read_to_string(&mut answer).is_err() {
            answer.clear();
        }
        answer
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("sh").args(["-c", &format!("kill -{name} {id}")]).status().unwrap().success());
    }

    /// Exit status and log, once it has ended.
    pub fn end(mut self) -> (Option<i32>, String) {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status.code(), self.log());
            }
            sleep(Duration::from_millis(20));
        }
        self.kill();
        panic!("it did not end: {}", self.log());
    }

    fn log(&mut self) -> String {
        self.reader.take().unwrap().join().unwrap();
        self.said()
    }

    /// The most address space it ever took, in MiB, as Linux tells it.
    pub fn most_address_space(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let value = status.lines().find_map(|line| line.strip_prefix("VmPeak:")).unwrap();
        value.split_whitespace().next().unwrap().parse::<u64>().unwrap() >> 10
    }

    pub fn said(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.kill();
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
    let machine = Machine::set_up();
    for signal in ["TERM", "INT"] {
        let daemon = Daemon::start(&machine);
        assert!((200..300).contains(&daemon.get("/livez")), "alive");
        assert!(daemon.becomes_ready());
        // Commands work beside it.
        let newest = machine.json("audit list --limit 1");
        assert_eq!(newest["entries"][0]["subject"], "daemon.start");
        assert_eq!(newest["entries"][0]["details"]["listen"], daemon.address);
        let _unused = daemon.connect();
        daemon.signal(signal);
        let (status, log) = daemon.end();
        assert_eq!(status, Some(0), "{log}");
        assert!(log.contains("\"message\":\"stopped\""), "{log}");
        for line in log.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let at = line["timestamp"].as_str().unwrap();
            assert_eq!(
                Timestamp::parse(at).map(|parsed| parsed.to_string()).as_deref(),
                Some(at),
                "as the API writes times"
            );
        }
    }
}

#[test]
fn a_request_under_way_when_the_daemon_is_stopped_is_answered() {
    let machine = Machine::set_up();
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

/// However much room its user allows for one: what would be in it are other people's secrets.
#[test]
fn p5_a_daemon_that_is_killed_leaves_no_core_file() {
    let (machine, place) = (Machine::set_up(), tempfile::tempdir().unwrap());
    let of = |program: &str| {
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -S -c $(ulimit -H -c); exec \"$0\" \"$@\"", program]).current_dir(place.path());
        command
    };
    // Which nobody has it ignore, unlike QUIT, which is ignored by what was started in the background.
    for signal in ["ABRT", "TRAP"] {
        let mut command = of(env!("CARGO_BIN_EXE_countersign"));
        command.args(words("serve --listen 127.0.0.1:0 --log json")).env("COUNTERSIGN_DATA_DIR", machine.data_dir());
        let mut daemon = Daemon::of(command);
        daemon.signal(signal);
        let status = daemon.child.wait().unwrap();
        assert!(status.signal().is_some() && !status.core_dumped(), "{signal}: {status:?}");
    }
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
    // Another program does, where the system lets it.
    let mut sleeping = of("sleep").arg("60").spawn().unwrap();
    sleep(Duration::from_millis(200));
    Command::new("kill").args(["-ABRT", &sleeping.id().to_string()]).status().unwrap();
    println!("another program: {:?}", sleeping.wait().unwrap());
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

/// Files may not grow beyond 512 KiB. Every change writes to the write-ahead log, which soon is that large: then SQLite is
/// told of an error in the middle of a commit.
#[test]
fn s7_a_daemon_that_cannot_know_what_it_kept_exits_with_an_error() {
    let machine = Machine::set_up();
    let token = machine.text("admin token");
    let mut command = Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 1024; exec \"$0\" serve --listen 127.0.0.1:0 --log json";
    command.args(["-c", script, env!("CARGO_BIN_EXE_countersign")]).env("COUNTERSIGN_DATA_DIR", machine.data_dir());
    let daemon = Daemon::of(command);
    let mut answers = (0..1000).map(|round| daemon.sets_the_rule(&token, round % 2 == 0));
    let done = answers.by_ref().position(|answer| {
        let is_done = answer.starts_with("HTTP/1.1 2");
        // It may have been kept: whoever asked is not told that nothing was done. It looks for itself every two seconds, and
        // may be gone before it answers.
        let is_unknown = answer.starts_with("HTTP/1.1 504") && answer.contains("problem:outcome-unknown");
        assert!(is_done || is_unknown || answer.is_empty(), "{answer}");
        !is_done
    });
    assert!(done.is_some_and(|done| done > 10), "changed {done:?} times");
    let (status, log) = daemon.end();
    assert_eq!(status, Some(1), "{log}");
    assert!(log.contains("error: the database takes no more writes (") && log.contains("check the disk"), "{log}");
}

#[test]
fn s14_a_second_daemon_on_the_same_data_directory_is_refused_and_the_first_goes_on() {
    let machine = Machine::set_up();
    let daemon = Daemon::start(&machine);
    let (status, error) = machine.error("serve --listen 127.0.0.1:0 --log-level error");
    assert_eq!(status, 1);
    assert!(error.starts_with("error: another daemon works on the data directory "), "{error}");
    assert!(daemon.becomes_ready());
    let starts = |machine: &Machine| {
        let entries = machine.json("audit list")["entries"].as_array().unwrap().clone();
        entries.iter().filter(|entry| entry["subject"] == "daemon.start").count()
    };
    assert_eq!(starts(&machine), 1, "the second leaves no trace");
    daemon.signal("KILL");
    daemon.end();
    let again = Daemon::start(&machine);
    assert!(again.becomes_ready(), "what a daemon leaves behind that was killed is in nobody's way");
    assert_eq!(starts(&machine), 2);
}

#[test]
fn s14_a_data_directory_that_others_can_write_is_refused_by_every_command_and_the_daemon() {
    use std::os::unix::fs::PermissionsExt as _;
    let machine = Machine::set_up();
    machine.text("policy show");
    std::fs::set_permissions(machine.data_dir(), std::fs::Permissions::from_mode(0o777)).unwrap();
    for line in ["policy show", "serve --listen 127.0.0.1:0 --log-level error", "admin token list"] {
        let (status, error) = machine.error(line);
        assert!(status == 1 && error.contains("can be written by others") && error.contains("chmod 700"), "{error}");
    }
    let checked = machine.run(&words("config check"));
    assert!(checked.status == 1 && checked.out.contains("can be written by others"), "{checked:?}");
}

#[test]
fn a_daemon_whose_providers_cannot_be_read_at_its_start_is_not_ready() {
    let machine = Machine::set_up();
    machine.register_github();
    machine.edit_database(b"{\"id\":\"github\",\"version\"", b"[\"id\":\"github\",\"version\"");
    let daemon = Daemon::start(&machine);
    assert_eq!(daemon.settles(), "not ready: the registered providers cannot be read\n");
}

#[test]
fn p8_a_component_changed_on_disk_is_not_used_and_one_registered_anew_is_without_a_new_start() {
    let machine = Machine::set_up();
    machine.register_github();
    machine.edit_database(b"countersign:provider/", b"counterfeit:provider/");
    let daemon = Daemon::start(&machine);
    assert_eq!(daemon.settles(), "not ready: no registered provider can be used\n");
    machine.register_github();
    assert!(daemon.becomes_ready());
}

#[test]
fn s14_a_database_that_others_can_write_is_refused_by_every_command_and_the_daemon() {
    use std::os::unix::fs::PermissionsExt as _;
    let machine = Machine::set_up();
    machine.text("policy show");
    let database = machine.data_dir().join("countersign.db");
    std::fs::set_permissions(machine.data_dir(), std::fs::Permissions::from_mode(0o755)).unwrap();
    machine.text("policy show");
    std::fs::set_permissions(&database, std::fs::Permissions::from_mode(0o666)).unwrap();
    let mend = format!("chmod 600 {}", database.display());
    for line in ["policy show", "serve --listen 127.0.0.1:0 --log-level error", "admin token list"] {
        let (status, error) = machine.error(line);
        assert!(status == 1 && error.contains("can be read or written by others") && error.contains(&mend), "{error}");
    }
    let checked = machine.run(&words("config check"));
    assert!(checked.status == 1 && checked.out.contains(&mend), "{checked:?}");
    std::fs::set_permissions(&database, std::fs::Permissions::from_mode(0o600)).unwrap();
    machine.text("policy show");
}

/// A database that SQLite finds malformed, behind a daemon that runs: whoever routes requests to it is told, and why is in
/// the log.
#[test]
fn a_daemon_whose_database_is_broken_under_it_is_not_ready() {
    let machine = Machine::set_up();
    machine.text("policy set --require-user-pat on");
    let path = machine.data_dir().join("countersign.db");
    let length = std::fs::metadata(&path).unwrap().len();
    let daemon = Daemon::start(&machine);
    assert!(daemon.becomes_ready());
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.write_all(&vec![0x5a; usize::try_from(length).unwrap()]).unwrap();
    let is_unready = (0..PATIENCE.as_millis() / 100).any(|_| {
        sleep(Duration::from_millis(100));
        daemon.get("/readyz") == 503
    });
    assert!(is_unready, "it says that it is ready");
    assert_eq!(daemon.get("/livez"), 200);
    daemon.signal("KILL");
    let (_, log) = daemon.end();
    assert!(log.contains("not ready"), "{log}");
}
