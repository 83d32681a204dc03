//! Who has a usable PAT, of those who work with an integration: what an administrator wants to know before and after
//! switching *Require User PAT* on. Never a secret.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::operate::{App, OperationError};
use model::{
    Account, ActingUser, DAY_MS, DisplayName, Expiry, IntegrationId, IntegrationRecord, PatMetadata, PatState, Policy,
    Timestamp, UserCredentials, UserNames,
};
use store::SeenUser;

/// How far back is looked where nobody says, in days.
pub const USUAL_SEEN_WITHIN_DAYS: u16 = 90;
/// As far back as can be looked, in days.
pub const MAX_SEEN_WITHIN_DAYS: u16 = 365;

/// Whom, and how far back.
#[derive(Debug, Clone)]
pub struct CoverageQuery {
    /// None: all integrations.
    pub integration: Option<IntegrationId>,
    /// 1 to [`MAX_SEEN_WITHIN_DAYS`].
    pub seen_within_days: u16,
}

/// What was found.
#[derive(Debug)]
pub struct Coverage {
    /// When.
    pub as_of: Timestamp,
    /// Those who were seen within this time.
    pub seen_within_days: u16,
    /// In order of id.
    pub integrations: Vec<IntegrationCoverage>,
}

/// One integration's users.
#[derive(Debug)]
pub struct IntegrationCoverage {
    /// Which.
    pub integration: IntegrationId,
    /// For people.
    pub name: DisplayName,
    /// Whether *Require User PAT* is on, by the rule of either level. It may be announced only.
    pub is_required: bool,
    /// In order of site and user.
    pub people: Vec<Covered>,
}

/// One user of one integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covered {
    /// Who.
    pub user: ActingUser,
    /// As a connector stated them last.
    pub names: UserNames,
    /// When the user last asked something of a project that the integration is open to, or saved or used the PAT. To within
    /// a day.
    pub last_seen_at: Timestamp,
    /// What the user's PAT is good for.
    pub pat_state: PatState,
    /// Whose it is.
    pub account: Option<Account>,
    /// When it ends; none where there is no PAT.
    pub expiry: Option<Expiry>,
    /// When the git server last answered for it.
    pub last_checked_at: Option<Timestamp>,
    /// When it was last lent, to within an hour.
    pub last_used_at: Option<Timestamp>,
    /// Whether *Require User PAT* would keep the user from creating anything, if it held now.
    pub would_be_blocked: bool,
}

/// How many users, of one integration or of several taken together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// All of them.
    pub people: usize,
    /// By what their PATs are good for. Every state is there.
    pub by_state: BTreeMap<&'static str, usize>,
    /// Those with a PAT that was never lent.
    pub never_used: usize,
    /// Those whom *Require User PAT* would keep from creating anything, if it held now.
    pub would_be_blocked: usize,
}

/// Most of those concerned who are named where people read it; the coverage has all of them.
pub const MAX_NAMED: usize = 20;

/// A change that is only tried: everything is checked, nothing stored, and it is told whom it would concern.
#[derive(Debug, Clone, Copy)]
pub struct Trial {
    /// Looked at are those who were seen within so many days, 1 to [`MAX_SEEN_WITHIN_DAYS`].
    pub seen_within_days: u16,
}

impl Default for Trial {
    fn default() -> Self {
        Self { seen_within_days: USUAL_SEEN_WITHIN_DAYS }
    }
}

/// Whom rules would keep from creating, of those who were seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocked {
    /// All of them, in order of site and user, each as a connector stated her names last.
    pub people: BTreeMap<ActingUser, UserNames>,
    /// How many were seen.
    pub seen: usize,
    /// Within this time.
    pub seen_within_days: u16,
    /// Whether a rule would be on anywhere; where none is, it keeps nobody from anything.
    pub is_required: bool,
    /// Whether it would be on where no user can have a PAT.
    pub is_closed: bool,
}

/// Names one row of a coverage; rows are in this order.
pub type RowKey = (IntegrationId, ActingUser);

