//! Takes a few bytes, millions of times, so that nothing it asks for is large.

use std::hint::black_box;

use countersign_hostile_guests::{Asked, Attack, Credential, guest};

struct TakesMemoryInCrumbs;

impl Attack for TakesMemoryInCrumbs {
    fn attempt(_: &Asked, _: &Credential) -> String {
        let mut taken = Vec::new();
        loop {
            taken.push(black_box(Box::new([1_u64; 2])));
        }
    }
}

guest!(TakesMemoryInCrumbs);
