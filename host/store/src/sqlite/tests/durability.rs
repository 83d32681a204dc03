//! What is in the files once a write was acknowledged.

use std::fs;
use std::os::unix::fs::MetadataExt;

use super::{Scratch, pat_of};
use crate::sqlite::connection;
use crate::suite::values::{at, at_once, audit, integration, intent, outcome, pat, sealed};
use crate::{Doubt, Integrations as _, Log as _, Operations as _, Pats as _, Settles, StoreError};
use model::{AuditVerdict, Rejection};

#[tokio::test]
async fn what_was_acknowledged_is_there_after_reopening() {
    let scratch = Scratch::new();
    let store = scratch.open();
    let acme = integration("acme");
    let revision = store.add_integration(acme.clone(), Some(sealed("bot")), audit("integration.add")).await.unwrap();
    store.save_pat(pat("acme", "ann", "x"), audit("pat.save")).await.unwrap();
    let refused = Rejection { at: at(5), why: "Bad credentials".into() };
    let noted = store.note_own_rejection(&acme.id, revision, refused.clone(), audit("own-credential.rejected"));
    assert!(noted.await.unwrap());
    drop(store);
    let store = scratch.open();
    assert_eq!(pat_of(&store, "ann").await.unwrap().sealed, sealed("x"));
    assert_eq!(store.integration(&acme.id).await.unwrap().unwrap().own_rejection, Some(refused));
    assert_eq!(store.verify_audit().await.unwrap(), AuditVerdict { entries: 3, fault: None });
    assert_eq!(store.append_audit(audit("x")).await.unwrap(), 4);
}

/// What a process killed at this moment leaves behind: the files as they are, nothing closed, no shared memory.
#[tokio::test]
async fn s5_what_was_acknowledged_is_in_the_files_of_a_process_that_never_closes_them() {
    let scratch = Scratch::new();
    let store = scratch.open();
    store.add_integration(integration("acme"), None, audit("integration.add")).await.unwrap();
    for round in 0..20 {
        let mark = format!("round {round}");
        store.save_pat(pat("acme", "ann", &mark), audit("pat.save")).await.unwrap();
        let intent = store.begin_operation(intent(), Some([1; 32])).await.unwrap().intent;
        let killed = Scratch { key: scratch.key.clone(), ..Scratch::new() };
        for suffix in ["", "-wal"] {
            let name = |scratch: &Scratch| format!("{}{suffix}", scratch.path().display());
            fs::copy(name(&scratch), name(&killed)).unwrap();
        }
        let after = killed.open();
        assert_eq!(pat_of(&after, "ann").await.unwrap().sealed, sealed(&mark));
        assert_eq!(after.verify_audit().await.unwrap(), AuditVerdict { entries: intent, fault: None });
    }
}

#[tokio::test]
async fn an_intent_without_outcome_is_unsettled_after_reopening() {
    let scratch = Scratch::new();
    let first = scratch.open().begin_operation(intent(), Some([7; 32])).await.unwrap();
    assert_eq!(first.doubt, Doubt::Nothing);
    let store = scratch.open();
    let second = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    assert_eq!(second.doubt, Doubt::Own);
    store.finish_operation(second.intent, outcome(), Settles::AllBefore).await.unwrap();
    drop(store);
    assert_eq!(scratch.open().begin_operation(intent(), Some([7; 32])).await.unwrap().doubt, Doubt::Nothing);
}

#[tokio::test]
async fn the_settings_that_the_promises_rest_on_are_in_force_on_the_writer() {
    let scratch = Scratch::new();
    let store = scratch.open();
    let settings = store
        .write(|write| {
            let names = [
                "journal_mode",
                "synchronous",
                "secure_delete",
                "foreign_keys",
                "trusted_schema",
                "busy_timeout",
                "temp_store",
            ];
            names.iter().map(|name| connection::setting(write.database, name)).collect::<Result<Vec<_>, _>>()
        })
        .await
        .unwrap();
    assert_eq!(settings, ["wal", "2", "1", "1", "0", "5000", "2"]);
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let scratch = Scratch::new();
    let store = scratch.open();
    let refused = store.readers.read(|database| Ok(database.execute("DELETE FROM policy", [])?)).await;
    let expected = "the database, or the disk that it is on, is read-only (attempt to write a readonly database)";
    assert_eq!(refused.unwrap_err(), StoreError::Unavailable(expected.to_owned()));
    store.policy().await.unwrap();
}

#[tokio::test]
async fn nobody_but_the_owner_can_read_the_files() {
    let scratch = Scratch::new();
    let store = scratch.open();
    store.append_audit(audit("x")).await.unwrap();
    let files: Vec<_> = fs::read_dir(scratch.directory.path()).unwrap().map(|file| file.unwrap()).collect();
    assert_eq!(files.len(), 3, "database, write-ahead log and shared memory");
    for file in files {
        assert_eq!(file.metadata().unwrap().mode() & 0o7777, 0o600, "{file:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_writing_at_once_share_one_chain() {
    let scratch = Scratch::new();
    let stores = [std::sync::Arc::new(scratch.open()), std::sync::Arc::new(scratch.open())];
    let mut numbers = at_once(60, |index| {
        let store = stores[index % 2].clone();
        async move { store.append_audit(audit("x")).await.unwrap() }
    })
    .await;
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=60).collect::<Vec<i64>>());
    assert_eq!(stores[0].verify_audit().await.unwrap(), AuditVerdict { entries: 60, fault: None });
}
