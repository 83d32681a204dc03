//! The rules over all integrations.

use super::change::Change;
use super::{Administration, Expected, RulesPatch};
use crate::operate::fields::all_well;
use crate::operate::{App, OperationError};
use model::Policy;

/// The rules over all.
pub async fn policy(app: &App) -> Result<Policy, OperationError> {
    Ok(app.store.policy().await?)
}

/// Changes the rules over all. What they are now.
pub async fn set_policy(
    app: &App,
    by: &Administration,
    expected: &Expected,
    patch: RulesPatch,
) -> Result<Policy, OperationError> {
    let before = app.store.policy().await?;
    expected.hold(before.revision, || "the policy".to_owned())?;
    let after = Policy { rules: patch.apply(before.rules), ..before };
    all_well(after.rules.contradictions())?;
    let audit = Change::PolicySet { before, after }.entry(app, by);
    let revision = app.store.set_policy(after, audit).await?;
    Ok(Policy { revision, ..after })
}
