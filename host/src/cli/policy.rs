//! `countersign policy`: the rule over all integrations.

use clap::Subcommand;
use serde_json::json;

use super::answer::Answer;
use super::arguments::Switch;
use super::context::{Context, changed};
use crate::app::App;
use model::{Policy, UserCredentials};

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
            let policy = Policy { require_user_pat: require_user_pat.is_on() };
            let audit = changed(&app, "policy.set", [("require_user_pat", json!(policy.require_user_pat))]);
            app.store.set_policy(policy, audit).await?;
        }
        show(&app).await
    }
}

async fn show(app: &App) -> anyhow::Result<Answer> {
    let require_user_pat = app.store.policy().await?.require_user_pat;
    let mut text = match require_user_pat {
        true => "require-user-pat is on: in every integration, branches and pull requests need a PAT of the user",
        false => "require-user-pat is off: each integration says for itself whether a PAT of the user is needed",
    }
    .to_owned();
    let without_pats = without_user_pats(app).await?;
    if require_user_pat && !without_pats.is_empty() {
        text += &format!("\nno user can have a PAT, so nothing can be created, in: {}", without_pats.join(", "));
    }
    let json = json!({ "require_user_pat": require_user_pat, "integrations_without_user_pats": without_pats });
    Ok(Answer::new(text, json))
}

/// Integrations of kinds that know no user PATs.
async fn without_user_pats(app: &App) -> anyhow::Result<Vec<String>> {
    let unable = |connection: &UserCredentials| matches!(connection, UserCredentials::Unsupported(_));
    let integrations = app.store.integrations().await?.into_iter();
    Ok(integrations
        .filter(|record| unable(&record.connection.user_credentials))
        .map(|record| record.id.to_string())
        .collect())
}
