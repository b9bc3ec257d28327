//! The scheduler against a reference that is too simple to be wrong: a list of entries a hook, in order of arrival,
//! looked through from the front at every question. Random arrivals, journal answers, finishes, failures, pauses of
//! hooks and lanes, crashes and passing time; a failing case is shrunk, and its seed is printed and kept.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use bookhook_dispatch::scheduler::{Action, Happened, HookIndex, Limits, Scheduler, Ticket, Turn};
use bookhook_model::LaneKey;
use jiff::Timestamp;
use proptest::prelude::*;

const HOOKS: usize = 2;

#[derive(Debug, Clone, Copy)]
enum Op {
    Arrive {
        hook: usize,
        lane: Option<u8>,
    },
    /// The journal answers one of the appends under way.
    AppendAnswered {
        which: usize,
        fresh: bool,
    },
    /// The journal answers one of the begins under way.
    BeginAnswered {
        which: usize,
        begun: bool,
    },
    /// A handler ends: for good, or to rest so many seconds before a retry.
    Finish {
        which: usize,
        rest: Option<u8>,
    },
    Pause(usize),
    Resume(usize),
    PauseLane(usize, u8),
    ResumeLane(usize, u8),
    /// One that waits is what its lane waits for.
    LetThrough(usize),
    /// What one rests for comes before its time.
    Wake(usize),
    /// One is taken over from another host that is to go before one that is there.
    TakeOver(usize),
    Pass(u8),
    SetBack(u8),
    Crash,
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        8 => (0..HOOKS, proptest::option::weighted(0.9, 0..3_u8)).prop_map(|(hook, lane)| Op::Arrive { hook, lane }),
        8 => (any::<usize>(), proptest::bool::weighted(0.8)).prop_map(|(which, fresh)| Op::AppendAnswered { which, fresh }),
        6 => (any::<usize>(), proptest::bool::weighted(0.8)).prop_map(|(which, begun)| Op::BeginAnswered { which, begun }),
        8 => (any::<usize>(), proptest::option::weighted(0.2, 1..20_u8)).prop_map(|(which, rest)| Op::Finish { which, rest }),
        1 => (0..HOOKS).prop_map(Op::Pause),
        2 => (0..HOOKS).prop_map(Op::Resume),
        2 => (0..HOOKS, 0..3_u8).prop_map(|(hook, lane)| Op::PauseLane(hook, lane)),
        2 => (0..HOOKS, 0..3_u8).prop_map(|(hook, lane)| Op::ResumeLane(hook, lane)),
        2 => any::<usize>().prop_map(Op::LetThrough),
        2 => any::<usize>().prop_map(Op::Wake),
        2 => any::<usize>().prop_map(Op::TakeOver),
        2 => (1..20_u8).prop_map(Op::Pass),
        1 => (1..20_u8).prop_map(Op::SetBack),
        1 => Just(Op::Crash),
    ];
    proptest::collection::vec(op, 1..120)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Appending(Turn),
    Waiting,
    Resting(Timestamp),
    Beginning,
    Running,
}

impl Phase {
    /// It has its lane to itself and counts towards the hook's concurrency.
    fn is_active(self) -> bool {
        matches!(self, Self::Appending(Turn::Now) | Self::Beginning | Self::Running)
    }
}

#[derive(Debug, Clone)]
struct Entry {
    ticket: Ticket,
    lane: Option<LaneKey>,
    phase: Phase,
}

/// A paused lane, and what is let through.
type PausedLanes = HashMap<LaneKey, Option<Ticket>>;

/// The reference, and the scheduler beside it.
struct World {
    limits: Vec<Limits>,
    scheduler: Scheduler,
    hooks: Vec<Vec<Entry>>,
    paused: Vec<bool>,
    paused_lanes: Vec<PausedLanes>,
    now: Timestamp,
    tickets: u64,
    /// The lanes in which something went before all others, and with it any other order.
    jumped: HashSet<(usize, Option<LaneKey>)>,
}

