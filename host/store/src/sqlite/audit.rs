//! The audit log's rows. The chain itself is `store/audit.rs`, what the store offers of it `log`.

use crypto::AuditKey;
use model::{AuditEntry, AuditEvent, AuditFilter, AuditVerdict, IntegrationId, NewAuditEntry, Timestamp};
use rusqlite::{Connection, params};

use super::columns::{Reading, json};
use crate::audit::{Columns, Head, Link, Verification};
use crate::{AuditPage, StoreError};

const COLUMNS: &str = "sequence AS row_number, sequence, at, event, subject, actor, integration, request_id, refers_to, \
                       details, previous, mac";

/// For a new database.
pub(super) fn begin_log(database: &Connection, key: &AuditKey) -> Result<(), StoreError> {
    let head = Head::of_empty_log(key);
    database.execute(
        "INSERT INTO audit_head (id, sequence, mac, signature) VALUES (1, ?1, ?2, ?3)",
        params![head.sequence, head.mac, head.signature],
    )?;
    Ok(())
}

/// Adds an entry, inside the caller's transaction. The head is read there too: another process may have moved it.
///
/// # Errors
/// [`StoreError::Damaged`] where the head is not genuine: a log that somebody tampered with is not carried on.
pub(super) fn append(database: &Connection, key: &AuditKey, entry: &NewAuditEntry) -> Result<i64, StoreError> {
    let head = head(database)?.filter(|head| head.is_genuine(key)).ok_or_else(|| {
        StoreError::Damaged("the head of the audit log is missing or not as it was written".to_owned())
    })?;
    let (link, head) = head.append(key, entry);
    insert(database, &link)?;
    database.prepare_cached("UPDATE audit_head SET sequence = ?1, mac = ?2, signature = ?3")?.execute(params![
        head.sequence,
        head.mac,
        head.signature
    ])?;
    Ok(head.sequence)
}

fn insert(database: &Connection, link: &Link) -> Result<(), StoreError> {
    let columns = &link.columns;
    database
        .prepare_cached(
            "INSERT INTO audit (sequence, at, event, subject, actor, integration, request_id, refers_to, details, \
             previous, mac) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            columns.sequence,
            columns.at_ms,
            columns.event,
            columns.subject,
            columns.actor,
            columns.integration,
            columns.request_id,
            columns.refers_to,
            columns.details,
            link.previous,
            link.mac,
        ])?;
    Ok(())
}

fn head(database: &Connection) -> Result<Option<Head>, StoreError> {
    let mut query = database.prepare_cached("SELECT sequence, mac, signature FROM audit_head")?;
    let mut rows =
        query.query_map([], |row| Ok(Head { sequence: row.get(0)?, mac: row.get(1)?, signature: row.get(2)? }))?;
    Ok(rows.next().transpose()?)
}

/// `scan`: most entries to look at. An integration's own are found by an index, and cost nothing to pass over.
pub(super) fn page(
    database: &Connection,
    filter: &AuditFilter,
    before: Option<i64>,
    limit: usize,
    scan: i64,
) -> Result<AuditPage, StoreError> {
    let AuditFilter { user, integration, event, subject, from, until } = filter;
    let end: i64 = database.query_row("SELECT coalesce(max(sequence), 0) + 1 FROM audit", [], |row| row.get(0))?;
    let before = before.map_or(end, |before| before.min(end));
    let finds_by_index = *filter == AuditFilter { integration: integration.clone(), ..AuditFilter::default() };
    let floor = if finds_by_index { 1 } else { before.saturating_sub(scan).max(1) };
    let of_integration = if integration.is_some() { "integration = ?3" } else { "?3 IS NULL" };
    let sql = format!(
        "SELECT {COLUMNS} FROM audit WHERE sequence < ?1 AND sequence >= ?2 AND {of_integration} \
         AND (?4 IS NULL OR event = ?4) AND (?5 IS NULL OR subject = ?5) AND (?6 IS NULL OR at >= ?6) \
         AND (?7 IS NULL OR at < ?7) AND (?8 IS NULL OR instr(actor, ?8) > 0) ORDER BY sequence DESC"
    );
    let mut query = database.prepare_cached(&sql)?;
    let mut rows = query.query(params![
        before,
        floor,
        integration.as_ref().map(IntegrationId::as_str),
        event.map(AuditEvent::as_str),
        subject,
        from.map(Timestamp::unix_ms),
        until.map(Timestamp::unix_ms),
        // Stands in the JSON of every entry of theirs, and perhaps in others.
        user.as_ref().map(|user| json(&user.id)),
    ])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let reading = Reading::new("audit", row);
        let entry = link(&reading)?.columns.entry();
        let entry: AuditEntry = entry.ok_or_else(|| reading.damaged("event, actor, integration or details"))?;
        if user.as_ref().is_none_or(|user| entry.actor.is_user(user)) {
            entries.push(entry);
        }
        if entries.len() == limit {
            break;
        }
    }
    let looked_down_to = entries.last().filter(|_| entries.len() == limit).map_or(floor, |last| last.sequence);
    Ok(AuditPage { next_before: (looked_down_to > 1).then_some(looked_down_to), entries })
}

/// Reads the whole log, in one transaction of the caller's.
pub(super) fn verify(database: &Connection, key: &AuditKey) -> Result<AuditVerdict, StoreError> {
    let mut verification = Verification::new(key, head(database)?);
    let mut query = database.prepare(&format!("SELECT {COLUMNS} FROM audit ORDER BY sequence"))?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        if !verification.take(&link(&Reading::new("audit", row))?) {
            break;
        }
    }
    Ok(verification.finish())
}

fn link(row: &Reading<'_>) -> Result<Link, StoreError> {
    Ok(Link {
        columns: Columns {
            sequence: row.plain("sequence")?,
            at_ms: row.plain("at")?,
            event: row.plain("event")?,
            subject: row.plain("subject")?,
            actor: row.plain("actor")?,
            integration: row.plain("integration")?,
            request_id: row.plain("request_id")?,
            refers_to: row.plain("refers_to")?,
            details: row.plain("details")?,
        },
        previous: row.plain("previous")?,
        mac: row.plain("mac")?,
    })
}
