//! STS, as much of it as says who signed a request. Needs no permission: who asks learns it, whatever her policy.

use http::{Method, StatusCode, header};
use serde_json::json;

use super::call::{Caller, Outcome};
use super::refusal::Refusal;
use super::world::World;
use super::xml;
use crate::standin::message::{Answer, Request};

const VERSION: &str = "2011-06-15";

pub(super) fn answer(request: &Request, world: &World, caller: Caller<'_>, request_id: &str) -> Outcome {
    let given = parameters(request);
    let parameter = |name: &str| given.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let (action, version) = (parameter("Action"), parameter("Version"));
    if action.is_empty() {
        return Err(Refusal::new("MissingAction", "The request must contain the parameter Action"));
    }
    if version == VERSION && action != "GetCallerIdentity" {
        return Err(Refusal::not_served(request, action));
    }
    if version != VERSION {
        let message = format!("Could not find operation {action} for version {version}");
        return Err(Refusal::unknown_operation(&message));
    }
    let (arn, user_id) = (world.arn(caller.key), user_id(caller));
    if xml::wants_json(request) {
        let result = json!({ "Account": world.account, "Arn": arn, "UserId": user_id });
        let body = json!({ "GetCallerIdentityResponse": {
            "GetCallerIdentityResult": result, "ResponseMetadata": { "RequestId": request_id },
        } });
        return Ok(Answer::json(StatusCode::OK, &body).with(header::CONTENT_TYPE, "application/json"));
    }
    let result = xml::texts(&[("Arn", &arn), ("UserId", &user_id), ("Account", &world.account)]);
    let metadata = xml::element("ResponseMetadata", &xml::texts(&[("RequestId", request_id)]));
    let body = xml::element("GetCallerIdentityResult", &result) + &metadata;
    Ok(xml::answer(StatusCode::OK, "GetCallerIdentityResponse", &body))
}

/// A session of a role has the role's id and its own name.
fn user_id(caller: Caller<'_>) -> String {
    match caller.key.role {
        None => caller.user.id.clone(),
        Some(_) => format!("{}:{}", caller.user.id.replacen("AIDA", "AROA", 1), caller.user.login),
    }
}

/// A form in the body, or the query of a GET.
fn parameters(request: &Request) -> Vec<(String, String)> {
    if request.method == Method::GET {
        return request.query_pairs();
    }
    url::form_urlencoded::parse(&request.body).into_owned().collect()
}
