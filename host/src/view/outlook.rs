//! Whose credential will be lent, told before anybody asks.

use serde::Serialize;
use utoipa::ToSchema;

use crate::operate::{Choices, Outlook};
use model::policy::{Denial, Lends};

/// Whose credential would be lent now, or why none: `user`, `integration`, or the code of the problem that would be answered
/// (`user-pat-required`, `switched-off` …). At the operation itself it is decided anew.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutlookView {
    /// Creating a branch.
    create_branch: ChoicesView,
    /// Deleting one.
    #[schema(value_type = String, example = "user")]
    delete_branch: &'static str,
    /// Creating a pull request.
    create_pull_request: ChoicesView,
    /// Listing repositories and branches, and whatever else changes nothing.
    #[schema(value_type = String, example = "user")]
    look: &'static str,
}

/// The same for each value of `act_as`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChoicesView {
    #[schema(value_type = String, example = "integration")]
    auto: &'static str,
    #[schema(value_type = String, example = "user-pat-missing")]
    user: &'static str,
    #[schema(value_type = String, example = "integration")]
    integration: &'static str,
}

impl From<&Outlook> for OutlookView {
    fn from(outlook: &Outlook) -> Self {
        Self {
            create_branch: ChoicesView::from(&outlook.create_branch),
            delete_branch: told(&outlook.delete_branch),
            create_pull_request: ChoicesView::from(&outlook.create_pull_request),
            look: told(&outlook.look),
        }
    }
}

impl From<&Choices> for ChoicesView {
    fn from(choices: &Choices) -> Self {
        Self { auto: told(&choices.auto), user: told(&choices.user), integration: told(&choices.integration) }
    }
}

fn told(outlook: &Result<Lends, Denial>) -> &'static str {
    match outlook {
        Ok(Lends::UserPat | Lends::SetAsidePat | Lends::Candidate) => "user",
        Ok(Lends::IntegrationAccount) => "integration",
        Err(denial) => denial.code(),
    }
}
