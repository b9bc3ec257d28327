//! How long the answers took.

use std::time::Duration;

/// Durations, to the microsecond, all of them kept: a run's are a few megabytes.
#[derive(Debug, Default)]
pub(crate) struct Latencies {
    micros: Vec<u32>,
}

impl Latencies {
    pub(crate) fn record(&mut self, latency: Duration) {
        self.micros.push(u32::try_from(latency.as_micros()).unwrap_or(u32::MAX));
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.micros.extend(other.micros);
    }

    pub(crate) fn count(&self) -> u64 {
        self.micros.len() as u64
    }

    /// So long did `permille` of a thousand take at most; zero when there are none.
    pub(crate) fn quantile(&mut self, permille: usize) -> Duration {
        let Some(last) = self.micros.len().checked_sub(1) else { return Duration::ZERO };
        let (_, value, _) = self.micros.select_nth_unstable(last * permille / 1000);
        Duration::from_micros(u64::from(*value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_the_sorted_durations() {
        let mut latencies = Latencies::default();
        (0..=100).rev().for_each(|micros| latencies.record(Duration::from_micros(micros)));
        assert_eq!(latencies.quantile(500), Duration::from_micros(50));
        assert_eq!(latencies.quantile(990), Duration::from_micros(99));
        assert_eq!(Latencies::default().quantile(500), Duration::ZERO);
    }
}
