//! Databases of older schemas, brought up to date, and those that lie about theirs.

use std::sync::Arc;

use rusqlite::params;

use super::*;
use crate::sqlite::columns::json;
use crate::suite::values::{at, audit as entry, case, integration, name, place, sealed, user};
use crate::{
    AdminTokens as _, Connectors as _, Integrations as _, Pats as _, Requests as _, SeenUsers as _, Sites as _,
    SqliteStore,
};
use crypto::{MasterKey, SystemRandom};
use model::{
    AuditFilter, BranchNaming, CredentialOwner, Features, IntegrationRecord, Mappings, Place, Projects, Revision,
    Rules, Sealed, SiteId,
};

/// A database of an older schema, and its key.
struct Old {
    directory: tempfile::TempDir,
    key: MasterKey,
}

impl Old {
    fn new(schema: usize, fill: impl FnOnce(&Connection)) -> Self {
        let (directory, key) = (tempfile::TempDir::new().unwrap(), MasterKey::random(&SystemRandom));
        let old = Old { directory, key };
        let database = Connection::open(old.path()).unwrap();
        make(&database, schema, &old.key.audit_key(), &old.key.check(), at(0)).unwrap();
        fill(&database);
        old
    }

    fn path(&self) -> std::path::PathBuf {
        self.directory.path().join("countersign.db")
    }

    fn upgraded(&self) -> Result<SqliteStore, StoreError> {
        self.upgrade(&bound)?;
        self.open()
    }

    fn upgrade(&self, seal: &dyn Fn(&CredentialOwner, &Place, &Sealed) -> Option<Sealed>) -> Result<(), StoreError> {
        let binding = Binding { algorithm: "bound", seal };
        SqliteStore::upgrade(&self.path(), &self.key.audit_key(), &self.key.check(), &binding, at(0))
    }

    fn open(&self) -> Result<SqliteStore, StoreError> {
        let answers = self.key.answer_key(Arc::new(SystemRandom));
        SqliteStore::open(&self.path(), self.key.audit_key(), &self.key.check(), answers, at(0))
    }
}

/// As whoever has the key would seal it anew.
fn bound(_: &CredentialOwner, given_to: &Place, sealed: &Sealed) -> Option<Sealed> {
    Some(Sealed { algorithm: "bound".into(), ciphertext: json(given_to).into_bytes(), ..sealed.clone() })
}

/// As the first version stored it.
fn insert(database: &Connection, record: &IntegrationRecord) {
    let template = record.naming.template.as_ref().map(|template| template.as_str());
    let insert = "INSERT INTO integrations (id, name, provider, kind, settings, connection, network, projects, \
                  require_user_pat, branch_template, account, created_at, updated_at) \
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    let values = params![
        record.id.as_str(),
        record.name.as_str(),
        record.provider.as_str(),
        record.kind.as_str(),
        json(&record.settings),
        json(&record.connection),
        json(&record.network),
        json(&record.projects),
        record.rules.require_user_pat,
        template,
        json(&record.account),
        record.created_at.unix_ms(),
        record.updated_at.unix_ms(),
    ];
    database.execute(insert, values).unwrap();
}

fn insert_pat(database: &Connection, integration: &str, jira_user: &str) {
    let sealed = sealed(jira_user);
    let insert = "INSERT INTO pats (integration, jira_user, revision, permissions, expiry, saved_at, algorithm, key_id, \
                  salt, nonce, ciphertext) VALUES (?1, ?2, 7, '[]', '\"never\"', 0, ?3, ?4, ?5, ?6, ?7)";
    let values =
        params![integration, jira_user, sealed.algorithm, sealed.key_id, sealed.salt, sealed.nonce, sealed.ciphertext];
    database.execute(insert, values).unwrap();
}

#[tokio::test]
async fn an_integration_of_the_first_schema_keeps_its_template_and_gets_no_mappings() {
    let naming = BranchNaming { template: integration("with").naming.template, ..BranchNaming::default() };
    let old = |name, naming| IntegrationRecord {
        naming,
        mappings: Mappings::default(),
        own_given_to: None,
        rules: Rules { require_user_pat: true, ..Rules::default() },
        features: Features::default(),
        ..integration(name)
    };
    let kept = [old("with", naming), old("without", BranchNaming::default())];
    let old = Old::new(1, |database| kept.iter().for_each(|record| insert(database, record)));
    assert_eq!(old.upgraded().unwrap().integrations().await.unwrap(), kept);
}

