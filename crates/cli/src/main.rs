//! The one program, `bookhook`.
//!
//! The command line is read into structs ([`args`]); each command is a function of plain arguments that prints through
//! one [`Printer`] and ends with an [`ExitStatus`](exit::ExitStatus). What a host is and does is in
//! the library.

mod args;
mod call;
mod commands;
mod example;
mod exit;
mod inert;
mod journal;
mod log;
mod operators;
mod printer;
mod sandbox_key;
mod style;
mod time;
mod view;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Args;
use crate::printer::Printer;

/// An event passes through some dozens of small allocations; the system's allocator takes twice as long for them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = Args::parse();
    let printer = Printer::new();
    match commands::run(args.command, printer) {
        Ok(status) => status.into(),
        Err(complaint) => {
            printer.complain(&complaint);
            complaint.status.into()
        }
    }
}
