//! What is the same for every daemon: what it is called, who comes to it, what it serves, and when it starts.

/// What users and connectors call the daemon.
pub const PUBLIC_URL: &str = "https://countersign.example.com";
/// The connector every user comes through.
pub const CONNECTOR: &str = "jira";
/// The site that connector is of: the one every daemon has.
pub const SITE: &str = "default";
/// The integration every daemon starts with.
pub const MAIN: &str = "main";
/// A private repository of the usual scene that alice and the integration account push to.
pub const WIDGETS: &str = "acme/widgets";
/// Where the daemon's clock stands until it is moved.
pub(super) const START: &str = "2026-11-22T09:00:00Z";
