//! Files and folders of a branch: how templates of pull requests are read.

use http::{StatusCode, header};
use serde_json::{Value, json};

use super::call::{Call, Outcome, list, ok};
use super::refusal::Refusal;
use super::shapes::repository::url as repository_url;
use super::world::Repository;
use crate::standin::git::GitError;
use crate::standin::message::Answer;

/// `GitVersionType`
const VERSION_TYPES: &[(&str, u8)] = &[("branch", 0), ("tag", 1), ("commit", 2)];
/// `VersionControlRecursionType`
const RECURSION_LEVELS: &[(&str, u8)] =
    &[("none", 0), ("oneLevel", 1), ("oneLevelPlusNestedEmptyFolders", 4), ("full", 120)];

/// An entry of a tree.
struct Entry {
    /// From the root, with a slash before it.
    path: String,
    oid: String,
    is_folder: bool,
}

/// The commit items are read from, and how a request named it.
struct Version {
    branch: String,
    commit: String,
}

/// `path` names one item; `scopePath` a folder, listed with `recursionLevel`. `in_path` is the path as older clients write it,
/// below `items/`.
pub(super) fn read(call: &Call<'_>, repository: &Repository, in_path: &str) -> Outcome {
    let version = version(call, repository)?;
    let path = call.query("path").or_else(|| (!in_path.is_empty()).then(|| in_path.to_owned()));
    match (path, call.query("scopePath")) {
        (Some(path), _) => one(call, repository, &version, &rooted(&path)),
        (None, scope) => folder(call, repository, &version, &rooted(&scope.unwrap_or_default())),
    }
}

fn one(call: &Call<'_>, repository: &Repository, version: &Version, path: &str) -> Outcome {
    let entries = entries(repository, version, path, false)?;
    let entry = entries.iter().find(|entry| entry.path == path);
    let entry = entry.ok_or_else(|| missing(repository, version, path))?;
    if entry.is_folder {
        return Ok(ok(&shape(call, repository, version, entry)));
    }
    let content = repository.git.git(&["cat-file", "blob", &entry.oid])?;
    if !wants_json(call) {
        let mut answer = Answer::empty(StatusCode::OK).with(header::CONTENT_TYPE, "text/plain");
        answer.body = content.into();
        return Ok(answer);
    }
    let mut item = shape(call, repository, version, entry);
    if call.query("includeContent").is_some_and(|include| include.eq_ignore_ascii_case("true")) {
        item["content"] = json!(content);
    }
    Ok(ok(&item))
}

/// The folder itself, then what is in it.
fn folder(call: &Call<'_>, repository: &Repository, version: &Version, path: &str) -> Outcome {
    let level = call.member("recursionLevel", RECURSION_LEVELS).unwrap_or_default();
    let found = match path {
        "/" => vec![Entry { path: "/".to_owned(), oid: repository.git.commit(&version.commit)?.tree, is_folder: true }],
        _ => entries(repository, version, path, false)?,
    };
    let found: Vec<Entry> = found.into_iter().filter(|entry| entry.path == path).collect();
    if found.is_empty() {
        return Err(missing(repository, version, path));
    }
    let inside = match level.as_str() {
        "oneLevel" => entries(repository, version, &format!("{}/", path.trim_end_matches('/')), false)?,
        "full" => entries(repository, version, &format!("{}/", path.trim_end_matches('/')), true)?,
        _ => Vec::new(),
    };
    let items: Vec<Value> = found.iter().chain(&inside).map(|entry| shape(call, repository, version, entry)).collect();
    Ok(list(&items))
}

/// A branch, by name; the default branch when none is named.
fn version(call: &Call<'_>, repository: &Repository) -> Result<Version, Refusal> {
    let given = |name: &str| call.query(name).or_else(|| call.query(name.rsplit('.').next()?));
    let branch = given("versionDescriptor.version").unwrap_or_else(|| repository.default_branch.clone());
    let sort = |name: &str| call.member(name, VERSION_TYPES);
    let sort = sort("versionDescriptor.versionType").or_else(|| sort("versionType"));
    if sort.is_some_and(|sort| sort != "branch") {
        return Err(Refusal::invalid_argument("versionDescriptor.versionType"));
    }
    let references = repository.git.references()?;
    let commit = references.branch(&branch).map(|reference| reference.oid.clone());
    let commit = commit.ok_or_else(|| Refusal::unresolvable(repository, &branch))?;
    Ok(Version { branch, commit })
}

/// What the tree has at a path: the entry of that name or, with a slash at the end, what is in that folder.
fn entries(repository: &Repository, version: &Version, path: &str, recursively: bool) -> Result<Vec<Entry>, GitError> {
    let mut arguments = vec!["ls-tree", "-z", "--full-tree"];
    arguments.extend(recursively.then_some("-r").into_iter().chain(recursively.then_some("-t")));
    arguments.push(&version.commit);
    let below = path.trim_start_matches('/');
    // Without a path git lists the root.
    arguments.extend(["--"].into_iter().chain((!below.is_empty()).then_some(below)));
    let listing = repository.git.git(&arguments)?;
    let entry = |line: &str| {
        let (about, path) = line.split_once('\t')?;
        let mut about = about.split(' ').skip(1);
        let is_folder = about.next()? == "tree";
        Some(Entry { path: format!("/{path}"), oid: about.next()?.to_owned(), is_folder })
    };
    // git names the folders above a path too.
    let inside = |entry: &Entry| entry.path.starts_with(path);
    Ok(listing.split('\0').filter_map(entry).filter(inside).collect())
}

fn shape(call: &Call<'_>, repository: &Repository, version: &Version, entry: &Entry) -> Value {
    let base = repository_url(call, repository);
    let mut item = json!({
        "objectId": entry.oid, "gitObjectType": if entry.is_folder { "tree" } else { "blob" }, "commitId": version.commit,
        "path": entry.path,
        "url": format!("{base}/items{}?versionType=Branch&version={}&versionOptions=None", entry.path, version.branch),
    });
    if entry.is_folder {
        item["isFolder"] = json!(true);
    }
    item
}

fn missing(repository: &Repository, version: &Version, path: &str) -> Refusal {
    let message = format!(
        "TF401174: The item '{path}' could not be found in the repository '{}' at the version specified by '<Branch: {}>' (resolved to commit '{}')",
        repository.name, version.branch, version.commit
    );
    Refusal::git(StatusCode::NOT_FOUND, "GitItemNotFoundException", &message)
}

/// An item is its content unless the request says that it wants to read about it.
fn wants_json(call: &Call<'_>) -> bool {
    match call.query("$format") {
        Some(format) => format.eq_ignore_ascii_case("json"),
        None => call.request.header("accept").is_some_and(|accept| accept.contains("application/json")),
    }
}

fn rooted(path: &str) -> String {
    format!("/{}", path.trim_matches('/'))
}