impl World {
    fn new(limits: Vec<Limits>) -> Self {
        let scheduler = Scheduler::new(limits.clone());
        let now = Timestamp::UNIX_EPOCH + Duration::from_hours(24);
        let (hooks, paused) = (vec![Vec::new(); HOOKS], vec![false; HOOKS]);
        let paused_lanes = vec![PausedLanes::new(); HOOKS];
        Self { limits, scheduler, hooks, paused, paused_lanes, now, tickets: 0, jumped: HashSet::new() }
    }

    fn apply(&mut self, op: Op) {
        match op {
            Op::Arrive { hook, lane } => self.arrive(hook, lane.map(key)),
            Op::AppendAnswered { which, fresh } => {
                if let Some((hook, at)) = self.pick(which, |phase| matches!(phase, Phase::Appending(_))) {
                    self.append_answered(hook, at, fresh);
                }
            }
            Op::BeginAnswered { which, begun } => {
                if let Some((hook, at)) = self.pick(which, |phase| phase == Phase::Beginning) {
                    self.begin_answered(hook, at, begun);
                }
            }
            Op::Finish { which, rest } => {
                if let Some((hook, at)) = self.pick(which, |phase| phase == Phase::Running) {
                    self.finish(hook, at, rest);
                }
            }
            Op::Pause(hook) => {
                self.paused[hook] = true;
                self.step(Happened::Paused(HookIndex(hook)));
            }
            Op::Resume(hook) => {
                self.paused[hook] = false;
                self.step(Happened::Resumed(HookIndex(hook)));
            }
            Op::PauseLane(hook, lane) => {
                self.paused_lanes[hook].insert(key(lane), None);
                self.step(Happened::LanePaused { hook: HookIndex(hook), lane: key(lane) });
            }
            Op::ResumeLane(hook, lane) => {
                self.paused_lanes[hook].remove(&key(lane));
                self.step(Happened::LaneResumed { hook: HookIndex(hook), lane: key(lane) });
            }
            Op::LetThrough(which) => {
                let waits = |phase| {
                    matches!(
                        phase,
                        Phase::Waiting | Phase::Resting(_) | Phase::Appending(Turn::Later | Turn::Held)
                    )
                };
                if let Some((hook, at)) = self.pick(which, waits) {
                    self.let_through(hook, at);
                }
            }
            Op::Wake(which) => {
                if let Some((hook, at)) = self.pick(which, |phase| matches!(phase, Phase::Resting(_))) {
                    self.hooks[hook][at].phase = Phase::Waiting;
                    self.step(Happened::Woken(self.hooks[hook][at].ticket));
                }
            }
            Op::TakeOver(which) => {
                if let Some((hook, at)) = self.pick(which, |_| true) {
                    self.take_over(hook, at);
                }
            }
            Op::Pass(seconds) => self.pass(seconds),
            Op::SetBack(seconds) => self.set_back(Duration::from_secs(seconds.into())),
            Op::Crash => self.crash(),
        }
        self.check();
    }

    fn arrive(&mut self, hook: usize, lane: Option<LaneKey>) {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let expected = self.expected_turn(hook, lane.as_ref());
        let mut actions = Vec::new();
        let happened = Happened::Arrived { ticket, hook: HookIndex(hook), lane: lane.clone() };
        self.scheduler.step(happened, self.now, &mut actions);
        match (expected, actions.as_slice()) {
            (None, [Action::Refuse(refused, retry_after)]) => {
                assert_eq!(*refused, ticket);
                assert!((1..=60).contains(&retry_after.as_secs()), "{retry_after:?}");
            }
            (Some(turn), [Action::Append(appended, given)]) => {
                assert_eq!((*appended, *given), (ticket, turn));
                self.hooks[hook].push(Entry { ticket, lane, phase: Phase::Appending(turn) });
            }
            (expected, actions) => panic!("expected {expected:?}, got {actions:?}"),
        }
    }

