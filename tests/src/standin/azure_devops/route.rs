//! Host, method and path to the resource that answers. The server does not look at the case of a path. What is not here is not
//! served; only what no server has is refused as such.

use http::Method;

use super::call::{Call, Outcome};
use super::product::Side;
use super::refusal::Refusal;
use super::version::asked_version;
use super::world::{Project, Repository};
use super::{
    access, branches, connection, discovery, identities, items, projects, pulls, references, repositories, reviewers,
};

/// `below` is what follows the collection, decoded; `released` whether the version asked for is one without `-preview`.
pub(super) fn route(call: &Call<'_>, below: &[String], released: bool) -> Outcome {
    let is_api = |segment: &String| segment.eq_ignore_ascii_case("_apis");
    let not_served = || Refusal::not_served(call.request);
    let (project, path) = match below {
        [first, path @ ..] if is_api(first) => (None, path),
        [project, second, path @ ..] if is_api(second) => (Some(project), path),
        _ => return Err(not_served()),
    };
    let words: Vec<String> = path.iter().map(|segment| segment.to_lowercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let side = call.product.side(&call.request.origin);
    if let Some(outcome) = anywhere(call, &words, released) {
        return outcome;
    }
    let no_such_path = || Refusal::no_such_path(&call.request.path);
    match (side, words.first()) {
        (Side::Code, Some(&"identities")) | (Side::Identities, Some(&("git" | "projects"))) => {
            return Err(no_such_path());
        }
        (_, Some(&"identities")) if project.is_none() => return identities::read(call),
        (Side::Identities, _) => return Err(not_served()),
        _ => {}
    }
    if project.is_none() && matches!(words.as_slice(), ["projects", ..]) {
        return match (verb(call), path) {
            ("GET", [_]) => projects::list(call),
            ("GET", [_, asked]) => projects::get(call, asked),
            _ => Err(not_served()),
        };
    }
    let project = project.map(|asked| access::see_project(call, asked)).transpose()?;
    match words.as_slice() {
        ["git", "repositories"] if verb(call) == "GET" => repositories::list(call, project),
        ["git", "repositories", _, words @ ..] => below_repository(call, project, path, words),
        ["git", "pullrequests"] if verb(call) == "GET" => pulls::list_everywhere(call, project),
        ["git", "pullrequests", number] if verb(call) == "GET" => pulls::get_anywhere(call, project, number),
        _ => Err(not_served()),
    }
}

/// What every host answers.
fn anywhere(call: &Call<'_>, words: &[&str], released: bool) -> Option<Outcome> {
    let answer: fn(&Call<'_>) -> Outcome = match (verb(call), words) {
        ("OPTIONS", []) => return Some(discovery::resources(call)),
        ("OPTIONS", [area]) => return Some(discovery::resources_of(call, area)),
        ("GET", ["connectiondata"]) => connection::data,
        ("GET", ["resourceareas"]) => discovery::areas,
        _ => return None,
    };
    // Neither was ever released.
    let asked = asked_version(call.request).unwrap_or_default();
    Some(if released { Err(Refusal::under_preview(&asked)) } else { answer(call) })
}

/// `path` is that of the API, `words` the lower case of what follows the repository in it.
fn below_repository(call: &Call<'_>, project: Option<&Project>, path: &[String], words: &[&str]) -> Outcome {
    let repository = access::see_repository(call, project, &path[2])?;
    if !words.is_empty() && repository.disabled {
        return Err(Refusal::no_such_repository(&path[2]));
    }
    let rest: Vec<&str> = path[3..].iter().map(String::as_str).collect();
    resource(call, repository, &rest, words)
}

fn resource(call: &Call<'_>, repository: &Repository, rest: &[&str], words: &[&str]) -> Outcome {
    match (verb(call), words) {
        ("GET", []) => repositories::get(call, repository),
        ("GET", ["refs", ..]) => references::list(call, repository, &rest[1..].join("/")),
        ("POST", ["refs"]) => references::update(call, repository),
        ("PATCH", ["refs", ..]) => references::lock(call, repository, &rest[1..].join("/")),
        ("GET", ["stats", "branches"]) => branches::stats(call, repository),
        ("GET", ["items", ..]) => items::read(call, repository, &rest[1..].join("/")),
        ("GET", ["pullrequests"]) => pulls::list(call, repository),
        ("POST", ["pullrequests"]) => pulls::create(call, repository),
        ("GET", ["pullrequests", number]) => pulls::get(call, repository, number),
        ("GET", ["pullrequests", number, "reviewers"]) => reviewers::list(call, repository, number),
        ("PUT", ["pullrequests", number, "reviewers", _]) => reviewers::add(call, repository, number, rest[3]),
        ("PUT" | "DELETE", ["refs" | "items", ..] | ["pullrequests"] | ["pullrequests", _]) => {
            Err(Refusal::no_such_method(&call.request.method))
        }
        _ => Err(Refusal::not_served(call.request)),
    }
}

fn verb<'a>(call: &'a Call<'_>) -> &'a str {
    match call.request.method {
        Method::HEAD => "GET",
        ref method => method.as_str(),
    }
}
