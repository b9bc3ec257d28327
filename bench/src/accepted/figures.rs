//! The figures of the rows, and their table.

use serde::Deserialize;

use crate::latencies::Latencies;
use crate::sample::micros;
use crate::samples::Spread;
use crate::table::{millis, thousands};
use crate::window::Span;

use super::rows::Contender;

const HEAD: &str = "\
| system | connections | accepted: events/s [range] | p99 to the acknowledgement | handled: events/s [range] | p99 to the end of the handler |
| :-- | --: | --: | --: | --: | --: |";
const NONE: &str = "–";

/// What one measurement of one row gives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figures {
    pub(super) accepted_per_second: f64,
    /// `None` where acknowledgement and handling cannot be told apart.
    pub(super) accepted_p99_ms: Option<f64>,
    pub(super) handled_per_second: f64,
    pub(super) handled_p99_ms: f64,
}

/// What was handled while it counted. As `BullMQ`'s worker tells it, too.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Handled {
    pub(super) events: u64,
    pub(super) p99_ms: f64,
}

impl From<Latencies> for Handled {
    fn from(mut latencies: Latencies) -> Self {
        Self { events: latencies.count(), p99_ms: p99_ms(&mut latencies) }
    }
}

/// Figures, and of what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    pub(super) row: Contender,
    pub(super) connections: usize,
    pub(super) repetition: usize,
    pub(super) figures: Figures,
}

impl Figures {
    pub(super) fn new(span: Span, mut accepted: Latencies, handled: &Handled) -> Self {
        Self {
            accepted_per_second: accepted.count() as f64 / span.length.as_secs_f64(),
            accepted_p99_ms: Some(p99_ms(&mut accepted)),
            handled_per_second: handled.events as f64 / span.length.as_secs_f64(),
            handled_p99_ms: handled.p99_ms,
        }
    }
}

fn p99_ms(latencies: &mut Latencies) -> f64 {
    micros(latencies.quantile(990)) / 1_000.0
}

/// One line for each row at each number of connections, medians over the repetitions.
pub(super) fn table(rows: &[Contender], connections: &[usize], samples: &[Sample]) -> String {
    let mut lines = vec![HEAD.to_owned()];
    for &connections in connections {
        for &row in rows {
            let of = |pick: fn(&Figures) -> Option<f64>| spread(samples, row, connections, pick);
            lines.push(format!(
                "| {} | {connections} | {} | {} | {} | {} |",
                row.name(),
                speed(&of(|figures| Some(figures.accepted_per_second))),
                of(|figures| figures.accepted_p99_ms).median().map_or(NONE.to_owned(), in_millis),
                speed(&of(|figures| Some(figures.handled_per_second))),
                of(|figures| Some(figures.handled_p99_ms)).median().map_or(NONE.to_owned(), in_millis),
            ));
        }
    }
    lines.join("\n") + "\n"
}

/// What is handled by one row, to what another handles, within each repetition.
pub(super) fn ratio(
    samples: &[Sample],
    (row, base): (Contender, Contender),
    connections: usize,
    pick: fn(&Figures) -> f64,
) -> Option<f64> {
    let of =
        |row| samples.iter().filter(move |sample| sample.row == row && sample.connections == connections);
    let ratios = of(row).filter_map(|sample| {
        let base = of(base).find(|base| base.repetition == sample.repetition)?;
        Some(pick(&sample.figures) / pick(&base.figures))
    });
    Spread::new(ratios.collect()).median()
}

fn spread(
    samples: &[Sample],
    row: Contender,
    connections: usize,
    pick: fn(&Figures) -> Option<f64>,
) -> Spread {
    let of_row = samples.iter().filter(|sample| sample.row == row && sample.connections == connections);
    Spread::new(of_row.filter_map(|sample| pick(&sample.figures)).collect())
}

fn speed(speeds: &Spread) -> String {
    match speeds.median().zip(speeds.range()) {
        Some((median, (least, most))) => {
            format!("**{}** [{}–{}]", thousands(median), thousands(least), thousands(most))
        }
        None => NONE.to_owned(),
    }
}

fn in_millis(figure: f64) -> String {
    format!("{} ms", millis(figure))
}
