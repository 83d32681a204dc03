//! People: short wherever somebody is named, longer where they are looked up.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::{Value, json};

use crate::standin::azure_devops::call::Call;
use crate::standin::azure_devops::world::Account;

/// The tenant of the accounts of the hosted service.
const TENANT: &str = "72f988bf-0000-4000-8000-00005742d1e0";

/// `IdentityRef`; null for a login that is no account (any more).
pub(in crate::standin::azure_devops) fn reference(call: &Call<'_>, login: &str) -> Value {
    let Some(account) = call.world.account(login) else {
        return Value::Null;
    };
    let mut shape = json!({
        "displayName": account.login, "id": account.id, "uniqueName": call.product.account_name(&account.login),
        "url": call.identity_url(&format!("/_apis/Identities/{}", account.id)),
        "imageUrl": call.url(&format!("/_api/_common/identityImage?id={}", account.id)).replace("%3F", "?"),
    });
    if call.product.since(5, 0) {
        let descriptor = subject_descriptor(call, account);
        let avatar = call.url(&format!("/_apis/GraphProfile/MemberAvatars/{descriptor}"));
        shape["descriptor"] = json!(descriptor);
        shape["_links"] = json!({ "avatar": { "href": avatar } });
    }
    shape
}

/// What `connectionData` says of the caller.
pub(in crate::standin::azure_devops) fn connected(call: &Call<'_>, account: &Account) -> Value {
    let mut shape = json!({
        "id": account.id, "descriptor": descriptor(call, account), "providerDisplayName": account.login,
        "customDisplayName": account.login, "isActive": true, "resourceVersion": 2, "metaTypeId": 0,
        "properties": { "Account": property(&call.product.account_name(&account.login)) },
    });
    if call.product.since(5, 0) {
        shape["subjectDescriptor"] = json!(subject_descriptor(call, account));
    }
    shape
}

/// An identity as it is looked up.
pub(in crate::standin::azure_devops) fn full(call: &Call<'_>, account: &Account) -> Value {
    let mut shape = connected(call, account);
    shape["members"] = json!([]);
    shape["memberOf"] = json!([]);
    shape["memberIds"] = json!([]);
    shape["properties"] = json!({
        "SchemaClassName": property("User"), "Description": property(""), "Domain": property(TENANT),
        "Account": property(&call.product.account_name(&account.login)), "DN": property(""),
        "Mail": property(&mail(account)), "SpecialType": property("Generic"), "DirectoryAlias": property(&account.login),
    });
    shape
}

pub(in crate::standin::azure_devops) fn mail(account: &Account) -> String {
    format!("{}@example.com", account.login)
}

fn property(value: &str) -> Value {
    json!({ "$type": "System.String", "$value": value })
}

fn descriptor(call: &Call<'_>, account: &Account) -> String {
    let name = call.product.account_name(&account.login);
    if call.product.is_hosted() {
        return format!("Microsoft.IdentityModel.Claims.ClaimsIdentity;{TENANT}\\{name}");
    }
    format!("System.Security.Principal.WindowsIdentity;S-1-5-21-{}", &account.id[..8])
}

fn subject_descriptor(call: &Call<'_>, account: &Account) -> String {
    let sort = if call.product.is_hosted() { "aad" } else { "win" };
    format!("{sort}.{}", STANDARD_NO_PAD.encode(&account.id))
}
