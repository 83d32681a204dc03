//! Takes a megabyte, and another one.

use std::hint::black_box;

use countersign_hostile_guests::{Asked, Attack, Credential, guest};

struct TakesMemory;

impl Attack for TakesMemory {
    fn attempt(_: &Asked, _: &Credential) -> String {
        let mut taken = Vec::new();
        loop {
            taken.push(black_box(vec![1_u8; 1 << 20]));
        }
    }
}

guest!(TakesMemory);
