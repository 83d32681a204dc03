//! Asks the git server without an end.

use countersign_hostile_guests::{Asked, Attack, Credential, guest, send};

struct SendsForEver;

impl Attack for SendsForEver {
    fn attempt(asked: &Asked, by: &Credential) -> String {
        loop {
            send(by, &format!("{}/user", asked.base_url), vec![]);
        }
    }
}

guest!(SendsForEver);
