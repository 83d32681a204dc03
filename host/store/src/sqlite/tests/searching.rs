//! A search of the audit log that finds little looks at a bounded part of it at a time.

use super::Scratch;
use crate::Log as _;
use crate::sqlite::audit::page;
use crate::suite::values::{audit, id};
use model::AuditFilter;

#[tokio::test]
async fn a_search_says_where_it_goes_on_although_it_found_nothing_yet() {
    let scratch = Scratch::new();
    let store = scratch.open();
    for subject in ["rare", "usual", "usual", "usual", "usual"] {
        store.append_audit(audit(subject)).await.unwrap();
    }
    let database = scratch.second_hand();
    let rare = AuditFilter { subject: Some("rare".into()), ..AuditFilter::default() };
    let look = |filter: &AuditFilter, before, scan| {
        let page = page(&database, filter, before, 10, scan).unwrap();
        (page.entries.len(), page.next_before)
    };
    assert_eq!(look(&rare, None, 2), (0, Some(4)));
    assert_eq!(look(&rare, Some(4), 2), (0, Some(2)));
    assert_eq!(look(&rare, Some(2), 2), (1, None));
    assert_eq!(look(&rare, None, 100), (1, None));
    // From beyond the end it begins at the end.
    assert_eq!(look(&rare, Some(i64::MAX), 2), (0, Some(4)));
    assert_eq!(look(&rare, Some(-1), 2), (0, None));
    // An integration's own entries are found by an index, and what is in between is passed over.
    let acme = AuditFilter { integration: Some(id("acme")), ..AuditFilter::default() };
    assert_eq!((look(&acme, None, 1), look(&AuditFilter::default(), None, 1)), ((5, None), (5, None)));
}
