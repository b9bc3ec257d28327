//! The dispatcher: what the receiver, and people, ask of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, oneshot, watch};

use bookhook_handlers::Handler;
use bookhook_journal::{Append, Appended, Journal, Pending, Place, WriteError};
use bookhook_model::{Actor, Cause, DeliveryId, DeliveryIds, HookName, Policy, Reply, Response, RunNumber};

use crate::answer::{Answer, Arrival, Later, Purpose};
use crate::desk::{Caller, Desk, Entering, Stay};
use crate::scheduler::{Action, Happened, HookIndex, Limits, Scheduler, Ticket, Turn};
use crate::verdict::Driver;
use crate::{hosts, housekeeping, jobs, life, recovery};

/// Where the time comes from: the program passes `Timestamp::now`, a test what it likes.
pub type Clock = fn() -> Timestamp;

/// A hook, as the dispatcher needs it.
#[derive(Clone)]
pub struct HookSetup {
    /// Its name.
    pub name: HookName,
    /// What handles its events.
    pub handler: Arc<dyn Handler>,
    /// How much it takes on, and what it promises.
    pub policy: Policy,
}

/// Why the dispatcher could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// What was left unsettled could not be read.
    #[error("cannot recover the deliveries that were left unsettled")]
    Recover(#[source] WriteError),
}

/// Takes events in, runs handlers, answers callers. Cheap to clone.
#[derive(Clone)]
pub struct Dispatcher {
    pub(crate) shared: Arc<Shared>,
}

/// The scheduler says so; only a step about the ticket itself does, so it is its own task that hears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MayRun(pub(crate) Ticket);

pub(crate) struct Shared {
    pub(crate) journal: Journal,
    /// There may be other hosts.
    pub(crate) has_others: bool,
    pub(crate) hooks: Vec<HookSetup>,
    by_name: HashMap<HookName, HookIndex>,
    pub(crate) clock: Clock,
    desk: Mutex<Desk>,
    /// The time of the next wake-up may have changed.
    pub(crate) alarm_moved: Arc<Notify>,
    /// A run was settled.
    settled: Notify,
    /// The first ticket that counts: what runs for one of before is dropped.
    pub(crate) first_ticket: watch::Sender<Ticket>,
}

impl Dispatcher {
    /// Recovers what was left unsettled, starts on it, and is ready for more.
    ///
    /// Must be called within a tokio runtime; background tasks end when the last clone is dropped.
    pub async fn start(journal: Journal, hooks: Vec<HookSetup>, clock: Clock) -> Result<Self, StartError> {
        Self::start_with(journal, hooks, clock, DeliveryIds::default()).await
    }

    /// The same with these ids: for simulations, in which nothing may be left to chance.
    #[doc(hidden)]
    pub async fn start_with(
        journal: Journal,
        hooks: Vec<HookSetup>,
        clock: Clock,
        ids: DeliveryIds,
    ) -> Result<Self, StartError> {
        let by_name = hooks.iter().enumerate().map(|(at, hook)| (hook.name.clone(), HookIndex(at))).collect();
        let desk = Mutex::new(Desk::new(scheduler_of(&hooks), ids));
        let news = journal.news();
        let shared = Arc::new(Shared {
            journal,
            has_others: news.is_some(),
            hooks,
            by_name,
            clock,
            desk,
            alarm_moved: Arc::default(),
            settled: Notify::new(),
            first_ticket: watch::Sender::new(Ticket(0)),
        });
        recovery::recover(&shared).await.map_err(StartError::Recover)?;
        if shared.has_others {
            hosts::take_over(&shared).await;
        } else {
            hosts::take_over_ends(&shared);
        }
        housekeeping::start(&shared);
        jobs::go_on(&shared);
        if let Some((fencing, news)) = news {
            hosts::start(&shared, fencing, news);
        }
        Ok(Self { shared })
    }

    /// Takes an event in and waits for its answer, up to the hook's deadline: for the response, or (`reply: accepted`) only
    /// until the event is durable. The delivery does not depend on the
    /// caller: dropping this future takes nothing back.
    pub async fn deliver(&self, hook: HookIndex, arrival: Arrival) -> Answer {
        match arrival.purpose.clone() {
            Purpose::Run => self.run(hook, arrival).await,
            Purpose::Unmatched => self.keep(hook, arrival, Place::Unmatched, Response::suppressed()).await,
            Purpose::Settle(response) => {
                self.keep(hook, arrival, Place::Settle(response.clone()), response).await
            }
        }
    }

    /// The hook's index, for [`Self::deliver`].
    pub fn hook(&self, name: &HookName) -> Option<HookIndex> {
        self.shared.by_name.get(name).copied()
    }

    /// Notes that a caller was given this status over a connection that was still open.
    pub fn note_answered(&self, delivery: DeliveryId, status: u16) {
        self.shared.journal.note_answered(delivery, status);
    }

