//! Page links and visits, kept by the hashes of their secrets; drafts and favourites.

use async_trait::async_trait;
use model::{ActingUser, IntegrationId, NewAuditEntry, PageLink, Timestamp, Visit, VisitId, Visitor};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::SqliteStore;
use super::columns::{Reading, json};
use super::error::refused;
use super::writer::Write;
use crate::{Draft, Favourite, NewVisit, StoreError, TokenHash, Visits};

/// Most favourites of one user: more than fit on the first page she sees.
const MAX_FAVOURITES: i64 = 200;
/// How long a window is waited for that takes a visit over, in milliseconds.
const HANDOVER_MS: i64 = 2 * 60 * 1000;

const VISIT_COLUMNS: &str = "rowid AS row_number, id, visitor, context, began_at, used_at, ends_at";

#[async_trait]
impl Visits for SqliteStore {
    async fn add_page_link(
        &self,
        token: TokenHash,
        link: PageLink,
        audit: Vec<NewAuditEntry>,
    ) -> Result<(), StoreError> {
        self.write(move |write| add_link(write, &token, &link, &audit)).await
    }

    async fn peek_page_link(&self, token: TokenHash, now: Timestamp) -> Result<Option<PageLink>, StoreError> {
        self.read(move |database| peek_link(database, &token, now)).await
    }

    async fn begin_visit(
        &self,
        token: TokenHash,
        begin: NewVisit,
        audit: NewAuditEntry,
    ) -> Result<Option<Visit>, StoreError> {
        self.write(move |write| begin_visit(write, &token, &begin, &audit)).await
    }

    async fn visit(&self, id: &VisitId, secret: TokenHash) -> Result<Option<Visit>, StoreError> {
        let id = id.clone();
        self.read(move |database| visit_where(database, "id = ?1 AND secret = ?2", params![id.as_str(), secret])).await
    }

    async fn unsettled_visit(
        &self,
        id: &VisitId,
        handover: TokenHash,
        now: Timestamp,
    ) -> Result<Option<Visit>, StoreError> {
        let id = id.clone();
        self.read(move |database| unsettled(database, &id, &handover, now)).await
    }

    async fn hand_visit_over(
        &self,
        id: &VisitId,
        handover: TokenHash,
        secret: TokenHash,
        now: Timestamp,
    ) -> Result<Option<Visit>, StoreError> {
        let id = id.clone();
        self.write(move |write| hand_over(write, &id, &handover, &secret, now)).await
    }

    async fn settle_visit(&self, id: &VisitId) -> Result<(), StoreError> {
        let id = id.clone();
        self.write(move |write| {
            let settle = "UPDATE visits SET handover = NULL WHERE id = ?1 AND handover IS NOT NULL";
            write.database.prepare_cached(settle)?.execute([id.as_str()])?;
            Ok(())
        })
        .await
    }

    async fn note_visit_use(&self, id: &VisitId, at: Timestamp) -> Result<(), StoreError> {
        let id = id.clone();
        self.write(move |write| {
            let note = "UPDATE visits SET used_at = max(used_at, ?2) WHERE id = ?1";
            write.database.prepare_cached(note)?.execute(params![id.as_str(), at.unix_ms()])?;
            Ok(())
        })
        .await
    }

    async fn keep_draft(&self, draft: Draft) -> Result<(), StoreError> {
        self.write(move |write| keep_draft(write, &draft)).await
    }

    async fn draft(&self, user: &ActingUser, subject: &str) -> Result<Option<Draft>, StoreError> {
        let (user, subject) = (user.clone(), subject.to_owned());
        self.read(move |database| draft(database, user, subject)).await
    }

    async fn drop_draft(&self, user: &ActingUser, subject: &str) -> Result<(), StoreError> {
        let (user, subject) = (user.clone(), subject.to_owned());
        self.write(move |write| {
            let delete = "DELETE FROM drafts WHERE site = ?1 AND jira_user = ?2 AND subject = ?3";
            write.database.prepare_cached(delete)?.execute([user.site.as_str(), user.id.as_str(), &subject])?;
            Ok(())
        })
        .await
    }

    async fn set_favourite(&self, user: &ActingUser, favourite: Favourite, is_one: bool) -> Result<(), StoreError> {
        let user = user.clone();
        self.write(move |write| set_favourite(write, &user, &favourite, is_one)).await
    }

