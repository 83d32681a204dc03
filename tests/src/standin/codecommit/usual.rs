//! The usual scene: the people, access keys and repositories most tests need, so that a test names only what is special in it.

use time::macros::datetime;

use super::builder::{Builder, NewRepository, Permission};
use super::policy::Statement;
use super::world::{AccessKey, TokenState};

/// Access keys of the usual scene.
pub mod token {
    pub use crate::standin::codecommit::world::Key;

    const fn long_term(id: &'static str, secret: &'static str) -> Key {
        Key { id, secret, session_token: None }
    }

    const fn temporary(id: &'static str, secret: &'static str, session_token: &'static str) -> Key {
        Key { id, secret, session_token: Some(session_token) }
    }

    /// alice may do everything in the account but touch `release/*` of widgets.
    pub const ALICE: Key = long_term("AKIASTANDINALICE0001", "aliceStandIn/Secret+StandInSecretKey0001");
    /// alice, for a time: a temporary key that ends in 2031.
    pub const ALICE_EXPIRING: Key = temporary(
        "ASIASTANDINALICE0002",
        "aliceStandIn/Secret+StandInSecretKey0002",
        "IQoStandInSession//////////wEaCXVzLWVhc3QtMSJALICE+0002==",
    );
    /// alice, with a key that may only read.
    pub const ALICE_READ: Key = long_term("AKIASTANDINALICE0003", "aliceStandIn/Secret+StandInSecretKey0003");
    /// alice, with a key that may do nothing in CodeCommit.
    pub const ALICE_NO_SCOPE: Key = long_term("AKIASTANDINALICE0004", "aliceStandIn/Secret+StandInSecretKey0004");
    /// alice, with a temporary key whose time is over.
    pub const ALICE_EXPIRED: Key = temporary(
        "ASIASTANDINALICE0005",
        "aliceStandIn/Secret+StandInSecretKey0005",
        "IQoStandInSession//////////wEaCXVzLWVhc3QtMSJALICE+0005==",
    );
    /// alice, with a key that was deleted.
    pub const ALICE_REVOKED: Key = long_term("AKIASTANDINALICE0006", "aliceStandIn/Secret+StandInSecretKey0006");
    /// alice as a session of the role `developer`.
    pub const ALICE_ROLE: Key = temporary(
        "ASIASTANDINALICE0007",
        "aliceStandIn/Secret+StandInSecretKey0007",
        "IQoStandInSession//////////wEaCXVzLWVhc3QtMSJALICE+0007==",
    );
    /// bob may only read widgets, and see the names of the others.
    pub const BOB: Key = long_term("AKIASTANDINBOBBY0001", "bobbyStandIn/Secret+StandInSecretKey0001");
    /// mallory has no permission in CodeCommit.
    pub const MALLORY: Key = long_term("AKIASTANDINMALLO0001", "malloStandIn/Secret+StandInSecretKey0001");
    /// The integration account: like alice.
    pub const INTEGRATION: Key = long_term("AKIASTANDINROBOT0001", "robotStandIn/Secret+StandInSecretKey0001");

    /// All of them.
    pub const ALL: [Key; 10] = [
        ALICE,
        ALICE_EXPIRING,
        ALICE_READ,
        ALICE_NO_SCOPE,
        ALICE_EXPIRED,
        ALICE_REVOKED,
        ALICE_ROLE,
        BOB,
        MALLORY,
        INTEGRATION,
    ];
}

const READING: &[&str] = &["codecommit:Get*", "codecommit:List*", "codecommit:BatchGet*"];

impl Builder {
    /// Adds the usual scene.
    ///
    /// Users of the account: `alice`, `bob`, `mallory`, `jira-integration`. Repositories: `widgets` (protecting `release/*`),
    /// empty `empty`, `dotfiles`. Access keys: [`token`]. Who may list repositories sees the names of all: the server knows no
    /// repository that is hidden, only operations that are denied.
    pub fn usual(self) -> Builder {
        let everything = || Statement::allow(&["codecommit:*"], "*");
        let people = self
            .account("alice")
            .policy("alice", everything())
            .account("bob")
            .policy("bob", Statement::allow(&["codecommit:ListRepositories"], "*"))
            .account("mallory")
            .account("jira-integration")
            .policy("jira-integration", everything());
        let widgets = NewRepository::named("widgets").described("Widgets of acme").protecting("release/*");
        with_tokens(people)
            .repository(widgets.collaborator("bob", Permission::Read))
            .repository(NewRepository::named("empty").empty())
            .repository(NewRepository::named("dotfiles"))
    }
}

fn with_tokens(builder: Builder) -> Builder {
    builder
        .token("alice", AccessKey::new(&token::ALICE))
        .token("alice", AccessKey::new(&token::ALICE_EXPIRING).expiring(datetime!(2031-02-03 04:05:06 UTC)))
        .token("alice", AccessKey::new(&token::ALICE_READ).limited_to(READING))
        .token("alice", AccessKey::new(&token::ALICE_NO_SCOPE).limited_to(&[]))
        .token("alice", AccessKey::new(&token::ALICE_EXPIRED).in_state(TokenState::Expired))
        .token("alice", AccessKey::new(&token::ALICE_REVOKED).in_state(TokenState::Revoked))
        .token("alice", AccessKey::new(&token::ALICE_ROLE).of_role("developer"))
        .token("bob", AccessKey::new(&token::BOB))
        .token("mallory", AccessKey::new(&token::MALLORY))
        .token("jira-integration", AccessKey::new(&token::INTEGRATION))
}
