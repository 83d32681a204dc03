//! What the audit log keeps of an administrator's change: typed, with what was before and after, made in one place.

use crypto::{hex, sha256};
use serde_json::{Map, Value, json};

use super::Administration;
use crate::operate::App;
use model::{
    Actor, AdminToken, AuditEntry, Connector, IntegrationId, IntegrationRecord, Mapping, MaxLength, NewAuditEntry,
    Policy, ProviderRecord, Rules, Site, Timestamp,
};

/// Credentials that are lent no more because they were given to another address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SetAside {
    /// How many users have to confirm their PATs.
    pub user_pats: usize,
    /// Whether the integration's own credential has to be given again.
    pub own_credential: bool,
}

/// One change.
pub(super) enum Change<'a> {
    IntegrationAdded(&'a IntegrationRecord),
    IntegrationChanged {
        before: &'a IntegrationRecord,
        after: &'a IntegrationRecord,
        has_new_credential: bool,
        set_aside: SetAside,
    },
    IntegrationRemoved {
        record: &'a IntegrationRecord,
        /// How many lost a PAT with it.
        people: usize,
    },
    PolicySet {
        before: Policy,
        after: Policy,
    },
    ConnectorAdded(&'a Connector),
    ConnectorRemoved(&'a Connector),
    SiteAdded(&'a Site),
    SiteChanged {
        before: &'a Site,
        after: &'a Site,
    },
    SiteRemoved(&'a Site),
    ProviderRegistered {
        before: Option<&'a ProviderRecord>,
        after: &'a ProviderRecord,
    },
    TokenAdded(&'a AdminToken),
    TokenRevoked(&'a AdminToken),
}

/// As the audit log calls what is done to an integration, and to the rules over all.
const INTEGRATION_ADDED: &str = "integration.add";
const INTEGRATION_CHANGED: &str = "integration.change";
pub(super) const INTEGRATION_REMOVED: &str = "integration.remove";
/// How many people lost a PAT with an integration.
const REMOVED_USER_PATS: &str = "removed_user_pats";
pub(super) const POLICY_SET: &str = "policy.set";

/// What became of a record between two of its states.
#[derive(Debug, Default)]
pub struct Meanwhile {
    /// Who changed it, and when last.
    pub by: Vec<(Actor, Timestamp)>,
    /// What is different, each member `before` and `after`.
    pub changed: Map<String, Value>,
    /// It was removed and added anew.
    pub is_anew: bool,
}

impl Meanwhile {
    /// Of entries of one record, the oldest first.
    pub(super) fn of(entries: Vec<AuditEntry>) -> Self {
        let (mut meanwhile, mut gone) = (Self::default(), None);
        for entry in entries {
            match entry.subject.as_str() {
                INTEGRATION_CHANGED | POLICY_SET => meanwhile.add(entry.details),
                INTEGRATION_REMOVED => {
                    let mut details = entry.details;
                    // It is of the removal, not of the integration.
                    details.remove(REMOVED_USER_PATS);
                    gone = Some(details);
                }
                INTEGRATION_ADDED => {
                    meanwhile.is_anew = true;
                    meanwhile.add(difference(gone.take().unwrap_or_default(), entry.details));
                    // Of mappings an addition tells no more than how many.
                    meanwhile.changed.remove("mappings");
                }
                _ => continue,
            }
            meanwhile.by.retain(|(actor, _)| *actor != entry.actor);
            meanwhile.by.push((entry.actor, entry.at));
        }
        meanwhile
    }

    /// A later change: what is back as it was is no difference.
    fn add(&mut self, details: Map<String, Value>) {
        for (name, later) in details {
            let both = match self.changed.remove(&name) {
                Some(earlier) => joined(&earlier, later),
                None => later,
            };
            let has_rows = |list: &str| !rows(&both, list).is_empty();
            let is_back = both.get("before").is_some() && both["before"] == both["after"];
            if !is_back || has_rows("gone") || has_rows("new") || both["reordered"] == true {
                self.changed.insert(name, both);
            }
        }
    }
}

/// One change after another, of one member.
fn joined(earlier: &Value, mut later: Value) -> Value {
    if let (Some(before), Some(of_later)) = (earlier.get("before"), later.get_mut("before")) {
        *of_later = before.clone();
    }
    if later.get("gone").is_some() {
        // A mapping that went and came again did neither.
        let both = |list, back| {
            let still = rows(earlier, list).iter().filter(|row| !rows(&later, back).contains(row));
            let more = rows(&later, list).iter().filter(|row| !rows(earlier, back).contains(row));
            Value::Array(still.chain(more).cloned().collect())
        };
        let (gone, new) = (both("gone", "new"), both("new", "gone"));
        // Whether they are where they were, nobody wrote down.
        let is_reordered = gone == json!([]) && new == json!([]) && later["after"].as_u64().unwrap_or_default() > 1;
        later["gone"] = gone;
        later["new"] = new;
        later["reordered"] = json!(is_reordered);
    }
    later
}

fn rows<'a>(change: &'a Value, list: &str) -> &'a [Value] {
    change[list].as_array().map(Vec::as_slice).unwrap_or_default()
}

impl Change<'_> {
    /// As the audit log keeps it.
    pub fn entry(&self, app: &App, by: &Administration) -> NewAuditEntry {
        by.author(self.integration()).changed(app, self.subject(), self.details())
    }

    fn subject(&self) -> &'static str {
        match self {
            Change::IntegrationAdded(_) => INTEGRATION_ADDED,
            Change::IntegrationChanged { .. } => INTEGRATION_CHANGED,
            Change::IntegrationRemoved { .. } => INTEGRATION_REMOVED,
            Change::PolicySet { .. } => POLICY_SET,
            Change::ConnectorAdded(_) => "connector.add",
            Change::ConnectorRemoved(_) => "connector.remove",
            Change::SiteAdded(_) => "site.add",
            Change::SiteChanged { .. } => "site.change",
            Change::SiteRemoved(_) => "site.remove",
            Change::ProviderRegistered { .. } => "provider.register",
            Change::TokenAdded(_) => "admin-token.add",
            Change::TokenRevoked(_) => "admin-token.revoke",
        }
    }

    fn integration(&self) -> Option<&IntegrationId> {
        match self {
            Change::IntegrationAdded(record)
            | Change::IntegrationRemoved { record, .. }
            | Change::IntegrationChanged { after: record, .. } => Some(&record.id),
            _ => None,
        }
    }

    /// Of what was added or removed, all of it; of what was changed, what is different, each member `before` and `after`.
    pub fn details(&self) -> Map<String, Value> {
        match self {
            Change::IntegrationAdded(record) => integration(record),
            Change::IntegrationRemoved { record, people } => {
                let mut details = integration(record);
                details.insert(REMOVED_USER_PATS.into(), json!(people));
                details
            }
            Change::IntegrationChanged { before, after, has_new_credential, set_aside } => {
                let mut details = difference(integration(before), integration(after));
                if let Some(mappings) = mappings(before, after) {
                    details.insert("mappings".into(), mappings);
                }
                if *has_new_credential {
                    details.insert("credential".into(), json!("replaced"));
                }
                let SetAside { user_pats, own_credential } = set_aside;
                if *user_pats > 0 || *own_credential {
                    let told = json!({ "user_pats": user_pats, "own_credential": own_credential });
                    details.insert("set_aside".into(), told);
                }
                details
            }
            Change::PolicySet { before, after } => difference(policy(*before), policy(*after)),
            Change::ConnectorAdded(record) | Change::ConnectorRemoved(record) => connector(record),
            Change::SiteAdded(record) | Change::SiteRemoved(record) => site(record),
            Change::SiteChanged { before, after } => {
                let mut details = difference(site(before), site(after));
                details.insert("site".into(), json!(after.id));
                details
            }
            Change::ProviderRegistered { before, after } => {
                let mut details = provider(after);
                if let Some(before) = before {
                    details.insert("before".into(), Value::Object(provider(before)));
                }
                details
            }
            Change::TokenAdded(token) | Change::TokenRevoked(token) => members(json!({
                "label": token.label,
                "expires_at": token.expires_at,
            })),
        }
    }
}

/// What is different between two states of an integration, each member `before` and `after`.
pub fn differences(before: &IntegrationRecord, after: &IntegrationRecord) -> Map<String, Value> {
    let set_aside = SetAside::default();
    Change::IntegrationChanged { before, after, has_new_credential: false, set_aside }.details()
}

/// The same of the rules over all.
pub fn policy_differences(before: Policy, after: Policy) -> Map<String, Value> {
    Change::PolicySet { before, after }.details()
}

fn members(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// The members that differ, with both values. Both objects have the same members.
fn difference(before: Map<String, Value>, mut after: Map<String, Value>) -> Map<String, Value> {
    let changed = before.into_iter().filter_map(|(name, before)| {
        let after = after.remove(&name).unwrap_or_default();
        (before != after).then(|| (name, json!({ "before": before, "after": after })))
    });
    changed.collect()
}

/// Where credentials go and who decides so, whole; of what may be long, that it is there.
fn integration(record: &IntegrationRecord) -> Map<String, Value> {
    let fingerprint = |pem: &String| hex(&sha256(pem.as_bytes()));
    let origins: Vec<&str> = record.connection.origins.iter().map(|origin| origin.url.as_str()).collect();
    members(json!({
        "name": record.name,
        "kind": record.kind,
        "settings": record.settings,
        "origins": origins,
        "connect_to": record.network.connect_to,
        "allow_private": record.network.allow_private,
        "allow_http": record.network.allow_http,
        // As it is named, `none` too; else the daemon's own, where that dials.
        "proxy": record.network.proxy.as_deref().or(record.place().proxy()),
        "ca_pem_sha256": record.network.ca_pem.as_ref().map(fingerprint),
        "projects": record.projects,
        "require_user_pat": record.rules.require_user_pat,
        "require_user_pat_from": record.rules.require_user_pat_from,
        "enforce_git_permissions": record.rules.enforce_git_permissions,
        "create_branches": record.features.create_branches,
        "delete_branches": record.features.delete_branches,
        "create_pull_requests": record.features.create_pull_requests,
        "branch_template": record.naming.template,
        "branch_separator": record.naming.separator.as_char(),
        "branch_letters": record.naming.letters.as_str(),
        "branch_max_length": record.naming.max_length.map(MaxLength::bytes),
        "mappings": record.mappings.as_slice().len(),
        "own_credential": record.own_credential(),
        "account": record.account.as_ref().map(|account| &account.login),
    }))
}

/// Those that went and those that came; a new order is both lists of all that moved.
fn mappings(before: &IntegrationRecord, after: &IntegrationRecord) -> Option<Value> {
    let (before, after) = (before.mappings.as_slice(), after.mappings.as_slice());
    if before == after {
        return None;
    }
    let not_in = |some: &[Mapping], others: &[Mapping]| -> Vec<Value> {
        some.iter().filter(|mapping| !others.contains(mapping)).map(|mapping| json!(mapping)).collect()
    };
    let (gone, new) = (not_in(before, after), not_in(after, before));
    Some(json!({
        "before": before.len(),
        "after": after.len(),
        "gone": gone,
        "new": new,
        "reordered": gone.is_empty() && new.is_empty(),
    }))
}

fn policy(policy: Policy) -> Map<String, Value> {
    let Rules { require_user_pat, require_user_pat_from, enforce_git_permissions } = policy.rules;
    members(json!({
        "require_user_pat": require_user_pat,
        "require_user_pat_from": require_user_pat_from,
        "enforce_git_permissions": enforce_git_permissions,
    }))
}

fn connector(record: &Connector) -> Map<String, Value> {
    members(json!({
        "connector": record.id,
        "site": record.site,
        "name": record.name,
        "key_sha256": hex(&sha256(record.key.as_bytes())),
        "return_origins": record.return_origins,
    }))
}

fn site(record: &Site) -> Map<String, Value> {
    members(json!({ "site": record.id, "name": record.name }))
}

fn provider(record: &ProviderRecord) -> Map<String, Value> {
    members(json!({
        "provider": record.description.id,
        "version": record.description.version,
        "sha256": record.sha256,
    }))
}
