//! Deliveries as a table that fits the terminal: the widest columns are cut first, the least telling ones left out.

use bookhook::model::Delivery;

use super::told;
use crate::inert::{one_line, shortened};
use crate::journal::SHORT_ID;
use crate::style::{self, DIM, painted};
use crate::time::{Here, show_span};

const COLUMNS: usize = 8;
const TITLES: [&str; COLUMNS] = ["id", "time", "outcome", "hook", "type", "book", "agent", "took"];
const OUTCOME: usize = 2;
/// Cells as wide as most.
const USUAL: [&str; COLUMNS] =
    ["", "", "suppressed", "", "TRANSACTION_UNCHECKED", "demoBookUsd01", "bkper-cli", "9m59s"];

/// Left out, in this order, where the terminal is too narrow: agent, book, hook, took.
const DISPENSABLE: [usize; 4] = [6, 5, 3, 7];

/// No column is wider, except the type's.
const WIDTH_MAX: usize = 24;
/// A column that is cut keeps so many characters.
const WIDTH_CUT: usize = 12;
/// The columns that may be cut: hook, book, agent.
const CUTTABLE: [usize; 3] = [6, 5, 3];
/// So much is left for the response, at least.
const TAIL_MIN: usize = 20;
/// And at most, where there is no terminal.
const TAIL_MAX: usize = 200;
const GAP: &str = "  ";

/// One delivery as cells.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    cells: [String; COLUMNS],
    tail: String,
    style: anstyle::Style,
}

impl Row {
    /// The delivery with its runs.
    pub(crate) fn of(delivery: &Delivery, here: &Here) -> Self {
        let id = delivery.id.to_string();
        let text = |text: Option<&str>| text.map_or_else(|| "-".to_owned(), one_line);
        let cells = [
            id[id.len() - SHORT_ID..].to_owned(),
            here.show(delivery.received_at),
            told::label(delivery).to_owned(),
            delivery.hook.to_string(),
            text(Some(&delivery.event_type)),
            text(delivery.book_id.as_deref()),
            text(delivery.agent_id.as_deref()),
            took(delivery, here),
        ];
        let tail = one_line(&told::about(delivery));
        Self { cells, tail, style: style::of(delivery.state, delivery.outcome) }
    }
}

/// How long the last run took, or has been taking.
pub(crate) fn took(delivery: &Delivery, here: &Here) -> String {
    let last = delivery.runs.as_ref().and_then(|runs| runs.last());
    last.map_or_else(String::new, |run| {
        show_span(run.finished_at.unwrap_or(here.now).duration_since(run.started_at))
    })
}

/// The widths of the columns; those that are left out have none.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    widths: [Option<usize>; COLUMNS],
    tail: usize,
}

impl Layout {
    /// Made for these rows, for others that may follow, and for this width of the terminal.
    pub(crate) fn fit_for_more(rows: &[Row], width: Option<usize>) -> Self {
        let mut usual = rows.to_vec();
        usual.push(Row { cells: USUAL.map(str::to_owned), tail: String::new(), style: DIM });
        Self::fit(&usual, width)
    }

    /// Made for these rows, and for this width of the terminal.
    pub(crate) fn fit(rows: &[Row], width: Option<usize>) -> Self {
        let widest = |at: usize| {
            let cells = rows.iter().map(|row| row.cells[at].chars().count());
            cells.chain([TITLES[at].len()]).max().unwrap_or_default()
        };
        let widths = std::array::from_fn(|at| {
            let is_type = TITLES[at] == "type";
            Some(if is_type { widest(at) } else { widest(at).min(WIDTH_MAX) })
        });
        let mut layout = Self { widths, tail: TAIL_MAX };
        if let Some(width) = width {
            layout.squeeze(width);
        }
        layout
    }

    fn squeeze(&mut self, width: usize) {
        for at in CUTTABLE {
            if self.taken() + TAIL_MIN > width {
                self.widths[at] = self.widths[at].map(|width| width.min(WIDTH_CUT));
            }
        }
        for at in DISPENSABLE {
            if self.taken() + TAIL_MIN > width {
                self.widths[at] = None;
            }
        }
        self.tail = width.saturating_sub(self.taken());
    }

    fn taken(&self) -> usize {
        self.widths.iter().flatten().map(|width| width + GAP.len()).sum()
    }

    /// The titles.
    pub(crate) fn head(&self) -> String {
        let line = self.line_of(&TITLES.map(str::to_owned), |_, cell| cell);
        painted(format!("{line}response"), DIM).to_string()
    }

    /// One row.
    pub(crate) fn line(&self, row: &Row) -> String {
        let paint = |at: usize, cell: String| match at {
            OUTCOME => painted(cell, row.style).to_string(),
            _ => cell,
        };
        let cells = self.line_of(&row.cells, paint);
        format!("{cells}{}", shortened(&row.tail, self.tail)).trim_end().to_owned()
    }

    fn line_of(&self, cells: &[String; COLUMNS], paint: impl Fn(usize, String) -> String) -> String {
        let mut line = String::new();
        for (at, (cell, width)) in cells.iter().zip(self.widths).enumerate() {
            if let Some(width) = width {
                line.push_str(&paint(at, format!("{:<width$}", shortened(cell, width))));
                line.push_str(GAP);
            }
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: [&str; COLUMNS], tail: &str) -> Row {
        Row { cells: cells.map(str::to_owned), tail: tail.to_owned(), style: anstyle::Style::new() }
    }

    fn example() -> Row {
        let cells = [
            "ABCDEF",
            "12:31:07.120",
            "result",
            "tax-bot",
            "TRANSACTION_CHECKED",
            "demoBookUsd01",
            "bkper-cli",
            "12ms",
        ];
        row(
            cells,
            "TAX: 200.00 on Purchase of 100 t-shirts, and more words than fit into a line of a terminal",
        )
    }

    #[test]
    fn every_line_fits_the_terminal() {
        let rows = [example()];
        for width in [72, 80, 100, 120, 200] {
            let layout = Layout::fit(&rows, Some(width));
            let line = layout.line(&rows[0]);
            assert!(line.chars().count() <= width, "{width}: {line}");
            assert!(line.contains("TAX: 200.00"), "{width}: {line}");
        }
    }

    #[test]
    fn without_a_terminal_nothing_is_left_out() {
        let rows = [example()];
        let line = Layout::fit(&rows, None).line(&rows[0]);
        assert!(line.contains("bkper-cli") && line.ends_with("a terminal"), "{line}");
    }
}
