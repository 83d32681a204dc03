//! Who may see and change which repository, and with which refusal everyone else is turned away.
//!
//! What GitHub hides it hides as 404; what a token's owner could have but this token has not is 403.

use http::StatusCode;

use super::call::{Call, Caller};
use super::refusal::Refusal;
use super::world::{Access, Permission, Repository, Token, TokenSort, World};

/// What an operation needs of a fine-grained token.
#[derive(Clone, Copy)]
pub(super) enum Resource {
    Contents,
    PullRequests,
}

impl Resource {
    fn of(self, contents: Access, pull_requests: Access) -> Access {
        match self {
            Resource::Contents => contents,
            Resource::PullRequests => pull_requests,
        }
    }

    fn named(self, access: &str) -> String {
        match self {
            Resource::Contents => format!("contents={access}"),
            Resource::PullRequests => format!("pull_requests={access}"),
        }
    }
}

/// The repository of this name, to someone who may see it.
pub(super) fn see_named<'a>(call: &Call<'a>, full_name: &str) -> Result<&'a Repository, Refusal> {
    let same = |name: &str| name.eq_ignore_ascii_case(full_name);
    let repositories = &call.world.repositories;
    if let Some(repository) = repositories.iter().find(|repository| same(&repository.full_name())) {
        return see(call, repository);
    }
    let renamed = repositories.iter().find(|repository| repository.former_names.iter().any(|name| same(name)));
    let repository = see(call, renamed.ok_or_else(Refusal::not_found)?)?;
    Err(Refusal::moved(&call.request.method, &numbered_url(call, repository)))
}

/// The address asked for with the repository's number in the place of its name.
fn numbered_url(call: &Call<'_>, repository: &Repository) -> String {
    let target = call.request.target();
    let below = target.strip_prefix(call.product.api_prefix()).unwrap_or(&target);
    // As it came, still encoded: what follows `/repos/owner/name`.
    let rest: String = below.split('/').skip(4).map(|segment| format!("/{segment}")).collect();
    let query = below.split('/').nth(3).and_then(|name| name.find('?').map(|at| &name[at..])).unwrap_or_default();
    call.api_url(&format!("/repositories/{}{rest}{query}", repository.id))
}

pub(super) fn see_numbered<'a>(call: &Call<'a>, id: &str) -> Result<&'a Repository, Refusal> {
    let found = call.world.repositories.iter().find(|repository| repository.id.to_string() == id);
    see(call, found.ok_or_else(Refusal::not_found)?)
}

fn see<'a>(call: &Call<'_>, repository: &'a Repository) -> Result<&'a Repository, Refusal> {
    if let Some(caller) = call.caller {
        let account_sees = !repository.private || permission(call.world, caller, repository).is_some();
        let block = caller.token.blocks.iter().find(|block| block.organization() == repository.owner);
        if let (true, Some(block)) = (account_sees, block) {
            return Err(Refusal::blocked(&call.web_url(""), block));
        }
    }
    if !is_visible(call.world, call.caller, repository) {
        return Err(Refusal::hidden_for_want_of_scope("repo"));
    }
    if repository.taken_down {
        return Err(taken_down(call));
    }
    Ok(repository)
}

fn taken_down(call: &Call<'_>) -> Refusal {
    let page = call.web_url("/github/dmca/blob/master/notice.md");
    let block = serde_json::json!({ "reason": "dmca", "created_at": "2024-01-02T03:04:05Z", "html_url": page });
    Refusal::new(StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS, "Repository access blocked").member("block", block)
}

/// What the account itself may do, whatever its token may.
pub(super) fn permission(world: &World, caller: Caller<'_>, repository: &Repository) -> Option<Permission> {
    permission_of(world, &caller.account.login, repository)
}

pub(super) fn permission_of(world: &World, login: &str, repository: &Repository) -> Option<Permission> {
    let account = world.account(login)?;
    if account.login.eq_ignore_ascii_case(&repository.owner) {
        return Some(Permission::Admin);
    }
    repository.collaborators.get(&account.login).copied()
}

/// Whether the caller, with this token, is told that the repository exists.
pub(super) fn is_visible(world: &World, caller: Option<Caller<'_>>, repository: &Repository) -> bool {
    if !repository.private {
        return true;
    }
    caller.is_some_and(|caller| {
        permission(world, caller, repository).is_some() && reaches_private(caller.token, repository)
    })
}

fn reaches_private(token: &Token, repository: &Repository) -> bool {
    match &token.sort {
        TokenSort::Classic { .. } => token.has_scope("repo"),
        TokenSort::FineGrained { selected, .. } => is_selected(selected.as_deref(), repository),
    }
}

fn is_selected(selected: Option<&[String]>, repository: &Repository) -> bool {
    selected.is_none_or(|selected| selected.contains(&repository.full_name()))
}

/// Reading beyond metadata, of a repository already seen.
pub(super) fn may_read(call: &Call<'_>, repository: &Repository, resource: Resource) -> Result<(), Refusal> {
    let Some(Caller { token, .. }) = call.caller else {
        return Ok(());
    };
    match &token.sort {
        TokenSort::FineGrained { contents, pull_requests, .. }
            if repository.private && resource.of(*contents, *pull_requests) < Access::Read =>
        {
            Err(Refusal::not_accessible(&resource.named("read")))
        }
        _ => Ok(()),
    }
}

/// Changing something in a repository already seen.
pub(super) fn may_write(call: &Call<'_>, repository: &Repository, resource: Resource) -> Result<(), Refusal> {
    let caller = call.known_caller()?;
    let pushes = permission(call.world, caller, repository) >= Some(Permission::Push);
    match &caller.token.sort {
        TokenSort::Classic { .. } => {
            let scoped =
                caller.token.has_scope("repo") || (!repository.private && caller.token.has_scope("public_repo"));
            if !scoped || !pushes {
                return Err(Refusal::hidden_for_want_of_scope("repo"));
            }
        }
        TokenSort::FineGrained { contents, pull_requests, selected } => {
            let granted = resource.of(*contents, *pull_requests) == Access::Write;
            if !granted || !pushes || !is_selected(selected.as_deref(), repository) {
                return Err(Refusal::not_accessible(&resource.named("write")));
            }
        }
    }
    if repository.archived {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "Repository was archived so is read-only."));
    }
    Ok(())
}
