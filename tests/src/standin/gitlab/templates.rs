//! Templates for the descriptions of merge requests: files of a project's own repository, and before them those of its groups,
//! the nearest first, and of the instance.

use http::StatusCode;
use serde_json::json;

use super::access::may_read;
use super::call::{Call, Outcome, ok};
use super::paging::{self, Page};
use super::params::Params;
use super::refusal::Refusal;
use super::world::Repository;
use crate::standin::git::Entry;

const DIRECTORY: &str = ".gitlab/merge_request_templates";
const EXTENSION: &str = ".md";

const ROLE_TOO_LOW: &str = "Your current role does not have the required permissions to access the merge_requests template. Contact your project administrator for assistance.";

pub(super) fn list(call: &Call<'_>, repository: &Repository, _: &str) -> Outcome {
    let page = Page::of(call, &Params::of(call.request)?)?;
    let mut names = Vec::new();
    for source in sources(call, repository)? {
        names.extend(files(source)?.into_iter().map(|(name, _)| name));
    }
    paging::by_number(call, &page, &names, |name| Ok(json!({ "key": name, "name": name })))
}

/// The nearest of this name, which has to be written as it is.
pub(super) fn get(call: &Call<'_>, repository: &Repository, key: &str) -> Outcome {
    if Params::of(call.request)?.text("source_template_project_id")?.is_some() {
        let message = "stand-in: source_template_project_id is not spoken";
        return Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, message));
    }
    for source in sources(call, repository)? {
        let Some((name, file)) = files(source)?.into_iter().find(|(name, _)| name == key) else { continue };
        // The server fails to make JSON of anything else.
        let content = String::from_utf8(source.git.blob(&file.oid)?)
            .map_err(|_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "500 Internal Server Error"))?;
        return Ok(ok(&json!({ "name": name, "content": content })));
    }
    Err(Refusal::not_found("Template"))
}

/// The repositories whose templates count here: the nearest first, its own last. Inherited ones came with 13.9 and for all with
/// 14.0, templates of merge requests with 13.3 and others with 11.4.
fn sources<'a>(call: &Call<'a>, repository: &'a Repository) -> Result<Vec<&'a Repository>, Refusal> {
    let since = |major, minor| call.product.since(major, minor);
    if !since(11, 4) {
        return Err(Refusal::no_route());
    }
    if !since(13, 3) {
        return Err(Refusal::invalid("type does not have a valid value"));
    }
    may_read(call, repository).map_err(|_| Refusal::forbidden_because(ROLE_TOO_LOW))?;
    let world = call.world;
    let groups = std::iter::successors(Some(repository.namespace()), |path| Some(path.rsplit_once('/')?.0));
    let of_groups = groups.filter_map(|path| world.group(path)?.templates.as_deref());
    let names = of_groups.chain(world.templates.as_deref()).filter(|_| since(14, 0) && !call.product.free);
    Ok(names.filter_map(|name| world.repository(name)).chain([repository]).collect())
}

/// By name, without the extension: what lies in the directory on the default branch.
fn files(source: &Repository) -> Result<Vec<(String, Entry)>, Refusal> {
    let references = source.git.references()?;
    let Some(tip) = references.branch(&source.default_branch) else { return Ok(Vec::new()) };
    let Some(directory) = source.git.entry(&tip.oid, DIRECTORY)?.filter(|entry| entry.kind == "tree") else {
        return Ok(Vec::new());
    };
    let entries = source.git.tree(&directory.oid)?.into_iter().filter(|entry| entry.kind == "blob");
    let named = |entry: Entry| Some((entry.name.strip_suffix(EXTENSION)?.to_owned(), entry));
    let mut found: Vec<_> = entries.filter_map(named).collect();
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(found)
}
