//! Sessions of administrators, and the links they begin with.

use super::values::{admin_token, at, audit, token};
use crate::{NewAdminSession, SharedStore, SignIn};
use model::{AdminSession, TokenLabel, VisitId};

async fn sign_in(store: &SharedStore, with: SignIn, id: &str, secret: &str) -> Option<AdminSession> {
    let id = VisitId::parse(id.repeat(32)).unwrap();
    let session = NewAdminSession { id, secret: token(secret), now: at(0) };
    store.begin_admin_session(with, session, audit("admin-session.begin")).await.unwrap()
}

pub async fn u7_a_login_link_begins_one_session_and_looking_uses_nothing_up(store: SharedStore) {
    let label = TokenLabel::parse("grace").unwrap();
    store.add_login_link(token("link"), label.clone(), at(1000), audit("admin-login-link.make")).await.unwrap();
    for _ in 0..2 {
        assert_eq!(store.login_link(token("link"), at(999)).await.unwrap(), Some(label.clone()));
    }
    assert_eq!(store.login_link(token("link"), at(1000)).await.unwrap(), None);
    let session = sign_in(&store, SignIn::Link(token("link")), "a", "one").await.unwrap();
    assert_eq!(sign_in(&store, SignIn::Link(token("link")), "b", "two").await, None);
    assert_eq!(store.admin_session(token("one"), at(0)).await.unwrap(), Some(session));
    assert_eq!(store.admin_session(token("two"), at(0)).await.unwrap(), None);
}

pub async fn a20_a_session_ends_with_the_token_it_began_with(store: SharedStore) {
    store.add_admin_token(token("t"), admin_token("ops"), audit("admin-token.add")).await.unwrap();
    sign_in(&store, SignIn::Token(token("t")), "a", "one").await.unwrap();
    assert_eq!(sign_in(&store, SignIn::Token(token("unknown")), "b", "two").await, None);
    assert!(store.revoke_admin_token(&admin_token("ops").label, audit("admin-token.revoke")).await.unwrap());
    assert_eq!(store.admin_session(token("one"), at(0)).await.unwrap(), None);
}

pub async fn whose_an_ended_session_was_is_known_for_a_day(store: SharedStore) {
    let label = TokenLabel::parse("grace").unwrap();
    store.add_login_link(token("link"), label, at(1000), audit("admin-login-link.make")).await.unwrap();
    sign_in(&store, SignIn::Link(token("link")), "a", "one").await.unwrap();
    let forgotten = AdminSession::IDLE_MS + AdminSession::KNOWN_MS;
    assert_eq!(store.sweep(at(forgotten - 1)).await.unwrap(), 0);
    let ended = store.admin_session(token("one"), at(forgotten - 1)).await.unwrap().unwrap();
    assert!(ended.has_ended(at(AdminSession::IDLE_MS)) && !ended.has_ended(at(AdminSession::IDLE_MS - 1)));
    assert_eq!(store.sweep(at(forgotten)).await.unwrap(), 1);
    assert_eq!(store.admin_session(token("one"), at(forgotten)).await.unwrap(), None);
}
