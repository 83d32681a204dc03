//! Looks for the secret in all of its memory, once it has been used. What to look for it is told with every byte turned round, so
//! that it does not find what it was told.

#![allow(unsafe_code, reason = "what is tried here cannot be written without")]

use countersign_hostile_guests::{Asked, Attack, Credential, guest, send};

/// All that the instance has.
fn memory() -> &'static [u8] {
    #[cfg(target_arch = "wasm32")]
    {
        let bytes = core::arch::wasm32::memory_size::<0>() << 16;
        // From 1 on: nothing is ever at 0.
        unsafe { std::slice::from_raw_parts(std::ptr::without_provenance(1), bytes - 1) }
    }
    #[cfg(not(target_arch = "wasm32"))]
    &[]
}

struct SearchesItsMemory;

impl Attack for SearchesItsMemory {
    fn attempt(asked: &Asked, by: &Credential) -> String {
        let seen = send(by, &format!("{}/user", asked.base_url), vec![]);
        let turned: Vec<u8> = asked.with.bytes().collect();
        let found = memory().windows(turned.len()).filter(|here| here.iter().zip(&turned).all(|(a, b)| *a == b ^ 1));
        format!("{} times, after {seen}", found.count())
    }
}

guest!(SearchesItsMemory);
