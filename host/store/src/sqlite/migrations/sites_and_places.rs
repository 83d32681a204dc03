//! The third schema's rows: a site for what there was, a place for every credential, one label for every admin token, a name
//! that is one for whatever has a name.

use std::collections::HashSet;

use model::{Connection as Origins, DisplayName, NetworkRules, Place, Projects, SiteId, SiteProjects, Timestamp};
use rusqlite::{Connection, params};

use crate::StoreError;
use crate::sqlite::columns::{Reading, json};

/// Of a name that people read.
const MAX_NAME_BYTES: usize = 255;

/// Credentials are taken to have been given to where their integrations lead now: nobody knows better.
pub(super) fn migrate(database: &Connection, now: Timestamp) -> Result<(), StoreError> {
    let site = SiteId::default();
    database.execute(
        "INSERT INTO sites (id, name, created_at, revision) VALUES (?1, ?1, ?2, 0)",
        params![site.as_str(), now.unix_ms()],
    )?;
    for (integration, place) in places(database)? {
        give_to(database, &integration, &place, &site)?;
    }
    close_to_other_sites(database, &site)?;
    database.execute_batch("DROP TABLE pats_before_sites")?;
    for table in ["integrations", "connectors"] {
        mend_names(database, table)?;
    }
    tell_labels_apart(database)?;
    database.execute_batch("CREATE UNIQUE INDEX admin_tokens_by_label ON admin_tokens (label)")?;
    Ok(())
}

/// Every integration, and where it leads.
fn places(database: &Connection) -> Result<Vec<(String, Place)>, StoreError> {
    let mut query = database.prepare("SELECT rowid AS row_number, id, connection, network FROM integrations")?;
    query
        .query_and_then([], |row| {
            let row = Reading::new("integrations", row);
            let (origins, network): (Origins, NetworkRules) = (row.json("connection")?, row.json("network")?);
            Ok((row.plain("id")?, Place::new(&origins, &network)))
        })?
        .collect()
}

fn give_to(database: &Connection, integration: &str, place: &Place, site: &SiteId) -> Result<(), StoreError> {
    let place = json(place);
    database.execute(
        "UPDATE integrations SET own_given_to = ?2 WHERE id = ?1 AND ciphertext IS NOT NULL",
        params![integration, place],
    )?;
    database.execute(
        "INSERT INTO pats SELECT integration, ?3, jira_user, revision, account, account_before, permissions, expiry, \
         saved_at, last_checked_at, rejected_at, ?2, algorithm, key_id, salt, nonce, ciphertext \
         FROM pats_before_sites WHERE integration = ?1",
        params![integration, place, site.as_str()],
    )?;
    Ok(())
}

/// All projects were those of the one Jira there was. Nobody opened an integration to sites that are added later.
fn close_to_other_sites(database: &Connection, site: &SiteId) -> Result<(), StoreError> {
    let of_site = json(&Projects::Only(vec![SiteProjects { site: site.clone(), key: None }]));
    let mut query = database.prepare("SELECT rowid AS row_number, id, projects FROM integrations")?;
    let open: Vec<(String, Projects)> = query
        .query_and_then([], |row| {
            let row = Reading::new("integrations", row);
            Ok::<_, StoreError>((row.plain("id")?, row.json("projects")?))
        })?
        .collect::<Result<_, _>>()?;
    for (id, _) in open.iter().filter(|(_, projects)| *projects == Projects::All) {
        database.execute("UPDATE integrations SET projects = ?2 WHERE id = ?1", params![id, of_site])?;
    }
    Ok(())
}

/// Names were not checked everywhere. What people read of one stays; where nothing is left, the id takes its place.
fn mend_names(database: &Connection, table: &str) -> Result<(), StoreError> {
    let mut query = database.prepare(&format!("SELECT id, name FROM {table}"))?;
    let names: Vec<(String, String)> =
        query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (id, name) in names.into_iter().filter(|(_, name)| DisplayName::parse(name.as_str()).is_err()) {
        let shown: String = name.chars().map(|char| if char.is_control() { ' ' } else { char }).collect();
        let shown = &shown[..shown.floor_char_boundary(MAX_NAME_BYTES)];
        let name = if shown.trim().is_empty() { &id } else { shown };
        database.execute(&format!("UPDATE {table} SET name = ?2 WHERE id = ?1"), params![id, name])?;
    }
    Ok(())
}

/// The oldest of several keeps its label.
fn tell_labels_apart(database: &Connection) -> Result<(), StoreError> {
    let mut query = database.prepare("SELECT hash, label FROM admin_tokens ORDER BY created_at, hash")?;
    let tokens: Vec<(Vec<u8>, String)> =
        query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let given: HashSet<&String> = tokens.iter().map(|(_, label)| label).collect();
    let mut taken = HashSet::new();
    for (hash, label) in &tokens {
        if taken.insert(label.clone()) {
            continue;
        }
        let numbered = (2..).map(|number| with_number(label, number));
        let mut free = numbered.filter(|label| !given.contains(label) && !taken.contains(label));
        let label = free.next().expect("numbers do not run out");
        database.execute("UPDATE admin_tokens SET label = ?2 WHERE hash = ?1", params![hash, label])?;
        taken.insert(label);
    }
    Ok(())
}

/// No longer than a label may be.
fn with_number(label: &str, number: usize) -> String {
    const MAX_CHARS: usize = 64;
    let number = format!(" ({number})");
    label.chars().take(MAX_CHARS - number.len()).chain(number.chars()).collect()
}
