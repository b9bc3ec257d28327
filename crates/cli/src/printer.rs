//! The one place that prints: data to standard output, everything else to standard error.
//!
//! Colours are left out where they are not wanted (`NO_COLOR`, no terminal).

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};

use crate::exit::Complaint;
use crate::style::{BAD, DIM, GOOD, WARNING, painted};

/// So wide a text is laid out where the terminal does not say.
const WIDTH: usize = 80;

/// Prints. What the two outputs are is found out once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printer {
    out: ColorChoice,
    err: ColorChoice,
    width: Option<usize>,
}

impl Printer {
    /// For the outputs of this process.
    pub(crate) fn new() -> Self {
        let (out, err) = (AutoStream::choice(&io::stdout()), AutoStream::choice(&io::stderr()));
        let measured = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let width = io::stdout().is_terminal().then(|| measured().unwrap_or(WIDTH));
        Self { out, err, width }
    }

    /// A line of data.
    pub(crate) fn line(self, line: impl Display) -> io::Result<()> {
        io::stdout().write_all(whole(line, self.out).as_bytes())
    }

    /// Data as it is, byte for byte.
    #[expect(clippy::unused_self, reason = "only a printer prints")]
    pub(crate) fn bytes(self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()
    }

    /// A line that is not data.
    pub(crate) fn note(self, line: impl Display) {
        // There is nowhere to tell that it cannot be told.
        let _ = io::stderr().write_all(whole(line, self.err).as_bytes());
    }

    /// Something that the operator should know.
    pub(crate) fn warn(self, warning: impl Display) {
        self.note(format_args!("{}: {warning}", painted("warning", WARNING)));
    }

    /// Why a command could not do what was asked.
    pub(crate) fn complain(self, complaint: &Complaint) {
        for error in &complaint.errors {
            self.note(format_args!("{}: {error}", painted("error", BAD)));
        }
        if let Some(hint) = &complaint.hint {
            self.hint(hint);
        }
    }

    /// What to do next.
    pub(crate) fn hint(self, hint: impl Display) {
        self.note(format_args!("\n{}: {hint}", painted("hint", GOOD)));
    }

    /// Something that is said by the way.
    pub(crate) fn aside(self, line: impl Display) {
        self.note(painted(line, DIM));
    }

    /// The columns that data may take; `None` when it does not go to a terminal.
    pub(crate) fn width(self) -> Option<usize> {
        self.width
    }
}

/// A line to be written at once, so that no other can come in between.
fn whole(line: impl Display, choice: ColorChoice) -> String {
    let line = format!("{line}\n");
    match choice {
        ColorChoice::Never => strip_str(&line).to_string(),
        ColorChoice::Auto | ColorChoice::Always | ColorChoice::AlwaysAnsi => line,
    }
}
