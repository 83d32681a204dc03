//! What one branch has that another has not: `stats/branches`, which counts commits.

use countersign_sdk::Json;
use countersign_sdk::types::{Comparison, Failure};

use crate::api::{Api, RepositoryId};
use crate::branches::{base_missing, tip};

/// `base-missing` where one of the two is missing.
pub fn of(api: &Api<'_>, id: &RepositoryId, source: &str, target: &str) -> Result<Comparison, Failure> {
    let stands_at = |name: &str| tip(api, id, name)?.ok_or_else(|| base_missing(name));
    if stands_at(source)? == stands_at(target)? {
        return Ok(Comparison::Nothing);
    }
    Ok(counted(api, id, source, target).unwrap_or(Comparison::CannotTell))
}

/// None where the server does not count, or not from the target: before 2018 no base is told to take, and the default branch is
/// it.
fn counted(api: &Api<'_>, id: &RepositoryId, source: &str, target: &str) -> Option<Comparison> {
    if !api.site.version.is_2018_or_later() {
        return None;
    }
    let url = api
        .repository_url(id, ["stats", "branches"])
        .query("name", source)
        .query("baseVersionDescriptor.version", target)
        .query("baseVersionDescriptor.versionType", "branch");
    let stats = api.get(url).ok().filter(|reply| reply.status == 200)?.tree()?;
    match (stats.get("aheadCount"), stats.get("behindCount")) {
        // Neither ahead nor behind would be the same commit, which it is not: then the counts are of another base.
        (Some(Json::Unsigned(0)), Some(Json::Unsigned(1..))) => Some(Comparison::Nothing),
        (Some(Json::Unsigned(ahead @ 1..)), _) => Some(Comparison::Ahead(u32::try_from(*ahead).ok())),
        _ => None,
    }
}
