//! From the `Authorization` header to an account, or to the refusal the real server has for it.

use time::OffsetDateTime;

use super::call::Caller;
use super::product::Product;
use super::refusal::Refusal;
use super::world::{Token, TokenSort, TokenState, World};
use crate::standin::message::Request;
use crate::standin::record::basic_pair;

/// Whose token this is; none for a request without one.
///
/// Tokens go as the password of `Basic`, with any user name. As `Bearer` only what a sign-in of Entra issued would do, which
/// nobody has here.
pub(super) fn caller<'a>(
    product: &Product,
    world: &'a World,
    request: &Request,
    now: OffsetDateTime,
) -> Result<Option<Caller<'a>>, Refusal> {
    if request.header("authorization").is_none() {
        return Ok(None);
    }
    let token = basic_pair(request).and_then(|(user, secret)| presented(product, world, &user, &secret));
    let state = token.map(|token| token.state_at(now));
    match (token, state) {
        (Some(token), Some(TokenState::Usable)) => {
            let account = world.account(&token.login);
            Ok(account.map(|account| Caller { account, token }))
        }
        _ => Err(Refusal::bad_credential(product, request, state)),
    }
}

fn presented<'a>(product: &Product, world: &'a World, user: &str, secret: &str) -> Option<&'a Token> {
    let is_presented = |token: &&Token| match &token.sort {
        TokenSort::Pat { .. } => product.takes_pats() && token.secret == secret,
        TokenSort::Password { user: wanted } => {
            !product.is_hosted() && wanted.eq_ignore_ascii_case(user) && token.secret == secret
        }
    };
    world.tokens.iter().find(is_presented)
}
