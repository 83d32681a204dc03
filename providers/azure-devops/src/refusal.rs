//! What the server's refusals mean, for every request alike.
//!
//! A resource's file first looks for the answers of its own requests and hands the rest to [`refusal`]. The server gives an
//! empty 401 to a wrong token and to a good one that lacks a scope; [`refusal`] then asks whose the credential is, which
//! needs no scope, for the host gives a credential up on our word. All other answers mean what `meaning.rs` says.

use countersign_sdk::Reply;
use countersign_sdk::types::Failure;

use crate::api::Api;
use crate::caller;
use crate::error_body::ErrorBody;
use crate::meaning::{Asked, lacks_scope, meaning};
use crate::rejection::{not_the_servers, rejected, surely_rejected};

/// The failure an answer stands for that is no success.
pub fn refusal(api: &Api<'_>, reply: &Reply, asked: Asked<'_>) -> Failure {
    if reply.status == 401 { unauthorized(api, reply, asked) } else { meaning(&api.site, reply, asked) }
}

fn unauthorized(api: &Api<'_>, reply: &Reply, asked: Asked<'_>) -> Failure {
    let error = ErrorBody::of(reply);
    if let Some(failure) = surely_rejected(&api.site, reply, &error).or_else(|| not_the_servers(reply, &error)) {
        return failure;
    }
    let is_known = if names_the_caller(reply) { Ok(true) } else { caller::is_known(api) };
    match is_known {
        Ok(true) => lacks_scope(&api.site, reply, &error, asked),
        Ok(false) => rejected(&api.site, reply),
        Err(failure) => failure,
    }
}

/// Answers to a caller the server knows say who that is.
fn names_the_caller(reply: &Reply) -> bool {
    caller::of_header(reply).is_some()
}
