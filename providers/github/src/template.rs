//! The text for new pull requests: a file on the repository's default branch or, where it has none, on that of its owner's
//! repository `.github`. (GitHub Docs, "Creating a default community health file".)
//!
//! GitHub takes `pull_request_template`, in any case, with or without `.md` or `.txt`, in one of three directories. Its
//! contents API knows names only as they are written, so a directory is listed to find the file. (GitHub Docs, "Creating
//! a pull request template for your repository".)

use countersign_sdk::Reply;
use countersign_sdk::types::Failure;
use serde::Deserialize;

use crate::api::{Api, RepositoryId};
use crate::branches::{is_empty_repository, refused};
use crate::refusal::is_not_found;

/// Where templates are kept, the one that counts first; the empty one is the root.
const DIRECTORIES: [&str; 3] = [".github", "", "docs"];
const NAMES: [&str; 3] = ["pull_request_template.md", "pull_request_template.txt", "pull_request_template"];

/// What all repositories of an owner have that have none of their own.
const OWNERS: &str = ".github";

pub fn find(api: &Api<'_>, id: &RepositoryId) -> Result<Option<String>, Failure> {
    for directory in DIRECTORIES {
        let entries = list(api, id, directory)?.unwrap_or_default();
        if let Some(text) = template_among(api, id, directory, &entries)? {
            return Ok(Some(text));
        }
    }
    if id.name == OWNERS { Ok(None) } else { of_the_owner(api, id) }
}

/// Most owners have none, which one request tells.
fn of_the_owner(api: &Api<'_>, id: &RepositoryId) -> Result<Option<String>, Failure> {
    let owners = RepositoryId { owner: id.owner.clone(), name: OWNERS.to_owned() };
    let Some(root) = list(api, &owners, "")? else { return Ok(None) };
    for directory in DIRECTORIES {
        let is_there = |entry: &WireEntry| entry.sort == "dir" && entry.name == directory;
        let below = match directory {
            "" => None,
            _ if root.iter().any(is_there) => list(api, &owners, directory)?,
            _ => continue,
        };
        if let Some(text) = template_among(api, &owners, directory, below.as_deref().unwrap_or(&root))? {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

/// The text of the template in a directory of these entries, if there is one.
fn template_among(
    api: &Api<'_>,
    id: &RepositoryId,
    directory: &str,
    entries: &[WireEntry],
) -> Result<Option<String>, Failure> {
    let is_template =
        |entry: &&WireEntry| entry.sort == "file" && NAMES.iter().any(|name| entry.name.eq_ignore_ascii_case(name));
    match entries.iter().find(is_template) {
        Some(entry) => read(api, id, directory, &entry.name),
        None => Ok(None),
    }
}

/// What is in a directory; none where there is no such directory, or no such repository.
fn list(api: &Api<'_>, id: &RepositoryId, directory: &str) -> Result<Option<Vec<WireEntry>>, Failure> {
    let reply = api.client.get(contents(api, id, directory))?;
    match reply.status {
        // A file of the directory's name answers with an object.
        200 => Ok(Some(reply.json_or_none().unwrap_or_default())),
        409 if is_empty_repository(&reply) => Ok(None),
        _ => none_found(api, &reply, id).map(|()| None),
    }
}

fn read(api: &Api<'_>, id: &RepositoryId, directory: &str, name: &str) -> Result<Option<String>, Failure> {
    let raw = api.with_media_type("application/vnd.github.raw+json");
    let reply = raw.get(contents(api, id, directory).segment(name))?;
    match reply.status {
        200 => Ok(reply.text().map(str::to_owned)),
        _ => none_found(api, &reply, id).map(|()| None),
    }
}

fn contents(api: &Api<'_>, id: &RepositoryId, directory: &str) -> countersign_sdk::Url {
    let directory = Some(directory).filter(|directory| !directory.is_empty());
    api.repository_url(id, ["contents"]).segments(directory)
}

/// Nothing, where GitHub says that there is nothing.
fn none_found(api: &Api<'_>, reply: &Reply, id: &RepositoryId) -> Result<(), Failure> {
    Some(refused(api, reply, id)).filter(|failure| !is_not_found(failure)).map_or(Ok(()), Err)
}

#[derive(Deserialize)]
struct WireEntry {
    name: String,
    #[serde(rename = "type")]
    sort: String,
}
