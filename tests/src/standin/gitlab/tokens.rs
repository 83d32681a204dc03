//! A token about itself, and its end.

use http::{Method, StatusCode};
use serde_json::json;

use super::call::{Call, Caller, Outcome, ok, timestamp};
use super::refusal::Refusal;
use super::shapes::LONG_AGO;
use super::world::TokenSort;
use crate::standin::message::{Answer, Request};

pub(super) fn itself(call: &Call<'_>) -> Outcome {
    let Caller { account, token } = access_token(call)?;
    let id = call.world.tokens.iter().position(|known| known.secret == token.secret).map_or(0, |index| index + 1);
    Ok(ok(&json!({
        "id": id, "name": format!("{} {id}", account.login), "description": null, "revoked": false, "active": true,
        "created_at": LONG_AGO, "scopes": token.scopes, "user_id": account.id, "last_used_at": timestamp(call.now),
        "expires_at": token.expires.map(|day| day.to_string()),
    })))
}

/// The answer only: what exists is changed once it is decided.
pub(super) fn revoke(call: &Call<'_>) -> Outcome {
    access_token(call)?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

/// Whether a request, where it is answered with success, ends its own token.
pub(super) fn revokes(request: &Request) -> bool {
    request.method == Method::DELETE && request.path.ends_with("/personal_access_tokens/self")
}

/// An application's token is none. Before 15.5 `self` was taken for a number, and there was no such token.
fn access_token<'a>(call: &'a Call<'_>) -> Result<Caller<'a>, Refusal> {
    let caller = call.known_caller()?;
    if call.product.since(15, 5) && caller.token.sort == TokenSort::Personal {
        return Ok(caller);
    }
    Err(Refusal::new(StatusCode::NOT_FOUND, "404 Not Found"))
}
