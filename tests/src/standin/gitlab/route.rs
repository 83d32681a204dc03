//! Method and path to the resource that answers, and the scopes a token needs for it.
//!
//! Branches, file paths and names of projects are one segment each: a slash that comes unencoded makes another route, which is
//! none of GitLab's. What else is not here is not served.

use super::access;
use super::authenticate::{Scopes, admit};
use super::call::{Call, Outcome};
use super::refusal::Refusal;
use super::world::Repository;
use super::{branches, commits, files, merge_requests, projects, service, templates, tokens, users};

/// `segments` are decoded.
pub(super) fn route(call: &Call<'_>, segments: &[String]) -> Outcome {
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    // A slash at the end is no part of a route.
    let segments = match segments.as_slice() {
        [before @ .., ""] => before,
        all => all,
    };
    if segments.contains(&"") {
        return Err(Refusal::no_route());
    }
    if let ["projects", id, rest @ ..] = segments {
        return repository_route(call, id, rest);
    }
    let since = |major, minor| call.product.since(major, minor);
    let (scopes, answer): (Scopes, fn(&Call<'_>) -> Outcome) = match (verb(call), segments) {
        ("GET", ["user"]) => (Scopes::OrReading("read_user"), users::current),
        ("GET", ["users"]) => (Scopes::OrReading("read_user"), users::list),
        ("GET", ["users", id]) => {
            admit(call, Scopes::OrReading("read_user"))?;
            return users::get(call, id);
        }
        ("GET", ["version"]) => (Scopes::OrReading("read_user"), service::version),
        ("GET", ["metadata"]) if since(15, 2) => (Scopes::OrReading("read_user"), service::metadata),
        ("GET", ["personal_access_tokens", "self"]) => (Scopes::Any, tokens::itself),
        ("DELETE", ["personal_access_tokens", "self"]) => (Scopes::Any, tokens::revoke),
        ("GET", ["projects"]) => (Scopes::Api, projects::list),
        ("GET", ["merge_requests"]) => (Scopes::Api, merge_requests::list_everywhere),
        // Came with 15.2.
        ("GET", ["metadata"]) => return Err(Refusal::no_route()),
        _ => return Err(Refusal::not_served(call.request)),
    };
    admit(call, scopes)?;
    answer(call)
}

/// What answers below a repository: it gets the last variable part of the path (a branch, a file, a number, a key).
type Below = fn(&Call<'_>, &Repository, &str) -> Outcome;

fn repository_route(call: &Call<'_>, id: &str, rest: &[&str]) -> Outcome {
    let (scopes, answer, below): (Scopes, Below, &str) = match (verb(call), rest) {
        ("GET", []) => (Scopes::Api, projects::get, ""),
        ("GET", ["repository", "branches"]) => (Scopes::Api, branches::list, ""),
        ("POST", ["repository", "branches"]) => (Scopes::Api, branches::create, ""),
        ("HEAD", ["repository", "branches", name]) => (Scopes::Api, branches::exists, name),
        ("GET", ["repository", "branches", name]) => (Scopes::Api, branches::get, name),
        ("DELETE", ["repository", "branches", name]) => (Scopes::Api, branches::delete, name),
        ("GET", ["repository", "commits"]) => (Scopes::Api, commits::list, ""),
        ("GET", ["repository", "files", path]) => (Scopes::OrReading("read_repository"), files::get, path),
        ("GET", ["repository", "files", path, "raw"]) => (Scopes::OrReading("read_repository"), files::raw, path),
        ("GET", ["merge_requests"]) => (Scopes::Api, merge_requests::list, ""),
        ("POST", ["merge_requests"]) => (Scopes::Api, merge_requests::create, ""),
        ("GET", ["merge_requests", number]) => (Scopes::Api, merge_requests::get, number),
        ("GET", ["templates", "merge_requests"]) => (Scopes::Api, templates::list, ""),
        ("GET", ["templates", "merge_requests", key]) => (Scopes::Api, templates::get, key),
        _ if is_split(id, rest) => return Err(Refusal::no_route()),
        _ => return Err(Refusal::not_served(call.request)),
    };
    admit(call, scopes)?;
    answer(call, access::see(call, id)?, below)
}

/// Whether a name that is one segment came as several: a project's own, which has a slash where it is no number, a branch's or
/// a file's.
fn is_split(id: &str, rest: &[&str]) -> bool {
    let is_whole = id.contains('/') || id.bytes().all(|byte| byte.is_ascii_digit());
    !is_whole || matches!(rest, ["repository", "branches" | "files", _, _, ..])
}

fn verb<'a>(call: &'a Call<'_>) -> &'a str {
    call.request.method.as_str()
}
