//! Sets a header.

use countersign_hostile_guests::{Asked, Attack, Credential, Header, guest, send};

struct SetsAHeader;

impl Attack for SetsAHeader {
    fn attempt(asked: &Asked, by: &Credential) -> String {
        let header = Header { name: asked.with.clone(), value: "mine".into() };
        send(by, &format!("{}/user", asked.base_url), vec![header])
    }
}

guest!(SetsAHeader);
