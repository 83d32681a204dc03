//! Says the same to the log for ever.

use countersign_hostile_guests::{Asked, Attack, Credential, guest, log};

struct FloodsTheLog;

impl Attack for FloodsTheLog {
    fn attempt(asked: &Asked, _: &Credential) -> String {
        (0..100_000).for_each(|_| log::emit(log::Level::Error, &asked.with));
        "written".to_owned()
    }
}

guest!(FloodsTheLog);
