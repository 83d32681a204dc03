//! Sites: the Jiras whose users are known.

use super::change::Change;
use super::{Administration, Expected};
use crate::operate::{App, OperationError};
use model::{DisplayName, Revision, Site, SiteId};

/// What a site is added as.
#[derive(Debug, Clone)]
pub struct NewSite {
    /// How projects and connectors name it.
    pub id: SiteId,
    /// For people; none: the id.
    pub name: Option<DisplayName>,
}

/// All sites, in order of id.
pub async fn sites(app: &App) -> Result<Vec<Site>, OperationError> {
    Ok(app.store.sites().await?)
}

/// One site.
pub async fn site(app: &App, id: &SiteId) -> Result<Site, OperationError> {
    app.store.site(id).await?.ok_or_else(|| OperationError::Missing(format!("site {id}")))
}

/// Makes a site known.
pub async fn add_site(app: &App, by: &Administration, new: NewSite) -> Result<Site, OperationError> {
    let name = new.name.unwrap_or_else(|| DisplayName::parse(new.id.as_str()).expect("an id is a name"));
    let site = Site { id: new.id, name, created_at: app.clock.now(), revision: Revision::FIRST };
    let audit = Change::SiteAdded(&site).entry(app, by);
    let revision = app.store.add_site(site.clone(), audit).await?;
    Ok(Site { revision, ..site })
}

/// Renames a site.
pub async fn change_site(
    app: &App,
    by: &Administration,
    id: &SiteId,
    expected: &Expected,
    name: Option<DisplayName>,
) -> Result<Site, OperationError> {
    let before = site(app, id).await?;
    expected.hold(before.revision, || format!("site {id}"))?;
    let after = Site { name: name.unwrap_or_else(|| before.name.clone()), ..before.clone() };
    if after == before {
        return Ok(before);
    }
    let audit = Change::SiteChanged { before: &before, after: &after }.entry(app, by);
    let revision = app.store.change_site(after.clone(), audit).await?;
    Ok(Site { revision, ..after })
}

/// Removes a site with every PAT of its users. Connectors and integrations that name it have to go first.
pub async fn remove_site(
    app: &App,
    by: &Administration,
    id: &SiteId,
    expected: &Expected,
) -> Result<(), OperationError> {
    let found = site(app, id).await?;
    expected.hold(found.revision, || format!("site {id}"))?;
    let audit = Change::SiteRemoved(&found).entry(app, by);
    if app.store.remove_site(id, Some(found.revision), audit).await? {
        return Ok(());
    }
    Err(OperationError::Missing(format!("site {id}")))
}
