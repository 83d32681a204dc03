//! Accounts: short wherever somebody is named, long for the caller herself.

use serde_json::{Value, json};

use super::LONG_AGO;
use crate::standin::gitlab::call::Call;
use crate::standin::gitlab::world::{Account, AccountState};

/// `UserBasic`.
pub(in crate::standin::gitlab) fn basic(call: &Call<'_>, account: &Account) -> Value {
    let Account { login, id, state } = account;
    json!({
        "id": id, "username": login, "name": name(login), "state": if *state == AccountState::Blocked { "blocked" } else { "active" },
        "locked": false, "public_email": null, "avatar_url": null, "web_url": call.web_url(&format!("/{login}")),
    })
}

/// The same by login; null for one that is no account (any more).
pub(in crate::standin::gitlab) fn named(call: &Call<'_>, login: &str) -> Value {
    call.world.account(login).map_or(Value::Null, |account| basic(call, account))
}

/// What everybody may know of somebody.
pub(in crate::standin::gitlab) fn public(call: &Call<'_>, account: &Account) -> Value {
    let mut shape = basic(call, account);
    for (name, value) in [
        ("created_at", json!(LONG_AGO)),
        ("bio", json!("")),
        ("location", json!("")),
        ("linkedin", json!("")),
        ("twitter", json!("")),
        ("discord", json!("")),
        ("website_url", json!("")),
        ("job_title", json!("")),
        ("pronouns", Value::Null),
        ("organization", json!("")),
        ("bot", json!(account.is_bot())),
        ("work_information", Value::Null),
        ("local_time", Value::Null),
    ] {
        shape[name] = value;
    }
    shape
}

/// `UserPublic`: what `GET /user` says.
pub(in crate::standin::gitlab) fn own(call: &Call<'_>, account: &Account) -> Value {
    let mut shape = public(call, account);
    let own = json!({
        "email": email(account), "commit_email": email(account), "last_sign_in_at": LONG_AGO, "confirmed_at": LONG_AGO,
        "last_activity_on": "2024-01-02", "current_sign_in_at": LONG_AGO, "theme_id": 3, "color_scheme_id": 1,
        "projects_limit": 100000, "identities": [], "can_create_group": true, "can_create_project": true,
        "two_factor_enabled": false, "external": false, "private_profile": false, "preferred_language": "en",
        "shared_runners_minutes_limit": null, "extra_shared_runners_minutes_limit": null,
    });
    own.as_object().into_iter().flatten().for_each(|(name, value)| shape[name] = value.clone());
    shape
}

fn email(account: &Account) -> String {
    let domain = if account.is_bot() { "noreply.example.com" } else { "example.com" };
    format!("{}@{domain}", account.login)
}

/// `Alice` of `alice`.
fn name(login: &str) -> String {
    let mut characters = login.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
