//! What the vendor's own clients ask first: which resources there are and in which versions, and on which host an area is.

use serde_json::{Value, json};

use super::call::{Call, Outcome, list};
use super::product::Side;
use super::refusal::Refusal;
use super::version::ApiVersion;

/// A resource by its location: the name clients know it by.
struct Resource {
    id: &'static str,
    area: &'static str,
    name: &'static str,
    route: &'static str,
    since: ApiVersion,
    is_released: bool,
    side: Side,
}

const fn released(id: &'static str, area: &'static str, name: &'static str, route: &'static str) -> Resource {
    Resource { id, area, name, route, since: ApiVersion(1, 0), is_released: true, side: Side::Code }
}

const RESOURCES: &[Resource] = &[
    released("603fe2ac-9723-48b9-88ad-09305aa6c6e1", "core", "projects", "_apis/{resource}/{*projectId}"),
    released(
        "225f7195-f9c7-4d14-ab28-a83f7ff77e1f",
        "git",
        "repositories",
        "{project}/_apis/{area}/{resource}/{repositoryId}",
    ),
    released(
        "2d874a60-a811-4f62-9c9f-963a6ea0a55b",
        "git",
        "refs",
        "{project}/_apis/{area}/repositories/{repositoryId}/{resource}/{*filter}",
    ),
    released(
        "d5b216de-d8d5-4d32-ae76-51df755b16d3",
        "git",
        "branchStats",
        "{project}/_apis/{area}/repositories/{repositoryId}/stats/branches",
    ),
    released(
        "fb93c0db-47ed-4a31-8c20-47552878fb44",
        "git",
        "items",
        "{project}/_apis/{area}/repositories/{repositoryId}/{resource}/{*path}",
    ),
    released(
        "9946fd70-0d40-406e-b686-b4744cbbcc37",
        "git",
        "pullRequests",
        "{project}/_apis/{area}/repositories/{repositoryId}/{resource}/{pullRequestId}",
    ),
    released("a5d28130-9cd2-40fa-9f08-902e7daa9efb", "git", "pullRequests", "{project}/_apis/{area}/{resource}"),
    Resource {
        since: ApiVersion(3, 0),
        ..released(
            "01a46dea-7d46-4d40-bc84-319e7c260d99",
            "git",
            "pullRequests",
            "{project}/_apis/{area}/{resource}/{pullRequestId}",
        )
    },
    released(
        "4b6702c7-aa35-4b89-9c96-b9abf6d3e540",
        "git",
        "pullRequestReviewers",
        "{project}/_apis/{area}/repositories/{repositoryId}/pullRequests/{pullRequestId}/reviewers/{reviewerId}",
    ),
    Resource {
        side: Side::Identities,
        ..released("28010c54-d0c0-4c89-a5b0-1c9e188b9fb7", "IMS", "Identities", "_apis/{resource}/{*identityId}")
    },
    Resource {
        is_released: false,
        side: Side::Both,
        ..released("00d9565f-ed9c-4a06-9a50-00e7896ccab4", "Location", "ConnectionData", "_apis/{resource}")
    },
    Resource {
        since: ApiVersion(3, 2),
        is_released: false,
        side: Side::Both,
        ..released("e81700f7-3be2-46de-8624-2eb35882fcaa", "Location", "ResourceAreas", "_apis/{resource}/{areaId}")
    },
];

/// Areas, by the names clients know them by.
const AREAS: &[(&str, &str, Side)] = &[
    ("4e080c62-fa21-4fbc-8fef-2a10a2b38049", "git", Side::Code),
    ("79134c72-4a58-4b42-976c-04e7115f32bf", "core", Side::Code),
    ("8a3d49b8-91f0-46ef-b33d-dda338c25db3", "IMS", Side::Identities),
];

pub(super) fn resources(call: &Call<'_>) -> Outcome {
    Ok(list(&located(call, |_| true)))
}

/// Of one area, whose name may be in any case. An area without resources here may well have some in reality.
pub(super) fn resources_of(call: &Call<'_>, area: &str) -> Outcome {
    let found = located(call, |resource| resource.area.eq_ignore_ascii_case(area));
    if found.is_empty() { Err(Refusal::not_served(call.request)) } else { Ok(list(&found)) }
}

fn located(call: &Call<'_>, wanted: impl Fn(&Resource) -> bool) -> Vec<Value> {
    let newest = call.product.newest();
    let side = call.product.side(&call.request.origin);
    let here = |resource: &&Resource| {
        let on_this_side = side == Side::Both || resource.side == Side::Both || resource.side == side;
        on_this_side && resource.since <= newest.preview && wanted(resource)
    };
    let shape = |resource: &Resource| {
        let version = if resource.is_released { newest.released } else { ApiVersion(0, 0) };
        json!({
            "id": resource.id, "area": resource.area, "resourceName": resource.name, "routeTemplate": resource.route,
            "resourceVersion": 1, "minVersion": resource.since.to_string(), "maxVersion": newest.preview.to_string(),
            "releasedVersion": version.to_string(),
        })
    };
    RESOURCES.iter().filter(here).map(shape).collect()
}

/// Servers of one's own have everything in one place and say so with an empty list.
pub(super) fn areas(call: &Call<'_>) -> Outcome {
    call.known_caller()?;
    if !call.product.is_hosted() {
        return Ok(list(&[]));
    }
    let shape = |(id, name, side): &(&str, &str, Side)| {
        let url = if *side == Side::Identities { call.identity_url("/") } else { call.url("/") };
        json!({ "id": id, "name": name, "locationUrl": url })
    };
    let found: Vec<Value> = AREAS.iter().map(shape).collect();
    Ok(list(&found))
}
