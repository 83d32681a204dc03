//! One-time links to the page where a user saves her PAT.

use crypto::{new_token, sha256};
use serde_json::{Map, json};

use super::decision::{self, Found};
use super::{App, Ask, Asker, OperationError};
use model::policy::users_may_have_pats;
use model::{ActAs, SetupLink, Timestamp};

/// How long a link works: time to make a token on the git server's pages.
const LIFETIME_MS: i64 = 30 * 60 * 1000;

const MAKE: &str = "setup-link.make";

/// A link that was just made. The address holds the secret; it is not kept.
#[derive(Debug)]
pub struct NewSetupLink {
    /// Works once.
    pub url: String,
    /// Works until then.
    pub expires_at: Timestamp,
    /// Where the user makes a PAT, with the form filled in.
    pub credential_page: Option<String>,
}

/// Makes a link for the user who asks. `return_to` has been held to the connector's origins.
pub async fn make_setup_link(app: &App, ask: &Ask, return_to: Option<String>) -> Result<NewSetupLink, OperationError> {
    let link = SetupLink {
        integration: ask.integration.clone(),
        user: ask.user().clone(),
        project: ask.asker.project.clone(),
        connector: ask.asker.connector.clone(),
        return_to,
        expires_at: app.clock.now().plus_ms(LIFETIME_MS),
    };
    let found = decision::find(app, ask, MAKE).await?;
    users_may_have_pats(&found.integration().connection.user_credentials).map_err(OperationError::Denied)?;
    store_link(app, ask, &found, link).await
}

/// After a refused PAT: another link in place of the one just used up, for what is left of its time.
pub async fn renew_setup_link(app: &App, ask: &Ask, used: SetupLink) -> Result<NewSetupLink, OperationError> {
    let found = decision::find(app, ask, MAKE).await?;
    store_link(app, ask, &found, used).await
}

async fn store_link(app: &App, ask: &Ask, found: &Found, link: SetupLink) -> Result<NewSetupLink, OperationError> {
    let token = new_token(&*app.random);
    let expires_at = link.expires_at;
    let details = Map::from_iter([("expires_at".to_owned(), json!(expires_at))]);
    let audit = ask.author().changed(app, MAKE, details);
    app.store.add_setup_link(sha256(token.as_bytes()), link, audit).await?;
    let credential_page = found.integration().connection.credential_page_at(app.clock.now());
    Ok(NewSetupLink { url: format!("{}/setup/{}", app.config.public_url, *token), expires_at, credential_page })
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
    let asker = Asker {
        connector: link.connector.clone(),
        user: link.user.clone(),
        project: link.project.clone(),
        may_view_development_tools: true,
        request_id,
    };
    Ask { asker, integration: link.integration.clone(), act_as: ActAs::User, attempt_token: String::new() }
}
