//! `bookhook dev`: a local Bkper, a host and the handler of an app, for whoever writes it.
//!
//! What Bkper and the host are is in the sandbox and in the library; here they are put together: the app is registered where
//! the host listens, its calls are signed with the key that the host trusts, and its handler calls the sandbox's API.

mod app;
mod banner;
mod keys;
mod local;
mod node;
mod replay;
mod sources;

use std::net::Ipv4Addr;

use bookhook::{Host, HostError, RunningHost, Signals};
use bookhook_sandbox::{Happening, Sandbox, Seed, StartError, Watch};

use crate::args::DevArgs;
use crate::commands::{sandbox, serve};
use crate::exit::{Complaint, ExitStatus, Outcome};
use crate::inert;
use crate::log;
use crate::printer::Printer;
use crate::sandbox_key::SandboxKey;

use app::App;
use banner::Banner;
use keys::{Key, Keys};
use local::{Door, Surroundings};
use replay::Replay;
use sources::Sources;

/// Serves until told to end.
pub(crate) async fn dev(args: DevArgs, printer: Printer) -> Outcome {
    log::start_for_development().map_err(Complaint::misused)?;
    let mut signals = Signals::listen().map_err(Complaint::failed)?;
    let door = Door::at(args.port)?;
    let mut app = App::find(&args, &door)?;
    app.warnings.iter().for_each(|warning| printer.warn(warning));
    let sandbox = start_sandbox(&args, &app, &door).await?;
    let surroundings = Surroundings::of(&sandbox).map_err(Complaint::failed)?;
    surroundings.put_around(&mut app.config, &door)?;
    let mut sources = Sources::of(&app.config).map_err(Complaint::failed)?;
    let banner = Banner::of(&app.config, &door, &sandbox).await.map_err(Complaint::failed)?;
    let watch = sandbox.watch();
    let host = Host::new(app.config).start().await.map_err(complaint)?;
    banner.print(printer);
    tokio::select! {
        told = attend(&sandbox, watch, &host, &mut sources, printer) => told?,
        () = signals.next() => {}
    }
    printer.aside("ends; what runs may end within ten seconds (again: at once)");
    tokio::select! {
        () = host.stop() => printer.aside("ended"),
        () = signals.next() => printer.aside("ended at once"),
    }
    Ok(ExitStatus::Done)
}

async fn start_sandbox(args: &DevArgs, app: &App, door: &Door) -> Result<Sandbox, Complaint> {
    let key = SandboxKey::open(args.key.clone()).map_err(Complaint::failed)?;
    let seed = args.seed.as_ref().map_or_else(|| Ok(Seed::demo()), Seed::read);
    let mut seed = seed.map_err(sandbox::wrong_seed)?;
    let mut builder = Sandbox::builder().listen((Ipv4Addr::LOCALHOST, args.sandbox_port).into());
    for (manifest, path) in app.manifests() {
        let manifest = manifest.called_at(&door.url(path)).map_err(Complaint::misused)?;
        seed = seed.install(manifest.id().map_err(Complaint::misused)?);
        builder = builder.app(manifest);
    }
    if let Some(file) = &args.data {
        builder = builder.data(file);
    }
    builder.signer(key.signer).seed(seed).start().await.map_err(not_started)
}

fn not_started(error: StartError) -> Complaint {
    match error {
        StartError::Listen { .. } => Complaint::misused(error)
            .hint("another program listens there, perhaps a `bookhook sandbox`; name another port: --sandbox-port PORT, or 0 for any that is free"),
        error => sandbox::complaint(error),
    }
}

fn complaint(error: HostError) -> Complaint {
    match error {
        HostError::Listen { address, source } => local::taken(address, source),
        error => serve::complaint(error),
    }
}

/// Tells what goes on, and does what is asked for, until somebody wants it to end.
async fn attend(
    sandbox: &Sandbox,
    mut watch: Watch,
    host: &RunningHost,
    sources: &mut Sources,
    printer: Printer,
) -> Result<(), Complaint> {
    let mut keys = Keys::listen();
    let mut replay = Replay::at(sandbox).map_err(Complaint::failed)?;
    loop {
        tokio::select! {
            happening = watch.next() => {
                let Some(happening) = happening else { return Ok(()) };
                replay.note(&happening);
                if is_told(&happening) {
                    printer.line(sandbox::line::of(&happening))?;
                }
            }
            changed = sources.changed() => {
                let changed = inert::one_line(&changed.display().to_string());
                printer.aside(format_args!("{changed} changed: the handler is started anew"));
                host.restart_handlers().await;
            }
            key = keys.next() => match key {
                Key::Replay => replay.last(printer),
                Key::Quit => return Ok(()),
            },
        }
    }
}

/// What handlers merely look up would hide the rest.
fn is_told(happening: &Happening) -> bool {
    match happening {
        Happening::Call(call) => call.method != "GET" || call.status >= 400,
        _ => true,
    }
}
