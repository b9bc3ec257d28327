//! The servers that the host runs for its hooks: started with it, ended with it.

use std::error::Error;
use std::time::Duration;

use bookhook_dispatch::Dispatcher;
use bookhook_handlers::run::{GaveUp, Restarter, Supervisor};
use bookhook_model::{Actor, HookName};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{error, warn};

/// The servers that run. Dropped, they are killed.
#[derive(Debug)]
pub(crate) struct Servers {
    /// How long they may take to end, when they are to.
    grace: watch::Sender<Option<Duration>>,
    supervisors: JoinSet<()>,
    restarters: Vec<Restarter>,
}

impl Servers {
    /// Starts them. The hook of one that does not stay up is paused.
    pub(crate) fn start(supervisors: Vec<Supervisor>, dispatcher: &Dispatcher) -> Self {
        let grace = watch::Sender::new(None);
        let mut running = JoinSet::new();
        let restarters = supervisors.iter().map(Supervisor::restarter).collect();
        for supervisor in supervisors {
            let (dispatcher, told) = (dispatcher.clone(), grace.subscribe());
            running.spawn(supervisor.run(move |gave_up| pause(dispatcher.clone(), gave_up), end(told)));
        }
        Self { grace, supervisors: running, restarters }
    }

    /// Has each replaced by a new one. The hook of one that did not stay up goes on.
    pub(crate) async fn restart(&self, dispatcher: &Dispatcher) {
        for restarter in &self.restarters {
            if restarter.restart() {
                resume(dispatcher, restarter.hook()).await;
            }
        }
    }

    /// Asks them to end; what has not ended in time is killed.
    pub(crate) async fn end(mut self, grace: Duration) {
        self.grace.send_replace(Some(grace));
        while self.supervisors.join_next().await.is_some() {}
    }
}

async fn end(mut told: watch::Receiver<Option<Duration>>) -> Duration {
    let grace = told.wait_for(Option::is_some).await.map(|grace| *grace);
    // Gone without a word: there is no time to lose.
    grace.ok().flatten().unwrap_or_default()
}

async fn pause(dispatcher: Dispatcher, gave_up: GaveUp) {
    let GaveUp { hook, reason } = gave_up;
    error!(%hook, "the hook is paused, and its events are held until its handler is started anew: {reason}");
    let Some(index) = dispatcher.hook(&hook) else { return };
    if let Err(failed) = dispatcher.pause_for(index, &reason).await {
        warn!(%hook, error = &failed as &dyn Error, "that it is paused could not be journaled");
    }
}

async fn resume(dispatcher: &Dispatcher, hook: &HookName) {
    let Some(index) = dispatcher.hook(hook) else { return };
    if let Err(failed) = dispatcher.resume(index, &Actor::host()).await {
        warn!(%hook, error = &failed as &dyn Error, "that it goes on could not be journaled");
    }
}
