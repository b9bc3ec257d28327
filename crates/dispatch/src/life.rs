//! A delivery's way from append to settle: each function is one leg of it, and runs whether or not a caller is
//! still there.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tracing::{debug, error, warn};

use bookhook_handlers::{Invocation, invoke};
use bookhook_journal::{Appended, Begin, Begun, Pending, Settle, Then, WriteError};
use bookhook_model::{Cause, DeliveryId, Event, OnPark, ParkReason, Reply, RunEnd, RunNumber, State};

use crate::answer::{Answer, Later};
use crate::desk::{Desk, Lane, Stay};
use crate::dispatcher::{MayRun, Shared};
use crate::hosts;
use crate::scheduler::{Happened, HookIndex, Ticket, Turn};
use crate::verdict::{Tried, runs_used_up, verdict};

/// How long to wait after the journal refused to be written, before it is asked again.
pub(crate) const JOURNAL_PAUSE: Duration = Duration::from_secs(1);

/// First leg: the event is on disk, or it was known already, or it could not be written.
pub(crate) async fn append(shared: Arc<Shared>, ticket: Ticket, turn: Turn, pending: Pending<Appended>) {
    let appended = pending.await;
    if let Ok(known) = &appended {
        tell_accepted(&shared, ticket, known);
    }
    match appended {
        Ok(Appended::Fresh { .. }) => take_turn(&shared, ticket, turn).await,
        Ok(Appended::Deferred { state, .. }) => hosts::defer(&shared, ticket, turn, state),
        Ok(Appended::Again { id, cause, run }) => {
            let is_deferred = turn == Turn::Now && run.is_none();
            let turn = is_another_sending(&shared, ticket, turn, (id, cause, run));
            if is_deferred {
                hosts::defer(&shared, ticket, turn, State::Waiting);
            } else {
                take_turn(&shared, ticket, turn).await;
            }
        }
        Ok(Appended::Stored { id, response }) => {
            leave_unneeded(&shared, ticket, turn, || Answer::Response {
                delivery: id,
                response: response.clone(),
            });
        }
        Ok(Appended::Joined { id, state }) => join(&shared, ticket, turn, id, state).await,
        Err(failed) => {
            let failed = Arc::new(failed);
            leave_unneeded(&shared, ticket, turn, || Answer::Unavailable(Arc::clone(&failed)));
        }
    }
}

/// Where the caller need not wait for the response, it is told now that the event is durable.
fn tell_accepted(shared: &Shared, ticket: Ticket, appended: &Appended) {
    let mut desk = shared.desk();
    let Some(stay) = desk.stay(ticket) else { return };
    if shared.policy(stay.hook).reply == Reply::Accepted {
        let delivery = match appended {
            Appended::Fresh { .. } | Appended::Deferred { .. } => stay.id,
            Appended::Joined { id, .. } | Appended::Stored { id, .. } | Appended::Again { id, .. } => *id,
        };
        stay.tell(|| Answer::Accepted { delivery });
    }
}

/// Second leg, for those that had to wait: their turn has come, and the run is journaled before it starts.
///
/// The act is handed to the journal here, under the desk's lock: after the settling of the run before it.
pub(crate) fn begin(shared: &Arc<Shared>, desk: &mut Desk, ticket: Ticket) {
    if desk.defers_begin(ticket) {
        return;
    }
    let Some(stay) = desk.stay(ticket) else { return };
    let (id, cause, hook) = (stay.id, stay.cause, stay.hook);
    let policy = shared.policy(hook);
    let gives_up = runs_used_up(stay.tries, &policy.retry);
    let on_park = policy.on_park;
    // A try of its own waits for nobody.
    let after = desk.settling(desk.lane(ticket).as_ref()).filter(|before| *before != id);
    let act = Begin { id, cause, at: (shared.clock)(), after, gives_up, on_park };
    desk.begins(ticket);
    desk.open_runs += 1;
    let begun = shared.journal.begin(act);
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        match begun.await {
            Err(WriteError::LaneBusy(_)) => hosts::rests_behind_another(&shared, ticket),
            Err(WriteError::Elsewhere(_)) => is_gone(&shared, ticket, Later::Deadline),
            Err(WriteError::Refused { state: State::Held, .. }) if shared.has_others => {
                hosts::rests_behind_a_pause(&shared, ticket);
            }
            Ok(Begun::Run { run, event }) => {
                hosts::has_its_lane(&shared, ticket);
                has_begun(&shared, ticket, run, event).await;
            }
            Ok(Begun::Parked(reason)) => is_parked(&shared, ticket, &reason),
            Err(failed) if failed.may_pass() || is_too_early(&failed) => {
                rests_for_the_journal(&shared, ticket, &failed);
            }
            Err(WriteError::NotFound(_)) => is_gone(&shared, ticket, Later::Erased),
            Err(WriteError::Refused { state: State::Parked | State::Settled, .. }) => {
                is_gone(&shared, ticket, Later::Parked);
            }
            Err(failed) => cannot_run(&shared, ticket, failed),
        }
    });
}

