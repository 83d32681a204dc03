//! The usual scene: the people, tokens and repositories most tests need, so that a test names only what is special in it.

use time::Date;
use time::macros::date;

use super::builder::{Builder, NewRepository};
use super::world::{Role, Token, TokenState};

/// Tokens of the usual scene.
pub mod token {
    /// alice is a developer in everything of acme; scope `api`.
    pub const ALICE: &str = "glpat-aliceStandInToken-01";
    /// alice, `api` with an expiry.
    pub const ALICE_EXPIRING: &str = "glpat-aliceStandInToken-02";
    /// alice, `read_api`: she sees everything and changes nothing.
    pub const ALICE_READ: &str = "glpat-aliceStandInToken-03";
    /// alice, `read_user`: she sees herself.
    pub const ALICE_NO_SCOPE: &str = "glpat-aliceStandInToken-04";
    pub const ALICE_EXPIRED: &str = "glpat-aliceStandInToken-05";
    pub const ALICE_REVOKED: &str = "glpat-aliceStandInToken-06";
    /// alice, `read_api` and `write_repository`: she pushes with git, but the API lets her change nothing.
    pub const ALICE_PUSH_ONLY: &str = "glpat-aliceStandInToken-07";
    /// alice, made for her by an administrator, which is switched off.
    pub const ALICE_IMPERSONATED: &str = "glpat-aliceStandInToken-08";
    /// alice, who demands a proof of possession that nobody sends.
    pub const ALICE_WITHOUT_PROOF: &str = "glpat-aliceStandInToken-09";
    /// alice, an application's: taken as bearer only.
    pub const ALICE_OAUTH: &str = "a11ceStandInTokenStandInTokenStandInTokenStandInTokenStandIn0001";
    /// alice, `api`, from before tokens had a prefix: 20 characters.
    pub const ALICE_OLD: &str = "aliceStandInToken-10";
    /// bob is a reporter in acme/widgets; `api`.
    pub const BOB: &str = "glpat-bobbyStandInToken-01";
    /// mallory is nobody's collaborator; `api`.
    pub const MALLORY: &str = "glpat-malloStandInToken-01";
    /// The integration account; `api`.
    pub const INTEGRATION: &str = "glpat-robotStandInToken-01";
    /// A project access token of acme/widgets: a bot that is a developer there; `api`.
    pub const WIDGETS_BOT: &str = "glpat-widgeStandInToken-01";
}

/// The expiry of the tokens of the usual scene that have one.
const EXPIRES: Date = date!(2031 - 02 - 03);

/// The bot of acme/widgets, the first repository.
const WIDGETS_BOT: &str = "project_5001_bot_57a4d12";

impl Builder {
    /// Adds the usual scene.
    ///
    /// People: `alice` (101), `bob` (102), `mallory` (103), `jira-integration` (104), the bot of acme/widgets (105); groups
    /// `acme` (900) and `acme/platform` (901). Repositories: private `acme/widgets` (protecting `release/*`, once
    /// `acme/gadgets`), private and empty `acme/empty`, archived `acme/attic`, private `acme/platform/tools`, public
    /// `alice/dotfiles`. Tokens: [`token`].
    pub fn usual(self) -> Builder {
        let people = self
            .account("alice", 101)
            .account("bob", 102)
            .account("mallory", 103)
            .account("jira-integration", 104)
            .account(WIDGETS_BOT, 105)
            .group("acme", 900)
            .group("acme/platform", 901);
        let widgets = NewRepository::named("acme/widgets").private().protecting("release/*").formerly("acme/gadgets");
        with_tokens(people)
            .repository(shared(widgets).collaborator("bob", Role::Reporter).collaborator(WIDGETS_BOT, Role::Developer))
            .repository(shared(NewRepository::named("acme/empty").private().empty()))
            .repository(shared(NewRepository::named("acme/attic").private().archived()))
            .repository(shared(NewRepository::named("acme/platform/tools").private()))
            .repository(NewRepository::named("alice/dotfiles"))
    }
}

fn shared(repository: NewRepository) -> NewRepository {
    repository.collaborator("alice", Role::Developer).collaborator("jira-integration", Role::Developer)
}

fn with_tokens(builder: Builder) -> Builder {
    let api = |secret| Token::personal(secret, &["api"]);
    builder
        .token("alice", api(token::ALICE))
        .token("alice", api(token::ALICE_EXPIRING).expiring(EXPIRES))
        .token("alice", Token::personal(token::ALICE_READ, &["read_api"]))
        .token("alice", Token::personal(token::ALICE_NO_SCOPE, &["read_user"]))
        .token("alice", api(token::ALICE_EXPIRED).in_state(TokenState::Expired))
        .token("alice", api(token::ALICE_REVOKED).in_state(TokenState::Revoked))
        .token("alice", Token::personal(token::ALICE_PUSH_ONLY, &["read_api", "write_repository"]))
        .token("alice", api(token::ALICE_IMPERSONATED).in_state(TokenState::ImpersonationDisabled))
        .token("alice", api(token::ALICE_WITHOUT_PROOF).in_state(TokenState::WithoutProof))
        .token("alice", Token::oauth(token::ALICE_OAUTH, &["api"]))
        .token("alice", api(token::ALICE_OLD))
        .token("bob", api(token::BOB))
        .token("mallory", api(token::MALLORY))
        .token("jira-integration", api(token::INTEGRATION))
        .token(WIDGETS_BOT, api(token::WIDGETS_BOT).expiring(EXPIRES))
}
