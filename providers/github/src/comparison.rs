//! What one branch has that another has not: `GET /repos/{owner}/{repo}/compare/{base}...{head}`.

use countersign_sdk::types::{Comparison, Failure, FailureReason};
use serde::Deserialize;

use crate::api::{Api, RepositoryId};
use crate::branches::{refused, tip};
use crate::refusal::is_not_found;

/// One request. The files and their changes stand on the first page alone, and may be many: the second is asked for, on which
/// the count is the same. (GitHub Docs, "Compare two commits".)
pub fn of(api: &Api<'_>, id: &RepositoryId, source: &str, target: &str) -> Result<Comparison, Failure> {
    let between = format!("{target}...{source}");
    let url = api.repository_url(id, ["compare"]).path(&between).query("per_page", "1").query("page", "2");
    let reply = api.client.get(url)?;
    match reply.status {
        200 => {
            let compared: WireComparison = reply.json("a comparison")?;
            Ok(match compared.ahead_by {
                0 => Comparison::Nothing,
                commits => Comparison::Ahead(Some(commits)),
            })
        }
        _ => match refused(api, &reply, id) {
            failure if is_not_found(&failure) => unrelated(api, id, source, target),
            failure => Err(failure),
        },
    }
}

/// A 404 is a branch that is missing, a repository that is invisible, or two histories that have nothing in common: then all of
/// the source is new.
fn unrelated(api: &Api<'_>, id: &RepositoryId, source: &str, target: &str) -> Result<Comparison, Failure> {
    for side in [source, target] {
        if tip(api, id, side)?.is_none() {
            let message = format!("There is no branch `{side}`.");
            return Err(Failure::new(FailureReason::BaseMissing(side.to_owned()), message));
        }
    }
    Ok(Comparison::Ahead(None))
}

#[derive(Deserialize)]
struct WireComparison {
    ahead_by: u32,
}
