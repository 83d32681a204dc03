//! Asks with ten thousand headers.

use countersign_hostile_guests::{Asked, Attack, Credential, Header, guest, send};

struct SendsManyHeaders;

impl Attack for SendsManyHeaders {
    fn attempt(asked: &Asked, by: &Credential) -> String {
        let headers = (0..10_000).map(|number| Header { name: format!("x-{number}"), value: "x".repeat(20) }).collect();
        send(by, &format!("{}/user", asked.base_url), headers)
    }
}

guest!(SendsManyHeaders);
