//! `bookhook demo`
use crate::args::DemoArgs;
use crate::exit::{ExitStatus, Outcome};
use crate::printer::Printer;

pub(crate) async fn demo(_args: DemoArgs, _printer: Printer) -> Outcome {
    Ok(ExitStatus::Done)
}
