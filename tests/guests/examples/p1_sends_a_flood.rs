//! Asks the git server something of 4 MB.

use countersign_hostile_guests::{Asked, Attack, Credential, Method, Request, guest};

struct SendsAFlood;

impl Attack for SendsAFlood {
    fn attempt(asked: &Asked, by: &Credential) -> String {
        let body = Some(vec![b'x'; 3 << 20]);
        let url = format!("{}/user", asked.base_url);
        match by.send(&Request { method: Method::Post, url, headers: vec![], body, reads_only: true }) {
            Ok(response) => response.status.to_string(),
            Err(failure) => failure.code,
        }
    }
}

guest!(SendsAFlood);
