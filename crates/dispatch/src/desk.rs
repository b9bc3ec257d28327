//! The one place where what is known of live deliveries is kept, behind one lock: the scheduler, and who waits for
//! what. Nothing here waits: acts are handed to the journal, in the order in which they were decided.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use tokio::sync::oneshot;

use bookhook_journal::LaneMark;
use bookhook_model::policy::Jitter;
use bookhook_model::{Cause, DeliveryId, DeliveryIds, Event, LaneKey, ReplayJobId, RunNumber};

use crate::answer::Answer;
use crate::lanes::HeldLane;
use crate::scheduler::{Action, Happened, HookIndex, Scheduler, Ticket};
use crate::verdict::Driver;

/// Somebody who waits for an answer.
pub(crate) type Caller = oneshot::Sender<Answer>;

/// A lane that deliveries share.
pub(crate) type Lane = (HookIndex, LaneKey);

/// One live delivery. Very many may wait, so what few of them have is apart.
#[derive(Debug)]
pub(crate) struct Stay {
    pub(crate) id: DeliveryId,
    pub(crate) hook: HookIndex,
    pub(crate) cause: Cause,
    pub(crate) driver: Driver,
    /// The run that is under way, once it has begun.
    pub(crate) run: RunNumber,
    /// How many runs were begun since it was received.
    pub(crate) tries: u32,
    pub(crate) received_at: Timestamp,
    attended: Option<Box<Attended>>,
}

/// What there is of a delivery while somebody waits for its response, or its run is about to start.
#[derive(Debug, Default)]
struct Attended {
    callers: Vec<Caller>,
    /// From the moment at which its run may start until it starts.
    event: Option<Box<Event>>,
}

/// What a stay begins with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entering {
    pub(crate) id: DeliveryId,
    pub(crate) hook: HookIndex,
    pub(crate) cause: Cause,
    pub(crate) driver: Driver,
    pub(crate) run: RunNumber,
    pub(crate) tries: u32,
    pub(crate) received_at: Timestamp,
}

impl Stay {
    /// Nobody waits for it yet.
    pub(crate) fn new(entering: Entering) -> Self {
        let Entering { id, hook, cause, driver, run, tries, received_at } = entering;
        Self { id, hook, cause, driver, run, tries, received_at, attended: None }
    }

    /// These wait for it too.
    pub(crate) fn join(&mut self, callers: Vec<Caller>) {
        if !callers.is_empty() {
            self.attended.get_or_insert_default().callers.extend(callers);
        }
    }

    /// Whoever waits for it, and is told elsewhere.
    pub(crate) fn take_callers(&mut self) -> Vec<Caller> {
        let callers = self.attended.as_mut().map(|attended| std::mem::take(&mut attended.callers));
        self.attended.take_if(|attended| attended.event.is_none());
        callers.unwrap_or_default()
    }

    pub(crate) fn has_callers(&self) -> bool {
        self.attended.as_ref().is_some_and(|attended| !attended.callers.is_empty())
    }

    /// Tells everyone who waits; `answer` is asked once for each.
    pub(crate) fn tell(&mut self, answer: impl Fn() -> Answer) {
        for caller in self.take_callers() {
            // A caller that has gone is told by the journal when it comes back.
            let _ = caller.send(answer());
        }
    }

    /// Its run may start.
    pub(crate) fn keep_event(&mut self, event: Box<Event>) {
        self.attended.get_or_insert_default().event = Some(event);
    }

    /// Its run starts, or does not after all.
    pub(crate) fn take_event(&mut self) -> Option<Box<Event>> {
        let event = self.attended.as_mut()?.event.take();
        self.attended.take_if(|attended| attended.callers.is_empty());
        event
    }

    /// A share of chance that needs no generator: the id's last byte is random.
    pub(crate) fn jitter(&self) -> Jitter {
        let last = self.id.to_bytes()[15];
        Jitter(last.wrapping_add((self.tries & 0xff) as u8))
    }
}

const _: () = assert!(size_of::<Stay>() <= 64);

/// How many acts are to be decided, and whether the run's turn has come meanwhile.
#[derive(Debug, Default)]
struct Withheld {
    acts: usize,
    begin_is_due: bool,
}

#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) scheduler: Scheduler,
    pub(crate) ids: DeliveryIds,
    stays: HashMap<Ticket, Stay>,
    by_id: HashMap<DeliveryId, Ticket>,
    last_ticket: u64,
    /// The replays that are being worked off.
    pub(crate) replays: HashSet<ReplayJobId>,
    /// What people may be about to take out of its lane.
    withheld: HashMap<Ticket, Withheld>,
    /// The lanes that wait for a delivery, by that delivery.
    pub(crate) held_lanes: HashMap<DeliveryId, HeldLane>,
    /// The delivery of each lane whose settling was handed in last and may not be written yet.
    settling: HashMap<Lane, DeliveryId>,
    /// Those that found their lane taken by another host, and how often in a row.
    blocked: HashMap<LaneMark, (Ticket, u32)>,
    /// Who waits for a delivery that another host sees to.
    elsewhere: HashMap<DeliveryId, (HookIndex, Vec<Caller>)>,
    /// While deliveries of other hosts are taken over, nothing begins: these may be behind them.
    deferred: Option<Vec<Ticket>>,
    /// Tickets of before are nobody's: they were given before the host was fenced.
    first_ticket: Ticket,
    /// Tickets in whose lane a person has had a say since their beginning was handed in.
    overruled: HashSet<Ticket>,
    /// Runs that have begun and are not settled on disk.
    pub(crate) open_runs: usize,
    /// The wake-up that the alarm was last told of.
    alarm: Option<Timestamp>,
}

