//! Cases, intents and outcomes.

use serde_json::{Map, json};

use super::values::{
    audit, case, id, integration, intent, metadata, open_integration, outcome, pat, provider, rules, sealed, site,
    site_id, user,
};
use crate::{Begun, Doubt, OwnCredentialChange, Settles, SharedStore};
use model::policy::{self, Admitted};
use model::{
    ActingUser, Actor, AuditFilter, Connection, IntegrationRecord, NewAuditEntry, Policy, ProjectKey, Projects,
    ProviderRecord, Revision, Rules, SiteId, SiteProject, SiteProjects,
};

pub async fn a_case_holds_everything_or_says_what_is_missing(store: SharedStore) {
    assert!(case(&store, "acme", "ann").await.is_none());
    let first = store.add_integration(integration("acme"), None, audit("integration.add")).await.unwrap();
    let bare = case(&store, "acme", "ann").await.unwrap();
    let record = IntegrationRecord { revision: first, ..integration("acme") };
    assert_eq!(bare.integration, record);
    assert_eq!(bare.policy, Policy { rules: Rules::default(), revision: Revision::FIRST });
    assert!(bare.own_credential.is_none() && bare.pat.is_none() && bare.provider.is_none());

    let on = Policy { rules: rules(), revision: Revision::FIRST };
    let credential = OwnCredentialChange::Replace(sealed("bot"));
    store.change_integration(record, credential, audit("integration.change")).await.unwrap();
    let on = Policy { revision: store.set_policy(on, audit("policy.set")).await.unwrap(), ..on };
    let registered =
        store.put_provider(provider(b"bytes"), b"bytes".to_vec(), None, audit("provider.put")).await.unwrap();
    store.save_pat(pat("acme", "ann", "ann"), audit("pat.save")).await.unwrap();
    let full = case(&store, "acme", "ann").await.unwrap();
    assert_eq!(full.own_credential, Some(sealed("bot")));
    assert_eq!(full.policy, on);
    assert_eq!(full.provider, Some(ProviderRecord { revision: registered, ..provider(b"bytes") }));
    let pat = full.pat.unwrap();
    assert_eq!((pat.metadata, pat.sealed), (metadata("ann"), sealed("ann")));
}

pub async fn a_case_never_holds_another_users_pat(store: SharedStore) {
    store.add_site(site("cloud"), audit("site.add")).await.unwrap();
    for name in ["acme", "other"] {
        store.add_integration(open_integration(name), None, audit("integration.add")).await.unwrap();
    }
    store.save_pat(pat("acme", "ann", "ann"), audit("pat.save")).await.unwrap();
    for (integration, who) in [("acme", "bob"), ("acme", "Ann"), ("acme", "cloud/ann"), ("other", "ann")] {
        assert!(case(&store, integration, who).await.unwrap().pat.is_none(), "{integration} {who}");
    }
}

pub async fn a19_what_is_closed_to_the_project_is_not_found(store: SharedStore) {
    let only = |some: &[&str]| Projects::Only(some.iter().map(|text| SiteProjects::parse(text).unwrap()).collect());
    store.add_site(site("cloud"), audit("site.add")).await.unwrap();
    let integrations = [("all", Projects::All), ("some", only(&["ABC", "cloud/*"])), ("none", only(&[]))];
    for (name, projects) in integrations {
        let record = IntegrationRecord { projects, ..integration(name) };
        store.add_integration(record, None, audit("integration.add")).await.unwrap();
    }
    let expected = [
        ("default", "ABC", vec!["all", "some"]),
        ("default", "ABCD", vec!["all"]),
        ("cloud", "ABC", vec!["all", "some"]),
        ("cloud", "XYZ", vec!["all", "some"]),
        ("other", "ABC", vec!["all"]),
    ];
    for (of, key, open) in expected {
        let project = SiteProject { site: site_id(of), key: ProjectKey::parse(key).unwrap() };
        let user = user("ann");
        for name in ["all", "some", "none", "absent"] {
            let found = store.find_open(&id(name), &project, &user).await.unwrap();
            assert_eq!(found.is_some(), open.contains(&name), "{name} for {project}");
        }
        let listed = policy::admit(true, Some(store.open_integrations(&project, &user).await.unwrap())).unwrap();
        let names: Vec<_> = listed.integrations.iter().map(|found| found.record.id.as_str()).collect();
        assert_eq!(names, open, "{project}");
    }
}

