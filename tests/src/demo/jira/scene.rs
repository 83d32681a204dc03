//! What one Jira is: where, before which daemon, and with whom.

use super::cast::Cast;
use super::connector::Connector;

/// Everything that whoever starts a Jira decides.
pub struct Scene {
    /// The origin people reach it under, one of those its connector is registered with.
    pub origin: String,
    pub connector: Connector,
    pub cast: Cast,
}
