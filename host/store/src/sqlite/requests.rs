//! What a request uses up: its token id, and its idempotency key with the answer kept for it.
//!
//! The answer is sealed, and the request marked, with keys of their own. What an earlier version kept is known by the bare hash
//! of its request, and has no answer that opens: it is granted again, and what was done is found by doing it.

use async_trait::async_trait;
use crypto::{AnswerKey, Digest, Parts};
use model::{DAY_MS, Timestamp};
use rusqlite::params;

use super::SqliteStore;
use super::columns::Reading;
use super::writer::Write;
use crate::{Claim, IdempotencyKey, KeyClaim, RequestClaim, Requests, StoreError, StoredAnswer};

/// How long an answer is kept for replays.
const KEPT_MS: i64 = DAY_MS;

const OF_KEY: &str = "WHERE site = ?1 AND connector = ?2 AND jira_user = ?3 AND key = ?4";

#[async_trait]
impl Requests for SqliteStore {
    async fn claim_request(&self, claim: RequestClaim) -> Result<Claim, StoreError> {
        let answers = self.answer_key.clone();
        self.write(move |write| {
            if !use_up(write, &claim)? {
                return Ok(Claim::TokenReplayed);
            }
            claim.idempotency.as_ref().map_or(Ok(Claim::Granted), |key| claim_key(write, &answers, key, claim.now))
        })
        .await
    }

    async fn keep_answer(&self, key: IdempotencyKey, answer: Option<StoredAnswer>) -> Result<(), StoreError> {
        let answers = self.answer_key.clone();
        self.write(move |write| match &answer {
            Some(answer) => keep(write, &answers, &key, answer),
            None => give_back(write, &key),
        })
        .await
    }

    async fn end_claims(&self, now: Timestamp) -> Result<(), StoreError> {
        self.write(move |write| {
            let running = "UPDATE idempotency_keys SET expires_at = ?1 WHERE body IS NULL AND expires_at > ?1";
            write.database.execute(running, [now.unix_ms()])?;
            Ok(())
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

fn claim_key(write: &Write<'_>, answers: &AnswerKey, claim: &KeyClaim, now: Timestamp) -> Result<Claim, StoreError> {
    let mark = answers.mark(&claim.request);
    let earlier = earlier(write, answers, &claim.key)?.filter(|earlier| now < earlier.claimed_at.plus_ms(KEPT_MS));
    if let Some(earlier) = earlier {
        if earlier.request != mark && earlier.request != claim.request {
            return Ok(Claim::OtherRequest);
        }
        match earlier.answer {
            Kept::Answer(answer) => return Ok(Claim::Replay(answer)),
            Kept::Nothing if now < earlier.expires_at && !claim.is_abandoned => return Ok(Claim::InProgress),
            Kept::Nothing | Kept::Illegible => {}
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
            mark,
            now.unix_ms(),
            now.plus_ms(claim.lasts_ms).unix_ms()
        ])?;
    Ok(Claim::Granted)
}

/// What a key stood for so far.
struct Earlier {
    request: Digest,
    claimed_at: Timestamp,
    expires_at: Timestamp,
    answer: Kept,
}

enum Kept {
    /// It is under way, or nobody knows what became of it.
    Nothing,
    Answer(StoredAnswer),
    /// It was answered, and what is there does not open for this key.
    Illegible,
}

fn earlier(write: &Write<'_>, answers: &AnswerKey, key: &IdempotencyKey) -> Result<Option<Earlier>, StoreError> {
    let mut query = write.database.prepare_cached(&format!(
        "SELECT rowid AS row_number, request_hash, claimed_at, expires_at, status, content_type, body \
         FROM idempotency_keys {OF_KEY}"
    ))?;
    let mut rows = query.query_and_then(texts(key), |row| {
        let row = Reading::new("idempotency_keys", row);
        let (claimed_at, expires_at) = (row.time("claimed_at")?, row.time("expires_at")?);
        Ok(Earlier { request: row.plain("request_hash")?, claimed_at, expires_at, answer: kept(&row, answers, key)? })
    })?;
    rows.next().transpose()
}

fn kept(row: &Reading<'_>, answers: &AnswerKey, key: &IdempotencyKey) -> Result<Kept, StoreError> {
    let Some(sealed) = row.plain::<Option<Vec<u8>>>("body")? else {
        return Ok(Kept::Nothing);
    };
    let (status, content_type): (u16, String) = (row.plain("status")?, row.plain("content_type")?);
    let opened = answers.open(&bound_to(key, status, &content_type), &sealed);
    Ok(opened.map_or(Kept::Illegible, |body| Kept::Answer(StoredAnswer { status, content_type, body })))
}

fn keep(write: &Write<'_>, answers: &AnswerKey, key: &IdempotencyKey, answer: &StoredAnswer) -> Result<(), StoreError> {
    let StoredAnswer { status, content_type, body } = answer;
    let sealed = answers.seal(&bound_to(key, *status, content_type), body);
    let [site, connector, user, key] = texts(key);
    write
        .database
        .prepare_cached(&format!("UPDATE idempotency_keys SET status = ?5, content_type = ?6, body = ?7 {OF_KEY}"))?
        .execute(params![site, connector, user, key, status, content_type, sealed])?;
    Ok(())
}

/// Whose answer it is, and what stands beside it.
fn bound_to(key: &IdempotencyKey, status: u16, content_type: &str) -> Parts {
    let of_key = texts(key).into_iter().fold(Parts::new("kept answer"), Parts::text);
    of_key.number(status.into()).text(content_type)
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
