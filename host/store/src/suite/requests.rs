//! Token ids and idempotency keys.

use super::values::{CLAIM_MS, answer, at, at_once, claim, connector_id, key, key_claim, keyed};
use crate::{Claim, IdempotencyKey, KeyClaim, RequestClaim, SharedStore};
use model::DAY_MS;

pub async fn a_token_id_is_good_once(store: SharedStore) {
    assert_eq!(store.claim_request(claim("t1")).await.unwrap(), Claim::Granted);
    assert_eq!(store.claim_request(claim("t1")).await.unwrap(), Claim::TokenReplayed);
    assert_eq!(store.claim_request(claim("t2")).await.unwrap(), Claim::Granted);
}

pub async fn a4_a_token_id_used_by_many_at_once_is_granted_to_one(store: SharedStore) {
    let claims = at_once(50, |_| {
        let store = store.clone();
        async move { store.claim_request(claim("t")).await.unwrap() }
    })
    .await;
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::Granted).count(), 1);
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::TokenReplayed).count(), 49);
}

pub async fn the_same_token_id_of_two_connectors_is_two(store: SharedStore) {
    let other = RequestClaim { connector: connector_id("other"), ..claim("t") };
    assert_eq!(store.claim_request(claim("t")).await.unwrap(), Claim::Granted);
    assert_eq!(store.claim_request(other).await.unwrap(), Claim::Granted);
}

pub async fn a_replayed_token_id_claims_no_key(store: SharedStore) {
    store.claim_request(claim("t1")).await.unwrap();
    assert_eq!(store.claim_request(keyed("t1", "ann", 1, at(0))).await.unwrap(), Claim::TokenReplayed);
    assert_eq!(store.claim_request(keyed("t2", "ann", 2, at(0))).await.unwrap(), Claim::Granted);
}

pub async fn a_key_replays_its_answer(store: SharedStore) {
    assert_eq!(store.claim_request(keyed("t1", "ann", 1, at(0))).await.unwrap(), Claim::Granted);
    assert_eq!(store.claim_request(keyed("t2", "ann", 1, at(1))).await.unwrap(), Claim::InProgress);
    store.keep_answer(key("ann"), Some(answer("{}"))).await.unwrap();
    for token in ["t3", "t4"] {
        let replay = store.claim_request(keyed(token, "ann", 1, at(2))).await.unwrap();
        assert_eq!(replay, Claim::Replay(answer("{}")));
    }
    // The replays used up their token ids all the same.
    assert_eq!(store.claim_request(claim("t4")).await.unwrap(), Claim::TokenReplayed);
}

pub async fn a9_a_key_with_another_request_is_refused(store: SharedStore) {
    store.claim_request(keyed("t1", "ann", 1, at(0))).await.unwrap();
    assert_eq!(store.claim_request(keyed("t2", "ann", 2, at(0))).await.unwrap(), Claim::OtherRequest);
    store.keep_answer(key("ann"), Some(answer("1"))).await.unwrap();
    assert_eq!(store.claim_request(keyed("t3", "ann", 2, at(0))).await.unwrap(), Claim::OtherRequest);
    assert_eq!(store.claim_request(keyed("t4", "ann", 1, at(0))).await.unwrap(), Claim::Replay(answer("1")));
}

pub async fn a9_a_start_ends_the_claims_of_before_and_forgets_no_answer(store: SharedStore) {
    for (token, user) in [("t1", "ann"), ("t2", "bob"), ("t3", "eve")] {
        assert_eq!(store.claim_request(keyed(token, user, 1, at(0))).await.unwrap(), Claim::Granted);
    }
    store.keep_answer(key("bob"), Some(answer("bob's"))).await.unwrap();
    assert_eq!(store.claim_request(keyed("t4", "ann", 1, at(1))).await.unwrap(), Claim::InProgress);
    store.end_claims(at(1)).await.unwrap();
    assert_eq!(store.claim_request(keyed("t5", "ann", 2, at(1))).await.unwrap(), Claim::OtherRequest);
    assert_eq!(store.claim_request(keyed("t6", "ann", 1, at(1))).await.unwrap(), Claim::Granted);
    assert_eq!(
        store.claim_request(keyed("t7", "ann", 1, at(1))).await.unwrap(),
        Claim::InProgress,
        "it is claimed anew"
    );
    assert_eq!(store.claim_request(keyed("t8", "bob", 1, at(1))).await.unwrap(), Claim::Replay(answer("bob's")));
    assert_eq!(store.claim_request(keyed("t9", "eve", 1, at(1))).await.unwrap(), Claim::Granted);
    assert_eq!(store.claim_request(claim("t1")).await.unwrap(), Claim::TokenReplayed, "no token is good again");
}

pub async fn a9_two_users_or_connectors_never_share_a_key(store: SharedStore) {
    let elsewhere = IdempotencyKey { connector: connector_id("other"), ..key("ann") };
    let mut of_other_connector = keyed("t3", "ann", 3, at(0));
    of_other_connector.idempotency = Some(key_claim(elsewhere.clone(), 3));
    assert_eq!(store.claim_request(keyed("t1", "ann", 1, at(0))).await.unwrap(), Claim::Granted);
    assert_eq!(store.claim_request(keyed("t2", "Ann", 2, at(0))).await.unwrap(), Claim::Granted);
    assert_eq!(store.claim_request(of_other_connector).await.unwrap(), Claim::Granted);
    store.keep_answer(key("ann"), Some(answer("ann's"))).await.unwrap();
    store.keep_answer(key("Ann"), Some(answer("Ann's"))).await.unwrap();
    store.keep_answer(elsewhere, None).await.unwrap();
    assert_eq!(store.claim_request(keyed("t4", "ann", 1, at(0))).await.unwrap(), Claim::Replay(answer("ann's")));
    assert_eq!(store.claim_request(keyed("t5", "Ann", 2, at(0))).await.unwrap(), Claim::Replay(answer("Ann's")));
}

