//! The connector of this Jira: vouches for a user with a token signed by its own key, and asks for a link to a page for her.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use model::Clock;
use serde_json::{Value, json};

use super::cast::Person;
use crate::daemon::{Draft, Key};
use crate::loopback::http;

/// A registered connector of one daemon.
pub struct Connector {
    pub id: String,
    pub key: Arc<Key>,
    /// What the daemon calls itself: the `aud` of tokens, and the origin of its pages.
    pub public_url: String,
    /// Where its API is reached, without a path.
    pub reached_at: String,
    pub clock: Arc<dyn Clock>,
}

impl Connector {
    /// Asks for a page link, as this user who may view the development tools of one project. `asked` is the request's body.
    ///
    /// # Errors
    /// Where there is no link, in words for whoever clicked.
    pub async fn page_link(&self, person: &Person, project: &str, asked: &Value) -> anyhow::Result<String> {
        let url = format!("{}/api/v1/page-links", self.reached_at);
        let request = http()?.post(url).bearer_auth(self.token(person, project)).json(asked);
        let response = request.send().await.context("Countersign does not answer")?;
        let status = response.status();
        let answer: Value = response.json().await.unwrap_or_default();
        if !status.is_success() {
            // A problem says what is the matter in two texts, a proxy in none.
            let text = |member: &str| answer[member].as_str().unwrap_or_default();
            bail!("Countersign answered {status}. {}: {}", text("title"), text("detail"));
        }
        let link = answer["url"].as_str().context("Countersign's answer holds no link")?;
        Ok(link.to_owned())
    }

    fn token(&self, person: &Person, project: &str) -> String {
        let token = Draft::of(&person.id, &[project.to_owned()], self.clock.now().unix_seconds());
        let token = token.claim("username", json!(person.handle)).claim("display_name", json!(person.name));
        self.key.sign(&token.claim("iss", json!(self.id)).claim("aud", json!(self.public_url)))
    }
}
