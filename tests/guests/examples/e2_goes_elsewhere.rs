//! Sends what it was lent to an address of its own.

use countersign_hostile_guests::{Asked, Attack, Credential, guest, send};

struct GoesElsewhere;

impl Attack for GoesElsewhere {
    fn attempt(asked: &Asked, by: &Credential) -> String {
        send(by, &asked.with, vec![])
    }
}

guest!(GoesElsewhere);
