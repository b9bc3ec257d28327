//! Other hosts on the same journal: lanes that they have, deliveries that they see to, pauses that were made there, and
//! what they leave behind. And the day on which they take this one for dead.
//!
//! What is heard from them is a hint to look earlier. What is true is in the journal: it refuses a run whose lane is another
//! host's, and is looked through again and again.

use std::collections::{BTreeMap, HashSet};
use std::error::Error;
use std::sync::{Arc, Weak};
use std::time::Duration;

use jiff::Timestamp;
use tracing::{info, warn};

use bookhook_journal::{Fencing, LaneMark, News, NewsFeed, PausedLane, ReadError, WriteError};
use bookhook_model::{ActFilter, ActKind, DeliveryId, HookName, LaneKey, Pause, State};

use crate::answer::{Answer, Later};
use crate::desk::{Caller, Desk};
use crate::dispatcher::{Shared, scheduler_of};
use crate::jobs;
use crate::life::{self, JOURNAL_PAUSE};
use crate::recovery::{self, take_up};
use crate::scheduler::{Happened, HookIndex, Ticket, Turn};

/// How soon a lane that another host has is asked for again without a hint, twice as late each time, and how soon at the
/// latest.
const FIRST_LOOK: Duration = Duration::from_millis(50);
const LAST_LOOK: Duration = Duration::from_secs(30);
/// How soon what another host has paused is asked for again.
const PAUSE_LOOK: Duration = Duration::from_secs(1);
/// So many acts of people are looked at again each time.
const ACTS_SEEN: usize = 100;

/// Begins to listen. Ends with the dispatcher.
pub(crate) fn start(shared: &Arc<Shared>, fencing: Fencing, news: NewsFeed) {
    tokio::spawn(listen(Arc::downgrade(shared), fencing, news));
}

async fn listen(shared: Weak<Shared>, mut fencing: Fencing, mut news: NewsFeed) {
    loop {
        let mut fenced_meanwhile = fencing.clone();
        tokio::select! {
            biased;
            () = fencing.happens() => {
                let Some(strong) = shared.upgrade() else { return };
                begin_anew(&strong).await;
            }
            heard = news.next() => {
                let (Some(heard), Some(strong)) = (heard, shared.upgrade()) else { return };
                tokio::select! {
                    biased;
                    () = fenced_meanwhile.happens() => {}
                    () = hear(&strong, heard) => {}
                }
            }
        }
    }
}

async fn hear(shared: &Arc<Shared>, heard: News) {
    match heard {
        News::Left(id, lane) => {
            wake(shared, lane);
            look_for(shared, id).await;
            look_whether_taken_away(shared, id).await;
        }
        News::LookAgain { orphans } => {
            if orphans {
                take_over(shared).await;
                wake_all(shared);
                jobs::go_on(shared);
            }
            match pauses(shared).await {
                Ok(now) => follow_pauses(shared, &now),
                Err(failed) => warn!(error = &failed as &dyn Error, "what is paused cannot be looked up"),
            }
            follow_acts(shared).await;
            let awaited = shared.desk().awaited_elsewhere();
            for id in awaited {
                look_for(shared, id).await;
            }
        }
    }
}

/// The event is durable, and does not run at once: another host has its lane, or has paused it or its hook.
pub(crate) fn defer(shared: &Arc<Shared>, ticket: Ticket, turn: Turn, state: State) {
    if state == State::Held {
        life::tell_while_staying(shared, ticket, Later::Paused);
    }
    if turn != Turn::Now {
        shared.happened(Happened::Appended(ticket));
        return;
    }
    if let Some(stay) = shared.desk().stay(ticket) {
        drop(stay.take_event());
        stay.tries = 0;
    }
    rests_behind_another(shared, ticket);
}

/// It waits until the lane is free, or is looked at again.
pub(crate) fn rests_behind_another(shared: &Arc<Shared>, ticket: Ticket) {
    let now = (shared.clock)();
    let times = {
        let mut desk = shared.desk();
        let mark = desk.lane(ticket).map(|(hook, lane)| shared.mark(hook, &lane));
        mark.map_or(1, |mark| desk.is_blocked(mark, ticket))
    };
    let until = now.saturating_add(look_after(times)).unwrap_or(Timestamp::MAX);
    shared.happened(Happened::Rests(ticket, until));
    shared.run_is_settled(ticket);
}

/// How long to wait, having found the lane taken so often.
fn look_after(times: u32) -> Duration {
    FIRST_LOOK.saturating_mul(1 << times.min(16)).min(LAST_LOOK)
}

/// No other host has its lane now.
pub(crate) fn has_its_lane(shared: &Shared, ticket: Ticket) {
    if !shared.has_others {
        return;
    }
    let mut desk = shared.desk();
    if let Some((hook, lane)) = desk.lane(ticket) {
        desk.unblock(shared.mark(hook, &lane));
    }
}

/// Its hook or its lane was paused on another host, of which this one is about to hear.
pub(crate) fn rests_behind_a_pause(shared: &Arc<Shared>, ticket: Ticket) {
    let until = (shared.clock)().saturating_add(PAUSE_LOOK).unwrap_or(Timestamp::MAX);
    shared.happened(Happened::Rests(ticket, until));
    shared.run_is_settled(ticket);
}

