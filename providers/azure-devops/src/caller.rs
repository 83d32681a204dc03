//! Whom the server takes a caller for. It says so beside most answers, and when asked for `connectionData`, which any good
//! credential may ask for, whatever its scopes.

use countersign_sdk::types::{Account, Failure, FailureReason, FieldError};
use countersign_sdk::{Json, Reply};

use crate::answer::{property, text};
use crate::api::Api;
use crate::description::CODE_READ;
use crate::integration::Site;
use crate::meaning::{Asked, meaning};
use crate::rejection::rejected;

/// It was never released, so a version of it has to be one under preview.
const CONNECTION_DATA_VERSION: &str = "5.0-preview.1";
/// Whom the server takes a caller without a credential for, where it has something to show to everybody.
const ANONYMOUS: &str = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

/// Whether the server knows the credential at all.
pub fn is_known(api: &Api<'_>) -> Result<bool, Failure> {
    match connected(api) {
        Ok(_) => Ok(true),
        Err(failure) if failure.reason == FailureReason::CredentialRejected => Ok(false),
        Err(failure) => Err(failure),
    }
}

/// The account the server knows the credential by.
pub fn connected(api: &Api<'_>) -> Result<Account, Failure> {
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
        404 => Err(no_such_collection(&api.site, &reply)),
        _ => Err(meaning(&api.site, &reply, Asked { about: "the credential's account", needs: CODE_READ })),
    }
}

fn no_such_collection(site: &Site, reply: &Reply) -> Failure {
    let message = format!("There is no organization or collection at {}.", site.address());
    let error = FieldError::new(site.address_setting, &message);
    Failure::new(FailureReason::Misconfigured(error), &message).with_status(reply.status)
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
