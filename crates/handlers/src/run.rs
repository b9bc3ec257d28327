//! Handlers that are servers of the host's own: it starts the server, gives it a port, watches it, and starts it again
//! when it ends.
//!
//! Events are sent to it as to any other server ([`HttpHandler`]). While it is being started runs wait for it, for as
//! long as they may take. A run under which the server dies is [`FailureKind::Died`]; one that had not reached the
//! server is sent to the next. What the server writes is logged line by line.

mod in_flight;
mod port;
mod ready;
mod restart;
mod supervisor;

use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bookhook_model::{Failure, FailureKind, HookName, RunEnd};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use crate::http::BadUrl;
use crate::process::{CommandLine, Guard, Log, Words};
use crate::{Handler, HttpHandler, Invocation, Running};
use in_flight::InFlight;

pub use ready::Readiness;
pub use restart::RestartPolicy;
pub use supervisor::{GaveUp, Restarter, Supervisor};

/// After a connection broke, word of the server's death comes within this, if it died. A server that another program
/// has started for the host (`npm start`) dies before that program.
const WORD_OF_DEATH: Duration = Duration::from_secs(1);

/// So long is waited for an answer that a server may have given before it died.
const LAST_BREATH: Duration = Duration::from_millis(200);

/// What to run, and how.
#[derive(Debug, Clone)]
pub struct ServerSetup {
    /// The command. It gets the port to listen on in the variable `PORT`.
    pub command: CommandLine,
    /// Where the server takes events, with a leading slash.
    pub path: String,
    /// How it tells that it is ready.
    pub ready: Readiness,
    /// How it is started again.
    pub restart: RestartPolicy,
}

/// A server that the host keeps running.
pub struct RunHandler {
    command: CommandLine,
    shared: Arc<Shared>,
}

/// What the handler and its supervisor both know.
struct Shared {
    standing: watch::Sender<Standing>,
    /// Somebody wants a new server.
    renewal: Notify,
    in_flight: InFlight,
    log: Log,
    /// What the server said last.
    words: Mutex<Words>,
}

/// Where the server stands.
#[derive(Clone)]
enum Standing {
    /// It is being started; why the one before has died, if there was one.
    Starting(Option<Arc<str>>),
    /// It takes events.
    Ready(Server),
    /// It has ended; its last words are still being read.
    Dying,
    /// It is not started any more, and why.
    GaveUp(Arc<str>),
    /// The host ends.
    Ended,
}

/// A server that takes events.
#[derive(Clone)]
struct Server {
    /// Counts the servers, so that one is told from the next.
    number: u64,
    handler: Arc<HttpHandler>,
    /// Why the one before has died.
    died: Option<Arc<str>>,
}

/// What became of an event that was sent to a server.
enum Call {
    /// The server answered, or failed to.
    Ended(RunEnd),
    /// The server died while it may have worked on it, and why.
    Cut(Arc<str>),
    /// The server died before it took it.
    NotTaken,
}

impl RunHandler {
    /// The handler of this hook, and what keeps its server running: nothing is started before [`Supervisor::run`] is.
    pub fn new(hook: HookName, setup: ServerSetup, guard: Guard) -> Result<(Self, Supervisor), BadUrl> {
        for path in setup.ready.path.iter().chain([&setup.path]) {
            ready::check(path)?;
        }
        let shared = Arc::new(Shared {
            standing: watch::Sender::new(Standing::Starting(None)),
            renewal: Notify::new(),
            in_flight: InFlight::default(),
            log: Log::new(hook),
            words: Mutex::default(),
        });
        let handler = Self { command: setup.command.clone(), shared: Arc::clone(&shared) };
        Ok((handler, Supervisor { setup, shared, guard, process: None, starts: 0 }))
    }

