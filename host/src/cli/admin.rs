//! `countersign admin`: tokens administrators call the API with. A token is shown once; only its hash is kept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Subcommand;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::json;

use super::answer::Answer;
use super::context::{Context, changed};
use crate::api::ADMIN_TOKEN_PREFIX;

/// Random bytes of a token, which base64 makes 43 characters.
const TOKEN_BYTES: usize = 32;
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
        let token = new_token();
        let hash = digest(&SHA256, token.as_bytes()).as_ref().try_into().expect("SHA-256 has 32 bytes");
        let audit = changed(&app, "admin-token.add", [("label", json!(label))]);
        app.store.add_admin_token(hash, &label, audit).await?;
        Ok(Answer::new(token.clone(), json!({ "token": token, "label": label })))
    }
}

fn new_token() -> String {
    let mut secret = [0; TOKEN_BYTES];
    SystemRandom::new().fill(&mut secret).expect("the system's random source works");
    format!("{ADMIN_TOKEN_PREFIX}{}", URL_SAFE_NO_PAD.encode(secret))
}

fn label(text: &str) -> Result<String, String> {
    let fits = (1..=MAX_LABEL_CHARS).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
        .ok_or_else(|| format!("a label has 1 to {MAX_LABEL_CHARS} characters, none of them a control character"))
}
