//! The audit log's chain: what makes an edited, missing or moved entry show.
//!
//! Every entry carries the HMAC-SHA256, under a key the database does not hold, of the previous entry's and of all its own
//! columns as they are stored. A head, signed too, says how many entries there are, so that a cut tail shows as well. What
//! cannot show is the whole database put back to an earlier state: its head was genuine then. Whoever notes the head
//! elsewhere (every answer to a verification gives the count) can tell.
//!
//! Knows no database: a store hands rows in and writes what comes out.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crypto::{AuditKey, Digest, Parts};
use model::{AuditEntry, AuditFault, AuditVerdict, IntegrationId, NewAuditEntry, Timestamp};

pub(super) type Mac = Digest;

/// What the first entry has for a previous one.
const BEFORE_THE_FIRST: Mac = [0; 32];

/// Keep entries and heads apart, and from whatever else is ever signed with this key.
const ENTRY: &str = "countersign audit entry 1";
const HEAD: &str = "countersign audit head 1";

/// One entry, column by column as it is stored. The chain is over these texts, so that it holds whatever a later version
/// makes of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    pub sequence: i64,
    pub at_ms: i64,
    pub event: String,
    pub subject: String,
    /// JSON.
    pub actor: String,
    pub integration: Option<String>,
    pub request_id: String,
    pub refers_to: Option<i64>,
    /// JSON.
    pub details: String,
}

impl Columns {
    /// An entry, as it is stored under this number.
    pub fn of(sequence: i64, entry: &NewAuditEntry) -> Self {
        Self {
            sequence,
            at_ms: entry.at.unix_ms(),
            event: word(&entry.event),
            subject: entry.subject.to_owned(),
            actor: json(&entry.actor),
            integration: entry.integration.as_ref().map(|id| id.as_str().to_owned()),
            request_id: entry.request_id.clone(),
            refers_to: entry.refers_to,
            details: json(&entry.details),
        }
    }

    /// None where a column is nothing that was ever written.
    pub fn entry(self) -> Option<AuditEntry> {
        Some(AuditEntry {
            sequence: self.sequence,
            at: Timestamp::from_unix_ms(self.at_ms),
            event: from_word(self.event)?,
            subject: self.subject,
            actor: from_json(&self.actor)?,
            integration: self.integration.map(IntegrationId::parse).transpose().ok()?,
            request_id: self.request_id,
            refers_to: self.refers_to,
            details: from_json(&self.details)?,
        })
    }

    /// Binds the entry to the one before it.
    pub fn mac(&self, key: &AuditKey, previous: &Mac) -> Mac {
        key.sign(self.message(previous).as_bytes())
    }

    fn is_signed_by(&self, key: &AuditKey, link: &Link) -> bool {
        key.verify(self.message(&link.previous).as_bytes(), &link.mac)
    }

    fn message(&self, previous: &Mac) -> Parts {
        Parts::new(ENTRY)
            .bytes(previous)
            .number(self.sequence)
            .number(self.at_ms)
            .text(&self.event)
            .text(&self.subject)
            .text(&self.actor)
            .optional(self.integration.as_deref(), Parts::text)
            .text(&self.request_id)
            .optional(self.refers_to, Parts::number)
            .text(&self.details)
    }
}

/// An entry with its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub columns: Columns,
    /// The previous entry's; kept with this one so that an entry put elsewhere still tells where it belongs.
    pub previous: Mac,
    pub mac: Mac,
}

/// Where the chain ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// The last entry's number; 0 before the first.
    pub sequence: i64,
    /// The last entry's.
    pub mac: Mac,
    /// Over the two above.
    pub signature: Mac,
}

impl Head {
    /// Where a log begins.
    pub fn of_empty_log(key: &AuditKey) -> Self {
        Self::new(key, 0, BEFORE_THE_FIRST)
    }

    fn new(key: &AuditKey, sequence: i64, mac: Mac) -> Self {
        Self { sequence, mac, signature: key.sign(Self::message(sequence, &mac).as_bytes()) }
    }