    fn expected_turn(&self, hook: usize, lane: Option<&LaneKey>) -> Option<Turn> {
        let entries = &self.hooks[hook];
        let active = entries.iter().filter(|entry| entry.phase.is_active()).count();
        let lane_is_free = lane.is_none() || entries.iter().all(|entry| entry.lane.as_ref() != lane);
        let is_paused =
            self.paused[hook] || lane.is_some_and(|lane| self.paused_lanes[hook].contains_key(lane));
        if !is_paused && lane_is_free && active < self.limits[hook].concurrency {
            return Some(Turn::Now);
        }
        let waiting = entries.len() - active;
        let turn = if is_paused { Turn::Held } else { Turn::Later };
        (waiting < self.limits[hook].queue).then_some(turn)
    }

    fn append_answered(&mut self, hook: usize, at: usize, fresh: bool) {
        let ticket = self.hooks[hook][at].ticket;
        if !fresh {
            self.hooks[hook].remove(at);
            self.step(Happened::Left(ticket));
        } else if self.hooks[hook][at].phase == Phase::Appending(Turn::Now) {
            // Still counted as active; the step must say to run it.
            self.hooks[hook][at].phase = Phase::Beginning;
            self.step(Happened::Appended(ticket));
            assert_eq!(self.hooks[hook][at].phase, Phase::Running);
        } else {
            self.hooks[hook][at].phase = Phase::Waiting;
            self.step(Happened::Appended(ticket));
        }
    }

    fn begin_answered(&mut self, hook: usize, at: usize, begun: bool) {
        let ticket = self.hooks[hook][at].ticket;
        if begun {
            self.step(Happened::Begun(ticket));
            assert_eq!(self.hooks[hook][at].phase, Phase::Running);
        } else {
            self.hooks[hook].remove(at);
            self.step(Happened::Left(ticket));
        }
    }

    fn finish(&mut self, hook: usize, at: usize, rest: Option<u8>) {
        let ticket = self.hooks[hook][at].ticket;
        if let Some(seconds) = rest {
            let until = self.now + Duration::from_secs(seconds.into());
            self.hooks[hook][at].phase = Phase::Resting(until);
            self.step(Happened::Rests(ticket, until));
        } else {
            self.hooks[hook].remove(at);
            self.step(Happened::Left(ticket));
        }
    }

    /// It goes before all that wait in its lane, and through the lane's pause.
    fn let_through(&mut self, hook: usize, at: usize) {
        let entry = self.hooks[hook].remove(at);
        self.jumped.insert((hook, entry.lane.clone()));
        let is_behind = |other: &Entry| other.lane == entry.lane && !other.phase.is_active();
        let (ticket, lane) = (entry.ticket, entry.lane.clone());
        let place = self.hooks[hook].iter().take(at).position(is_behind).unwrap_or(at);
        self.hooks[hook].insert(if lane.is_some() { place } else { at }, entry);
        if let Some(let_through) = lane.and_then(|lane| self.paused_lanes[hook].get_mut(&lane)) {
            *let_through = Some(ticket);
        }
        self.step(Happened::LetThrough(ticket));
    }

    /// A delivery of the same lane, with a turn before this one's, comes before it, unless that is let through. Nothing
    /// begins until it is in its place.
    fn take_over(&mut self, hook: usize, at: usize) {
        let Entry { ticket: other, lane: Some(lane), .. } = self.hooks[hook][at].clone() else { return };
        self.tickets += 1;
        let (ticket, not_before) = (Ticket(self.tickets), self.now + Duration::from_secs(1));
        let is_let_through = self.paused_lanes[hook].get(&lane) == Some(&Some(other));
        let lane = Some(lane);
        let previous = self.hooks[hook][..at].iter().rev().find(|entry| entry.lane == lane);
        let previous = previous.map(|entry| entry.ticket);
        let entry = Entry { ticket, lane: lane.clone(), phase: Phase::Resting(not_before) };
        self.hooks[hook].insert(at + usize::from(is_let_through), entry);
        self.step(Happened::Recovered { ticket, hook: HookIndex(hook), lane, not_before });
        if !self.jumped.contains(&(hook, self.hooks[hook][at].lane.clone())) {
            assert_eq!(self.scheduler.next_after(ticket, previous), Some(other));
        }
        self.step(Happened::GoesBefore(ticket, other));
    }