    async fn favourites(&self, user: &ActingUser) -> Result<Vec<Favourite>, StoreError> {
        let user = user.clone();
        self.read(move |database| favourites(database, &user)).await
    }
}

fn add_link(write: &Write<'_>, token: &TokenHash, link: &PageLink, audit: &[NewAuditEntry]) -> Result<(), StoreError> {
    audit.iter().try_for_each(|entry| write.append_audit(entry).map(drop))?;
    let PageLink { visitor, context, expires_at } = link;
    let Visitor { connector, user, .. } = visitor;
    write
        .database
        .prepare_cached(
            "INSERT INTO page_links (hash, connector, site, visitor, context, integration, expires_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            token,
            connector.as_str(),
            user.site.as_str(),
            json(visitor),
            json(context),
            context.integration.as_ref().map(IntegrationId::as_str),
            expires_at.unix_ms(),
        ])
        .map_err(|error| refused(error, "this link", &refers_to(link)))?;
    Ok(())
}

/// SQLite does not say which of them is gone.
fn refers_to(PageLink { visitor, context, .. }: &PageLink) -> String {
    match &context.integration {
        Some(integration) => format!("integration {integration}, or connector {}", visitor.connector),
        None => format!("connector {}", visitor.connector),
    }
}

fn peek_link(database: &Connection, token: &TokenHash, now: Timestamp) -> Result<Option<PageLink>, StoreError> {
    let mut query = database.prepare_cached(
        "SELECT 0 AS row_number, visitor, context, expires_at FROM page_links WHERE hash = ?1 AND expires_at > ?2",
    )?;
    let mut rows = query.query_and_then(params![token, now.unix_ms()], |row| {
        let row = Reading::new("page_links", row);
        Ok(PageLink {
            visitor: row.json("visitor")?,
            context: row.json("context")?,
            expires_at: row.time("expires_at")?,
        })
    })?;
    rows.next().transpose()
}

fn begin_visit(
    write: &Write<'_>,
    token: &TokenHash,
    begin: &NewVisit,
    audit: &NewAuditEntry,
) -> Result<Option<Visit>, StoreError> {
    let Some(PageLink { visitor, context, .. }) = peek_link(write.database, token, begin.now)? else {
        return Ok(None);
    };
    write.append_audit(audit)?;
    write.database.prepare_cached("DELETE FROM page_links WHERE hash = ?1")?.execute([token])?;
    let NewVisit { id, secret, handover, now } = begin;
    let ends_at = now.plus_ms(Visit::LASTS_MS);
    write
        .database
        .prepare_cached(
            "INSERT INTO visits (id, secret, handover, connector, site, visitor, context, began_at, used_at, ends_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9)",
        )?
        .execute(params![
            id.as_str(),
            secret,
            handover,
            visitor.connector.as_str(),
            visitor.user.site.as_str(),
            json(&visitor),
            json(&context),
            now.unix_ms(),
            ends_at.unix_ms(),
        ])?;
    Ok(Some(Visit { id: id.clone(), visitor, context, began_at: *now, used_at: *now, ends_at }))
}

fn visit_where(
    database: &Connection,
    condition: &str,
    values: impl rusqlite::Params,
) -> Result<Option<Visit>, StoreError> {
    let mut query = database.prepare_cached(&format!("SELECT {VISIT_COLUMNS} FROM visits WHERE {condition}"))?;
    let mut rows = query.query_and_then(values, |row| {
        let row = Reading::new("visits", row);
        Ok(Visit {
            id: row.parsed("id")?,
            visitor: row.json("visitor")?,
            context: row.json("context")?,
            began_at: row.time("began_at")?,
            used_at: row.time("used_at")?,
            ends_at: row.time("ends_at")?,
        })
    })?;
    rows.next().transpose()
}

fn unsettled(
    database: &Connection,
    id: &VisitId,
    handover: &TokenHash,
    now: Timestamp,
) -> Result<Option<Visit>, StoreError> {
    let since = now.unix_ms().saturating_sub(HANDOVER_MS);
    visit_where(database, "id = ?1 AND handover = ?2 AND began_at > ?3", params![id.as_str(), handover, since])
}

