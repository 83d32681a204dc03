//! One-time links to the page where a user saves her PAT.

use crypto::{new_token, sha256};
use serde_json::{Map, json};

use super::{Ask, OperationError, entry};
use crate::app::App;
use model::{ActAs, AuditEvent, SetupLink, Timestamp};

/// How long a link works: time to make a token on the git server's pages.
const LIFETIME_MS: i64 = 30 * 60 * 1000;

/// A link that was just made. The address holds the secret; it is not kept.
#[derive(Debug)]
pub struct NewSetupLink {
    pub url: String,
    pub expires_at: Timestamp,
}

/// Makes a link for the user who asks. `return_to` has been held to the connector's origins.
pub async fn make_setup_link(app: &App, ask: &Ask, return_to: Option<String>) -> Result<NewSetupLink, OperationError> {
    let link = SetupLink {
        integration: ask.integration.clone(),
        user: ask.user.clone(),
        project: ask.project.clone(),
        connector: ask.connector.clone(),
        return_to,
        expires_at: app.clock.now().plus_ms(LIFETIME_MS),
    };
    store_link(app, ask, link).await
}

/// After a refused PAT: another link in place of the one just used up, for what is left of its time.
pub async fn renew_setup_link(app: &App, ask: &Ask, used: SetupLink) -> Result<NewSetupLink, OperationError> {
    store_link(app, ask, used).await
}

async fn store_link(app: &App, ask: &Ask, link: SetupLink) -> Result<NewSetupLink, OperationError> {
    let token = new_token(&*app.random);
    let expires_at = link.expires_at;
    let details = Map::from_iter([("expires_at".to_owned(), json!(expires_at))]);
    let audit = entry(app, ask, AuditEvent::Changed, "setup-link.make", details);
    app.store.add_setup_link(sha256(token.as_bytes()), link, audit).await?;
    Ok(NewSetupLink { url: format!("{}/setup/{}", app.config.public_url, *token), expires_at })
}

/// Looks at a link without using it up.
pub async fn peek_setup_link(app: &App, token: &str) -> Result<Option<SetupLink>, OperationError> {
    Ok(app.store.peek_setup_link(sha256(token.as_bytes()), app.clock.now()).await?)
}

/// Uses a link up: of any number of callers, one gets it.
pub async fn take_setup_link(app: &App, token: &str) -> Result<Option<SetupLink>, OperationError> {
    Ok(app.store.take_setup_link(sha256(token.as_bytes()), app.clock.now()).await?)
}

/// What a link allows: to act as its user, in its project, on its integration. The connector vouched for the user's
/// permission when it asked for the link.
pub fn ask_of(link: &SetupLink, request_id: String) -> Ask {
    Ask {
        connector: link.connector.clone(),
        user: link.user.clone(),
        project: link.project.clone(),
        may_view_development_tools: true,
        integration: link.integration.clone(),
        act_as: ActAs::User,
        attempt_token: String::new(),
        request_id,
    }
}
