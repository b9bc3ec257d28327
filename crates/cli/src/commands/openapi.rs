//! `bookhook openapi`

use bookhook::OPENAPI;

use crate::exit::{ExitStatus, Outcome};
use crate::printer::Printer;

/// Prints the description of the operators' API.
pub(crate) fn openapi(printer: Printer) -> Outcome {
    printer.bytes(OPENAPI.as_bytes())?;
    Ok(ExitStatus::Done)
}
