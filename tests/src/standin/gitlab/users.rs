//! Who the caller is, and who others are.

use http::StatusCode;
use serde_json::Value;

use super::call::{Call, Outcome, ok};
use super::paging::{self, Page};
use super::params::Params;
use super::refusal::Refusal;
use super::shapes;
use super::world::Account;

pub(super) fn current(call: &Call<'_>) -> Outcome {
    Ok(ok(&shapes::user::own(call, call.known_caller()?.account)))
}

/// By exact name, or by a part of it.
pub(super) fn list(call: &Call<'_>) -> Outcome {
    let params = Params::of(call.request)?;
    let (username, search) = (params.text("username")?, params.text("search")?);
    if call.caller.is_none() && username.is_none() {
        return Err(Refusal::forbidden_because("Not authorized to access /api/v4/users"));
    }
    let wanted = |account: &&Account| {
        username.as_ref().is_none_or(|name| account.login.eq_ignore_ascii_case(name))
            && search.as_ref().is_none_or(|part| account.login.contains(&part.to_lowercase()))
    };
    // Newest first, as every list that does not say otherwise.
    let accounts: Vec<&Account> = call.world.accounts.iter().rev().filter(wanted).collect();
    let page = Page::of(call, &params)?;
    paging::by_number(call, &page, &accounts, |account| Ok::<Value, Refusal>(shapes::user::basic(call, account)))
}

pub(super) fn get(call: &Call<'_>, id: &str) -> Outcome {
    call.known_caller()?;
    let found = id.parse().ok().and_then(|id| call.world.account_numbered(id));
    let account = found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "404 User Not Found"))?;
    Ok(ok(&shapes::user::public(call, account)))
}
