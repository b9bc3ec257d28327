//! What processes write, on its way into the log: inert, without secrets, and not more than a log can bear.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bookhook_model::{DeliveryId, HookName};
use tokio::time::Instant;
use tracing::{info, warn};

/// More lines than these within [`SPAN`] are counted and left out.
const LINES_MAX: u32 = 200;
const SPAN: Duration = Duration::from_secs(1);

/// The log of one handler's processes.
#[derive(Debug)]
pub(crate) struct Log {
    hook: HookName,
    lately: Mutex<Lately>,
}

/// The lines of the last span that has begun.
#[derive(Debug)]
struct Lately {
    since: Instant,
    lines: u32,
    left_out: u64,
}

impl Log {
    pub(crate) fn new(hook: HookName) -> Self {
        Self { hook, lately: Mutex::new(Lately { since: Instant::now(), lines: 0, left_out: 0 }) }
    }

    pub(crate) fn hook(&self) -> &HookName {
        &self.hook
    }

    /// Logs a line for which there is room, of this delivery if that is known.
    pub(crate) fn write(&self, line: &str, delivery: Option<DeliveryId>) {
        info!(target: "handler", hook = %self.hook, delivery = delivery.map(display), "{line}");
    }

    /// Tells how many lines were left out since that was last told.
    pub(crate) fn tell_left_out(&self) {
        let left_out = std::mem::take(&mut self.lately().left_out);
        if left_out > 0 {
            let hook = &self.hook;
            warn!(target: "handler", %hook, left_out, "more than {LINES_MAX} lines a second: the rest is left out");
        }
    }

    /// Whether one more line is logged; it is counted, either way.
    pub(crate) fn has_room(&self) -> bool {
        let now = Instant::now();
        let mut lately = self.lately();
        if now.duration_since(lately.since) >= SPAN {
            (lately.since, lately.lines) = (now, 0);
            drop(lately);
            self.tell_left_out();
            lately = self.lately();
        }
        lately.lines += 1;
        let has_room = lately.lines <= LINES_MAX;
        lately.left_out += u64::from(!has_room);
        has_room
    }

    fn lately(&self) -> std::sync::MutexGuard<'_, Lately> {
        self.lately.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
