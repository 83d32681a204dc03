//! When PATs that a git server refused were last asked about: no oftener than every ten minutes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use model::{ActingUser, IntegrationId, Rejection, Timestamp};

/// How long a refusal is taken for the git server's last word, in milliseconds: a server that counts wrong tokens is asked six
/// times an hour.
const ASKED_AGAIN_AFTER_MS: i64 = 10 * 60 * 1000;
/// Most PATs whose last question is remembered. Beyond it those that may be asked about again are forgotten, and then all.
const MAX_REMEMBERED: usize = 10_000;

/// When rejected PATs were last asked about, whatever came of it.
#[derive(Default)]
pub(super) struct SecondChances(Mutex<HashMap<(IntegrationId, ActingUser), Timestamp>>);

impl SecondChances {
    /// Whether it is time for another question, which is taken for asked from then on.
    pub fn take(&self, integration: &IntegrationId, user: &ActingUser, rejection: &Rejection, now: Timestamp) -> bool {
        let is_due = |at: &Timestamp| at.plus_ms(ASKED_AGAIN_AFTER_MS) <= now;
        if !is_due(&rejection.at) {
            return false;
        }
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let whose = (integration.clone(), user.clone());
        if asked.get(&whose).is_some_and(|at| !is_due(at)) {
            return false;
        }
        if asked.len() >= MAX_REMEMBERED {
            asked.retain(|_, at| !is_due(at));
        }
        if asked.len() >= MAX_REMEMBERED {
            asked.clear();
        }
        asked.insert(whose, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v11_one_question_in_ten_minutes_for_each_and_what_is_remembered_has_a_bound() {
        let chances = SecondChances::default();
        let now = Timestamp::from_unix_ms(1_000_000_000);
        let rejection = Rejection { at: now.plus_ms(-ASKED_AGAIN_AFTER_MS), why: String::new() };
        let of = |user: &str, after_ms: i64| {
            let integration = IntegrationId::parse("acme").unwrap();
            chances.take(&integration, &crate::world::acting(user), &rejection, now.plus_ms(after_ms))
        };
        assert!(of("ann", 0) && of("bob", 0) && !of("ann", ASKED_AGAIN_AFTER_MS - 1));
        assert!(of("ann", ASKED_AGAIN_AFTER_MS) && !of("ann", ASKED_AGAIN_AFTER_MS + 1));
        assert!(!of("cat", -1), "its last word is of nine minutes ago");
        for number in 0..MAX_REMEMBERED {
            of(&number.to_string(), 0);
            assert!(chances.0.lock().unwrap().len() <= MAX_REMEMBERED);
        }
    }
}