pub async fn open_integrations_come_with_the_users_pats(store: SharedStore) {
    store.add_site(site("cloud"), audit("site.add")).await.unwrap();
    for name in ["b", "a"] {
        let connection = Connection { web_url: format!("https://{name}.example.com"), ..integration(name).connection };
        let record = IntegrationRecord { connection, ..integration(name) };
        store.add_integration(record, None, audit("integration.add")).await.unwrap();
    }
    for who in ["ann", "cloud/ann", "bob"] {
        store.save_pat(pat("b", who, who), audit("pat.save")).await.unwrap();
    }
    let project = SiteProject { site: SiteId::default(), key: ProjectKey::parse("ABC").unwrap() };
    let found = store.open_integrations(&project, &user("ann")).await.unwrap();
    let found = policy::admit(true, Some(found)).map(Admitted::into_inner).unwrap();
    let shown: Vec<_> = found.integrations.into_iter().map(|found| (found.record.id, found.pat)).collect();
    assert_eq!(shown, [(id("a"), None), (id("b"), Some(metadata("ann")))]);
    assert_eq!(found.policy.rules, Rules::default());
}

pub async fn an_intent_without_outcome_is_unsettled(store: SharedStore) {
    let first = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    assert_eq!(first, Begun { intent: 1, doubt: Doubt::Nothing });
    let second = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    assert_eq!(second, Begun { intent: 2, doubt: Doubt::Own });
}

pub async fn a_settled_outcome_settles_the_earlier_ones_but_no_later_one(store: SharedStore) {
    for _ in 0..2 {
        store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    }
    let third = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    store.finish_operation(third.intent, outcome(), Settles::AllBefore).await.unwrap();
    let fourth = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    assert_eq!(fourth.doubt, Doubt::Nothing);

    let fifth = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    store.finish_operation(fourth.intent, outcome(), Settles::AllBefore).await.unwrap();
    assert_eq!(
        store.begin_operation(intent(), Some([7; 32])).await.unwrap().doubt,
        Doubt::Own,
        "{fifth:?} is still open"
    );
}

pub async fn what_ends_before_anybody_looked_settles_itself_alone(store: SharedStore) {
    let unknown = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    store.finish_operation(unknown.intent, outcome(), Settles::Nothing).await.unwrap();
    for _ in 0..2 {
        let refused = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
        assert_eq!(refused.doubt, Doubt::Own);
        store.finish_operation(refused.intent, outcome(), Settles::Itself).await.unwrap();
    }
    let looked = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    assert_eq!(looked.doubt, Doubt::Own);
    store.finish_operation(looked.intent, outcome(), Settles::AllBefore).await.unwrap();
    let alone = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    store.finish_operation(alone.intent, outcome(), Settles::Itself).await.unwrap();
    assert_eq!(store.begin_operation(intent(), Some([7; 32])).await.unwrap().doubt, Doubt::Nothing);
}

pub async fn an_unknown_outcome_settles_nothing(store: SharedStore) {
    let first = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    store.finish_operation(first.intent, outcome(), Settles::Nothing).await.unwrap();
    let second = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    assert_eq!(second.doubt, Doubt::Own);
    // Found out later, by the second.
    store.finish_operation(second.intent, outcome(), Settles::AllBefore).await.unwrap();
    assert_eq!(store.begin_operation(intent(), Some([7; 32])).await.unwrap().doubt, Doubt::Nothing);
}

