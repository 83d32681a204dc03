//! `countersign policy`: the rules over all integrations.

use clap::{ArgGroup, Args, Subcommand};
use serde_json::json;

use super::answer::{Answer, document};
use super::arguments::{DryRun, Given, Switch, given_timestamp};
use super::context::{Context, administration};
use super::failure;
use crate::operate::App;
use crate::operate::administration::{self, Blocked, Expected, MAX_NAMED, RulesPatch};
use crate::view::PolicyView;
use model::{Rules, Timestamp};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Show the rules
    Show,
    /// Change the rules; what is not named stays as it is
    Set(Set),
}

#[derive(Args)]
#[command(group = ArgGroup::new("rule").required(true).multiple(true))]
#[command(override_usage = "countersign policy set [OPTIONS]")]
pub(super) struct Set {
    /// Whether branches and pull requests need a PAT everywhere
    #[arg(long, value_name = "on|off", hide_possible_values = true, group = "rule")]
    require_user_pat: Option<Switch>,
    /// When that begins to hold; empty: at once
    #[arg(long, value_name = "DATE", value_parser = given_timestamp, group = "rule")]
    require_user_pat_from: Option<Given<Timestamp>>,
    /// Whether looking, too, needs one; needs --require-user-pat
    #[arg(long, value_name = "on|off", hide_possible_values = true, group = "rule")]
    enforce_git_permissions: Option<Switch>,
    #[command(flatten)]
    dry_run: DryRun,
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Answer> {
        let app = context.open()?;
        if let Command::Set(set) = self {
            let (by, trial) = (administration(), set.dry_run.trial());
            let changed = administration::set_policy(&app, &by, &Expected::Any, set.into_patch(), trial).await;
            let changed = changed.map_err(|error| {
                let argument = |field: &str| format!("--{}", field.replace('_', "-"));
                failure::of_operation(error, "countersign policy show", argument)
            })?;
            if let Some(blocked) = &changed.blocked {
                let text =
                    format!("nothing is changed; it would be: {}\n{}", told(changed.policy.rules), concerned(blocked));
                return Ok(Answer::new(text, document(&PolicyView::from(changed))));
            }
        }
        show(&app).await
    }
}

impl Set {
    fn into_patch(self) -> RulesPatch {
        RulesPatch {
            require_user_pat: self.require_user_pat.map(Switch::is_on),
            require_user_pat_from: self.require_user_pat_from,
            enforce_git_permissions: self.enforce_git_permissions.map(Switch::is_on),
        }
    }
}

async fn show(app: &App) -> anyhow::Result<Answer> {
    let policy = administration::policy(app).await?;
    let without_pats: Vec<String> =
        administration::without_user_pats(app).await?.iter().map(|record| record.id.to_string()).collect();
    let mut text = told(policy.rules);
    if policy.rules.require_user_pat && !without_pats.is_empty() {
        text += &format!("\nno user can have a PAT, so nothing can be created, in: {}", without_pats.join(", "));
    }
    let mut shown = document(&PolicyView::from(policy));
    shown["integrations_without_user_pats"] = json!(without_pats);
    Ok(Answer::new(text, shown))
}

/// Whom it would concern.
pub(super) fn concerned(blocked: &Blocked) -> String {
    let Blocked { people, seen, seen_within_days, is_required, is_closed: _ } = blocked;
    if !is_required {
        return "no rule would be on, which keeps nobody from creating".to_owned();
    }
    let count = people.len();
    let mut text =
        format!("of {seen} users seen within {seen_within_days} days, {count} could create nothing once it holds");
    let named = people.iter().take(MAX_NAMED).map(|(user, names)| match &names.display_name {
        Some(name) => format!("{}/{} ({name})", user.site, user.id),
        None => format!("{}/{}", user.site, user.id),
    });
    for name in named {
        text += &format!("\n  {name}");
    }
    if count > MAX_NAMED {
        text += &format!("\n  and {} more: `countersign integration coverage` shows them", count - MAX_NAMED);
    }
    text
}

fn told(rules: Rules) -> String {
    let mut text = if rules.require_user_pat {
        "require-user-pat is on: in every integration, branches and pull requests need a PAT of the user"
    } else {
        "require-user-pat is off: each integration says for itself whether a PAT of the user is needed"
    }
    .to_owned();
    if rules.enforce_git_permissions {
        text += "\nenforce-git-permissions is on: looking at repositories and branches needs one, too";
    }
    if let Some(from) = rules.require_user_pat_from {
        text += &format!("\nthat holds from {from} on; before, it is announced, and denies nothing");
    }
    text
}
