//! Whose credential it is: `connectionData`, which any good credential may ask for, whatever its scopes.
//!
//! A token cannot ask for its own scopes or expiry. Whether it may read code is found out by reading; whether it may write
//! is not known before somebody does.

use countersign_sdk::types::{
    Account, Expiry, Failure, FailureReason, FieldError, Identity, Permission, PermissionState,
};
use countersign_sdk::{Json, Reply};

use crate::api::{Api, text};
use crate::description::{CODE_READ, CODE_WRITE};
use crate::refusal::{Asked, refusal, rejected, unknown_caller};

/// It was never released, so a version of it has to be one under preview.
const CONNECTION_DATA_VERSION: &str = "5.0-preview.1";
/// Whom the server takes a caller without a credential for, where it has something to show to everybody.
const ANONYMOUS: &str = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

/// The account and, by the list of repositories, whether it may read code. That list is also what tells that the API
/// version the administrator chose is one the server has.
pub fn whoami(api: &Api<'_>) -> Result<Identity, Failure> {
    let account = connected(api)?;
    let reads = may_read(api)?;
    // Reading is part of writing.
    let writes = if reads == PermissionState::Absent { reads } else { PermissionState::CannotTell };
    let permission = |name: &str, state| Permission { name: name.into(), state };
    let permissions = vec![permission(CODE_READ, reads), permission(CODE_WRITE, writes)];
    Ok(Identity { account, permissions, expiry: Expiry::Unknown })
}

/// Whether the server knows the credential at all.
pub fn is_known(api: &Api<'_>) -> Result<bool, Failure> {
    match connected(api) {
        Ok(_) => Ok(true),
        Err(failure) if failure.reason == FailureReason::CredentialRejected => Ok(false),
        Err(failure) => Err(failure),
    }
}

fn connected(api: &Api<'_>) -> Result<Account, Failure> {
    let mut url = api.url(["_apis", "connectionData"]);
    if api.site.version.is_2019_or_later() {
        url = url.query("api-version", CONNECTION_DATA_VERSION);
    }
    let reply = api.get_unversioned(url)?;
    match reply.status {
        200 => {
            let body = reply.tree();
            let user = body.as_ref().and_then(|body| account(body.get("authenticatedUser")?));
            let user = user.ok_or_else(|| reply.unreadable("connection data"))?;
            if user.id == ANONYMOUS { Err(rejected(&api.site, &reply)) } else { Ok(user) }
        }
        401 => Err(unknown_caller(&api.site, &reply)),
        404 => Err(no_such_collection(api, &reply)),
        _ => Err(refusal(api, &reply, Asked { about: "the credential's account", needs: CODE_READ })),
    }
}

fn no_such_collection(api: &Api<'_>, reply: &Reply) -> Failure {
    let message = format!("There is no organization or collection at {}.", api.site.address());
    let error = FieldError::new(api.site.address_setting, &message);
    Failure::new(FailureReason::Misconfigured(error), &message).with_status(reply.status)
}

fn may_read(api: &Api<'_>) -> Result<PermissionState, Failure> {
    match api.get(api.url(["_apis", "git", "repositories"])) {
        Ok(reply) => match reply.status {
            200 => Ok(PermissionState::Present),
            // The account is known, so it is not the credential that is refused.
            401 | 403 => Ok(PermissionState::Absent),
            _ => Err(refusal(api, &reply, Asked { about: "the list of repositories", needs: CODE_READ })),
        },
        // A list of thousands may be larger than the host passes on.
        Err(failure) if failure.reason == FailureReason::UnexpectedReply => Ok(PermissionState::CannotTell),
        Err(failure) => Err(failure),
    }
}

/// Who the server says an answer is given to: `GUID:account`.
pub fn of_header(reply: &Reply) -> Option<Account> {
    let (id, login) = reply.header("x-vss-userdata")?.split_once(':')?;
    let is_someone = !id.is_empty() && !login.is_empty() && id != ANONYMOUS;
    is_someone.then(|| Account { id: id.to_owned(), login: login.to_owned() })
}

/// A person as `connectionData` and the search of people show one.
fn account(person: &Json) -> Option<Account> {
    let id = text(person, "id")?;
    let login = property(person, "Account").or_else(|| text(person, "providerDisplayName")).unwrap_or(id);
    Some(Account { id: id.to_owned(), login: login.to_owned() })
}

/// A property of such a person, which is `{"$type": "System.String", "$value": …}`.
pub fn property<'a>(person: &'a Json, name: &str) -> Option<&'a str> {
    text(person.get("properties")?.get(name)?, "$value")
}
