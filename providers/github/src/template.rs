//! The repository's own text for new pull requests: a file on its default branch.
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

pub fn find(api: &Api<'_>, id: &RepositoryId) -> Result<Option<String>, Failure> {
    for directory in DIRECTORIES {
        if let Some(name) = template_in(api, id, directory)?
            && let Some(text) = read(api, id, directory, &name)?
        {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

/// The name of the template in a directory, if there is one.
fn template_in(api: &Api<'_>, id: &RepositoryId, directory: &str) -> Result<Option<String>, Failure> {
    let reply = api.client.get(contents(api, id, directory))?;
    match reply.status {
        // A file of the directory's name answers with an object.
        200 => {
            let entries: Vec<WireEntry> = reply.json_or_none().unwrap_or_default();
            let is_template = |entry: &WireEntry| {
                entry.sort == "file" && NAMES.iter().any(|name| entry.name.eq_ignore_ascii_case(name))
            };
            Ok(entries.into_iter().find(is_template).map(|entry| entry.name))
        }
        409 if is_empty_repository(&reply) => Ok(None),
        _ => none_found(&reply, id),
    }
}

fn read(api: &Api<'_>, id: &RepositoryId, directory: &str, name: &str) -> Result<Option<String>, Failure> {
    let raw = api.with_media_type("application/vnd.github.raw+json");
    let reply = raw.get(contents(api, id, directory).segment(name))?;
    match reply.status {
        200 => Ok(reply.text().map(str::to_owned)),
        _ => none_found(&reply, id),
    }
}

fn contents(api: &Api<'_>, id: &RepositoryId, directory: &str) -> countersign_sdk::Url {
    let directory = Some(directory).filter(|directory| !directory.is_empty());
    api.repository_url(id, ["contents"]).segments(directory)
}

/// Nothing, where GitHub says that there is nothing.
fn none_found(reply: &Reply, id: &RepositoryId) -> Result<Option<String>, Failure> {
    Some(refused(reply, id)).filter(|failure| !is_not_found(failure)).map_or(Ok(None), Err)
}

#[derive(Deserialize)]
struct WireEntry {
    name: String,
    #[serde(rename = "type")]
    sort: String,
}
