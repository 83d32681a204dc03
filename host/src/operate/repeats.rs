//! Entries of the audit log that are alike: denials, looks at what there is, and links to pages. The first is written down as it is, those that follow
//! it within a while are counted, and written down together. Nobody fills the audit log by asking for the same again and again.
//!
//! A look is covered by the intent of the first one like it, which says until when: it is written, and synced, before a credential
//! is lent for any of them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use model::policy::Denial;
use model::{Actor, IntegrationId, NewAuditEntry, OperationKind, PageLink, Timestamp};
use store::{SharedStore, StoreError};

/// How long those that are alike are counted before they are written down.
const TOGETHER_MS: i64 = 10 * 60 * 1000;
/// Most that are remembered; of more, all are written down and forgotten.
const MANY: usize = 10_000;

/// What makes two of them alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Alike(String);

impl Alike {
    /// The same denied to the same user of one project.
    pub fn denial(denial: &Denial, project: &str, entry: &NewAuditEntry) -> Self {
        // Whoever asks may make up as many ids as she likes.
        let is_made_up = matches!(denial, Denial::NotOpenToProject);
        let integration = entry.integration.as_ref().filter(|_| !is_made_up);
        Self::of(&entry.actor, entry.subject, &json!([denial.code(), integration, project]))
    }

    /// The same looked at by the same user in the same name.
    pub fn look(actor: &Actor, integration: &IntegrationId, operation: OperationKind, what: &Value) -> Self {
        Self::of(actor, operation.as_str(), &json!([integration, what]))
    }

    /// A link to the same page for the same user of one project.
    pub fn link(link: &PageLink, entry: &NewAuditEntry) -> Self {
        Self::of(&entry.actor, entry.subject, &json!([link.context.page, entry.integration, link.visitor.project]))
    }

    fn of(actor: &Actor, subject: &str, parts: &Value) -> Self {
        Self(json!([actor, subject, parts]).to_string())
    }

    /// Looks that ended in the same way.
    pub fn ended(&self, result: &str) -> Self {
        Self(json!([self.0, result]).to_string())
    }
}

#[derive(Debug)]
struct Repeat {
    since: Timestamp,
    /// The last of those that were not written down, and how many there are.
    more: Option<(NewAuditEntry, u64)>,
}

/// Those of a while.
#[derive(Debug, Default)]
pub(super) struct Repeats(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    counted: HashMap<Alike, Repeat>,
    /// Numbers of the intents of looks, and since when they cover others.
    looks: HashMap<Alike, (Timestamp, i64)>,
}

