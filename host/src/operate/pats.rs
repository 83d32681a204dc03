//! A user's own PAT: saved only after the git server answered for it, checked again, confirmed for another address, removed.

mod remove;

use std::collections::{BTreeMap, BTreeSet};

use secrecy::SecretString;
use serde_json::{Map, Value, json};

pub use self::remove::{PatRemoval, RemovedPat, RevocationOutcome, remove_pat};
use super::decision::{self, Found};
use super::loan::{Check, Checked};
use super::providers::serving;
use super::rates::Asked;
use super::{App, Ask, OperationError};
use model::operation::CheckCredential;
use model::policy::{self, Permit};
use model::{
    Account, Expiry, Identity, Learnt, OperationKind, PatAnswer, PatMetadata, PatRecord, PatState, Place, Revision,
    Sealed, Timestamp,
};
use sandbox::lend::Loan;
use store::{NewPat, StoreError};

/// How often somebody may be faster with another of the same user's.
const MOST_AT_ONCE: usize = 20;
const CHECK: &str = OperationKind::CheckCredential.as_str();

/// What a user saves.
#[derive(Debug)]
pub struct SavePat {
    /// The filled-in credential form, by field name.
    pub fields: BTreeMap<String, SecretString>,
    /// When it ends, for git servers that do not say.
    pub expires_at: Option<Timestamp>,
    /// Whether to keep it although the git server does not answer now.
    pub allow_unchecked: bool,
    /// The addresses the user was shown that it would go to, in any order; none where she was shown none.
    pub seen: Option<Vec<String>>,
}

/// What is kept now.
#[derive(Debug)]
pub struct SavedPat {
    /// What it is good for.
    pub state: PatState,
    /// Tells it from any that is saved later.
    pub revision: Revision,
    /// What is known of it.
    pub metadata: PatMetadata,
    /// The account the PAT before this one belonged to, where it was another one.
    pub previous_account: Option<Account>,
}

/// Checks a PAT with the git server, then saves it for where the integration leads now.
pub async fn save_pat(app: &App, ask: &Ask, save: SavePat) -> Result<SavedPat, OperationError> {
    let found = decision::find(app, ask, CHECK).await?;
    let decided = policy::decide_candidate(&found.facts(app, ask));
    let permit = decision::decided(app, ask, CHECK, decided).await?;
    if let Some(seen) = &save.seen {
        agreed(&permit.destination().place, seen)?;
    }
    if save.expires_at.is_some_and(|end| end <= app.clock.now()) {
        return Err(OperationError::invalid("expires_at", "has passed already"));
    }
    app.frequency.count(&ask.author().actor, Asked::Token).map_err(OperationError::TooOften)?;
    let served = serving(app, &found).await?;
    let check = Check { app, author: ask.author(), served: &served, integration: found.integration() };
    let Checked { loan, answer } = check.candidate(permit, save.fields).await?;
    let now = app.clock.now();
    let metadata = match answer {
        Ok(identity) => checked(identity, save.expires_at, now, &loan.destination().place),
        Err(error) if save.allow_unchecked && error.is_temporary() => {
            unchecked(found.pat_metadata(), save.expires_at, now, &loan.destination().place)
        }
        Err(error) => return Err(error),
    };
    // While the git server was asked, another may have been saved, in whose place this one comes; or the integration was removed, and
    // another has its id: what was entered was for the one before.
    let was_for = found.integration().created_at;
    for _ in 0..MOST_AT_ONCE {
        let found = decision::find(app, ask, CHECK).await?;
        if found.integration().created_at != was_for {
            return Err(OperationError::moved());
        }
        match keep(app, ask, &found, &loan, metadata.clone(), "pat.save").await {
            Err(OperationError::Changed(_)) => {}
            kept => return kept,
        }
    }
    Err(OperationError::replaced())
}

/// Asks the git server again. What it says is kept: a PAT it refuses is rejected, one it accepts is good again.
pub async fn check_pat(app: &App, ask: &Ask) -> Result<SavedPat, OperationError> {
    let found = decision::find(app, ask, CHECK).await?;
    let decided = policy::decide_check(&found.facts(app, ask));
    let permit = decision::decided(app, ask, CHECK, decided).await?;
    let asked_at = app.clock.now();
    let (Checked { answer, .. }, pat) = check_stored(app, ask, &found, permit).await?;
    let answer = match answer {
        Ok(identity) => PatAnswer::Accepted(identity),
        Err(error) if error.is_rejected_credential() => PatAnswer::Refused(error.to_string()),
        Err(error) => return Err(error),
    };
    let now = app.clock.now();
    let learnt = Learnt { asked_at, answered_at: now, answer };
    // Whose it was is told by what the check began with; what is kept is added to what is known by now.
    let told = learnt.clone().added_to(pat.metadata.clone()).ok_or_else(OperationError::replaced)?;
    let previous_account = previous_account(Some(&pat.metadata), &told);
    let audit = ask.author().changed(app, "pat.check", saved_details(&told, previous_account.as_ref()));
    let noted = app.store.note_pat(&ask.integration, ask.user(), pat.revision, learnt, audit).await?;
    let metadata = noted.ok_or_else(OperationError::replaced)?;
    let state = PatState::of(Some(&metadata), &found.integration().place(), now);
    Ok(SavedPat { state, revision: pat.revision, metadata, previous_account })
}

