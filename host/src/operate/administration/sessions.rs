//! Administrators on their pages: signed in with an admin token, or with a one-time link made on the daemon's machine.

use crypto::{new_token, random_id, sha256};
use serde_json::{Map, json};
use zeroize::Zeroizing;

use super::Administration;
use crate::operate::callers::ADMIN_TOKEN_PREFIX;
use crate::operate::{App, OperationError, background};
use model::{Actor, AdminSession, NewAuditEntry, Timestamp, TokenLabel, VisitId};
use store::{NewAdminSession, SignIn};

/// How long a login link works: time to find a browser.
const LINK_LIFETIME_MS: i64 = 30 * 60 * 1000;
/// Longest secret that is looked up, in bytes.
const MAX_SECRET_BYTES: usize = 128;

const LINK: &str = "admin-login-link.make";
const BEGIN: &str = "admin-session.begin";
const END: &str = "admin-session.end";

/// A session that has just begun, with the secret for its cookie.
pub struct SignedIn {
    /// Who, since when.
    pub session: AdminSession,
    /// For the cookie.
    pub secret: Zeroizing<String>,
}

/// Makes a link that signs in once. The whole address, and when it ends.
pub async fn make_login_link(
    app: &App,
    by: &Administration,
    label: TokenLabel,
) -> Result<(Zeroizing<String>, Timestamp), OperationError> {
    let token = new_token(&*app.random);
    let expires_at = app.clock.now().plus_ms(LINK_LIFETIME_MS);
    let details = Map::from_iter([("label".to_owned(), json!(label)), ("expires_at".to_owned(), json!(expires_at))]);
    let audit = by.author(None).changed(app, LINK, details);
    app.store.add_login_link(sha256(token.as_bytes()), label, expires_at, audit).await?;
    Ok((Zeroizing::new(format!("{}/admin/login/{}", app.config.public_url, *token)), expires_at))
}

/// Whose a link is that works. Looking does not use it up.
pub async fn login_link(app: &App, token: &str) -> Result<Option<TokenLabel>, OperationError> {
    if token.len() > MAX_SECRET_BYTES {
        return Ok(None);
    }
    Ok(app.store.login_link(sha256(token.as_bytes()), app.clock.now()).await?)
}

/// Uses a link up: of any number of callers, one is signed in.
pub async fn sign_in_by_link(app: &App, token: &str, request_id: String) -> Result<Option<SignedIn>, OperationError> {
    let Some(label) = login_link(app, token).await? else { return Ok(None) };
    sign_in(app, SignIn::Link(sha256(token.as_bytes())), label, request_id).await
}

/// With an admin token that is neither revoked nor expired.
pub async fn sign_in_by_token(app: &App, token: &str, request_id: String) -> Result<Option<SignedIn>, OperationError> {
    if !token.starts_with(ADMIN_TOKEN_PREFIX) || token.len() > MAX_SECRET_BYTES {
        return Ok(None);
    }
    let hash = sha256(token.as_bytes());
    let Some(known) = app.store.admin_token(hash).await? else { return Ok(None) };
    sign_in(app, SignIn::Token(hash), known.label, request_id).await
}

async fn sign_in(
    app: &App,
    with: SignIn,
    label: TokenLabel,
    request_id: String,
) -> Result<Option<SignedIn>, OperationError> {
    let secret = new_token(&*app.random);
    let id = VisitId::parse(random_id(&*app.random)).expect("a random id is one of sessions");
    let by = Administration { actor: Actor::Administrator { token: label.to_string() }, request_id };
    let session = NewAdminSession { id: id.clone(), secret: sha256(secret.as_bytes()), now: app.clock.now() };
    let begun = app.store.begin_admin_session(with, session, of_session(app, &by, BEGIN, &id, &label)).await?;
    Ok(begun.map(|session| SignedIn { session, secret }))
}

/// A session that somebody has the cookie of.
pub enum Session {
    /// She is signed in.
    Open(AdminSession, Administration),
    /// She was, until lately: nothing is done for her, but what she typed is not lost.
    Ended(AdminSession),
}

/// The session whose cookie this is. Its use is noted where it is open.
pub async fn session(app: &App, secret: &str, request_id: String) -> Result<Option<Session>, OperationError> {
    if secret.len() > MAX_SECRET_BYTES {
        return Ok(None);
    }
    let now = app.clock.now();
    let Some(session) = app.store.admin_session(sha256(secret.as_bytes()), now).await? else { return Ok(None) };
    if session.has_ended(now) {
        return Ok(Some(Session::Ended(session)));
    }
    if background::is_due(Some(session.used_at), now) {
        let (store, id) = (app.store.clone(), session.id.clone());
        background::note("the last use of a session", async move { store.note_admin_session_use(&id, now).await });
    }
    let actor = Actor::Administrator { token: session.label.to_string() };
    Ok(Some(Session::Open(session, Administration { actor, request_id })))
}

/// Those that are open, the last used first.
pub async fn sessions(app: &App) -> Result<Vec<AdminSession>, OperationError> {
    let now = app.clock.now();
    let known = app.store.admin_sessions(now).await?;
    Ok(known.into_iter().filter(|session| !session.has_ended(now)).collect())
}

/// Signs somebody out: oneself, or whoever is not to be there.
pub async fn end_session(app: &App, by: &Administration, session: &AdminSession) -> Result<(), OperationError> {
    let audit = of_session(app, by, END, &session.id, &session.label);
    if app.store.end_admin_session(&session.id, audit).await? {
        Ok(())
    } else {
        Err(OperationError::Missing("session of that name".to_owned()))
    }
}

fn of_session(
    app: &App,
    by: &Administration,
    subject: &'static str,
    id: &VisitId,
    label: &TokenLabel,
) -> NewAuditEntry {
    let details = Map::from_iter([("session".to_owned(), json!(id)), ("label".to_owned(), json!(label))]);
    by.author(None).changed(app, subject, details)
}
