//! `countersign admin`: tokens administrators call the API with. A token is shown once; only its hash is kept.

use clap::Subcommand;
use crypto::{SystemRandom, new_token, sha256};
use serde_json::json;

use super::answer::Answer;
use super::context::{Context, changed};
use crate::api::ADMIN_TOKEN_PREFIX;

/// Longest label, in characters.
const MAX_LABEL_CHARS: usize = 64;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make a token for an administrator, and print it: it is not shown again
    Token {
        /// Whose it is or what it is for; stands in the audit log
        #[arg(long, default_value = "command line", value_parser = label)]
        label: String,
    },
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Answer> {
        let Command::Token { label } = self;
        let app = context.open()?;
        let token = format!("{ADMIN_TOKEN_PREFIX}{}", *new_token(&SystemRandom));
        let audit = changed(&app, "admin-token.add", [("label", json!(label))]);
        app.store.add_admin_token(sha256(token.as_bytes()), &label, audit).await?;
        Ok(Answer::new(token.clone(), json!({ "token": token, "label": label })))
    }
}

fn label(text: &str) -> Result<String, String> {
    let fits = (1..=MAX_LABEL_CHARS).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
        .ok_or_else(|| format!("a label has 1 to {MAX_LABEL_CHARS} characters, none of them a control character"))
}
