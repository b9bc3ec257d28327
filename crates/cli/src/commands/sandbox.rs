//! `bookhook sandbox`: a local Bkper.

mod banner;
pub(super) mod line;

use std::net::Ipv4Addr;

use bookhook::Signals;
use bookhook_sandbox::{Builder, Happening, Manifest, Sandbox, Seed, SeedError, StartError, Watch};

use crate::args::SandboxArgs;
use crate::exit::{Complaint, ExitStatus, Outcome};
use crate::inert;
use crate::log;
use crate::printer::Printer;
use crate::sandbox_key::SandboxKey;

use banner::Banner;

/// Serves until SIGTERM or SIGINT, and tells what goes on.
pub(crate) async fn sandbox(args: SandboxArgs, printer: Printer) -> Outcome {
    log::start().map_err(Complaint::misused)?;
    let mut signals = Signals::listen().map_err(Complaint::failed)?;
    let sandbox = builder(&args)?.start().await.map_err(complaint)?;
    let watch = sandbox.watch();
    introduce(&sandbox, &args, printer)?;
    tokio::select! {
        told = tell(watch, args.json, printer) => told?,
        () = signals.next() => printer.aside("ended"),
    }
    Ok(ExitStatus::Done)
}

fn builder(args: &SandboxArgs) -> Result<Builder, Complaint> {
    let key = SandboxKey::open(args.key.clone()).map_err(Complaint::failed)?;
    let mut seed = args.seed.as_ref().map_or_else(|| Ok(Seed::demo()), Seed::read).map_err(wrong_seed)?;
    let mut builder = Sandbox::builder().listen((Ipv4Addr::LOCALHOST, args.port).into()).signer(key.signer);
    if let Some(file) = &args.data {
        builder = builder.data(file);
    }
    for path in &args.apps {
        let manifest = Manifest::from(path.clone());
        seed = seed.install(manifest.id().map_err(Complaint::misused)?);
        builder = builder.app(manifest);
    }
    Ok(builder.seed(seed))
}

pub(super) fn complaint(error: StartError) -> Complaint {
    match error {
        StartError::Listen { .. } => Complaint::misused(error)
            .hint("another program listens there; name another port: --port PORT, or 0 for any that is free"),
        StartError::Seed(error) => wrong_seed(error),
        StartError::Open(_) | StartError::Manifest(_) => Complaint::misused(error),
        error => Complaint::failed(error),
    }
}

/// Each mistake on a line of its own.
pub(super) fn wrong_seed(error: SeedError) -> Complaint {
    let errors = match error {
        SeedError::Mistakes(mistakes) => mistakes.iter().map(ToString::to_string).collect(),
        error => vec![format!("{:#}", anyhow::Error::from(error))],
    };
    let hint = Some("how a seed is written is told in docs/sandbox.md".to_owned());
    Complaint { status: ExitStatus::Misused, errors, hint }
}

/// What there is, and how to get at it.
fn introduce(sandbox: &Sandbox, args: &SandboxArgs, printer: Printer) -> Result<(), Complaint> {
    let about = sandbox.about().map_err(Complaint::failed)?;
    if args.json {
        let line = serde_json::json!({"sandbox": about}).to_string();
        printer.line(inert::json_line(&line))?;
        return Ok(());
    }
    Banner::of(&about).print(printer);
    if !sandbox.is_new() {
        printer.aside("  goes on with what is in the file; POST /sandbox/reset begins anew");
    }
    Ok(())
}

async fn tell(mut watch: Watch, is_json: bool, printer: Printer) -> std::io::Result<()> {
    while let Some(happening) = watch.next().await {
        if is_json {
            printer.line(json_of(&happening))?;
        } else {
            printer.line(line::of(&happening))?;
        }
    }
    Ok(())
}

fn json_of(happening: &Happening) -> String {
    inert::json_line(&serde_json::to_string(happening).expect("what goes on is plain JSON"))
}