impl Desk {
    pub(crate) fn new(scheduler: Scheduler, ids: DeliveryIds) -> Self {
        Self {
            scheduler,
            ids,
            stays: HashMap::new(),
            by_id: HashMap::new(),
            last_ticket: 0,
            replays: HashSet::new(),
            withheld: HashMap::new(),
            held_lanes: HashMap::new(),
            settling: HashMap::new(),
            blocked: HashMap::new(),
            elsewhere: HashMap::new(),
            deferred: None,
            first_ticket: Ticket(0),
            overruled: HashSet::new(),
            open_runs: 0,
            alarm: None,
        }
    }

    pub(crate) fn next_ticket(&mut self) -> Ticket {
        self.last_ticket += 1;
        Ticket(self.last_ticket)
    }

    pub(crate) fn enter(&mut self, ticket: Ticket, stay: Stay) {
        self.by_id.insert(stay.id, ticket);
        self.stays.insert(ticket, stay);
    }

    pub(crate) fn stay(&mut self, ticket: Ticket) -> Option<&mut Stay> {
        self.stays.get_mut(&ticket)
    }

    /// In the order in which they were given.
    pub(crate) fn tickets(&self) -> Vec<Ticket> {
        let mut tickets: Vec<_> = self.stays.keys().copied().collect();
        tickets.sort_unstable();
        tickets
    }

    pub(crate) fn ticket_of(&self, id: DeliveryId) -> Option<Ticket> {
        self.by_id.get(&id).copied()
    }

    pub(crate) fn by_id(&mut self, id: DeliveryId) -> Option<&mut Stay> {
        self.stays.get_mut(self.by_id.get(&id)?)
    }

    /// The ticket turned out to be another sending of `id`.
    pub(crate) fn rename(&mut self, ticket: Ticket, id: DeliveryId) {
        if let Some(stay) = self.stays.get_mut(&ticket) {
            self.by_id.remove(&stay.id);
            stay.id = id;
            self.by_id.insert(id, ticket);
        }
    }

    /// The lane of this ticket, if it shares one.
    pub(crate) fn lane(&self, ticket: Ticket) -> Option<Lane> {
        Some((self.stays.get(&ticket)?.hook, self.scheduler.lane(ticket)?.clone()))
    }

    /// The beginning of a run is handed to the journal. Should it be parked instead, its lane may have to wait for it.
    pub(crate) fn begins(&mut self, ticket: Ticket) {
        self.overruled.remove(&ticket);
    }

    /// A person pauses or resumes the lane: that comes after what the journal decides for whoever begins there now.
    pub(crate) fn overrules(&mut self, hook: HookIndex, lane: &LaneKey) {
        self.overruled.extend(self.scheduler.occupant(hook, lane));
    }

    /// Whether a person has had the last word on the lane of this ticket.
    pub(crate) fn is_overruled(&self, ticket: Ticket) -> bool {
        self.overruled.contains(&ticket)
    }

    /// The settling of this delivery is handed to the journal.
    pub(crate) fn settles(&mut self, lane: Option<&Lane>, id: DeliveryId) {
        if let Some(lane) = lane {
            self.settling.insert(lane.clone(), id);
        }
    }

    /// It is written, or is not handed in again.
    pub(crate) fn has_settled(&mut self, lane: Option<&Lane>, id: DeliveryId) {
        if let Some(lane) = lane.filter(|lane| self.settling.get(*lane) == Some(&id)) {
            self.settling.remove(lane);
        }
    }

    /// What is to be settled before another run of the lane begins. It was handed in before, but if it cannot be written
    /// it is handed in again, behind what begins meanwhile.
    pub(crate) fn settling(&self, lane: Option<&Lane>) -> Option<DeliveryId> {
        self.settling.get(lane?).copied()
    }

    pub(crate) fn remove(&mut self, ticket: Ticket) -> Option<Stay> {
        let stay = self.stays.remove(&ticket)?;
        self.overruled.remove(&ticket);
        if self.by_id.get(&stay.id) == Some(&ticket) {
            self.by_id.remove(&stay.id);
        }
        Some(stay)
    }

    /// A person's act was handed to the journal that may take the ticket's delivery out of its lane: until that is
    /// decided, its run does not begin.
    pub(crate) fn withhold(&mut self, ticket: Ticket) {
        self.withheld.entry(ticket).or_default().acts += 1;
    }