    fn pass(&mut self, seconds: u8) {
        self.now += Duration::from_secs(seconds.into());
        for entry in self.hooks.iter_mut().flatten() {
            if matches!(entry.phase, Phase::Resting(until) if until <= self.now) {
                entry.phase = Phase::Waiting;
            }
        }
        self.step(Happened::TimePassed);
    }

    /// What rests does not rest for longer.
    fn set_back(&mut self, by: Duration) {
        self.now -= by;
        for entry in self.hooks.iter_mut().flatten() {
            if let Phase::Resting(until) = &mut entry.phase {
                *until -= by;
            }
        }
        self.step(Happened::SetBack(by));
    }

    /// Only what is durable is left; it is found in order, and nothing runs until the new scheduler says so.
    fn crash(&mut self) {
        self.scheduler = Scheduler::new(self.limits.clone());
        let paused_lanes = std::mem::replace(&mut self.paused_lanes, vec![PausedLanes::new(); HOOKS]);
        for (hook, lanes) in paused_lanes.iter().enumerate() {
            for lane in lanes.keys() {
                self.paused_lanes[hook].insert(lane.clone(), None);
                self.step(Happened::LanePaused { hook: HookIndex(hook), lane: lane.clone() });
            }
        }
        let found = std::mem::replace(&mut self.hooks, vec![Vec::new(); HOOKS]);
        for (hook, paused) in self.paused.clone().into_iter().enumerate() {
            if paused {
                self.step(Happened::Paused(HookIndex(hook)));
            }
        }
        for (hook, entries) in found.into_iter().enumerate() {
            for mut entry in entries.into_iter().filter(|entry| !matches!(entry.phase, Phase::Appending(_))) {
                let not_before = match entry.phase {
                    Phase::Resting(until) => until,
                    _ => self.now,
                };
                entry.phase = if not_before > self.now { Phase::Resting(not_before) } else { Phase::Waiting };
                let (ticket, lane) = (entry.ticket, entry.lane.clone());
                self.hooks[hook].push(entry);
                self.step(Happened::Recovered { ticket, hook: HookIndex(hook), lane, not_before });
                if paused_lanes[hook].values().flatten().any(|let_through| *let_through == ticket) {
                    self.let_through(hook, self.hooks[hook].len() - 1);
                }
            }
        }
    }

    /// Everything that the scheduler starts must be startable by the reference at that moment.
    fn step(&mut self, happened: Happened) {
        let mut actions = Vec::new();
        self.scheduler.step(happened, self.now, &mut actions);
        for action in actions {
            match action {
                Action::Begin(ticket) => {
                    let (hook, at) = self.entry(ticket);
                    assert!(self.may_begin(hook, at), "{ticket:?} must not begin in {:?}", self.hooks[hook]);
                    self.hooks[hook][at].phase = Phase::Beginning;
                }
                Action::Run(ticket) => {
                    let (hook, at) = self.entry(ticket);
                    assert_eq!(
                        self.hooks[hook][at].phase,
                        Phase::Beginning,
                        "a run is journaled before it starts"
                    );
                    self.hooks[hook][at].phase = Phase::Running;
                }
                other => panic!("nothing arrived and nothing drains: {other:?}"),
            }
        }
    }

    fn may_begin(&self, hook: usize, at: usize) -> bool {
        let (entries, entry) = (&self.hooks[hook], &self.hooks[hook][at]);
        let active = entries.iter().filter(|entry| entry.phase.is_active()).count();
        let is_first = entry.lane.is_none() || !entries[..at].iter().any(|before| before.lane == entry.lane);
        let is_let_through =
            |lane| self.paused_lanes[hook].get(lane).is_none_or(|through| *through == Some(entry.ticket));
        // Behind it may be one that has begun before this was put before it.
        let is_free = entry.lane.is_none()
            || !entries.iter().any(|other| other.lane == entry.lane && other.phase.is_active());
        entry.phase == Phase::Waiting
            && is_free
            && is_first
            && !self.paused[hook]
            && entry.lane.as_ref().is_none_or(is_let_through)
            && active < self.limits[hook].concurrency
    }

