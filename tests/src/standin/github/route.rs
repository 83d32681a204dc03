//! Method and path to the resource that answers. A path with a slash at its end is 404; one that is not here is not served.

use http::Method;

use super::call::{Call, Outcome};
use super::limit::RateLimit;
use super::refusal::Refusal;
use super::world::Repository;
use super::{access, account, branches, comparison, contents, pulls, references, requested_reviewers, search, service};

/// `segments` are decoded; those of a branch name are put together again, however its slashes came.
pub(super) fn route(call: &Call<'_>, segments: &[String], rate: RateLimit) -> Outcome {
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    if segments.contains(&"") {
        return Err(Refusal::not_found());
    }
    match (verb(call), segments.as_slice()) {
        ("GET", []) => service::root(call),
        ("GET", ["meta"]) => service::meta(call),
        ("GET", ["rate_limit"]) => service::rate_limit(call, rate),
        ("GET", ["user"]) => account::user(call),
        ("GET", ["user", "repos"]) => account::repositories(call),
        ("GET", ["search", "repositories"]) => search::repositories(call),
        (_, ["repos", owner, name, rest @ ..]) => {
            repository_route(call, rest, || access::see_named(call, &format!("{owner}/{name}")))
        }
        (_, ["repositories", id, rest @ ..]) => repository_route(call, rest, || access::see_numbered(call, id)),
        _ => Err(Refusal::not_served(call.request)),
    }
}

/// What answers below a repository: it gets what follows in the path as one text (a branch, a reference, a file, a number).
type Below = fn(&Call<'_>, &Repository, &str) -> Outcome;

/// `see` finds the repository for the caller.
fn repository_route<'a>(
    call: &Call<'_>,
    rest: &[&str],
    see: impl FnOnce() -> Result<&'a Repository, Refusal>,
) -> Outcome {
    let (page, answer): (&'static str, Below) = match (verb(call), rest) {
        ("GET", []) => ("/rest/repos/repos#get-a-repository", account::repository),
        ("GET", ["branches"]) => ("/rest/branches/branches#list-branches", branches::list),
        ("GET", ["branches", _, ..]) => ("/rest/branches/branches#get-a-branch", branches::get),
        ("GET", ["compare", _, ..]) => ("/rest/commits/commits#compare-two-commits", comparison::get),
        ("GET", ["contents", ..]) => ("/rest/repos/contents#get-repository-content", contents::get),
        ("GET", ["git", "ref" | "refs", _, ..]) => ("/rest/git/refs#get-a-reference", references::get),
        ("GET", ["git", "matching-refs", ..]) => ("/rest/git/refs#list-matching-references", references::matching),
        ("POST", ["git", "refs"]) => ("/rest/git/refs#create-a-reference", references::create),
        ("DELETE", ["git", "refs", _, ..]) => ("/rest/git/refs#delete-a-reference", references::delete),
        ("GET", ["pulls"]) => ("/rest/pulls/pulls#list-pull-requests", pulls::list),
        ("POST", ["pulls"]) => ("/rest/pulls/pulls#create-a-pull-request", pulls::create),
        ("GET", ["pulls", _]) => ("/rest/pulls/pulls#get-a-pull-request", pulls::get),
        ("POST", ["pulls", _, "requested_reviewers"]) => {
            ("/rest/pulls/review-requests#request-reviewers-for-a-pull-request", requested_reviewers::create)
        }
        // A name the repository had before leads on, whatever is asked of it.
        _ => return Err(see().err().filter(Refusal::leads_on).unwrap_or_else(|| Refusal::not_served(call.request))),
    };
    let argument = match rest {
        ["branches", name @ ..] => name.join("/"),
        ["compare", between @ ..] => between.join("/"),
        ["contents", path @ ..] => path.join("/"),
        ["git", _, name @ ..] => name.join("/"),
        ["pulls", number, ..] => (*number).to_owned(),
        _ => String::new(),
    };
    see().and_then(|repository| answer(call, repository, &argument)).map_err(|refusal| refusal.documented(page))
}

fn verb<'a>(call: &'a Call<'_>) -> &'a str {
    match call.request.method {
        Method::HEAD => "GET",
        ref method => method.as_str(),
    }
}