/// Third leg: the handler runs, for as long as it may; then what became of it is settled.
async fn run(shared: &Arc<Shared>, ticket: Ticket) {
    let Some((index, invocation)) = invocation(shared, ticket) else { return };
    if !shared.journal.is_in_charge() {
        // Others may run it by now; this host is about to be told.
        return;
    }
    let run = invocation.run;
    let setup = shared.hook(index);
    let mut first_ticket = shared.first_ticket.subscribe();
    let end = tokio::select! {
        end = invoke(&*setup.handler, invocation, setup.policy.timeout) => end,
        // This host was fenced: what the handler says is nothing to anybody.
        _ = first_ticket.wait_for(|first| *first > ticket) => return,
    };
    settle(shared, ticket, run, end).await;
}

fn invocation(shared: &Shared, ticket: Ticket) -> Option<(HookIndex, Invocation)> {
    let mut desk = shared.desk();
    let stay = desk.stay(ticket)?;
    let event = stay.take_event()?;
    let hook = shared.hook(stay.hook).name.clone();
    let (delivery, run, cause) = (stay.id, stay.run, stay.cause);
    Some((stay.hook, Invocation { hook, delivery, run, cause, event: *event }))
}

/// Last leg: the lane goes on, and callers are told once it is on disk.
async fn settle(shared: &Arc<Shared>, ticket: Ticket, run: RunNumber, end: RunEnd) {
    let Some((act, lane, mut written)) = decide(shared, ticket, run, end) else { return };
    loop {
        let Err(failed) = written.await else {
            conclude(shared, ticket, &act);
            break;
        };
        tell_of(shared, &failed, "a response could not be journaled");
        let may_pass = failed.may_pass();
        tell_unavailable(shared, ticket, failed);
        if !may_pass {
            shared.desk().remove(ticket);
            // It was to be tried again, perhaps.
            shared.happened(Happened::Left(ticket));
            break;
        }
        tokio::time::sleep(JOURNAL_PAUSE).await;
        written = shared.journal.settle(act.clone());
    }
    shared.desk().has_settled(lane.as_ref(), act.id);
    shared.run_is_settled(ticket);
}

/// Decides what becomes of the delivery, and hands that to the journal and to the scheduler, in this order: what
/// begins next in the lane is journaled after it.
fn decide(
    shared: &Arc<Shared>,
    ticket: Ticket,
    run: RunNumber,
    end: RunEnd,
) -> Option<(Settle, Option<Lane>, Pending<()>)> {
    let now = (shared.clock)();
    let mut desk = shared.desk();
    let lane = desk.lane(ticket);
    let stay = desk.stay(ticket)?;
    let tried = Tried { driver: stay.driver, runs: stay.tries, received_at: stay.received_at, now };
    let then = verdict(&end, tried, shared.policy(stay.hook), stay.jitter());
    stay.cause = Cause::Retry;
    let act = Settle { id: stay.id, run, at: now, end, then };
    let written = shared.journal.settle(act.clone());
    desk.settles(lane.as_ref(), act.id);
    let mut actions = match act.then {
        Then::Settled(_) => desk.lane_goes_on_after(act.id, now),
        Then::Park { on_park: OnPark::Hold, .. } => desk.hold_lane_for(ticket, act.id, now),
        _ => Vec::new(),
    };
    let happened = match act.then {
        Then::RetryAt(due) => Happened::Rests(ticket, due),
        Then::Settled(_) | Then::AwaitCaller | Then::Park { .. } => Happened::Left(ticket),
    };
    actions.extend(desk.step(happened, now));
    shared.perform(&mut desk, actions);
    Some((act, lane, written))
}

