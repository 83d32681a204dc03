//! Handles used as they must not be.

#![allow(unsafe_code, reason = "what is tried here cannot be written without")]

use std::sync::atomic::{AtomicU32, Ordering};

use countersign_sdk::bindings::countersign::provider::lending::Credential;

use crate::send::send;

static KEPT: AtomicU32 = AtomicU32::new(0);

/// Remembers the handle for a later call.
pub fn keep(by: &Credential) -> String {
    KEPT.store(by.handle(), Ordering::Relaxed);
    "kept".to_owned()
}

/// Uses what an earlier call remembered, if an instance remembers anything.
pub fn use_kept(base_url: &str) -> String {
    match KEPT.load(Ordering::Relaxed) {
        0 => "nothing was kept".to_owned(),
        handle => send(&unsafe { Credential::from_handle(handle) }, &format!("{base_url}/user"), vec![]),
    }
}

/// Makes a handle out of a number.
pub fn forge(base_url: &str) -> String {
    send(&unsafe { Credential::from_handle(4711) }, &format!("{base_url}/user"), vec![])
}

/// Gives back the handle, which the end of the call gives back again.
pub fn drop_twice(by: &Credential) -> String {
    drop(unsafe { Credential::from_handle(by.handle()) });
    "dropped".to_owned()
}
