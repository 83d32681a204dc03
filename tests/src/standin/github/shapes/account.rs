//! Accounts: short wherever somebody is named, long for the caller herself.

use serde_json::{Value, json};

use super::{LONG_AGO, add_links};
use crate::standin::github::call::Call;
use crate::standin::github::world::Account;

const LINKS: &[(&str, &str)] = &[
    ("url", ""),
    ("followers_url", "/followers"),
    ("following_url", "/following{/other_user}"),
    ("gists_url", "/gists{/gist_id}"),
    ("starred_url", "/starred{/owner}{/repo}"),
    ("subscriptions_url", "/subscriptions"),
    ("organizations_url", "/orgs"),
    ("repos_url", "/repos"),
    ("events_url", "/events{/privacy}"),
    ("received_events_url", "/received_events"),
];

/// `simple-user`; null for a login that is no account (any more).
pub(in crate::standin::github) fn simple_user(call: &Call<'_>, login: &str) -> Value {
    call.world.account(login).map_or(Value::Null, |account| user(call, account))
}

/// `private-user`: what `GET /user` says.
pub(in crate::standin::github) fn private_user(call: &Call<'_>, account: &Account) -> Value {
    let mut shape = user(call, account);
    let own = json!({
        "user_view_type": "private", "name": account.login, "company": null, "blog": "", "location": null,
        "email": format!("{}@example.com", account.login), "hireable": null, "bio": null, "twitter_username": null,
        "public_repos": 1, "public_gists": 0, "followers": 0, "following": 0, "created_at": LONG_AGO, "updated_at": LONG_AGO,
        "private_gists": 0, "total_private_repos": 1, "owned_private_repos": 0, "disk_usage": 1, "collaborators": 0,
        "two_factor_authentication": account.two_factor,
    });
    own.as_object().into_iter().flatten().for_each(|(name, value)| shape[name] = value.clone());
    shape
}

fn user(call: &Call<'_>, account: &Account) -> Value {
    let Account { login, id, organization, .. } = account;
    let mut shape = json!({
        "login": login, "id": id, "node_id": format!("U_standin{id}"), "gravatar_id": "", "site_admin": false,
        "avatar_url": call.web_url(&format!("/avatars/u/{id}")), "html_url": call.web_url(&format!("/{login}")),
        "type": if *organization { "Organization" } else { "User" }, "user_view_type": "public",
    });
    add_links(&mut shape, &call.api_url(&format!("/users/{login}")), LINKS);
    shape
}
