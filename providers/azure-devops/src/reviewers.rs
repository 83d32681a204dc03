//! Reviewers of a pull request that stands: each is looked up by account name and added.
//!
//! Nothing here fails: what cannot be done becomes a sentence, for the pull request stands either way.

use countersign_sdk::types::{Failure, FailureReason};
use countersign_sdk::{Json, look_for};
use serde::Serialize;

use crate::answer::{is_set, items, property, text};
use crate::api::{Api, RepositoryId};
use crate::description::{CODE_WRITE, IDENTITY_READ};
use crate::meaning::Asked;
use crate::refusal::refusal_of_known;
use crate::repositories;

/// What is expected of a search.
const LIST: &str = "a list of accounts";
/// Most reviewers one call adds: each takes two requests, and a call has 120.
const MAX_REVIEWERS: usize = 20;

pub fn request(api: &Api<'_>, id: &RepositoryId, number: &str, reviewers: &[String]) -> Vec<String> {
    let (asked, beyond) = reviewers.split_at(reviewers.len().min(MAX_REVIEWERS));
    let add = |name: &String| {
        let added = look_up(api, name).and_then(|person| add(api, id, number, &person));
        added.err().map(|failure| failure.of_a_review(name))
    };
    let mut notes: Vec<_> = asked.iter().filter_map(add).collect();
    if !beyond.is_empty() {
        notes.push(format!("At most {MAX_REVIEWERS} reviewers are added at once; left out: {}.", beyond.join(", ")));
    }
    notes
}

/// The id of the one account of this name, or why there is none. The search finds parts of names: `ann` is not Joanna.
fn look_up(api: &Api<'_>, name: &str) -> Result<String, Failure> {
    let why = match search(api, name)?.as_slice() {
        [person] => return Ok(person.id.clone()),
        [] => "there is no account of exactly that name.",
        _ => "several accounts answer to that name; give the account's e-mail address.",
    };
    Err(Failure::new(FailureReason::NotFound(name.to_owned()), why))
}

/// People of this display name, account name or e-mail address. They are kept in another place than projects, and reading them
/// takes a scope of its own.
fn search(api: &Api<'_>, name: &str) -> Result<Vec<Person>, Failure> {
    let url = api.site.identities.url().segments(["_apis", "identities"]);
    let reply = api.get_unversioned(
        url.query("searchFilter", "General").query("filterValue", name).query("queryMembership", "none"),
    )?;
    match reply.status {
        200 => {
            let entries = items(&reply, LIST, |entry| Some(entry.clone()))?;
            let is_it = |person: &Person| person.can_review && person.is_called(name);
            let may_be = |entry: &Json| Person::named("", entry).is_called(name);
            look_for(&entries, Person::of, is_it, may_be).ok_or_else(|| reply.unreadable(LIST))
        }
        // The credential is good: it created the pull request a moment ago.
        _ => Err(refusal_of_known(api, &reply, Asked { about: "the list of accounts", needs: IDENTITY_READ })),
    }
}

fn add(api: &Api<'_>, id: &RepositoryId, number: &str, person: &str) -> Result<(), Failure> {
    let url = api.repository_url(id, ["pullrequests", number, "reviewers", person]);
    let reply = api.put(url, &WireReviewer { id: person, vote: 0 })?;
    match reply.status {
        200 | 201 => Ok(()),
        _ => Err(repositories::refused(api, &reply, id, CODE_WRITE)),
    }
}

/// Somebody the search found.
struct Person {
    id: String,
    names: [String; 3],
    /// A group cannot be asked for by name, and somebody who left not at all.
    can_review: bool,
}

impl Person {
    fn of(wire: &Json) -> Option<Self> {
        Some(Self::named(text(wire, "id")?, wire))
    }

    fn named(id: &str, wire: &Json) -> Self {
        let name = |name| property(wire, name).unwrap_or_default().to_owned();
        Self {
            id: id.to_owned(),
            names: [name("Account"), name("Mail"), text(wire, "providerDisplayName").unwrap_or_default().to_owned()],
            can_review: !is_set(wire, "isContainer") && !matches!(wire.get("isActive"), Some(Json::Bool(false))),
        }
    }

    fn is_called(&self, name: &str) -> bool {
        self.names.iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

#[derive(Serialize)]
struct WireReviewer<'a> {
    id: &'a str,
    vote: u8,
}
