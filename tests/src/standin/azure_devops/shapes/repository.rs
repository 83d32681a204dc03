//! Repositories: in full, and as a pull request names its own.

use serde_json::{Value, json};

use super::project;
use crate::standin::azure_devops::call::{Call, encoded};
use crate::standin::azure_devops::product::Product;
use crate::standin::azure_devops::world::{Project, Repository};
use crate::standin::git::GitError;

/// `GitRepository`.
pub(in crate::standin::azure_devops) fn full(call: &Call<'_>, repository: &Repository) -> Result<Value, GitError> {
    let mut shape = named(call, repository);
    let path = call.product.web_path(&repository.project, &repository.name);
    let origin = call.product.code_origin(&call.request.origin);
    let web = format!("{origin}{}", encoded(&path));
    shape["remoteUrl"] = json!(remote_url(call.product, &web));
    shape["sshUrl"] = json!(ssh_url(call.product, &origin, &path, repository));
    if repository.git.references()?.branch(&repository.default_branch).is_some() {
        shape["defaultBranch"] = json!(format!("refs/heads/{}", repository.default_branch));
    }
    if call.product.since(5, 0) {
        shape["size"] = json!(1602);
    }
    if call.product.since(6, 0) {
        shape["webUrl"] = json!(web);
    }
    if call.product.since(7, 0) {
        shape["isDisabled"] = json!(repository.disabled);
    }
    if call.product.since(7, 1) {
        shape["isInMaintenance"] = json!(false);
    }
    Ok(shape)
}

/// The same with what a list of pull requests says of it.
pub(in crate::standin::azure_devops) fn named(call: &Call<'_>, repository: &Repository) -> Value {
    let project = project_of(call, repository);
    json!({
        "id": repository.id, "name": repository.name, "url": url(call, repository),
        "project": project.map(|project| project::listed(call, project)),
    })
}

/// Of the API, by ids.
pub(in crate::standin::azure_devops) fn url(call: &Call<'_>, repository: &Repository) -> String {
    let project = project_of(call, repository).map(|project| project.id.as_str()).unwrap_or_default();
    call.url(&format!("/{project}/_apis/git/repositories/{}", repository.id))
}

fn project_of<'a>(call: &Call<'a>, repository: &Repository) -> Option<&'a Project> {
    call.world.project(&repository.project)
}

/// Where to clone from: under the new host with the organisation as the user.
fn remote_url(product: &Product, web: &str) -> String {
    match product {
        Product::Services { organization } => web.replacen("://", &format!("://{organization}@"), 1),
        _ => web.to_owned(),
    }
}

fn ssh_url(product: &Product, origin: &str, path: &str, repository: &Repository) -> String {
    let Repository { project, name, .. } = repository;
    match product {
        Product::Services { organization } => format!("git@ssh.dev.azure.com:v3/{organization}/{project}/{name}"),
        Product::VisualStudio { account } => format!("{account}@vs-ssh.visualstudio.com:v3/{account}/{project}/{name}"),
        Product::Server { .. } => {
            let authority = origin.split_once("://").map_or(origin, |(_, authority)| authority);
            format!("ssh://{}:22{path}", authority.split(':').next().unwrap_or(authority))
        }
    }
}
