//! What one branch has that another has not.
//!
//! `repository/compare` would say so too, with all files and their changes, which may be more than anybody takes. So the
//! commits of a range are listed, which GitLab takes in the place of a name. (GitLab Docs, "Commits API", `ref_name`.)

use countersign_sdk::Branches;
use countersign_sdk::types::{Comparison, Failure};
use serde::de::IgnoredAny;

use crate::api::{Api, MAX_PAGE_SIZE, ProjectId, has_next};
use crate::branches::base_missing;
use crate::repositories::{Part, refused};

/// By commits, for a name might be a tag's too.
pub fn of(api: &Api<'_>, id: &ProjectId, source: &str, target: &str) -> Result<Comparison, Failure> {
    let tip =
        |name: &str| api.find_branch(id, name)?.and_then(|branch| branch.commit).ok_or_else(|| base_missing(name));
    let (source, target) = (tip(source)?, tip(target)?);
    if source == target {
        return Ok(Comparison::Nothing);
    }
    let url = api
        .project_url(id, ["repository", "commits"])
        .query("ref_name", &format!("{target}..{source}"))
        .query("per_page", &MAX_PAGE_SIZE.to_string());
    let reply = api.client.get(url)?;
    if reply.status != 200 {
        return Err(refused(api, &reply, id, Part::Code("")));
    }
    let commits: Vec<IgnoredAny> = reply.json("a list of commits")?;
    Ok(match u32::try_from(commits.len()) {
        Ok(0) => Comparison::Nothing,
        Ok(count) if !has_next(&reply) => Comparison::Ahead(Some(count)),
        _ => Comparison::Ahead(None),
    })
}
