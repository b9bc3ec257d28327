//! Keeps a server running: starts it, waits until it is ready, and starts it again when it has ended.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use bookhook_model::HookName;
use bookhook_model::units::show_duration;
use tokio::io::AsyncRead;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tracing::{info, warn};

use super::restart::Restarts;
use super::{Server, ServerSetup, Shared, Standing, at, port};
use crate::process::{Group, Guard, Words, read_lines};

/// What is left in the pipes of a server that has ended is read for so long.
const REST: Duration = Duration::from_millis(500);

/// A server that is to make room for a new one may take so long to end.
const GRACE: Duration = Duration::from_secs(2);

/// So many ports are tried at once when somebody else was faster.
const PORTS_TRIED: u32 = 3;

/// What keeps the server of one [`RunHandler`](super::RunHandler) running. Dropped, it kills it.
pub struct Supervisor {
    pub(super) setup: ServerSetup,
    pub(super) shared: Arc<Shared>,
    pub(super) guard: Guard,
    pub(super) process: Option<Process>,
    pub(super) starts: u64,
}

/// Has a server replaced by a new one, because its program has changed.
#[derive(Clone)]
pub struct Restarter(Arc<Shared>);

/// A server's process, and those who listen to it.
pub(super) struct Process {
    group: Group,
    listeners: JoinSet<()>,
}

/// A server does not stay up, and is not started any more.
#[derive(Debug)]
pub struct GaveUp {
    /// The hook whose handler it is.
    pub hook: HookName,
    /// Why, for people.
    pub reason: String,
}

/// Why a server does not run.
struct Down {
    why: String,
    port_was_taken: bool,
}

impl Supervisor {
    /// The hook.
    pub fn hook(&self) -> &HookName {
        self.shared.log.hook()
    }

    /// What replaces the server while this keeps it running.
    pub fn restarter(&self) -> Restarter {
        Restarter(Arc::clone(&self.shared))
    }

    /// Keeps the server running until `end` says how long it may take to end.
    ///
    /// When it was started again too often, `gave_up` is called; when that is done, runs that wait for the server are
    /// told. The next one that asks for it afterwards has it started again.
    pub async fn run<F, Fut>(mut self, gave_up: F, end: impl Future<Output = Duration>)
    where
        F: Fn(GaveUp) -> Fut,
        Fut: Future<Output = ()>,
    {
        let grace = tokio::select! {
            grace = end => grace,
            never = self.keep_running(gave_up) => match never {},
        };
        self.shared.standing.send_replace(Standing::Ended);
        if let Some(Process { group, mut listeners }) = self.process.take() {
            group.end(grace).await;
            listen_to_the_rest(&mut listeners).await;
        }
    }

    async fn keep_running<F, Fut>(&mut self, gave_up: F) -> Infallible
    where
        F: Fn(GaveUp) -> Fut,
        Fut: Future<Output = ()>,
    {
        let shared = Arc::clone(&self.shared);
        let mut restarts = Restarts::new(self.setup.restart);
        loop {
            let why = tokio::select! {
                why = self.serve_once() => why,
                () = shared.renewal.notified() => {
                    self.make_room().await;
                    restarts.forget();
                    continue;
                }
            };
            if let Some(wait) = restarts.next(Instant::now()) {
                let wait_told = show_duration(wait);
                warn!(hook = %self.hook(), "{why}; it is started again in {wait_told}");
                tokio::select! {
                    () = sleep(wait) => {}
                    () = shared.renewal.notified() => restarts.forget(),
                }
            } else {
                self.give_up(&why, &gave_up).await;
                restarts.forget();
            }
        }
    }

    /// Ends the server, so that a new one can be started in its place.
    async fn make_room(&mut self) {
        self.shared.standing.send_replace(Standing::Dying);
        if let Some(Process { group, mut listeners }) = self.process.take() {
            group.end(GRACE).await;
            listen_to_the_rest(&mut listeners).await;
        }
        *self.shared.words.lock().unwrap_or_else(PoisonError::into_inner) = Words::default();
        self.shared.standing.send_replace(Standing::Starting(None));
    }

    /// Returns when somebody asks for the server again.
    async fn give_up<F, Fut>(&self, why: &str, gave_up: &F)
    where
        F: Fn(GaveUp) -> Fut,
        Fut: Future<Output = ()>,
    {
        let reason =
            format!("the handler does not stay up, for all its {}; at last {why}", self.setup.restart.told());
        gave_up(GaveUp { hook: self.hook().clone(), reason: reason.clone() }).await;
        let mut changes = self.shared.standing.subscribe();
        self.shared.standing.send_replace(Standing::GaveUp(reason.into()));
        let is_wanted = |standing: &Standing| !matches!(standing, Standing::GaveUp(_));
        tokio::select! {
            // The sender is at hand.
            _ = changes.wait_for(is_wanted) => {}
            // Its program was changed while it was given up.
            () = self.shared.renewal.notified() => {
                self.shared.ask_again();
            }
        }
        info!(hook = %self.hook(), "the handler is asked for again, and started again");
    }

