//! From `PRIVATE-TOKEN` or `Authorization: Bearer` to an account, or to the refusal the real server has for it; and whether the
//! token's scopes are enough for a resource.

use time::OffsetDateTime;

use super::call::{Call, Caller};
use super::refusal::Refusal;
use super::world::{AccountState, TokenSort, TokenState, World};
use crate::standin::message::Request;

/// How a request carries its token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Carried {
    PrivateToken,
    Bearer,
}

/// The token of a request; none where there is none, or where it comes in a way the API does not look at.
pub(super) fn credential(request: &Request) -> Option<(String, Carried)> {
    if let Some(secret) = request.header("private-token").filter(|secret| !secret.is_empty()) {
        return Some((secret.to_owned(), Carried::PrivateToken));
    }
    let (scheme, secret) = request.header("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| (secret.trim().to_owned(), Carried::Bearer))
}

/// Whose token this is; none for a request without one.
pub(super) fn caller<'a>(
    world: &'a World,
    request: &Request,
    now: OffsetDateTime,
) -> Result<Option<Caller<'a>>, Refusal> {
    let Some((secret, carried)) = credential(request) else {
        return Ok(None);
    };
    let unknown = || match carried {
        Carried::PrivateToken => Refusal::unauthorized(),
        Carried::Bearer => Refusal::invalid_token("Bad Access Token."),
    };
    let token = world.token(&secret).ok_or_else(unknown)?;
    if token.sort == TokenSort::OAuth && carried == Carried::PrivateToken {
        return Err(Refusal::unauthorized());
    }
    let account = world.account(&token.login).ok_or_else(unknown)?;
    match token.state_at(now) {
        TokenState::Usable => Ok(Some(Caller { account, token })),
        TokenState::Expired => {
            Err(Refusal::invalid_token("Token is expired. You can either do re-authorization or token refresh."))
        }
        TokenState::Revoked => {
            Err(Refusal::invalid_token("Token was revoked. You have to re-authorize from the user."))
        }
        TokenState::ImpersonationDisabled => {
            Err(Refusal::invalid_token("Token is an impersonation token but impersonation was disabled."))
        }
        TokenState::WithoutProof => Err(Refusal::bearer_error("dpop_error", "DPoP header is missing")),
    }
}

/// Which scopes open a resource.
#[derive(Clone, Copy)]
pub(super) enum Scopes {
    /// `api`; `read_api` too for reading.
    Api,
    /// The same, and one more for reading.
    OrReading(&'static str),
    /// Whichever the token has: every token may ask about itself.
    Any,
}

/// Turns away an account that may not use the API, and a token whose scopes are not enough. Anonymous requests pass.
pub(super) fn admit(call: &Call<'_>, scopes: Scopes) -> Result<(), Refusal> {
    let Some(Caller { account, token }) = call.caller else {
        return Ok(());
    };
    match account.state {
        AccountState::Active => {}
        AccountState::Blocked => return Err(Refusal::forbidden_because("Your account has been blocked.")),
        AccountState::TermsNotAccepted => {
            return Err(Refusal::forbidden_because(&format!(
                "You (@{}) must accept the Terms of Service in order to perform this action. Please access GitLab from a web browser to accept these terms.",
                account.login
            )));
        }
    }
    let reading = call.request.reads();
    let mut enough = Vec::new();
    match scopes {
        Scopes::Any => return Ok(()),
        Scopes::OrReading(more) if reading => enough.extend([more, "api", "read_api"]),
        _ if reading => enough.extend(["api", "read_api"]),
        _ => enough.push("api"),
    }
    if enough.iter().any(|scope| token.has_scope(scope)) {
        return Ok(());
    }
    Err(Refusal::insufficient_scope(&enough.join(" ")))
}