fn conclude(shared: &Shared, ticket: Ticket, act: &Settle) {
    let delivery = act.id;
    let leave = || shared.desk().remove(ticket);
    match &act.then {
        Then::RetryAt(due) => {
            let why = match &act.end {
                RunEnd::Failed(failure) => failure.message.as_str(),
                RunEnd::Answered { .. } | RunEnd::Busy { .. } => "the handler was busy (429)",
            };
            warn!(%delivery, %due, why, "a run failed; it is tried again");
        }
        Then::Settled(response) => {
            if let Some(mut stay) = leave() {
                stay.tell(|| Answer::Response { delivery, response: response.clone() });
            }
        }
        Then::AwaitCaller => {
            let asked = match &act.end {
                RunEnd::Busy { retry_after } => *retry_after,
                RunEnd::Failed(failure) => {
                    warn!(%delivery, why = failure.message, "a run was cut short; the caller is asked to come back");
                    failure.retry_after
                }
                RunEnd::Answered { .. } => None,
            };
            if let Some(mut stay) = leave() {
                let retry_after = asked.unwrap_or_else(|| shared.retry_after(stay.hook));
                stay.tell(|| Answer::Later {
                    delivery: Some(delivery),
                    retry_after,
                    why: Later::HandlerBusy,
                });
            }
        }
        Then::Park { reason, .. } => {
            warn!(%delivery, %reason, "parked");
            if let Some(stay) = leave() {
                tell_later(shared, stay, Later::Parked);
            }
        }
    }
}

async fn take_turn(shared: &Arc<Shared>, ticket: Ticket, turn: Turn) {
    if turn == Turn::Held {
        tell_while_staying(shared, ticket, Later::Paused);
    }
    if shared.happened(Happened::Appended(ticket)) == Some(MayRun(ticket)) {
        run(shared, ticket).await;
    }
}

/// The ticket is another stay of that delivery. Gives its turn: what a paused lane waits for need not wait for the lane.
fn is_another_sending(
    shared: &Arc<Shared>,
    ticket: Ticket,
    turn: Turn,
    (id, cause, run): (DeliveryId, Cause, Option<RunNumber>),
) -> Turn {
    let now = (shared.clock)();
    let mut desk = shared.desk();
    desk.rename(ticket, id);
    let Some(stay) = desk.stay(ticket) else { return turn };
    stay.cause = cause;
    if let Some(run) = run {
        stay.run = run;
    }
    let hook = stay.hook;
    if !desk.held_lanes.contains_key(&id) {
        return turn;
    }
    let actions = desk.let_through(ticket, id, now);
    shared.perform(&mut desk, actions);
    if turn == Turn::Held && !desk.scheduler.is_paused(hook) { Turn::Later } else { turn }
}

/// The ticket is not needed, its callers are told something else.
fn leave_unneeded(shared: &Arc<Shared>, ticket: Ticket, turn: Turn, answer: impl Fn() -> Answer) {
    let stay = shared.desk().remove(ticket);
    if let Some(mut stay) = stay {
        stay.tell(answer);
    }
    give_back(shared, ticket, turn);
}

fn give_back(shared: &Arc<Shared>, ticket: Ticket, turn: Turn) {
    shared.happened(Happened::Left(ticket));
    if turn == Turn::Now {
        shared.run_is_settled(ticket);
    }
}

/// The callers of this sending wait for the delivery that it belongs to.
async fn join(shared: &Arc<Shared>, ticket: Ticket, turn: Turn, id: DeliveryId, state: State) {
    let left = {
        let mut desk = shared.desk();
        let Some(mut stay) = desk.remove(ticket) else { return };
        stay.id = id;
        match desk.by_id(id) {
            Some(live) if state != State::Held => {
                live.join(stay.take_callers());
                None
            }
            None if state != State::Held && shared.has_others => {
                desk.wait_elsewhere(id, stay.hook, stay.take_callers());
                None
            }
            _ => Some(stay),
        }
    };
    give_back(shared, ticket, turn);
    if let Some(stay) = left.filter(Stay::has_callers) {
        if state == State::Held {
            tell_later(shared, stay, Later::Paused);
        } else {
            tell_what_is_stored(shared, stay, id).await;
        }
    }
}

/// What was still open when the journal looked is settled by now, or will be told at the caller's next try.
async fn tell_what_is_stored(shared: &Shared, mut stay: Stay, id: DeliveryId) {
    let found = shared.journal.find(id).await.ok().flatten();
    let settled = found.filter(|delivery| delivery.state == State::Settled);
    let response = settled.and_then(|delivery| delivery.runs?.pop()?.response);
    match response {
        Some(response) => stay.tell(|| Answer::Response { delivery: id, response: response.clone() }),
        None => tell_later(shared, stay, Later::Deadline),
    }
}

