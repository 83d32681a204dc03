//! Commits of a branch, or of a range of two.

use http::StatusCode;

use super::access::may_read;
use super::call::{Call, Outcome};
use super::paging::{self, Page};
use super::params::Params;
use super::refusal::Refusal;
use super::shapes;
use super::world::Repository;
use crate::standin::git::is_oid;

/// Newest first. Of ranges, only those between two commits are spoken.
pub(super) fn list(call: &Call<'_>, repository: &Repository, _: &str) -> Outcome {
    may_read(call, repository)?;
    let params = Params::of(call.request)?;
    let asked = params.text("ref_name")?.unwrap_or_else(|| repository.default_branch.clone());
    let range = match asked.split_once("..") {
        Some((from, to)) if is_oid(from) && is_oid(to) => asked.clone(),
        Some(_) => return Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "stand-in: a range is one of commits")),
        None => match repository.git.references()?.branch(&asked) {
            Some(branch) => branch.oid.clone(),
            None => return Err(Refusal::new(StatusCode::NOT_FOUND, "404 Commit Not Found")),
        },
    };
    let listed = repository.git.git(&["rev-list", &range, "--"])?;
    let commits: Vec<&str> = listed.lines().collect();
    let shape = |oid: &&str| Ok(shapes::branch::commit(call, repository, &repository.git.commit(oid)?));
    paging::by_number(call, &Page::of(call, &params)?, &commits, shape)
}
