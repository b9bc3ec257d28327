//! All samples of a run, and what they say together.

use crate::sample::{Figures, Sample};

/// A figure, picked from the others; `None` where there is none.
pub(crate) trait Pick: Fn(&Figures) -> Option<f64> {}
impl<F: Fn(&Figures) -> Option<f64>> Pick for F {}

/// The samples of a run.
#[derive(Debug, Default)]
pub(crate) struct Samples(Vec<Sample>);

impl Samples {
    pub(crate) fn add(&mut self, sample: Sample) {
        self.0.push(sample);
    }

    /// A figure of a row over the repetitions.
    pub(crate) fn of(&self, row: &str, connections: usize, pick: impl Pick) -> Spread {
        Spread::new(self.at(row, connections).filter_map(|sample| pick(&sample.figures)).collect())
    }

    /// What a figure of one row is to that of another, within each repetition.
    pub(crate) fn pairs(
        &self,
        (row, base): (&str, &str),
        connections: usize,
        pick: impl Pick,
        relate: impl Fn(f64, f64) -> f64,
    ) -> Spread {
        let related = self.at(row, connections).filter_map(|sample| {
            let mut bases = self.at(base, connections);
            let base = bases.find(|base| base.repetition == sample.repetition)?;
            Some(relate(pick(&sample.figures)?, pick(&base.figures)?))
        });
        Spread::new(related.collect())
    }

    fn at(&self, row: &str, connections: usize) -> impl Iterator<Item = &Sample> {
        self.0.iter().filter(move |sample| sample.row == row && sample.connections == connections)
    }
}

/// The values of one figure, sorted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Spread(Vec<f64>);

impl Spread {
    pub(crate) fn new(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// `None` when there are no values.
    pub(crate) fn median(&self) -> Option<f64> {
        let middle = self.0.len() / 2;
        let upper = *self.0.get(middle)?;
        if self.0.len() % 2 == 1 { Some(upper) } else { Some(f64::midpoint(self.0[middle - 1], upper)) }
    }

    pub(crate) fn range(&self) -> Option<(f64, f64)> {
        Some((*self.0.first()?, *self.0.last()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(row: &'static str, repetition: usize, events_per_second: f64) -> Sample {
        let figures = serde_json::json!({
            "events": 1, "events_per_second": events_per_second, "p50_us": 1.0, "p99_us": 1.0,
            "cpu_us_per_event": 1.0, "idle_bytes": 1, "peak_bytes": 1,
        });
        Sample { row, connections: 1, repetition, figures: serde_json::from_value(figures).unwrap() }
    }

    #[test]
    fn ratios_are_taken_within_a_repetition() {
        let mut samples = Samples::default();
        for (repetition, base, row) in [(1, 100.0, 50.0), (2, 10.0, 8.0), (3, 1000.0, 100.0)] {
            samples.add(sample("1", repetition, base));
            samples.add(sample("3", repetition, row));
        }
        samples.add(sample("3", 4, 7.0));
        let speed = |figures: &Figures| Some(figures.events_per_second);
        assert_eq!(samples.pairs(("3", "1"), 1, speed, |row, base| row / base), Spread(vec![0.1, 0.5, 0.8]));
        assert_eq!(samples.of("3", 1, speed).median(), Some(29.0));
        assert_eq!(samples.of("4", 1, speed).median(), None);
    }
}