async fn has_begun(shared: &Arc<Shared>, ticket: Ticket, number: RunNumber, event: Box<Event>) {
    if let Some(stay) = shared.desk().stay(ticket) {
        stay.run = number;
        stay.tries += 1;
        stay.keep_event(event);
    }
    if shared.happened(Happened::Begun(ticket)) == Some(MayRun(ticket)) {
        run(shared, ticket).await;
    }
}

fn is_parked(shared: &Arc<Shared>, ticket: Ticket, reason: &ParkReason) {
    let stay = leave_parked(shared, ticket);
    if let Some(stay) = stay {
        warn!(delivery = %stay.id, %reason, "parked");
        tell_later(shared, stay, Later::Parked);
    }
    give_back(shared, ticket, Turn::Now);
}

fn leave_parked(shared: &Arc<Shared>, ticket: Ticket) -> Option<Stay> {
    let mut desk = shared.desk();
    let (id, hook) = desk.stay(ticket).map(|stay| (stay.id, stay.hook))?;
    if shared.policy(hook).on_park == OnPark::Hold && !desk.is_overruled(ticket) {
        let actions = desk.hold_lane_for(ticket, id, (shared.clock)());
        shared.perform(&mut desk, actions);
    }
    desk.remove(ticket)
}

/// It was erased, or a person took it out of its lane, just before its turn came.
fn is_gone(shared: &Arc<Shared>, ticket: Ticket, why: Later) {
    let stay = shared.desk().remove(ticket);
    if let Some(stay) = stay {
        tell_later(shared, stay, why);
    }
    give_back(shared, ticket, Turn::Now);
}

/// What lets it run (the end of its last run, the resuming of its hook) could not be written yet.
fn is_too_early(failed: &WriteError) -> bool {
    matches!(failed, WriteError::Refused { state: State::Running | State::Held, .. })
}

/// What the journal knows does not agree with what the desk knew; its word counts.
fn cannot_run(shared: &Arc<Shared>, ticket: Ticket, failed: WriteError) {
    error!(error = &failed as &dyn Error, "a run could not begin");
    tell_unavailable(shared, ticket, failed);
    shared.desk().remove(ticket);
    give_back(shared, ticket, Turn::Now);
}

fn tell_unavailable(shared: &Shared, ticket: Ticket, failed: WriteError) {
    let failed = Arc::new(failed);
    if let Some(stay) = shared.desk().stay(ticket) {
        stay.tell(|| Answer::Unavailable(Arc::clone(&failed)));
    }
}

/// While the journal cannot be written, it has told so itself, once; every waiting lane comes here each second until it can.
fn tell_of(shared: &Shared, failed: &WriteError, what: &'static str) {
    let error = failed as &dyn Error;
    if shared.journal.healthy() && !is_too_early(failed) {
        error!(error, "{what}");
    } else {
        debug!(error, "{what}");
    }
}

fn rests_for_the_journal(shared: &Arc<Shared>, ticket: Ticket, failed: &WriteError) {
    tell_of(shared, failed, "a run could not be journaled; it is tried again");
    let until = (shared.clock)().saturating_add(JOURNAL_PAUSE).unwrap_or(Timestamp::MAX);
    shared.happened(Happened::Rests(ticket, until));
    shared.run_is_settled(ticket);
}

pub(crate) fn tell_while_staying(shared: &Shared, ticket: Ticket, why: Later) {
    let mut desk = shared.desk();
    let Some(hook) = desk.stay(ticket).map(|stay| stay.hook) else { return };
    let retry_after = desk.scheduler.retry_after(hook, (shared.clock)());
    if let Some(stay) = desk.stay(ticket) {
        let delivery = Some(stay.id);
        stay.tell(|| Answer::Later { delivery, retry_after, why });
    }
}

pub(crate) fn tell_later(shared: &Shared, mut stay: Stay, why: Later) {
    let (delivery, retry_after) = (Some(stay.id), shared.retry_after(stay.hook));
    stay.tell(|| Answer::Later { delivery, retry_after, why });
}

impl Shared {
    pub(crate) fn retry_after(&self, hook: HookIndex) -> Duration {
        self.desk().scheduler.retry_after(hook, (self.clock)())
    }
}
