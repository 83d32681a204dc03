//! Never comes to the end of describing itself.

use std::hint::black_box;

use countersign_hostile_guests::{Attack, Description, description, guest};

struct DescribesForEver;

impl Attack for DescribesForEver {
    fn describe() -> Description {
        let mut turns = 0_u64;
        while black_box(true) {
            turns = black_box(turns.wrapping_add(1));
        }
        description()
    }
}

guest!(DescribesForEver);
