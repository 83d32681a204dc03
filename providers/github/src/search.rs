//! Repositories by a part of their name.
//!
//! The list of a user's repositories cannot be searched, and GitHub's search knows nothing of a user: it looks through all
//! of GitHub, where any word is in a million repositories of strangers. Where an administrator named owners, it is asked among
//! theirs: one request a page.
//!
//! Where none are named, the list is asked first for what was worked on last. Whoever has no more than that page is answered
//! from it, by any part of the name, in that order. For all others GitHub's search is asked among the owners of those
//! repositories: who has thousands works for few owners. That makes two requests, and one for each further page.
//!
//! The owners are not taken from `GET /user/orgs`, which asks for the scope `read:org` and does not know other users'
//! repositories. GraphQL searches in the same way. (GitHub Docs, "REST API endpoints for search", "Searching for
//! repositories".)

use countersign_sdk::types::{Failure, FailureReason};
use countersign_sdk::{Reply, Sifted, page_number};
use serde::Deserialize;

use crate::api::{Api, MAX_PAGE_SIZE};
use crate::error_body::ErrorBody;
use crate::integration::MAX_OWNERS;
use crate::listing::{self, WireRepository};

/// Most pages read to learn of them.
const MAX_LATEST_PAGES: u32 = 3;

/// One page of GitHub's, by the token of the page before: its number and the owners. Not all of it need hold the query.
/// What is not found although it may exist is told in `partial`.
pub fn page(
    api: &Api<'_>,
    query: &str,
    token: Option<&str>,
    size: u32,
    partial: &mut Option<String>,
) -> Result<Sifted<WireRepository>, Failure> {
    let (number, owners) = match token {
        Some(token) => place(token)?,
        None if !api.owners.is_empty() => (1, api.owners.clone()),
        None => {
            let (latest, are_all) = latest(api, partial)?;
            if are_all {
                return Ok((latest, None));
            }
            (1, owners(&latest))
        }
    };
    let (before, text) = query.rsplit_once('/').unwrap_or(("", query));
    let among: Vec<&String> = owners.iter().filter(|owner| owner.to_ascii_lowercase().ends_with(before)).collect();
    if among.is_empty() {
        return Ok((Vec::new(), None));
    }
    let reply = api.client.get(
        api.url(["search", "repositories"])
            .query("q", &terms(text, &among))
            .query("per_page", &size.to_string())
            .query("page", &number.to_string()),
    )?;
    if reply.status != 200 {
        return Err(not_searched(api, &owners, &reply));
    }
    let found: WireFound = reply.json("repositories that were found")?;
    *partial = Some(note(&among, found.incomplete_results));
    let next = reply.next_page(number).map(|next| format!("{next} {}", owners.join(" ")));
    Ok((found.items.into_iter().flatten().collect(), next))
}

/// Owners who do not exist and owners whom the credential cannot see are refused in the same words.
fn not_searched(api: &Api<'_>, owners: &[String], reply: &Reply) -> Failure {
    let error = ErrorBody::of(reply);
    if reply.status != 422 || !error.says("cannot be searched") {
        return listing::refused(api, reply);
    }
    let setting = if api.owners.is_empty() { "" } else { " (setting `owners`)" };
    error.failure(FailureReason::NotFound(format!("owners {}{setting}", owners.join(", "))))
}

/// The repositories worked on last, and whether there are no others: one page, but where a server gives less than it is asked
/// for.
fn latest(api: &Api<'_>, partial: &mut Option<String>) -> Result<(Vec<WireRepository>, bool), Failure> {
    let mut latest = Vec::new();
    for number in 1..=MAX_LATEST_PAGES {
        let (more, next) = listing::page(api, "pushed", number, MAX_PAGE_SIZE, partial)?;
        latest.extend(more);
        if next.is_none() {
            return Ok((latest, true));
        }
        if latest.len() >= MAX_PAGE_SIZE as usize {
            break;
        }
    }
    Ok((latest, false))
}

/// Who owns the repositories, each once.
fn owners(repositories: &[WireRepository]) -> Vec<String> {
    let mut owners: Vec<String> = Vec::new();
    for owner in repositories.iter().filter_map(|one| Some(one.full_name.split_once('/')?.0)) {
        if owners.len() < MAX_OWNERS && !owners.iter().any(|known| known == owner) {
            owners.push(owner.to_owned());
        }
    }
    owners
}

/// Forks are left out unless they are asked for. What is no part of a name would be read as something else.
fn terms(text: &str, owners: &[&String]) -> String {
    let text: String = text
        .chars()
        .map(|char| if char.is_ascii_alphanumeric() || "-._".contains(char) { char } else { ' ' })
        .collect();
    let owners: String = owners.iter().map(|owner| format!(" user:{owner}")).collect();
    format!("{} in:name fork:true{owners}", text.trim()).trim_start().to_owned()
}

fn place(token: &str) -> Result<(u32, Vec<String>), Failure> {
    let unknown = || Failure::new(FailureReason::NotFound("page of the list".into()), "There is no such page.");
    let (number, owners) = token.split_once(' ').ok_or_else(unknown)?;
    Ok((page_number(Some(number))?, owners.split(' ').map(str::to_owned).collect()))
}

fn note(owners: &[&String], is_cut_short: bool) -> String {
    let owners: Vec<&str> = owners.iter().map(|owner| owner.as_str()).collect();
    let cut_short = if is_cut_short { " It ran out of time, so that there may be more." } else { "" };
    format!(
        "GitHub's own search was asked, among the repositories of {}: it finds words of a name, and not every part of one.{cut_short}",
        owners.join(", ")
    )
}

#[derive(Deserialize)]
struct WireFound {
    #[serde(default)]
    incomplete_results: bool,
    items: Vec<Option<WireRepository>>,
}
