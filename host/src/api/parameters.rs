//! Query parameters that a route does not have are refused, and so are a body where none is taken, `If-Match` where nothing is
//! compared, and `If-None-Match` with a change: whoever adds `dry_run` to a change that knows none, or makes it for one state
//! only, must not find it made.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CONTENT_LENGTH, IF_MATCH, IF_NONE_MATCH, TRANSFER_ENCODING};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use percent_encoding::percent_decode_str;
use url::form_urlencoded;
use utoipa::openapi::OpenApi;

use crate::problem::Problem;

/// Longest name that is repeated, in characters.
const MAX_NAME_CHARS: usize = 40;

/// Method and path of a route to what it takes.
pub(super) type Parameters = HashMap<(String, String), Takes>;

/// What one route takes beside its path and body.
#[derive(Default)]
pub(super) struct Takes {
    query: HashSet<String>,
    if_match: bool,
    body: bool,
}

/// As the document has them.
pub(super) fn of(document: &OpenApi) -> Arc<Parameters> {
    let document = serde_json::to_value(document).unwrap_or_default();
    let mut known = Parameters::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let mut takes = Takes { body: operation.get("requestBody").is_some(), ..Takes::default() };
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap_or_default();
                match parameter["in"].as_str() {
                    Some("query") => _ = takes.query.insert(name.to_owned()),
                    Some("header") => takes.if_match |= name.eq_ignore_ascii_case(IF_MATCH.as_str()),
                    _ => {}
                }
            }
            known.insert((method.to_uppercase(), path.clone()), takes);
        }
    }
    Arc::new(known)
}

/// Around every documented route.
pub(super) async fn hold(State(known): State<Arc<Parameters>>, request: Request, next: Next) -> Response {
    let Some(takes) = of_route(&known, &request) else { return next.run(request).await };
    match refused(takes, &request) {
        Some(detail) => Problem::bad_request(detail).into_response(),
        None => next.run(request).await,
    }
}

/// What of a request its route does not look at, in words.
fn refused(takes: &Takes, request: &Request) -> Option<String> {
    let headers = request.headers();
    if !is_encoded(request.uri().query().unwrap_or_default()) {
        return Some("The query cannot be read: its names and values are percent-encoded UTF-8.".to_owned());
    }
    if let Some(name) = unknown(takes, request) {
        return Some(format!("There is no parameter `{name}` here; /api/v1/openapi.json says which there are."));
    }
    let detail = if headers.contains_key(IF_MATCH) && !takes.if_match {
        "If-Match is compared with nothing here; /api/v1/openapi.json says where it is."
    } else if headers.contains_key(IF_NONE_MATCH) && !request.method().is_safe() {
        "If-None-Match is compared with nothing here; a change of one state alone is asked for with If-Match."
    } else if has_body(headers) && !takes.body {
        "This takes no body: what is asked for is all in its address."
    } else {
        return None;
    };
    Some(detail.to_owned())
}

/// Whether behind each `%` there are two hexadecimal digits, and what all of them say is UTF-8. Lenient readers would take a cut
/// sequence for letters of its own.
fn is_encoded(query: &str) -> bool {
    let is_byte =
        |rest: &str| rest.as_bytes().first_chunk::<2>().is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
    query.split('%').skip(1).all(is_byte) && percent_decode_str(query).decode_utf8().is_ok()
}

/// As a request says it (RFC 9112 section 6.3), which may be an empty one all the same.
fn has_body(headers: &HeaderMap) -> bool {
    headers.contains_key(TRANSFER_ENCODING) || headers.get(CONTENT_LENGTH).is_some_and(|length| length != "0")
}

/// HEAD is answered as GET is.
fn of_route<'a>(known: &'a Parameters, request: &Request) -> Option<&'a Takes> {
    let route = request.extensions().get::<MatchedPath>()?.as_str();
    let path = route.strip_prefix("/api/v1").unwrap_or(route).to_owned();
    let method = if *request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
    known.get(&(method.as_str().to_owned(), path))
}

