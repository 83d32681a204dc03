//! Traps with what it was given.

use countersign_hostile_guests::{Asked, Attack, Credential, guest};

struct Traps;

impl Attack for Traps {
    fn attempt(asked: &Asked, _: &Credential) -> String {
        panic!("trap with {}", asked.with)
    }
}

guest!(Traps);
