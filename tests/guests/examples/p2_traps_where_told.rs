//! Traps at the integrations that say so, and does its work at others.

use countersign_hostile_guests::{Asked, Attack, Credential, guest, send};

struct TrapsWhereTold;

impl Attack for TrapsWhereTold {
    fn attempt(asked: &Asked, by: &Credential) -> String {
        assert_ne!(asked.with, "trap", "as it was told");
        send(by, &format!("{}/user", asked.base_url), vec![])
    }
}

guest!(TrapsWhereTold);
