//! Gives back its handle, which the end of the call gives back again.

#![allow(unsafe_code, reason = "what is tried here cannot be written without")]

use countersign_hostile_guests::{Asked, Attack, Credential, guest};

struct DropsAHandleTwice;

impl Attack for DropsAHandleTwice {
    fn attempt(_: &Asked, by: &Credential) -> String {
        drop(unsafe { Credential::from_handle(by.handle()) });
        "dropped".to_owned()
    }
}

guest!(DropsAHandleTwice);
