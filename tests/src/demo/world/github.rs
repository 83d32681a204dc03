//! A GitHub for a row: an organisation with one private repository that everybody in the row may push to.

use anyhow::Context as _;

use super::started::{FIRST_ACCOUNT_ID, Started};
use crate::demo::integrations::Row;
use crate::standin::github::{GitHub, NewRepository, Permission, Product, Token};
use crate::standin::listen::Doors;

pub(super) async fn start(product: Product, row: &Row, doors: Doors) -> anyhow::Result<Started> {
    let prefix = product.api_prefix();
    let empty = match product {
        Product::Cloud => GitHub::cloud(),
        Product::Enterprise { version } => GitHub::enterprise(&version),
    };
    let (organization, _) = row.repository.split_once('/').context("a repository is owner/name")?;
    let mut scene = empty.doors(|_| doors).organization(organization, FIRST_ACCOUNT_ID - 1);
    let mut repository = NewRepository::named(row.repository).private();
    for (id, credential) in (FIRST_ACCOUNT_ID..).zip(row.everybody()) {
        let login = credential.login;
        scene = scene.account(login, id).token(login, Token::classic(credential.shown(), &["repo", "user"]));
        repository = repository.collaborator(login, Permission::Push);
    }
    let github = scene.repository(repository).start().await?;
    // Clients of Enterprise Server are given its address and append the prefix themselves.
    let client_url = github.url().trim_end_matches(prefix).to_owned();
    Ok(Started::new(github, client_url))
}
