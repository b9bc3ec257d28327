//! `bookhook completions SHELL`

use clap::CommandFactory;
use clap_complete::Shell;

use crate::args::Args;
use crate::exit::{ExitStatus, Outcome};
use crate::printer::Printer;

/// Prints what makes a shell complete the program's command lines.
pub(crate) fn completions(shell: Shell, printer: Printer) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "bookhook", &mut script);
    printer.bytes(&script)?;
    Ok(ExitStatus::Done)
}
