//! A GitLab for a row: the groups above one private project that everybody in the row may push to.

use anyhow::Context as _;

use super::started::{FIRST_ACCOUNT_ID, Started};
use crate::demo::integrations::Row;
use crate::standin::gitlab::{Builder, NewRepository, Role, Token};
use crate::standin::listen::Doors;

/// Id of the first group; the following count up.
const FIRST_GROUP_ID: u64 = 901;

pub(super) async fn start(empty: Builder, row: &Row, doors: Doors) -> anyhow::Result<Started> {
    let (group, _) = row.repository.rsplit_once('/').context("a repository is group/name")?;
    let ends = group.match_indices('/').map(|(end, _)| end).chain([group.len()]);
    let mut scene =
        (FIRST_GROUP_ID..).zip(ends).fold(empty.doors(|_| doors), |scene, (id, end)| scene.group(&group[..end], id));
    let mut repository = NewRepository::named(row.repository).private();
    for (id, credential) in (FIRST_ACCOUNT_ID..).zip(row.everybody()) {
        let login = credential.login;
        scene = scene.account(login, id).token(login, Token::personal(credential.shown(), &["api"]));
        repository = repository.collaborator(login, Role::Developer);
    }
    let gitlab = scene.repository(repository).start().await?;
    let client_url = gitlab.web_url();
    Ok(Started::new(gitlab, client_url))
}
