//! Entries of directories, and files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::standin::git::Entry;
use crate::standin::github::call::{Call, encoded};
use crate::standin::github::world::Repository;

/// Characters of a line of base64.
const LINE: usize = 60;

/// Where an entry was found: the repository, at a branch, tag or commit.
pub(in crate::standin::github) struct Place<'a> {
    pub call: &'a Call<'a>,
    pub repository: &'a Repository,
    pub at: &'a str,
}

/// An item of `content-directory`.
pub(in crate::standin::github) fn listed(place: &Place<'_>, entry: &Entry, path: &str) -> Value {
    let Place { call, repository, at } = place;
    let (name, in_url, at) = (repository.full_name(), encoded(path), encoded(at));
    // A submodule is listed as a file, for the sake of old clients.
    let (sort, objects, pages) = match (entry.kind.as_str(), entry.mode.as_str()) {
        ("tree", _) => ("dir", "trees", "tree"),
        (_, "120000") => ("symlink", "blobs", "blob"),
        ("commit", _) => ("file", "trees", "tree"),
        _ => ("file", "blobs", "blob"),
    };
    let own = call.api_url(&format!("/repos/{name}/contents/{in_url}?ref={at}"));
    let git = call.api_url(&format!("/repos/{name}/git/{objects}/{}", entry.oid));
    let html = call.web_url(&format!("/{name}/{pages}/{at}/{in_url}"));
    let download = (entry.kind == "blob").then(|| call.web_url(&format!("/{name}/raw/{at}/{in_url}")));
    json!({
        "type": sort, "name": entry.name, "path": path, "sha": entry.oid, "size": entry.size,
        "url": own, "git_url": git, "html_url": html, "download_url": download,
        "_links": { "self": own, "git": git, "html": html },
    })
}

/// `content-tree`, of the media type that makes an object of a directory.
pub(in crate::standin::github) fn tree(place: &Place<'_>, tree: &Entry, path: &str, entries: Vec<Value>) -> Value {
    let mut shape = listed(place, tree, path);
    shape["entries"] = Value::Array(entries);
    shape
}

/// `content-file`.
pub(in crate::standin::github) fn file(place: &Place<'_>, blob: &Entry, path: &str, bytes: &[u8]) -> Value {
    let encoded = STANDARD.encode(bytes);
    let lines = encoded.as_bytes().chunks(LINE).map(|line| format!("{}\n", String::from_utf8_lossy(line)));
    let mut shape = listed(place, blob, path);
    shape["encoding"] = json!("base64");
    shape["content"] = json!(lines.collect::<String>());
    shape
}

/// `content-symlink`.
pub(in crate::standin::github) fn symlink(place: &Place<'_>, link: &Entry, path: &str, target: &str) -> Value {
    let mut shape = listed(place, link, path);
    shape["target"] = json!(target);
    shape
}