    /// Starts no further run of the hook; what comes is held. Durable when it returns.
    pub async fn pause(&self, hook: HookIndex, reason: Option<&str>, who: &Actor) -> Result<(), WriteError> {
        let pause =
            |journal: &Journal, name, now| journal.pause(name, reason.map(str::to_owned), who.clone(), now);
        self.turn_hook(hook, pause, Happened::Paused(hook)).await
    }

    /// The same for a reason of the host's own: the hook goes on when the host starts again.
    pub async fn pause_for(&self, hook: HookIndex, reason: &str) -> Result<(), WriteError> {
        let pause = |journal: &Journal, name, now| journal.pause_for(name, reason.to_owned(), now);
        self.turn_hook(hook, pause, Happened::Paused(hook)).await
    }

    /// Starts what was held, in order. Durable when it returns.
    pub async fn resume(&self, hook: HookIndex, who: &Actor) -> Result<(), WriteError> {
        let resume = |journal: &Journal, name, now| journal.resume(name, who.clone(), now);
        let written = self.turn_hook(hook, resume, Happened::Resumed(hook)).await;
        if written.is_err() {
            // To the journal it is still paused, and what is held there cannot begin.
            self.shared.happened(Happened::Paused(hook));
        }
        written
    }

    /// How many deliveries of the hook wait for their turn, and how many run.
    pub fn load(&self, hook: HookIndex) -> (usize, usize) {
        self.shared.desk().scheduler.load(hook)
    }

    /// Starts nothing new, sends away who waits for a turn, and waits for what runs, up to `grace`; then sends away who
    /// waits for that too. Returns how many runs were still open; they are recovered at the next start.
    pub async fn drain(&self, grace: Duration) -> usize {
        self.shared.happened(Happened::Draining);
        let all_settled = async {
            loop {
                let settled = self.shared.settled.notified();
                if self.shared.desk().open_runs == 0 {
                    return;
                }
                settled.await;
            }
        };
        let _ = tokio::time::timeout(grace, all_settled).await;
        let mut desk = self.shared.desk();
        for ticket in desk.tickets() {
            turn_away(&mut desk, ticket);
        }
        // What still runs is dropped: the next host runs it again.
        self.shared.first_ticket.send_replace(Ticket(u64::MAX));
        desk.open_runs
    }

    async fn run(&self, hook: HookIndex, arrival: Arrival) -> Answer {
        let (caller, answer) = oneshot::channel();
        let id = self.shared.admit(hook, arrival, caller);
        let deadline = self.shared.policy(hook).deadline;
        match tokio::time::timeout(deadline, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) | Err(_) => self.shared.later(hook, Some(id), Later::Deadline),
        }
    }

    async fn keep(&self, hook: HookIndex, arrival: Arrival, place: Place, response: Response) -> Answer {
        let (is_draining, id) = {
            let mut desk = self.shared.desk();
            (desk.scheduler.is_draining(), desk.ids.next(arrival.received_at))
        };
        if is_draining {
            return self.shared.later(hook, None, Later::Draining);
        }
        let append = self.shared.append_act(hook, id, arrival, (place, None));
        match self.shared.journal.append(append).await {
            Ok(Appended::Fresh { .. } | Appended::Deferred { .. }) => {
                Answer::Response { delivery: id, response }
            }
            Ok(Appended::Stored { id, response }) => Answer::Response { delivery: id, response },
            Ok(Appended::Joined { id, .. } | Appended::Again { id, .. }) => {
                self.shared.later(hook, Some(id), Later::Deadline)
            }
            Err(failed) => Answer::Unavailable(Arc::new(failed)),
        }
    }

    fn turn_hook(
        &self,
        hook: HookIndex,
        act: impl Fn(&Journal, HookName, Timestamp) -> Pending<()>,
        happened: Happened,
    ) -> Pending<()> {
        let now = (self.shared.clock)();
        let mut desk = self.shared.desk();
        let written = act(&self.shared.journal, self.shared.hook(hook).name.clone(), now);
        let actions = desk.step(happened, now);
        self.shared.perform(&mut desk, actions);
        written
    }
}

impl std::fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.shared.hooks.iter().map(|hook| &hook.name)).finish()
    }
}

