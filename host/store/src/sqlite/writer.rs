//! The one thread that writes. It commits what has queued up together: a sync of the device costs far more than the
//! writes it makes durable.
//!
//! Nobody is answered before the commit. A job that fails is rolled back alone; a commit that fails, fails all of its jobs.
//! Where the device did not say what it kept of a commit, its jobs hear that nobody knows, and the writer ends.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior, params};
use tokio::sync::{mpsc, oneshot};

use super::{StoreError, audit, connection, error};
use crypto::AuditKey;
use model::{NewAuditEntry, Revision};

/// Jobs that may wait for the writer; whoever comes then waits outside. Some seconds' worth on a slow disk.
const MAX_QUEUED: usize = 1024;

/// Most jobs committed together: bounds how long the first of them waits for the last.
const MAX_TOGETHER: usize = 256;

/// How long a deletion waits for readers before it empties the write-ahead log. They take microseconds, a verification of
/// the audit log seconds; then it is tried again after every write.
const ERASE_TIMEOUT: Duration = Duration::from_millis(100);

/// What a job writes with.
pub(super) struct Write<'a> {
    /// Inside the job's own savepoint.
    pub database: &'a Connection,
    audit_key: &'a AuditKey,
    erases: Cell<bool>,
}

impl Write<'_> {
    /// The entry's number, and so the revision of what is changed with it. Every job that changes something for somebody
    /// writes one.
    pub fn append_audit(&self, entry: &NewAuditEntry) -> Result<Revision, StoreError> {
        audit::append(self.database, self.audit_key, entry).map(Revision::of_entry)
    }

    /// A row whose revision a change has to match.
    pub fn guarded<'a>(&'a self, of: Guarded<'a>) -> Row<'a> {
        Row { database: self.database, of }
    }

    /// Says that this job deleted or replaced a sealed credential, which must not stay behind in the write-ahead log.
    pub fn erased_credential(&self) {
        self.erases.set(true);
    }
}

/// A row with a revision, as a job changes or removes it.
pub(super) struct Guarded<'a> {
    pub table: &'static str,
    /// For people: `integration`.
    pub what: &'static str,
    pub id: &'a str,
}

/// The same, at hand.
pub(super) struct Row<'a> {
    database: &'a Connection,
    of: Guarded<'a>,
}

impl Row<'_> {
    /// `rows` is how many a statement changed that compared the revision: none means that somebody else was there.
    pub fn changed(&self, rows: usize) -> Result<(), StoreError> {
        match rows {
            0 if self.exists()? => Err(StoreError::Changed(self.name())),
            0 => Err(StoreError::Missing(self.name())),
            _ => Ok(()),
        }
    }

    /// Of the expected revision, or whichever there is. False where there is none.
    pub fn remove(&self, expected: Option<Revision>) -> Result<bool, StoreError> {
        let sql = format!("DELETE FROM {} WHERE id = ?1 AND (?2 IS NULL OR revision = ?2)", self.of.table);
        let removed =
            self.database.prepare_cached(&sql)?.execute(params![self.of.id, expected.map(Revision::number)])?;
        if removed == 0 && self.exists()? {
            return Err(StoreError::Changed(self.name()));
        }
        Ok(removed > 0)
    }

    fn exists(&self) -> Result<bool, StoreError> {
        let sql = format!("SELECT 1 FROM {} WHERE id = ?1", self.of.table);
        Ok(self.database.prepare_cached(&sql)?.exists([self.of.id])?)
    }

    fn name(&self) -> String {
        format!("{} {}", self.of.what, self.of.id)
    }
}

pub(super) struct Writer {
    queue: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
    /// Why it writes no more.
    stopped: Arc<OnceLock<String>>,
}

impl Writer {
    /// With a thread that the connection is moved to. Fails where the system gives none.
    pub fn start(database: Connection, audit_key: AuditKey) -> Result<Self, StoreError> {
        let (sender, receiver) = mpsc::channel(MAX_QUEUED);
        let stopped = Arc::new(OnceLock::new());
        // What a process before this one deleted may not be erased yet.
        let serving = Serving { database, audit_key, stopped: Arc::clone(&stopped), erasing: Erasing::Owed };
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || serving.run(receiver))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Self { queue: Some(sender), thread: Some(thread), stopped })
    }

    /// Returns once the job is committed and synced, or is not going to be. A caller that goes away does not stop its job.
    pub async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Write<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Pending { work: Some(work), result: None, reply });
        let queue = self.queue.as_ref().ok_or_else(|| self.stopped())?;
        queue.send(job).await.map_err(|_| self.stopped())?;
        answer.await.unwrap_or_else(|_| Err(self.dropped()))
    }

    /// None while it writes.
    pub fn reason_for_having_stopped(&self) -> Option<String> {
        let has_ended = self.thread.as_ref().is_none_or(JoinHandle::is_finished);
        has_ended.then(|| self.reason().to_owned())
    }

    fn reason(&self) -> &str {
        self.stopped.get().map_or("unexpectedly", String::as_str)
    }

    /// A writer that ends drops what is queued, and with it the other end of the channel. One that ends without a reason may
    /// have been in the middle of it.
    fn dropped(&self) -> StoreError {
        match self.stopped.get() {
            Some(_) => self.stopped(),
            None => StoreError::OutcomeUnknown("the writer ended unexpectedly".to_owned()),
        }
    }

    fn stopped(&self) -> StoreError {
        let reason = self.reason();
        StoreError::Unavailable(format!("the writer has stopped: {reason}"))
    }
}

impl Drop for Writer {
    /// Waits for what is queued.
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // It panicked: its callers have been told, and there is nobody left to tell here.
            let _ = thread.join();
        }
    }
}

