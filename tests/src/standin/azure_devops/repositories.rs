//! Repositories: of the whole collection or of one project, all in one answer.

use serde_json::Value;

use super::access::{may_read_code, sees_repository};
use super::call::{Call, Outcome, list as listed, ok};
use super::shapes;
use super::world::{Project, Repository};

pub(super) fn list(call: &Call<'_>, project: Option<&Project>) -> Outcome {
    if project.is_none() {
        call.known_caller()?;
    }
    may_read_code(call)?;
    let wanted = |repository: &&Repository| {
        project.is_none_or(|project| project.name == repository.project) && sees_repository(call, repository)
    };
    let mut items = Vec::new();
    for repository in call.world.repositories.iter().filter(wanted) {
        items.push(shapes::repository::full(call, repository)?);
    }
    items.sort_by_key(|item: &Value| item["name"].as_str().unwrap_or_default().to_lowercase());
    Ok(listed(&items))
}

pub(super) fn get(call: &Call<'_>, repository: &Repository) -> Outcome {
    Ok(ok(&shapes::repository::full(call, repository)?))
}
