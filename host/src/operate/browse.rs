//! The repositories a user finds: one integration's, or those of all that are open to her project, each with the one an
//! administrator set up for the project in front.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde::{Deserialize, Serialize};

use super::{
    App, Ask, Asker, GetRepository, ListRepositories, OpenIntegration, OperationError, look, open_integrations, perform,
};
use model::{
    ActAs, IntegrationId, IntegrationRecord, JiraComponent, Mapping, PageLimit, Repository, RepositoryId, SiteProject,
};

/// What is looked for.
#[derive(Debug)]
pub struct Browse {
    /// One integration; none: all that are open to the project.
    pub integration: Option<IntegrationId>,
    /// Of the Jira issue: they choose which repository is set up.
    pub components: Vec<JiraComponent>,
    /// Part of the name.
    pub query: Option<String>,
    /// Where lists go on; an integration without a place is left out. None: from the start.
    pub places: Option<Places>,
    /// How many rows at most, beside those that are set up.
    pub limit: Rows,
}

/// How many rows a page has.
#[derive(Debug, Clone, Copy)]
pub enum Rows {
    /// Of each integration.
    OfEach(PageLimit),
    /// Of all together, the integrations alike.
    InAll(usize),
}

impl Rows {
    /// Of each, of so many integrations.
    fn of_each(self, integrations: usize) -> PageLimit {
        match self {
            Rows::OfEach(limit) => limit,
            Rows::InAll(rows) => {
                let share = u32::try_from(rows.div_ceil(integrations.max(1))).unwrap_or(u32::MAX);
                PageLimit::of(share.max(1)).unwrap_or(PageLimit::MOST)
            }
        }
    }
}

/// Integration to the place where its list goes on.
pub type Places = BTreeMap<String, Place>;

/// Where a list goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The provider's own cursor.
    pub next: String,
    /// Id of the row that was put in front of the first page, to be left out of the later ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub front: Option<RepositoryId>,
}

/// One integration's part of what was found.
pub struct Found {
    /// As its user asked it.
    pub ask: Ask,
    /// As she finds it.
    pub open: OpenIntegration,
    /// Its rows, or why there are none.
    pub list: Result<List, OperationError>,
}

/// Rows of one integration.
pub struct List {
    /// In the git server's order, the one that is set up in front.
    pub rows: Vec<Row>,
    /// Where it goes on.
    pub next: Option<Place>,
    /// What the git server left out, in a sentence.
    pub left_out: Option<String>,
    /// Why the repository that is set up for the project is not in front.
    pub not_in_front: Option<OperationError>,
}

/// One repository.
pub struct Row {
    /// As its git server tells of it.
    pub repository: Repository,
    /// The mapping that names this very repository.
    pub mapping: Option<Mapping>,
}

/// Asks every git server for its part, all at once. One that says no does not stand in the way of the others.
pub async fn browse(app: &App, asker: &Asker, wanted: &Browse) -> Result<Vec<Found>, OperationError> {
    let mut chosen = chosen(app, asker, wanted.integration.as_ref()).await?;
    let goes_on = |id: &IntegrationId| wanted.places.as_ref().is_none_or(|places| places.contains_key(id.as_str()));
    chosen.retain(|open| goes_on(&open.integration.id));
    let project = asker.project();
    let limit = wanted.limit.of_each(chosen.len());
    let found = chosen.into_iter().map(async |open| {
        let ask = asker.of(open.integration.id.clone(), ActAs::Auto);
        let list = list(app, &ask, &project, &open.integration, wanted, limit).await;
        Found { ask, open, list }
    });
    Ok(join_all(found).await)
}

/// The one that is named, or all that are open to the project.
async fn chosen(
    app: &App,
    asker: &Asker,
    named: Option<&IntegrationId>,
) -> Result<Vec<OpenIntegration>, OperationError> {
    match named {
        Some(named) => Ok(vec![look(app, &asker.of(named.clone(), ActAs::Auto)).await?.into()]),
        None => open_integrations(app, asker).await,
    }
}

async fn list(
    app: &App,
    ask: &Ask,
    project: &SiteProject,
    record: &IntegrationRecord,
    wanted: &Browse,
    limit: PageLimit,
) -> Result<List, OperationError> {
    let mapping = record.mappings.of(project, &wanted.components);
    let set_up = mapping.and_then(|mapping| mapping.repository.as_ref());
    let place = wanted.places.as_ref().and_then(|places| places.get(record.id.as_str()).cloned());
    let is_whole_lists_start = place.is_none() && wanted.query.is_none();
    let (cursor, mut front) = place.map_or((None, None), |place| (Some(place.next), place.front));
    let effect = ListRepositories { query: wanted.query.clone(), cursor, limit };
    let mut page = perform(app, ask, &effect).await?.answer;
    page.items.retain(|item| Some(&item.id) != front.as_ref());
    let mut not_in_front = None;
    if let Some(set_up) = set_up.filter(|_| is_whole_lists_start) {
        match put_in_front(app, ask, set_up, &mut page.items).await {
            Ok(id) => front = Some(id),
            Err(error) => not_in_front = Some(error),
        }
    }
    let default = front.as_ref().or(set_up);
    let row = |repository: Repository| {
        let mapping = mapping.filter(|_| default == Some(&repository.id)).cloned();
        Row { repository, mapping }
    };
    let rows = page.items.into_iter().map(row).collect();
    Ok(List { rows, next: page.next.map(|next| Place { next, front }), left_out: page.partial, not_in_front })
}

/// Moves the repository to the front of the page, or fetches it. Its id is another than `wanted` where it was renamed.
async fn put_in_front(
    app: &App,
    ask: &Ask,
    wanted: &RepositoryId,
    items: &mut Vec<Repository>,
) -> Result<RepositoryId, OperationError> {
    let position = |items: &[Repository], id: &RepositoryId| items.iter().position(|item| item.id == *id);
    if let Some(at) = position(items, wanted) {
        items[..=at].rotate_right(1);
        return Ok(wanted.clone());
    }
    let found = perform(app, ask, &GetRepository { repository: wanted.clone() }).await?.answer;
    let id = found.id.clone();
    match position(items, &id) {
        Some(at) => items[..=at].rotate_right(1),
        None => items.insert(0, found),
    }
    Ok(id)
}
