//! The repository's own text for new pull requests: a file on its default branch.
//!
//! A template for the first part of the target's name counts before the one for all. Names are taken in any case, but the
//! server knows items only as they are written, so folders are listed to find them. (Microsoft Learn, "Improve pull request
//! descriptions using templates".)

use countersign_sdk::types::Failure;
use countersign_sdk::{Json, Reply};

use crate::answer::{is_set, items, text};
use crate::api::{Api, RepositoryId};
use crate::description::CODE_READ;
use crate::error_body::ErrorBody;
use crate::repositories;

/// Where templates are kept, the one that counts first; the empty one is the root.
const FOLDERS: [&str; 4] = ["/.azuredevops", "/.vsts", "/docs", ""];
const NAME: &str = "/pull_request_template";
const ENDINGS: [&str; 2] = [".md", ".txt"];

pub fn find(api: &Api<'_>, id: &RepositoryId, target: &str) -> Result<Option<String>, Failure> {
    if !api.site.version.is_2019_or_later() {
        return Ok(None);
    }
    let places = places(api, id)?;
    let first = target.split('/').next().unwrap_or(target);
    for (folder, items) in &places {
        let of_branches = items.iter().find(|item| item.is_folder && item.is_at(folder, NAME, ""));
        if let Some(templates) = of_branches {
            let below = list(api, id, &templates.path, "full")?;
            let name = format!("{NAME}/branches/{first}");
            if let Some(text) = read_first(api, id, &below, folder, &name)? {
                return Ok(Some(text));
            }
        }
    }
    for (folder, items) in &places {
        if let Some(text) = read_first(api, id, items, folder, NAME)? {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

/// The folders there are, with what is in each.
fn places(api: &Api<'_>, id: &RepositoryId) -> Result<Vec<(&'static str, Vec<Item>)>, Failure> {
    let root = list(api, id, "/", "oneLevel")?;
    let mut places = Vec::new();
    for folder in FOLDERS {
        if let Some(found) = root.iter().find(|item| item.is_folder && item.is_at(folder, "", "")) {
            places.push((folder, list(api, id, &found.path, "oneLevel")?));
        }
    }
    places.push(("", root));
    Ok(places)
}

/// What is in a folder; nothing where there is none, or no commit.
fn list(api: &Api<'_>, id: &RepositoryId, folder: &str, depth: &str) -> Result<Vec<Item>, Failure> {
    let url = api.repository_url(id, ["items"]).query("scopePath", folder).query("recursionLevel", depth);
    let reply = api.get(url)?;
    match reply.status {
        200 => items(&reply, "a list of files", Item::of),
        404 if is_about_items(&reply) => Ok(Vec::new()),
        _ => Err(repositories::refused(api, &reply, id, CODE_READ)),
    }
}

fn read_first(
    api: &Api<'_>,
    id: &RepositoryId,
    items: &[Item],
    folder: &str,
    name: &str,
) -> Result<Option<String>, Failure> {
    for ending in ENDINGS {
        let found = items.iter().find(|item| !item.is_folder && item.is_at(folder, name, ending));
        if let Some(item) = found
            && let Some(text) = read(api, id, &item.path)?
        {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

/// The text of a file; none where it is not text, or gone.
fn read(api: &Api<'_>, id: &RepositoryId, path: &str) -> Result<Option<String>, Failure> {
    let reply = api.get(api.repository_url(id, ["items"]).query("path", path).query("includeContent", "true"))?;
    match reply.status {
        200 => {
            let file = reply.tree().ok_or_else(|| reply.unreadable("a file"))?;
            Ok(text(&file, "content").map(str::to_owned))
        }
        404 if is_about_items(&reply) => Ok(None),
        _ => Err(repositories::refused(api, &reply, id, CODE_READ)),
    }
}

/// Whether it is a file or the branch that is missing, and not the repository.
fn is_about_items(reply: &Reply) -> bool {
    const NAMES: [&str; 4] = ["GitItemNotFoundException", "GitUnresolvableToCommitException", "TF401174", "TF401175"];
    ErrorBody::of(reply).is_one_of(&NAMES)
}

/// A file or folder.
struct Item {
    /// From the root, with a slash before it.
    path: String,
    is_folder: bool,
}

impl Item {
    fn of(wire: &Json) -> Option<Self> {
        Some(Self { path: text(wire, "path")?.to_owned(), is_folder: is_set(wire, "isFolder") })
    }

    /// Whether it stands at this path, in any case.
    fn is_at(&self, folder: &str, name: &str, ending: &str) -> bool {
        self.path.eq_ignore_ascii_case(&format!("{folder}{name}{ending}"))
    }
}
