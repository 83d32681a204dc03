//! Repositories by words of their names, among those of some owners, as GitHub's documentation tells it ("Search repositories",
//! "Searching for repositories"): a word is found where a word of the name begins with it.

use serde_json::{Value, json};

use super::access::is_visible;
use super::call::{Call, Outcome};
use super::paging::page_in;
use super::refusal::Refusal;
use super::shapes;
use super::world::Repository;

pub(super) fn repositories(call: &Call<'_>) -> Outcome {
    let query = call.request.query_value("q").unwrap_or_default();
    let wanted = Wanted::of(call, &query)?;
    let blocked = |repository: &Repository| {
        let blocks = call.caller.into_iter().flat_map(|caller| &caller.token.blocks);
        blocks.into_iter().any(|block| block.organization() == repository.owner)
    };
    let found = call.world.repositories.iter().filter(|repository| {
        wanted.includes(repository) && is_visible(call.world, call.caller, repository) && !blocked(repository)
    });
    let items: Vec<Value> = found.map(|repository| shapes::repository::listed(call, repository)).collect();
    let count = items.len();
    let wrap = |shown| json!({ "total_count": count, "incomplete_results": false, "items": shown });
    Ok(page_in(call, "/search/repositories", &items, wrap))
}

/// What the terms of a query ask for.
#[derive(Default)]
struct Wanted {
    /// In lower case.
    words: Vec<String>,
    /// Logins; none: everybody's.
    owners: Vec<String>,
}

impl Wanted {
    fn of(call: &Call<'_>, query: &str) -> Result<Wanted, Refusal> {
        let mut wanted = Wanted::default();
        for term in query.split_whitespace() {
            match term.split_once(':') {
                None => wanted.words.push(term.to_ascii_lowercase()),
                Some(("in", "name") | ("fork", "true")) => {}
                Some(("user" | "org", login)) => match call.world.account(login) {
                    Some(account) => wanted.owners.push(account.login.clone()),
                    None => return Err(cannot_be_searched()),
                },
                Some(_) => return Err(Refusal::unprocessable("Validation Failed")),
            }
        }
        if wanted.words.is_empty() && wanted.owners.is_empty() {
            return Err(Refusal::validation(&[json!({ "resource": "Search", "field": "q", "code": "missing" })]));
        }
        Ok(wanted)
    }

    fn includes(&self, repository: &Repository) -> bool {
        let name = repository.name.to_ascii_lowercase();
        let is_found = |word: &String| {
            let begins = |(at, _): (usize, &str)| at == 0 || !name.as_bytes()[at - 1].is_ascii_alphanumeric();
            name.match_indices(word.as_str()).any(begins)
        };
        self.words.iter().all(is_found) && (self.owners.is_empty() || self.owners.contains(&repository.owner))
    }
}

fn cannot_be_searched() -> Refusal {
    let message = "The listed users and repositories cannot be searched either because the resources do not exist or you do not have permission to view them.";
    Refusal::validation(&[json!({ "message": message, "resource": "Search", "field": "q", "code": "invalid" })])
}
