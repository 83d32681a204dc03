//! Whom the daemon has noted today: so that a user who asks a hundred times is written down once.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use model::{ActingUser, DAY_MS, SiteProject, Timestamp};

/// Most users and projects remembered at a time: some 10 MB, and more than one daemon serves in a day. Beyond it all are
/// forgotten, and noted once more.
const MAX_REMEMBERED: usize = 50_000;

/// Users and projects that were noted today.
#[derive(Default)]
pub(super) struct Seen(Mutex<Today>);

#[derive(Default)]
struct Today {
    /// Days since 1970, in UTC.
    day: i64,
    noted: HashSet<(ActingUser, SiteProject)>,
}

impl Seen {
    /// Whether this is the first time today that the user asks something of the project, as far as anybody remembers.
    pub fn is_first_today(&self, user: &ActingUser, project: &SiteProject, now: Timestamp) -> bool {
        let mut today = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let day = now.unix_ms() / DAY_MS;
        if today.day != day || today.noted.len() >= MAX_REMEMBERED {
            *today = Today { day, noted: HashSet::new() };
        }
        today.noted.insert((user.clone(), project.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_user_is_noted_once_a_day_in_each_project_and_what_is_remembered_has_a_bound() {
        let seen = Seen::default();
        let user = |id: &str| crate::world::acting(id);
        let project = |text: &str| SiteProject::parse(text).unwrap();
        let noon = Timestamp::parse("2026-11-22T12:00:00Z").unwrap();
        let first = |who: &str, key: &str, at| seen.is_first_today(&user(who), &project(key), at);
        assert!(first("ann", "ABC", noon) && first("ann", "XYZ", noon) && first("bob", "ABC", noon));
        assert!(!first("ann", "ABC", noon) && !first("ann", "ABC", noon.plus_ms(DAY_MS / 2 - 1)));
        assert!(first("ann", "ABC", noon.plus_ms(DAY_MS / 2)), "another day");
        for number in 0..MAX_REMEMBERED {
            seen.is_first_today(&user(&number.to_string()), &project("ABC"), noon);
            assert!(seen.0.lock().unwrap().noted.len() <= MAX_REMEMBERED);
        }
    }
}
