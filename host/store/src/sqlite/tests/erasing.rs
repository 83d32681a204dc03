//! Deleted credentials, searched for in every file.

use std::collections::HashSet;
use std::fs;

use crypto::{Random as _, SystemRandom};

use super::{Scratch, SqliteStore, pat_of};
use crate::suite::values::{audit, id, integration, pat, sealed, site, user};
use crate::{Integrations as _, Log as _, NewPat, OwnCredentialChange, Pats as _, Sites as _};
use model::Sealed;

/// Enough of a ciphertext to be sure that it is one: no 8 random bytes come up twice in files of this size.
type Trace = [u8; 8];

fn random(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SystemRandom.fill(&mut bytes);
    bytes
}

fn random_sealed(length: usize) -> Sealed {
    Sealed { ciphertext: random(length), ..sealed("x") }
}

async fn save(store: &SqliteStore, jira_user: &str, sealed: &Sealed) {
    let pat = NewPat { sealed: sealed.clone(), ..pat("acme", jira_user, jira_user) };
    store.save_pat(pat, audit("pat.save")).await.unwrap();
}

/// How many traces of the ciphertexts are in the files beside the database, itself included.
fn traces(scratch: &Scratch, sealed: &[Sealed]) -> usize {
    let traces = |sealed: &Sealed| -> Vec<Trace> { sealed.ciphertext.as_chunks().0.to_vec() };
    let wanted: HashSet<Trace> = sealed.iter().flat_map(traces).collect();
    let mut found = HashSet::new();
    for file in fs::read_dir(scratch.directory.path()).unwrap() {
        let content = fs::read(file.unwrap().path()).unwrap();
        found.extend(content.array_windows().filter(|window| wanted.contains(*window)).copied());
    }
    found.len()
}

async fn opened() -> (Scratch, SqliteStore) {
    let scratch = Scratch::new();
    let store = scratch.open();
    store.add_integration(integration("acme"), None, audit("integration.add")).await.unwrap();
    (scratch, store)
}

#[tokio::test]
async fn s9_a_deleted_pat_leaves_no_trace_in_any_file() {
    let (scratch, store) = opened().await;
    let ciphertext = random_sealed(200);
    save(&store, "ann", &ciphertext).await;
    assert_eq!(traces(&scratch, std::slice::from_ref(&ciphertext)), 25, "the search finds what is there");
    store.delete_pat(&id("acme"), &user("ann"), None, audit("pat.delete")).await.unwrap();
    scratch.second_hand().backup("main", scratch.directory.path().join("backup.db"), None::<fn(_)>).unwrap();
    assert_eq!(traces(&scratch, &[ciphertext]), 0);
}

#[tokio::test]
async fn s9_a_replaced_pat_leaves_no_trace_in_any_file() {
    let (scratch, store) = opened().await;
    let (old, new) = (random_sealed(200), random_sealed(200));
    save(&store, "ann", &old).await;
    save(&store, "ann", &new).await;
    assert_eq!(traces(&scratch, &[old]), 0);
    assert!(traces(&scratch, &[new]) > 0);
}

#[tokio::test]
async fn s9_a_removed_or_changed_integration_leaves_no_trace_of_its_credentials() {
    let (scratch, store) = opened().await;
    let (old, new, anns) = (random_sealed(200), random_sealed(200), random_sealed(200));
    let change = async |credential| {
        let record = store.integration(&id("acme")).await.unwrap().unwrap();
        store.change_integration(record, credential, audit("integration.change")).await.unwrap();
    };
    change(OwnCredentialChange::Replace(old.clone())).await;
    change(OwnCredentialChange::Replace(new.clone())).await;
    assert_eq!(traces(&scratch, &[old]), 0);
    change(OwnCredentialChange::Remove).await;
    assert_eq!(traces(&scratch, std::slice::from_ref(&new)), 0);
    change(OwnCredentialChange::Replace(new.clone())).await;
    save(&store, "ann", &anns).await;
    store.remove_integration(&id("acme"), None, audit("integration.remove")).await.unwrap();
    assert_eq!(traces(&scratch, &[new, anns]), 0);
}

/// Many of many sizes, so that pages split, overflow and are balanced while the search goes on.
#[tokio::test]
async fn s9_pats_deleted_from_a_full_table_leave_no_trace_and_the_others_stay() {
    const USERS: usize = 150;
    let (scratch, store) = opened().await;
    let mut users = Vec::new();
    let mut ciphertexts = Vec::new();
    for index in 0..USERS {
        let ciphertext = random_sealed(48 + index * 977 % 6000);
        // Not in order, so that rows are put between others.
        let jira_user = format!("user {}", index * 67 % USERS);
        save(&store, &jira_user, &ciphertext).await;
        users.push(jira_user);
        ciphertexts.push(ciphertext);
    }
    let (gone, kept) = ciphertexts.split_at(USERS / 2);
    for jira_user in &users[..USERS / 2] {
        store.delete_pat(&id("acme"), &user(jira_user), None, audit("pat.delete")).await.unwrap();
    }
    assert_eq!(traces(&scratch, gone), 0);
    for (jira_user, ciphertext) in users[USERS / 2..].iter().zip(kept) {
        assert_eq!(pat_of(&store, jira_user).await.unwrap().sealed, *ciphertext);
    }
}

#[tokio::test]
async fn s9_a_reader_in_the_way_delays_the_erasing_to_the_next_write() {
    let (scratch, store) = opened().await;
    let ciphertext = random_sealed(200);
    save(&store, "ann", &ciphertext).await;
    let reader = scratch.second_hand();
    reader.execute_batch("BEGIN; SELECT * FROM pats").unwrap();
    store.delete_pat(&id("acme"), &user("ann"), None, audit("pat.delete")).await.unwrap();
    assert!(traces(&scratch, std::slice::from_ref(&ciphertext)) > 0, "the reader still sees it");
    reader.execute_batch("COMMIT").unwrap();
    store.append_audit(audit("x")).await.unwrap();
    assert_eq!(traces(&scratch, &[ciphertext]), 0);
}

#[tokio::test]
async fn s9_a_site_removed_leaves_no_trace_of_its_users_pats() {
    let (scratch, store) = opened().await;
    let ciphertext = random_sealed(200);
    store.add_site(site("cloud"), audit("site.add")).await.unwrap();
    save(&store, "cloud/ann", &ciphertext).await;
    store.remove_site(&site("cloud").id, None, audit("site.remove")).await.unwrap();
    assert_eq!(traces(&scratch, &[ciphertext]), 0);
}
