//! `countersign policy`: the rule over all integrations.

use clap::Subcommand;
use serde_json::json;

use super::answer::{Answer, document};
use super::arguments::Switch;
use super::context::{Context, administration};
use crate::operate::App;
use crate::operate::administration::{self, Expected};
use crate::view::PolicyView;
use model::UserCredentials;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Show the rule
    Show,
    /// Change the rule
    Set {
        /// Whether branches and pull requests need a PAT of the user everywhere, whatever an integration says
        #[arg(long, value_name = "on|off")]
        require_user_pat: Switch,
    },
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Answer> {
        let app = context.open()?;
        if let Command::Set { require_user_pat } = self {
            let is_on = require_user_pat.is_on();
            administration::set_policy(&app, &administration(), &Expected::Any, is_on).await?;
        }
        show(&app).await
    }
}

async fn show(app: &App) -> anyhow::Result<Answer> {
    let policy = administration::policy(app).await?;
    let mut text = if policy.require_user_pat {
        "require-user-pat is on: in every integration, branches and pull requests need a PAT of the user"
    } else {
        "require-user-pat is off: each integration says for itself whether a PAT of the user is needed"
    }
    .to_owned();
    let without_pats = without_user_pats(app).await?;
    if policy.require_user_pat && !without_pats.is_empty() {
        text += &format!("\nno user can have a PAT, so nothing can be created, in: {}", without_pats.join(", "));
    }
    let mut shown = document(&PolicyView::from(policy));
    shown["integrations_without_user_pats"] = json!(without_pats);
    Ok(Answer::new(text, shown))
}

/// Integrations of kinds that know no user PATs.
async fn without_user_pats(app: &App) -> anyhow::Result<Vec<String>> {
    let unable = |connection: &UserCredentials| matches!(connection, UserCredentials::Unsupported(_));
    let integrations = administration::integrations(app).await?.into_iter();
    Ok(integrations
        .filter(|record| unable(&record.connection.user_credentials))
        .map(|record| record.id.to_string())
        .collect())
}