fn wake(shared: &Arc<Shared>, lane: LaneMark) {
    let now = (shared.clock)();
    let mut desk = shared.desk();
    if let Some(ticket) = desk.unblock(lane) {
        let actions = desk.step(Happened::Woken(ticket), now);
        shared.perform(&mut desk, actions);
    }
}

/// A hint may have been lost, or whoever had their lanes is gone.
fn wake_all(shared: &Arc<Shared>) {
    let now = (shared.clock)();
    let mut desk = shared.desk();
    for ticket in desk.unblock_all() {
        let actions = desk.step(Happened::Woken(ticket), now);
        shared.perform(&mut desk, actions);
    }
}

/// Tells those who wait for a delivery that another host sees to, if it has come to an end there.
async fn look_for(shared: &Arc<Shared>, id: DeliveryId) {
    let Some((hook, callers)) = shared.desk().waits_elsewhere(id) else { return };
    let found = shared.journal.outlook(id).await;
    let why = match found {
        Ok(Some(found)) => match found.delivery.state {
            State::Settled => {
                let response = found.delivery.runs.and_then(|runs| runs.into_iter().next_back()?.response);
                let Some(response) = response else {
                    return tell(shared, hook, id, callers, Later::Deadline);
                };
                let answer = || Answer::Response { delivery: id, response: response.clone() };
                return callers.into_iter().for_each(|caller| drop(caller.send(answer())));
            }
            State::Parked => Later::Parked,
            State::Held => Later::Paused,
            State::Waiting if found.awaits_caller => Later::HandlerBusy,
            State::Waiting | State::Running | State::Unmatched => {
                return shared.waits_on(id, hook, callers);
            }
        },
        Ok(None) => Later::Erased,
        Err(_) => return shared.waits_on(id, hook, callers),
    };
    tell(shared, hook, id, callers, why);
}

/// What people have lately taken out of its lane may be this host's.
async fn follow_acts(shared: &Arc<Shared>) {
    let acts = shared.journal.acts(&ActFilter::default(), None, ACTS_SEEN).await;
    // What cannot be read now is read the next time.
    let acts = acts.map(|page| page.items).unwrap_or_default();
    let taken_away = acts.into_iter().filter(|act| matches!(act.what, ActKind::Park | ActKind::Skip));
    for id in taken_away.filter_map(|act| act.delivery) {
        look_whether_taken_away(shared, id).await;
    }
}

/// A person on another host may have parked or skipped what waits here.
async fn look_whether_taken_away(shared: &Arc<Shared>, id: DeliveryId) {
    let Some(ticket) = shared.desk().ticket_of(id) else { return };
    let Ok(Some(found)) = shared.journal.outlook(id).await else { return };
    let has_ended = matches!(found.delivery.state, State::Parked | State::Settled);
    // Put back into its lane meanwhile, it has another ticket.
    if has_ended && shared.desk().ticket_of(id) == Some(ticket) {
        shared.was_taken_away(id, ticket, found.delivery.state);
    }
}

fn tell(shared: &Shared, hook: HookIndex, id: DeliveryId, callers: Vec<Caller>, why: Later) {
    let retry_after = shared.retry_after(hook);
    for caller in callers {
        let _ = caller.send(Answer::Later { delivery: Some(id), retry_after, why });
    }
}

impl Shared {
    fn mark(&self, hook: HookIndex, lane: &LaneKey) -> LaneMark {
        self.journal.mark(&self.hook(hook).name, lane)
    }

    /// Whether it has found its lane taken, the last time that it looked.
    pub(crate) fn is_behind_another_host(&self, desk: &Desk, ticket: Ticket) -> bool {
        desk.lane(ticket).is_some_and(|(hook, lane)| desk.is_behind(self.mark(hook, &lane), ticket))
    }

    /// It has not come to an end; it may be this host's by now.
    fn waits_on(&self, id: DeliveryId, hook: HookIndex, callers: Vec<Caller>) {
        let mut desk = self.desk();
        match desk.by_id(id) {
            Some(live) => live.join(callers),
            None => desk.wait_elsewhere(id, hook, callers),
        }
    }
}

/// Takes what hosts that are gone have left, in portions, as others may.
pub(crate) async fn take_over(shared: &Arc<Shared>) {
    let mut taken = 0_usize;
    loop {
        shared.desk().take_over_begins();
        let portion = shared.journal.take_over((shared.clock)(), shared.serves()).await;
        let is_last = portion.as_ref().is_ok_and(Vec::is_empty) || portion.is_err();
        match portion {
            Ok(portion) => {
                taken += portion.len();
                for unsettled in portion {
                    take_up(shared, unsettled);
                }
            }
            Err(WriteError::Fenced) => {}
            Err(failed) => {
                warn!(error = &failed as &dyn Error, "what another host left cannot be taken over yet");
            }
        }
        take_over_ends(shared);
        if is_last {
            break;
        }
    }
    if taken > 0 {
        info!(deliveries = taken, "took over deliveries of a host that is gone; they run again");
    }
}

