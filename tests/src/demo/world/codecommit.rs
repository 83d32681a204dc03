//! A CodeCommit for a row: an account of AWS in which everybody in the row may do everything.

use super::started::Started;
use crate::demo::integrations::Row;
use crate::standin::codecommit::token::Key;
use crate::standin::codecommit::{AccessKey, CodeCommit, NewRepository, Statement};
use crate::standin::listen::Doors;

pub(super) async fn start(region: &str, row: &Row, doors: Doors) -> anyhow::Result<Started> {
    let mut scene = CodeCommit::region(region).doors(|_| doors);
    for credential in row.everybody() {
        let key = Key { id: credential.shown(), secret: credential.field("secret_access_key"), session_token: None };
        let login = credential.login;
        let everything = Statement::allow(&["codecommit:*"], "*");
        scene = scene.account(login).policy(login, everything).token(login, AccessKey::new(&key));
    }
    let codecommit = scene.repository(NewRepository::named(row.repository)).start().await?;
    let client_url = codecommit.url();
    Ok(Started::new(codecommit, client_url))
}