pub async fn what_one_user_finds_settles_nothing_of_anothers(store: SharedStore) {
    let of = |who: &str, connector: &str| {
        let ActingUser { site, id } = user(who);
        let actor = Actor::User { site, connector: connector.to_owned(), jira_user: id };
        NewAuditEntry { actor, ..intent() }
    };
    let begin =
        async |who: &str, connector: &str| store.begin_operation(of(who, connector), Some([7; 32])).await.unwrap();
    let unknown = begin("ann", "acme").await;
    store.finish_operation(unknown.intent, outcome(), Settles::Nothing).await.unwrap();
    let others = begin("bob", "acme").await;
    assert_eq!(others.doubt, Doubt::Others);
    store.finish_operation(others.intent, outcome(), Settles::AllBefore).await.unwrap();
    // Hers does, through whichever connector she asks.
    let hers = begin("ann", "other").await;
    assert_eq!(hers.doubt, Doubt::Own);
    store.finish_operation(hers.intent, outcome(), Settles::AllBefore).await.unwrap();
    assert_eq!(begin("ann", "acme").await.doubt, Doubt::Nothing);
}

pub async fn an_effect_may_be_named_after_its_intent_is_written(store: SharedStore) {
    let first = store.begin_operation(intent(), None).await.unwrap();
    assert_eq!(store.recognise_operation(first.intent, [7; 32]).await.unwrap(), Doubt::Nothing);
    let second = store.begin_operation(intent(), Some([8; 32])).await.unwrap();
    assert_eq!(store.recognise_operation(second.intent, [7; 32]).await.unwrap(), Doubt::Own);
    assert_eq!(store.begin_operation(intent(), Some([8; 32])).await.unwrap().doubt, Doubt::Nothing);
    store.finish_operation(second.intent, outcome(), Settles::AllBefore).await.unwrap();
    assert_eq!(store.begin_operation(intent(), Some([7; 32])).await.unwrap().doubt, Doubt::Nothing);
}

pub async fn what_was_named_alike_before_is_named_anew_together(store: SharedStore) {
    let lost = store.begin_operation(intent(), Some([8; 32])).await.unwrap();
    let next = store.begin_operation(intent(), Some([8; 32])).await.unwrap();
    let later = store.begin_operation(intent(), Some([8; 32])).await.unwrap();
    assert!(!store.has_unsettled_before(lost.intent).await.unwrap());
    assert!(store.has_unsettled_before(next.intent).await.unwrap());
    assert_eq!(store.recognise_operation(next.intent, [7; 32]).await.unwrap(), Doubt::Own);
    store.finish_operation(next.intent, outcome(), Settles::AllBefore).await.unwrap();
    assert!(!store.has_unsettled_before(later.intent).await.unwrap(), "both are settled");
    assert_eq!(store.begin_operation(intent(), Some([7; 32])).await.unwrap().doubt, Doubt::Nothing);
    for other in [
        NewAuditEntry { integration: None, ..intent() },
        NewAuditEntry { subject: "another", ..intent() },
        NewAuditEntry { details: Map::from_iter([("branch".into(), json!("another"))]), ..intent() },
    ] {
        let other = store.begin_operation(other, Some([9; 32])).await.unwrap();
        assert!(!store.has_unsettled_before(other.intent).await.unwrap());
    }
}

pub async fn intents_of_other_effects_do_not_meet(store: SharedStore) {
    let first = store.begin_operation(intent(), Some([7; 32])).await.unwrap();
    let other = store.begin_operation(intent(), Some([8; 32])).await.unwrap();
    let unnamed = store.begin_operation(intent(), None).await.unwrap();
    assert_eq!((other.doubt, unnamed.doubt), (Doubt::Nothing, Doubt::Nothing));
    assert_eq!(store.begin_operation(intent(), None).await.unwrap().doubt, Doubt::Nothing);
    store.finish_operation(other.intent, outcome(), Settles::AllBefore).await.unwrap();
    store.finish_operation(unnamed.intent, outcome(), Settles::AllBefore).await.unwrap();
    assert_eq!(
        store.begin_operation(intent(), Some([7; 32])).await.unwrap().doubt,
        Doubt::Own,
        "{first:?} is still open"
    );
}

pub async fn an_outcome_refers_to_its_intent(store: SharedStore) {
    let begun = store.begin_operation(intent(), None).await.unwrap();
    store.append_audit(audit("daemon.start")).await.unwrap();
    store.finish_operation(begun.intent, outcome(), Settles::AllBefore).await.unwrap();
    let newest = store.audit_page(&AuditFilter::default(), None, 1).await.unwrap().entries.remove(0);
    assert_eq!((newest.sequence, newest.refers_to), (3, Some(begun.intent)));
}