fn unknown(takes: &Takes, request: &Request) -> Option<String> {
    let query = request.uri().query().filter(|query| !query.is_empty())?;
    let mut given = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
    let unknown = given.find(|name| !takes.query.contains(name.as_ref()))?;
    Some(unknown.chars().filter(|char| !char.is_control()).take(MAX_NAME_CHARS).collect())
}

#[cfg(test)]
mod tests {
    use http::Method;

    use crate::world::World;

    #[tokio::test]
    async fn a_change_that_knows_no_dry_run_is_not_made_for_whoever_asks_for_one() {
        let world = World::new().await;
        let admin = format!("Bearer {}", world.admin_token().await);
        let headers = [("authorization", admin.as_str()), ("content-type", "application/json")];
        for (method, path, body) in [
            (Method::POST, "admin/integrations", "{\"id\":\"new\",\"kind\":\"git-server\"}"),
            (Method::DELETE, "admin/integrations/acme", ""),
            (Method::POST, "admin/connectors", "{}"),
            (Method::DELETE, "admin/tokens/x", ""),
        ] {
            let asked = format!("/api/v1/{path}?dry_run=true");
            world.send(method, &asked, &headers, body).await.expect(400, &["There is no parameter `dry_run` here"]);
        }
        assert_eq!(world.store.integrations().await.unwrap().len(), 1);
        let body = "{\"require_user_pat\":true}";
        world.send(Method::PUT, "/api/v1/admin/policy?dry_run=true", &headers, body).await.expect(200, &["blocked"]);
        assert!(!world.store.policy().await.unwrap().rules.require_user_pat);
    }

    #[tokio::test]
    async fn a_change_that_compares_nothing_is_not_made_for_whoever_wants_it_of_one_state() {
        let world = World::new().await;
        let admin = format!("Bearer {}", world.admin_token().await);
        let of_a_state =
            |state| [("authorization", admin.as_str()), ("content-type", "application/json"), ("if-match", state)];
        let label = "{\"label\":\"ops\"}";
        let refused = ["If-Match is compared with nothing here"];
        world.send(Method::POST, "/api/v1/admin/tokens", &of_a_state("\"1\""), label).await.expect(400, &refused);
        world.send(Method::GET, "/api/v1/admin/tokens", &of_a_state("*"), "").await.expect(400, &refused);
        let (path, body) = ("/api/v1/admin/policy", "{\"require_user_pat\":true}");
        world.send(Method::PUT, path, &of_a_state("1"), body).await.expect(400, &["bad-request"]);
        let by_nobody = &of_a_state("1")[1..];
        world.send(Method::PUT, path, by_nobody, body).await.expect(401, &["unauthenticated"]);
        world.send(Method::PUT, path, &of_a_state("\"99\""), body).await.expect(412, &["precondition-failed"]);
        assert!(!world.store.policy().await.unwrap().rules.require_user_pat);
    }