pub async fn a9_fifty_identical_claims_at_once_give_one_granted(store: SharedStore) {
    let claims = at_once(50, |index| {
        let store = store.clone();
        async move { store.claim_request(keyed(&format!("t{index}"), "ann", 1, at(0))).await.unwrap() }
    })
    .await;
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::Granted).count(), 1);
    assert_eq!(claims.iter().filter(|claim| **claim == Claim::InProgress).count(), 49);
}

pub async fn a18_the_keys_of_one_user_id_on_two_sites_are_two(store: SharedStore) {
    assert_eq!(store.claim_request(keyed("t1", "ann", 1, at(0))).await.unwrap(), Claim::Granted);
    assert_eq!(store.claim_request(keyed("t2", "cloud/ann", 2, at(0))).await.unwrap(), Claim::Granted);
    store.keep_answer(key("cloud/ann"), Some(answer("cloud"))).await.unwrap();
    assert_eq!(store.claim_request(keyed("t3", "ann", 1, at(0))).await.unwrap(), Claim::InProgress);
    assert_eq!(store.claim_request(keyed("t4", "cloud/ann", 2, at(0))).await.unwrap(), Claim::Replay(answer("cloud")));
}

pub async fn a_key_under_way_is_free_again_when_its_claim_has_run_out(store: SharedStore) {
    store.claim_request(keyed("t1", "ann", 1, at(0))).await.unwrap();
    assert_eq!(store.claim_request(keyed("t2", "ann", 1, at(CLAIM_MS - 1))).await.unwrap(), Claim::InProgress);
    assert_eq!(store.claim_request(keyed("t3", "ann", 1, at(CLAIM_MS))).await.unwrap(), Claim::Granted);
    assert_eq!(store.claim_request(keyed("t4", "ann", 1, at(CLAIM_MS + 1))).await.unwrap(), Claim::InProgress);
}

pub async fn a_key_whose_claimant_ended_without_an_answer_is_free_for_the_same_request(store: SharedStore) {
    let abandoned = |token: &str, request| {
        let claim = KeyClaim { is_abandoned: true, ..key_claim(key("ann"), request) };
        RequestClaim { idempotency: Some(claim), ..keyed(token, "ann", request, at(0)) }
    };
    store.claim_request(keyed("t1", "ann", 1, at(0))).await.unwrap();
    assert_eq!(store.claim_request(abandoned("t2", 2)).await.unwrap(), Claim::OtherRequest);
    assert_eq!(store.claim_request(abandoned("t3", 1)).await.unwrap(), Claim::Granted);
    store.keep_answer(key("ann"), Some(answer("1"))).await.unwrap();
    assert_eq!(store.claim_request(abandoned("t4", 1)).await.unwrap(), Claim::Replay(answer("1")));
}

pub async fn a_key_given_back_is_free(store: SharedStore) {
    store.claim_request(keyed("t1", "ann", 1, at(0))).await.unwrap();
    store.keep_answer(key("ann"), None).await.unwrap();
    assert_eq!(store.claim_request(keyed("t2", "ann", 2, at(0))).await.unwrap(), Claim::Granted);
}

pub async fn an_answered_key_cannot_be_given_back(store: SharedStore) {
    store.claim_request(keyed("t1", "ann", 1, at(0))).await.unwrap();
    store.keep_answer(key("ann"), Some(answer("1"))).await.unwrap();
    store.keep_answer(key("ann"), None).await.unwrap();
    assert_eq!(store.claim_request(keyed("t2", "ann", 1, at(0))).await.unwrap(), Claim::Replay(answer("1")));
}

pub async fn an_answer_is_forgotten_after_a_day(store: SharedStore) {
    store.claim_request(keyed("t1", "ann", 1, at(0))).await.unwrap();
    store.keep_answer(key("ann"), Some(answer("1"))).await.unwrap();
    assert_eq!(store.claim_request(keyed("t2", "ann", 1, at(DAY_MS - 1))).await.unwrap(), Claim::Replay(answer("1")));
    assert_eq!(store.claim_request(keyed("t3", "ann", 2, at(DAY_MS))).await.unwrap(), Claim::Granted);
    // The old answer went with the old claim.
    assert_eq!(store.claim_request(keyed("t4", "ann", 2, at(DAY_MS))).await.unwrap(), Claim::InProgress);
}

pub async fn sweeping_forgets_what_has_run_out_and_nothing_else(store: SharedStore) {
    store.claim_request(keyed("t1", "ann", 1, at(0))).await.unwrap();
    store.keep_answer(key("ann"), Some(answer("1"))).await.unwrap();
    assert_eq!(store.sweep(at(299_999)).await.unwrap(), 0);
    assert_eq!(store.claim_request(claim("t1")).await.unwrap(), Claim::TokenReplayed);
    assert_eq!(store.sweep(at(300_000)).await.unwrap(), 1);
    assert_eq!(store.claim_request(claim("t1")).await.unwrap(), Claim::Granted);
    assert_eq!(store.sweep(at(DAY_MS)).await.unwrap(), 2);
    assert_eq!(store.sweep(at(DAY_MS)).await.unwrap(), 0);
}
