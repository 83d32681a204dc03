//! A user's own PAT: saved only after the git server answered for it, checked again, removed.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::{Map, Value, json};

use super::attempt::Attempt;
use super::checks::{credential_fields, whose};
use super::{Ask, OperationError, admit, entry, facts, kind_of, load, provider_of};
use crate::app::App;
use model::policy::{Denial, decide_check};
use model::{Account, AuditEvent, CredentialOwner, Expiry, Identity, OperationKind, PatMetadata, PatState, Timestamp};
use sandbox::lend::Material;
use store::{Case, NewPat};

const CHECK: OperationKind = OperationKind::CheckCredential;

/// What a user saves.
#[derive(Debug)]
pub struct SavePat {
    /// The filled-in credential form, by field name.
    pub fields: BTreeMap<String, SecretString>,
    /// When it ends, for git servers that do not say.
    pub expires_at: Option<Timestamp>,
    /// Whether to keep it although the git server does not answer now.
    pub allow_unchecked: bool,
}

/// What is kept now.
#[derive(Debug)]
pub struct SavedPat {
    pub state: PatState,
    pub metadata: PatMetadata,
    /// The account the PAT before this one belonged to, where it was another one.
    pub previous_account: Option<Account>,
}

pub async fn save_pat(app: &App, ask: &Ask, save: SavePat) -> Result<SavedPat, OperationError> {
    let case = load(app, ask, CHECK).await?;
    let permit = admit(app, ask, CHECK, decide_check(&facts(ask, &case, app.clock.now()), false)).await?;
    let provider = provider_of(app, &case).await?;
    let fields = credential_fields(kind_of(&*provider, &case.integration.kind)?, save.fields)?;
    if save.expires_at.is_some_and(|end| end <= app.clock.now()) {
        return Err(OperationError::invalid("expires_at", "has passed already"));
    }
    let route = app.egress.route(&case.integration)?;

    let attempt = Attempt::begin(app, ask, CHECK).await?;
    let material = Material::Candidate(fields.clone());
    let found = whose(app, &*provider, &case.integration, route, permit, material, &ask.request_id).await;
    end(attempt, &found).await?;
    let metadata = match found {
        Ok(identity) => checked(identity, save.expires_at, app.clock.now()),
        Err(error) if save.allow_unchecked && error.is_temporary() => {
            unchecked(&case, save.expires_at, app.clock.now())
        }
        Err(error) => return Err(error),
    };

    let owner = CredentialOwner::User { integration: ask.integration.clone(), user: ask.user.clone() };
    let sealed = app.lender.seal(&owner, &fields);
    let previous_account = previous_account(&case, &metadata);
    let audit = entry(app, ask, AuditEvent::Changed, "pat.save", saved_details(&metadata, previous_account.as_ref()));
    let pat =
        NewPat { integration: ask.integration.clone(), user: ask.user.clone(), metadata: metadata.clone(), sealed };
    app.store.save_pat(pat, audit).await?;
    Ok(SavedPat { state: PatState::of(Some(&metadata), app.clock.now()), metadata, previous_account })
}

/// Asks the git server again. What it says is kept: a PAT it refuses is rejected, one it accepts is good again.
pub async fn check_pat(app: &App, ask: &Ask) -> Result<SavedPat, OperationError> {
    let case = load(app, ask, CHECK).await?;
    let permit = admit(app, ask, CHECK, decide_check(&facts(ask, &case, app.clock.now()), true)).await?;
    let Some(pat) = &case.pat else {
        return Err(OperationError::Denied(Denial::UserPatMissing));
    };
    let provider = provider_of(app, &case).await?;
    let route = app.egress.route(&case.integration)?;

    let attempt = Attempt::begin(app, ask, CHECK).await?;
    let material = Material::Stored(&pat.sealed);
    let found = whose(app, &*provider, &case.integration, route, permit, material, &ask.request_id).await;
    end(attempt, &found).await?;
    let now = app.clock.now();
    let entered = match pat.metadata.expiry {
        Expiry::At(end) => Some(end),
        Expiry::Never | Expiry::Unknown => None,
    };
    let metadata = match found {
        Ok(identity) => PatMetadata { saved_at: pat.metadata.saved_at, ..checked(identity, entered, now) },
        Err(error) if error.is_rejected_credential() => {
            PatMetadata { rejected_at: Some(now), last_checked_at: Some(now), ..pat.metadata.clone() }
        }
        Err(error) => return Err(error),
    };
    let previous_account = previous_account(&case, &metadata);
    let details = saved_details(&metadata, previous_account.as_ref());
    let audit = entry(app, ask, AuditEvent::Changed, "pat.check", details);
    app.store.note_pat(&ask.integration, &ask.user, pat.revision, metadata.clone(), audit).await?;
    Ok(SavedPat { state: PatState::of(Some(&metadata), now), metadata, previous_account })
}

/// Forgets it. False when there was none.
pub async fn delete_pat(app: &App, ask: &Ask) -> Result<bool, OperationError> {
    let case = load(app, ask, CHECK).await?;
    let facts = facts(ask, &case, app.clock.now());
    if !facts.may_view_development_tools || !facts.is_open_to_project {
        // Refused with the reason the policy gives, and recorded like any other denial.
        drop(admit(app, ask, CHECK, decide_check(&facts, true)).await?);
    }
    let audit = entry(app, ask, AuditEvent::Changed, "pat.delete", Map::new());
    Ok(app.store.delete_pat(&ask.integration, &ask.user, None, audit).await?)
}

/// With the account in the log, where the git server named one.
async fn end(attempt: Attempt<'_>, found: &Result<Identity, OperationError>) -> Result<(), OperationError> {
    let details = found.iter().map(|identity| ("account".to_owned(), json!(identity.account))).collect();
    attempt.end(found.as_ref().map_or_else(OperationError::code, |_| "done"), details).await
}

fn checked(identity: Identity, entered: Option<Timestamp>, now: Timestamp) -> PatMetadata {
    PatMetadata {
        account: Some(identity.account),
        account_before: None,
        permissions: identity.permissions,
        expiry: identity.expiry.or(entered.map_or(Expiry::Unknown, Expiry::At)),
        saved_at: now,
        last_checked_at: Some(now),
        rejected_at: None,
    }
}

fn unchecked(case: &Case, entered: Option<Timestamp>, now: Timestamp) -> PatMetadata {
    PatMetadata {
        account: None,
        account_before: case.pat.as_ref().and_then(|pat| pat.metadata.last_known_account().cloned()),
        permissions: vec![],
        expiry: entered.map_or(Expiry::Unknown, Expiry::At),
        saved_at: now,
        last_checked_at: None,
        rejected_at: None,
    }
}

fn previous_account(case: &Case, metadata: &PatMetadata) -> Option<Account> {
    let before = case.pat.as_ref()?.metadata.last_known_account()?;
    let now = metadata.account.as_ref()?;
    (before.id != now.id).then(|| before.clone())
}

fn saved_details(metadata: &PatMetadata, previous: Option<&Account>) -> Map<String, Value> {
    let mut details = Map::from_iter([("account".to_owned(), json!(metadata.account))]);
    if let Some(previous) = previous {
        details.insert("previous_account".into(), json!(previous));
    }
    if metadata.rejected_at.is_some() {
        details.insert("rejected".into(), json!(true));
    }
    details
}
