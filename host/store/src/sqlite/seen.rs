//! Who has asked for something, by Jira project.

use async_trait::async_trait;
use model::{ActingUser, SiteProject, Timestamp, UserNames};
use rusqlite::{Connection, params};

use super::SqliteStore;
use super::columns::Reading;
use super::error::refused;
use super::writer::Write;
use crate::{SEEN_KEPT_MS, SeenUser, SeenUsers, Sighting, StoreError};

#[async_trait]
impl SeenUsers for SqliteStore {
    async fn note_seen(&self, seen: Sighting) -> Result<(), StoreError> {
        self.write(move |write| note(write, &seen)).await
    }

    async fn seen_users(&self) -> Result<Vec<SeenUser>, StoreError> {
        self.read(all).await
    }
}

/// What is older than what is known changes nothing.
fn note(write: &Write<'_>, seen: &Sighting) -> Result<(), StoreError> {
    let Sighting { user, project, names, at } = seen;
    write
        .database
        .prepare_cached(
            "INSERT INTO seen_users (site, jira_user, project, username, display_name, first_seen_at, last_seen_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) \
             ON CONFLICT DO UPDATE SET last_seen_at = excluded.last_seen_at, \
             username = coalesce(excluded.username, username), \
             display_name = coalesce(excluded.display_name, display_name) \
             WHERE excluded.last_seen_at > last_seen_at",
        )?
        .execute(params![
            user.site.as_str(),
            user.id.as_str(),
            project.key.as_str(),
            names.username.as_ref().map(|name| name.as_str()),
            names.display_name.as_ref().map(|name| name.as_str()),
            at.unix_ms(),
        ])
        .map_err(|error| refused(error, "this user", &format!("site {}", user.site)))?;
    Ok(())
}

fn all(database: &Connection) -> Result<Vec<SeenUser>, StoreError> {
    let mut query = database.prepare_cached(
        "SELECT rowid AS row_number, site, jira_user, project, username, display_name, first_seen_at, last_seen_at \
         FROM seen_users ORDER BY site, jira_user, project",
    )?;
    query
        .query_and_then([], |row| {
            let row = Reading::new("seen_users", row);
            let user = ActingUser { site: row.parsed("site")?, id: row.parsed("jira_user")? };
            Ok(SeenUser {
                project: SiteProject { site: user.site.clone(), key: row.parsed("project")? },
                user,
                names: UserNames {
                    username: row.optional_parsed("username")?,
                    display_name: row.optional_parsed("display_name")?,
                },
                first_seen_at: row.time("first_seen_at")?,
                last_seen_at: row.time("last_seen_at")?,
            })
        })?
        .collect()
}

/// Those who were not seen for so long that nobody asks.
pub(super) fn sweep(write: &Write<'_>, now: Timestamp) -> Result<u64, StoreError> {
    let mut delete = write.database.prepare_cached("DELETE FROM seen_users WHERE last_seen_at < ?1")?;
    Ok(delete.execute([now.plus_ms(-SEEN_KEPT_MS).unix_ms()])? as u64)
}
