//! `bookhook serve`: the host.

mod trust;

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::Path;

use bookhook::config::{AppOverrides, Config, ConfigErrors, HandlerConfig, Loaded};
use bookhook::{Host, HostError};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::args::ServeArgs;
use crate::exit::{Complaint, ExitStatus, Outcome};
use crate::log;
use crate::printer::Printer;
use crate::style::{BOLD, DIM, painted};

/// Serves until SIGTERM or SIGINT, then drains.
pub(crate) async fn serve(args: ServeArgs, printer: Printer) -> Outcome {
    let reader = log::start().map_err(Complaint::misused)?;
    let voice = Voice { reader, printer };
    serve_until_told(&args, voice).await.map_err(|complaint| voice.complain(complaint))
}

async fn serve_until_told(args: &ServeArgs, voice: Voice) -> Outcome {
    let mut signals = Signals::listen().map_err(Complaint::failed)?;
    let Loaded { mut config, warnings } = load(args)?;
    for warning in &warnings {
        voice.warn(warning);
    }
    if args.trust_sandbox {
        trust::sandbox(&mut config, args).map_err(Complaint::failed)?;
        voice.warn(
            "calls signed with this machine's sandbox key are taken, and Google's are not: for development",
        );
    }
    let banner = Banner::of(&config);
    let running = Host::new(config).start().await.map_err(complaint)?;
    voice.show(&banner, running.address());
    signals.next().await;
    voice.aside("told to end; what runs may end within ten seconds (again: at once)");
    tokio::select! {
        () = running.stop() => voice.aside("ended"),
        () = signals.next() => voice.warn("ended at once; what still ran is recovered at the next start"),
    }
    Ok(ExitStatus::Done)
}

/// How the host speaks of itself: to a person, or through its log to the platform.
#[derive(Clone, Copy)]
struct Voice {
    reader: log::Reader,
    printer: Printer,
}

impl Voice {
    fn warn(self, warning: impl Display) {
        match self.reader {
            log::Reader::Person => self.printer.warn(warning),
            log::Reader::CloudRun => tracing::warn!("{warning}"),
        }
    }

    fn aside(self, line: impl Display) {
        match self.reader {
            log::Reader::Person => self.printer.aside(line),
            log::Reader::CloudRun => tracing::info!("{line}"),
        }
    }

    /// The library logs the same to the platform.
    fn show(self, banner: &Banner, address: SocketAddr) {
        if self.reader == log::Reader::Person {
            banner.print(address, self.printer);
        }
    }

    /// What is left to be told of the complaint.
    fn complain(self, complaint: Complaint) -> Complaint {
        match self.reader {
            log::Reader::Person => complaint,
            log::Reader::CloudRun => {
                complaint.errors.iter().for_each(|error| tracing::error!("{error}"));
                Complaint { errors: Vec::new(), hint: None, ..complaint }
            }
        }
    }
}

fn load(args: &ServeArgs) -> Result<Loaded, ConfigErrors> {
    let env = |name: &str| std::env::var(name).ok();
    let (Some(app), Some(to)) = (&args.app, &args.to) else {
        return Config::load(&args.config, &env);
    };
    let overrides = AppOverrides {
        listen: args.listen.as_deref(),
        public_url: args.public_url.as_deref().or_else(|| trust::stand_in_url(args, app)),
        journal: args.journal.as_deref(),
        no_verify: args.no_verify,
    };
    Config::from_app(Path::new(app), to, &env, overrides)
}

/// What is wrong with the configuration is told as such, even where only the host finds out.
fn complaint(error: HostError) -> Complaint {
    match error {
        HostError::Config(errors) => errors.into(),
        HostError::Name(_)
        | HostError::NoAudience(_)
        | HostError::Handler { .. }
        | HostError::Keys { .. }
        | HostError::Door(_) => Complaint::misused(error),
        error => Complaint::failed(error),
    }
}

/// What a person wants to see at the start.
struct Banner {
    /// Name, path, and what handles it.
    hooks: Vec<(String, String, String)>,
    public_url: Option<String>,
}

impl Banner {
    fn of(config: &Config) -> Self {
        let hook = |hook: &bookhook::config::HookConfig| {
            let HandlerConfig::Http(handler) = &hook.handler;
            (hook.name.to_string(), hook.path.clone(), handler.to_string())
        };
        let public_url = config.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
        Self { hooks: config.hooks.iter().map(hook).collect(), public_url }
    }

    fn print(&self, address: SocketAddr, printer: Printer) {
        let here = format!("http://{address}");
        printer.note(format_args!("{} listens on {here}", painted("bookhook", BOLD)));
        let base = self.public_url.as_ref().unwrap_or(&here);
        for (name, path, handler) in &self.hooks {
            let arrow = painted("→", DIM);
            printer.note(format_args!("  {name}  {base}{path} {arrow} {handler}"));
        }
    }
}

/// SIGTERM and SIGINT.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
