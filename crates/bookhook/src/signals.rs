//! When the host is told to end.

use std::time::{Duration, Instant};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Supervisors signal the process and its group: two signals within this time are one word.
const ECHO: Duration = Duration::from_secs(1);

/// SIGTERM and SIGINT: what [`Host::serve`](crate::Host::serve) listens to, for those who
/// [`start`](crate::Host::start) a host and end it themselves.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    told: Option<Instant>,
}

impl Signals {
    /// From now on these signals do not end the process any more.
    pub fn listen() -> std::io::Result<Self> {
        let (terminate, interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        Ok(Self { terminate, interrupt, told: None })
    }

    /// The next of either; what follows within a second of the last one that was returned is passed over.
    pub async fn next(&mut self) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => {}
                _ = self.interrupt.recv() => {}
            }
            if self.told.is_none_or(|told| told.elapsed() >= ECHO) {
                self.told = Some(Instant::now());
                return;
            }
        }
    }
}
