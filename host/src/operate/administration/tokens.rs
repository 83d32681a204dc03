//! Admin tokens: made, listed, revoked. A token is shown once; only its hash is kept.

use crypto::{new_token, sha256};
use zeroize::Zeroizing;

use super::Administration;
use super::change::Change;
use crate::operate::callers::ADMIN_TOKEN_PREFIX;
use crate::operate::{App, OperationError};
use model::{AdminToken, Timestamp, TokenLabel};

/// A token that was just made.
#[derive(Debug)]
pub struct NewToken {
    /// To be shown once.
    pub secret: Zeroizing<String>,
    /// What is kept of it.
    pub token: AdminToken,
}

/// All tokens, those that have expired too, in order of label.
pub async fn tokens(app: &App) -> Result<Vec<AdminToken>, OperationError> {
    Ok(app.store.admin_tokens().await?)
}

/// Makes a token. Each label names one.
pub async fn add_token(
    app: &App,
    by: &Administration,
    label: TokenLabel,
    expires_at: Option<Timestamp>,
) -> Result<NewToken, OperationError> {
    let now = app.clock.now();
    if expires_at.is_some_and(|end| end <= now) {
        return Err(OperationError::invalid("expires_at", "has passed already"));
    }
    let secret = Zeroizing::new(format!("{ADMIN_TOKEN_PREFIX}{}", *new_token(&*app.random)));
    let token = AdminToken { label, created_at: now, expires_at, last_used_at: None };
    let audit = Change::TokenAdded(&token).entry(app, by);
    app.store.add_admin_token(sha256(secret.as_bytes()), token.clone(), audit).await?;
    Ok(NewToken { secret, token })
}

/// Revokes a token: it is refused from then on.
pub async fn revoke_token(app: &App, by: &Administration, label: &TokenLabel) -> Result<(), OperationError> {
    let missing = || OperationError::Missing(format!("admin token labelled {label}"));
    let token = app.store.admin_tokens().await?.into_iter().find(|token| token.label == *label).ok_or_else(missing)?;
    let audit = Change::TokenRevoked(&token).entry(app, by);
    if app.store.revoke_admin_token(label, audit).await? { Ok(()) } else { Err(missing()) }
}
