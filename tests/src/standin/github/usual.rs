//! The usual scene: the people, tokens and repositories most tests need, so that a test names only what is special in it.

use super::builder::{Builder, NewRepository};
use super::world::{Access, Block, Permission, Token, TokenState};

/// Tokens of the usual scene.
pub mod token {
    /// alice pushes to everything of acme; classic with `repo` and `user`.
    pub const ALICE: &str = "ghp_aliceStandInTokenStandInTokenStandIn01";
    /// alice, classic with an expiry.
    pub const ALICE_EXPIRING: &str = "ghp_aliceStandInTokenStandInTokenStandIn02";
    /// alice, classic without `repo`: she sees what is public.
    pub const ALICE_NO_SCOPE: &str = "ghp_aliceStandInTokenStandInTokenStandIn03";
    pub const ALICE_EXPIRED: &str = "ghp_aliceStandInTokenStandInTokenStandIn04";
    pub const ALICE_REVOKED: &str = "ghp_aliceStandInTokenStandInTokenStandIn05";
    /// alice, fine-grained with contents and pull requests to write, and an expiry.
    pub const ALICE_FINE: &str = "github_pat_11ALICESTANDIN0000001_write";
    /// alice, fine-grained with contents and pull requests to read.
    pub const ALICE_FINE_READ: &str = "github_pat_11ALICESTANDIN0000002_read";
    /// alice, classic with `repo`, but acme wants its single sign-on first.
    pub const ALICE_SSO: &str = "ghp_aliceStandInTokenStandInTokenStandIn06";
    /// alice, classic with `repo`, but acme forbids classic tokens.
    pub const ALICE_FORBIDDEN: &str = "ghp_aliceStandInTokenStandInTokenStandIn07";
    /// alice, fine-grained, but acme finds its lifetime too long.
    pub const ALICE_TOO_LONG: &str = "github_pat_11ALICESTANDIN0000003_long";
    /// bob may only pull from acme/widgets; classic with `repo`.
    pub const BOB: &str = "ghp_bobbyStandInTokenStandInTokenStandIn01";
    /// mallory is nobody's collaborator; classic with `repo`.
    pub const MALLORY: &str = "ghp_malloStandInTokenStandInTokenStandIn01";
    /// The integration account; classic with `repo`.
    pub const INTEGRATION: &str = "ghp_robotStandInTokenStandInTokenStandIn01";

    /// All of them.
    pub const ALL: [&str; 13] = [
        ALICE,
        ALICE_EXPIRING,
        ALICE_NO_SCOPE,
        ALICE_EXPIRED,
        ALICE_REVOKED,
        ALICE_FINE,
        ALICE_FINE_READ,
        ALICE_SSO,
        ALICE_FORBIDDEN,
        ALICE_TOO_LONG,
        BOB,
        MALLORY,
        INTEGRATION,
    ];
}

/// The expiry of the tokens of the usual scene that have one.
const EXPIRES: &str = "2031-02-03 04:05:06 UTC";

impl Builder {
    /// Adds the usual scene.
    ///
    /// People: `alice` (101), `bob` (102), `mallory` (103), `jira-integration` (104); organisation `acme` (900).
    /// Repositories: private `acme/widgets` (protecting `release/*`, once `acme/gadgets`), private and empty `acme/empty`,
    /// archived `acme/attic`, public `alice/dotfiles`. Tokens: [`token`].
    pub fn usual(self) -> Builder {
        let people = self
            .account("alice", 101)
            .account("bob", 102)
            .account("mallory", 103)
            .account("jira-integration", 104)
            .organization("acme", 900);
        let widgets = NewRepository::named("acme/widgets").private().protecting("release/*").formerly("acme/gadgets");
        with_tokens(people)
            .repository(shared(widgets).collaborator("bob", Permission::Pull))
            .repository(shared(NewRepository::named("acme/empty").private().empty()))
            .repository(shared(NewRepository::named("acme/attic").private().archived()))
            .repository(NewRepository::named("alice/dotfiles"))
    }
}

fn shared(repository: NewRepository) -> NewRepository {
    repository.collaborator("alice", Permission::Push).collaborator("jira-integration", Permission::Push)
}

fn with_tokens(builder: Builder) -> Builder {
    let repo = |secret| Token::classic(secret, &["repo", "user"]);
    let acme = || "acme".to_owned();
    builder
        .token("alice", repo(token::ALICE))
        .token("alice", repo(token::ALICE_EXPIRING).expiring(EXPIRES))
        .token("alice", Token::classic(token::ALICE_NO_SCOPE, &["read:user"]))
        .token("alice", repo(token::ALICE_EXPIRED).in_state(TokenState::Expired))
        .token("alice", repo(token::ALICE_REVOKED).in_state(TokenState::Revoked))
        .token("alice", Token::fine_grained(token::ALICE_FINE, Access::Write, Access::Write).expiring(EXPIRES))
        .token("alice", Token::fine_grained(token::ALICE_FINE_READ, Access::Read, Access::Read).expiring(EXPIRES))
        .token("alice", repo(token::ALICE_SSO).blocked(Block::SingleSignOn { organization: acme() }))
        .token("alice", repo(token::ALICE_FORBIDDEN).blocked(Block::ForbidsClassic { organization: acme() }))
        .token("alice", {
            let token = Token::fine_grained(token::ALICE_TOO_LONG, Access::Write, Access::Write);
            token.expiring(EXPIRES).blocked(Block::LifetimeTooLong { organization: acme(), days: 90 })
        })
        .token("bob", repo(token::BOB))
        .token("mallory", repo(token::MALLORY))
        .token("jira-integration", repo(token::INTEGRATION))
}