    async fn run(&self, invocation: Invocation) -> RunEnd {
        loop {
            let server = match self.shared.server().await {
                Ok(server) => server,
                Err(failure) => return RunEnd::Failed(failure),
            };
            match self.shared.call(&server, &invocation).await {
                Call::Ended(end) => return end,
                Call::Cut(why) => return RunEnd::Failed(died(&why)),
                Call::NotTaken => {}
            }
        }
    }
}

impl Handler for RunHandler {
    fn handle(&self, invocation: Invocation) -> Running<'_> {
        Box::pin(self.run(invocation))
    }

    fn describe(&self) -> String {
        format!("run {}", self.command)
    }
}

impl fmt::Debug for RunHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RunHandler").field(&self.command).finish()
    }
}

impl Shared {
    /// The server, as soon as it is ready. One that was given up is asked for again.
    async fn server(&self) -> Result<Server, Failure> {
        self.ask_again();
        let mut changes = self.standing.subscribe();
        loop {
            let standing = changes.borrow_and_update().clone();
            match standing {
                Standing::Ready(server) => return Ok(server),
                Standing::GaveUp(why) => return Err(Failure::new(FailureKind::Died, &*why)),
                // The run is left open, to be taken up at the next start.
                Standing::Ended => pending().await,
                Standing::Starting(_) | Standing::Dying => {}
            }
            if changes.changed().await.is_err() {
                pending::<()>().await;
            }
        }
    }

    /// Has a server that was given up started again; whether it was.
    fn ask_again(&self) -> bool {
        self.standing.send_if_modified(|standing| {
            let was_given_up = matches!(standing, Standing::GaveUp(_));
            if was_given_up {
                *standing = Standing::Starting(None);
            }
            was_given_up
        })
    }

    async fn call(&self, server: &Server, invocation: &Invocation) -> Call {
        let _flight = self.in_flight.begin(invocation);
        let call = server.handler.run(invocation);
        tokio::pin!(call);
        tokio::select! {
            end = &mut call => self.judge(server, end).await,
            // It may have answered with its last breath.
            why = self.death_of(server) => match timeout(LAST_BREATH, call).await {
                Ok(end) => self.judge(server, end).await,
                Err(_elapsed) => Call::Cut(why),
            },
        }
    }

    async fn judge(&self, server: &Server, end: RunEnd) -> Call {
        let RunEnd::Failed(failure) = &end else { return Call::Ended(end) };
        let was_taken = match failure.kind {
            FailureKind::Unreachable => false,
            FailureKind::Disconnected => true,
            _ => return Call::Ended(end),
        };
        match timeout(WORD_OF_DEATH, self.death_of(server)).await {
            Ok(why) if was_taken => Call::Cut(why),
            Ok(_) => Call::NotTaken,
            Err(_elapsed) => Call::Ended(end),
        }
    }

    /// Waits until this server has died, and says why.
    async fn death_of(&self, server: &Server) -> Arc<str> {
        let mut changes = self.standing.subscribe();
        let is_past = |now: &Standing| match now {
            Standing::Ready(now) => now.number != server.number,
            Standing::Dying => false,
            Standing::Starting(_) | Standing::GaveUp(_) | Standing::Ended => true,
        };
        let standing = changes.wait_for(is_past).await.map(|standing| standing.clone());
        let why = match standing {
            Ok(Standing::Starting(why)) => why,
            Ok(Standing::Ready(next)) => next.died,
            Ok(Standing::GaveUp(why)) => Some(why),
            // The run is left open, to be taken up at the next start.
            Ok(Standing::Dying | Standing::Ended) | Err(_) => pending().await,
        };
        why.unwrap_or_else(|| "it was started anew".into())
    }
}

fn died(why: &str) -> Failure {
    Failure::new(FailureKind::Died, format!("the handler died while it worked on the event: {why}"))
}

/// The server at a port of this machine.
fn at(port: u16, path: &str) -> Result<HttpHandler, BadUrl> {
    HttpHandler::new(&format!("http://127.0.0.1:{port}{path}"))
}
