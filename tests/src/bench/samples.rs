//! Durations of many calls, and what to say of them.

use std::time::{Duration, Instant};

/// Durations of one measurement.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    pub(crate) fn push(&mut self, took: Duration) {
        self.0.push(took);
    }

    pub(crate) fn append(&mut self, mut other: Samples) {
        self.0.append(&mut other.0);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn median(&self) -> Duration {
        self.percentile(50)
    }

    /// By nearest rank.
    ///
    /// # Panics
    /// Without samples: there is nothing true to say of them.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted[rank - 1]
    }

    /// Median and 99th percentile.
    pub(crate) fn spread(&self) -> String {
        format!("{} / {}", milliseconds(self.median()), milliseconds(self.percentile(99)))
    }
}

pub(crate) fn milliseconds(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1e3)
}

/// Calls one after the other, each timed by itself.
pub(crate) async fn time(calls: usize, mut call: impl AsyncFnMut() -> anyhow::Result<()>) -> anyhow::Result<Samples> {
    let mut samples = Samples::default();
    for _ in 0..calls {
        let started = Instant::now();
        call().await?;
        samples.push(started.elapsed());
    }
    Ok(samples)
}

/// Ratios of neighbouring rounds: the middle one, the least and the greatest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ratio {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) greatest: f64,
}

impl Ratio {
    /// # Panics
    /// Without rounds.
    pub(crate) fn of(rounds: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let mut ratios: Vec<f64> = rounds.into_iter().map(|(one, other)| one / other).collect();
        ratios.sort_unstable_by(f64::total_cmp);
        Self { median: median(&ratios), least: ratios[0], greatest: ratios[ratios.len() - 1] }
    }

    /// Of the median durations of neighbouring rounds.
    pub(crate) fn of_medians(one: &[Samples], other: &[Samples]) -> Self {
        let seconds = |samples: &Samples| samples.median().as_secs_f64();
        Self::of(one.iter().map(seconds).zip(other.iter().map(seconds)))
    }
}

/// The middle one of sorted values, or the mean of the middle two.
pub(crate) fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    match sorted.len() % 2 {
        0 => (sorted[middle - 1] + sorted[middle]) / 2.0,
        _ => sorted[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples_by_nearest_rank() {
        let samples = Samples((1..=200).rev().map(Duration::from_micros).collect());
        assert_eq!(samples.median(), Duration::from_micros(100));
        assert_eq!(samples.percentile(99), Duration::from_micros(198));
        assert_eq!(Samples(vec![Duration::from_micros(7)]).percentile(99), Duration::from_micros(7));
    }

    #[test]
    fn a_ratio_is_that_of_neighbouring_rounds() {
        let ratio = Ratio::of([(1.0, 2.0), (30.0, 10.0), (4.0, 4.0)]);
        assert_eq!((ratio.least, ratio.median, ratio.greatest), (0.5, 1.0, 3.0));
        assert_eq!(Ratio::of([(1.0, 1.0), (2.0, 1.0)]).median, 1.5);
    }
}