    /// Starts the server, and says why it does not run any more.
    async fn serve_once(&mut self) -> String {
        let mut tried = 0;
        loop {
            let down = match port::free() {
                Ok(port) => self.serve_at(port).await,
                Err(error) => Down { why: format!("there is no free port: {error}"), port_was_taken: false },
            };
            tried += 1;
            if !down.port_was_taken || tried == PORTS_TRIED {
                return down.why;
            }
        }
    }

    async fn serve_at(&mut self, port: u16) -> Down {
        let what = match self.start(port).await {
            Ok(()) => self.ended().await,
            Err(what) => what,
        };
        self.shared.standing.send_replace(Standing::Dying);
        let words = self.put_away().await;
        let why = format!("`{}` {what}{words}", self.setup.command.program);
        self.shared.standing.send_replace(Standing::Starting(Some(why.as_str().into())));
        // Whoever still listens there is not the server, and may have been faster.
        Down { why, port_was_taken: port::is_taken(port) }
    }

    /// Starts the server and waits until it is ready. Else what has become of it.
    async fn start(&mut self, port: u16) -> Result<(), String> {
        let begun = Instant::now();
        let process = self.spawn(port);
        let process =
            process.map_err(|error| format!("cannot be started: {}", self.setup.command.why_not(&error)))?;
        let Process { group, .. } = self.process.insert(process);
        tokio::select! {
            status = group.ended() => return Err(told_end(status)),
            is_ready = self.setup.ready.wait(port) => is_ready?,
        }
        let (id, took) = (group.id(), begun.elapsed());
        info!(hook = %self.hook(), id, port, ?took, "the handler is ready");
        self.starts += 1;
        self.shared.is_ready(&self.setup, self.starts, port);
        Ok(())
    }

    /// Waits until the server that is ready has ended, and says how.
    async fn ended(&mut self) -> String {
        match &mut self.process {
            Some(process) => told_end(process.group.ended().await),
            None => "was not started".to_owned(),
        }
    }

    fn spawn(&self, port: u16) -> io::Result<Process> {
        let mut command = self.setup.command.to_process();
        command.env("PORT", port.to_string()).env("BOOKHOOK_HOOK", self.hook().as_str());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut group = Group::start(&mut command, &self.guard)?;
        let (_, stdout, stderr) = group.pipes();
        let mut listeners = JoinSet::new();
        if let (Some(stdout), Some(stderr)) = (stdout, stderr) {
            listeners.spawn(listen(Arc::clone(&self.shared), stdout));
            listeners.spawn(listen(Arc::clone(&self.shared), stderr));
        }
        Ok(Process { group, listeners })
    }

    /// Ends what is left of the server, and gives its last words.
    async fn put_away(&mut self) -> String {
        if let Some(Process { mut group, mut listeners }) = self.process.take() {
            group.kill();
            listen_to_the_rest(&mut listeners).await;
        }
        let words = std::mem::take(&mut *self.shared.words.lock().unwrap_or_else(PoisonError::into_inner));
        self.shared.in_flight.hiding(|secrets| words.told(secrets))
    }
}

impl Restarter {
    /// Has the server replaced. What it works on may end within two seconds, what comes meanwhile waits for the new one.
    /// Whether it was given up before.
    pub fn restart(&self) -> bool {
        let was_given_up = self.0.ask_again();
        if !was_given_up {
            self.0.renewal.notify_one();
        }
        was_given_up
    }

    /// The hook whose server it is.
    pub fn hook(&self) -> &HookName {
        self.0.log.hook()
    }
}

impl fmt::Debug for Restarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Restarter").field(self.hook()).finish()
    }
}

impl Shared {
    fn is_ready(&self, setup: &ServerSetup, number: u64, port: u16) {
        // The path was checked when the handler was made.
        let Ok(handler) = at(port, &setup.path) else { return };
        self.standing.send_modify(|standing| {
            let died = match standing {
                Standing::Starting(died) => died.take(),
                _ => None,
            };
            *standing = Standing::Ready(Server { number, handler: Arc::new(handler), died });
        });
    }
}

async fn listen(shared: Arc<Shared>, from: impl AsyncRead + Unpin) {
    read_lines(from, |line| {
        if shared.log.has_room() {
            let text = shared.in_flight.hiding(|secrets| secrets.shown(line));
            shared.log.write(&text, shared.in_flight.only_one());
        }
        shared.words.lock().unwrap_or_else(PoisonError::into_inner).add(line);
    })
    .await;
    shared.log.tell_left_out();
}

async fn listen_to_the_rest(listeners: &mut JoinSet<()>) {
    let all = async { while listeners.join_next().await.is_some() {} };
    let _ = timeout(REST, all).await;
}

fn told_end(status: io::Result<ExitStatus>) -> String {
    match status {
        Err(error) => format!("was lost sight of ({error})"),
        Ok(status) => match status.code() {
            Some(code) => format!("ended with status {code}"),
            None => format!("was killed ({status})"),
        },
    }
}
