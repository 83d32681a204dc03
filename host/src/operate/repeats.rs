//! Denials that are alike: the first is written down as it is, those that follow it within a while are counted, and written down
//! together. Nobody fills the audit log by asking again and again for what is denied.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde_json::json;

use model::policy::Denial;
use model::{Actor, IntegrationId, NewAuditEntry, Timestamp};

/// How long those that are alike are counted before they are written down.
const TOGETHER_MS: i64 = 10 * 60 * 1000;
/// Most that are remembered; of more, all are written down and forgotten.
const MANY: usize = 10_000;

/// What makes two of them alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Alike {
    actor: String,
    subject: &'static str,
    denial: &'static str,
    /// None where whoever asks may make up as many as she likes.
    integration: Option<IntegrationId>,
    project: String,
}

#[derive(Debug)]
struct Repeat {
    since: Timestamp,
    /// The last of those that were not written down, and how many there are.
    more: Option<(NewAuditEntry, u64)>,
}

/// Those of a while.
#[derive(Debug, Default)]
pub(super) struct Repeats(Mutex<HashMap<Alike, Repeat>>);

impl Repeats {
    /// What is to be written down for one: it, where there was none like it for a while, and what was counted since the last.
    pub fn note(&self, denial: &Denial, project: &str, entry: NewAuditEntry) -> Vec<NewAuditEntry> {
        let is_made_up = matches!(denial, Denial::NotOpenToProject);
        let alike = Alike {
            actor: actor(&entry.actor),
            subject: entry.subject,
            denial: denial.code(),
            integration: entry.integration.clone().filter(|_| !is_made_up),
            project: project.to_owned(),
        };
        let mut repeats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(repeat) = repeats.get_mut(&alike)
            && entry.at.unix_ms() < repeat.since.unix_ms() + TOGETHER_MS
        {
            let more = repeat.more.take().map_or(0, |(_, more)| more);
            repeat.more = Some((entry, more + 1));
            return Vec::new();
        }
        let mut due: Vec<_> = if repeats.len() < MANY {
            repeats.remove(&alike).and_then(counted).into_iter().collect()
        } else {
            repeats.drain().filter_map(|(_, repeat)| counted(repeat)).collect()
        };
        repeats.insert(alike, Repeat { since: entry.at, more: None });
        due.push(entry);
        due
    }

    /// What was counted and whose time is over; all of it where none is given.
    pub fn due(&self, now: Option<Timestamp>) -> Vec<NewAuditEntry> {
        let mut repeats = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |repeat: &Repeat| now.is_none_or(|now| repeat.since.unix_ms() + TOGETHER_MS <= now.unix_ms());
        let over = repeats.extract_if(|_, repeat| is_over(repeat));
        over.filter_map(|(_, repeat)| counted(repeat)).collect()
    }
}

/// One entry for those that were not written down: the last of them, how many there were, and since when.
fn counted(Repeat { since, more }: Repeat) -> Option<NewAuditEntry> {
    let (mut entry, more) = more?;
    entry.details.insert("times".into(), json!(more));
    entry.details.insert("since".into(), json!(since));
    Some(entry)
}

fn actor(actor: &Actor) -> String {
    json!(actor).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::AuditEvent;
    use serde_json::Map;

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
            details: Map::new(),
        }
    }

    fn times(entries: &[NewAuditEntry]) -> Vec<Option<u64>> {
        entries.iter().map(|entry| entry.details.get("times").and_then(serde_json::Value::as_u64)).collect()
    }

    #[test]
    fn a17_equal_denials_are_counted_and_others_are_written_down() {
        let (repeats, denial) = (Repeats::default(), Denial::PermissionMissing);
        let note = |user: &str, integration: &str, at| repeats.note(&denial, "ABC", entry(user, integration, at));
        assert_eq!(times(&note("ann", "main", 0)), [None]);
        for at in 1..=1000 {
            assert_eq!(note("ann", "main", at), []);
        }
        assert_eq!((note("bob", "main", 5).len(), note("ann", "other", 5).len()), (1, 1));
        assert_eq!(repeats.note(&denial, "XYZ", entry("ann", "main", 6)).len(), 1);
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
            .map(|at| repeats.note(&Denial::NotOpenToProject, "ABC", entry("ann", &format!("i-{at}"), at)).len())
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
                written.extend(repeats.note(&Denial::PermissionMissing, "ABC", one));
            }
        }
        written.extend(repeats.due(None));
        let counted: u64 = times(&written).into_iter().flatten().sum();
        assert_eq!(
            written.len() as u64 - times(&written).iter().flatten().count() as u64 + counted,
            2 * (MANY as u64 + 1)
        );
        assert!(repeats.0.lock().unwrap().len() <= MANY);
    }
}
