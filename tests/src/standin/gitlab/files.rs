//! Files of a repository: with what is known of them, or as they are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{StatusCode, header};
use ring::digest;
use serde_json::json;

use super::access::may_read;
use super::branches::resolve;
use super::call::{Call, Outcome, named, ok};
use super::params::Params;
use super::refusal::Refusal;
use super::world::Repository;
use crate::standin::message::Answer;

struct File {
    reference: String,
    commit: String,
    blob: String,
    content: String,
}

pub(super) fn get(call: &Call<'_>, repository: &Repository, path: &str) -> Outcome {
    may_read(call, repository)?;
    let [reference] = Params::of(call.request)?.required(["ref"])?;
    let File { reference, commit, blob, content } = file(repository, path, &reference)?;
    let hash = digest::digest(&digest::SHA256, content.as_bytes());
    let sha256: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(ok(&json!({
        "file_name": path.rsplit('/').next(), "file_path": path, "size": content.len(), "encoding": "base64",
        "content_sha256": sha256, "ref": reference, "blob_id": blob, "commit_id": commit, "last_commit_id": commit,
        "execute_filemode": false, "content": STANDARD.encode(content),
    })))
}

/// The default branch's where no `ref` is asked for.
pub(super) fn raw(call: &Call<'_>, repository: &Repository, path: &str) -> Outcome {
    may_read(call, repository)?;
    let reference = Params::of(call.request)?.text("ref")?.unwrap_or_else(|| repository.default_branch.clone());
    let file = file(repository, path, &reference)?;
    let content = repository.git.blob(&file.blob)?;
    let mut answer = Answer::text(StatusCode::OK, "")
        .with(header::CONTENT_DISPOSITION, "inline")
        .with(named("x-gitlab-blob-id"), &file.blob)
        .with(named("x-gitlab-commit-id"), &file.commit)
        .with(named("x-gitlab-size"), &content.len().to_string());
    answer.body = content.into();
    Ok(answer)
}

fn file(repository: &Repository, path: &str, reference: &str) -> Result<File, Refusal> {
    if path.starts_with('/') || path.split('/').any(|part| part == "..") {
        return Err(Refusal::invalid("file_path should be a valid file path"));
    }
    // Git's own name for the default branch's tip.
    let start = if reference == "HEAD" { &repository.default_branch } else { reference };
    let commit = resolve(repository, &repository.git.references()?, start)?;
    let commit = commit.ok_or_else(|| Refusal::not_found("Commit"))?;
    let (blob, content) = repository.git.file(&commit, path)?.ok_or_else(|| Refusal::not_found("File"))?;
    Ok(File { reference: reference.to_owned(), commit, blob, content })
}