/// The users of one integration, or of each.
pub async fn coverage(app: &App, query: CoverageQuery) -> Result<Coverage, OperationError> {
    let records = match &query.integration {
        Some(id) => vec![app.store.integration(id).await?.ok_or_else(|| missing(id))?],
        None => app.store.integrations().await?,
    };
    let policy = app.store.policy().await?;
    let (as_of, seen_within_days) = (app.clock.now(), query.seen_within_days.clamp(1, MAX_SEEN_WITHIN_DAYS));
    let integrations = cover(app, &records, &policy, seen_within_days).await?;
    Ok(Coverage { as_of, seen_within_days, integrations })
}

fn missing(id: &IntegrationId) -> OperationError {
    OperationError::Missing(format!("integration {id}"))
}

/// Whom the rules would keep from creating, at the integrations as these records have them, once they hold.
pub(super) async fn blocked(
    app: &App,
    records: &[IntegrationRecord],
    policy: &Policy,
    Trial { seen_within_days }: Trial,
) -> Result<Blocked, OperationError> {
    let covered = cover(app, records, policy, seen_within_days).await?;
    let everybody = covered.iter().flat_map(|one| &one.people).map(|person| &person.user);
    let required = covered.iter().filter(|one| one.is_required);
    let people = required.clone().flat_map(|one| &one.people).filter(|person| person.would_be_blocked);
    let is_closed = |(one, record): (&IntegrationCoverage, _)| one.is_required && has_no_user_pats(record);
    Ok(Blocked {
        is_required: required.clone().next().is_some(),
        is_closed: covered.iter().zip(records).any(is_closed),
        people: people.map(|person| (person.user.clone(), person.names.clone())).collect(),
        seen: everybody.collect::<BTreeSet<_>>().len(),
        seen_within_days,
    })
}

/// Of each record, in their order.
async fn cover(
    app: &App,
    records: &[IntegrationRecord],
    policy: &Policy,
    seen_within_days: u16,
) -> Result<Vec<IntegrationCoverage>, OperationError> {
    let now = app.clock.now();
    let seen = SeenSince::new(app.store.seen_users().await?, now, seen_within_days);
    let mut integrations = Vec::with_capacity(records.len());
    for record in records {
        let pats = app.store.pats_for(&record.id).await?;
        integrations.push(IntegrationCoverage {
            integration: record.id.clone(),
            name: record.name.clone(),
            is_required: policy.rules.require_user_pat || record.rules.require_user_pat,
            people: seen.people(record, pats, now),
        });
    }
    Ok(integrations)
}

/// Whether no user can have a PAT there.
fn has_no_user_pats(record: &IntegrationRecord) -> bool {
    record.connection.user_credentials != UserCredentials::Supported
}

/// Integrations at which no user can have a PAT: under a rule, nobody can create anything there.
pub async fn without_user_pats(app: &App) -> Result<Vec<IntegrationRecord>, OperationError> {
    Ok(app.store.integrations().await?.into_iter().filter(has_no_user_pats).collect())
}

/// Everybody who was ever seen, and since when that counts.
struct SeenSince {
    rows: Vec<SeenUser>,
    /// As stated last, in whatever project.
    names: HashMap<ActingUser, (Timestamp, UserNames)>,
    since: Timestamp,
}

impl SeenSince {
    fn new(rows: Vec<SeenUser>, now: Timestamp, days: u16) -> Self {
        let mut names: HashMap<ActingUser, (Timestamp, UserNames)> = HashMap::new();
        for row in &rows {
            let known = names.entry(row.user.clone()).or_insert_with(|| (row.last_seen_at, row.names.clone()));
            if row.last_seen_at > known.0 {
                *known = (row.last_seen_at, row.names.clone());
            }
        }
        Self { rows, names, since: now.plus_ms(-i64::from(days) * DAY_MS) }
    }

