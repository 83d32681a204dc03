//! Databases that are not opened, and why.

use std::fs;

use rusqlite::Connection;

use super::Scratch;
use crate::StoreError;
use crypto::{MasterKey, SystemRandom};

#[test]
fn s10_a_database_of_a_newer_schema_is_refused_and_left_as_it_is() {
    let scratch = Scratch::new();
    drop(scratch.open());
    let database = scratch.second_hand();
    let known: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    let newer = known + 1;
    database.pragma_update(None, "user_version", newer).unwrap();
    drop(database);
    let before = fs::read(scratch.path()).unwrap();
    let expected = format!(
        "this database has schema {newer}, made by a newer version of Countersign; this version knows schemas up to {known}"
    );
    assert_eq!(scratch.refusal(), expected);
    assert_eq!(fs::read(scratch.path()).unwrap(), before);
}

#[test]
fn s4_s10_a_database_with_another_key_is_refused_naming_both() {
    let scratch = Scratch::new();
    drop(scratch.open());
    let other = Scratch { key: MasterKey::random(&SystemRandom), ..scratch };
    let text = other.refusal();
    let own = other.key.key_id();
    assert!(text.starts_with("this database was made with another master key (id "), "{text}");
    assert!(text.ends_with(&format!("); the key given has id {own}")), "{text}");
}

#[test]
fn s4_a_key_check_that_was_altered_or_removed_opens_for_no_key() {
    let scratch = Scratch::new();
    drop(scratch.open());
    scratch.second_hand().execute("UPDATE key_check SET mac = zeroblob(32)", []).unwrap();
    assert!(scratch.refusal().starts_with("this database was made with another master key"));
    scratch.second_hand().execute("DELETE FROM key_check", []).unwrap();
    assert!(matches!(scratch.try_open(), Err(StoreError::Damaged(_))));
}

#[test]
fn a_file_of_another_program_is_refused_and_left_as_it_is() {
    let scratch = Scratch::new();
    Connection::open(scratch.path()).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    let before = fs::read(scratch.path()).unwrap();
    assert_eq!(scratch.refusal(), "this file is not a Countersign database");
    assert_eq!(fs::read(scratch.path()).unwrap(), before);

    fs::write(scratch.path(), "no database at all, but long enough to be read as one".repeat(100)).unwrap();
    assert!(matches!(scratch.try_open(), Err(StoreError::Damaged(_))));
}

#[test]
fn an_empty_file_becomes_a_database() {
    let scratch = Scratch::new();
    fs::write(scratch.path(), "").unwrap();
    drop(scratch.open());
    drop(scratch.open());
}

#[test]
fn a_directory_that_does_not_exist_is_named() {
    let scratch = Scratch::new();
    fs::remove_dir(scratch.directory.path()).unwrap();
    match scratch.try_open() {
        Err(StoreError::Unavailable(text)) => assert!(text.contains("countersign.db"), "{text}"),
        other => panic!("{:?}", other.err()),
    }
}