impl Repeats {
    fn remembered(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to be written down for an entry: it, where there was none like it for a while, and what was counted since the last.
    pub fn note(&self, alike: Alike, entry: NewAuditEntry) -> Vec<NewAuditEntry> {
        let counted = &mut self.remembered().counted;
        if let Some(repeat) = counted.get_mut(&alike)
            && !is_over(repeat.since, entry.at)
        {
            let more = repeat.more.take().map_or(0, |(_, more)| more);
            repeat.more = Some((entry, more + 1));
            return Vec::new();
        }
        written(counted, alike, entry)
    }

    /// The same for one that is written down in any case, as what ends a look with an intent of its own.
    pub fn note_written(&self, alike: Alike, entry: NewAuditEntry) -> Vec<NewAuditEntry> {
        written(&mut self.remembered().counted, alike, entry)
    }

    /// The intent that covers a look; none where it needs one of its own.
    pub fn covering(&self, look: &Alike, now: Timestamp) -> Option<i64> {
        let found = self.remembered().looks.get(look).copied();
        found.filter(|(since, _)| !is_over(*since, now)).map(|(_, intent)| intent)
    }

    /// Until when an intent of now covers looks like its own.
    pub fn covers_until(now: Timestamp) -> Timestamp {
        end_of_while(now)
    }

    /// The intent of a look is written.
    pub fn covers(&self, look: Alike, now: Timestamp, intent: i64) {
        let looks = &mut self.remembered().looks;
        if looks.len() >= MANY {
            looks.clear();
        }
        looks.insert(look, (now, intent));
    }

    /// What was counted and whose time is over; all of it where none is given.
    pub fn due(&self, now: Option<Timestamp>) -> Vec<NewAuditEntry> {
        let Remembered { counted, looks } = &mut *self.remembered();
        let is_due = |since: Timestamp| now.is_none_or(|now| is_over(since, now));
        looks.retain(|_, (since, _)| !is_due(*since));
        let over = counted.extract_if(|_, repeat| is_due(repeat.since));
        over.filter_map(|(_, repeat)| together(repeat)).collect()
    }
}

/// Writes down what is due.
pub(super) async fn write_down(store: &SharedStore, due: Vec<NewAuditEntry>) -> Result<(), StoreError> {
    for entry in due {
        store.append_audit(entry).await?;
    }
    Ok(())
}

fn end_of_while(since: Timestamp) -> Timestamp {
    since.plus_ms(TOGETHER_MS)
}

fn is_over(since: Timestamp, now: Timestamp) -> bool {
    end_of_while(since) <= now
}

fn written(counted: &mut HashMap<Alike, Repeat>, alike: Alike, entry: NewAuditEntry) -> Vec<NewAuditEntry> {
    let mut due: Vec<_> = if counted.len() < MANY {
        counted.remove(&alike).and_then(together).into_iter().collect()
    } else {
        counted.drain().filter_map(|(_, repeat)| together(repeat)).collect()
    };
    counted.insert(alike, Repeat { since: entry.at, more: None });
    due.push(entry);
    due
}

/// One entry for those that were not written down: the last of them, how many there were, and since when.
fn together(Repeat { since, more }: Repeat) -> Option<NewAuditEntry> {
    let (mut entry, more) = more?;
    entry.details.insert("times".into(), json!(more));
    entry.details.insert("since".into(), json!(since));
    Some(entry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::AuditEvent;

    fn entry(user: &str, integration: &str, at: i64) -> NewAuditEntry {
        NewAuditEntry {
            at: Timestamp::from_unix_seconds(1_800_000_000).plus_ms(at),
            event: AuditEvent::Denied,
            subject: "branch.create",
            actor: Actor::User {
                site: "default".parse().unwrap(),
                connector: "jira".into(),
                jira_user: user.parse().unwrap(),
            },
            integration: Some(IntegrationId::parse(integration).unwrap()),
            request_id: at.to_string(),
            refers_to: None,
            details: serde_json::Map::new(),
        }
    }

    fn note(repeats: &Repeats, denial: &Denial, project: &str, entry: NewAuditEntry) -> Vec<NewAuditEntry> {
        repeats.note(Alike::denial(denial, project, &entry), entry)
    }

    fn times(entries: &[NewAuditEntry]) -> Vec<Option<u64>> {
        entries.iter().map(|entry| entry.details.get("times").and_then(serde_json::Value::as_u64)).collect()
    }

    #[test]
    fn a17_equal_denials_are_counted_and_others_are_written_down() {
        let (repeats, denial) = (Repeats::default(), Denial::PermissionMissing);
        let note =
            |user: &str, integration: &str, at| self::note(&repeats, &denial, "ABC", entry(user, integration, at));
        assert_eq!(times(&note("ann", "main", 0)), [None]);
        for at in 1..=1000 {
            assert_eq!(note("ann", "main", at), []);
        }
        assert_eq!((note("bob", "main", 5).len(), note("ann", "other", 5).len()), (1, 1));
        assert_eq!(self::note(&repeats, &denial, "XYZ", entry("ann", "main", 6)).len(), 1);
        assert_eq!(repeats.due(Some(entry("ann", "main", TOGETHER_MS - 1).at)), []);
        // The next after a while says how many there were, and is written down itself.
        let written = note("ann", "main", TOGETHER_MS);
        assert_eq!((times(&written), written[0].request_id.as_str()), (vec![Some(1000), None], "1000"));
        note("ann", "main", TOGETHER_MS + 1);
        assert_eq!(times(&repeats.due(Some(entry("ann", "main", 2 * TOGETHER_MS).at))), [Some(1)]);
        note("bob", "main", 3 * TOGETHER_MS);
        note("bob", "main", 3 * TOGETHER_MS + 1);
        assert_eq!(times(&repeats.due(None)), [Some(1)]);
        assert_eq!(repeats.due(None), []);
    }

    #[test]
    fn a17_names_that_somebody_makes_up_are_alike() {
        let repeats = Repeats::default();
        let written: usize = (0..500)
            .map(|at| note(&repeats, &Denial::NotOpenToProject, "ABC", entry("ann", &format!("i-{at}"), at)).len())
            .sum();
        assert_eq!(written, 1);
    }

    #[test]
    fn a17_what_is_remembered_has_a_bound_and_nothing_that_was_counted_is_lost() {
        let repeats = Repeats::default();
        let mut written = Vec::new();
        for user in 0..=MANY {
            for at in 0..2 {
                let one = entry(&format!("u{user}"), "main", at);
                written.extend(note(&repeats, &Denial::PermissionMissing, "ABC", one));
            }
        }
        written.extend(repeats.due(None));
        let counted: u64 = times(&written).into_iter().flatten().sum();
        assert_eq!(
            written.len() as u64 - times(&written).iter().flatten().count() as u64 + counted,
            2 * (MANY as u64 + 1)
        );
        assert!(repeats.remembered().counted.len() <= MANY);
    }
}
