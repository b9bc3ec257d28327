//! `bookhook serve`: the host.

mod trust;

use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use bookhook::config::{AppHandler, AppOverrides, Config, ConfigErrors, HookConfig, Loaded, Source};
use bookhook::journal::OpenError;
use bookhook::{Host, HostError, Refused, RunningHost, Signals};

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
    let listener = args.trust_sandbox.then(|| trust::sandbox(&mut config, args)).transpose()?;
    if listener.is_some() {
        voice.warn(
            "calls signed with this machine's sandbox key are taken, and Google's are not: for development",
        );
    }
    let banner = Banner::of(&config);
    let host = Host::new(config);
    let host = match listener {
        Some(listener) => host.listener(listener),
        None => host,
    };
    let running = host.start().await.map_err(complaint)?;
    voice.show(&banner, &running);
    signals.next().await;
    voice.aside("told to end: what runs has eight seconds (again: at once)");
    running.refused().iter().for_each(|refused| voice.aside(line_of(refused)));
    tokio::select! {
        () = running.stop() => voice.aside("ended"),
        () = signals.next() => voice.warn("ended at once; what still ran is recovered at the next start"),
    }
    Ok(ExitStatus::Done)
}

/// What the door turned away leaves no other trace than its count.
fn line_of(refused: &Refused) -> String {
    let hook = refused.hook.as_ref().map_or_else(|| "no hook".to_owned(), ToString::to_string);
    format!("refused at the door: {hook}: {}: {}", refused.reason, refused.count)
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
    fn show(self, banner: &Banner, running: &RunningHost) {
        if self.reader == log::Reader::Person {
            banner.print(running, self.printer);
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
        console: args.console.as_deref(),
        no_verify: args.no_verify,
    };
    Config::from_app(Path::new(app), AppHandler::To(to), &env, overrides)
}

/// What is wrong with the configuration is told as such, even where only the host finds out.
pub(super) fn complaint(error: HostError) -> Complaint {
    match error {
        HostError::Config(errors) => errors.into(),
        HostError::Name(_)
        | HostError::Journal(OpenError::KeyNeeded)
        | HostError::NoAudience(_)
        | HostError::Handler { .. }
        | HostError::Keys { .. }
        | HostError::Console(_)
        | HostError::Door(_) => Complaint::misused(error),
        error => Complaint::failed(error),
    }
}

/// What a person wants to see at the start.
struct Banner {
    hooks: Vec<HookLines>,
    public_url: Option<String>,
}

struct HookLines {
    name: String,
    path: String,
    handler: String,
    /// What calls must be for; `None` where nobody is verified.
    audiences: Option<Vec<String>>,
}

impl HookLines {
    fn of(hook: &HookConfig) -> Self {
        let Source::Bkper(source) = &hook.source;
        Self {
            name: hook.name.to_string(),
            path: hook.path.clone(),
            handler: hook.handler.to_string(),
            audiences: source.verify.as_ref().map(|verification| verification.audiences.clone()),
        }
    }
}

impl Banner {
    fn of(config: &Config) -> Self {
        let public_url = config.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
        Self { hooks: config.hooks.iter().map(HookLines::of).collect(), public_url }
    }

    fn print(&self, running: &RunningHost, printer: Printer) {
        let address = running.address();
        printer.note(format_args!("{} listens on http://{address}", painted("bookhook", BOLD)));
        let base = self.public_url.clone().unwrap_or_else(|| url_here(address));
        for HookLines { name, path, handler, audiences } in &self.hooks {
            let arrow = painted("→", DIM);
            printer.note(format_args!("  {name}  {base}{path} {arrow} {handler}"));
            let taken = match audiences {
                Some(audiences) => format!("takes calls for {}", audiences.join(", ")),
                None => "callers are not verified".to_owned(),
            };
            printer.note(format_args!("  {:width$}  {}", "", painted(taken, DIM), width = name.len()));
        }
        if let Some(console) = running.console_address() {
            printer.note(format_args!("  operators: {}", url_here(console)));
        }
    }
}

/// The URL by which this machine reaches a door at `address`; the unspecified address is no place to go to.
fn url_here(address: SocketAddr) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unspecified_address_is_reached_by_loopback() {
        for (listen, url) in [
            ("0.0.0.0:8080", "http://127.0.0.1:8080"),
            ("[::]:8080", "http://[::1]:8080"),
            ("192.0.2.7:80", "http://192.0.2.7:80"),
        ] {
            assert_eq!(url_here(listen.parse().unwrap()), url);
        }
    }
}
