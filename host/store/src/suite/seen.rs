//! Who has asked for something, by Jira project.

use super::values::{at, audit, site, user};
use crate::{SEEN_KEPT_MS, SeenUser, SharedStore, Sighting, StoreError};
use model::{DAY_MS, PersonName, ProjectKey, SiteProject, UserNames};

fn names(username: &str, display_name: &str) -> UserNames {
    let name = |text: &str| PersonName::parse(text).ok();
    UserNames { username: name(username), display_name: name(display_name) }
}

fn project(who: &str, key: &str) -> SiteProject {
    SiteProject { site: user(who).site, key: ProjectKey::parse(key).unwrap() }
}

async fn see(store: &SharedStore, who: &str, key: &str, names: UserNames, ms: i64) -> Result<(), StoreError> {
    store.note_seen(Sighting { user: user(who), project: project(who, key), names, at: at(ms) }).await
}

fn seen(who: &str, key: &str, names: UserNames, first: i64, last: i64) -> SeenUser {
    let (user, project) = (user(who), project(who, key));
    SeenUser { user, project, names, first_seen_at: at(first), last_seen_at: at(last) }
}

pub async fn users_are_remembered_by_site_and_project(store: SharedStore) {
    store.add_site(site("cloud"), audit("site.add")).await.unwrap();
    for (who, key) in [("bob", "ABC"), ("ann", "XYZ"), ("ann", "ABC"), ("cloud/ann", "ABC"), ("Ann", "ABC")] {
        see(&store, who, key, names(who, ""), 1).await.unwrap();
    }
    let expected = [("cloud/ann", "ABC"), ("Ann", "ABC"), ("ann", "ABC"), ("ann", "XYZ"), ("bob", "ABC")];
    let expected = expected.map(|(who, key)| seen(who, key, names(who, ""), 1, 1));
    assert_eq!(store.seen_users().await.unwrap(), expected);
    assert_eq!(store.verify_audit().await.unwrap().entries, 1, "nobody changed anything");
    store.remove_site(&site("cloud").id, None, audit("site.remove")).await.unwrap();
    assert_eq!(store.seen_users().await.unwrap(), expected[1..]);
}

pub async fn what_was_stated_last_stays_and_time_never_goes_back(store: SharedStore) {
    for (names, ms) in [(names("ann", "Ann"), 5), (names("", "Ann Smith"), 9), (names("old", "Old"), 7)] {
        see(&store, "ann", "ABC", names, ms).await.unwrap();
    }
    assert_eq!(store.seen_users().await.unwrap(), [seen("ann", "ABC", names("ann", "Ann Smith"), 5, 9)]);
}

pub async fn a_user_of_a_site_that_is_none_is_not_remembered(store: SharedStore) {
    let refused = see(&store, "cloud/ann", "ABC", UserNames::default(), 1).await;
    assert_eq!(refused, Err(StoreError::Missing("site cloud".into())));
    assert!(store.seen_users().await.unwrap().is_empty());
}

pub async fn who_is_seen_no_more_is_forgotten_after_a_year(store: SharedStore) {
    see(&store, "ann", "ABC", UserNames::default(), 0).await.unwrap();
    see(&store, "bob", "ABC", UserNames::default(), DAY_MS).await.unwrap();
    assert_eq!(store.sweep(at(366 * DAY_MS)).await.unwrap(), 0);
    assert_eq!(store.sweep(at(SEEN_KEPT_MS + 1)).await.unwrap(), 1);
    let left: Vec<_> = store.seen_users().await.unwrap().into_iter().map(|seen| seen.user).collect();
    assert_eq!(left, [user("bob")]);
}
