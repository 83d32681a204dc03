//! The OpenAPI document: made from the handlers, completed with what they have in common. What a handler says itself stays.

mod limits;
mod problems;

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

use self::problems::Sort;
use super::caller::MAX_KEY_BYTES;

const ABOUT: &str = "Create branches and pull requests from Jira as the Jira user herself. Connectors send \
    `Authorization: Bearer` with a JWT (EdDSA or ES256) signed with their registered key: `iss` the connector, `sub` the \
    Jira user's immutable id, `aud` the daemon's public URL, `iat` and `exp` at most 300 seconds apart, `jti` of 16 to 128 \
    characters used once for a change, `projects` the keys of the Jira projects in which the user holds View Development \
    Tools; `username` and `display_name` may say what she is called, for people and for branch names. Administrators send \
    an admin token.\n\n\
    Errors are problems (RFC 9457): the schema `Problem` lists them all. A parameter, a member of a body or an `If-Match` that \
    an operation does not have is refused with 400, and a value that cannot be used with 422. Lists come a page at a time: \
    `limit` says how many, `cursor` is the `next_cursor` of the page before, and one that is of another list, user or page size \
    is answered with 404. What is no request of HTTP at all is \
    answered with 400 or 431 and nothing more. Times are RFC 3339 in UTC with three digits of milliseconds. An id stands in a path as one segment, \
    percent-encoded, or as the `path_id` that is given beside it, which no proxy changes.";

/// What each tag is about.
const TAGS: [(&str, &str); 7] = [
    ("integrations", "Connections to git servers, as their users see them."),
    ("repositories", "The repository browser."),
    ("PAT", "The caller's own personal access token for one integration. It goes in and never comes out."),
    ("branches", "Branches: listed, compared, named, created, deleted."),
    ("pull requests", "Pull requests."),
    ("pages", "One-time links that open pages for the caller's user."),
    ("admin", "What administrators see and change."),
];

/// Schemas that stand for a record with a revision, whose entity tag is sent with it.
const WITH_REVISION: [&str; 4] = ["AdminIntegrationView", "SiteView", "PolicyView", "ConnectorView"];

/// The document of these routes.
pub(super) fn finished(document: &OpenApi) -> Value {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    document["info"] = json!({
        "title": "Countersign",
        "version": env!("CARGO_PKG_VERSION"),
        "description": ABOUT,
        "contact": { "name": "Whoever runs this daemon" },
        "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
    });
    document["servers"] = json!([{ "url": "/api/v1", "description": "This daemon" }]);
    document["tags"] = TAGS.iter().map(|(name, about)| json!({ "name": name, "description": about })).collect();
    let components = &mut document["components"];
    components["securitySchemes"] = security_schemes();
    components["headers"] = headers();
    components["parameters"] = parameters();
    for (name, schema) in components["schemas"].as_object_mut().into_iter().flatten() {
        limit(name, "", schema);
    }
    components["schemas"]["Problem"]["description"] = json!(problems::table());
    components["schemas"]["Problem"]["x-problem-types"] = problems::listed();
    let schemas = components["schemas"].clone();
    for (path, methods) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            finish(path, method, operation, &schemas);
        }
    }
    document
}

fn security_schemes() -> Value {
    let bearer = |format: &str, about: &str| json!({ "type": "http", "scheme": "bearer", "bearerFormat": format, "description": about });
    json!({
        "connector": bearer("JWT", "A connector's JWT for one of its users, as the introduction has it. For a change, each is good once."),
        "admin": bearer("admin token", "An admin token, as `countersign admin token add` makes it: shown once, good until it ends or is revoked."),
    })
}

fn headers() -> Value {
    let header = |about: &str, schema: Value, example: &str| json!({ "description": about, "schema": schema, "example": example });
    let text = |pattern: &str, most: usize| json!({ "type": "string", "pattern": pattern, "maxLength": most });
    json!({
        "RequestId": header("Names the request in the log, the audit log and its problem.", text("^[0-9a-f]{32}$", 32), "0123456789abcdef0123456789abcdef"),
        "ETag": header("Names this state of the record, for `If-Match`. `If-None-Match` is not looked at by what only reads, and refused (400) with a change.", text("^\"[0-9]+\"$", 24), "\"17\""),
        "WwwAuthenticate": header("What to authenticate with.", json!({ "type": "string", "enum": ["Bearer"] }), "Bearer"),
        "RateLimitPolicy": header("How many may be asked for in how many seconds, with a `too-many-requests` (draft-ietf-httpapi-ratelimit-headers).", text("^\"minute\";q=[0-9]+;w=60$", 40), "\"minute\";q=1000;w=60"),
        "RateLimit": header("How many are left, and in how many seconds there is another.", text("^\"minute\";r=0;t=[0-9]+$", 40), "\"minute\";r=0;t=12"),
        "RetryAfter": header("When to ask again: in so many seconds, or at that time (RFC 9110). Left out where nobody knows.", text("^([0-9]+|[A-Za-z]{3}, .+ GMT)$", 40), "30"),
        "ContentDisposition": header("The file's name.", text("^attachment; filename=\".+\"$", 100), "attachment; filename=\"audit.csv\""),
    })
}