    fn people(&self, record: &IntegrationRecord, pats: Vec<(ActingUser, PatMetadata)>, now: Timestamp) -> Vec<Covered> {
        let mut last_seen: BTreeMap<ActingUser, Timestamp> = BTreeMap::new();
        let mut see = |user: &ActingUser, at: Timestamp| {
            let last = last_seen.entry(user.clone()).or_insert(at);
            *last = at.max(*last);
        };
        for row in self.rows.iter().filter(|row| record.projects.include(&row.project)) {
            see(&row.user, row.last_seen_at);
        }
        let mut kept: HashMap<ActingUser, PatMetadata> = HashMap::with_capacity(pats.len());
        for (user, pat) in pats {
            see(&user, pat.last_used_at.map_or(pat.saved_at, |used| used.max(pat.saved_at)));
            kept.insert(user, pat);
        }
        let place = record.place();
        let has_none = has_no_user_pats(record);
        let person = |(user, last_seen_at): (ActingUser, Timestamp)| {
            let pat = kept.get(&user);
            let pat_state = PatState::of(pat, &place, now);
            Covered {
                names: self.names.get(&user).map(|(_, names)| names.clone()).unwrap_or_default(),
                user,
                last_seen_at,
                pat_state,
                account: pat.and_then(|pat| pat.account.clone()),
                expiry: pat.map(|pat| pat.expiry),
                last_checked_at: pat.and_then(|pat| pat.last_checked_at),
                last_used_at: pat.and_then(|pat| pat.last_used_at),
                would_be_blocked: has_none || !pat_state.is_usable(),
            }
        };
        last_seen.into_iter().filter(|(_, last)| *last >= self.since).map(person).collect()
    }
}

impl Covered {
    /// When the PAT ends, where that is known.
    pub fn expires_at(&self) -> Option<Timestamp> {
        match self.expiry? {
            Expiry::At(end) => Some(end),
            Expiry::Never | Expiry::Unknown => None,
        }
    }
}

impl Coverage {
    /// How many different users there are.
    pub fn users(&self) -> usize {
        let everybody = self.rows().map(|(_, person)| &person.user);
        everybody.collect::<BTreeSet<_>>().len()
    }

    /// Of all integrations together: somebody who works with two of them is counted with each.
    pub fn totals(&self) -> Totals {
        Totals::of(self.rows().map(|(_, person)| person))
    }

    /// All users of all integrations, each with hers, in order of integration, site and user.
    pub fn rows(&self) -> impl Iterator<Item = (&IntegrationCoverage, &Covered)> {
        self.integrations.iter().flat_map(|one| one.people.iter().map(move |person| (one, person)))
    }

    /// The rows after one, at most `limit`, and whether there are more.
    pub fn page(&self, after: Option<&RowKey>, limit: usize) -> (Vec<(&IntegrationCoverage, &Covered)>, bool) {
        let is_after = |integration: &IntegrationId, user: &ActingUser| {
            after.is_none_or(|(last, last_user)| (integration, user) > (last, last_user))
        };
        let mut rows = self.rows().filter(|(one, person)| is_after(&one.integration, &person.user));
        let page: Vec<_> = rows.by_ref().take(limit).collect();
        let has_more = rows.next().is_some();
        (page, has_more)
    }
}

impl IntegrationCoverage {
    /// Of this one.
    pub fn totals(&self) -> Totals {
        Totals::of(self.people.iter())
    }
}

impl Totals {
    fn of<'a>(people: impl Iterator<Item = &'a Covered>) -> Self {
        let mut totals = Self { by_state: PatState::ALL.map(|state| (state.as_str(), 0)).into(), ..Self::default() };
        for person in people {
            totals.people += 1;
            *totals.by_state.entry(person.pat_state.as_str()).or_default() += 1;
            let has_one = person.pat_state != PatState::Missing;
            totals.never_used += usize::from(has_one && person.last_used_at.is_none());
            totals.would_be_blocked += usize::from(person.would_be_blocked);
        }
        totals
    }
}

#[cfg(test)]
mod tests;
