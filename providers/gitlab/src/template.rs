//! The project's own text for new merge requests: a setting of the paid editions, or a file on the default branch.
//!
//! GitLab takes `Default.md` in any case. Its API knows files only as they are written, so the usual spellings are
//! tried. (GitLab Docs, "Description templates".)

use countersign_sdk::types::Failure;

use crate::api::{Api, ProjectId};
use crate::repositories::{Part, project, refused};

const SPELLINGS: [&str; 3] = ["Default.md", "default.md", "DEFAULT.md"];
const DIRECTORY: &str = ".gitlab/merge_request_templates";

pub fn find(api: &Api<'_>, id: &ProjectId) -> Result<Option<String>, Failure> {
    let project = project(api, id)?;
    let number = project.number();
    if let Some(text) = project.merge_requests_template.filter(|text| !text.is_empty()) {
        return Ok(Some(text));
    }
    let Some(branch) = project.default_branch else {
        return Ok(None);
    };
    for name in SPELLINGS {
        if let Some(text) = read(api, &number, &format!("{DIRECTORY}/{name}"), &branch)? {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

/// None where there is no such file, or where what it holds is no text.
fn read(api: &Api<'_>, id: &ProjectId, path: &str, branch: &str) -> Result<Option<String>, Failure> {
    let reply = api.client.get(api.project_url(id, ["repository", "files", path, "raw"]).query("ref", branch))?;
    match reply.status {
        200 => Ok(reply.text().filter(|text| !text.is_empty()).map(str::to_owned)),
        404 => Ok(None),
        _ => Err(refused(api, &reply, id, Part::Code(path))),
    }
}
