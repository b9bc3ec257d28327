//! One measurement: starts a system, puts it under load, and takes its figures.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bookhook_sandbox::google::Signer;
use jiff::Timestamp;
use tokio::process::Command;

use crate::load::{Books, Load};
use crate::process::{Server, Usage, free_address};
use crate::request::Template;
use crate::sample::{Figures, Moment, micros};
use crate::syncs::{Ledger, SlowSync};
use crate::systems::bookhook::Behind;
use crate::systems::node::Node;
use crate::systems::python::Python;
use crate::systems::{Handler, Row, System, bookhook, exec};
use crate::window::{Span, Window};

/// After the first answer a system gets so long to come to rest; then it is idle.
const REST: Duration = Duration::from_millis(200);

/// What all measurements share.
pub(crate) struct Bench {
    /// Where journals are made; they are removed after each measurement.
    pub(crate) folder: PathBuf,
    pub(crate) signer: Signer,
    pub(crate) span: Span,
    /// How many books the events are spread over.
    pub(crate) books: u32,
    /// `None` without a C compiler: then syncs are not counted.
    pub(crate) slow_sync: Option<SlowSync>,
    pub(crate) node: Option<Node>,
    pub(crate) python: Option<Python>,
    /// The program `bookhook`, if a row needs it.
    pub(crate) program: Option<PathBuf>,
}

impl Bench {
    /// The figures of a new process of this system with a new journal.
    pub(crate) async fn measure(&self, row: &Row, connections: usize) -> Result<Figures> {
        let folder = tempfile::tempdir_in(&self.folder).context("cannot make a folder for the journal")?;
        match row.system {
            System::Sqlite => self.measure_sqlite(folder.path(), connections).await,
            System::Exec => self.measure_exec(connections).await,
            _ => self.measure_server(row, folder.path(), connections).await,
        }
    }

    async fn measure_sqlite(&self, folder: &Path, producers: usize) -> Result<Figures> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("sqlite-alone").arg(serde_json::to_string(&self.span)?);
        command.arg("--folder").arg(folder).arg("--producers").arg(producers.to_string());
        self.watch_syncs(&mut command, folder);
        figures_of(command).await
    }

    async fn measure_exec(&self, producers: usize) -> Result<Figures> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("exec-alone").arg(serde_json::to_string(&self.span)?);
        command.arg("--producers").arg(producers.to_string());
        figures_of(command).await
    }

    async fn measure_server(&self, row: &Row, folder: &Path, connections: usize) -> Result<Figures> {
        let template = Template::new(&self.signer, Timestamp::now())?;
        let servers = self.start(row, folder, &template).await?;
        tokio::time::sleep(REST).await;
        let idle = servers.moment()?;

        let books = if row.own_books { Books::Own } else { Books::Random(self.books) };
        let load = Load { addresses: &[servers.system.address()], template: &template, connections, books };
        let senders = load.connect().await?;
        let window = Window::beginning_now(self.span);
        let sending = senders.start(window);
        let (before, after) = window.around(|| servers.moment()).await;
        let latencies = sending.finish().await?;
        let first_200_us = Some(micros(servers.system.first_200()));
        Ok(Figures { first_200_us, ..Figures::new(self.span, latencies, &idle, (before?, after?)) })
    }

    async fn start(&self, row: &Row, folder: &Path, template: &Template) -> Result<Servers> {
        // The first request of no connection: its event is sent by nobody else.
        let mut request = template.request(0);
        let address = free_address()?;
        let mut handler = None;
        if let System::InFrontOf(kind) = row.system {
            let address = free_address()?;
            let log = folder.join("handler.log");
            handler =
                Some(Server::start(self.handler(kind, address)?, address, request.next(0), &log).await?);
        }
        let in_front_of = |behind: Behind| {
            let program = self.program.as_deref().context("the program `bookhook` was not built")?;
            bookhook::in_front_of(&behind, row.lanes, program, address, folder, &self.signer)
        };
        let mut command = match (row.system, &handler) {
            (System::Handler(handler), _) => self.handler(handler, address)?,
            (System::Native(native), _) => bookhook::native(native, address, folder, &self.signer)?,
            (System::InFrontOf(_), Some(handler)) => in_front_of(Behind::Http(handler.address()))?,
            (System::Running(handler), _) => in_front_of(Behind::Run(self.handler(handler, address)?))?,
            (System::Executing, _) => in_front_of(Behind::Exec(exec::script()))?,
            (System::InFrontOf(_), None) | (System::Exec | System::Sqlite, _) => {
                unreachable!("it is no server")
            }
        };
        let ledger = row.system.keeps().then(|| self.watch_syncs(&mut command, folder)).flatten();
        let system = Server::start(command, address, request.next(0), &folder.join("system.log")).await?;
        let handler = match (row.system, handler) {
            (System::Running(_), _) => Handling::Children,
            (_, Some(server)) => Handling::Server(Box::new(server)),
            (_, None) => Handling::Within,
        };
        Ok(Servers { system, handler, ledger })
    }

    fn handler(&self, handler: Handler, address: SocketAddr) -> Result<Command> {
        let node = || self.node.as_ref().context("there is no Node");
        match handler {
            Handler::Axum => serve_axum(address, Duration::ZERO),
            Handler::Slow(millis) => serve_axum(address, Duration::from_millis(millis)),
            Handler::Functions => Ok(node()?.functions(address)),
            Handler::Hono => Ok(node()?.hono(address)),
            Handler::Flask => Ok(self.python.as_ref().context("there is no Python")?.flask(address)),
        }
    }

    fn watch_syncs(&self, command: &mut Command, folder: &Path) -> Option<Ledger> {
        let ledger = Ledger::in_folder(folder);
        command.envs(self.slow_sync.as_ref()?.preload(&ledger));
        Some(ledger)
    }
}

/// What this program, started again, prints.
async fn figures_of(mut command: Command) -> Result<Figures> {
    let output = command.stderr(Stdio::inherit()).kill_on_drop(true).output().await?;
    ensure!(output.status.success(), "it ended with {}", output.status);
    serde_json::from_slice(&output.stdout).context("it printed no figures")
}

fn serve_axum(address: SocketAddr, delay: Duration) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("serve-axum").arg(address.to_string());
    command.arg("--delay-ms").arg(delay.as_millis().to_string());
    Ok(command)
}

/// The processes of a system.
struct Servers {
    system: Server,
    handler: Handling,
    ledger: Option<Ledger>,
}

/// Where the handler is.
enum Handling {
    /// In the system itself, or in processes that are gone after each event.
    Within,
    /// In a server that this program has started.
    Server(Box<Server>),
    /// In processes that the system has started.
    Children,
}

impl Servers {
    fn moment(&self) -> Result<Moment> {
        let handler = match &self.handler {
            Handling::Within => None,
            Handling::Server(server) => Some(server.usage()?),
            Handling::Children => Some(self.system.usage_of_children()?),
        };
        let syncs = self.ledger.as_ref().and_then(Ledger::read);
        Ok(Moment { system: self.system.usage()?, load: Some(Usage::of("self")?), handler, syncs })
    }
}
