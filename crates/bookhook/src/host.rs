//! The host: hooks, a journal and a door, from start to drain.

use std::cell::LazyCell;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tracing::{info, warn};
use url::Url;

use bkper_client::{BuildError, ClientBuilder};
use bookhook_console::NoToken;
use bookhook_dispatch::{Clock, Dispatcher, StartError};
use bookhook_handlers::http::BadUrl;
use bookhook_handlers::process::Guard;
use bookhook_journal::{Journal, Membership, OpenError};
use bookhook_model::HookName;
use bookhook_receiver::identity::KeySourceError;
use bookhook_receiver::{Counters, Door, DoorError, Refused, Server};

use crate::behind;
use crate::config::{Config, ConfigErrors, HookConfig};
use crate::hook::Hook;
use crate::open_files;
use crate::operators::{self, OpenDoor, OperatorsDoor};
use crate::servers::Servers;
use crate::signals::Signals;
use crate::wiring::{self, Wired};

/// How long runs may go on after the host was told to end. Cloud Run kills after ten seconds; what is left is for
/// the journal.
const DRAIN: Duration = Duration::from_secs(8);

/// By then nothing may be left to do but to close the journal.
const END: Duration = Duration::from_millis(9_500);

/// How long the handlers' own servers may take to end, if that much time is left.
const GRACE: Duration = Duration::from_secs(5);

/// Where [`Host::from_env`] looks for a configuration, unless `BOOKHOOK_CONFIG` names another place.
const CONFIG: &str = "bookhook.yaml";

