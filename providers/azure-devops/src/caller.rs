//! Whom the server takes a caller for. It says so beside most answers, and when asked for `connectionData`, which any good
//! credential may ask for, whatever its scopes.

use countersign_sdk::types::{Account, Failure};
use countersign_sdk::{Json, Reply};

use crate::answer::{property, text};
use crate::api::Api;
use crate::description::CODE_READ;
use crate::integration::Site;
use crate::meaning::{Asked, meaning};
use crate::rejection::{is_nobody, rejected};

/// It was never released, so a version of it has to be one under preview.
const CONNECTION_DATA_VERSION: &str = "5.0-preview.1";

/// The account the server knows the credential by. What refuses it without a word here refuses the credential itself.
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
            // Where the server has something to show to everybody, nobody has an id, too.
            if is_nobody(&user.id) { Err(rejected(&api.site, &reply)) } else { Ok(user) }
        }
        404 => Err(no_such_collection(&api.site, &reply)),
        _ => {
            let asked = Asked { about: "the credential's account", needs: CODE_READ };
            Err(meaning(&api.site, &reply, asked).unwrap_or_else(|| rejected(&api.site, &reply)))
        }
    }
}

fn no_such_collection(site: &Site, reply: &Reply) -> Failure {
    let message = format!("There is no organization or collection at {}.", site.address());
    Failure::misconfigured(site.address_setting, &message, reply)
}

/// Who the server says an answer is given to: `GUID:account`.
pub fn of_header(reply: &Reply) -> Option<Account> {
    let (id, login) = reply.header("x-vss-userdata")?.split_once(':')?;
    (!is_nobody(id) && !login.is_empty()).then(|| Account { id: id.to_owned(), login: login.to_owned() })
}

/// A person as `connectionData` and the search of people show one.
fn account(person: &Json) -> Option<Account> {
    let id = text(person, "id")?;
    let login = property(person, "Account").or_else(|| text(person, "providerDisplayName")).unwrap_or(id);
    Some(Account { id: id.to_owned(), login: login.to_owned() })
}
