//! Facts in columns that are as wide as they need to be.

use crate::style::{DIM, painted};

const GAP: &str = "  ";

/// The titles and the rows, as lines. What comes from elsewhere must be inert.
pub(crate) fn columns<const N: usize>(titles: [&str; N], rows: &[[String; N]]) -> Vec<String> {
    let width = |at: usize| {
        let cells = rows.iter().map(|row| row[at].chars().count());
        cells.chain([titles[at].chars().count()]).max().unwrap_or_default()
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let line = |cells: [&str; N]| {
        let padded = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}{GAP}"));
        padded.collect::<String>().trim_end().to_owned()
    };
    let head = painted(line(titles), DIM).to_string();
    std::iter::once(head).chain(rows.iter().map(|row| line(row.each_ref().map(String::as_str)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["tax-bot", "3"], ["a", "12345678"]].map(|row| row.map(str::to_owned));
        let lines = columns(["hook", "waiting"], &rows);
        assert_eq!(lines[1..], ["tax-bot  3", "a        12345678"]);
    }
}
