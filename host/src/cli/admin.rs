//! `countersign admin`: tokens administrators call the API with. A token is shown once; only its hash is kept.

use clap::{Args, Subcommand};
use serde_json::json;

use super::answer::{Answer, Table, document, or_dash};
use super::context::{Context, administration};
use super::{arguments, failure};
use crate::operate::{App, OperationError, administration};
use crate::view::{AdminTokenView, AdminTokens, MadeAdminTokenView};
use model::{AdminToken, Timestamp, TokenLabel};

/// What a token is called that nobody named.
const USUAL_LABEL: &str = "command line";

/// What the administrator is called whose link nobody named.
const USUAL_LINK_LABEL: &str = "login link";

#[derive(Subcommand)]
pub(super) enum Command {
    /// Tokens of administrators; without a command, make one
    #[command(args_conflicts_with_subcommands = true)]
    Token {
        #[command(subcommand)]
        command: Option<TokenCommand>,
        #[command(flatten)]
        add: Add,
    },
    /// Print a link that signs in to the administrator's pages, once
    LoginLink(LoginLink),
}

#[derive(Args)]
pub(super) struct LoginLink {
    /// Whose it is; names the administrator in the audit log [default: login link]
    #[arg(long)]
    label: Option<TokenLabel>,
}

#[derive(Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token, and print it: it is not shown again
    Add(Add),
    /// List tokens, with when each ends and was last used
    List,
    /// Revoke a token; it is refused from then on
    Revoke { label: TokenLabel },
}

#[derive(Args)]
pub(super) struct Add {
    /// Whose it is or what it is for, for the audit log [default: command line]
    #[arg(long)]
    label: Option<TokenLabel>,
    /// When it ends: 2027-01-31 (as it begins, in UTC), or 2027-01-31T09:00:00Z
    #[arg(long, value_name = "DATE", value_parser = arguments::timestamp)]
    expires: Option<Timestamp>,
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Answer> {
        let app = context.open()?;
        match self {
            Command::Token { command, add } => match command.unwrap_or(TokenCommand::Add(add)) {
                TokenCommand::Add(add) => add.run(&app).await,
                TokenCommand::List => list(&app).await,
                TokenCommand::Revoke { label } => revoke(&app, &label).await,
            },
            Command::LoginLink(link) => link.run(&app).await,
        }
    }
}

impl LoginLink {
    async fn run(self, app: &App) -> anyhow::Result<Answer> {
        let usual = || TokenLabel::parse(USUAL_LINK_LABEL).expect("it is a label");
        let label = self.label.unwrap_or_else(usual);
        let (url, expires_at) =
            administration::make_login_link(app, &administration(), label.clone()).await.map_err(explained)?;
        let document = json!({ "url": *url, "label": label, "expires_at": expires_at });
        let made = format!("a login link labelled {label} was made, which nobody has and which ends at {expires_at}");
        Ok(Answer::once(url.to_string(), document, made))
    }
}

impl Add {
    async fn run(self, app: &App) -> anyhow::Result<Answer> {
        let label = match self.label {
            Some(label) => label,
            None => free_label(&administration::tokens(app).await?),
        };
        let made = administration::add_token(app, &administration(), label, self.expires).await.map_err(explained)?;
        let label = &made.token.label;
        let lost = format!(
            "the admin token labelled {label} was made, which nobody has: take it back with `countersign admin token revoke \
             '{label}'`"
        );
        let view = MadeAdminTokenView::from(made);
        Ok(Answer::once(view.token.clone(), document(&view), lost))
    }
}

/// The usual one, or with the first number that nobody has.
fn free_label(tokens: &[AdminToken]) -> TokenLabel {
    let numbered = (2..).map(|number| format!("{USUAL_LABEL} ({number})"));
    let is_free = |label: &String| tokens.iter().all(|token| token.label.as_str() != label);
    let free = std::iter::once(USUAL_LABEL.to_owned()).chain(numbered).find(is_free);
    free.and_then(|label| TokenLabel::parse(label).ok()).expect("numbers do not run out")
}

async fn list(app: &App) -> anyhow::Result<Answer> {
    let tokens = administration::tokens(app).await?;
    let now = app.clock.now();
    let mut table = Table::new(["LABEL", "MADE", "ENDS", "LAST USED"]);
    for token in &tokens {
        let ends = or_dash(token.expires_at);
        table.row([
            token.label.to_string(),
            token.created_at.to_string(),
            if token.has_expired(now) { format!("{ends} (refused)") } else { ends },
            or_dash(token.last_used_at),
        ]);
    }
    let tokens = AdminTokens { tokens: tokens.into_iter().map(AdminTokenView::from).collect() };
    Ok(Answer::new(table.to_string(), document(&tokens)))
}

async fn revoke(app: &App, label: &TokenLabel) -> anyhow::Result<Answer> {
    administration::revoke_token(app, &administration(), label).await.map_err(explained)?;
    Ok(Answer::new(format!("revoked the admin token labelled {label}"), json!({ "revoked": label })))
}

fn explained(error: OperationError) -> anyhow::Error {
    failure::of_operation(error, "countersign admin token list", |field| match field {
        "expires_at" => "--expires".to_owned(),
        field => format!("--{field}"),
    })
}
