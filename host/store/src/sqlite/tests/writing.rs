//! The writer: what is committed together, what fails alone, and that nobody waits for ever.

use std::sync::{Arc, mpsc};

use super::{Scratch, SqliteStore};
use crate::sqlite::writer::Write;
use crate::suite::values::{audit, provider};
use crate::{Log as _, Providers as _, StoreError, Upkeep as _};
use model::Revision;

/// Holds the writer up until `release` is dropped, so that what is asked meanwhile is committed together.
async fn hold_up(store: &Arc<SqliteStore>) -> (mpsc::Sender<()>, tokio::task::JoinHandle<()>) {
    let (release, released) = mpsc::channel::<()>();
    let (reached, held) = tokio::sync::oneshot::channel();
    let store = Arc::clone(store);
    let waiting = tokio::spawn(async move {
        let hold = move |_: &Write<'_>| {
            let _ = reached.send(());
            let _ = released.recv();
            Ok(())
        };
        store.write(hold).await.unwrap();
    });
    held.await.unwrap();
    (release, waiting)
}

type Job = fn(&Write<'_>) -> Result<i64, StoreError>;

/// Asks for all of them while the writer is held up, in this order; their answers.
async fn together(store: &Arc<SqliteStore>, jobs: Vec<Job>) -> Vec<Result<i64, StoreError>> {
    let (release, waiting) = hold_up(store).await;
    let mut answers = Vec::new();
    for job in jobs {
        let store = Arc::clone(store);
        answers.push(tokio::spawn(async move { store.write(job).await }));
        tokio::task::yield_now().await;
    }
    drop(release);
    waiting.await.unwrap();
    let mut results = Vec::new();
    for answer in answers {
        results.push(answer.await.unwrap());
    }
    results
}

fn append(write: &Write<'_>) -> Result<i64, StoreError> {
    write.append_audit(&audit("x")).map(Revision::number)
}

fn append_and_fail(write: &Write<'_>) -> Result<i64, StoreError> {
    append(write)?;
    Err(StoreError::Conflict("it".to_owned()))
}

fn append_and_panic(write: &Write<'_>) -> Result<i64, StoreError> {
    append(write)?;
    panic!("a job's own mistake, made on purpose");
}

/// Passes itself, and makes the commit fail: the reference is checked only then.
fn break_the_commit(write: &Write<'_>) -> Result<i64, StoreError> {
    write.database.execute_batch(
        "PRAGMA defer_foreign_keys = ON;
         INSERT INTO drafts VALUES ('no such site', 'ann', 'create-branch', '{}', 0);",
    )?;
    append(write)
}

async fn entries(store: &SqliteStore) -> i64 {
    let verdict = store.verify_audit().await.unwrap();
    assert_eq!(verdict.fault, None);
    verdict.entries
}

#[tokio::test]
async fn a_job_that_fails_or_panics_is_rolled_back_alone() {
    let scratch = Scratch::new();
    let store = Arc::new(scratch.open());
    let answers = together(&store, vec![append, append_and_fail, append, append_and_panic, append]).await;
    let panicked = StoreError::Unavailable("a write panicked".into());
    assert_eq!(answers, [Ok(1), Err(StoreError::Conflict("it".into())), Ok(2), Err(panicked), Ok(3)]);
    assert_eq!(entries(&store).await, 3);
}

#[tokio::test]
async fn s7_a_commit_that_fails_acknowledges_nothing_and_leaves_nothing() {
    let scratch = Scratch::new();
    let store = Arc::new(scratch.open());
    let answers = together(&store, vec![append, break_the_commit, append]).await;
    for answer in answers {
        assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    }
    assert_eq!(entries(&store).await, 0);
    assert_eq!(store.append_audit(audit("x")).await.unwrap(), 1);
}

#[tokio::test]
async fn jobs_that_queue_up_share_one_commit() {
    let scratch = Scratch::new();
    let store = Arc::new(scratch.open());
    store.append_audit(audit("x")).await.unwrap();
    let (release, waiting) = hold_up(&store).await;
    let mut answers = Vec::new();
    for _ in 0..50 {
        let store = Arc::clone(&store);
        answers.push(tokio::spawn(async move { store.write(append).await.unwrap() }));
    }
    // Every task runs up to where it waits for its answer: this runtime has one thread.
    tokio::task::yield_now().await;
    let bytes_before = wal_bytes(&scratch);
    drop(release);
    waiting.await.unwrap();
    for answer in answers {
        answer.await.unwrap();
    }
    // Fifty commits of their own would write the pages of the head and the log fifty times.
    let pages = (wal_bytes(&scratch) - bytes_before) / 4096;
    assert!(pages < 25, "{pages} pages were written");
    assert_eq!(entries(&store).await, 51);
}

fn wal_bytes(scratch: &Scratch) -> u64 {
    std::fs::metadata(format!("{}-wal", scratch.path().display())).unwrap().len()
}

#[tokio::test]
async fn s7_a_full_disk_is_unavailable_writes_nothing_half_and_passes() {
    let scratch = Scratch::new();
    let store = scratch.open();
    let component: Vec<u8> = (0..=255).cycle().take(1_000_000).collect();
    let limit = |pages: i64| {
        store.write(move |write| {
            Ok(write.database.pragma_update_and_check(None, "max_page_count", pages, |row| row.get::<_, i64>(0))?)
        })
    };
    limit(60).await.unwrap();
    let put = || store.put_provider(provider(&component), component.clone(), None, audit("provider.put"));
    let refused = put().await;
    let told = "the disk that the database is on is full (database or disk is full)";
    assert_eq!(refused, Err(StoreError::Unavailable(told.into())));
    assert_eq!(entries(&store).await, 0);
    assert_eq!(store.append_audit(audit("x")).await.unwrap(), 1);
    limit(100_000).await.unwrap();
    put().await.unwrap();
    assert_eq!(entries(&store).await, 2);
}

#[tokio::test]
async fn a_writer_that_another_process_keeps_waiting_says_so_and_goes_on() {
    let scratch = Scratch::new();
    let store = scratch.open();
    // The first write is followed by an erasing, which sets its own patience.
    store.probe().await.unwrap();
    let impatient = |write: &Write<'_>| Ok(write.database.busy_timeout(std::time::Duration::from_millis(50))?);
    store.write(impatient).await.unwrap();
    let other = scratch.second_hand();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(store.probe().await, Err(StoreError::Unavailable(_))));
    other.execute_batch("COMMIT").unwrap();
    store.probe().await.unwrap();
}
