//! What a request uses up: its token id, and its idempotency key with the answer kept for it.

use rusqlite::params;

use super::StoreError;
use super::columns::Reading;
use super::writer::Write;
use crate::{Claim, IdempotencyKey, RequestClaim, RequestHash, StoredAnswer};
use model::{DAY_MS, Timestamp};

/// How long a key without an answer is taken for one whose request is under way. Longer than any request may last; after
/// it, the request has died with its process, and another may try. What that one had begun is found by its fingerprint.
const UNANSWERED_MS: i64 = 60 * 1000;

/// How long an answer is kept for replays.
const KEPT_MS: i64 = DAY_MS;

pub(super) fn claim(write: &Write<'_>, claim: &RequestClaim) -> Result<Claim, StoreError> {
    let fresh = write
        .database
        .prepare_cached(
            "INSERT INTO used_token_ids (connector, token_id, expires_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute(params![claim.connector.as_str(), claim.token_id, claim.token_expires_at.unix_ms()])?;
    if fresh == 0 {
        return Ok(Claim::TokenReplayed);
    }
    match &claim.idempotency {
        None => Ok(Claim::Granted),
        Some((key, hash)) => claim_key(write, key, hash, claim.now),
    }
}

fn claim_key(write: &Write<'_>, key: &IdempotencyKey, hash: &RequestHash, now: Timestamp) -> Result<Claim, StoreError> {
    if let Some(earlier) = earlier(write, key)?.filter(|earlier| now < earlier.claimed_at.plus_ms(KEPT_MS)) {
        if earlier.hash != *hash {
            return Ok(Claim::OtherRequest);
        }
        if let Some(answer) = earlier.answer {
            return Ok(Claim::Replay(answer));
        }
        if now < earlier.claimed_at.plus_ms(UNANSWERED_MS) {
            return Ok(Claim::InProgress);
        }
    }
    write
        .database
        .prepare_cached(
            "INSERT OR REPLACE INTO idempotency_keys (connector, jira_user, key, request_hash, claimed_at) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![key.connector.as_str(), key.user.as_str(), key.key, hash, now.unix_ms()])?;
    Ok(Claim::Granted)
}

/// What a key stood for so far.
struct Earlier {
    hash: RequestHash,
    claimed_at: Timestamp,
    answer: Option<StoredAnswer>,
}

fn earlier(write: &Write<'_>, key: &IdempotencyKey) -> Result<Option<Earlier>, StoreError> {
    let mut query = write.database.prepare_cached(
        "SELECT rowid AS row_number, request_hash, claimed_at, status, content_type, location, body \
         FROM idempotency_keys WHERE connector = ?1 AND jira_user = ?2 AND key = ?3",
    )?;
    let mut rows = query.query_and_then([key.connector.as_str(), key.user.as_str(), &key.key], |row| {
        let row = Reading::new("idempotency_keys", row);
        let (hash, claimed_at) = (row.plain("request_hash")?, row.time("claimed_at")?);
        Ok(Earlier { hash, claimed_at, answer: answer(&row)? })
    })?;
    rows.next().transpose()
}

fn answer(row: &Reading<'_>) -> Result<Option<StoredAnswer>, StoreError> {
    let Some(body) = row.plain("body")? else {
        return Ok(None);
    };
    Ok(Some(StoredAnswer {
        status: row.plain("status")?,
        content_type: row.plain("content_type")?,
        location: row.plain("location")?,
        body,
    }))
}

pub(super) fn keep_answer(
    write: &Write<'_>,
    key: &IdempotencyKey,
    answer: Option<&StoredAnswer>,
) -> Result<(), StoreError> {
    let of_key = "WHERE connector = ?1 AND jira_user = ?2 AND key = ?3";
    let (connector, user) = (key.connector.as_str(), key.user.as_str());
    let Some(answer) = answer else {
        // Only a key without an answer: giving it free again must not make a request that was answered run twice.
        write
            .database
            .prepare_cached(&format!("DELETE FROM idempotency_keys {of_key} AND body IS NULL"))?
            .execute(params![connector, user, key.key])?;
        return Ok(());
    };
    write
        .database
        .prepare_cached(&format!(
            "UPDATE idempotency_keys SET status = ?4, content_type = ?5, location = ?6, body = ?7 {of_key}"
        ))?
        .execute(
            params![connector, user, key.key, answer.status, answer.content_type, answer.location, answer.body,],
        )?;
    Ok(())
}

/// How many had run out.
pub(super) fn sweep(write: &Write<'_>, now: Timestamp) -> Result<u64, StoreError> {
    let now_ms = now.unix_ms();
    let token_ids = write.database.execute("DELETE FROM used_token_ids WHERE expires_at <= ?1", [now_ms])?;
    let answers = write.database.execute("DELETE FROM idempotency_keys WHERE claimed_at <= ?1", [now_ms - KEPT_MS])?;
    Ok((token_ids + answers) as u64)
}
