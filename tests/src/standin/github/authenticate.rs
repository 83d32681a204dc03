//! From the `Authorization` header to an account, or to the refusal the real server has for it.

use std::sync::atomic::{AtomicU32, Ordering};

use http::{HeaderName, StatusCode};

use super::call::Caller;
use super::refusal::Refusal;
use super::world::{TokenState, World};
use crate::standin::message::Request;
use crate::standin::record::{basic_pair, token_of};

/// Whose token this is; none for a request without one.
pub(super) fn caller<'a>(world: &'a World, request: &Request) -> Result<Option<Caller<'a>>, Refusal> {
    if request.header("authorization").is_none() {
        return Ok(None);
    }
    let secret = token_of(request).ok_or_else(Refusal::bad_credentials)?;
    match world.token(&secret) {
        Some(token) if token.state == TokenState::Usable => {
            let account = world.account(&token.login).ok_or_else(Refusal::bad_credentials)?;
            Ok(Some(Caller { account, token }))
        }
        Some(_) => Err(Refusal::bad_credentials()),
        None => Err(unknown_secret(world, request)),
    }
}

/// The name of an account that has a second factor is answered with the question for it, as to a password.
fn unknown_secret(world: &World, request: &Request) -> Refusal {
    let named = basic_pair(request).and_then(|(user, _)| world.account(&user));
    if named.is_some_and(|account| account.two_factor) {
        let refusal = Refusal::new(StatusCode::UNAUTHORIZED, "Must specify two-factor authentication OTP code.");
        return refusal.header(HeaderName::from_static("x-github-otp"), "required; app");
    }
    Refusal::bad_credentials()
}

/// Counts what was refused, and refuses everything once there was too much of it.
pub(super) fn lock_out<'a>(
    found: Result<Option<Caller<'a>>, Refusal>,
    bad_credentials: &AtomicU32,
    after: Option<u32>,
) -> Result<Option<Caller<'a>>, Refusal> {
    let locked = after.is_some_and(|after| bad_credentials.load(Ordering::Relaxed) >= after);
    if locked && !matches!(found, Ok(None)) {
        let message = "Maximum number of login attempts exceeded. Please try again later.";
        return Err(Refusal::new(StatusCode::FORBIDDEN, message));
    }
    if found.is_err() {
        bad_credentials.fetch_add(1, Ordering::Relaxed);
    }
    found
}
