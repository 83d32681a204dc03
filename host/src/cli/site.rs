//! `countersign site`: the Jiras whose users are known. Whoever has one Jira needs none of this: it is the site `default`.

use clap::Subcommand;
use serde_json::json;

use super::answer::{Answer, Table, document};
use super::context::{Context, administration};
use super::failure;
use crate::operate::administration::{self, Expected, NewSite};
use crate::operate::{App, OperationError};
use crate::view::{SiteView, Sites};
use model::{DisplayName, SiteId};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make a site known: a Jira Data Center instance, or a Jira Cloud tenant
    Add {
        /// How projects (`ID/KEY`) and connectors name it
        id: SiteId,
        /// For people [default: ID]
        #[arg(long)]
        name: Option<DisplayName>,
    },
    /// List sites
    List,
    /// Rename a site
    Set {
        id: SiteId,
        /// For people
        #[arg(long)]
        name: DisplayName,
    },
    /// Remove a site with every PAT of its users; its connectors have to be removed first
    Remove { id: SiteId },
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Answer> {
        let app = context.open()?;
        match self {
            Command::Add { id, name } => {
                let site = administration::add_site(&app, &administration(), NewSite { id, name }).await;
                let site = site.map_err(explained)?;
                Ok(Answer::new(format!("added site {}", site.id), document(&SiteView::from(site))))
            }
            Command::List => list(&app).await,
            Command::Set { id, name } => {
                let by = administration();
                let changed = administration::change_site(&app, &by, &id, &Expected::Any, Some(name)).await;
                let site = changed.map_err(explained)?;
                Ok(Answer::new(format!("changed site {}", site.id), document(&SiteView::from(site))))
            }
            Command::Remove { id } => {
                let removed = administration::remove_site(&app, &administration(), &id, &Expected::Any).await;
                removed.map_err(explained)?;
                let text = format!("removed site {id} and every PAT of its users");
                Ok(Answer::new(text, json!({ "removed": id })))
            }
        }
    }
}

async fn list(app: &App) -> anyhow::Result<Answer> {
    let sites = administration::sites(app).await?;
    let mut table = Table::new(["ID", "NAME", "ADDED"]);
    for site in &sites {
        table.row([site.id.to_string(), site.name.to_string(), site.created_at.to_string()]);
    }
    let sites = Sites { sites: sites.into_iter().map(SiteView::from).collect() };
    Ok(Answer::new(table.to_string(), document(&sites)))
}

fn explained(error: OperationError) -> anyhow::Error {
    failure::of_operation(error, "countersign site list", |field| format!("--{field}"))
}