    /// Whether nothing begins just now, or the ticket is withheld; if so, it is to begin when it is no more.
    pub(crate) fn defers_begin(&mut self, ticket: Ticket) -> bool {
        if let Some(deferred) = &mut self.deferred {
            deferred.push(ticket);
            return true;
        }
        let withheld = self.withheld.get_mut(&ticket);
        withheld.map(|withheld| withheld.begin_is_due = true).is_some()
    }

    /// An act is decided. Gives whether the ticket is to begin now, should it still be there.
    pub(crate) fn hand_back(&mut self, ticket: Ticket) -> bool {
        let Some(withheld) = self.withheld.get_mut(&ticket) else { return false };
        withheld.acts -= 1;
        if withheld.acts > 0 {
            return false;
        }
        self.withheld.remove(&ticket).is_some_and(|withheld| withheld.begin_is_due)
    }

    /// Everything that this host had begun is others' now: begins anew, with a scheduler in which there is nothing, and
    /// gives who was waiting.
    pub(crate) fn clear(&mut self, scheduler: Scheduler) -> Vec<(HookIndex, Vec<Caller>)> {
        let ids = std::mem::take(&mut self.ids);
        let replays = std::mem::take(&mut self.replays);
        let last_ticket = self.last_ticket;
        let before = std::mem::replace(self, Self { last_ticket, replays, ..Self::new(scheduler, ids) });
        self.first_ticket = self.next_ticket();
        let here = before.stays.into_values().map(|mut stay| (stay.hook, stay.take_callers()));
        here.chain(before.elsewhere.into_values()).collect()
    }

    /// The first ticket that counts.
    pub(crate) fn first_ticket(&self) -> Ticket {
        self.first_ticket
    }

    /// A run with this ticket is settled, or did not begin after all.
    pub(crate) fn closes_run(&mut self, ticket: Ticket) {
        if ticket >= self.first_ticket {
            self.open_runs -= 1;
        }
    }

    /// The ticket has found its lane taken by another host; gives how often in a row.
    pub(crate) fn is_blocked(&mut self, lane: LaneMark, ticket: Ticket) -> u32 {
        let (blocked, times) = self.blocked.entry(lane).or_insert((ticket, 0));
        *times = if *blocked == ticket { *times + 1 } else { 1 };
        *blocked = ticket;
        *times
    }

    /// Whether the ticket has found its lane taken.
    pub(crate) fn is_behind(&self, lane: LaneMark, ticket: Ticket) -> bool {
        self.blocked.get(&lane).is_some_and(|(blocked, _)| *blocked == ticket)
    }

    /// The lane is not taken any more, as far as is known.
    pub(crate) fn unblock(&mut self, lane: LaneMark) -> Option<Ticket> {
        self.blocked.remove(&lane).map(|(ticket, _)| ticket)
    }

    /// Nothing is known of any lane; gives who has found its own taken.
    pub(crate) fn unblock_all(&mut self) -> Vec<Ticket> {
        let mut blocked: Vec<_> = self.blocked.drain().map(|(_, (ticket, _))| ticket).collect();
        blocked.sort_unstable();
        blocked
    }

    /// The callers wait for a delivery that another host sees to.
    pub(crate) fn wait_elsewhere(&mut self, id: DeliveryId, hook: HookIndex, callers: Vec<Caller>) {
        self.elsewhere.entry(id).or_insert((hook, Vec::new())).1.extend(callers);
    }

    /// Whoever still waits for that delivery.
    pub(crate) fn waits_elsewhere(&mut self, id: DeliveryId) -> Option<(HookIndex, Vec<Caller>)> {
        self.elsewhere.remove(&id)
    }

    /// The deliveries that are waited for, of those whose callers are still there.
    pub(crate) fn awaited_elsewhere(&mut self) -> Vec<DeliveryId> {
        self.elsewhere.retain(|_, (_, callers)| {
            callers.retain(|caller| !caller.is_closed());
            !callers.is_empty()
        });
        self.elsewhere.keys().copied().collect()
    }

    /// Deliveries of other hosts are about to be taken over.
    pub(crate) fn take_over_begins(&mut self) {
        self.deferred.get_or_insert_default();
    }

    /// They are in their lanes; gives who is to begin now, should it still be there.
    pub(crate) fn take_over_ends(&mut self) -> Vec<Ticket> {
        self.deferred.take().unwrap_or_default()
    }

    /// Whether the next wake-up is another than when this was last asked.
    pub(crate) fn alarm_moves(&mut self) -> bool {
        let next = self.scheduler.wake_at();
        std::mem::replace(&mut self.alarm, next) != next
    }

    pub(crate) fn step(&mut self, happened: Happened, now: Timestamp) -> Vec<Action> {
        let mut actions = Vec::new();
        self.scheduler.step(happened, now, &mut actions);
        actions
    }
}
