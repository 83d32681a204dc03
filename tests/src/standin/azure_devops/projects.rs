//! Team projects.

use serde_json::Value;

use super::access::{see_project, sees_project};
use super::call::{Call, Outcome, ok};
use super::paging::page_of_numbers;
use super::shapes;

/// Projects per page when a request does not say.
const DEFAULT_TOP: usize = 100;

pub(super) fn list(call: &Call<'_>) -> Outcome {
    call.known_caller()?;
    let seen = call.world.projects.iter().filter(|project| sees_project(call, project));
    let items: Vec<Value> = seen.map(|project| shapes::project::listed(call, project)).collect();
    Ok(page_of_numbers(call, &items, DEFAULT_TOP))
}

pub(super) fn get(call: &Call<'_>, asked: &str) -> Outcome {
    Ok(ok(&shapes::project::full(call, see_project(call, asked)?)))
}
