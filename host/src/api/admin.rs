//! What administrators see and change. All of it needs an admin token.

pub(super) mod audit;
pub(super) mod connectors;
pub(super) mod coverage;
pub(super) mod integrations;
pub(super) mod policy;
pub(super) mod providers;
pub(super) mod sites;
pub(super) mod tokens;

use crate::problem::Problem;
use model::{DisplayName, IntegrationId};

/// What people call something.
fn name(text: Option<String>) -> Result<Option<DisplayName>, Problem> {
    text.map(DisplayName::parse).transpose().map_err(|error| Problem::invalid("name", error.to_string()))
}

/// The id an integration is asked for by.
fn known(id: String) -> Result<IntegrationId, Problem> {
    IntegrationId::parse(id).map_err(|_| Problem::not_found("integration"))
}
