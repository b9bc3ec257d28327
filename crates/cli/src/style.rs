//! Colours by meaning.

use std::fmt::{self, Display};

use anstyle::{AnsiColor, Style};
use bookhook::model::{Outcome, State};

pub(crate) const BOLD: Style = Style::new().bold();
pub(crate) const DIM: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
const PARKED: Style = AnsiColor::Magenta.on_default();
const OPEN: Style = AnsiColor::Blue.on_default();
const HELD: Style = AnsiColor::Cyan.on_default();

/// How a delivery's state and outcome are coloured.
pub(crate) fn of(state: State, outcome: Option<Outcome>) -> Style {
    match (state, outcome) {
        (State::Settled, Some(Outcome::Result) | None) => GOOD,
        (State::Settled, Some(Outcome::Suppressed)) | (State::Unmatched, _) => DIM,
        (State::Settled, Some(Outcome::Warning)) => WARNING,
        (State::Settled, Some(Outcome::Error)) => BAD,
        (State::Parked, _) => PARKED,
        (State::Waiting | State::Running, _) => OPEN,
        (State::Held, _) => HELD,
    }
}

/// A text in a style. Padding is counted without the style's own characters.
pub(crate) fn painted<T: Display>(text: T, style: Style) -> Painted<T> {
    Painted { text, style }
}

/// See [`painted`].
#[derive(Debug)]
pub(crate) struct Painted<T> {
    text: T,
    style: Style,
}

impl<T: Display> Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.style)?;
        self.text.fmt(f)?;
        write!(f, "{:#}", self.style)
    }
}
