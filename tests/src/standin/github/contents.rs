//! Files and directories of a repository: a list, an object or the bytes themselves, by media type.
//!
//! Not spoken: the HTML of a file, and what is special about files over one megabyte.

use http::{StatusCode, header};
use serde_json::Value;

use super::access::{Resource, may_read};
use super::call::{Call, Outcome, ok};
use super::refusal::Refusal;
use super::shapes::content;
use super::world::Repository;
use crate::standin::git::{Entry, is_oid};
use crate::standin::message::Answer;

const RAW: &str = "application/vnd.github.raw+json";
const OBJECT: &str = "application/vnd.github.object+json";
const SYMLINK: &str = "120000";

/// `path` without slashes at its ends; the empty one is the root.
pub(super) fn get(call: &Call<'_>, repository: &Repository, path: &str) -> Outcome {
    may_read(call, repository, Resource::Contents)?;
    let at = call.request.query_value("ref").unwrap_or_else(|| repository.default_branch.clone());
    let commit = commit(repository, &at)?;
    let place = content::Place { call, repository, at: &at };
    let found = repository.git.entry(&commit, path)?.ok_or_else(Refusal::not_found)?;
    match found.kind.as_str() {
        "tree" => directory(&place, &found, path),
        "blob" if found.mode == SYMLINK => linked(&place, &commit, &found, path),
        "blob" => file(&place, &found, path),
        _ => Ok(ok(&content::listed(&place, &found, path))),
    }
}

fn directory(place: &content::Place<'_>, tree: &Entry, path: &str) -> Outcome {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    let entries = place.repository.git.tree(&tree.oid)?;
    let entries = entries.iter().map(|entry| content::listed(place, entry, &below(&entry.name))).collect();
    Ok(ok(&if accepts(place.call, OBJECT) { content::tree(place, tree, path, entries) } else { Value::Array(entries) }))
}

fn file(place: &content::Place<'_>, blob: &Entry, path: &str) -> Outcome {
    let bytes = place.repository.git.blob(&blob.oid)?;
    if accepts(place.call, RAW) {
        let mut answer = Answer::empty(StatusCode::OK).with(header::CONTENT_TYPE, &format!("{RAW}; charset=utf-8"));
        answer.body = bytes.into();
        return Ok(answer);
    }
    Ok(ok(&content::file(place, blob, path, &bytes)))
}

/// A link to a file of the repository is answered like that file; any other shows what it holds.
fn linked(place: &content::Place<'_>, commit: &str, link: &Entry, path: &str) -> Outcome {
    let target = String::from_utf8_lossy(&place.repository.git.blob(&link.oid)?).into_owned();
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let found = match resolved(parent, &target) {
        Some(path) => place.repository.git.entry(commit, &path)?.map(|entry| (entry, path)),
        None => None,
    };
    match found {
        Some((entry, path)) if entry.kind == "blob" && entry.mode != SYMLINK => file(place, &entry, &path),
        _ => Ok(ok(&content::symlink(place, link, path, &target))),
    }
}

/// None for a target outside of the repository.
fn resolved(parent: &str, target: &str) -> Option<String> {
    let mut segments: Vec<&str> = parent.split('/').filter(|segment| !segment.is_empty()).collect();
    for segment in target.split('/') {
        match segment {
            "." => {}
            ".." => drop(segments.pop()?),
            "" => return None,
            name => segments.push(name),
        }
    }
    Some(segments.join("/"))
}

/// A branch, a tag or a commit.
fn commit(repository: &Repository, at: &str) -> Result<String, Refusal> {
    let references = repository.git.references()?;
    if references.is_empty() {
        return Err(Refusal::new(StatusCode::NOT_FOUND, "This repository is empty."));
    }
    let named = references.branch(at).or_else(|| references.get(&format!("refs/tags/{at}")));
    match named {
        Some(reference) => Ok(reference.oid.clone()),
        None if is_oid(at) && repository.git.has_object(at)? => Ok(at.to_owned()),
        None => Err(Refusal::new(StatusCode::NOT_FOUND, &format!("No commit found for the ref {at}"))),
    }
}

fn accepts(call: &Call<'_>, media_type: &str) -> bool {
    let accepted = call.request.header("accept").unwrap_or_default();
    accepted.split(',').any(|one| one.split(';').next().is_some_and(|one| one.trim() == media_type))
}
