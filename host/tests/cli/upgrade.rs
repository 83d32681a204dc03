//! A database of the second schema, in the hands of an administrator.

use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, Permissions};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::PathBuf;

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::machine::{Machine, github_component};

/// With what `tests/fixtures/README.md` tells of.
fn upgraded() -> Machine {
    let machine = Machine::new();
    let host = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    let kept = host.join("../tests/fixtures/schema-2");
    DirBuilder::new().mode(0o700).create(machine.data_dir()).unwrap();
    let packed = File::open(kept.join("countersign.db.gz")).unwrap();
    let mut database = File::create(machine.data_dir().join("countersign.db")).unwrap();
    std::io::copy(&mut GzDecoder::new(packed), &mut database).unwrap();
    let key = machine.data_dir().join("master.key");
    std::fs::copy(kept.join("master.key"), &key).unwrap();
    std::fs::set_permissions(key, Permissions::from_mode(0o600)).unwrap();
    machine
}

#[test]
fn what_there_was_is_listed_and_the_audit_log_verifies() {
    let machine = upgraded();
    let verdict = machine.json("audit verify");
    assert_eq!((&verdict["intact"], &verdict["fault"]), (&json!(true), &Value::Null));
    let sites = machine.json("site list")["sites"].as_array().unwrap().len();
    assert_eq!(sites, 1);
    let tokens = machine.text("admin token list");
    assert_eq!(tokens.lines().filter(|line| line.starts_with("ops")).count(), 2, "{tokens}");
    let integrations = machine.text("integration list");
    assert!(integrations.contains("https://api.github.com (dialled at 127.0.0.1:27443)"), "{integrations}");
    let bound = machine.text("audit list");
    assert!(bound.contains("credentials.bind"), "{bound}");
}

/// All there is in the data directory: each name, and the SHA-256 of what is in it.
fn files(machine: &Machine) -> BTreeMap<PathBuf, String> {
    let files = std::fs::read_dir(machine.data_dir()).unwrap().map(|file| file.unwrap().path());
    files.map(|path| (path.clone(), crypto::hex(&crypto::sha256(&std::fs::read(path).unwrap())))).collect()
}

#[test]
fn s10_a_check_says_that_an_upgrade_is_due_and_changes_nothing() {
    let machine = upgraded();
    let before = files(&machine);
    let checked = machine.text("config check --listen 127.0.0.1:0");
    let due = "which is of an earlier version (schema 2) and upgraded by the next start: make a copy";
    assert!(checked.contains(due), "{checked}");
    assert_eq!(files(&machine), before);
    machine.text("policy show");
    let before = files(&machine);
    let checked = machine.text("config check --listen 127.0.0.1:0");
    assert!(checked.contains("which can be written") && !checked.contains("upgraded"), "{checked}");
    assert_eq!(files(&machine), before);
}

#[test]
fn s10_nothing_is_upgraded_under_a_daemon_that_works_with_it() {
    let machine = upgraded();
    let daemons = File::create(machine.data_dir().join("daemon.lock")).unwrap();
    daemons.lock().unwrap();
    let before = files(&machine);
    let (status, error) = machine.error("policy show");
    let reason = "is of an earlier version (schema 2), and is not upgraded while somebody works with it: another daemon works on";
    assert!(status == 1 && error.contains(reason), "{error}");
    let (status, error) = machine.error("serve --listen 127.0.0.1:0 --log-level error");
    assert!(status == 1 && error.starts_with("error: another daemon works on the data directory "), "{error}");
    machine.text("config check --listen 127.0.0.1:0");
    assert_eq!(files(&machine), before);
    drop(daemons);
    machine.text("policy show");
    assert!(machine.text("audit list").contains("credentials.bind"));
}

#[test]
fn s11_a_dry_run_of_a_move_says_whom_it_concerns_and_the_move_is_written_down() {
    let machine = upgraded();
    machine.text(&format!("provider register {}", github_component().display()));
    let line = "integration set main --connect-to api.github.com:443=127.0.0.1:9";
    let before = machine.json("integration show main");
    let dry = machine.text(&format!("{line} --dry-run"));
    let concerns = "the PATs of 4 users, who have to confirm them";
    assert!(dry.starts_with("nothing is changed") && dry.contains(concerns), "{dry}");
    assert_eq!(machine.json("integration show main"), before);
    let done = machine.text(line);
    assert!(done.starts_with("changed integration main") && done.contains(concerns), "{done}");
    assert_eq!(machine.json("integration show main")["own_credential"], "set-aside");
    let log = machine.json("audit list");
    let entry =
        log["entries"].as_array().unwrap().iter().find(|entry| entry["subject"] == "integration.change").unwrap();
    let told = json!({
        "before": { "api.github.com:443": "127.0.0.1:27443" },
        "after": { "api.github.com:443": "127.0.0.1:9" },
    });
    assert_eq!(entry["details"]["connect_to"], told);
    assert_eq!(entry["details"]["set_aside"], json!({ "user_pats": 4, "own_credential": true }));
}
