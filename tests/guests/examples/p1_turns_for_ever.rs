//! Turns without an end.

use std::hint::black_box;

use countersign_hostile_guests::{Asked, Attack, Credential, guest};

struct TurnsForEver;

impl Attack for TurnsForEver {
    fn attempt(_: &Asked, _: &Credential) -> String {
        let mut turns = 0_u64;
        loop {
            turns = black_box(turns.wrapping_add(1));
        }
    }
}

guest!(TurnsForEver);
