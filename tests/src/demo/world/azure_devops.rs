//! An Azure DevOps for a row: a team project with one repository that everybody in the row may push to.

use anyhow::Context as _;

use super::started::{FIRST_ACCOUNT_ID, Started};
use crate::demo::integrations::Row;
use crate::standin::azure_devops::{Builder, NewRepository, Permission, Token};
use crate::standin::listen::Doors;

/// Code to read and write, and people to be found as reviewers.
const SCOPES: [&str; 2] = ["vso.code_write", "vso.identity"];

pub(super) async fn start(empty: Builder, row: &Row, doors: Doors) -> anyhow::Result<Started> {
    let (project, _) = row.repository.split_once('/').context("a repository is project/name")?;
    let mut scene = empty.doors(|_| doors).project(project);
    let mut repository = NewRepository::named(row.repository);
    for (id, credential) in (FIRST_ACCOUNT_ID..).zip(row.everybody()) {
        let login = credential.login;
        scene = scene.account(login, id).token(login, Token::pat(credential.shown(), &SCOPES));
        repository = repository.collaborator(login, Permission::Contribute);
    }
    let azure = scene.repository(repository).start().await?;
    let client_url = azure.url();
    Ok(Started::new(azure, client_url))
}
