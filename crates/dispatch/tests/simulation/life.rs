//! One life of the host, from its start to its crash or its orderly end.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bookhook_dispatch::Dispatcher;
use bookhook_dispatch::scheduler::HookIndex;
use bookhook_journal::Journal;
use bookhook_journal::simulated::Hand;
use bookhook_model::Actor;
use tokio::task::{JoinHandle, yield_now};

use crate::callers::Calls;
use crate::mirror::Lane;
use crate::stage::Stage;

/// How long the host waits for what runs when it is to end.
const GRACE: Duration = Duration::from_secs(8);

pub(crate) struct Life<'d> {
    pub(crate) journal: Journal,
    pub(crate) hand: Hand<'d>,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) stage: Stage,
    pub(crate) calls: Calls,
    pub(crate) drain: Option<JoinHandle<usize>>,
    /// What people were told of what they did.
    pub(crate) told: Arc<Mutex<Vec<String>>>,
}

/// What a person does with a hook.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Turning {
    Pause,
    PauseFor,
    Resume,
}

impl<'d> Life<'d> {
    pub(crate) fn new(journal: Journal, hand: Hand<'d>, dispatcher: Dispatcher, stage: Stage) -> Self {
        let (calls, told) = (Calls::default(), Arc::default());
        Self { journal, hand, dispatcher, stage, calls, drain: None, told }
    }

    pub(crate) fn turn(&self, hook: HookIndex, how: Turning) {
        let (dispatcher, told) = (self.dispatcher.clone(), Arc::clone(&self.told));
        let who: Actor = "ana@desk".parse().unwrap();
        tokio::spawn(async move {
            let done = match how {
                Turning::Pause => dispatcher.pause(hook, None, &who).await,
                Turning::PauseFor => dispatcher.pause_for(hook, "its server does not stay up").await,
                Turning::Resume => dispatcher.resume(hook, &who).await,
            };
            let done = done.map_or("could not be written", |()| "is done");
            told.lock().unwrap().push(format!("{how:?} of {hook:?} {done}"));
        });
    }

    pub(crate) fn turn_lane(&self, (name, lane): Lane, pauses: bool) {
        let (dispatcher, told) = (self.dispatcher.clone(), Arc::clone(&self.told));
        let (hook, who) = (dispatcher.hook(&name).unwrap(), "ana@desk".parse().unwrap());
        tokio::spawn(async move {
            let done = if pauses {
                dispatcher.pause_lane(hook, lane.clone(), None, &who).await
            } else {
                dispatcher.resume_lane(hook, lane.clone(), &who).await
            };
            let done = done.map_or("could not be written", |()| "is done");
            told.lock().unwrap().push(format!("lane {lane} of {name}: pausing {pauses} {done}"));
        });
    }

    pub(crate) fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.told.lock().unwrap())
    }

    pub(crate) fn begin_to_end(&mut self) {
        let dispatcher = self.dispatcher.clone();
        self.drain.get_or_insert_with(|| tokio::spawn(async move { dispatcher.drain(GRACE).await }));
    }

    pub(crate) fn has_drained(&self) -> bool {
        self.drain.as_ref().is_some_and(JoinHandle::is_finished)
    }
}

/// Lets tasks go on, for a while.
pub(crate) async fn let_others_go_on(turns: usize) {
    for _ in 0..turns {
        yield_now().await;
    }
}
