//! What administrators see and change. All of it needs an admin token.

pub(super) mod audit;
pub(super) mod connectors;
pub(super) mod integrations;
mod naming;
pub(super) mod policy;
pub(super) mod providers;
