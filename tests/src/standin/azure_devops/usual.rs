//! The usual scene: the people, tokens and repositories most tests need, so that a test names only what is special in it.

use time::macros::datetime;

use super::builder::{Builder, NewRepository};
use super::world::{Permission, Token, TokenState};

/// Tokens of the usual scene: of the new length with `AZDO` in them, except where said.
pub mod token {
    /// alice contributes to everything of Platform; code to write, identities to read.
    pub const ALICE: &str = "AliceStandIn01AliceStandIn01AliceStandIn01AliceStandIn01AliceStandIn01JQQJ99AZDOab01";
    /// The same in the old form of 52 small letters and digits, but for the name.
    pub const ALICE_OLD_FORM: &str = "aliceStandIn02alicestandin02alicestandin02alicestand";
    /// alice, until 3 February 2031.
    pub const ALICE_EXPIRING: &str =
        "AliceStandIn03AliceStandIn03AliceStandIn03AliceStandIn03AliceStandIn03JQQJ99AZDOab03";
    /// alice, code to read.
    pub const ALICE_READ_ONLY: &str =
        "AliceStandIn04AliceStandIn04AliceStandIn04AliceStandIn04AliceStandIn04JQQJ99AZDOab04";
    /// alice, work items only: nothing of code.
    pub const ALICE_NO_SCOPE: &str =
        "AliceStandIn05AliceStandIn05AliceStandIn05AliceStandIn05AliceStandIn05JQQJ99AZDOab05";
    /// alice, code to write but no identities: she cannot look up a reviewer.
    pub const ALICE_CODE_ONLY: &str =
        "AliceStandIn06AliceStandIn06AliceStandIn06AliceStandIn06AliceStandIn06JQQJ99AZDOab06";
    pub const ALICE_EXPIRED: &str =
        "AliceStandIn07AliceStandIn07AliceStandIn07AliceStandIn07AliceStandIn07JQQJ99AZDOab07";
    pub const ALICE_REVOKED: &str =
        "AliceStandIn08AliceStandIn08AliceStandIn08AliceStandIn08AliceStandIn08JQQJ99AZDOab08";
    /// bob may only read Platform/widgets; code to write, identities to read.
    pub const BOB: &str = "BobbyStandIn01BobbyStandIn01BobbyStandIn01BobbyStandIn01BobbyStandIn01JQQJ99AZDObb01";
    /// mallory is nobody's collaborator; code to write, identities to read.
    pub const MALLORY: &str = "MalloStandIn01MalloStandIn01MalloStandIn01MalloStandIn01MalloStandIn01JQQJ99AZDOmm01";
    /// The integration account; code to write, identities to read.
    pub const INTEGRATION: &str =
        "RobotStandIn01RobotStandIn01RobotStandIn01RobotStandIn01RobotStandIn01JQQJ99AZDOrr01";

    /// The integration account of a server of one's own, with [`INTEGRATION_PASSWORD`].
    pub const INTEGRATION_USER: &str = "acme\\jira-integration";
    pub const INTEGRATION_PASSWORD: &str = "StandIn-password-of-the-service-account";
}

impl Builder {
    /// Adds the usual scene.
    ///
    /// People: `alice` (101), `bob` (102), `mallory` (103), `jira-integration` (104). Projects: `Platform` with `widgets`
    /// (protecting `release/`; once `gadgets`, which leads nowhere now), empty `empty`, and disabled `attic` where the server
    /// knows disabling; `Public`, public where the server knows such, with alice's `dotfiles` and with `Public`, which has the
    /// name of its project. Tokens: [`token`]; on a server of one's own also the password of the integration account.
    pub fn usual(self) -> Builder {
        let knows_disabling = self.product.since(7, 0);
        let people = self
            .account("alice", 101)
            .account("bob", 102)
            .account("mallory", 103)
            .account("jira-integration", 104)
            .project("Platform")
            .public_project("Public");
        let widgets = NewRepository::named("Platform/widgets").protecting("release/");
        let scene = with_tokens(people)
            .repository(shared(widgets).collaborator("bob", Permission::Read))
            .repository(shared(NewRepository::named("Platform/empty").empty()))
            .repository(NewRepository::named("Public/dotfiles").collaborator("alice", Permission::Contribute))
            .repository(NewRepository::named("Public/Public").collaborator("alice", Permission::Contribute));
        if knows_disabling {
            return scene.repository(shared(NewRepository::named("Platform/attic").disabled()));
        }
        scene
    }
}

fn shared(repository: NewRepository) -> NewRepository {
    repository.collaborator("alice", Permission::Contribute).collaborator("jira-integration", Permission::Contribute)
}

fn with_tokens(builder: Builder) -> Builder {
    let good = |secret| Token::pat(secret, &["vso.code_write", "vso.identity"]);
    let password = Token::password(token::INTEGRATION_USER, token::INTEGRATION_PASSWORD);
    let has_passwords = !builder.product.is_hosted();
    let builder = builder
        .token("alice", good(token::ALICE))
        .token("alice", good(token::ALICE_OLD_FORM))
        .token("alice", good(token::ALICE_EXPIRING).expiring(datetime!(2031-02-03 04:05:06 UTC)))
        .token("alice", Token::pat(token::ALICE_READ_ONLY, &["vso.code", "vso.identity"]))
        .token("alice", Token::pat(token::ALICE_NO_SCOPE, &["vso.work_write"]))
        .token("alice", Token::pat(token::ALICE_CODE_ONLY, &["vso.code_write"]))
        .token("alice", good(token::ALICE_EXPIRED).in_state(TokenState::Expired))
        .token("alice", good(token::ALICE_REVOKED).in_state(TokenState::Revoked))
        .token("bob", good(token::BOB))
        .token("mallory", good(token::MALLORY))
        .token("jira-integration", good(token::INTEGRATION));
    if has_passwords { builder.token("jira-integration", password) } else { builder }
}