/// Whose turn came meanwhile gives it back, and has it again unless another was put before it.
pub(crate) fn take_over_ends(shared: &Arc<Shared>) {
    let now = (shared.clock)();
    let mut desk = shared.desk();
    for ticket in desk.take_over_ends() {
        let mut actions = desk.step(Happened::Rests(ticket, now), now);
        actions.extend(desk.step(Happened::Woken(ticket), now));
        shared.perform(&mut desk, actions);
    }
}

/// This host was fenced: its handlers are dropped, its callers told, and it joins again as another.
async fn begin_anew(shared: &Arc<Shared>) {
    let callers = {
        let mut desk = shared.desk();
        let is_draining = desk.scheduler.is_draining();
        let callers = desk.clear(scheduler_of(&shared.hooks));
        desk.take_over_begins();
        if is_draining {
            desk.step(Happened::Draining, (shared.clock)());
        }
        shared.first_ticket.send_replace(desk.first_ticket());
        callers
    };
    shared.nothing_runs();
    let fenced = Arc::new(WriteError::Fenced);
    for caller in callers.into_iter().flat_map(|(_, callers)| callers) {
        let _ = caller.send(Answer::Unavailable(Arc::clone(&fenced)));
    }
    while let Err(failed) = rejoin(shared).await {
        if matches!(failed, WriteError::Closed) {
            return;
        }
        warn!(error = &failed as &dyn Error, "this host cannot join the others again yet");
        tokio::time::sleep(JOURNAL_PAUSE).await;
    }
    take_over(shared).await;
    jobs::go_on(shared);
    info!("this host has joined the others again");
}

async fn rejoin(shared: &Arc<Shared>) -> Result<(), WriteError> {
    shared.journal.rejoin().await?;
    recovery::recover(shared).await
}

/// What is paused, hook by hook and lane by lane; a lane with the delivery that it waits for.
#[derive(Debug, Default)]
struct Pauses {
    hooks: HashSet<HookIndex>,
    lanes: BTreeMap<(HookIndex, LaneKey), Option<DeliveryId>>,
}

impl Pauses {
    /// As the scheduler knows it. What its lanes wait for is not told.
    fn here(shared: &Shared) -> Self {
        let desk = shared.desk();
        let hooks = (0..shared.hooks.len()).map(HookIndex);
        let lanes =
            hooks.clone().flat_map(|hook| desk.scheduler.paused_lanes(hook).map(move |lane| (hook, lane)));
        Self {
            lanes: lanes.map(|lane| (lane, None)).collect(),
            hooks: hooks.filter(|hook| desk.scheduler.is_paused(*hook)).collect(),
        }
    }
}

async fn pauses(shared: &Shared) -> Result<Pauses, ReadError> {
    let mut found = Pauses::default();
    for Pause { hook, lane, held_for, .. } in shared.journal.pauses().await? {
        let Some(hook) = shared.hook_index(&hook) else { continue };
        match lane {
            None => drop(found.hooks.insert(hook)),
            Some(lane) => drop(found.lanes.insert((hook, lane), held_for)),
        }
    }
    Ok(found)
}

/// Does here what was done elsewhere. What is done here just now may be undone by that, until the next look: meanwhile the
/// journal says what may begin.
fn follow_pauses(shared: &Arc<Shared>, now: &Pauses) {
    let before = Pauses::here(shared);
    for hook in now.hooks.difference(&before.hooks) {
        shared.happened(Happened::Paused(*hook));
    }
    for hook in before.hooks.difference(&now.hooks) {
        shared.happened(Happened::Resumed(*hook));
    }
    for ((hook, lane), held_for) in &now.lanes {
        if before.lanes.get(&(*hook, lane.clone())) != Some(held_for) {
            shared.lane_is_paused(*hook, lane, *held_for);
        }
    }
    for (hook, lane) in before.lanes.into_keys().filter(|lane| !now.lanes.contains_key(lane)) {
        shared.lane_goes_on(hook, lane);
    }
}

impl Shared {
    fn lane_is_paused(&self, hook: HookIndex, lane: &LaneKey, held_for: Option<DeliveryId>) {
        let is_known = {
            let desk = self.desk();
            desk.scheduler.is_lane_paused(hook, lane)
                && held_for.is_none_or(|id| desk.held_lanes.contains_key(&id))
        };
        if !is_known {
            self.recover_paused_lane(paused(self.hook(hook).name.clone(), lane.clone(), held_for));
        }
    }
}

fn paused(hook: HookName, lane: LaneKey, held_for: Option<DeliveryId>) -> PausedLane {
    PausedLane { hook, lane, paused_at: Timestamp::UNIX_EPOCH, who: None, reason: None, held_for }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_that_stays_taken_is_looked_at_ever_more_seldom() {
        assert!(look_after(1) < Duration::from_secs(1));
        assert!((1..30).all(|times| look_after(times) <= look_after(times + 1)));
        assert_eq!(look_after(30), Duration::from_secs(30));
    }
}
