//! The Jira of the demo: people and integrations of the table, and what the stand-ins have for an issue.

use std::sync::Arc;

use anyhow::Context as _;
use countersign::clock::SystemClock;
use tokio::net::TcpListener;

use super::administer::{Administered, CONNECTOR};
use super::daemon::Daemon;
use super::integrations::{INTEGRATIONS, PROJECT, Row, USERS, User};
use super::jira::cast::{Cast, Integration, Made, Person, ToPaste};
use super::jira::connector::Connector;
use super::jira::{Jira, Scene};
use super::world::{Place, World};
use crate::daemon::Key;

/// A port of its own, before anything is registered: a connector's origin is part of that.
pub(super) async fn listen() -> anyhow::Result<(TcpListener, String)> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no port for the demo's Jira")?;
    let origin = format!("http://{}", listener.local_addr()?);
    Ok((listener, origin))
}

pub(super) fn serve(
    (listener, origin): (TcpListener, String),
    daemon: &Daemon,
    administered: &Administered,
    world: &Arc<World>,
) -> anyhow::Result<Jira> {
    let connector = Connector {
        id: CONNECTOR.to_owned(),
        key: Arc::new(Key::from_pem(&administered.private_key_pem)?),
        public_url: daemon.public_url().to_owned(),
        reached_at: daemon.public_url().to_owned(),
        clock: Arc::new(SystemClock),
    };
    let world = Arc::clone(world);
    let cast = Cast {
        project: PROJECT.to_owned(),
        people: USERS.iter().enumerate().map(|(index, user)| person(index, user)).collect(),
        integrations: INTEGRATIONS.iter().map(integration).collect(),
        development: Box::new(move |issue| world.places.iter().flat_map(|place| made_at(place, issue)).collect()),
    };
    Ok(Jira::serve(listener, Scene { origin, connector, cast })?)
}

fn person(index: usize, user: &User) -> Person {
    let of_row = |row: &Row| {
        let integration = row.name.to_owned();
        let fields = row.users[index].fields.iter();
        let to_paste =
            fields.map(move |(field, value)| (integration.clone(), (*field).to_owned(), (*value).to_owned()));
        to_paste.map(|(integration, field, value)| ToPaste { integration, field, value }).collect::<Vec<_>>()
    };
    Person {
        handle: user.name.to_lowercase(),
        name: user.name.to_owned(),
        id: user.id.to_owned(),
        to_paste: INTEGRATIONS.iter().flat_map(of_row).collect(),
    }
}

fn integration(row: &Row) -> Integration {
    Integration { id: row.id.to_owned(), name: row.name.to_owned(), repository: row.repository.to_owned() }
}

/// What a git server has for an issue: branches and pull requests with its key in their name.
fn made_at(place: &Place, issue: &str) -> Vec<Made> {
    let at = || place.row.name.to_owned();
    let references = place.git().references().unwrap_or_default();
    let branches = references.with_prefix("refs/heads/").map(|branch| branch.short().to_owned());
    let branches = branches.filter(|branch| names(branch, issue));
    let branches = branches.map(|name| Made { what: "Branch", by: place.who_made_branch(&name), name, at: at() });
    let pulls =
        place.pull_requests().into_iter().filter(|pull| names(&pull.title, issue) || names(&pull.source, issue));
    let pulls = pulls.map(|pull| Made { what: "Pull request", name: pull.title, at: at(), by: Some(pull.author) });
    branches.chain(pulls).collect()
}

/// Whether a text names an issue: `ABC-1` is not named by `ABC-12`, nor by `XABC-1`.
fn names(text: &str, issue: &str) -> bool {
    text.match_indices(issue).any(|(start, _)| {
        let (before, after) = (text[..start].chars().next_back(), text[start + issue.len()..].chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(|next| next.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_is_named_by_its_own_key_alone() {
        for named in ["ABC-1", "feature/ABC-1-login", "ABC-12 and ABC-1"] {
            assert!(names(named, "ABC-1"), "{named}");
        }
        for other in ["ABC-12", "XABC-1", "abc-1", ""] {
            assert!(!names(other, "ABC-1"), "{other}");
        }
    }
}
