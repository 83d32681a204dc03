//! Repositories and branches, with pages so small that every list has a second one.

use countersign_tests::daemon::{Daemon, Holder, MAIN, Place, Server, User, at};
use serde_json::Value;

use super::{or_reason, widgets, with};

/// Every page of a list: `path` has a query already.
async fn pages(ann: &User, path: &str, list: &str) -> Vec<Vec<Value>> {
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = ann.get(&format!("{path}{cursor}")).await.expect(200);
        pages.push(page.body[list].as_array().unwrap().clone());
        match page.body["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return pages,
        }
        assert!(pages.len() < 50, "a list that does not end");
    }
}

/// The values of a member over all pages, none of them twice.
fn each_once(pages: &[Vec<Value>], member: &str) -> Vec<String> {
    let all: Vec<String> =
        pages.iter().flatten().map(|item| item[member].as_str().unwrap_or_default().to_owned()).collect();
    let mut once = all.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), all.len(), "{all:?}");
    once
}

pub async fn repositories_page_by_page<S: Server>(server: S) {
    let daemon = Daemon::start_before(server, server.usual(Some(1)).await).await;
    let ann = with(&daemon, Holder::Alice).await;
    let pages = pages(&ann, "/api/v1/repositories?project=ABC&integration=main", "repositories").await;
    assert_eq!(pages.len() > 1, server.traits().pages_repositories.is_ok(), "{} pages", pages.len());
    let names = each_once(&pages, "name");
    let widgets = names.iter().filter(|name| name.rsplit('/').next() == Some("widgets")).count();
    assert_eq!(widgets, 1, "{names:?}");
    for row in pages.iter().flatten() {
        assert!(row["web_url"].as_str().unwrap().starts_with("https://"), "{row}");
        assert_eq!(row["pat_state"], "valid");
    }
    let matching = ann.get("/api/v1/repositories?project=ABC&integration=main&q=WIDG").await.expect(200);
    assert_eq!(matching.body["repositories"].as_array().unwrap().len(), 1, "{}", matching.text);
    // Each is known by the id it is listed with.
    let id = matching.text_at("/repositories/0/id").to_owned();
    ann.create_branch(MAIN, &id, "by-its-id", "main").await.expect(201);
    assert!(daemon.show_ref(server.full_name(Place::Widgets), "by-its-id").is_some());
}

pub async fn branches_page_by_page<S: Server>(server: S) {
    let daemon = Daemon::start_before(server, server.usual(Some(1)).await).await;
    let ann = with(&daemon, Holder::Alice).await;
    for name in ["feature/a", "feature/b"] {
        ann.create_branch(MAIN, widgets(server), name, "main").await.expect(201);
    }
    let path = format!("{}?project=ABC", at(&["integrations", MAIN, "repositories", widgets(server), "branches"]));
    let all = pages(&ann, &path, "branches").await;
    assert_eq!(all.len() > 1, server.traits().pages_branches.is_ok(), "{} pages", all.len());
    assert_eq!(each_once(&all, "name"), ["develop", "feature/a", "feature/b", "main"]);
    for branch in all.iter().flatten() {
        let stands = daemon.show_ref(server.full_name(Place::Widgets), branch["name"].as_str().unwrap());
        if let Some(commit) = branch["commit"].as_str() {
            assert_eq!(Some(commit), stands.as_deref());
        }
    }
    let matching = pages(&ann, &format!("{path}&q=TURE%2F"), "branches").await;
    assert_eq!(each_once(&matching, "name"), ["feature/a", "feature/b"]);
}

pub async fn no_page_is_larger_than_asked_for<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    ann.create_branch(MAIN, widgets(server), "feature/a", "main").await.expect(201);
    let branches = at(&["integrations", MAIN, "repositories", widgets(server), "branches"]);
    let lists = [
        ("/api/v1/repositories?project=ABC&integration=main".to_owned(), "repositories"),
        (format!("{branches}?project=ABC"), "branches"),
    ];
    for (path, list) in &lists {
        let whole = ann.get(path).await.expect(200);
        let whole: Vec<Value> = whole.body[list].as_array().unwrap().clone();
        assert!(whole.len() > 2, "{whole:?}");
        for limit in [1, 2, 100] {
            let pages = pages(&ann, &format!("{path}&limit={limit}"), list).await;
            assert!(pages.iter().all(|page| page.len() <= limit), "{list} by {limit}");
            assert!(pages.iter().all(|page| !page.is_empty()), "a page leads to none: {list} by {limit}");
            assert_eq!(pages.concat(), whole, "{list} by {limit}");
        }
        for wrong in ["0", "101", "-1", "ten", ""] {
            let refused = ann.get(&format!("{path}&limit={wrong}")).await.problem(422, "invalid");
            assert_eq!(refused.text_at("/errors/0/field"), "limit", "{wrong}");
        }
        // A cursor goes on in the size it began with.
        let first = ann.get(&format!("{path}&limit=1")).await.expect(200);
        let other = format!("{path}&limit=2&cursor={}", first.text_at("/next_cursor"));
        ann.get(&other).await.problem(404, "not-found");
    }
    let found = pages(&ann, &format!("{}&limit=1&q=E", lists[1].0), "branches").await;
    assert!(found.iter().all(|page| page.len() <= 1), "{found:?}");
    assert_eq!(each_once(&found, "name"), ["develop", "feature/a"]);
}

pub async fn an_empty_repository<S: Server>(server: S) {
    let daemon = Daemon::start(server).await;
    let ann = with(&daemon, Holder::Alice).await;
    let empty = server.repository(Place::Empty).unwrap();
    let branches = ann.branches(MAIN, empty).await.expect(200);
    assert_eq!(branches.body["branches"].as_array().unwrap().len(), 0);
    let listed = ann.get("/api/v1/repositories?project=ABC&integration=main&q=empty").await.expect(200);
    assert_eq!(listed.body["repositories"].as_array().unwrap().len(), 1);
    let () = or_reason!(server, server.traits().tells_empty);
    assert_eq!(listed.body["repositories"][0]["default_branch"], Value::Null, "{}", listed.text);
}
