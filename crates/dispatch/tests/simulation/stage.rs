//! Where handlers play: what runs just now, and how the simulation has it end.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, MutexGuard};

use bookhook_handlers::{Handler, Invocation, Running};
use bookhook_model::{Cause, DeliveryId, EventId, HookName, LaneKey, RunEnd, RunNumber};
use tokio::sync::oneshot;

/// How a run ends, if it does before its time is over.
pub(crate) enum Ending {
    With(RunEnd),
    Panic,
}

/// A run that has come to its handler.
#[derive(Debug, Clone)]
pub(crate) struct Playing {
    pub(crate) hook: HookName,
    pub(crate) lane: Option<LaneKey>,
    pub(crate) delivery: DeliveryId,
    pub(crate) event: Option<EventId>,
    pub(crate) run: RunNumber,
    pub(crate) cause: Cause,
    /// The body, as text.
    pub(crate) body: String,
}

/// All that runs in one life of the host. Clones are the same stage.
#[derive(Clone, Default)]
pub(crate) struct Stage(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    last: u64,
    playing: BTreeMap<u64, (Playing, Option<oneshot::Sender<Ending>>)>,
    entered: Vec<(Playing, Vec<Playing>)>,
}

impl Stage {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// Who has come since this was asked last, each with those who played already.
    pub(crate) fn entered(&self) -> Vec<(Playing, Vec<Playing>)> {
        std::mem::take(&mut self.inner().entered)
    }

    /// The runs that were not told yet how to end.
    pub(crate) fn waiting(&self) -> Vec<u64> {
        let inner = self.inner();
        inner.playing.iter().filter(|(_, (_, end))| end.is_some()).map(|(number, _)| *number).collect()
    }

    pub(crate) fn playing(&self, number: u64) -> Option<Playing> {
        self.inner().playing.get(&number).map(|(playing, _)| playing.clone())
    }

    pub(crate) fn end(&self, number: u64, how: Ending) {
        let end = self.inner().playing.get_mut(&number).and_then(|(_, end)| end.take());
        if let Some(end) = end {
            // It may have run out of time just now.
            let _ = end.send(how);
        }
    }

    fn enter(&self, playing: Playing) -> (Leaves, oneshot::Receiver<Ending>) {
        let (end, ends) = oneshot::channel();
        let mut inner = self.inner();
        let beside = inner.playing.values().map(|(playing, _)| playing.clone()).collect();
        inner.entered.push((playing.clone(), beside));
        inner.last += 1;
        let number = inner.last;
        inner.playing.insert(number, (playing, Some(end)));
        (Leaves { stage: self.clone(), number }, ends)
    }
}

/// A run is on the stage until its future is dropped.
struct Leaves {
    stage: Stage,
    number: u64,
}

impl Drop for Leaves {
    fn drop(&mut self) {
        self.stage.inner().playing.remove(&self.number);
    }
}

impl Handler for Stage {
    fn handle(&self, invocation: Invocation) -> Running<'_> {
        Box::pin(async move {
            let Invocation { hook, delivery, run, cause, event } = invocation;
            let body = String::from_utf8(event.body.to_vec()).unwrap();
            let playing = Playing { hook, lane: event.lane, delivery, event: event.id, run, cause, body };
            let (_leaves, ends) = self.enter(playing);
            match ends.await {
                Ok(Ending::With(end)) => end,
                // Not `panic!`: it is no news to anyone.
                Ok(Ending::Panic) => resume_unwind(Box::new("as the script has it")),
                Err(_) => std::future::pending().await,
            }
        })
    }

    fn describe(&self) -> String {
        "the stage".to_owned()
    }
}
