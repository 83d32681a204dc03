//! Ten thousand repositories of eight owners, and the answers of GitHub's list and search among them.

use serde_json::{Value, json};
use url::form_urlencoded;

use crate::standin::github::REPOSITORY_LINKS;

/// How many there are.
pub(in crate::bench) const COUNT: usize = 10_000;
/// Words of their names, each in a twentieth of them.
pub(in crate::bench) const NOUNS: [&str; 20] = [
    "anvil", "basalt", "chisel", "dolmen", "ember", "flint", "granite", "hammer", "ingot", "jasper", "kiln", "ledger",
    "marble", "nugget", "obsidian", "pebble", "quartz", "rubble", "shale", "tuff",
];
pub(in crate::bench) const OWNERS: [&str; 8] =
    ["bedrock", "cavern", "lithic", "masons", "menhir", "quarry", "sediment", "tectonic"];
/// How many in a row have the same noun.
const IN_A_ROW: usize = 25;
/// Items per page where a request does not say, and the most there are on one.
const PER_PAGE: usize = 30;
const MAX_PER_PAGE: usize = 100;

/// Their full names, those that were worked on last in front.
pub(super) struct Repositories(Vec<String>);

/// One page of an answer.
pub(super) struct Page {
    pub(super) content: Value,
    /// Path and query of the one that follows.
    pub(super) next: Option<String>,
}

impl Repositories {
    pub(super) fn all() -> Self {
        let name = |number: usize| {
            let (owner, noun) = (OWNERS[number % OWNERS.len()], NOUNS[number / IN_A_ROW % NOUNS.len()]);
            format!("{owner}/{noun}-service-{number:05}")
        };
        Self((0..COUNT).map(name).collect())
    }

    /// `GET /user/repos`. Not in the order that is asked for: a server has it at hand.
    pub(super) fn listed(&self, query: &str) -> Page {
        let names = self.0.iter().map(String::as_str).collect::<Vec<_>>();
        page("/user/repos", query, &names, |_, shown| json!(shown))
    }

    /// `GET /search/repositories`, by words with which parts of a name begin, among owners.
    pub(super) fn found(&self, query: &str) -> Page {
        let terms = value(query, "q").unwrap_or_default();
        let (qualifiers, words): (Vec<&str>, Vec<&str>) = terms.split_whitespace().partition(|term| term.contains(':'));
        let owners: Vec<&str> = qualifiers.iter().filter_map(|term| term.strip_prefix("user:")).collect();
        let is_found = |name: &&str| {
            let (owner, name) = name.split_once('/').unwrap_or_default();
            owners.contains(&owner) && words.iter().all(|word| name.split('-').any(|part| part.starts_with(word)))
        };
        let found: Vec<&str> = self.0.iter().map(String::as_str).filter(is_found).collect();
        page(
            "/search/repositories",
            query,
            &found,
            |count, shown| json!({"total_count": count, "incomplete_results": false, "items": shown}),
        )
    }
}

/// A repository, with as many members as GitHub's have.
pub(super) fn shape(full_name: &str) -> Value {
    let (owner, name) = full_name.split_once('/').unwrap_or_default();
    let (web, api) = (format!("https://git.example/{full_name}"), "https://git.example/api/v3");
    let mut shape = json!({
        "id": 1_296_269, "node_id": "MDEwOlJlcG9zaXRvcnkxMjk2MjY5", "name": name, "full_name": full_name,
        "owner": {"id": 7, "login": owner, "type": "Organization", "url": format!("{api}/orgs/{owner}"), "site_admin": false},
        "private": true, "visibility": "private", "description": "Hewn by hand, and carried down the hill.",
        "homepage": null, "language": "Rust", "license": null, "mirror_url": null, "topics": [], "size": 108,
        "default_branch": "main", "archived": false, "disabled": false, "fork": false, "is_template": false,
        "has_issues": true, "has_projects": true, "has_wiki": true, "has_pages": false, "has_downloads": true,
        "forks_count": 0, "stargazers_count": 0, "watchers_count": 0, "open_issues_count": 0,
        "pushed_at": "2026-01-26T19:06:43Z", "created_at": "2024-01-26T19:01:12Z", "updated_at": "2026-01-26T19:14:43Z",
        "html_url": web, "svn_url": web, "clone_url": format!("{web}.git"), "ssh_url": format!("git@git.example:{full_name}.git"),
        "permissions": {"admin": false, "maintain": false, "push": true, "triage": true, "pull": true},
    });
    for (member, below) in REPOSITORY_LINKS {
        shape[*member] = json!(format!("{api}/repos/{full_name}{below}"));
    }
    shape
}

/// The page that a query asks for, of these. `wrap` gets their number and the shapes that are shown.
fn page(path: &str, query: &str, names: &[&str], wrap: impl FnOnce(usize, Vec<Value>) -> Value) -> Page {
    let asked = |name: &str| value(query, name)?.parse::<usize>().ok().filter(|&number| number > 0);
    let (size, number) = (asked("per_page").unwrap_or(PER_PAGE).min(MAX_PER_PAGE), asked("page").unwrap_or(1));
    let shown = names.iter().skip((number - 1) * size).take(size).map(|name| shape(name)).collect();
    let has_next = number * size < names.len();
    let others = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "page");
    let next = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(others)
        .append_pair("page", &(number + 1).to_string())
        .finish();
    Page { content: wrap(names.len(), shown), next: has_next.then(|| format!("{path}?{next}")) }
}

/// A parameter of a query.
fn value(query: &str, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(given, _)| given == name).map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_finds_a_twentieth_among_all_owners_in_pages() {
        let owners: String = OWNERS.iter().map(|owner| format!(" user:{owner}")).collect();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("q", &format!("ledger in:name fork:true{owners}"))
            .append_pair("per_page", "100")
            .append_pair("page", "5")
            .finish();
        let page = Repositories::all().found(&query);
        assert_eq!(page.content["total_count"], COUNT / NOUNS.len());
        assert_eq!(page.content["items"].as_array().map(Vec::len), Some(100));
        assert!(page.next.is_none());
        assert_eq!(Repositories::all().found("q=ledger+user:nobody").content["total_count"], 0);
    }
}
