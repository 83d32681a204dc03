//! `kill -9` while PATs are saved and deleted: a process of its own writes, and says so, until it is killed.

use std::io::{BufRead, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::{env, io};

use tempfile::TempDir;

use super::pat_of;
use crate::suite::values::{at, audit, id, integration, pat, user};
use crate::{Integrations as _, Log as _, Pats as _, SqliteStore};
use crypto::{KeyPlaces, MasterKey, SystemRandom};

/// Names the directory to write in; the writing process alone has it.
const DIRECTORY: &str = "COUNTERSIGN_TEST_WRITE_IN";

/// How often a process is killed, each time after another number of writes.
const KILLS: usize = 8;

fn open(directory: &std::path::Path) -> SqliteStore {
    let path = directory.join("countersign.db");
    let places = KeyPlaces {
        named: None,
        credentials_directory: None,
        data_directory: directory,
        database_exists: path.exists(),
    };
    let (key, _) = MasterKey::find(places, &SystemRandom).unwrap();
    SqliteStore::open(&path, key.audit_key(), &key.check(), key.answer_key(Arc::new(SystemRandom)), at(0)).unwrap()
}

#[tokio::test]
async fn s5_a_process_killed_while_saving_and_deleting_loses_nothing_it_acknowledged() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path());
    store.add_integration(integration("acme"), None, audit("integration.add")).await.unwrap();
    drop(store);
    for kill in 0..KILLS {
        let (entries, has_pat) = acknowledged_until_killed(directory.path(), 1 + kill * 5);
        let store = open(directory.path());
        let verdict = store.verify_audit().await.unwrap();
        assert_eq!(verdict.fault, None);
        // The write under way may have been committed with nobody left to tell.
        let further = verdict.entries - entries;
        assert!((0..=1).contains(&further), "{entries} were acknowledged, {} are there", verdict.entries);
        assert_eq!(pat_of(&store, "ann").await.is_some(), has_pat ^ (further == 1));
        // Each round starts without a PAT.
        store.delete_pat(&id("acme"), &user("ann"), None, audit("pat.delete")).await.unwrap();
    }
}

/// Kills the writer after it acknowledged this many; what it had acknowledged by then: audit entries, and whether there
/// is a PAT.
fn acknowledged_until_killed(directory: &std::path::Path, writes: usize) -> (i64, bool) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "--ignored", "--nocapture", "sqlite::tests::killing::writes_until_killed"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(io::Result::unwrap);
    let mut acknowledged = Vec::new();
    for line in lines {
        let Some(told) = line.strip_prefix("acknowledged ") else {
            continue;
        };
        let (entries, has_pat) = told.split_once(' ').unwrap();
        acknowledged.push((entries.parse().unwrap(), has_pat == "true"));
        if acknowledged.len() == writes {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(acknowledged.len() >= writes, "the writer ended by itself");
    *acknowledged.last().unwrap()
}

#[tokio::test]
#[ignore = "the writing process of the test above"]
async fn writes_until_killed() {
    let Some(directory) = env::var_os(DIRECTORY).map(PathBuf::from) else {
        return;
    };
    let store = open(&directory);
    let mut entries = store.verify_audit().await.unwrap().entries;
    println!();
    for index in 0.. {
        let saves = index % 2 == 0;
        if saves {
            store.save_pat(pat("acme", "ann", "x"), audit("pat.save")).await.unwrap();
        } else {
            store.delete_pat(&id("acme"), &user("ann"), None, audit("pat.delete")).await.unwrap();
        }
        entries += 1;
        println!("acknowledged {entries} {saves}");
        io::stdout().flush().unwrap();
    }
}
