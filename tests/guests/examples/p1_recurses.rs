//! Calls itself without an end.

use std::hint::black_box;

use countersign_hostile_guests::{Asked, Attack, Credential, guest};

struct Recurses;

impl Attack for Recurses {
    fn attempt(_: &Asked, _: &Credential) -> String {
        fn deeper(depth: u64) -> u64 {
            let frame = black_box([depth; 64]);
            if black_box(true) { deeper(depth + 1) + frame[0] } else { depth }
        }
        deeper(0).to_string()
    }
}

guest!(Recurses);