    #[tokio::test]
    async fn what_no_route_looks_at_is_refused_before_anything_is_done() {
        let world = World::new().await;
        let admin = format!("Bearer {}", world.admin_token().await);
        let with =
            |name, value| [("authorization", admin.as_str()), ("content-type", "application/json"), (name, value)];
        let plain = with("accept", "*/*");
        for (method, path, headers, body, told) in [
            (
                Method::DELETE,
                "admin/integrations/acme",
                with("if-none-match", "*"),
                "",
                "If-None-Match is compared with nothing",
            ),
            (
                Method::PUT,
                "admin/policy",
                with("if-none-match", "\"1\""),
                "{\"require_user_pat\":true}",
                "If-None-Match",
            ),
            (Method::DELETE, "admin/integrations/acme", with("content-length", "2"), "{}", "This takes no body"),
            (Method::DELETE, "admin/integrations/acme", with("transfer-encoding", "chunked"), "", "This takes no body"),
            (Method::DELETE, "integrations/acme/pat", with("content-length", "4"), "null", "This takes no body"),
            (Method::GET, "admin/policy", with("content-length", "2"), "{}", "This takes no body"),
            (Method::GET, "admin/audit?subject=%FF", plain, "", "percent-encoded UTF-8"),
            (Method::GET, "repositories?q=a%C3", plain, "", "percent-encoded UTF-8"),
            (Method::GET, "repositories?q=%E0%A4%A", plain, "", "percent-encoded UTF-8"),
            (Method::GET, "repositories?q=100%", plain, "", "percent-encoded UTF-8"),
            (Method::GET, "repositories?q%zz=a", plain, "", "percent-encoded UTF-8"),
        ] {
            let path = format!("/api/v1/{path}");
            world.send(method, &path, &headers, body).await.expect(400, &["bad-request", told]);
        }
        assert_eq!(world.store.integrations().await.unwrap().len(), 1);
        assert!(!world.store.policy().await.unwrap().rules.require_user_pat);
        let path = "/api/v1/admin/policy";
        world.send(Method::GET, path, &with("if-none-match", "*"), "").await.expect(200, &[]);
        world.send(Method::GET, path, &with("content-length", "0"), "").await.expect(200, &[]);
    }

    #[tokio::test]
    async fn a_value_that_cannot_be_used_is_named_and_so_is_one_that_is_missing() {
        let world = World::new().await;
        let admin = format!("Bearer {}", world.admin_token().await);
        let headers = [("authorization", admin.as_str()), ("content-type", "application/json")];
        let body = "{\"require_user_pat\":true}";
        for (method, path, body, field) in [
            (Method::GET, "audit?from=2026-02-30", "", "from"),
            (Method::GET, "audit?until=yesterday", "", "until"),
            (Method::GET, "audit?from=", "", "from"),
            (Method::PUT, "policy?dry_run=maybe", body, "dry_run"),
            (Method::PUT, "policy?dry_run=True", body, "dry_run"),
            (Method::PATCH, "integrations/acme?dry_run=", "{}", "dry_run"),
        ] {
            let answer = world.send(method, &format!("/api/v1/admin/{path}"), &headers, body).await;
            let answer = answer.expect(422, &["urn:countersign:problem:invalid", &format!("\"field\":\"{field}\"")]);
            assert!(!answer.body.contains("deserialize"), "{}", answer.body);
        }
        let twice = world.send(Method::GET, "/api/v1/admin/audit?user=a&user=b", &headers, "").await;
        assert!(!twice.expect(400, &["stands in it once"]).body.contains("deserialize"));
        assert!(!world.store.policy().await.unwrap().rules.require_user_pat);
    }

    #[tokio::test]
    async fn head_is_answered_as_get_is_without_a_body() {
        let world = World::new().await;
        let admin = format!("Bearer {}", world.admin_token().await);
        let headers = [("authorization", admin.as_str())];
        for path in
            ["admin/policy", "admin/policy?x=1", "admin/integrations?limit=0", "admin/sites/none", "integrations"]
        {
            let path = format!("/api/v1/{path}");
            let got = world.send(Method::GET, &path, &headers, "").await;
            let head = world.send(Method::HEAD, &path, &headers, "").await;
            assert_eq!((head.status, head.body.as_str()), (got.status, ""), "{path}");
            for header in ["content-type", "etag", "content-length", "www-authenticate"] {
                assert_eq!(head.header(header), got.header(header), "{path}: {header}");
            }
        }
        let other = world.send(Method::HEAD, "/api/v1/page-links", &headers, "").await;
        assert_eq!((other.expect(405, &[]).header("allow"), other.body.as_str()), ("POST", ""));
        let other = world.send(Method::PUT, "/api/v1/admin/sites/default", &headers, "").await;
        assert_eq!(other.expect(405, &["method-not-allowed"]).header("allow"), "GET,HEAD,PATCH,DELETE");
    }
}
