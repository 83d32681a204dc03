//! As systemd starts a service.

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};

use crate::daemon::{Daemon, PATIENCE};
use crate::machine::{Machine, words};

#[test]
fn a_service_manager_is_told_when_the_daemon_is_ready_and_when_it_stops() {
    let machine = Machine::new();
    let path = machine.data_dir().with_file_name("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let told = || {
        let mut said = [0; 200];
        let length = socket.recv(&mut said).expect("it says something");
        String::from_utf8_lossy(&said[..length]).trim().to_owned()
    };
    let mut command = machine.command(&words("serve --listen 127.0.0.1:0 --log json"));
    command.env("NOTIFY_SOCKET", &path);
    let daemon = Daemon::of(command);
    assert_eq!(told(), "READY=1");
    assert_eq!(daemon.get("/livez"), 200);
    daemon.signal("TERM");
    assert_eq!(told(), "STOPPING=1");
}

/// Where one is handed over, that is listened on, whatever `listen` says: connections that came before the daemon are answered.
#[test]
fn a_socket_that_is_handed_over_is_listened_on() {
    let machine = Machine::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let script = "export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$0\" serve --listen 127.0.0.1:0 --log json 3<&0 </dev/null";
    let mut command = Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_countersign")]).env("COUNTERSIGN_DATA_DIR", machine.data_dir());
    let daemon = Daemon::with_input(command, Stdio::from(OwnedFd::from(listener)));
    assert_eq!(daemon.address, address);
    assert_eq!(daemon.get("/livez"), 200);
}
