//! Team projects.

use serde_json::{Value, json};

use super::LONG_AGO;
use crate::standin::azure_devops::call::Call;
use crate::standin::azure_devops::world::{Project, guid};

/// `TeamProjectReference`.
pub(in crate::standin::azure_devops) fn listed(call: &Call<'_>, project: &Project) -> Value {
    let mut shape = json!({
        "id": project.id, "name": project.name, "url": call.url(&format!("/_apis/projects/{}", project.id)),
        "state": "wellFormed", "revision": 12, "visibility": if project.public { "public" } else { "private" },
    });
    if call.product.since(6, 0) {
        shape["lastUpdateTime"] = json!(LONG_AGO);
    }
    shape
}

/// `TeamProject`.
pub(in crate::standin::azure_devops) fn full(call: &Call<'_>, project: &Project) -> Value {
    let mut shape = listed(call, project);
    let (team, name) = (guid("07ea", 1), &project.name);
    shape["_links"] = json!({
        "self": { "href": shape["url"] }, "web": { "href": call.url(&format!("/{name}")) },
        "collection": { "href": call.url(&format!("/_apis/projectCollections/{}", guid("c011", 1))) },
    });
    shape["defaultTeam"] = json!({
        "id": team, "name": format!("{name} Team"), "url": call.url(&format!("/_apis/projects/{}/teams/{team}", project.id)),
    });
    shape
}
