//! Answers with 8 MB.

use countersign_hostile_guests::{Asked, Attack, Credential, guest};

struct AnswersWithAFlood;

impl Attack for AnswersWithAFlood {
    fn attempt(_: &Asked, _: &Credential) -> String {
        "x".repeat(8 << 20)
    }
}

guest!(AnswersWithAFlood);