/// Gives a PAT that was set aside to where the integration leads now, once the git server there has answered for it.
/// `addresses` are those the user saw and agreed to; `seen`, when the one was saved that she was asked about, where she was asked.
pub async fn confirm_pat(
    app: &App,
    ask: &Ask,
    addresses: &[String],
    seen: Option<Timestamp>,
) -> Result<SavedPat, OperationError> {
    let found = decision::find(app, ask, CHECK).await?;
    if seen.is_some() && found.pat().is_some_and(|pat| Some(pat.metadata.saved_at) != seen) {
        return Err(OperationError::replaced());
    }
    let vouches = super::connector(app, &ask.asker.connector).await?;
    let saved_at = found.pat_metadata().map(|pat| pat.saved_at);
    let was_vouched_before =
        vouches.zip(saved_at).is_some_and(|(connector, saved_at)| connector.created_at <= saved_at);
    let decided = policy::decide_confirmation(&found.facts(app, ask), was_vouched_before);
    let permit = decision::decided(app, ask, CHECK, decided).await?;
    agreed(&permit.destination().place, addresses)?;
    let (Checked { loan, answer }, pat) = check_stored(app, ask, &found, permit).await?;
    let given_to = &loan.destination().place;
    let known = &pat.metadata;
    let confirmed = checked(answer?, entered(known.expiry), app.clock.now(), given_to);
    let metadata = PatMetadata { last_used_at: known.last_used_at, ..confirmed };
    keep(app, ask, &found, &loan, metadata, "pat.confirm").await
}

/// What she agreed to has to be all there is now, whatever its order.
fn agreed(place: &Place, addresses: &[String]) -> Result<(), OperationError> {
    let now: BTreeSet<String> = place.addresses().into_iter().collect();
    if now.iter().eq(addresses.iter().collect::<BTreeSet<_>>()) {
        return Ok(());
    }
    let now = now.into_iter().collect::<Vec<_>>().join("; ");
    Err(OperationError::invalid("addresses", format!("are not those of the integration, which are now: {now}")))
}

async fn check_stored<'a>(
    app: &App,
    ask: &Ask,
    found: &'a Found,
    permit: Permit<CheckCredential>,
) -> Result<(Checked, &'a PatRecord), OperationError> {
    let served = serving(app, found).await?;
    let check = Check { app, author: ask.author(), served: &served, integration: found.integration() };
    let checked = check.stored(permit, found).await?;
    let pat = found.pat().ok_or_else(OperationError::nothing_to_lend)?;
    Ok((checked, pat))
}

/// Seals what was checked, and stores it in the place of the one that was found, or of none: the user may have removed or replaced
/// that one, and what is told of it is told of no other.
async fn keep(
    app: &App,
    ask: &Ask,
    found: &Found,
    loan: &Loan<CheckCredential>,
    metadata: PatMetadata,
    subject: &'static str,
) -> Result<SavedPat, OperationError> {
    let sealed: Sealed = app.lender.seal(loan);
    let previous_account = previous_account(found.pat_metadata(), &metadata);
    let mut details = saved_details(&metadata, previous_account.as_ref());
    details.insert("given_to".into(), json!(metadata.given_to));
    let audit = ask.author().changed(app, subject, details);
    let (integration, user) = (ask.integration.clone(), ask.user().clone());
    let pat = NewPat { integration, user, metadata: metadata.clone(), sealed };
    let kept = app.store.replace_pat(found.pat().map(|pat| pat.revision), pat, audit).await;
    let revision = kept.map_err(|error| match error {
        StoreError::Changed(_) => OperationError::replaced(),
        error => error.into(),
    })?;
    let state = PatState::of(Some(&metadata), &loan.destination().place, app.clock.now());
    Ok(SavedPat { state, revision, metadata, previous_account })
}

fn checked(identity: Identity, entered: Option<Timestamp>, now: Timestamp, given_to: &Place) -> PatMetadata {
    PatMetadata {
        account: Some(identity.account),
        account_before: None,
        permissions: identity.permissions,
        expiry: identity.expiry.or(entered.map_or(Expiry::Unknown, Expiry::At)),
        saved_at: now,
        last_checked_at: Some(now),
        last_used_at: None,
        rejection: None,
        given_to: given_to.clone(),
    }
}

fn unchecked(
    before: Option<&PatMetadata>,
    entered: Option<Timestamp>,
    now: Timestamp,
    given_to: &Place,
) -> PatMetadata {
    PatMetadata {
        account: None,
        account_before: before.and_then(|pat| pat.last_known_account().cloned()),
        permissions: vec![],
        expiry: entered.map_or(Expiry::Unknown, Expiry::At),
        saved_at: now,
        last_checked_at: None,
        last_used_at: None,
        rejection: None,
        given_to: given_to.clone(),
    }
}

/// The end as the user entered it, or as it was last known.
fn entered(expiry: Expiry) -> Option<Timestamp> {
    match expiry {
        Expiry::At(end) => Some(end),
        Expiry::Never | Expiry::Unknown => None,
    }
}

fn previous_account(before: Option<&PatMetadata>, metadata: &PatMetadata) -> Option<Account> {
    let before = before?.last_known_account()?;
    let now = metadata.account.as_ref()?;
    (before.id != now.id).then(|| before.clone())
}

fn saved_details(metadata: &PatMetadata, previous: Option<&Account>) -> Map<String, Value> {
    let mut details = Map::from_iter([("account".to_owned(), json!(metadata.account))]);
    if let Some(previous) = previous {
        details.insert("previous_account".into(), json!(previous));
    }
    if metadata.rejection.is_some() {
        details.insert("rejected".into(), json!(true));
    }
    details
}
