//! The operators' door of a running host: opened with it, closed with it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bookhook_console::{Access, Console, HookAbout, Refused, Server, Setup};
use bookhook_dispatch::{Clock, Dispatcher, HookSetup};
use bookhook_journal::Journal;
use bookhook_receiver::{Counters, HookDoor, Source};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tracing::{info, warn};

use crate::config::ConsoleConfig;
use crate::host::HostError;

/// How long requests may go on after the door was told to close.
const GRACE: Duration = Duration::from_secs(1);

/// A door that is not open yet, at an address that is its own.
pub(crate) struct OperatorsDoor {
    listener: TcpListener,
    access: Access,
}

/// An open one. Dropped, it closes.
#[derive(Debug)]
pub(crate) struct OpenDoor {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl OperatorsDoor {
    /// `None` where there shall be none, or where the default address is another program's.
    pub(crate) async fn at(config: Option<ConsoleConfig>) -> Result<Option<Self>, HostError> {
        let Some(ConsoleConfig { listen, is_told, token }) = config else { return Ok(None) };
        let access = Access::new(listen, token.as_ref())?;
        match TcpListener::bind(listen).await {
            Ok(listener) => Ok(Some(Self { listener, access })),
            Err(source) if is_told => Err(HostError::ConsoleListen { address: listen, source }),
            Err(error) => {
                warn!(
                    address = %listen, %error,
                    "there is no operators' door: another program listens there; give this host another address (`console.listen`)"
                );
                Ok(None)
            }
        }
    }

    /// Opens it.
    pub(crate) fn open(self, setup: Setup) -> std::io::Result<OpenDoor> {
        let server = Server::new(self.listener, Console::new(setup, self.access));
        let address = server.address()?;
        let (stop, stopped) = oneshot::channel();
        let stopped = async {
            // Dropped without a word means the same.
            let _: Result<(), _> = stopped.await;
        };
        let server = tokio::spawn(server.run(stopped, GRACE));
        info!(%address, "the operators' door is open");
        Ok(OpenDoor { address, stop, server })
    }
}

impl OpenDoor {
    /// Closes it: streams end, requests may go on for a moment.
    pub(crate) async fn close(self) {
        let _ = self.stop.send(());
        if let Err(failed) = self.server.await {
            warn!(error = %failed, "the operators' door ended badly");
        }
    }
}

/// What is behind the door.
pub(crate) fn setup(
    journal: &Journal,
    dispatcher: &Dispatcher,
    hooks: Vec<HookAbout>,
    counters: &Arc<Counters>,
    clock: Clock,
) -> Setup {
    let counters = Arc::clone(counters);
    Setup {
        journal: journal.clone(),
        dispatcher: dispatcher.clone(),
        hooks,
        refused: Box::new(move || counters.refused().into_iter().map(refused).collect()),
        clock,
    }
}

fn refused(line: bookhook_receiver::Refused) -> Refused {
    Refused { hook: line.hook, reason: line.reason, count: line.count }
}

/// A hook, as operators see it.
pub(crate) fn about(door: &HookDoor, setup: &HookSetup) -> HookAbout {
    let source = match &door.source {
        Source::Bkper(_) => "bkper",
    };
    HookAbout { name: setup.name.clone(), source: source.to_owned(), handler: setup.handler.describe() }
}
