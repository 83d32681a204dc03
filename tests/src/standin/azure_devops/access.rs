//! Who may see and change which project and repository, and with which refusal everyone else is turned away.
//!
//! What the server hides it hides as 404. A scope that is missing is refused before anything is looked at, with hardly a word.

use super::call::Call;
use super::refusal::{Refusal, is_guid};
use super::world::{Permission, Project, Repository};

/// Scopes that let a token read code, and those that let it write too.
const READING: &[&str] = &["vso.code", "vso.code_write", "vso.code_manage", "vso.code_full"];
const WRITING: &[&str] = &["vso.code_write", "vso.code_manage", "vso.code_full"];
const IDENTITIES: &[&str] = &["vso.identity", "vso.identity_manage"];

/// The project of this name or GUID, to someone who may see it.
pub(super) fn see_project<'a>(call: &Call<'a>, asked: &str) -> Result<&'a Project, Refusal> {
    let found = if is_guid(asked) {
        call.world.projects.iter().find(|project| project.id.eq_ignore_ascii_case(asked))
    } else {
        call.world.project(asked)
    };
    match found {
        Some(project) if sees_project(call, project) => Ok(project),
        _ if call.caller.is_none() => Err(Refusal::anonymous(call.product, call.request)),
        _ => Err(Refusal::no_such_project(call.product, asked)),
    }
}

/// The repository of this name or GUID, to someone who may read it. By name only within a project.
pub(super) fn see_repository<'a>(
    call: &Call<'a>,
    project: Option<&Project>,
    asked: &str,
) -> Result<&'a Repository, Refusal> {
    may_read_code(call)?;
    let repositories = &call.world.repositories;
    let found = match (is_guid(asked), project) {
        (true, None) => repositories.iter().find(|repository| repository.id.eq_ignore_ascii_case(asked)),
        (true, Some(project)) => {
            let mut within = repositories.iter().filter(|repository| repository.project == project.name);
            within.find(|repository| repository.id.eq_ignore_ascii_case(asked))
        }
        (false, Some(project)) => {
            let mut within = repositories.iter().filter(|repository| repository.project == project.name);
            within.find(|repository| repository.name.eq_ignore_ascii_case(asked))
        }
        (false, None) => {
            let message = "A project name is required in order to reference a Git repository by name.";
            return Err(Refusal::invalid(message));
        }
    };
    match found {
        Some(repository) if sees_repository(call, repository) => Ok(repository),
        _ if call.caller.is_none() => Err(Refusal::anonymous(call.product, call.request)),
        _ => Err(Refusal::no_such_repository(asked)),
    }
}

pub(super) fn sees_project(call: &Call<'_>, project: &Project) -> bool {
    let mut within = call.world.repositories.iter().filter(|repository| repository.project == project.name);
    project.public || within.any(|repository| permission(call, repository).is_some())
}

pub(super) fn sees_repository(call: &Call<'_>, repository: &Repository) -> bool {
    let public = call.world.project(&repository.project).is_some_and(|project| project.public);
    public || permission(call, repository).is_some()
}

/// What the caller's account may do, whatever its token may.
fn permission(call: &Call<'_>, repository: &Repository) -> Option<Permission> {
    repository.collaborators.get(&call.caller?.account.login).copied()
}

/// Whether the token may read code at all. Nobody's token is no hindrance to what everybody may read.
pub(super) fn may_read_code(call: &Call<'_>) -> Result<(), Refusal> {
    match call.caller {
        Some(caller) if !caller.token.has_one_of(READING) => Err(lacks_scope(call)),
        _ => Ok(()),
    }
}

pub(super) fn may_write_code(call: &Call<'_>) -> Result<(), Refusal> {
    let caller = call.known_caller()?;
    if caller.token.has_one_of(WRITING) { Ok(()) } else { Err(lacks_scope(call)) }
}

pub(super) fn may_read_identities(call: &Call<'_>) -> Result<(), Refusal> {
    let caller = call.known_caller()?;
    if caller.token.has_one_of(IDENTITIES) { Ok(()) } else { Err(lacks_scope(call)) }
}

fn lacks_scope(call: &Call<'_>) -> Refusal {
    Refusal::lacks_scope(call.world.scope_refusal, call.product, call.request)
}

/// Whether the caller's account may change the repository, which is answered in more than one way.
pub(super) fn contributes(call: &Call<'_>, repository: &Repository) -> bool {
    permission(call, repository) >= Some(Permission::Contribute)
}