    /// Whether it was signed with this key, and not touched since.
    pub fn is_genuine(&self, key: &AuditKey) -> bool {
        key.verify(Self::message(self.sequence, &self.mac).as_bytes(), &self.signature)
    }

    /// The next entry, and the head once it is written.
    pub fn append(&self, key: &AuditKey, entry: &NewAuditEntry) -> (Link, Head) {
        let columns = Columns::of(self.sequence + 1, entry);
        let mac = columns.mac(key, &self.mac);
        let head = Self::new(key, columns.sequence, mac);
        (Link { columns, previous: self.mac, mac }, head)
    }

    fn message(sequence: i64, mac: &Mac) -> Parts {
        Parts::new(HEAD).number(sequence).bytes(mac)
    }
}

/// Goes through the entries in order of their numbers, up to the first that is wrong.
pub(super) struct Verification<'k> {
    key: &'k AuditKey,
    head: Option<Head>,
    entries: i64,
    previous: Mac,
    fault: Option<AuditFault>,
}

impl<'k> Verification<'k> {
    /// Before the first entry. `head` is the stored one, if there is one.
    pub fn new(key: &'k AuditKey, head: Option<Head>) -> Self {
        Self { key, head, entries: 0, previous: BEFORE_THE_FIRST, fault: None }
    }

    /// False when there is no use in looking further.
    pub fn take(&mut self, link: &Link) -> bool {
        self.fault = self.fault_of(link);
        self.entries += i64::from(self.fault.is_none());
        self.previous = link.mac;
        self.fault.is_none()
    }

    /// `entries` counts those that are as they were written, up to the fault.
    pub fn finish(self) -> AuditVerdict {
        let fault = self.fault.clone().or_else(|| self.fault_of_head());
        AuditVerdict { entries: self.entries, fault }
    }

    fn fault_of(&self, link: &Link) -> Option<AuditFault> {
        let expected = self.entries + 1;
        let found = link.columns.sequence;
        if found > expected {
            return fault(expected, format!("entry {expected} is missing"));
        }
        if found < expected {
            return fault(found, format!("entry {found} is out of order"));
        }
        if link.previous == self.previous && link.columns.is_signed_by(self.key, link) {
            return None;
        }
        match self.number_when_written(link) {
            Some(other) if other != found => {
                fault(found, format!("entry {found} is out of order: it was written as entry {other}"))
            }
            _ => fault(found, format!("entry {found} is not as it was written")),
        }
    }

    /// The number an entry was signed with, if it was signed at all: every number the log had is tried.
    fn number_when_written(&self, link: &Link) -> Option<i64> {
        let mut columns = link.columns.clone();
        let numbers = self.head.as_ref().map_or(0, |head| head.sequence);
        (1..=numbers).find(|number| {
            columns.sequence = *number;
            columns.is_signed_by(self.key, link)
        })
    }

    fn fault_of_head(&self) -> Option<AuditFault> {
        let last = self.entries;
        let Some(head) = self.head.as_ref().filter(|head| head.is_genuine(self.key)) else {
            return fault(last, "the head of the log is missing or not as it was written".to_owned());
        };
        if head.sequence > last {
            let written = head.sequence;
            let first = last + 1;
            return fault(first, format!("the tail was cut off: the log ends before entry {first} of {written}"));
        }
        if head.sequence < last || head.mac != self.previous {
            let first = head.sequence.min(last);
            return fault(first, format!("the head of the log is older than its entries: it ends at {first}"));
        }
        None
    }
}

fn fault(sequence: i64, reason: String) -> Option<AuditFault> {
    Some(AuditFault { sequence, reason })
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("audit values are plain data")
}

fn from_json<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

/// A unit variant's name, as serde writes it, without the quotes.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => unreachable!("an audit event is written as one word"),
    }
}

fn from_word<T: DeserializeOwned>(word: String) -> Option<T> {
    serde_json::from_value(Value::String(word)).ok()
}
