//! `bookhook dev`: a local Bkper, a host and the handler of an app, for whoever writes it.
//!
//! What Bkper and the host are is in the sandbox and in the library; here they are put together: the app is registered where
//! the host listens, its calls are signed with the key that the host trusts, and its handler calls the sandbox's API.

mod app;
mod banner;
mod keys;
mod local;
mod node;
mod packages;
mod replay;
mod sources;
mod stream;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use bookhook::bkper_model::AgentId;
use bookhook::{Host, RunningHost, Signals};
use bookhook_sandbox::{Manifest, Sandbox, Seed, StartError, Watch};

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
            printer.aside("ends: what runs has eight seconds (again: at once)");
        }
        tokio::select! {
            () = serving.host.stop() => {}
            () = signals.next() => {
                printer.aside("ended at once");
                return Ok(ExitStatus::Done);
            }
        }
        let Some(Renewal { app, manifests }) = renewed else {
            printer.aside("ended");
            return Ok(ExitStatus::Done);
        };
        desk.register(manifests)?;
        serving = desk.serve(app).await?;
        printer.aside("the host is there again");
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

/// What is served from now on.
struct Renewal {
    app: App,
    manifests: Vec<(AgentId, Manifest)>,
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
        app.warnings.iter().for_each(|warning| printer.warn(warning));
        let sandbox = start_sandbox(&args, &app.manifests(&door)?).await?;
        let surroundings = Surroundings::of(&sandbox).map_err(Complaint::failed)?;
        surroundings.put_around(&mut app.config, &door)?;
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
        packages::missing_for(&app.config.hooks).for_each(|missing| self.printer.warn(missing));
        let sources = Sources::of(&app).map_err(Complaint::failed)?;
        let listener = self.door.listener().map_err(Complaint::failed)?;
        let host = Host::new(app.config).listener(listener).start().await.map_err(serve::complaint)?;
        let told = Told::of(host.journal().clone());
        Ok(Serving { host, told, sources })
    }

    /// Tells what goes on, and does what is asked for, until there is something else to be served, or somebody wants it to
    /// end.
    async fn attend(&self, ears: &mut Ears<'_>, serving: &mut Serving) -> Result<Option<Renewal>, Complaint> {
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
                    Change::Setup(file) => if let Some(renewal) = self.renewal(&file) {
                        return Ok(Some(renewal));
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
    fn renewal(&self, changed: &Path) -> Option<Renewal> {
        match self.find_again() {
            Ok(renewal) => {
                self.tell_change(changed, "the host is started anew");
                Some(renewal)
            }
            Err(complaint) => {
                self.tell_change(changed, "it is wrong, and what was served before goes on");
                self.printer.complain(&complaint);
                None
            }
        }
    }

    fn find_again(&self) -> Result<Renewal, Complaint> {
        let mut app = App::find(&self.args, &self.door)?;
        app.warnings.iter().for_each(|warning| self.printer.warn(warning));
        let manifests = app.manifests(&self.door)?;
        self.surroundings.put_around(&mut app.config, &self.door)?;
        Ok(Renewal { app, manifests })
    }

    /// Tells the sandbox what the apps say by now.
    fn register(&self, manifests: Vec<(AgentId, Manifest)>) -> Result<(), Complaint> {
        let known = self.sandbox.about().map_err(Complaint::failed)?.apps;
        for (id, manifest) in manifests {
            if known.iter().all(|app| app.id != id) {
                let id = inert::one_line(id.as_str());
                self.printer.warn(format_args!(
                    "{id} is installed in no book: it was not there when `bookhook dev` began; start that anew"
                ));
            }
            self.sandbox.register(manifest).map_err(Complaint::failed)?;
        }
        Ok(())
    }
}

async fn start_sandbox(args: &DevArgs, manifests: &[(AgentId, Manifest)]) -> Result<Sandbox, Complaint> {
    let key = SandboxKey::open(args.key.clone()).map_err(Complaint::failed)?;
    let seed = args.seed.as_ref().map_or_else(|| Ok(Seed::demo()), Seed::read);
    let mut seed = seed.map_err(sandbox::wrong_seed)?;
    let mut builder = Sandbox::builder().listen((Ipv4Addr::LOCALHOST, args.sandbox_port).into());
    for (id, manifest) in manifests {
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
