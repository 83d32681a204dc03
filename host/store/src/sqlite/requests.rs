//! What a request uses up: its token id, and its idempotency key with the answer kept for it.

use async_trait::async_trait;
use model::{DAY_MS, Timestamp};
use rusqlite::params;

use super::SqliteStore;
use super::columns::Reading;
use super::writer::Write;
use crate::{Claim, IdempotencyKey, KeyClaim, RequestClaim, RequestHash, Requests, StoreError, StoredAnswer};

/// How long an answer is kept for replays.
const KEPT_MS: i64 = DAY_MS;

const OF_KEY: &str = "WHERE site = ?1 AND connector = ?2 AND jira_user = ?3 AND key = ?4";

#[async_trait]
impl Requests for SqliteStore {
    async fn claim_request(&self, claim: RequestClaim) -> Result<Claim, StoreError> {
        self.write(move |write| {
            if !use_up(write, &claim)? {
                return Ok(Claim::TokenReplayed);
            }
            claim.idempotency.as_ref().map_or(Ok(Claim::Granted), |of_key| claim_key(write, of_key, claim.now))
        })
        .await
    }

    async fn keep_answer(&self, key: IdempotencyKey, answer: Option<StoredAnswer>) -> Result<(), StoreError> {
        self.write(move |write| match &answer {
            Some(answer) => keep(write, &key, answer),
            None => give_back(write, &key),
        })
        .await
    }
}

/// False where the token id was used before.
fn use_up(write: &Write<'_>, claim: &RequestClaim) -> Result<bool, StoreError> {
    let fresh = write
        .database
        .prepare_cached(
            "INSERT INTO used_token_ids (connector, token_id, expires_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?
        .execute(params![claim.connector.as_str(), claim.token_id, claim.token_expires_at.unix_ms()])?;
    Ok(fresh > 0)
}

fn claim_key(write: &Write<'_>, claim: &KeyClaim, now: Timestamp) -> Result<Claim, StoreError> {
    let earlier = earlier(write, &claim.key)?.filter(|earlier| now < earlier.claimed_at.plus_ms(KEPT_MS));
    if let Some(earlier) = earlier {
        if earlier.hash != claim.request {
            return Ok(Claim::OtherRequest);
        }
        if let Some(answer) = earlier.answer {
            return Ok(Claim::Replay(answer));
        }
        if now < earlier.expires_at && !claim.is_abandoned {
            return Ok(Claim::InProgress);
        }
    }
    let [site, connector, user, key] = texts(&claim.key);
    write
        .database
        .prepare_cached(
            "INSERT OR REPLACE INTO idempotency_keys \
             (site, connector, jira_user, key, request_hash, claimed_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            site,
            connector,
            user,
            key,
            claim.request,
            now.unix_ms(),
            now.plus_ms(claim.lasts_ms).unix_ms()
        ])?;
    Ok(Claim::Granted)
}

/// What a key stood for so far.
struct Earlier {
    hash: RequestHash,
    claimed_at: Timestamp,
    expires_at: Timestamp,
    answer: Option<StoredAnswer>,
}

fn earlier(write: &Write<'_>, key: &IdempotencyKey) -> Result<Option<Earlier>, StoreError> {
    let mut query = write.database.prepare_cached(&format!(
        "SELECT rowid AS row_number, request_hash, claimed_at, expires_at, status, content_type, body \
         FROM idempotency_keys {OF_KEY}"
    ))?;
    let mut rows = query.query_and_then(texts(key), |row| {
        let row = Reading::new("idempotency_keys", row);
        let (claimed_at, expires_at) = (row.time("claimed_at")?, row.time("expires_at")?);
        Ok(Earlier { hash: row.plain("request_hash")?, claimed_at, expires_at, answer: answer(&row)? })
    })?;
    rows.next().transpose()
}

fn answer(row: &Reading<'_>) -> Result<Option<StoredAnswer>, StoreError> {
    let Some(body) = row.plain("body")? else {
        return Ok(None);
    };
    Ok(Some(StoredAnswer { status: row.plain("status")?, content_type: row.plain("content_type")?, body }))
}

fn keep(write: &Write<'_>, key: &IdempotencyKey, answer: &StoredAnswer) -> Result<(), StoreError> {
    let [site, connector, user, key] = texts(key);
    write
        .database
        .prepare_cached(&format!("UPDATE idempotency_keys SET status = ?5, content_type = ?6, body = ?7 {OF_KEY}"))?
        .execute(params![site, connector, user, key, answer.status, answer.content_type, answer.body])?;
    Ok(())
}

/// Only a key without an answer: giving it free again must not make a request that was answered run twice.
fn give_back(write: &Write<'_>, key: &IdempotencyKey) -> Result<(), StoreError> {
    write
        .database
        .prepare_cached(&format!("DELETE FROM idempotency_keys {OF_KEY} AND body IS NULL"))?
        .execute(texts(key))?;
    Ok(())
}

fn texts(key: &IdempotencyKey) -> [&str; 4] {
    [key.user.site.as_str(), key.connector.as_str(), key.user.id.as_str(), &key.key]
}

/// How many had run out.
pub(super) fn sweep(write: &Write<'_>, now: Timestamp) -> Result<u64, StoreError> {
    let now_ms = now.unix_ms();
    let token_ids = write.database.execute("DELETE FROM used_token_ids WHERE expires_at <= ?1", [now_ms])?;
    let answers = write.database.execute("DELETE FROM idempotency_keys WHERE claimed_at <= ?1", [now_ms - KEPT_MS])?;
    Ok((token_ids + answers) as u64)
}
