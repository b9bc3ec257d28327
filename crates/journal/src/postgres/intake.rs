//! A shard's queue, taken in groups.

use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use crate::pending::Reply;

use super::act::Entry;
use super::routes::Track;

/// So many acts are one transaction at most: those in front should not wait for all that press from behind.
const GROUP_ACTS_MAX: usize = 512;
/// So many bytes are, about.
const GROUP_BYTES_MAX: usize = 4 << 20;
/// So long do lazy acts wait for company.
const LAZY_WAIT: Duration = Duration::from_millis(50);

/// What is handed in.
pub(super) enum Message {
    /// An act of one track.
    Act(Placed),
    /// An act that has to do with everything: done when all other shards stand still.
    Alone(Placed, Stillness),
    /// Stand still: tell so, and wait.
    Stop(Stop),
    /// Nothing after this is done.
    Close(Option<Reply<()>>),
}

/// An act, and where it belongs.
pub(super) struct Placed {
    pub(super) track: Track,
    /// The host that handed it in: should that have been fenced since, the act is nobody's.
    pub(super) host: i64,
    pub(super) entry: Box<dyn Entry>,
}

/// What a shard that has an act for itself alone knows of the others.
#[derive(Default)]
pub(super) struct Stillness {
    stopped: Vec<oneshot::Receiver<()>>,
    /// Dropped, they let the others go on.
    kept: Vec<oneshot::Sender<()>>,
}

/// How one of the others is stopped.
pub(super) struct Stop {
    stopped: oneshot::Sender<()>,
    kept: oneshot::Receiver<()>,
}

impl Stillness {
    /// One more shard is to stop.
    pub(super) fn of_one_more(&mut self) -> Stop {
        let ((stopped, has_stopped), (keeps, kept)) = (oneshot::channel(), oneshot::channel());
        self.stopped.push(has_stopped);
        self.kept.push(keeps);
        Stop { stopped, kept }
    }

    /// When all have stopped; one that has ended is still.
    pub(super) async fn reached(&mut self) {
        for stopped in self.stopped.drain(..) {
            let _ = stopped.await;
        }
    }
}

impl Stop {
    /// Until the act of the other shard is done.
    pub(super) async fn stand_still(self) {
        let _ = self.stopped.send(());
        let _ = self.kept.await;
    }
}

/// What a shard does next.
pub(super) enum Work {
    Group(Vec<Placed>),
    Alone(Placed, Stillness),
    Stop(Stop),
    Close(Option<Reply<()>>),
}

pub(super) struct Intake {
    messages: UnboundedReceiver<Message>,
    /// What ended the last group.
    next: Option<Message>,
}

impl Intake {
    pub(super) fn new(messages: UnboundedReceiver<Message>) -> Self {
        Self { messages, next: None }
    }

    /// Waits for acts.
    pub(super) async fn next(&mut self) -> Work {
        let first = match self.next.take() {
            Some(message) => Some(message),
            None => self.messages.recv().await,
        };
        let first = match first {
            Some(Message::Act(placed)) => placed,
            Some(Message::Alone(placed, stillness)) => return Work::Alone(placed, stillness),
            Some(Message::Stop(stop)) => return Work::Stop(stop),
            Some(Message::Close(closer)) => return Work::Close(closer),
            None => return Work::Close(None),
        };
        let mut group = vec![first];
        self.wait_for_company(&mut group).await;
        self.take_what_is_there(&mut group);
        Work::Group(group)
    }

    /// While there are lazy acts only, waits a little for one that is worth a sync.
    async fn wait_for_company(&mut self, group: &mut Vec<Placed>) {
        let until = Instant::now() + LAZY_WAIT;
        while group.len() < GROUP_ACTS_MAX && group.last().is_some_and(|placed| placed.entry.is_lazy()) {
            let Ok(Some(message)) = timeout_at(until, self.messages.recv()).await else { return };
            if !self.takes(message, group) {
                return;
            }
        }
    }

    fn take_what_is_there(&mut self, group: &mut Vec<Placed>) {
        let mut bytes: usize = group.iter().map(|placed| placed.entry.bytes()).sum();
        while self.next.is_none() && group.len() < GROUP_ACTS_MAX && bytes < GROUP_BYTES_MAX {
            let Ok(message) = self.messages.try_recv() else { return };
            if !self.takes(message, group) {
                return;
            }
            bytes += group.last().map_or(0, |placed| placed.entry.bytes());
        }
    }

    /// Whether the message is one more act; if not, it ends the group.
    fn takes(&mut self, message: Message, group: &mut Vec<Placed>) -> bool {
        match message {
            Message::Act(placed) => group.push(placed),
            other => self.next = Some(other),
        }
        self.next.is_none()
    }
}
