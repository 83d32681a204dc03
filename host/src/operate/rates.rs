//! How often: each user and each connector may ask for so much in a minute, so that nobody uses up what a git server grants to all,
//! or has the daemon write without end. What may be under way at once is [`super::admission`]'s.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, MonotonicClock};
use governor::{Quota, RateLimiter};

use model::Actor;

model::limits! {
    /// How much one may ask for in a minute. What was not used is there at once, a minute's worth at most.
    Rates;
    user_a_minute: 1000, 1..=1_000_000,
        "What a user asks git servers for in a minute: twenty times what somebody does who clicks without a pause.";
    connector_a_minute: 20_000, 1..=10_000_000,
        "What all users of a connector ask git servers for in a minute.";
    links_a_minute: 120, 1..=1_000_000,
        "Links to pages that a connector asks for one user in a minute.";
    tokens_a_minute: 30, 1..=100_000,
        "Tokens that a user enters in a minute, right or wrong: no git server should see one guessed.";
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// An answer of a git server.
    Answer,
    /// A link to a page.
    Link,
    /// A look at a token that was entered.
    Token,
}

/// Why nothing was done: it was asked for too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{whose} asked for {what} more often than {limit} times a minute")]
pub struct TooOften {
    whose: &'static str,
    what: &'static str,
    /// How often a minute it may be.
    pub limit: u32,
    /// When it may be asked for again.
    pub wait: Duration,
}

impl TooOften {
    /// The same in whole seconds, after which it may be.
    pub fn seconds(&self) -> u32 {
        u32::try_from(self.wait.as_secs() + 1).unwrap_or(u32::MAX)
    }
}

type Limiter = RateLimiter<String, governor::state::keyed::HashMapStateStore<String>, MonotonicClock>;

/// Of everybody.
pub(super) struct Frequency {
    of_users: Limiter,
    of_connectors: Limiter,
    of_links: Limiter,
    of_tokens: Limiter,
    rates: Rates,
}

/// Users and connectors that are remembered before those are forgotten that asked for nothing for a while.
const MANY: usize = 10_000;

impl Frequency {
    /// With nothing asked for yet.
    pub fn within(rates: Rates) -> Self {
        let limiter = |a_minute: u32| {
            let a_minute = NonZeroU32::new(a_minute).unwrap_or(NonZeroU32::MIN);
            RateLimiter::hashmap_with_clock(Quota::per_minute(a_minute), MonotonicClock)
        };
        Self {
            of_users: limiter(rates.user_a_minute),
            of_connectors: limiter(rates.connector_a_minute),
            of_links: limiter(rates.links_a_minute),
            of_tokens: limiter(rates.tokens_a_minute),
            rates,
        }
    }

    /// Counts one. Of what administrators and the daemon itself ask for, nothing is counted.
    pub fn count(&self, actor: &Actor, asked: Asked) -> Result<(), TooOften> {
        let Actor::User { site, connector, jira_user } = actor else { return Ok(()) };
        let user = format!("{site}/{jira_user}");
        let one = |limiter: &Limiter, key: String, whose, what, limit| {
            if limiter.len() > MANY {
                limiter.retain_recent();
            }
            limiter.check_key(&key).map_err(|not_until| {
                let wait = not_until.wait_time_from(MonotonicClock.now());
                TooOften { whose, what, limit, wait }
            })
        };
        let Rates { user_a_minute, connector_a_minute, links_a_minute, tokens_a_minute } = self.rates;
        match asked {
            Asked::Answer => {
                let what = "something of a git server";
                one(&self.of_users, user, "this user", what, user_a_minute)?;
                one(&self.of_connectors, connector.clone(), "this connector", what, connector_a_minute)
            }
            Asked::Link => one(&self.of_links, user, "this user", "a link to a page", links_a_minute),
            Asked::Token => one(&self.of_tokens, user, "this user", "a look at a token", tokens_a_minute),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str, connector: &str) -> Actor {
        Actor::User { site: "default".parse().unwrap(), connector: connector.into(), jira_user: name.parse().unwrap() }
    }

    #[test]
    fn each_user_has_so_many_a_minute_and_a_connector_all_of_its_users_together() {
        let rates = Rates { user_a_minute: 10, connector_a_minute: 25, ..Rates::default() };
        let frequency = Frequency::within(rates);
        let count = |name, connector| frequency.count(&user(name, connector), Asked::Answer);
        for name in ["ann", "bob"] {
            for _ in 0..10 {
                assert_eq!(count(name, "jira"), Ok(()));
            }
            let refused = count(name, "jira").unwrap_err();
            assert!(refused.limit == 10 && (1..=6).contains(&refused.wait.as_secs()), "{refused:?}");
            assert_eq!(
                refused.to_string(),
                "this user asked for something of a git server more often than 10 times a minute"
            );
        }
        for _ in 0..5 {
            assert_eq!(count("cleo", "jira"), Ok(()));
        }
        let refused = count("cleo", "jira").unwrap_err();
        assert!(refused.to_string().starts_with("this connector asked") && refused.wait.as_secs() <= 2, "{refused:?}");
        assert_eq!(count("cleo", "other"), Ok(()));
        // Others are others, and whoever runs the daemon is not counted.
        for asked in [Asked::Link, Asked::Token] {
            assert_eq!(frequency.count(&user("ann", "jira"), asked), Ok(()));
        }
        for _ in 0..100 {
            assert_eq!(frequency.count(&Actor::CommandLine, Asked::Answer), Ok(()));
        }
    }
}
