//! Who may see and change which repository, and with which refusal everyone else is turned away.
//!
//! What GitLab hides it hides as 404; what a role is too low for is 403.

use http::StatusCode;

use super::call::{Call, Caller};
use super::refusal::Refusal;
use super::world::{Repository, Role, Visibility, World};

/// The repository of this number or full name, to someone who may see it.
pub(super) fn see<'a>(call: &Call<'a>, id: &str) -> Result<&'a Repository, Refusal> {
    let repositories = &call.world.repositories;
    let hidden = || Refusal::not_found("Project");
    let same = |name: &str| name.eq_ignore_ascii_case(id);
    let numbered = id.bytes().all(|byte| byte.is_ascii_digit());
    let named =
        |repository: &&Repository| if numbered { repository.id.to_string() == id } else { same(&repository.full_name) };
    let renamed = |repository: &&Repository| repository.former_names.iter().any(|name| same(name));
    if let Some(repository) = repositories.iter().find(named) {
        return if is_visible(call, repository) { Ok(repository) } else { Err(hidden()) };
    }
    let repository = repositories.iter().find(renamed).filter(|found| is_visible(call, found)).ok_or_else(hidden)?;
    if !call.product.since(16, 7) {
        return Ok(repository);
    }
    if !call.request.reads() {
        let message = "Non GET methods are not allowed for moved projects";
        return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, message));
    }
    Err(Refusal::moved(&numbered_url(call, repository)))
}

/// The address asked for with the repository's number in the place of its name.
fn numbered_url(call: &Call<'_>, repository: &Repository) -> String {
    let target = call.request.target();
    let below = target.strip_prefix(&call.product.api_prefix()).unwrap_or(&target);
    // As it came, still encoded: what follows `/projects/name`.
    let after = below.strip_prefix("/projects/").and_then(|named| Some(&named[named.find(['/', '?'])?..]));
    call.api_url(&format!("/projects/{}{}", repository.id, after.unwrap_or_default()))
}

/// What the caller may do in a repository, whatever her token may.
pub(super) fn role(call: &Call<'_>, repository: &Repository) -> Option<Role> {
    call.caller.and_then(|Caller { account, .. }| role_of(call.world, &account.login, repository))
}

pub(super) fn role_of(world: &World, login: &str, repository: &Repository) -> Option<Role> {
    let account = world.account(login)?;
    if account.login == repository.namespace() {
        return Some(Role::Owner);
    }
    repository.collaborators.get(&account.login).copied()
}

/// Whether the caller is told that the repository exists.
pub(super) fn is_visible(call: &Call<'_>, repository: &Repository) -> bool {
    match repository.visibility {
        Visibility::Public => true,
        Visibility::Internal => call.caller.is_some(),
        Visibility::Private => role(call, repository).is_some(),
    }
}

/// Reading code and merge requests of a repository already seen: guests of private ones may not.
pub(super) fn may_read(call: &Call<'_>, repository: &Repository) -> Result<(), Refusal> {
    if !repository.enabled {
        return Err(Refusal::not_found("Repository"));
    }
    let open = repository.visibility != Visibility::Private;
    if open || role(call, repository) >= Some(Role::Planner) { Ok(()) } else { Err(Refusal::forbidden()) }
}

/// Changing something in a repository already seen. An archived one nobody changes.
pub(super) fn may_write(call: &Call<'_>, repository: &Repository) -> Result<(), Refusal> {
    call.known_caller()?;
    if role(call, repository) < Some(Role::Developer) || repository.archived {
        return Err(Refusal::forbidden());
    }
    Ok(())
}

/// Creating and deleting branches that match a protected pattern.
pub(super) fn may_change_protected(call: &Call<'_>, repository: &Repository) -> bool {
    role(call, repository) >= Some(Role::Maintainer)
}

/// Whether merge requests can be made there by this caller.
pub(super) fn takes_merge_requests(call: &Call<'_>, repository: &Repository) -> bool {
    let open = repository.visibility != Visibility::Private && call.caller.is_some();
    !repository.archived && repository.enabled && (open || role(call, repository) >= Some(Role::Developer))
}
