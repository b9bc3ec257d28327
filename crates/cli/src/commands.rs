//! The commands: each a function of what was typed.

mod activity;
mod acts;
mod check;
mod completions;
mod deliveries;
mod demo;
mod dev;
mod erase;
mod hooks;
mod init;
mod journal;
mod openapi;
mod replay;
mod replays;
mod sandbox;
mod send;
mod serve;

use std::future::Future;

use crate::args::Command;
use crate::exit::{Complaint, Outcome};
use crate::printer::Printer;

/// Does what was asked for.
pub(crate) fn run(command: Command, printer: Printer) -> Outcome {
    match command {
        Command::Init(args) => init::init(&args, printer),
        Command::Dev(args) => block_on(dev::dev(args, printer)),
        Command::Demo(args) => block_on(demo::demo(args, printer)),
        Command::Sandbox(args) => block_on(sandbox::sandbox(args, printer)),
        Command::Send(args) => block_on(send::send(args, printer)),
        Command::Serve(args) => block_on(serve::serve(args, printer)),
        Command::Check(args) => block_on(check::check(&args.config, printer)),
        Command::Activity(args) => block_on(activity::activity(args, printer)),
        Command::Hooks(args) => block_on(hooks::hooks(args, printer)),
        Command::Pause(args) => block_on(hooks::pause(args, printer)),
        Command::Resume(args) => block_on(hooks::resume(args, printer)),
        Command::Replay(args) => block_on(replay::replay(*args, printer)),
        Command::Replays(args) => block_on(replays::replays(args, printer)),
        Command::Park(args) => block_on(deliveries::park(args, printer)),
        Command::Unpark(args) => block_on(deliveries::unpark(args, printer)),
        Command::Skip(args) => block_on(deliveries::skip(args, printer)),
        Command::Erase(args) => block_on(erase::erase(args, printer)),
        Command::Acts(args) => block_on(acts::acts(args, printer)),
        Command::Journal(command) => block_on(journal::journal(command, printer)),
        Command::Openapi => openapi::openapi(printer),
        Command::Completions { shell } => completions::completions(shell, printer),
    }
}

fn block_on(command: impl Future<Output = Outcome>) -> Outcome {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Complaint::failed(anyhow::Error::new(error).context("cannot start")))?;
    runtime.block_on(command)
}
