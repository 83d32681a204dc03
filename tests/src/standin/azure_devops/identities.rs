//! People, looked up by name or by id.

use serde_json::Value;

use super::access::may_read_identities;
use super::call::{Call, Outcome, list};
use super::refusal::Refusal;
use super::shapes;
use super::world::Account;

pub(super) fn read(call: &Call<'_>) -> Outcome {
    may_read_identities(call)?;
    let wanted: Box<dyn Fn(&Account) -> bool> = match (call.query("identityIds"), call.query("searchFilter")) {
        (Some(ids), _) => Box::new(move |account| ids.split(',').any(|id| id.eq_ignore_ascii_case(&account.id))),
        (None, Some(filter)) => {
            let value = call.query("filterValue").ok_or_else(|| Refusal::missing_argument("filterValue"))?;
            searched(call, &filter, value)?
        }
        (None, None) => return Err(Refusal::missing_argument("descriptors")),
    };
    let found = call.world.accounts.iter().filter(|account| wanted(account));
    Ok(list(&found.map(|account| shapes::identity::full(call, account)).collect::<Vec<Value>>()))
}

/// Which accounts a search means: names are compared whole, whatever their case.
fn searched<'a>(call: &Call<'a>, filter: &str, value: String) -> Result<Box<dyn Fn(&Account) -> bool + 'a>, Refusal> {
    let product = call.product;
    let account_name =
        move |account: &Account, value: &str| product.account_name(&account.login).eq_ignore_ascii_case(value);
    let login = |account: &Account, value: &str| account.login.eq_ignore_ascii_case(value);
    Ok(match filter.to_lowercase().as_str() {
        "general" => Box::new(move |account| {
            login(account, &value) || account_name(account, &value) || shapes::identity::mail(account) == value
        }),
        "accountname" => Box::new(move |account| account_name(account, &value)),
        "displayname" | "directoryalias" | "alias" => Box::new(move |account| login(account, &value)),
        "mailaddress" => Box::new(move |account| shapes::identity::mail(account) == value),
        _ => return Err(Refusal::invalid_argument("searchFilter")),
    })
}
