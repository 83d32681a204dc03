//! Makes a handle out of a number.

#![allow(unsafe_code, reason = "what is tried here cannot be written without")]

use countersign_hostile_guests::{Asked, Attack, Credential, guest, send};

struct ForgesAHandle;

impl Attack for ForgesAHandle {
    fn attempt(asked: &Asked, _: &Credential) -> String {
        send(&unsafe { Credential::from_handle(4711) }, &format!("{}/user", asked.base_url), vec![])
    }
}

guest!(ForgesAHandle);
