//! One-time links that open pages for a Jira user.

use crypto::{new_token, sha256};
use serde_json::{Map, json};

use super::rates::Asked;
use super::repeats::Alike;
use super::{App, Ask, Asker, OperationError, decision};
use model::policy::users_may_have_pats;
use model::{ActAs, IntegrationId, PageContext, PageLink, PageName, Timestamp, Visitor};

/// How long a link works: a moment later it is opened, or a user comes back to a tab of hers.
const LIFETIME_MS: i64 = 30 * 60 * 1000;

const MAKE: &str = "page-link.make";

/// A link that was just made. The address holds the secret; it is not kept.
#[derive(Debug)]
pub struct NewPageLink {
    /// Works once.
    pub url: String,
    /// Works until then.
    pub expires_at: Timestamp,
    /// Where the user makes a PAT, for a link to the page where she saves it.
    pub credential_page: Option<String>,
}

impl Asker {
    /// The same, as her pages know her.
    pub fn visitor(&self) -> Visitor {
        Visitor {
            user: self.user.clone(),
            project: self.project.clone(),
            connector: self.connector.clone(),
            names: self.names.clone(),
        }
    }

    /// The same, asking something of an integration.
    pub fn of(&self, integration: IntegrationId, act_as: ActAs) -> Ask {
        Ask { asker: self.clone(), integration, act_as, attempt_token: String::new(), told: None }
    }
}

/// Makes a link for the user who asks. Every address in the context has been held to the connector's origins.
pub async fn make_page_link(app: &App, asker: &Asker, context: PageContext) -> Result<NewPageLink, OperationError> {
    let mut credential_page = None;
    let author = match &context.integration {
        Some(integration) => {
            let ask = asker.of(integration.clone(), ActAs::User);
            let found = decision::find(app, &ask, MAKE).await?;
            if context.page == PageName::SetUp {
                let may_have_one = users_may_have_pats(&found.integration().connection.user_credentials);
                decision::decided(app, &ask, MAKE, may_have_one).await?;
                credential_page = found.integration().connection.credential_page_at(app.clock.now());
            }
            ask.author()
        }
        None if context.page == PageName::SetUp => {
            return Err(OperationError::invalid("integration", "is missing: name the one to save a PAT for"));
        }
        None => {
            decision::list(app, asker, MAKE).await?;
            asker.author(None)
        }
    };
    app.frequency.count(&author.actor, Asked::Link).map_err(OperationError::TooOften)?;
    let token = new_token(&*app.random);
    let expires_at = app.clock.now().plus_ms(LIFETIME_MS);
    let details = Map::from_iter([
        ("page".to_owned(), json!(context.page)),
        ("project".to_owned(), json!(asker.project())),
        ("expires_at".to_owned(), json!(expires_at)),
    ]);
    let link = PageLink { visitor: asker.visitor(), context, expires_at };
    let entry = author.changed(app, MAKE, details);
    let due = app.repeats.note(Alike::link(&link, &entry), entry);
    app.store.add_page_link(sha256(token.as_bytes()), link, due).await?;
    Ok(NewPageLink { url: format!("{}/open/{}", app.config.public_url, *token), expires_at, credential_page })
}

/// The same to the page where a user saves a PAT for an integration.
pub async fn make_set_up_link(app: &App, ask: &Ask, return_to: Option<String>) -> Result<NewPageLink, OperationError> {
    let integration = Some(ask.integration.clone());
    let context = PageContext { page: PageName::SetUp, issue: None, integration, repository: None, return_to };
    make_page_link(app, &ask.asker, context).await
}

/// Looks at a link without using it up.
pub async fn peek_page_link(app: &App, token: &str) -> Result<Option<PageLink>, OperationError> {
    Ok(app.store.peek_page_link(sha256(token.as_bytes()), app.clock.now()).await?)
}