struct Serving {
    database: Connection,
    audit_key: AuditKey,
    stopped: Arc<OnceLock<String>>,
    erasing: Erasing,
}

/// Whether the write-ahead log holds a credential that was deleted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Erasing {
    NotOwed,
    Owed,
    /// Readers were in the way; whoever writes meanwhile is not to wait for them again.
    Overdue,
}

impl Serving {
    fn run(mut self, mut queue: mpsc::Receiver<Box<dyn Job>>) {
        while let Some(first) = queue.blocking_recv() {
            let mut batch = vec![first];
            while batch.len() < MAX_TOGETHER
                && let Ok(job) = queue.try_recv()
            {
                batch.push(job);
            }
            let committed = self.commit(&mut batch);
            if committed.is_ok() && self.erasing != Erasing::NotOwed {
                self.erase();
            }
            if let Err(StoreError::OutcomeUnknown(error)) = &committed {
                tracing::error!(
                    error,
                    "a commit failed and may be found done after a restart: nothing more is written"
                );
                let _ = self.stopped.set(format!("a commit failed, and what of it was kept is unknown: {error}"));
            }
            batch.into_iter().for_each(|job| job.answer(&committed));
            if self.stopped.get().is_some() {
                return;
            }
        }
    }

    /// A deletion is done all the same where this fails; it is tried again after the next commit.
    fn erase(&mut self) {
        let patience = if self.erasing == Erasing::Owed { ERASE_TIMEOUT } else { Duration::ZERO };
        let emptied = empty_log(&self.database, patience);
        if let Err(error) = &emptied {
            tracing::warn!(%error, "deleted credentials, sealed, are still in the write-ahead log");
        }
        self.erasing = if emptied == Ok(true) { Erasing::NotOwed } else { Erasing::Overdue };
    }

    fn commit(&mut self, batch: &mut [Box<dyn Job>]) -> Result<(), StoreError> {
        let mut transaction = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for job in batch {
            let savepoint = transaction.savepoint()?;
            let write = Write { database: &savepoint, audit_key: &self.audit_key, erases: Cell::new(false) };
            let result = job.run(&write);
            let erases = write.erases.get();
            match result {
                // After some errors, a full disk for one, SQLite has rolled back more than the savepoint.
                Err(error) if savepoint.is_autocommit() => return Err(error),
                Err(_) => savepoint.finish()?,
                Ok(()) => savepoint.commit()?,
            }
            if erases {
                self.erasing = Erasing::Owed;
            }
        }
        transaction.commit().map_err(error::of_commit)
    }
}

/// Copies the write-ahead log into the database file and cuts it to nothing. False when readers were in the way.
fn empty_log(database: &Connection, patience: Duration) -> Result<bool, StoreError> {
    database.busy_timeout(patience)?;
    let busy = database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    database.busy_timeout(connection::BUSY_TIMEOUT)?;
    Ok(busy? == 0)
}

trait Job: Send {
    /// An error is the job's own; it has been noted, and is handed back for a look.
    fn run(&mut self, write: &Write<'_>) -> Result<(), StoreError>;
    fn answer(self: Box<Self>, committed: &Result<(), StoreError>);
}

struct Pending<T, F> {
    work: Option<F>,
    result: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Pending<T, F>
where
    T: Send,
    F: FnOnce(&Write<'_>) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, write: &Write<'_>) -> Result<(), StoreError> {
        let Some(work) = self.work.take() else { return Ok(()) };
        // One job's mistake must not take the others' writer away.
        let result = catch_unwind(AssertUnwindSafe(|| work(write)))
            .unwrap_or_else(|_| Err(StoreError::Unavailable("a write panicked".to_owned())));
        let outcome = result.as_ref().map(|_| ()).map_err(StoreError::clone);
        self.result = Some(result);
        outcome
    }

    fn answer(self: Box<Self>, committed: &Result<(), StoreError>) {
        let answer = match (committed, self.result) {
            (Err(error), _) => Err(error.clone()),
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(StoreError::Unavailable("the write was not tried".to_owned())),
        };
        // Whoever asked may have gone away.
        let _ = self.reply.send(answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without_thread() -> (Arc<Writer>, mpsc::Receiver<Box<dyn Job>>) {
        let (sender, receiver) = mpsc::channel(1);
        let stopped = Arc::new(OnceLock::new());
        (Arc::new(Writer { queue: Some(sender), thread: None, stopped }), receiver)
    }

    #[tokio::test]
    async fn a_writer_that_dies_keeps_nobody_waiting() {
        let (writer, mut receiver) = without_thread();
        let expected = StoreError::Unavailable("the writer has stopped: a commit failed".to_owned());
        writer.stopped.set("a commit failed".to_owned()).unwrap();
        let ask = || {
            let writer = Arc::clone(&writer);
            tokio::spawn(async move { writer.run(|_| Ok(())).await })
        };
        let (taken, queued, outside) = (ask(), ask(), ask());
        let job = receiver.recv().await.unwrap();
        drop(job);
        drop(receiver);
        for asked in [taken, queued, outside, ask()] {
            assert_eq!(asked.await.unwrap(), Err(expected.clone()));
        }
    }

    #[tokio::test]
    async fn a_write_that_a_dying_writer_had_taken_may_have_been_kept() {
        let (writer, mut receiver) = without_thread();
        let taken = tokio::spawn(async move { writer.run(|_| Ok(())).await });
        drop(receiver.recv().await.unwrap());
        assert!(matches!(taken.await.unwrap(), Err(StoreError::OutcomeUnknown(_))));
    }
}
