//! The table of figures, in Markdown.

use std::fmt::Write;

use crate::sample::Figures;
use crate::samples::{Pick, Samples};
use crate::systems::{ROWS, Row};

const HEAD: &str = "\
| row | system | connections | events/s [range] | of row 1 | p50 ms | p99 ms | CPU µs/event | idle MB | peak MB | first 200 ms | syncs/event |
| :-- | :-- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |
";
/// Where there is nothing to show.
const NONE: &str = "–";

/// One line for each row at each number of connections; all figures are medians over the repetitions.
pub(crate) fn table(rows: &[Row], connections: &[usize], samples: &Samples) -> String {
    let mut table = HEAD.to_owned();
    for &connections in connections {
        for row in rows {
            line(&mut table, row, &Cells { samples, row: row.number, connections });
        }
    }
    table
}

fn line(table: &mut String, row: &Row, cells: &Cells<'_>) {
    let _ = writeln!(
        table,
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        row.number,
        row.name,
        cells.connections,
        cells.speed(),
        cells.of_base_line(),
        cells.millis(|figures| Some(figures.p50_us)),
        cells.millis(|figures| Some(figures.p99_us)),
        cells.cpu(),
        cells.megabytes(|figures| Some(figures.idle_bytes), |figures| figures.handler_idle_bytes),
        cells.megabytes(|figures| Some(figures.peak_bytes), |figures| figures.handler_peak_bytes),
        cells.millis(|figures| figures.first_200_us),
        cells.show(|figures| figures.syncs_per_event, |syncs| format!("{syncs:.3}")),
    );
}

/// The cells of one line.
struct Cells<'a> {
    samples: &'a Samples,
    row: &'static str,
    connections: usize,
}

impl Cells<'_> {
    fn show(&self, pick: impl Pick, form: impl Fn(f64) -> String) -> String {
        self.samples.of(self.row, self.connections, pick).median().map_or(NONE.to_owned(), form)
    }

    fn speed(&self) -> String {
        let speeds = self.samples.of(self.row, self.connections, |figures| Some(figures.events_per_second));
        match speeds.median().zip(speeds.range()) {
            Some((median, (least, most))) => {
                format!("**{}** [{}–{}]", thousands(median), thousands(least), thousands(most))
            }
            None => NONE.to_owned(),
        }
    }

    fn of_base_line(&self) -> String {
        let rows = (self.row, ROWS[0].number);
        let speed = |figures: &Figures| Some(figures.events_per_second);
        let ratios = self.samples.pairs(rows, self.connections, speed, |row, base| row / base);
        ratios.median().map_or(NONE.to_owned(), |ratio| format!("{ratio:.3}"))
    }

    fn millis(&self, pick: impl Pick) -> String {
        self.show(pick, |micros| millis(micros / 1_000.0))
    }

    fn megabytes(
        &self,
        own: impl Fn(&Figures) -> Option<u64>,
        handler: impl Fn(&Figures) -> Option<u64>,
    ) -> String {
        let megabytes = |bytes: u64| bytes as f64 / 1_000_000.0;
        self.own_and_handler(|figures| own(figures).map(megabytes), |figures| handler(figures).map(megabytes))
    }

    fn cpu(&self) -> String {
        self.own_and_handler(
            |figures| Some(figures.cpu_us_per_event),
            |figures| figures.handler_cpu_us_per_event,
        )
    }

    /// Of the system, and of the handler behind it.
    fn own_and_handler(&self, own: impl Pick, handler: impl Pick) -> String {
        let own = self.show(own, |figure| format!("{figure:.1}"));
        match self.samples.of(self.row, self.connections, handler).median() {
            Some(handler) => format!("{own} + {handler:.1}"),
            None => own,
        }
    }
}

/// Two digits that say something.
pub(crate) fn millis(millis: f64) -> String {
    if millis < 1.0 { format!("{millis:.3}") } else { format!("{millis:.1}") }
}

/// `12,345`
pub(crate) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([thousands(7.0), thousands(999.6), thousands(1_234_567.0)], ["7", "1,000", "1,234,567"]);
        assert_eq!([millis(0.0421), millis(12.34)], ["0.042", "12.3"]);
    }
}