fn hand_over(
    write: &Write<'_>,
    id: &VisitId,
    handover: &TokenHash,
    secret: &TokenHash,
    now: Timestamp,
) -> Result<Option<Visit>, StoreError> {
    let found = unsettled(write.database, id, handover, now)?;
    if found.is_some() {
        let change = "UPDATE visits SET secret = ?2, handover = NULL WHERE id = ?1";
        write.database.prepare_cached(change)?.execute(params![id.as_str(), secret])?;
    }
    Ok(found)
}

fn keep_draft(write: &Write<'_>, draft: &Draft) -> Result<(), StoreError> {
    let Draft { user, subject, fields, kept_at } = draft;
    write
        .database
        .prepare_cached(
            "INSERT INTO drafts (site, jira_user, subject, fields, kept_at) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (site, jira_user, subject) DO UPDATE SET fields = ?4, kept_at = ?5",
        )?
        .execute(params![user.site.as_str(), user.id.as_str(), subject, json(fields), kept_at.unix_ms()])
        .map_err(|error| refused(error, "this draft", &format!("site {}", user.site)))?;
    Ok(())
}

fn draft(database: &Connection, user: ActingUser, subject: String) -> Result<Option<Draft>, StoreError> {
    let mut query = database.prepare_cached(
        "SELECT 0 AS row_number, fields, kept_at FROM drafts WHERE site = ?1 AND jira_user = ?2 AND subject = ?3",
    )?;
    let of_user = params![user.site.as_str(), user.id.as_str(), subject];
    let found = query.query_and_then(of_user, |row| {
        let row = Reading::new("drafts", row);
        Ok::<_, StoreError>((row.json("fields")?, row.time("kept_at")?))
    })?;
    let found = { found }.next().transpose()?;
    Ok(found.map(|(fields, kept_at)| Draft { user, subject, fields, kept_at }))
}

fn set_favourite(write: &Write<'_>, user: &ActingUser, favourite: &Favourite, is_one: bool) -> Result<(), StoreError> {
    let Favourite { integration, repository, name, added_at } = favourite;
    let (site, id) = (user.site.as_str(), user.id.as_str());
    if !is_one {
        write
            .database
            .prepare_cached(
                "DELETE FROM favourites WHERE site = ?1 AND jira_user = ?2 AND integration = ?3 AND repository = ?4",
            )?
            .execute([site, id, integration.as_str(), repository.as_str()])?;
        return Ok(());
    }
    let count = "SELECT count(*) FROM favourites WHERE site = ?1 AND jira_user = ?2";
    let kept: Option<i64> = write.database.prepare_cached(count)?.query_row([site, id], |row| row.get(0)).optional()?;
    if kept.is_some_and(|kept| kept >= MAX_FAVOURITES) {
        return Err(StoreError::InUse(format!("{MAX_FAVOURITES} favourites are kept; take a star away first")));
    }
    write
        .database
        .prepare_cached(
            "INSERT INTO favourites (site, jira_user, integration, repository, name, added_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET name = ?5",
        )?
        .execute(params![site, id, integration.as_str(), repository.as_str(), name, added_at.unix_ms()])
        .map_err(|error| refused(error, "this favourite", &format!("integration {integration}")))?;
    Ok(())
}

fn favourites(database: &Connection, user: &ActingUser) -> Result<Vec<Favourite>, StoreError> {
    let mut query = database.prepare_cached(
        "SELECT 0 AS row_number, integration, repository, name, added_at FROM favourites \
         WHERE site = ?1 AND jira_user = ?2 ORDER BY name COLLATE NOCASE, integration, repository",
    )?;
    let rows = query.query_and_then([user.site.as_str(), user.id.as_str()], |row| {
        let row = Reading::new("favourites", row);
        Ok(Favourite {
            integration: row.parsed("integration")?,
            repository: row.parsed("repository")?,
            name: row.plain("name")?,
            added_at: row.time("added_at")?,
        })
    })?;
    rows.collect()
}

/// How many links, visits and drafts had run out.
pub(super) fn sweep(write: &Write<'_>, now: Timestamp) -> Result<u64, StoreError> {
    let known_since = now.unix_ms().saturating_sub(Visit::KNOWN_MS);
    let database = write.database;
    let links = database.execute("DELETE FROM page_links WHERE expires_at <= ?1", [now.unix_ms()])?;
    let visits = database.execute("DELETE FROM visits WHERE ends_at <= ?1", [known_since])?;
    let drafts = database.execute("DELETE FROM drafts WHERE kept_at <= ?1", [known_since])?;
    Ok((links + visits + drafts) as u64)
}
