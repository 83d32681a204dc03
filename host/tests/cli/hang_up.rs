use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use crate::daemon::{Daemon, PATIENCE};
use crate::machine::{Machine, words};

/// Two certificates that OpenSSL signs for itself.
fn certificates(machine: &Machine, names: &[&str]) -> String {
    let made = |name: &&str| {
        let (key, certificate) = (machine.path("unused.key"), machine.path(name));
        let mut openssl = std::process::Command::new("openssl");
        openssl.args(words("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj"));
        openssl.arg(format!("/CN={name}")).arg("-keyout").arg(key).arg("-out").arg(&certificate);
        assert!(openssl.output().unwrap().status.success());
        std::fs::read_to_string(certificate).unwrap()
    };
    names.iter().map(made).collect()
}

fn configure(path: &Path, level: &str, more: &str) {
    std::fs::write(path, format!("listen = \"127.0.0.1:0\"\nlog = \"json\"\nlog_level = \"{level}\"\n{more}")).unwrap();
}

#[test]
fn sighup_ends_no_daemon_which_reads_anew_what_it_can_and_says_what() {
    let machine = Machine::set_up();
    let (config, roots) = (machine.path("c.toml"), machine.path("roots.pem"));
    configure(&config, "info", "");
    std::fs::write(&roots, certificates(&machine, &["one"])).unwrap();
    let mut command = machine.command(&words("serve --config c.toml"));
    command.env("SSL_CERT_FILE", &roots);
    let daemon = Daemon::of(command);
    assert!(daemon.becomes_ready());

    std::fs::write(&roots, certificates(&machine, &["one", "two"])).unwrap();
    configure(&config, "debug", "public_url = \"https://elsewhere.example\"");
    let told = |number: usize| {
        daemon.signal("HUP");
        let said = || daemon.said().matches("read anew what can be").count();
        let done = (0..PATIENCE.as_millis() / 20).any(|_| {
            sleep(Duration::from_millis(20));
            said() == number
        });
        assert!(done, "{}", daemon.said());
    };
    told(1);
    std::fs::write(&config, "listen_on = 1").unwrap();
    std::fs::remove_file(&roots).unwrap();
    told(2);
    assert_eq!(daemon.get("/livez"), 200);
    daemon.signal("TERM");
    let (status, log) = daemon.end();
    assert_eq!(status, Some(0), "{log}");
    let expected = [
        "\"settings\":\"public_url\"",
        "\"log_level\":\"Debug\",\"certificates\":\"2\",\"client_certificates\":\"0\",\"new_providers\":0",
        "\"message\":\"the configuration cannot be read anew; what was read before stays\"",
        "no setting is called `listen_on`",
        "\"log_level\":\"Debug\",\"certificates\":\"as before\"",
    ];
    for part in expected {
        assert!(log.contains(part), "{part} is not in {log}");
    }
}
