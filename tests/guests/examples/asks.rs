//! Does what a provider may: a request with what it was lent.

use countersign_hostile_guests::{Attack, guest};

struct Asks;

impl Attack for Asks {}

guest!(Asks);
