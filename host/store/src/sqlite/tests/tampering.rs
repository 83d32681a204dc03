//! The audit log in hands that can write to the file but have no key.

use super::Scratch;
use crate::suite::values::{audit, id, integration, pat, sealed, user};
use crate::{Integrations as _, Log as _, Operations as _, Pats as _, StoreError};
use model::{AuditVerdict, NewAuditEntry, SiteProject};

/// Written before each tampering.
const ENTRIES: i64 = 10;

async fn written() -> (Scratch, super::SqliteStore) {
    let scratch = Scratch::new();
    let store = scratch.open();
    for index in 0..ENTRIES {
        let request_id = format!("request {index}");
        store.append_audit(NewAuditEntry { request_id, ..audit("pat.save") }).await.unwrap();
    }
    (scratch, store)
}

/// The verdict's number and reason after these statements.
async fn verdict_after(sql: &str) -> (i64, String) {
    let (scratch, store) = written().await;
    scratch.second_hand().execute_batch(sql).unwrap();
    let verdict = store.verify_audit().await.unwrap();
    let fault = verdict.fault.unwrap_or_else(|| panic!("not found: {sql}"));
    (fault.sequence, fault.reason)
}

async fn check(sql: &str, sequence: i64, reason: &str) {
    assert_eq!(verdict_after(sql).await, (sequence, reason.to_owned()), "{sql}");
}

#[tokio::test]
async fn s3_an_edited_entry_is_named_whichever_column_it_was() {
    let edits = [
        "at = at + 1",
        "event = 'denied'",
        "subject = 'pat.delete'",
        r#"actor = '{"kind":"daemon"}'"#,
        "integration = 'other'",
        "integration = NULL",
        "request_id = ''",
        "refers_to = 1",
        "details = '{}'",
        "details = details || ' '",
        "previous = zeroblob(32)",
        "mac = zeroblob(32)",
        // What leaves one column and enters the next.
        "subject = subject || 'x', event = substr(event, 2)",
    ];
    for edit in edits {
        let sql = format!("UPDATE audit SET {edit} WHERE sequence = 5");
        check(&sql, 5, "entry 5 is not as it was written").await;
    }
}

#[tokio::test]
async fn s3_a_deleted_entry_is_named() {
    check("DELETE FROM audit WHERE sequence = 5", 5, "entry 5 is missing").await;
    check("DELETE FROM audit WHERE sequence = 1", 1, "entry 1 is missing").await;
    check("DELETE FROM audit WHERE sequence IN (4, 5, 8)", 4, "entry 4 is missing").await;
}

#[tokio::test]
async fn s3_reordered_entries_are_named_with_the_place_they_were_written_for() {
    let swap = |one: i64, other: i64| {
        format!(
            "UPDATE audit SET sequence = -1 WHERE sequence = {one};
             UPDATE audit SET sequence = {one} WHERE sequence = {other};
             UPDATE audit SET sequence = {other} WHERE sequence = -1;"
        )
    };
    check(&swap(4, 7), 4, "entry 4 is out of order: it was written as entry 7").await;
    check(&swap(5, 6), 5, "entry 5 is out of order: it was written as entry 6").await;
    check(&swap(1, 10), 1, "entry 1 is out of order: it was written as entry 10").await;
    let closed_gap = "DELETE FROM audit WHERE sequence = 5;
                      UPDATE audit SET sequence = -sequence WHERE sequence > 5;
                      UPDATE audit SET sequence = -sequence - 1 WHERE sequence < 0;";
    check(closed_gap, 5, "entry 5 is out of order: it was written as entry 6").await;
}

#[tokio::test]
async fn s3_an_entry_copied_over_another_is_named() {
    let copy = "DELETE FROM audit WHERE sequence = 5;
                INSERT INTO audit SELECT 5, at, event, subject, actor, integration, request_id, refers_to, details,
                                         previous, mac FROM audit WHERE sequence = 3;";
    check(copy, 5, "entry 5 is out of order: it was written as entry 3").await;
}

#[tokio::test]
async fn s3_a_cut_tail_is_named() {
    let cut = "DELETE FROM audit WHERE sequence > 8";
    check(cut, 9, "the tail was cut off: the log ends before entry 9 of 10").await;
    check("DELETE FROM audit", 1, "the tail was cut off: the log ends before entry 1 of 10").await;
}

