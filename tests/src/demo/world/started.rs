//! A stand-in that was started for a row, whichever sort it is.

use crate::standin::StandIn;

/// Id of the first account on a stand-in, where ids are numbers; the following count up.
pub(super) const FIRST_ACCOUNT_ID: u64 = 101;

pub(super) struct Started {
    pub(super) stand_in: Box<dyn StandIn>,
    /// Base URL for the vendor's own clients.
    pub(super) client_url: String,
}

impl Started {
    pub(super) fn new(stand_in: impl StandIn, client_url: String) -> Started {
        Started { stand_in: Box::new(stand_in), client_url }
    }
}
