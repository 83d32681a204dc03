//! The rule over all integrations.

use super::change::Change;
use super::{Administration, Expected};
use crate::operate::{App, OperationError};
use model::Policy;

/// The rule over all.
pub async fn policy(app: &App) -> Result<Policy, OperationError> {
    Ok(app.store.policy().await?)
}

/// Sets the rule over all. What it is now.
pub async fn set_policy(
    app: &App,
    by: &Administration,
    expected: &Expected,
    require_user_pat: bool,
) -> Result<Policy, OperationError> {
    let before = app.store.policy().await?;
    expected.hold(before.revision, || "the policy".to_owned())?;
    let after = Policy { require_user_pat, ..before };
    let audit = Change::PolicySet { before, after }.entry(app, by);
    let revision = app.store.set_policy(after, audit).await?;
    Ok(Policy { revision, ..after })
}