#[tokio::test]
async fn a18_users_of_the_second_schema_are_of_the_site_default_and_their_pats_stay_where_they_were_given() {
    let old = Old::new(2, |database| {
        insert(database, &integration("acme"));
        insert_pat(database, "acme", "ann");
        let projects = r#"UPDATE integrations SET projects = '{"only":["ABC"]}', ciphertext = x'01', salt = x'01',
                          nonce = x'01', algorithm = 'a', key_id = 'k'"#;
        database.execute(projects, []).unwrap();
    });
    let store = old.upgraded().unwrap();
    let record = store.integrations().await.unwrap().remove(0);
    assert_eq!(json(&record.projects), r#"{"only":["ABC"]}"#);
    let Projects::Only(some) = &record.projects else { panic!("{:?}", record.projects) };
    assert_eq!(some[0].site, SiteId::default());
    assert_eq!((record.own_given_to.as_ref(), record.revision), (Some(&record.place()), Revision::FIRST));
    let pats = store.pats_for(&record.id).await.unwrap();
    let (of, pat) = &pats[0];
    assert_eq!((of, &pat.given_to, pats.len()), (&user("ann"), &record.place(), 1));
    assert_eq!(store.sites().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a18_what_was_open_to_all_projects_stays_so_for_the_site_there_was_and_opens_to_no_other() {
    let old = Old::new(2, |database| {
        insert(database, &IntegrationRecord { projects: Projects::All, ..integration("acme") });
        insert(database, &integration("some"));
    });
    let integrations = old.upgraded().unwrap().integrations().await.unwrap();
    assert_eq!(json(&integrations[0].projects), r#"{"only":["*"]}"#);
    assert_eq!(integrations[1].projects, integration("some").projects);
}

/// It kept the request's bare hash, and the answer as it was. That answer is not given again: what was done is found.
#[tokio::test]
async fn a_request_answered_under_the_second_schema_is_known_and_granted_again() {
    use crate::Claim;
    use crate::suite::values::{answer, key, keyed};
    let old = Old::new(2, |database| {
        for (jira_user, body) in [("ann", &b"{\"url\":\"https://example.com/setup/works-once\"}"[..]), ("bob", b"")] {
            let kept = answer("");
            let insert = "INSERT INTO idempotency_keys (connector, jira_user, key, request_hash, claimed_at, status, \
                          content_type, body) VALUES ('jira', ?6, 'k', ?1, ?2, ?3, ?4, ?5)";
            let values = params![[1_u8; 32], at(0).unix_ms(), kept.status, kept.content_type, body, jira_user];
            database.execute(insert, values).unwrap();
        }
    });
    let store = old.upgraded().unwrap();
    for who in ["ann", "bob"] {
        let claim = async |token: &str, request| {
            store.claim_request(keyed(&format!("{token} of {who}"), who, request, at(1))).await.unwrap()
        };
        assert_eq!(claim("t1", 2).await, Claim::OtherRequest);
        assert_eq!(claim("t2", 1).await, Claim::Granted);
        assert_eq!(claim("t3", 1).await, Claim::InProgress);
        store.keep_answer(key(who), Some(answer("new"))).await.unwrap();
        assert_eq!(claim("t4", 1).await, Claim::Replay(answer("new")));
        assert_eq!(claim("t5", 2).await, Claim::OtherRequest);
    }
}

#[tokio::test]
async fn admin_tokens_of_one_label_are_told_apart_and_all_work() {
    let long = "x".repeat(64);
    let labels = ["ops", "ops", "ops", "ops (2)", "release", &long, &long];
    let old = Old::new(2, |database| {
        for (number, label) in (0_u8..).zip(labels) {
            let insert = "INSERT INTO admin_tokens (hash, label, created_at) VALUES (?1, ?2, ?3)";
            database.execute(insert, params![[number; 32], label, number]).unwrap();
        }
    });
    let store = old.upgraded().unwrap();
    let mut found = Vec::new();
    for number in 0..7 {
        found.push(store.admin_token([number; 32]).await.unwrap().unwrap().label.to_string());
    }
    let shortened = format!("{} (2)", "x".repeat(60));
    assert_eq!(found, ["ops", "ops (3)", "ops (4)", "ops (2)", "release", &long, &shortened]);
}

#[tokio::test]
async fn names_that_are_none_by_now_are_mended() {
    let old = Old::new(2, |database| {
        for (id, name) in [("acme", "Acme\nInc."), ("blank", ""), ("long", &"é".repeat(200)), ("fine", "Fine")] {
            insert(database, &integration(id));
            database.execute("UPDATE integrations SET name = ?2 WHERE id = ?1", params![id, name]).unwrap();
            let insert = "INSERT INTO connectors (id, name, key, return_origins, created_at) \
                          VALUES (?1, ?2, '{\"ed25519\":[]}', '[]', 0)";
            database.execute(insert, params![id, name]).unwrap();
        }
    });
    let store = old.upgraded().unwrap();
    let expected = ["Acme Inc.", "blank", "Fine", &"é".repeat(127)].map(name);
    let names: Vec<_> = store.integrations().await.unwrap().into_iter().map(|record| record.name).collect();
    assert_eq!(names, expected);
    let connectors = store.connectors().await.unwrap();
    assert!(connectors.iter().all(|connector| connector.site == SiteId::default()));
    let names: Vec<_> = connectors.into_iter().map(|connector| connector.name).collect();
    assert_eq!(names, expected);
}

#[tokio::test]
async fn rules_of_the_third_schema_hold_at_once_and_nothing_is_switched_off() {
    let old = Old::new(3, |database| {
        insert(database, &integration("acme"));
        database.execute("UPDATE policy SET require_user_pat = 1", []).unwrap();
    });
    let store = old.upgraded().unwrap();
    let alone = Rules { require_user_pat: true, ..Rules::default() };
    let record = store.integrations().await.unwrap().remove(0);
    assert_eq!((record.rules, record.features), (alone, Features::default()));
    assert_eq!(store.policy().await.unwrap().rules, alone);
    assert!(store.seen_users().await.unwrap().is_empty());
}

#[tokio::test]
async fn s14_a_schema_number_that_lies_is_refused_in_words_and_nothing_is_changed() {
    for really in 1..=MIGRATIONS.len() {
        for said in (0..=MIGRATIONS.len()).filter(|said| *said != really) {
            let old = Old::new(really, |database| database.pragma_update(None, "user_version", said as u32).unwrap());
            let before = std::fs::read(old.path()).unwrap();
            let Err(StoreError::Unusable(text)) = old.upgraded() else { panic!("{really} as {said} was opened") };
            let expected = format!("says that its schema is {said}, but its tables are those of schema {really}");
            assert!(text.contains(&expected), "{text}");
            assert_eq!(std::fs::read(old.path()).unwrap(), before);
        }
    }
    let old = Old::new(2, |database| database.execute_batch("ALTER TABLE pats DROP COLUMN last_checked_at").unwrap());
    let Err(StoreError::Unusable(text)) = old.upgraded() else { panic!("it was opened") };
    assert!(text.contains("its tables are not those of that schema"), "{text}");
}

/// An integration `acme` with a credential, and two users' PATs.
fn with_credentials(database: &Connection) {
    insert(database, &integration("acme"));
    let own = "UPDATE integrations SET ciphertext = x'01', salt = x'01', nonce = x'01', algorithm = 'a', key_id = 'k'";
    database.execute(own, []).unwrap();
    insert_pat(database, "acme", "ann");
    insert_pat(database, "acme", "bob");
}

#[tokio::test]
async fn s11_an_upgrade_seals_every_credential_for_its_place_and_writes_down_how_many() {
    let old = Old::new(2, with_credentials);
    let bobs_does_not_open = |owner: &CredentialOwner, place: &Place, sealed: &Sealed| match owner {
        CredentialOwner::User { user: who, .. } if *who == user("bob") => None,
        _ => bound(owner, place, sealed),
    };
    old.upgrade(&bobs_does_not_open).unwrap();
    let store: crate::SharedStore = std::sync::Arc::new(old.open().unwrap());
    let here = json(&integration("acme").place()).into_bytes();
    let ann = case(&store, "acme", "ann").await.unwrap();
    assert_eq!((&ann.own_credential.unwrap().ciphertext, ann.pat.unwrap().sealed.ciphertext), (&here, here.clone()));
    assert_eq!(case(&store, "acme", "bob").await.unwrap().pat.unwrap().sealed, sealed("bob"), "as it was");
    let newest = store.audit_page(&AuditFilter::default(), None, 1).await.unwrap().entries.remove(0);
    let details = serde_json::json!({ "algorithm": "bound", "credentials": 2, "left": 1 });
    assert_eq!((newest.subject.as_str(), serde_json::json!(newest.details)), ("credentials.bind", details));
    assert_eq!(store.verify_audit().await.unwrap().fault, None);
}

/// The place of a row in the new tables is whoever's who wrote it there.
#[tokio::test]
async fn s11_what_is_put_back_from_an_older_database_is_not_sealed_anew() {
    let old = Old::new(2, with_credentials);
    drop(old.upgraded().unwrap());
    let before = sealed("ann");
    let put_back = "UPDATE pats SET algorithm = ?1, key_id = ?2, salt = ?3, nonce = ?4, ciphertext = ?5, given_to = ?6 \
                    WHERE jira_user = 'ann'";
    let evil = json(&place("https://evil.example.com"));
    let values = params![before.algorithm, before.key_id, before.salt, before.nonce, before.ciphertext, evil];
    Connection::open(old.path()).unwrap().execute(put_back, values).unwrap();
    let store: crate::SharedStore = std::sync::Arc::new(old.upgraded().unwrap());
    assert_eq!(case(&store, "acme", "ann").await.unwrap().pat.unwrap().sealed, before);
    let log = store.audit_page(&AuditFilter::default(), None, 100).await.unwrap().entries;
    assert_eq!(log.iter().filter(|entry| entry.subject == "credentials.bind").count(), 1);
}

#[test]
fn s11_old_tables_with_a_log_that_tells_of_an_upgrade_are_refused() {
    let old = Old::new(2, with_credentials);
    let database = Connection::open(old.path()).unwrap();
    audit::append(&database, &old.key.audit_key(), &entry("credentials.bind")).unwrap();
    drop(database);
    let Err(StoreError::Unusable(text)) = old.upgraded() else { panic!("it was upgraded") };
    assert!(text.contains("its audit log says that it was upgraded"), "{text}");
    assert_eq!(old.open().err(), Some(StoreError::Outdated(2)), "nothing is changed");
}

#[tokio::test]
async fn s10_an_upgrade_that_is_cut_short_is_done_as_a_whole_by_the_next() {
    let old = Old::new(2, with_credentials);
    let cut_short = || old.upgrade(&|_, _, _| panic!("the power fails"));
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(cut_short)).unwrap_err();
    assert_eq!(old.open().err(), Some(StoreError::Outdated(2)));
    let store: crate::SharedStore = std::sync::Arc::new(old.upgraded().unwrap());
    assert_eq!(case(&store, "acme", "bob").await.unwrap().pat.unwrap().sealed.algorithm, "bound");
}

#[test]
fn s10_a_database_that_a_daemon_of_then_has_open_is_not_upgraded() {
    let old = Old::new(2, with_credentials);
    let daemon = Connection::open(old.path()).unwrap();
    daemon.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(())).unwrap();
    daemon.execute("UPDATE probe SET writes = writes + 1", []).unwrap();
    let Err(StoreError::Unusable(text)) = old.upgraded() else { panic!("it was upgraded") };
    assert!(text.contains("another process has it open"), "{text}");
    assert_eq!(version(&daemon).unwrap(), 2);
    drop(daemon);
    old.upgraded().unwrap();
}

#[test]
fn s9_an_upgrade_leaves_no_trace_of_what_was_sealed_before() {
    let old = Old::new(2, |database| {
        with_credentials(database);
        let marked = "UPDATE pats SET ciphertext = CAST('traces-of-a-sealed-credential-' || jira_user AS BLOB)";
        database.execute(marked, []).unwrap();
    });
    let traces = || {
        let files = std::fs::read_dir(old.directory.path()).unwrap();
        let contents = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
        contents.filter(|bytes| bytes.windows(30).any(|window| window == b"traces-of-a-sealed-credential-")).count()
    };
    assert!(traces() > 0);
    old.upgrade(&bound).unwrap();
    assert_eq!(traces(), 0);
}
