//! Columns to values and back. What does not parse is damage, named by table, row and column, never by content.

use std::str::FromStr;

use rusqlite::Row;
use rusqlite::types::FromSql;
use serde::{Serialize, de::DeserializeOwned};

use super::StoreError;
use model::{Rejection, Revision, Sealed, Timestamp};

/// One row of a table, being read. Its query selects `rowid AS row_number` beside the columns.
pub(super) struct Reading<'r> {
    table: &'static str,
    row: &'r Row<'r>,
}

impl<'r> Reading<'r> {
    /// `table` is what an error calls it.
    pub fn new(table: &'static str, row: &'r Row<'r>) -> Self {
        Self { table, row }
    }

    /// A value of SQLite's own: a number, a text, bytes. Checked for its type alone.
    pub fn plain<T: FromSql>(&self, column: &str) -> Result<T, StoreError> {
        self.row.get(column).map_err(|_| self.damaged(column))
    }

    /// A name or anything else that is checked when it is made.
    pub fn parsed<T: FromStr>(&self, column: &str) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|_| self.damaged(column))
    }

    /// The same where there may be none.
    pub fn optional_parsed<T: FromStr>(&self, column: &str) -> Result<Option<T>, StoreError> {
        let text: Option<String> = self.plain(column)?;
        text.map(|text| text.parse()).transpose().map_err(|_| self.damaged(column))
    }

    /// A number, where there is one, that is checked when its type is made of it.
    pub fn checked<T: TryFrom<u32>>(&self, column: &str) -> Result<Option<T>, StoreError> {
        let number: Option<u32> = self.plain(column)?;
        number.map(T::try_from).transpose().map_err(|_| self.damaged(column))
    }

    /// A value that is kept as JSON.
    pub fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        serde_json::from_str(self.text(column)?).map_err(|_| self.damaged(column))
    }

    /// The same where there may be none.
    pub fn optional_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, StoreError> {
        let value = self.row.get_ref(column).map_err(|_| self.damaged(column))?;
        let text = value.as_str_or_null().map_err(|_| self.damaged(column))?;
        text.map(serde_json::from_str).transpose().map_err(|_| self.damaged(column))
    }

    /// Milliseconds since 1970. A time that RFC 3339 cannot write is damage.
    pub fn time(&self, column: &str) -> Result<Timestamp, StoreError> {
        self.in_range(column, self.plain(column)?)
    }

    /// The same where there may be none.
    pub fn optional_time(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        let unix_ms: Option<i64> = self.plain(column)?;
        unix_ms.map(|unix_ms| self.in_range(column, unix_ms)).transpose()
    }

    /// From the column of that name.
    pub fn revision(&self) -> Result<Revision, StoreError> {
        self.plain("revision").map(Revision::of_entry)
    }

    /// When a git server refused a credential, and why, from the columns of those names; none where there is no time.
    pub fn rejection(&self, at: &str, why: &str) -> Result<Option<Rejection>, StoreError> {
        let Some(at) = self.optional_time(at)? else { return Ok(None) };
        Ok(Some(Rejection { at, why: self.plain::<Option<String>>(why)?.unwrap_or_default() }))
    }

    /// From the five columns that every table of credentials has.
    pub fn sealed(&self) -> Result<Sealed, StoreError> {
        Ok(Sealed {
            algorithm: self.plain("algorithm")?,
            key_id: self.plain("key_id")?,
            salt: self.plain("salt")?,
            nonce: self.plain("nonce")?,
            ciphertext: self.plain("ciphertext")?,
        })
    }

    /// Says where. Also for whoever finds out after reading that a column cannot be right.
    pub fn damaged(&self, column: &str) -> StoreError {
        let row: i64 = self.row.get("row_number").unwrap_or_default();
        StoreError::Damaged(format!("table {}, row {row}, column {column}", self.table))
    }

    fn text(&self, column: &str) -> Result<&'r str, StoreError> {
        let value = self.row.get_ref(column).map_err(|_| self.damaged(column))?;
        value.as_str().map_err(|_| self.damaged(column))
    }

    fn in_range(&self, column: &str, unix_ms: i64) -> Result<Timestamp, StoreError> {
        let at = Timestamp::from_unix_ms(unix_ms);
        if at.unix_ms() == unix_ms { Ok(at) } else { Err(self.damaged(column)) }
    }
}

/// For a JSON column.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("stored values are plain data")
}

pub(super) fn optional_ms(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::unix_ms)
}
