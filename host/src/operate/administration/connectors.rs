//! Connectors: added and removed. Which key is whose never changes: another key is another connector.

use super::change::Change;
use super::{Administration, Expected};
use crate::operate::{App, OperationError};
use model::{Connector, ConnectorId, DisplayName, PublicKey, Revision, SiteId};

/// What a connector is added as.
#[derive(Debug, Clone)]
pub struct NewConnector {
    /// What its tokens say as their issuer.
    pub id: ConnectorId,
    /// The Jira whose users it vouches for.
    pub site: SiteId,
    /// For people; none: the id.
    pub name: Option<DisplayName>,
    /// What its tokens are verified with.
    pub key: PublicKey,
    /// Origins a set-up page may send users back to, in the one form of `model::web_origin`.
    pub return_origins: Vec<String>,
}

/// All connectors, in order of id.
pub async fn connectors(app: &App) -> Result<Vec<Connector>, OperationError> {
    Ok(app.store.connectors().await?)
}

/// Registers a connector of a site.
pub async fn add_connector(app: &App, by: &Administration, new: NewConnector) -> Result<Connector, OperationError> {
    let NewConnector { id, site, name, key, return_origins } = new;
    if app.store.site(&site).await?.is_none() {
        return Err(OperationError::invalid("site", format!("there is no site {site}")));
    }
    let connector = Connector {
        name: name.unwrap_or_else(|| DisplayName::parse(id.as_str()).expect("an id is a name")),
        id,
        site,
        key,
        return_origins,
        created_at: app.clock.now(),
        last_used_at: None,
        revision: Revision::FIRST,
    };
    let audit = Change::ConnectorAdded(&connector).entry(app, by);
    let revision = app.store.add_connector(connector.clone(), audit).await?;
    Ok(Connector { revision, ..connector })
}

/// Removes a connector: its tokens are refused from then on.
pub async fn remove_connector(
    app: &App,
    by: &Administration,
    id: &ConnectorId,
    expected: &Expected,
) -> Result<(), OperationError> {
    let missing = || OperationError::Missing(format!("connector {id}"));
    let connector = app.store.connector(id).await?.ok_or_else(missing)?;
    expected.hold(connector.revision, || format!("connector {id}"))?;
    let audit = Change::ConnectorRemoved(&connector).entry(app, by);
    if app.store.remove_connector(id, Some(connector.revision), audit).await? { Ok(()) } else { Err(missing()) }
}