fn parameters() -> Value {
    json!({
        "IfMatch": {
            "name": "If-Match", "in": "header", "required": false,
            "description": "`ETag` of the state that was seen; a record in another state is left as it is (412). Several, with commas between them, and `*` are taken too.",
            "schema": { "type": "string", "pattern": "^(\\*|(W/)?\"[!#-+.-~-]*\"( *, *(W/)?\"[!#-+.-~-]*\")*)$" },
            "example": "\"17\"",
        },
        "IdempotencyKey": {
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "Names the request: sent again within a day, it is answered as the first time, and not done again.",
            "schema": { "type": "string", "pattern": "^[\\x20-\\x7e]+$", "minLength": 1, "maxLength": MAX_KEY_BYTES },
            "example": "0b6a3f2e-5a0c-4c3e-9a51-7c1d3f5e9b11",
        },
    })
}

fn finish(path: &str, method: &str, operation: &mut Value, schemas: &Value) {
    let is_admin = operation["security"][0].get("admin").is_some();
    if operation.get("description").is_none() {
        let summary = operation["summary"].as_str().unwrap_or_default();
        let whose = if is_admin { "an admin token" } else { "a connector's JWT" };
        operation["description"] = json!(format!("{summary} Asked for with {whose}."));
    }
    let mut takes_if_match = false;
    let given = operation.get_mut("parameters");
    let mut kept = Vec::new();
    for mut parameter in given.and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default() {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        match name.as_str() {
            "If-Match" => takes_if_match = true,
            "Idempotency-Key" => {}
            _ => {
                limit(path, &name, &mut parameter["schema"]);
                kept.push(parameter);
            }
        }
    }
    let common = [(takes_if_match, "IfMatch"), (!is_admin && method != "get", "IdempotencyKey")];
    let common = common.into_iter().filter(|(is_taken, _)| *is_taken);
    kept.extend(common.map(|(_, name)| json!({ "$ref": format!("#/components/parameters/{name}") })));
    if !kept.is_empty() {
        operation["parameters"] = Value::Array(kept);
    }
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    responses.remove("default");
    for response in responses.values_mut() {
        describe(response, schemas);
    }
    responses.extend(problems::responses(&Sort { method, path, is_admin, takes_if_match }.problems()));
}

/// What an answer is, in the words of what it holds, and the headers it comes with.
fn describe(response: &mut Value, schemas: &Value) {
    let contents = response["content"].as_object().into_iter().flatten();
    let held: Vec<&str> = contents
        .filter_map(|(_, content)| content["schema"]["$ref"].as_str()?.strip_prefix("#/components/schemas/"))
        .collect();
    let schema = held.first().copied().unwrap_or_default().to_owned();
    let is_file = response["content"].get("text/csv").is_some();
    if response["description"].as_str().is_none_or(str::is_empty) {
        let about = schemas[&schema]["description"].as_str();
        response["description"] = json!(about.unwrap_or(if is_file { "A spreadsheet." } else { "It is gone." }));
    }
    response["headers"] = json!({ "X-Request-Id": { "$ref": "#/components/headers/RequestId" } });
    if WITH_REVISION.contains(&schema.as_str()) {
        response["headers"]["ETag"] = json!({ "$ref": "#/components/headers/ETag" });
    }
    if is_file {
        response["headers"]["Content-Disposition"] = json!({ "$ref": "#/components/headers/ContentDisposition" });
    }
}

/// Says of every text, list and number below a schema what it is bounded by. `owner` is the component, or the path of a
/// parameter.
fn limit(owner: &str, name: &str, schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    if is_of(members, "string") && !members.contains_key("format") && !members.contains_key("enum") {
        for (keyword, mut value) in limits::of_text(owner, name).into_iter().flatten() {
            if let (true, Some(all)) = (is_of(members, "null"), value.as_array_mut()) {
                all.push(Value::Null);
            }
            members.insert(keyword, value);
        }
    }
    if is_of(members, "array")
        && let Some(most) = limits::of_list(name)
    {
        members.insert("maxItems".to_owned(), json!(most));
    }
    if is_of(members, "integer") {
        members.entry("minimum").or_insert(json!(0));
    }
    for (keyword, name) in [("items", name), ("additionalProperties", name), ("propertyNames", limits::NAMES)] {
        if let Some(nested) = members.get_mut(keyword) {
            limit(owner, name, nested);
        }
    }
    for (name, member) in members.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        limit(owner, name, member);
    }
}

fn is_of(schema: &Map<String, Value>, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(one)) => one == kind,
        Some(Value::Array(several)) => several.iter().any(|one| one == kind),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
