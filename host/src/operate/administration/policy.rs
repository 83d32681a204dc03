//! The rules over all integrations.

use super::change::Change;
use super::coverage::{Blocked, Trial, blocked};
use super::{Administration, Expected, RulesPatch};
use crate::operate::fields::all_well;
use crate::operate::{App, OperationError};
use model::Policy;
use serde_json::{Map, Value};

/// The rules over all.
pub async fn policy(app: &App) -> Result<Policy, OperationError> {
    Ok(app.store.policy().await?)
}

/// The rules over all after a change, or as they would be after it.
#[derive(Debug)]
pub struct ChangedPolicy {
    /// As they are stored, or would be.
    pub policy: Policy,
    /// Whom they would keep from creating, where the change was only tried.
    pub blocked: Option<Blocked>,
    /// What is different, each member `before` and `after`.
    pub changed: Map<String, Value>,
}

/// Changes the rules over all, unless that is only tried.
pub async fn set_policy(
    app: &App,
    by: &Administration,
    expected: &Expected,
    patch: RulesPatch,
    trial: Option<Trial>,
) -> Result<ChangedPolicy, OperationError> {
    let before = app.store.policy().await?;
    expected.hold(before.revision, || "the policy".to_owned())?;
    let after = Policy { rules: patch.apply(before.rules), ..before };
    all_well(after.rules.contradictions())?;
    let change = Change::PolicySet { before, after };
    let changed = change.details();
    if let Some(trial) = trial {
        let integrations = app.store.integrations().await?;
        let blocked = blocked(app, &integrations, &after, trial).await?;
        return Ok(ChangedPolicy { policy: after, blocked: Some(blocked), changed });
    }
    if after == before {
        return Ok(ChangedPolicy { policy: before, blocked: None, changed });
    }
    let audit = change.entry(app, by);
    let revision = app.store.set_policy(after, audit).await?;
    Ok(ChangedPolicy { policy: Policy { revision, ..after }, blocked: None, changed })
}