#[tokio::test]
async fn s3_an_altered_head_is_named() {
    let reason = "the head of the log is missing or not as it was written";
    let cut = "DELETE FROM audit WHERE sequence > 8;
               UPDATE audit_head SET sequence = 8, mac = (SELECT mac FROM audit WHERE sequence = 8);";
    check(cut, 8, reason).await;
    check("UPDATE audit_head SET signature = zeroblob(32)", 10, reason).await;
    check("DELETE FROM audit_head", 10, reason).await;
    check("DELETE FROM audit; UPDATE audit_head SET sequence = 0, mac = zeroblob(32)", 0, reason).await;
}

#[tokio::test]
async fn s3_an_entry_added_without_the_key_is_named() {
    let forged = "INSERT INTO audit SELECT 11, at, event, subject, actor, integration, request_id, refers_to, details,
                                           mac, mac FROM audit WHERE sequence = 10;";
    check(forged, 11, "entry 11 is not as it was written").await;
}

#[tokio::test]
async fn s3_an_older_head_put_back_is_named() {
    let (scratch, store) = written().await;
    let second = scratch.second_hand();
    second.execute_batch("CREATE TEMP TABLE kept AS SELECT * FROM audit_head").unwrap();
    store.append_audit(audit("pat.save")).await.unwrap();
    second.execute_batch("DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM temp.kept").unwrap();
    let fault = store.verify_audit().await.unwrap().fault.unwrap();
    let reason = "the head of the log is older than its entries: it ends at 10";
    assert_eq!((fault.sequence, fault.reason.as_str()), (10, reason));
}

/// What the chain cannot show, so that nobody believes that it can: all of it put back, head included. Whoever wrote the
/// number of entries down elsewhere can tell.
#[tokio::test]
async fn s2_the_whole_log_put_back_verifies_with_fewer_entries_than_were_known() {
    let (scratch, store) = written().await;
    drop(store);
    let earlier = std::fs::read(scratch.path()).unwrap();
    let store = scratch.open();
    store.append_audit(audit("pat.save")).await.unwrap();
    assert_eq!(store.verify_audit().await.unwrap().entries, ENTRIES + 1);
    drop(store);
    std::fs::write(scratch.path(), earlier).unwrap();
    let verdict = scratch.open().verify_audit().await.unwrap();
    assert_eq!(verdict, AuditVerdict { entries: ENTRIES, fault: None });
}

#[tokio::test]
async fn nothing_is_written_behind_a_head_that_is_not_genuine() {
    let (scratch, store) = written().await;
    store.add_integration(integration("acme"), None, audit("integration.add")).await.unwrap();
    scratch.second_hand().execute_batch("UPDATE audit_head SET sequence = 3").unwrap();
    let refused = store.save_pat(pat("acme", "ann", "x"), audit("pat.save")).await;
    assert!(matches!(refused, Err(StoreError::Damaged(_))), "{refused:?}");
    assert!(store.pats_of(&user("ann")).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_does_not_parse_is_named_by_table_row_and_column_without_its_content() {
    let scratch = Scratch::new();
    let store = scratch.open();
    store.add_integration(integration("acme"), Some(sealed("x")), audit("integration.add")).await.unwrap();
    store.save_pat(pat("acme", "ann", "x"), audit("pat.save")).await.unwrap();
    let damages = [
        ("pats", "permissions", r#"'[{"name":"hunter2","state":"hunter2"}]'"#),
        ("pats", "expiry", "'hunter2'"),
        ("pats", "saved_at", "-1"),
        ("pats", "account", "'hunter2'"),
        ("pats", "given_to", "'{}'"),
        ("integrations", "projects", r#"'{"only":["hunter2"]}'"#),
        ("integrations", "own_given_to", "'hunter2'"),
        ("integrations", "own_rejected_at", "-9223372036854775808"),
        ("integrations", "network", r#"'{"hunter2":1}'"#),
        ("integrations", "kind", "'HUNTER2'"),
        ("integrations", "updated_at", "9223372036854775807"),
    ];
    for (table, column, value) in damages {
        let second = scratch.second_hand();
        let kept: rusqlite::types::Value =
            second.query_row(&format!("SELECT {column} FROM {table}"), [], |row| row.get(0)).unwrap();
        second.execute(&format!("UPDATE {table} SET {column} = {value}"), []).unwrap();
        let found = find(&store).await.unwrap_err();
        assert_eq!(found, StoreError::Damaged(format!("table {table}, row 1, column {column}")));
        second.execute(&format!("UPDATE {table} SET {column} = ?1"), [kept]).unwrap();
    }
    assert_eq!(find(&store).await, Ok(true));
}

async fn find(store: &super::SqliteStore) -> Result<bool, StoreError> {
    let project = SiteProject::parse("ABC").unwrap();
    Ok(store.find_open(&id("acme"), &project, &user("ann")).await?.is_some())
}
