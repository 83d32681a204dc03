//! Hands 20 MB to the host at once.

use countersign_hostile_guests::{Asked, Attack, Credential, guest, log};

struct HandsOverAFlood;

impl Attack for HandsOverAFlood {
    fn attempt(_: &Asked, _: &Credential) -> String {
        log::emit(log::Level::Error, &"x".repeat(20 << 20));
        "handed over".to_owned()
    }
}

guest!(HandsOverAFlood);
