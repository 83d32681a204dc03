//! The Jiras whose users are known.

use super::values::{
    at, audit, case, connector, integration, key, keyed, link_of, name, open_integration, pat, site, token,
};
use crate::{Claim, OwnCredentialChange, SharedStore, StoreError};
use model::{Connector, IntegrationRecord, Mappings, Projects, Revision, Site, SiteId, SiteProjects};

async fn add(store: &SharedStore, id: &str) -> Site {
    Site { revision: store.add_site(site(id), audit("site.add")).await.unwrap(), ..site(id) }
}

pub async fn there_is_one_to_begin_with(store: SharedStore) {
    let ids: Vec<_> = store.sites().await.unwrap().into_iter().map(|site| site.id).collect();
    assert_eq!(ids, [SiteId::default()]);
}

pub async fn a_site_is_read_back_changed_and_removed(store: SharedStore) {
    let cloud = add(&store, "cloud").await;
    assert_eq!(store.site(&cloud.id).await.unwrap(), Some(cloud.clone()));
    let refused = store.add_site(site("cloud"), audit("site.add")).await;
    assert_eq!(refused, Err(StoreError::Conflict("site cloud".into())));

    let renamed = Site { name: name("Another"), ..cloud };
    let revision = store.change_site(renamed.clone(), audit("site.change")).await.unwrap();
    let renamed = Site { revision, ..renamed };
    assert_eq!(store.sites().await.unwrap().first(), Some(&renamed));
    assert_eq!(store.remove_site(&renamed.id, Some(revision), audit("site.remove")).await, Ok(true));
    assert_eq!(store.remove_site(&renamed.id, None, audit("site.remove")).await, Ok(false));
    let missing = store.change_site(renamed, audit("site.change")).await;
    assert_eq!(missing, Err(StoreError::Missing("site cloud".into())));
    assert_eq!(store.verify_audit().await.unwrap().entries, 3);
}

pub async fn a15_a_change_of_an_older_state_of_a_site_is_refused(store: SharedStore) {
    let cloud = add(&store, "cloud").await;
    let renamed = Site { name: name("One"), ..cloud.clone() };
    let revision = store.change_site(renamed.clone(), audit("site.change")).await.unwrap();
    let changed = StoreError::Changed("site cloud".into());
    let late = Site { name: name("Other"), ..cloud.clone() };
    assert_eq!(store.change_site(late, audit("site.change")).await, Err(changed.clone()));
    assert_eq!(store.remove_site(&cloud.id, Some(cloud.revision), audit("site.remove")).await, Err(changed));
    assert_eq!(store.site(&cloud.id).await.unwrap(), Some(Site { revision, ..renamed }));
    // The one there is to begin with was never changed by anybody.
    let first = store.site(&SiteId::default()).await.unwrap().unwrap();
    assert_eq!(first.revision, Revision::FIRST);
    store.change_site(first, audit("site.change")).await.unwrap();
}

pub async fn a_site_with_connectors_stays(store: SharedStore) {
    let cloud = add(&store, "cloud").await;
    let connector = Connector { site: cloud.id.clone(), ..connector("jira") };
    store.add_connector(connector.clone(), audit("connector.add")).await.unwrap();
    let refused = store.remove_site(&cloud.id, None, audit("site.remove")).await;
    assert!(matches!(refused, Err(StoreError::InUse(_))), "{refused:?}");
    assert_eq!(store.site(&cloud.id).await.unwrap(), Some(cloud.clone()));
    store.remove_connector(&connector.id, None, audit("connector.remove")).await.unwrap();
    assert_eq!(store.remove_site(&cloud.id, None, audit("site.remove")).await, Ok(true));
}

fn open_to(text: &str) -> IntegrationRecord {
    let projects = Projects::Only(vec![SiteProjects::parse(text).unwrap()]);
    IntegrationRecord { projects, mappings: Mappings::default(), ..integration("acme") }
}

pub async fn a_site_that_integrations_are_open_to_stays(store: SharedStore) {
    let cloud = add(&store, "cloud").await;
    for projects in ["cloud/ABC", "cloud/*"] {
        store.add_integration(open_to(projects), None, audit("integration.add")).await.unwrap();
        let refused = store.remove_site(&cloud.id, None, audit("site.remove")).await;
        assert!(matches!(&refused, Err(StoreError::InUse(why)) if why.contains("acme")), "{refused:?}");
        store.remove_integration(&open_to(projects).id, None, audit("integration.remove")).await.unwrap();
    }
    store.add_integration(open_integration("acme"), None, audit("integration.add")).await.unwrap();
    assert_eq!(store.remove_site(&cloud.id, None, audit("site.remove")).await, Ok(true));
}

pub async fn projects_of_a_site_that_is_none_are_refused(store: SharedStore) {
    let missing = Err(StoreError::Missing("site cloud".into()));
    assert_eq!(store.add_integration(open_to("cloud/ABC"), None, audit("integration.add")).await, missing);
    let revision = store.add_integration(open_to("ABC"), None, audit("integration.add")).await.unwrap();
    let changed = IntegrationRecord { revision, ..open_to("cloud/*") };
    let keep = OwnCredentialChange::Keep;
    assert_eq!(store.change_integration(changed, keep, audit("integration.change")).await, missing);
    assert_eq!(store.verify_audit().await.unwrap().entries, 1);
}

pub async fn removing_a_site_takes_its_users_along(store: SharedStore) {
    let cloud = add(&store, "cloud").await;
    store.add_connector(connector("jira"), audit("connector.add")).await.unwrap();
    store.add_integration(open_integration("acme"), None, audit("integration.add")).await.unwrap();
    for (who, secret) in [("ann", "1"), ("cloud/ann", "2")] {
        store.save_pat(pat("acme", who, who), audit("pat.save")).await.unwrap();
        store.add_page_link(token(secret), link_of(who, "acme"), vec![audit("page-link.make")]).await.unwrap();
        assert_eq!(store.claim_request(keyed(secret, who, 1, at(0))).await.unwrap(), Claim::Granted);
        store.keep_answer(key(who), None).await.unwrap();
        store.claim_request(keyed(&secret.repeat(2), who, 1, at(0))).await.unwrap();
    }
    assert!(store.remove_site(&cloud.id, None, audit("site.remove")).await.unwrap());
    // A site that takes the same id finds nothing of the old one's users.
    add(&store, "cloud").await;
    assert!(case(&store, "acme", "cloud/ann").await.unwrap().pat.is_none());
    assert!(store.peek_page_link(token("2"), at(0)).await.unwrap().is_none());
    assert_eq!(store.claim_request(keyed("3", "cloud/ann", 2, at(0))).await.unwrap(), Claim::Granted);
    assert!(case(&store, "acme", "ann").await.unwrap().pat.is_some());
    assert!(store.peek_page_link(token("1"), at(0)).await.unwrap().is_some());
    assert_eq!(store.claim_request(keyed("4", "ann", 2, at(0))).await.unwrap(), Claim::OtherRequest);
}
