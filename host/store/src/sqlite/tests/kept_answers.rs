//! What is in the files of requests and their answers, and what becomes of it in other hands.

use std::fs;

use super::{Scratch, SqliteStore};
use crate::suite::values::{answer, at, key, keyed};
use crate::{Claim, Requests as _};

const LINK: &str = "https://countersign.example.com/setup/a-secret-that-works-once";

/// Ann's request 1 is answered with a link, and bob's request 1 with another.
async fn answered() -> (Scratch, SqliteStore) {
    let scratch = Scratch::new();
    let store = scratch.open();
    for who in ["ann", "bob"] {
        assert_eq!(store.claim_request(keyed(who, who, 1, at(0))).await.unwrap(), Claim::Granted);
        store.keep_answer(key(who), Some(answer(&format!("{LINK}-of-{who}")))).await.unwrap();
    }
    (scratch, store)
}

async fn again(store: &SqliteStore, who: &str) -> Claim {
    store.claim_request(keyed(&format!("{who} again"), who, 1, at(1))).await.unwrap()
}

#[tokio::test]
async fn p5_neither_a_request_nor_its_answer_is_in_any_file() {
    let (scratch, store) = answered().await;
    for file in fs::read_dir(scratch.directory.path()).unwrap() {
        let path = file.unwrap().path();
        let content = fs::read(&path).unwrap();
        let holds = |secret: &[u8]| content.windows(secret.len()).any(|window| window == secret);
        assert!(!holds(LINK.as_bytes()), "the link is in {}", path.display());
        assert!(!holds(&[1; 32]), "the hash of the request is in {}", path.display());
    }
    assert_eq!(again(&store, "ann").await, Claim::Replay(answer(&format!("{LINK}-of-ann"))));
}

#[tokio::test]
async fn s1_an_answer_moved_to_another_user_or_altered_is_not_given() {
    let swapped = "UPDATE idempotency_keys SET body = \
                   (SELECT body FROM was WHERE was.jira_user <> idempotency_keys.jira_user)";
    let edits =
        [swapped, "UPDATE idempotency_keys SET status = 200", "UPDATE idempotency_keys SET content_type = 'text/html'"];
    for edit in edits {
        let (scratch, store) = answered().await;
        let second = scratch.second_hand();
        second.execute("CREATE TEMP TABLE was AS SELECT * FROM idempotency_keys", []).unwrap();
        assert_eq!(second.execute(edit, []).unwrap(), 2);
        assert_eq!(again(&store, "ann").await, Claim::Granted, "{edit}");
    }
}
