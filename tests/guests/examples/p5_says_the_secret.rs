//! Has the secret, as if a git server had told it in a way of their own, and says it as the name of an account.

use countersign_hostile_guests::{Asked, Attack, Credential, guest, send};

struct SaysTheSecret;

impl Attack for SaysTheSecret {
    fn attempt(asked: &Asked, by: &Credential) -> String {
        send(by, &format!("{}/user", asked.base_url), vec![]);
        format!("me, {}", asked.with)
    }
}

guest!(SaysTheSecret);
