//! The repositories a token's user has to do with: `GET /user/repos`.

use countersign_sdk::types::{Failure, Repository};
use countersign_sdk::{Reply, Sifted};
use serde::Deserialize;

use crate::api::Api;
use crate::description::CONTENTS;
use crate::refusal::{Asked, refusal};

/// One page, and the number of the next. What GitHub says it leaves out is put into `partial`.
pub fn page(
    api: &Api<'_>,
    sort: &str,
    number: u32,
    size: u32,
    partial: &mut Option<String>,
) -> Result<Sifted<WireRepository>, Failure> {
    let url = api
        .url(["user", "repos"])
        .query("per_page", &size.to_string())
        .query("sort", sort)
        .query("affiliation", "owner,collaborator,organization_member")
        .query("page", &number.to_string());
    let reply = api.client.get(url)?;
    if reply.status != 200 {
        return Err(refused(api, &reply));
    }
    let wire: Vec<Option<WireRepository>> = reply.json("a list of repositories")?;
    if let Some(header) = reply.header("x-github-sso") {
        *partial = left_out(header);
    }
    Ok((wire.into_iter().flatten().collect(), reply.next_page(number).map(|page| page.to_string())))
}

/// The failure of a request for a list of repositories.
pub fn refused(api: &Api<'_>, reply: &Reply) -> Failure {
    refusal(reply, Asked { about: "the list of repositories", needs: CONTENTS, web: &api.web })
}

/// `partial-results; organizations=21955855,20582480`: GitHub names organizations only by number.
fn left_out(header: &str) -> Option<String> {
    let (state, rest) = header.split_once(';')?;
    let organizations = rest.trim().strip_prefix("organizations=")?;
    let count = organizations.split(',').filter(|id| !id.trim().is_empty()).count();
    let organizations = if count == 1 { "1 organization".to_owned() } else { format!("{count} organizations") };
    (state.trim() == "partial-results").then(|| {
        format!("Repositories of {organizations} are left out until the token is authorized for their single sign-on.")
    })
}

/// A repository wherever GitHub shows one.
#[derive(Deserialize)]
pub struct WireRepository {
    pub full_name: String,
    html_url: String,
    private: bool,
    default_branch: Option<String>,
    // Both are missing on old servers.
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    disabled: bool,
    // Missing on servers that let nobody switch pull requests off.
    has_pull_requests: Option<bool>,
    pull_request_creation_policy: Option<String>,
    permissions: Option<WirePermissions>,
}

/// What an account may do, whatever its token may.
#[derive(Deserialize)]
struct WirePermissions {
    push: Option<bool>,
}

impl WireRepository {
    /// Why nobody, or nobody like the asker, may open a pull request in it; none where anybody may.
    pub fn closed_to_pull_requests(&self) -> Option<String> {
        let pushes = self.permissions.as_ref().and_then(|permissions| permissions.push);
        if self.has_pull_requests == Some(false) {
            return Some(format!("Pull requests are disabled in {}.", self.full_name));
        }
        let is_for_collaborators = self.pull_request_creation_policy.as_deref() == Some("collaborators_only");
        (is_for_collaborators && pushes == Some(false))
            .then(|| format!("In {} only collaborators who may push open pull requests.", self.full_name))
    }
}

impl From<WireRepository> for Repository {
    fn from(wire: WireRepository) -> Self {
        Self {
            id: wire.full_name.clone(),
            name: wire.full_name,
            default_branch: wire.default_branch,
            web_url: wire.html_url,
            is_private: wire.private,
            is_read_only: wire.archived || wire.disabled,
        }
    }
}
