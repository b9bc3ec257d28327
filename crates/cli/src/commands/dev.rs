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
mod stream;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use bookhook::{Host, RunningHost, Signals};
use bookhook_sandbox::{Sandbox, Seed, StartError, Watch};

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
use sources::{Change, Sources};
use stream::{Teller, Told};

/// Serves until told to end.
pub(crate) async fn dev(args: DevArgs, printer: Printer) -> Outcome {
    log::start_for_development().map_err(Complaint::misused)?;
    let mut signals = Signals::listen().map_err(Complaint::failed)?;
    let (desk, app) = Desk::set_up(args, printer).await?;
    let banner = Banner::of(&app.config, &desk.door, &desk.sandbox).await.map_err(Complaint::failed)?;
    let mut ears = Ears::at(&desk.sandbox).map_err(Complaint::failed)?;
    let mut serving = desk.serve(app).await?;
    desk.introduce(&banner, serving.host.console_address())?;
    loop {
        let renewed = tokio::select! {
            renewed = desk.attend(&mut ears, &mut serving) => renewed?,
            () = signals.next() => None,
        };
        if renewed.is_none() {
            printer.aside("ends; what runs may end within ten seconds (again: at once)");
        }
        tokio::select! {
            () = serving.host.stop() => {}
            () = signals.next() => {
                printer.aside("ended at once");
                return Ok(ExitStatus::Done);
            }
        }
        let Some(app) = renewed else {
            printer.aside("ended");
            return Ok(ExitStatus::Done);
        };
        desk.register(&app)?;
        serving = desk.serve(app).await?;
    }
}

/// What stays while one host takes the place of another.
struct Desk {
    args: DevArgs,
    printer: Printer,
    door: Door,
    sandbox: Sandbox,
    surroundings: Surroundings,
}

/// A host, and what is told of it and its files.
struct Serving {
    host: RunningHost,
    told: Told,
    sources: Sources,
}

/// What is heard from elsewhere.
struct Ears<'a> {
    keys: Keys,
    watch: Watch,
    replay: Replay<'a>,
}

impl<'a> Ears<'a> {
    fn at(sandbox: &'a Sandbox) -> anyhow::Result<Self> {
        Ok(Self { keys: Keys::listen(), watch: sandbox.watch(), replay: Replay::at(sandbox)? })
    }
}

impl Desk {
    /// A sandbox that knows the app, and what is to be served.
    async fn set_up(args: DevArgs, printer: Printer) -> Result<(Self, App), Complaint> {
        let door = Door::at(args.port)?;
        let mut app = App::find(&args, &door)?;
        let sandbox = start_sandbox(&args, &app).await?;
        let surroundings = Surroundings::of(&sandbox).map_err(Complaint::failed)?;
        surroundings.put_around(&mut app.config, &door)?;
        app.warnings.iter().for_each(|warning| printer.warn(warning));
        Ok((Self { args, printer, door, sandbox, surroundings }, app))
    }

    fn introduce(&self, banner: &Banner, console: Option<SocketAddr>) -> Result<(), Complaint> {
        if !self.args.json {
            banner.print(console, self.printer);
            return Ok(());
        }
        let about = self.sandbox.about().map_err(Complaint::failed)?;
        let dev = serde_json::json!({
            "hooks": banner.hooks_as_json(),
            "console": console.map(|address| format!("http://{address}")),
            "sandbox": about,
        });
        Ok(self.teller().json(&serde_json::json!({ "dev": dev }))?)
    }

    fn teller(&self) -> Teller {
        Teller { printer: self.printer, is_json: self.args.json }
    }

    async fn serve(&self, app: App) -> Result<Serving, Complaint> {
        let sources = Sources::of(&app).map_err(Complaint::failed)?;
        let listener = self.door.listener().map_err(Complaint::failed)?;
        let host = Host::new(app.config).listener(listener).start().await.map_err(serve::complaint)?;
        let told = Told::of(host.journal().clone());
        Ok(Serving { host, told, sources })
    }

    /// Tells what goes on, and does what is asked for, until there is something else to be served, or somebody wants it to
    /// end.
    async fn attend(&self, ears: &mut Ears<'_>, serving: &mut Serving) -> Result<Option<App>, Complaint> {
        let teller = self.teller();
        loop {
            tokio::select! {
                Some(delivery) = serving.told.next() => teller.delivery(&delivery)?,
                happening = ears.watch.next() => {
                    let Some(happening) = happening else { return Ok(None) };
                    ears.replay.note(&happening);
                    teller.happening(&happening)?;
                }
                changed = serving.sources.changed() => match changed {
                    Change::Handler(file) => {
                        self.tell_change(&file, "the handler is started anew");
                        serving.host.restart_handlers().await;
                    }
                    Change::Setup(file) => if let Some(app) = self.renewed(&file) {
                        return Ok(Some(app));
                    },
                },
                key = ears.keys.next() => match key {
                    Key::Replay => ears.replay.last(self.printer),
                    Key::Quit => return Ok(None),
                },
            }
        }
    }

    fn tell_change(&self, file: &Path, what: &str) {
        let file = inert::one_line(&file.display().to_string());
        self.printer.aside(format_args!("{file} changed: {what}"));
    }

    /// What is to be served from now on; nothing when that cannot be served.
    fn renewed(&self, changed: &Path) -> Option<App> {
        let found = App::find(&self.args, &self.door).and_then(|mut app| {
            self.surroundings.put_around(&mut app.config, &self.door)?;
            Ok(app)
        });
        match found {
            Ok(app) => {
                self.tell_change(changed, "the host is started anew");
                app.warnings.iter().for_each(|warning| self.printer.warn(warning));
                Some(app)
            }
            Err(complaint) => {
                self.tell_change(changed, "it is wrong, and what was served before goes on");
                self.printer.complain(&complaint);
                None
            }
        }
    }

    /// Tells the sandbox what the app says by now.
    fn register(&self, app: &App) -> Result<(), Complaint> {
        let known = self.sandbox.about().map_err(Complaint::failed)?.apps;
        for (id, manifest) in &app.manifests {
            if known.iter().all(|app| app.id != *id) {
                let id = inert::one_line(id.as_str());
                self.printer.warn(format_args!(
                    "{id} is installed in no book: it was not there when `bookhook dev` began; start that anew"
                ));
            }
            self.sandbox.register(manifest.clone()).map_err(Complaint::failed)?;
        }
        Ok(())
    }
}

async fn start_sandbox(args: &DevArgs, app: &App) -> Result<Sandbox, Complaint> {
    let key = SandboxKey::open(args.key.clone()).map_err(Complaint::failed)?;
    let seed = args.seed.as_ref().map_or_else(|| Ok(Seed::demo()), Seed::read);
    let mut seed = seed.map_err(sandbox::wrong_seed)?;
    let mut builder = Sandbox::builder().listen((Ipv4Addr::LOCALHOST, args.sandbox_port).into());
    for (id, manifest) in &app.manifests {
        seed = seed.install(id.clone());
        builder = builder.app(manifest.clone());
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
