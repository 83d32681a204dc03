//! People, looked up by name or by id.

use serde_json::Value;

use super::access::may_read_identities;
use super::call::{Call, Outcome, list};
use super::product::Product;
use super::refusal::Refusal;
use super::shapes;
use super::world::Account;

pub(super) fn read(call: &Call<'_>) -> Outcome {
    may_read_identities(call)?;
    let wanted = Wanted::of(call)?;
    let found = call.world.accounts.iter().filter(|account| wanted.includes(call.product, account));
    Ok(list(&found.map(|account| shapes::identity::full(call, account)).collect::<Vec<Value>>()))
}

/// Whom a request means. Names are compared whole, whatever their case.
enum Wanted {
    /// Several, between commas.
    Ids(String),
    AccountName(String),
    DisplayName(String),
    Mail(String),
    AnyOfThese(String),
}

impl Wanted {
    fn of(call: &Call<'_>) -> Result<Wanted, Refusal> {
        if let Some(ids) = call.query("identityIds") {
            return Ok(Wanted::Ids(ids));
        }
        let filter = call.query("searchFilter").ok_or_else(|| Refusal::missing_argument("descriptors"))?;
        let value = call.query("filterValue").ok_or_else(|| Refusal::missing_argument("filterValue"))?;
        match filter.to_lowercase().as_str() {
            "general" => Ok(Wanted::AnyOfThese(value)),
            "accountname" => Ok(Wanted::AccountName(value)),
            "displayname" | "directoryalias" | "alias" => Ok(Wanted::DisplayName(value)),
            "mailaddress" => Ok(Wanted::Mail(value)),
            _ => Err(Refusal::invalid_argument("searchFilter")),
        }
    }

    fn includes(&self, product: &Product, account: &Account) -> bool {
        let account_name = product.account_name(&account.login);
        let (login, mail) = (account.login.clone(), shapes::identity::mail(account));
        match self {
            Wanted::Ids(ids) => ids.split(',').any(|id| id.eq_ignore_ascii_case(&account.id)),
            Wanted::AccountName(name) => account_name.eq_ignore_ascii_case(name),
            Wanted::DisplayName(name) => login.eq_ignore_ascii_case(name),
            Wanted::Mail(name) => mail.eq_ignore_ascii_case(name),
            Wanted::AnyOfThese(name) => [login, account_name, mail].iter().any(|one| one.eq_ignore_ascii_case(name)),
        }
    }
}
