//! Never comes to the end of saying where an integration leads.

use std::hint::black_box;

use countersign_hostile_guests::{Attack, Connection, FieldValue, connection, guest};

struct ConnectsForEver;

impl Attack for ConnectsForEver {
    fn connect(settings: &[FieldValue]) -> Connection {
        let mut turns = 0_u64;
        while black_box(true) {
            turns = black_box(turns.wrapping_add(1));
        }
        connection(settings)
    }
}

guest!(ConnectsForEver);
