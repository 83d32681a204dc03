//! What the server's refusals mean, for every request alike.
//!
//! A resource's file first looks for the answers of its own requests and hands the rest to [`refusal`]. The server gives an
//! empty 401 to a wrong token and to a good one that lacks a scope; [`refusal`] then asks whose the credential is, which
//! needs no scope, for the host gives a credential up on our word. All other answers mean what `meaning.rs` says.

use countersign_sdk::Reply;
use countersign_sdk::types::Failure;

use crate::api::Api;
use crate::caller;
use crate::meaning::{Asked, lacks_scope, meaning};

/// The failure an answer stands for that is no success.
pub fn refusal(api: &Api<'_>, reply: &Reply, asked: Asked<'_>) -> Failure {
    let known_or_refused = || {
        // Answers to a caller the server knows may say who that is.
        let caller = caller::of_header(reply).map_or_else(|| caller::connected(api), Ok);
        caller.map_or_else(|failure| failure, |_| lacks_scope(&api.site, reply, asked))
    };
    meaning(&api.site, reply, asked).unwrap_or_else(known_or_refused)
}

/// The same, where the server knew the credential a moment ago.
pub fn refusal_of_known(api: &Api<'_>, reply: &Reply, asked: Asked<'_>) -> Failure {
    meaning(&api.site, reply, asked).unwrap_or_else(|| lacks_scope(&api.site, reply, asked))
}
