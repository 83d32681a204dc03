//! Who the caller is: `connectionData`.

use serde_json::{Value, json};

use super::call::{Call, Outcome, ok};
use super::refusal::Refusal;
use super::shapes;
use super::world::guid;

/// Nobody, as the server calls her.
const ANONYMOUS: &str = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
/// The service that answers this of projects and repositories.
const SERVICE_OWNER: &str = "00025394-6065-48ca-87d9-7f5672854ef7";

/// Any good token will do, whatever its scopes. Where an organisation has public projects, no token will do too, and the answer
/// then is about nobody.
pub(super) fn data(call: &Call<'_>) -> Outcome {
    let has_public_projects = call.world.projects.iter().any(|project| project.public);
    let user = match call.caller {
        Some(caller) => shapes::identity::connected(call, caller.account),
        None if has_public_projects => anonymous(),
        None => return Err(Refusal::anonymous(call.product, call.request)),
    };
    let mut body = json!({
        "authenticatedUser": user, "authorizedUser": user,
        "instanceId": guid("c011", 1), "deploymentId": guid("de91", 1),
        "locationServiceData": {
            "serviceOwner": SERVICE_OWNER, "defaultAccessMappingMoniker": "PublicAccessMapping",
            "lastChangeId": 424_239_147, "lastChangeId64": 424_239_147,
        },
    });
    // Said since servers of one's own can be told from the hosted service by it; before, the member was missing.
    if call.product.is_hosted() {
        body["deploymentType"] = json!("hosted");
    } else if call.product.since(5, 0) {
        body["deploymentType"] = json!("onPremises");
    }
    Ok(ok(&body))
}

fn anonymous() -> Value {
    json!({
        "id": ANONYMOUS, "descriptor": format!("System:PublicAccess;{ANONYMOUS}"), "isActive": true, "properties": {},
        "providerDisplayName": "Anonymous", "resourceVersion": 2, "metaTypeId": 0,
    })
}