impl Shared {
    pub(crate) fn desk(&self) -> MutexGuard<'_, Desk> {
        // A panic while the lock was held is a bug; the desk itself is whole between steps.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn hook(&self, index: HookIndex) -> &HookSetup {
        &self.hooks[index.0]
    }

    pub(crate) fn hook_index(&self, name: &HookName) -> Option<HookIndex> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn policy(&self, index: HookIndex) -> &Policy {
        &self.hook(index).policy
    }

    pub(crate) fn later(&self, hook: HookIndex, delivery: Option<DeliveryId>, why: Later) -> Answer {
        Answer::Later { delivery, retry_after: self.retry_after(hook), why }
    }

    /// Tells the scheduler, and does what it says.
    pub(crate) fn happened(self: &Arc<Self>, happened: Happened) -> Option<MayRun> {
        let mut desk = self.desk();
        let actions = desk.step(happened, (self.clock)());
        self.perform(&mut desk, actions)
    }

    /// Does what the scheduler said, but for what only its asker can do: [`Self::admit`] takes in the arrival, and the
    /// task of a delivery runs it.
    pub(crate) fn perform(self: &Arc<Self>, desk: &mut Desk, actions: Vec<Action>) -> Option<MayRun> {
        let mut may_run = None;
        for action in actions {
            match action {
                Action::Append(..) | Action::Refuse(..) => {}
                Action::Begin(ticket) => life::begin(self, desk, ticket),
                Action::Run(ticket) => may_run = Some(MayRun(ticket)),
                Action::TurnAway(ticket) => turn_away(desk, ticket),
            }
        }
        if desk.alarm_moves() {
            self.alarm_moved.notify_one();
        }
        may_run
    }

    pub(crate) fn run_is_settled(&self, ticket: Ticket) {
        self.desk().closes_run(ticket);
        self.settled.notify_waiters();
    }

    /// Whoever waits for the runs' end need not wait any more.
    pub(crate) fn nothing_runs(&self) {
        self.settled.notify_waiters();
    }

    /// Takes an arrival in, or tells its caller to come back. Returns the id that it has if it is new.
    fn admit(self: &Arc<Self>, hook: HookIndex, arrival: Arrival, caller: Caller) -> DeliveryId {
        let now = arrival.received_at;
        let mut desk = self.desk();
        let ticket = desk.next_ticket();
        let id = desk.ids.next(now);
        let lane = arrival.event.lane.clone();
        for action in desk.step(Happened::Arrived { ticket, hook, lane }, now) {
            match action {
                Action::Append(_, turn) => {
                    return self.append(&mut desk, hook, (ticket, id, turn), arrival, caller);
                }
                Action::Refuse(_, retry_after) => {
                    let why = if desk.scheduler.is_draining() { Later::Draining } else { Later::QueueFull };
                    let _ = caller.send(Answer::Later { delivery: None, retry_after, why });
                    return id;
                }
                Action::Begin(_) | Action::Run(_) | Action::TurnAway(_) => {}
            }
        }
        id
    }

    fn append(
        self: &Arc<Self>,
        desk: &mut Desk,
        hook: HookIndex,
        (ticket, id, turn): (Ticket, DeliveryId, Turn),
        arrival: Arrival,
        caller: Caller,
    ) -> DeliveryId {
        let place = match turn {
            Turn::Now => Place::Start,
            Turn::Later => Place::Queue,
            Turn::Held => Place::Hold,
        };
        let driver = match self.policy(hook).reply {
            Reply::Result => Driver::Caller,
            Reply::Accepted => Driver::Host,
        };
        let received_at = arrival.received_at;
        let mut stay = Stay::new(Entering {
            id,
            hook,
            cause: Cause::First,
            driver,
            run: RunNumber::FIRST,
            tries: u32::from(turn == Turn::Now),
            received_at,
        });
        stay.join(vec![caller]);
        // The event stays in memory only if it runs at once; what waits is read back from the journal.
        if turn == Turn::Now {
            stay.keep_event(Box::new(arrival.event.clone()));
        }
        desk.enter(ticket, stay);
        if turn == Turn::Now {
            desk.open_runs += 1;
        }
        let after = desk.settling(desk.lane(ticket).as_ref());
        let pending = self.journal.append(self.append_act(hook, id, arrival, (place, after)));
        tokio::spawn(life::append(Arc::clone(self), ticket, turn, pending));
        id
    }

    fn append_act(
        &self,
        hook: HookIndex,
        id: DeliveryId,
        arrival: Arrival,
        (place, after): (Place, Option<DeliveryId>),
    ) -> Append {
        let setup = self.hook(hook);
        let received_at = arrival.received_at;
        Append {
            id,
            hook: setup.name.clone(),
            event: arrival.event,
            received_at,
            token_expires_at: received_at
                .saturating_add(setup.policy.token_lifetime)
                .unwrap_or(Timestamp::MAX),
            place,
            after,
        }
    }
}

/// A scheduler for these hooks, with nothing in it.
pub(crate) fn scheduler_of(hooks: &[HookSetup]) -> Scheduler {
    let limits = |hook: &HookSetup| Limits { concurrency: hook.policy.concurrency, queue: hook.policy.queue };
    Scheduler::new(hooks.iter().map(limits))
}

fn turn_away(desk: &mut Desk, ticket: Ticket) {
    let Some(stay) = desk.stay(ticket) else { return };
    let delivery = Some(stay.id);
    stay.tell(|| Answer::Later { delivery, retry_after: Duration::from_secs(1), why: Later::Draining });
}
