//! Those who send events: they send, wait, come back, come back too early, or never.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bookhook_dispatch::{Answer, Arrival, Dispatcher, Purpose};
use bookhook_model::{Event, EventId, Fingerprint, HookName, LaneKey, Response, SecretHeader};
use bytes::Bytes;
use tokio::task::AbortHandle;

use crate::clock;

/// An event, and where its sender stands with it.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) hook: HookName,
    pub(crate) key: String,
    /// Without an id, each sending is a delivery of its own.
    pub(crate) has_id: bool,
    pub(crate) lane: Option<LaneKey>,
    pub(crate) version: u8,
    pub(crate) has_token: bool,
    pub(crate) purpose: Purpose,
    /// How many calls are open.
    pub(crate) calls: usize,
    pub(crate) mood: Mood,
    /// When it comes back.
    pub(crate) due: Duration,
}

/// What its sender wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// It comes back until it is told of success.
    Hopeful,
    /// It was told.
    Content,
    /// It does not come back.
    Gone,
}

impl Sent {
    pub(crate) fn sending(&self) -> (HookName, EventId, Fingerprint) {
        (self.hook.clone(), EventId(self.key.as_str().into()), self.fingerprint())
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint([self.version; 16])
    }

    /// What a handler finds in the body.
    pub(crate) fn text(&self) -> String {
        format!("{} v{}", self.key, self.version)
    }

    pub(crate) fn arrival(&self) -> Arrival {
        let token = SecretHeader { name: "bkper-oauth-token".into(), value: "ya29.x".into() };
        let event = Event {
            id: self.has_id.then(|| EventId(self.key.as_str().into())),
            event_type: "TRANSACTION_CHECKED".into(),
            lane: self.lane.clone(),
            book_id: self.lane.as_ref().map(|lane| (*lane.0).into()),
            agent_id: None,
            user_id: None,
            headers: Vec::new(),
            secrets: if self.has_token { vec![token] } else { Vec::new() },
            body: Bytes::from(self.text()),
            fingerprint: self.fingerprint(),
        };
        Arrival { event, received_at: clock::now(), purpose: self.purpose.clone() }
    }

    /// Of its success.
    pub(crate) fn is_told(&mut self) {
        if self.mood == Mood::Hopeful {
            self.mood = Mood::Content;
        }
    }

    /// A caller who never comes back, or who has what it came for, need not be waited for.
    pub(crate) fn is_done(&self) -> bool {
        self.calls == 0 && self.mood != Mood::Hopeful
    }
}

/// An open call.
#[derive(Debug)]
pub(crate) struct Call {
    /// Whose event it is about.
    pub(crate) sent: usize,
    pub(crate) purpose: Purpose,
    /// How often the delivery had been settled when it began.
    pub(crate) settled_before: usize,
    task: AbortHandle,
}

/// The calls to one life of the host.
#[derive(Default)]
pub(crate) struct Calls {
    open: std::collections::BTreeMap<u64, Call>,
    last: u64,
    answers: Arc<Mutex<Vec<(u64, Answer)>>>,
}

impl Calls {
    pub(crate) fn begin(
        &mut self,
        dispatcher: &Dispatcher,
        sent: usize,
        of: &Sent,
        settled_before: usize,
    ) -> u64 {
        self.last += 1;
        let (number, answers, dispatcher) = (self.last, Arc::clone(&self.answers), dispatcher.clone());
        let (hook, arrival) = (dispatcher.hook(&of.hook).unwrap(), of.arrival());
        let purpose = of.purpose.clone();
        let task = tokio::spawn(async move {
            let answer = dispatcher.deliver(hook, arrival).await;
            answers.lock().unwrap().push((number, answer));
        });
        self.open.insert(number, Call { sent, purpose, settled_before, task: task.abort_handle() });
        number
    }

    /// Who was answered since this was asked last.
    pub(crate) fn answered(&mut self) -> Vec<(u64, Call, Answer)> {
        let answers = std::mem::take(&mut *self.answers.lock().unwrap());
        // One who hung up just now does not hear it.
        answers
            .into_iter()
            .filter_map(|(number, answer)| Some((number, self.open.remove(&number)?, answer)))
            .collect()
    }

    pub(crate) fn numbers(&self) -> Vec<u64> {
        self.open.keys().copied().collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// The caller hangs up; gives whose event it was about.
    pub(crate) fn hang_up(&mut self, number: u64) -> Option<usize> {
        let call = self.open.remove(&number)?;
        call.task.abort();
        Some(call.sent)
    }

    /// The host is gone; gives whom it leaves without an answer.
    pub(crate) fn cut(self) -> impl Iterator<Item = usize> {
        self.open.into_values().map(|call| call.sent)
    }
}

/// The response that the event's handler gives.
pub(crate) fn result(text: &str, number: u64) -> Response {
    Response::result(format!("{text} #{number}"))
}
