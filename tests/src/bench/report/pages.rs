//! The table of pages, each with its goal and whether it is met.

use std::fmt::Write as _;
use std::time::Duration;

use crate::bench::git_server::COUNT;
use crate::bench::pages::{Pages, Shown, Weight};

/// Longest time to a first page, in the median.
const FIRST_PAGE: Duration = Duration::from_millis(100);
/// Most bytes of a first page, with all it refers to.
const FIRST_PAGE_BYTES: usize = 100_000;
/// Longest time of our own in a search, in the median.
const SEARCH: Duration = Duration::from_millis(150);
/// Most requests to the git server in a search.
const SEARCH_REQUESTS: usize = 1;

/// What a page is to keep to.
enum Goal {
    FirstPage,
    Search,
    None,
}

pub(super) fn render(pages: &Pages) -> String {
    let mut text = format!(
        "Pages over HTTP to a client on loopback, with {},{:03} repositories at the git server; medians, which the goals are for, \
         and 99th percentiles.\n\n\
         | page | complete after | without the git server | it was asked | bytes | goal |\n|---|---|---|---|---|---|\n",
        COUNT / 1000,
        COUNT % 1000,
    );
    let lines = [
        ("create-branch, from a one-time link to the whole page", &pages.create_branch, Goal::FirstPage),
        ("an administrator's first page, in the same way", &pages.admin, Goal::FirstPage),
        ("repository browser, first page of the list", &pages.listing, Goal::None),
        ("repository browser, a search where its owners are named", &pages.search, Goal::Search),
        ("repository browser, a search where none are named", &pages.search_among_unnamed, Goal::None),
        ("repositories found while typing in create-branch", &pages.picker, Goal::Search),
    ];
    for (what, shown, goal) in lines {
        let (complete, own, goal) = (shown.complete.spread(), shown.own.spread(), goal.judged(shown));
        let weight = shown.weight.as_ref().map(weight).unwrap_or_default();
        let asked = match shown.requests {
            0 => "never".to_owned(),
            1 => "once".to_owned(),
            requests => format!("{requests} times"),
        };
        let _ = writeln!(text, "| {what} | {complete} | {own} | {asked} | {weight} | {goal} |");
    }
    text
}

impl Goal {
    /// The goal, and whether it is met.
    fn judged(&self, shown: &Shown) -> String {
        let (goal, is_met) = match self {
            Goal::FirstPage => (
                format!("≤ {} ms, ≤ {} KB", FIRST_PAGE.as_millis(), FIRST_PAGE_BYTES / 1000),
                shown.complete.median() <= FIRST_PAGE
                    && shown.weight.is_some_and(|weight| weight.html + weight.files <= FIRST_PAGE_BYTES),
            ),
            Goal::Search => (
                format!("asked once, ≤ {} ms", SEARCH.as_millis()),
                shown.own.median() <= SEARCH && shown.requests <= SEARCH_REQUESTS,
            ),
            Goal::None => return String::new(),
        };
        format!("{goal}: {}", if is_met { "met" } else { "NOT met" })
    }
}

fn weight(weight: &Weight) -> String {
    let kilobytes = |bytes: usize| format!("{:.1} KB", bytes as f64 / 1e3);
    let Weight { html, files, is_compressed } = *weight;
    let how = if is_compressed { "compressed" } else { "not compressed" };
    format!("{}: page {}, its files {}, {how}", kilobytes(html + files), kilobytes(html), kilobytes(files))
}
