//! Who calls, as far as the store knows: connectors, administrators, and what their requests use up.

use std::sync::PoisonError;
use std::time::Duration;

use crypto::sha256;

use super::administration::Administration;
use super::{App, OperationError, background};
use model::{ActingUser, Actor, Connector, ConnectorId, Site, Timestamp};
use store::{Claim, IdempotencyKey, KeyClaim, RequestClaim, RequestHash, StoredAnswer};

/// Start of every admin token, so that the two sorts of bearer are told apart.
pub const ADMIN_TOKEN_PREFIX: &str = "csa_";

/// Longest admin token that is looked up, in bytes.
const MAX_ADMIN_TOKEN_BYTES: usize = 128;
/// How much longer than a request may take its idempotency key stands for it.
const CLAIM_MARGIN: Duration = Duration::from_secs(10);
/// Most keys remembered whose answer could not be written down. Beyond it a claim has to run out by itself.
const MAX_ABANDONED: usize = 10_000;

/// The registered connector.
pub async fn connector(app: &App, id: &ConnectorId) -> Result<Option<Connector>, OperationError> {
    Ok(app.store.connector(id).await?)
}

/// Whether some connector's pages are on this origin. Where nobody can tell, none are.
pub async fn has_connector_at(app: &App, origin: &str) -> bool {
    let connectors = app.store.connectors().await.unwrap_or_default();
    connectors.iter().any(|connector| connector.return_origins.iter().any(|one| one == origin))
}

/// Notes that a connector called. Its token was verified: nobody else's request writes anything.
pub fn note_connector_use(app: &App, connector: &Connector) {
    let now = app.clock.now();
    if background::is_due(connector.last_used_at, now) {
        let (store, id) = (app.store.clone(), connector.id.clone());
        background::note("the last use of a connector", async move { store.note_connector_use(&id, now).await });
    }
}

/// The Jira somebody is a user of.
pub async fn site_of(app: &App, user: &ActingUser) -> Result<Site, OperationError> {
    let site = app.store.site(&user.site).await?;
    site.ok_or_else(|| OperationError::Missing(format!("site {}", user.site)))
}

/// The administrator whose token this is; none for one that is unknown, revoked or has expired.
pub async fn administrator(
    app: &App,
    token: &str,
    request_id: String,
) -> Result<Option<Administration>, OperationError> {
    if !token.starts_with(ADMIN_TOKEN_PREFIX) || token.len() > MAX_ADMIN_TOKEN_BYTES {
        return Ok(None);
    }
    let (hash, now) = (sha256(token.as_bytes()), app.clock.now());
    let Some(known) = app.store.admin_token(hash).await?.filter(|token| !token.has_expired(now)) else {
        return Ok(None);
    };
    if background::is_due(known.last_used_at, now) {
        let store = app.store.clone();
        let noting = async move { store.note_admin_token_use(hash, now).await };
        background::note("the last use of an admin token", noting);
    }
    Ok(Some(Administration { actor: Actor::Administrator { token: known.label.to_string() }, request_id }))
}

/// What one request uses up.
#[derive(Debug)]
pub struct Request {
    /// Whose token it is.
    pub connector: ConnectorId,
    /// The token's own id.
    pub token_id: String,
    /// When the token could no longer be used anyway.
    pub token_expires_at: Timestamp,
    /// The idempotency key, where it has one.
    pub key: Option<ClaimedKey>,
}

/// An idempotency key as a request names it.
#[derive(Debug)]
pub struct ClaimedKey {
    /// Whose.
    pub key: IdempotencyKey,
    /// For which request.
    pub request: RequestHash,
    /// How long the request may take.
    pub may_take: Duration,
}

/// Uses up a token id, and claims an idempotency key.
pub async fn claim(app: &App, request: Request) -> Result<Claim, OperationError> {
    let Request { connector, token_id, token_expires_at, key } = request;
    let mut mark = key.as_ref().and_then(|claimed| Mark::take(app, &claimed.key));
    let is_abandoned = mark.is_some();
    let idempotency = key.map(|ClaimedKey { key, request, may_take }| {
        let lasts_ms = i64::try_from(may_take.saturating_add(CLAIM_MARGIN).as_millis()).unwrap_or(i64::MAX);
        KeyClaim { is_abandoned, key, request, lasts_ms }
    });
    let claim = RequestClaim { connector, token_id, token_expires_at, idempotency, now: app.clock.now() };
    let claimed = app.store.claim_request(claim).await.map_err(OperationError::nothing_done)?;
    if let (Claim::Granted | Claim::Replay(_), Some(mark)) = (&claimed, &mut mark) {
        mark.is_used_up = true;
    }
    Ok(claimed)
}

/// That a key was abandoned, taken out of what is remembered while the key is claimed again: of any number who ask at once, one
/// has it. Put back where the claim came to nothing, or was given up.
struct Mark<'a> {
    app: &'a App,
    key: IdempotencyKey,
    is_used_up: bool,
}

impl<'a> Mark<'a> {
    fn take(app: &'a App, key: &IdempotencyKey) -> Option<Self> {
        let key = abandoned(app, |keys| keys.take(key))?;
        Some(Self { app, key, is_used_up: false })
    }
}

impl Drop for Mark<'_> {
    fn drop(&mut self) {
        if !self.is_used_up {
            abandoned(self.app, |keys| keys.insert(self.key.clone()));
        }
    }
}

/// Keeps the answer to a claimed key for replays; `None` gives the key free again. Where neither can be written down, the
/// key stands in nobody's way: the same request is granted again, and looks up what was done.
pub async fn keep_answer(app: &App, key: IdempotencyKey, answer: Option<StoredAnswer>, request_id: &str) {
    if let Err(error) = app.store.keep_answer(key.clone(), answer).await {
        tracing::error!(%error, request_id, "an answer could not be kept for replays");
        abandoned(app, |keys| keys.len() < MAX_ABANDONED && keys.insert(key));
    }
}

fn abandoned<T>(app: &App, with: impl FnOnce(&mut std::collections::HashSet<IdempotencyKey>) -> T) -> T {
    with(&mut app.abandoned.lock().unwrap_or_else(PoisonError::into_inner))
}