/// Why a host cannot start, or could not go on.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// The app's id does not do as a hook's name.
    #[error("the app's id does not do as the name of a hook")]
    Name(#[source] bookhook_model::ids::BadHookName),
    /// What calls are for is not known.
    #[error(
        "{0}: nothing says which URL Bkper calls: set `public_url` in the configuration, or `webhookUrl` in the manifest"
    )]
    NoAudience(HookName),
    /// The handler's URL is none.
    #[error("{hook}: its handler cannot be called")]
    Handler {
        /// The hook.
        hook: HookName,
        /// Why.
        source: BadUrl,
    },
    /// Callers' keys cannot be read from where they are said to be.
    #[error("{hook}: its callers' keys cannot be read (`jwks_url`)")]
    Keys {
        /// The hook.
        hook: HookName,
        /// Why.
        source: KeySourceError,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: is another program listening there? (`listen`, or PORT)")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The operators' door would be open to everybody.
    #[error(transparent)]
    Console(#[from] NoToken),
    /// The address of the operators' door cannot be listened on.
    #[error(
        "cannot open the operators' door at {address}: is another program listening there? (`console.listen`)"
    )]
    ConsoleListen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The listener that was given cannot be used.
    #[error("cannot use the listener that the host was given")]
    Listener(#[source] std::io::Error),
    /// The journal cannot be opened.
    #[error("cannot open the journal")]
    Journal(#[from] OpenError),
    /// What was left unsettled cannot be taken up.
    #[error(transparent)]
    Start(#[from] StartError),
    /// Hooks that cannot be served together.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// Bkper's API cannot be called.
    #[error("handlers cannot call Bkper's API")]
    Api(#[source] BuildError),
    /// The system does not let us listen for signals.
    #[error("cannot listen for signals")]
    Signals(#[source] std::io::Error),
}

/// A host that is not running yet.
///
/// ```no_run
/// use bookhook::{Hook, Host, Result};
///
/// # async fn example(tax: Hook, exchange: Hook) -> Result<()> {
/// // Until SIGTERM:
/// Host::from_env()?.hook(tax).serve().await?;
///
/// // Beside something else in the same program:
/// let running = Host::from_env()?.hook(exchange).start().await?;
/// println!("listens on {}", running.address());
/// running.stop().await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Host {
    config: Config,
    listener: Option<std::net::TcpListener>,
    api: ClientBuilder,
    hooks: Vec<Hook>,
    is_behind_another: bool,
    clock: Clock,
}

impl Host {
    /// A host with this configuration.
    pub fn new(config: Config) -> Self {
        let api = ClientBuilder::default();
        let api = match &config.api_url {
            Some(url) => api.base_url(url.as_str()),
            None => api,
        };
        Self {
            config,
            listener: None,
            api,
            hooks: Vec::new(),
            is_behind_another: false,
            clock: Timestamp::now,
        }
    }

    /// A host configured by `bookhook.yaml` in the working directory (or by the file that `BOOKHOOK_CONFIG` names), if
    /// there is one, and by the environment: `PORT`, `BOOKHOOK_KEY`, `BKPER_API_URL`.
    ///
    /// When it is another host that starts this program (`run: cargo run`, as `bookhook dev` does), that host has verified
    /// the caller and keeps the event. Then no configuration is read, and the host listens for the other one alone, on
    /// this machine, without a journal.
    pub fn from_env() -> Result<Self, ConfigErrors> {
        let env = |name: &str| std::env::var(name).ok();
        if behind::is_told(&env) {
            return Ok(Self { is_behind_another: true, ..Self::new(behind::config(&env)?) });
        }
        let named = env("BOOKHOOK_CONFIG").map(PathBuf::from);
        let path = named.or_else(|| Path::new(CONFIG).exists().then(|| PathBuf::from(CONFIG)));
        let loaded = match path {
            Some(path) => Config::load(&path, &env)?,
            None => Config::from_env(&env)?,
        };
        for warning in &loaded.warnings {
            warn!("{warning}");
        }
        Ok(Self::new(loaded.config))
    }

    /// Serves this hook too. It takes the place of one with its name in the configuration.
    #[must_use]
    pub fn hook(mut self, hook: Hook) -> Self {
        self.config.hooks.retain(|configured| configured.name.as_str() != hook.manifest.id);
        self.hooks.push(if self.is_behind_another { behind::hook(hook) } else { hook });
        self
    }

    /// Listens here, whatever the configuration says: so that the address is known before the host starts.
    #[must_use]
    pub fn listener(mut self, listener: std::net::TcpListener) -> Self {
        self.listener = Some(listener);
        self
    }

    /// Handlers in Rust call Bkper's API here, whatever the environment says: at a sandbox, for instance.
    #[must_use]
    pub fn api(mut self, url: impl Into<String>) -> Self {
        self.api = self.api.base_url(url);
        self
    }

    /// Serves until SIGTERM or SIGINT, then drains within ten seconds. A second signal ends it at once, unless it
    /// comes within a second of the first.
    pub async fn serve(self) -> anyhow::Result<()> {
        let mut signals = Signals::listen().map_err(HostError::Signals)?;
        let running = self.start().await?;
        signals.next().await;
        info!("told to end; draining");
        for Refused { hook, reason, count } in running.refused() {
            let hook = hook.as_ref().map_or("-", HookName::as_str);
            info!(hook, reason, count, "refused at the door since the start");
        }
        tokio::select! {
            () = running.stop() => info!("ended"),
            () = signals.next() => warn!("told to end at once; what still ran is recovered at the next start"),
        }
        Ok(())
    }

    /// Starts, and returns when callers are let in.
    pub async fn start(self) -> Result<RunningHost, HostError> {
        let Self { config, listener, api, hooks, clock, .. } = self;
        let listener = match listener {
            Some(listener) => adopt(listener).map_err(HostError::Listener)?,
            None => listen(config.listen).await?,
        };
        let operators = OperatorsDoor::at(config.console).await?;
        let mut wired = configured(config.hooks)?;
        wired.extend(native(hooks, api, config.public_url.as_ref())?);
        let key = config.key.as_ref().map(wiring::sealing_key);
        let membership = Membership { name: name_among_others(config.listen), lease: config.lease };
        let journal = Journal::open_as(&wiring::location(&config.journal), key, membership).await?;
        let (mut doors, mut setups, mut supervisors) = (Vec::new(), Vec::new(), Vec::new());
        for Wired { door, setup, supervisor } in wired {
            doors.push(door);
            setups.push(setup);
            supervisors.extend(supervisor);
        }
        for (door, setup) in doors.iter().zip(&setups) {
            info!(hook = %door.name, path = door.path, handler = setup.handler.describe(), "serving");
        }
        let about = doors.iter().zip(&setups).map(|(door, setup)| operators::about(door, setup)).collect();
        let dispatcher = Dispatcher::start(journal.clone(), setups, clock).await?;
        dispatcher.retain(config.retention);
        let servers = Servers::start(supervisors, &dispatcher);
        let counters = Arc::new(Counters::default());
        let door = Door::new(dispatcher.clone(), journal.clone(), doors, Arc::clone(&counters), clock)?;
        let behind = operators::setup(&journal, &dispatcher, about, &counters, clock);
        let operators =
            operators.map(|operators| operators.open(behind)).transpose().map_err(HostError::Listener)?;
        RunningHost::start(listener, Parts { journal, dispatcher, servers, counters, door, operators })
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, HostError> {
    TcpListener::bind(address).await.map_err(|source| HostError::Listen { address, source })
}

fn adopt(listener: std::net::TcpListener) -> std::io::Result<TcpListener> {
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

fn configured(hooks: Vec<HookConfig>) -> Result<Vec<Wired>, HostError> {
    let guard: LazyCell<Guard> = LazyCell::new(Guard::start);
    hooks.into_iter().map(|hook| wiring::configured(hook, &guard)).collect()
}

/// They share the connections to the API.
fn native(hooks: Vec<Hook>, api: ClientBuilder, public_url: Option<&Url>) -> Result<Vec<Wired>, HostError> {
    if hooks.is_empty() {
        return Ok(Vec::new());
    }
    let client = api.build().map_err(HostError::Api)?;
    hooks.into_iter().map(|hook| wiring::native(hook, &client, public_url)).collect()
}

struct Parts {
    journal: Journal,
    dispatcher: Dispatcher,
    servers: Servers,
    counters: Arc<Counters>,
    door: Door,
    operators: Option<OpenDoor>,
}

/// A host that takes events in.
#[derive(Debug)]
pub struct RunningHost {
    address: SocketAddr,
    journal: Journal,
    dispatcher: Dispatcher,
    servers: Servers,
    counters: Arc<Counters>,
    door: Door,
    operators: Option<OpenDoor>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl RunningHost {
    fn start(listener: TcpListener, parts: Parts) -> Result<Self, HostError> {
        let unknown = SocketAddr::from(([0, 0, 0, 0], 0));
        let address =
            listener.local_addr().map_err(|source| HostError::Listen { address: unknown, source })?;
        let Parts { journal, dispatcher, servers, counters, door, operators } = parts;
        let (stop, stopped) = oneshot::channel();
        let server = Server::new(listener, door.clone(), open_files::server_limits());
        let stopped = async {
            // Dropped without a word means the same.
            let _ = stopped.await;
        };
        let server = tokio::spawn(server.run(stopped, DRAIN + Duration::from_secs(1)));
        info!(%address, "listening");
        Ok(Self { address, journal, dispatcher, servers, counters, door, operators, stop, server })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where its operators' door is, if it has one.
    pub fn console_address(&self) -> Option<SocketAddr> {
        self.operators.as_ref().map(|door| door.address)
    }

    /// Its journal.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Its dispatcher: who pauses and resumes hooks.
    pub fn dispatcher(&self) -> &Dispatcher {
        &self.dispatcher
    }

    /// What was refused at the door so far, by hook and reason.
    pub fn refused(&self) -> Vec<Refused> {
        self.counters.refused()
    }

    /// Replaces the servers that the host runs by new ones: their programs have changed. What they work on may end within two
    /// seconds, what comes meanwhile waits. A hook that was paused because its server did not stay up goes on.
    pub async fn restart_handlers(&self) {
        self.servers.restart(&self.dispatcher).await;
    }

    /// Drains, and ends within ten seconds: no new connections, no new runs; what runs may end, and who waits is
    /// answered; what does not end in time is recovered at the next start. Then the handlers' own servers are ended.
    pub async fn stop(self) {
        let begun = Instant::now();
        self.door.close();
        let _ = self.stop.send(());
        let operators = async {
            if let Some(door) = self.operators {
                door.close().await;
            }
        };
        let (open, served, ()) = tokio::join!(self.dispatcher.drain(DRAIN), self.server, operators);
        if open > 0 {
            warn!(runs = open, "still running at the end; they are recovered at the next start");
        }
        if let Err(failed) = served {
            warn!(error = %failed, "the server ended badly");
        }
        self.servers.end(END.saturating_sub(begun.elapsed()).min(GRACE)).await;
        self.journal.close().await;
    }
}

/// How people tell it from other hosts that share its journal: by its machine, its port, and its process.
fn name_among_others(listen: SocketAddr) -> String {
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let machine = machine.or_else(|| std::env::var("HOSTNAME").ok());
    let machine = machine.as_deref().map_or("localhost", str::trim);
    format!("{machine}:{} ({})", listen.port(), std::process::id())
}
