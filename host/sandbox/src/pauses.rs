//! A provider that breaks off its calls again and again is asked no more for a while, longer each time: what fails anyway takes no
//! time of others. At one integration: what a hostile git server makes it fail on is nothing to those of others.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use model::IntegrationId;

/// The first pause; each further one is twice as long.
const FIRST: Duration = Duration::from_secs(1);
/// The longest.
const LONGEST: Duration = Duration::from_secs(300);

/// Where a provider is paused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paused {
    /// At which integration.
    pub integration: IntegrationId,
    /// For how much longer.
    pub left: Duration,
    /// How many calls it broke off there in a row.
    pub failures: u32,
    /// How the last one ended.
    pub why: String,
}

/// Of one provider.
#[derive(Debug)]
pub(super) struct Pauses {
    after: u32,
    broken: Mutex<HashMap<IntegrationId, Broken>>,
}

#[derive(Debug)]
struct Broken {
    failures: u32,
    pauses: u32,
    until: Option<Instant>,
    why: String,
}

impl Pauses {
    /// `after`: how many calls in a row it has to break off.
    pub fn after(after: u32) -> Self {
        Self { after, broken: Mutex::default() }
    }

    /// Whether it is paused there now.
    pub fn at(&self, integration: &IntegrationId, now: Instant) -> Option<Paused> {
        let broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        broken.get(integration)?.paused(integration, now)
    }

    /// Everywhere, in order.
    pub fn all(&self, now: Instant) -> Vec<Paused> {
        let broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> =
            broken.iter().filter_map(|(integration, broken)| broken.paused(integration, now)).collect();
        all.sort_by(|one, other| one.integration.cmp(&other.integration));
        all
    }

    /// A call was answered there.
    pub fn answered(&self, integration: &IntegrationId) {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).remove(integration);
    }

    /// A call was broken off there. The pause that begins with it, if one does.
    pub fn broke(&self, integration: &IntegrationId, why: String, now: Instant) -> Option<Duration> {
        let mut broken = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        let none = || Broken { failures: 0, pauses: 0, until: None, why: String::new() };
        let one = broken.entry(integration.clone()).or_insert_with(none);
        (one.failures, one.why) = (one.failures.saturating_add(1), why);
        // Those that were under way when a pause began make it no longer.
        let is_paused = one.until.is_some_and(|until| now < until);
        if is_paused || one.failures < self.after {
            return None;
        }
        let pause = FIRST.saturating_mul(2_u32.saturating_pow(one.pauses)).min(LONGEST);
        (one.pauses, one.until) = (one.pauses + 1, Some(now + pause));
        Some(pause)
    }
}

impl Broken {
    fn paused(&self, integration: &IntegrationId, now: Instant) -> Option<Paused> {
        let left = self.until?.checked_duration_since(now).filter(|left| !left.is_zero())?;
        Some(Paused { integration: integration.clone(), left, failures: self.failures, why: self.why.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(id: &str) -> IntegrationId {
        IntegrationId::parse(id).unwrap()
    }

    #[test]
    fn a_provider_is_paused_for_longer_each_time_at_the_one_integration_until_it_answers() {
        let (pauses, here, there) = (Pauses::after(3), id("here"), id("there"));
        let mut now = Instant::now();
        for failures in 1..=2 {
            assert_eq!(pauses.broke(&here, format!("trap {failures}"), now), None);
            assert_eq!(pauses.at(&here, now), None);
        }
        for (round, seconds) in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300].into_iter().enumerate() {
            let pause = Duration::from_secs(seconds);
            assert_eq!(pauses.broke(&here, "a trap".into(), now), Some(pause));
            assert_eq!(pauses.broke(&there, "once".into(), now), None);
            pauses.answered(&there);
            let paused = pauses.at(&here, now).unwrap();
            assert_eq!((paused.left, paused.failures, paused.why.as_str()), (pause, 3 + round as u32, "a trap"));
            assert_eq!(pauses.all(now), [paused]);
            assert_eq!(pauses.at(&there, now), None);
            now += pause;
            assert_eq!((pauses.at(&here, now), pauses.all(now)), (None, Vec::new()));
        }
        pauses.answered(&here);
        assert_eq!(pauses.broke(&here, "a trap".into(), now), None, "counted anew");
    }

    #[test]
    fn calls_that_were_under_way_make_a_pause_no_longer() {
        let (pauses, here, now) = (Pauses::after(1), id("here"), Instant::now());
        assert_eq!(pauses.broke(&here, "a trap".into(), now), Some(FIRST));
        for _ in 0..40 {
            assert_eq!(pauses.broke(&here, "a trap".into(), now), None);
        }
        assert_eq!(pauses.at(&here, now).unwrap().left, FIRST);
        assert_eq!(pauses.broke(&here, "a trap".into(), now + FIRST), Some(2 * FIRST));
    }
}
