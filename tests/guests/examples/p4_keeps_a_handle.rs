//! Remembers its handle for the next call, and uses the one of the call before where an instance remembers anything.

#![allow(unsafe_code, reason = "what is tried here cannot be written without")]

use std::sync::atomic::{AtomicU32, Ordering};

use countersign_hostile_guests::{Asked, Attack, Credential, guest, send};

static KEPT: AtomicU32 = AtomicU32::new(0);

struct KeepsAHandle;

impl Attack for KeepsAHandle {
    fn attempt(asked: &Asked, by: &Credential) -> String {
        match KEPT.swap(by.handle(), Ordering::Relaxed) {
            0 => "nothing was kept".to_owned(),
            kept => send(&unsafe { Credential::from_handle(kept) }, &format!("{}/user", asked.base_url), vec![]),
        }
    }
}

guest!(KeepsAHandle);
