//! A user's stay on her pages: begun with a link, kept by a cookie, with what she typed and what she starred.

use std::collections::BTreeMap;

use crypto::{new_token, random_id, sha256};
use serde_json::{Map, json};
use zeroize::Zeroizing;

use super::author::Asker;
use super::{App, OperationError, background};
use model::{ActingUser, IntegrationId, PageLink, RepositoryId, Visit, VisitId};
use store::{Draft, Favourite, NewVisit};

const BEGIN: &str = "visit.begin";

/// A visit that has just begun, with its secrets.
pub struct BegunVisit {
    /// Whose, where, for what.
    pub visit: Visit,
    /// For the cookie.
    pub secret: Zeroizing<String>,
    /// Stands in for the cookie where none comes back: opens the visit in another window, once and soon.
    pub handover: Zeroizing<String>,
}

/// What an asker on a page may ask for: the connector vouched for her permission when the visit began.
pub fn asker_of(visit: &Visit, request_id: String) -> Asker {
    let visitor = &visit.visitor;
    Asker {
        connector: visitor.connector.clone(),
        user: visitor.user.clone(),
        project: visitor.project.clone(),
        may_view_development_tools: true,
        names: visitor.names.clone(),
        request_id,
    }
}

/// Uses a link up and begins a visit: of any number of callers, one gets it. `link` is what [`super::peek_page_link`] found.
pub async fn begin_visit(
    app: &App,
    token: &str,
    link: &PageLink,
    request_id: String,
) -> Result<Option<BegunVisit>, OperationError> {
    let (secret, handover) = (new_token(&*app.random), new_token(&*app.random));
    let id = VisitId::parse(random_id(&*app.random)).expect("a random id is one of visits");
    let begin = NewVisit {
        id: id.clone(),
        secret: sha256(secret.as_bytes()),
        handover: sha256(handover.as_bytes()),
        now: app.clock.now(),
    };
    let visit = Visit {
        id,
        visitor: link.visitor.clone(),
        context: link.context.clone(),
        began_at: begin.now,
        used_at: begin.now,
        ends_at: begin.now,
    };
    let author = asker_of(&visit, request_id).author(link.context.integration.as_ref());
    let details =
        Map::from_iter([("visit".to_owned(), json!(visit.id)), ("page".to_owned(), json!(link.context.page))]);
    let audit = author.changed(app, BEGIN, details);
    let begun = app.store.begin_visit(sha256(token.as_bytes()), begin, audit).await?;
    Ok(begun.map(|visit| BegunVisit { visit, secret, handover }))
}

/// The visit of that id and secret, one that has ended lately too; its use is noted where it has not.
pub async fn visit(app: &App, id: &VisitId, secret: &str) -> Result<Option<Visit>, OperationError> {
    let now = app.clock.now();
    let found = app.store.visit(id, sha256(secret.as_bytes())).await?;
    if let Some(visit) = &found
        && !visit.has_ended(now)
        && background::is_due(Some(visit.used_at), now)
    {
        let (store, id) = (app.store.clone(), visit.id.clone());
        background::note("the last use of a visit", async move { store.note_visit_use(&id, now).await });
    }
    Ok(found)
}

/// The visit whose cookie did not come back.
pub async fn unsettled_visit(app: &App, id: &VisitId, handover: &str) -> Result<Option<Visit>, OperationError> {
    Ok(app.store.unsettled_visit(id, sha256(handover.as_bytes()), app.clock.now()).await?)
}

/// Its cookie came back: nothing else opens it from now on.
pub async fn settle_visit(app: &App, id: &VisitId) -> Result<(), OperationError> {
    Ok(app.store.settle_visit(id).await?)
}

/// Gives a visit whose cookie did not come back to another window, with a new secret.
pub async fn hand_visit_over(
    app: &App,
    id: &VisitId,
    handover: &str,
) -> Result<Option<(Visit, Zeroizing<String>)>, OperationError> {
    let secret = new_token(&*app.random);
    let (handover, hashed) = (sha256(handover.as_bytes()), sha256(secret.as_bytes()));
    let visit = app.store.hand_visit_over(id, handover, hashed, app.clock.now()).await?;
    Ok(visit.map(|visit| (visit, secret)))
}

/// Keeps what a user typed into a form until she comes back to it. Nothing secret may be in it.
pub async fn keep_draft(
    app: &App,
    user: &ActingUser,
    subject: String,
    fields: BTreeMap<String, String>,
) -> Result<(), OperationError> {
    let draft = Draft { user: user.clone(), subject, fields, kept_at: app.clock.now() };
    Ok(app.store.keep_draft(draft).await?)
}

/// What she typed, if anything is kept.
pub async fn draft(app: &App, user: &ActingUser, subject: &str) -> Result<BTreeMap<String, String>, OperationError> {
    let now = app.clock.now();
    let is_kept = |draft: &Draft| draft.kept_at.plus_ms(Visit::KNOWN_MS) > now;
    let found = app.store.draft(user, subject).await?;
    Ok(found.filter(is_kept).map(|draft| draft.fields).unwrap_or_default())
}

/// It is used up.
pub async fn drop_draft(app: &App, user: &ActingUser, subject: &str) -> Result<(), OperationError> {
    Ok(app.store.drop_draft(user, subject).await?)
}

/// Repositories with a star, in order of name.
pub async fn starred(app: &App, user: &ActingUser) -> Result<Vec<Favourite>, OperationError> {
    Ok(app.store.favourites(user).await?)
}

/// Gives a repository a star, or takes it away.
pub async fn star(
    app: &App,
    user: &ActingUser,
    integration: IntegrationId,
    repository: RepositoryId,
    name: String,
    is_one: bool,
) -> Result<(), OperationError> {
    let favourite = Favourite { integration, repository, name, added_at: app.clock.now() };
    Ok(app.store.set_favourite(user, favourite, is_one).await?)
}
