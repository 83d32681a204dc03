//! The project's own text for new merge requests: a setting of the paid editions, or the template named `default` in any case,
//! a parent group's and the instance's before that on the project's default branch. (GitLab Docs, "Description templates",
//! "Priority of default description templates".)
//!
//! GitLab lists all that count for a project, the inherited ones first, and reads of several of one name the nearest. (GitLab
//! Docs, "Project templates API".) Where it does not list them, as before 13.3, the project's own file is looked for, which
//! the API knows only as it is written: in the usual spellings.

use countersign_sdk::types::Failure;
use countersign_sdk::{Reply, Url};
use serde::Deserialize;

use crate::api::{Api, MAX_PAGE_SIZE, ProjectId, next_page};
use crate::repositories::{Part, project, refused};

/// What GitLab calls the default one, in any case.
const DEFAULT: &str = "default";
/// Most pages of names read in search of it: 500 templates.
const MAX_PAGES: usize = 5;
/// Templates below a project.
const TEMPLATES: [&str; 2] = ["templates", "merge_requests"];

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
    match listed(api, &number)? {
        Listed::Default(text) => Ok(Some(text)),
        Listed::NoDefault => Ok(None),
        Listed::Untold => file(api, &number, &branch),
    }
}

/// What GitLab's own list has for a default.
enum Listed {
    Default(String),
    /// None, or an empty one.
    NoDefault,
    /// It does not tell.
    Untold,
}

fn listed(api: &Api<'_>, id: &ProjectId) -> Result<Listed, Failure> {
    let mut number = 1;
    for _ in 0..MAX_PAGES {
        let url = api.project_url(id, TEMPLATES);
        let url = url.query("per_page", &MAX_PAGE_SIZE.to_string()).query("page", &number.to_string());
        let Some(reply) = ask(api, id, url)? else {
            return Ok(Listed::Untold);
        };
        let page: Vec<WireName> = reply.json("a list of templates")?;
        if let Some(found) = page.iter().find(|one| one.name.eq_ignore_ascii_case(DEFAULT)) {
            return content(api, id, &found.key);
        }
        match next_page(&reply, number) {
            Some(next) => number = next,
            None => return Ok(Listed::NoDefault),
        }
    }
    Ok(Listed::Untold)
}

fn content(api: &Api<'_>, id: &ProjectId, key: &str) -> Result<Listed, Failure> {
    let Some(reply) = ask(api, id, api.project_url(id, TEMPLATES).segment(key))? else {
        return Ok(Listed::Untold);
    };
    let template: WireTemplate = reply.json("a template")?;
    Ok(template.content.filter(|text| !text.is_empty()).map_or(Listed::NoDefault, Listed::Default))
}

/// None where GitLab does not answer although it shows the project: a server too old for this list (400, 404), a role that is
/// too low (403), a template taken away meanwhile (404) or one that is no text (500). Whether that is a refusal of more is
/// for the project's own file to show.
fn ask(api: &Api<'_>, id: &ProjectId, url: Url) -> Result<Option<Reply>, Failure> {
    let reply = api.client.get(url)?;
    match reply.status {
        200 => Ok(Some(reply)),
        400 | 403 | 404 | 500 => Ok(None),
        _ => Err(refused(api, &reply, id, Part::Code(""))),
    }
}

fn file(api: &Api<'_>, id: &ProjectId, branch: &str) -> Result<Option<String>, Failure> {
    for name in SPELLINGS {
        if let Some(text) = read(api, id, &format!("{DIRECTORY}/{name}"), branch)? {
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

#[derive(Deserialize)]
struct WireName {
    key: String,
    name: String,
}

#[derive(Deserialize)]
struct WireTemplate {
    content: Option<String>,
}
