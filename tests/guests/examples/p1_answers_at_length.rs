//! Answers with more than a login can be, and with less than is ended for it.

use countersign_hostile_guests::{Asked, Attack, Credential, guest};

struct AnswersAtLength;

impl Attack for AnswersAtLength {
    fn attempt(_: &Asked, _: &Credential) -> String {
        "x".repeat(2 << 20)
    }
}

guest!(AnswersAtLength);
