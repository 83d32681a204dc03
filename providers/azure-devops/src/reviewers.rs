//! Reviewers of a pull request that stands: each is looked up by account name and added.
//!
//! Nothing here fails: what cannot be done becomes a sentence, for the pull request stands either way.

use countersign_sdk::types::Failure;
use serde::Serialize;

use crate::account::WireIdentity;
use crate::api::{Api, RepositoryId, WireList};
use crate::description::{CODE_WRITE, IDENTITY_READ};
use crate::refusal::{Asked, refusal};
use crate::repositories;

/// Most reviewers one call adds: each takes two requests, and a call has 120.
const MAX_REVIEWERS: usize = 20;

pub fn request(api: &Api<'_>, id: &RepositoryId, number: &str, reviewers: &[String]) -> Vec<String> {
    let (asked, beyond) = reviewers.split_at(reviewers.len().min(MAX_REVIEWERS));
    let add = |name: &String| {
        let why = match look_up(api, name) {
            Ok(person) => add(api, id, number, &person).err()?.message,
            Err(why) => why,
        };
        Some(format!("No review by {name} was requested: {why}"))
    };
    let mut notes: Vec<_> = asked.iter().filter_map(add).collect();
    if !beyond.is_empty() {
        notes.push(format!("At most {MAX_REVIEWERS} reviewers are added at once; left out: {}.", beyond.join(", ")));
    }
    notes
}

/// The id of the one account of this name, or why there is none.
fn look_up(api: &Api<'_>, name: &str) -> Result<String, String> {
    let found = search(api, name).map_err(|failure| failure.message)?;
    let is_named = |person: &&WireIdentity| {
        ["Account", "Mail"]
            .iter()
            .any(|property| person.property(property).is_some_and(|of| of.eq_ignore_ascii_case(name)))
    };
    let only = |people: &[&WireIdentity]| match people {
        [person] => Some(person.id.clone()),
        _ => None,
    };
    let people: Vec<&WireIdentity> = found.iter().collect();
    let named: Vec<&WireIdentity> = found.iter().filter(is_named).collect();
    only(&named).or_else(|| only(&people)).ok_or_else(|| match people.as_slice() {
        [] => "there is no account of that name.".to_owned(),
        _ => "several accounts answer to that name; give the account's e-mail address.".to_owned(),
    })
}

/// People by display name, account name or e-mail address. They are kept in another place than projects, and reading them
/// takes a scope of its own.
fn search(api: &Api<'_>, name: &str) -> Result<Vec<WireIdentity>, Failure> {
    let url = api.site.identities.url().segments(["_apis", "identities"]);
    let reply = api.get_unversioned(
        url.query("searchFilter", "General").query("filterValue", name).query("queryMembership", "none"),
    )?;
    match reply.status {
        200 => {
            let wire: WireList<WireIdentity> = reply.json("a list of accounts")?;
            let is_person = |one: &WireIdentity| one.is_active != Some(false) && one.is_container != Some(true);
            Ok(wire.into_items().filter(is_person).collect())
        }
        401 | 403 => Err(may_not_search(api, &reply)),
        _ => Err(refusal(api, &reply, Asked { about: "the list of accounts", needs: IDENTITY_READ })),
    }
}

/// Whether it is the scope does not matter here: the pull request was created a moment ago with the same credential.
fn may_not_search(api: &Api<'_>, reply: &countersign_sdk::Reply) -> Failure {
    let mut failure = refusal(api, reply, Asked { about: "the list of accounts", needs: IDENTITY_READ });
    failure.message = format!("the token lacks the scope {IDENTITY_READ}.");
    failure
}

fn add(api: &Api<'_>, id: &RepositoryId, number: &str, person: &str) -> Result<(), Failure> {
    let url = api.repository_url(id, ["pullrequests", number, "reviewers", person]);
    let reply = api.put(url, &WireReviewer { id: person, vote: 0 })?;
    match reply.status {
        200 | 201 => Ok(()),
        _ => Err(repositories::refused(api, &reply, id, CODE_WRITE)),
    }
}

#[derive(Serialize)]
struct WireReviewer<'a> {
    id: &'a str,
    vote: u8,
}