    /// Nobody waits who could run; the counts agree; the next wake-up is not later than needed.
    fn check(&self) {
        for (hook, entries) in self.hooks.iter().enumerate() {
            let idle = (0..entries.len()).find(|at| self.may_begin(hook, *at));
            assert_eq!(idle, None, "could run and does not: {entries:?}");
            let active = entries.iter().filter(|entry| entry.phase.is_active()).count();
            assert!(active <= self.limits[hook].concurrency);
            assert_eq!(self.scheduler.load(HookIndex(hook)), (entries.len() - active, active));
        }
        let next = self.hooks.iter().flatten().filter_map(|entry| match entry.phase {
            Phase::Resting(until) => Some(until),
            _ => None,
        });
        if let Some(due) = next.min() {
            assert!(
                self.scheduler.wake_at().is_some_and(|at| at <= due),
                "a resting delivery would be forgotten"
            );
        }
    }

    /// Once faults stop, everything ends.
    fn settle_everything(&mut self) {
        for hook in 0..HOOKS {
            self.apply(Op::Resume(hook));
            (0..3).for_each(|lane| self.apply(Op::ResumeLane(hook, lane)));
        }
        while self.hooks.iter().any(|entries| !entries.is_empty()) {
            let before: usize = self.hooks.iter().map(Vec::len).sum();
            self.apply(Op::Pass(20));
            for _ in 0..before {
                self.apply(Op::AppendAnswered { which: 0, fresh: true });
                self.apply(Op::BeginAnswered { which: 0, begun: true });
            }
            self.apply(Op::Finish { which: 0, rest: None });
            let after: usize = self.hooks.iter().map(Vec::len).sum();
            assert!(after < before, "stuck: {:?}", self.hooks);
        }
    }

    fn pick(&self, which: usize, wanted: impl Fn(Phase) -> bool) -> Option<(usize, usize)> {
        let all = self.hooks.iter().enumerate();
        let places = all.flat_map(|(hook, entries)| (0..entries.len()).map(move |at| (hook, at)));
        let fitting: Vec<_> = places.filter(|(hook, at)| wanted(self.hooks[*hook][*at].phase)).collect();
        (!fitting.is_empty()).then(|| fitting[which % fitting.len()])
    }

    fn entry(&self, ticket: Ticket) -> (usize, usize) {
        let mut all = self.hooks.iter().enumerate();
        let found = all.find_map(|(hook, entries)| {
            entries.iter().position(|entry| entry.ticket == ticket).map(|at| (hook, at))
        });
        found.unwrap_or_else(|| panic!("{ticket:?} is not there"))
    }
}

fn key(lane: u8) -> LaneKey {
    LaneKey(lane.to_string().into())
}

fn limits() -> impl Strategy<Value = Vec<Limits>> {
    let one = (1..4_usize, 0..6_usize).prop_map(|(concurrency, queue)| Limits { concurrency, queue });
    proptest::collection::vec(one, HOOKS)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn the_scheduler_agrees_with_the_reference(limits in limits(), ops in ops()) {
        let mut world = World::new(limits);
        for op in ops {
            world.apply(op);
        }
        world.settle_everything();
    }
}

#[test]
fn draining_turns_away_who_waits_and_begins_nothing() {
    let mut world = World::new(vec![Limits { concurrency: 1, queue: 5 }; HOOKS]);
    for _ in 0..2 {
        world.apply(Op::Arrive { hook: 0, lane: Some(0) });
        world.apply(Op::AppendAnswered { which: 0, fresh: true });
    }
    let mut actions = Vec::new();
    world.scheduler.step(Happened::Draining, world.now, &mut actions);
    assert_eq!(actions, [Action::TurnAway(Ticket(2))]);
    actions.clear();
    world.scheduler.step(Happened::Left(Ticket(1)), world.now, &mut actions);
    assert_eq!(actions, []);
    let arrived = Happened::Arrived { ticket: Ticket(3), hook: HookIndex(0), lane: None };
    world.scheduler.step(arrived, world.now, &mut actions);
    assert!(matches!(actions.as_slice(), [Action::Refuse(Ticket(3), _)]));
}
