//! What is on the disk, as the changes tell it, and what must hold of every change.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bookhook_journal::simulated::{Change, Hand, Known, Seq, Stand};
use bookhook_model::{DeliveryId, EventId, Fingerprint, HookName, LaneKey, Response, RunNumber, State};

use crate::promise::{Kept, promise};

/// One delivery.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) known: Known,
    pub(crate) stand: Stand,
    open_run: Option<RunNumber>,
    /// What its last run answered.
    said: Option<Response>,
    /// Every response that it was settled with, in order.
    pub(crate) settled: Vec<Response>,
}

pub(crate) type Lane = (HookName, LaneKey);
type Sending = (HookName, EventId, Fingerprint);

/// What people want in this life of the host: to go on (it may be let go before that is on the disk), and to run again.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) hooks: BTreeSet<HookName>,
    pub(crate) lanes: BTreeSet<Lane>,
    /// To run once more, though perhaps nobody was told what it came to.
    pub(crate) returns: BTreeSet<DeliveryId>,
}

/// The disk.
#[derive(Debug, Default)]
pub(crate) struct Mirror {
    entries: BTreeMap<Seq, Entry>,
    by_id: HashMap<DeliveryId, Seq>,
    sendings: HashMap<Sending, Seq>,
    /// Those that are to run, by their turn.
    lanes: HashMap<Lane, BTreeMap<i64, Seq>>,
    /// The last turn that was given.
    last_turn: i64,
    paused: BTreeSet<HookName>,
    pub(crate) wishes: Wishes,
    /// And what each of them waits for.
    paused_lanes: BTreeMap<Lane, Option<DeliveryId>>,
    /// What a lane waited for goes before all others in it.
    first: BTreeSet<Seq>,
    /// What people put back enters its lane when that is on the disk, and may be overtaken until then.
    put_back: BTreeSet<Seq>,
    touched: BTreeSet<Seq>,
}

/// Whether it runs, or is to run without anyone's further doing.
fn is_live(stand: &Stand) -> bool {
    match stand.state {
        State::Running | State::Held => true,
        State::Waiting => !stand.awaits_caller,
        State::Settled | State::Parked | State::Unmatched => false,
    }
}

fn is_success(status: Option<u16>) -> bool {
    status.is_some_and(|status| (200..300).contains(&status))
}

fn short(id: DeliveryId) -> String {
    id.to_string().split_off(22)
}

impl Entry {
    pub(crate) fn id(&self) -> DeliveryId {
        self.known.id
    }
}

impl Mirror {
    /// A host that starts knows the disk and nothing else.
    pub(crate) fn begins_anew(&mut self) {
        self.wishes = Wishes::default();
        self.put_back.clear();
    }

    pub(crate) fn entry(&self, id: DeliveryId) -> Option<&Entry> {
        self.entries.get(self.by_id.get(&id)?)
    }

    /// The delivery of this very sending.
    pub(crate) fn of_sending(&self, sending: &Sending) -> Option<&Entry> {
        self.entries.get(self.sendings.get(sending)?)
    }

    pub(crate) fn is_paused(&self, hook: &HookName) -> bool {
        self.paused.contains(hook)
    }

    pub(crate) fn paused_lanes(&self) -> impl Iterator<Item = &Lane> {
        self.paused_lanes.keys()
    }

    /// Those that came last.
    pub(crate) fn latest(&self, count: usize) -> impl Iterator<Item = &Entry> {
        self.entries.values().rev().take(count)
    }

    /// What is not at its end.
    pub(crate) fn unsettled(&self) -> impl Iterator<Item = &Entry> {
        let ends = |state| matches!(state, State::Settled | State::Parked | State::Unmatched);
        self.entries.values().filter(move |entry| !ends(entry.stand.state))
    }

    /// One group was written.
    pub(crate) fn take(&mut self, changes: Vec<Change>) -> Kept {
        self.touched.clear();
        for change in changes {
            self.apply(change)?;
        }
        for seq in &self.touched {
            let entry = &self.entries[seq];
            let runs = entry.stand.state == State::Running;
            promise!(entry.open_run.is_some() == runs, "every run is closed: {entry:?}");
            promise!(
                !runs || entry.open_run == Some(entry.stand.runs),
                "the last run is the open one: {entry:?}"
            );
        }
        Ok(())
    }

    fn apply(&mut self, change: Change) -> Kept {
        match change {
            Change::Comes { seq, known, stand, response } => self.comes(seq, known, stand, response),
            Change::Moves { seq, from, to, response } => self.moves(seq, from, to, response),
            Change::Goes(seq) => {
                promise!(false, "nothing is lost: {:?} was removed", self.entries.get(&seq));
                Ok(())
            }
            Change::Begins(seq, run) => {
                let entry = self.touch(seq)?;
                promise!(entry.open_run.is_none(), "a delivery has one run at a time: {entry:?}");
                entry.open_run = Some(run);
                entry.said = None;
                Ok(())
            }
            Change::Ends { seq, run, again, response } => {
                let entry = self.touch(seq)?;
                promise!(!again, "a run ends once: {run:?} of {entry:?}");
                promise!(entry.open_run == Some(run), "the open run ends, not {run:?} of {entry:?}");
                entry.open_run = None;
                entry.said = response;
                Ok(())
            }
            Change::Pauses(hook) => {
                self.paused.insert(hook);
                Ok(())
            }
            Change::Resumes(hook) => {
                self.paused.remove(&hook);
                Ok(())
            }
            Change::LanePauses(hook, lane, held_for) => {
                self.paused_lanes.insert((hook, lane), held_for);
                Ok(())
            }
            Change::LaneResumes(hook, lane) => {
                self.paused_lanes.remove(&(hook, lane));
                Ok(())
            }
        }
    }

    fn touch(&mut self, seq: Seq) -> Kept<&mut Entry> {
        self.touched.insert(seq);
        let entry = self.entries.get_mut(&seq);
        entry.ok_or_else(|| crate::promise::Broken(format!("a run belongs to a delivery, not to {seq:?}")))
    }

    fn comes(&mut self, seq: Seq, known: Known, stand: Stand, response: Option<Response>) -> Kept {
        if let Some(event) = &known.event_id {
            let sending = (known.hook.clone(), event.clone(), known.fingerprint);
            let twice = self.sendings.insert(sending, seq);
            promise!(twice.is_none(), "one sending is one delivery: {known:?} and {twice:?}");
        }
        self.by_id.insert(known.id, seq);
        promise!(stand.turn > self.last_turn, "what comes goes to the back: {known:?}, {stand:?}");
        self.last_turn = stand.turn;
        let settled = response.into_iter().collect();
        self.entries.insert(seq, Entry { known, stand, open_run: None, said: None, settled });
        self.touched.insert(seq);
        if is_live(&stand) {
            self.queue(seq);
        }
        if stand.state == State::Running { self.may_begin(seq) } else { Ok(()) }
    }

    fn moves(&mut self, seq: Seq, from: Stand, to: Stand, response: Option<Response>) -> Kept {
        let is_asked_for =
            self.entries.get(&seq).is_some_and(|entry| self.wishes.returns.contains(&entry.known.id));
        let entry = self.touch(seq)?;
        promise!(entry.stand == from, "the disk keeps what was written: {entry:?} was {from:?}");
        let is_step = from.state == to.state || from.state.may_become(to.state);
        promise!(is_step, "{:?} does not become {:?}: {entry:?}", from.state, to.state);
        let runs_again = from.state == State::Settled && is_live(&to);
        promise!(
            !runs_again || is_success(from.answered) || is_asked_for,
            "what nobody was told of does not run again: {entry:?}"
        );
        entry.stand = to;
        if to.state == State::Settled && from.state != State::Settled {
            let settled = response.or_else(|| entry.said.clone());
            promise!(settled.is_some(), "what is settled has a response: {entry:?}");
            entry.settled.extend(settled);
        }
        match (is_live(&from), is_live(&to)) {
            (false, true) => self.comes_back(seq, from)?,
            (true, false) => self.leave(seq),
            _ => promise!(from.turn == to.turn, "what waits keeps its place: {seq:?}, {from:?}, {to:?}"),
        }
        let begins = to.state == State::Running && from.state != State::Running;
        if begins { self.may_begin(seq) } else { Ok(()) }
    }

    /// To the back; or, put back by a person after it was parked, to its old place.
    fn comes_back(&mut self, seq: Seq, from: Stand) -> Kept {
        let turn = self.entries[&seq].stand.turn;
        let is_put_back = from.state == State::Parked && turn == from.turn;
        promise!(
            is_put_back || turn > self.last_turn,
            "what comes back goes to the back: {seq:?}, {from:?}, {turn}"
        );
        self.last_turn = self.last_turn.max(turn);
        self.queue(seq);
        if self.wishes.returns.contains(&self.entries[&seq].known.id) {
            self.put_back.insert(seq);
        }
        let lane = self.lane_of(seq);
        if lane.is_some_and(|lane| self.paused_lanes.get(&lane) == Some(&Some(self.entries[&seq].known.id))) {
            self.first.insert(seq);
        }
        Ok(())
    }

    fn queue(&mut self, seq: Seq) {
        if let Some(lane) = self.lane_of(seq) {
            self.lanes.entry(lane).or_default().insert(self.entries[&seq].stand.turn, seq);
        }
    }

    fn leave(&mut self, seq: Seq) {
        self.first.remove(&seq);
        self.put_back.remove(&seq);
        if let Some(lane) = self.lane_of(seq).and_then(|lane| self.lanes.get_mut(&lane)) {
            lane.remove(&self.entries[&seq].stand.turn);
        }
    }

    fn lane_of(&self, seq: Seq) -> Option<Lane> {
        let known = &self.entries[&seq].known;
        Some((known.hook.clone(), known.lane.clone()?))
    }

    fn may_begin(&self, seq: Seq) -> Kept {
        let entry = &self.entries[&seq];
        let hook = &entry.known.hook;
        let is_paused = self.is_paused(hook) && !self.wishes.hooks.contains(hook);
        promise!(!is_paused, "nothing begins in a paused hook: {entry:?}");
        let Some(lane) = self.lane_of(seq) else { return Ok(()) };
        let is_let_through =
            self.paused_lanes.get(&lane).is_none_or(|held_for| *held_for == Some(entry.known.id));
        promise!(
            is_let_through || self.wishes.lanes.contains(&lane),
            "nothing begins in a paused lane: {entry:?}"
        );
        let waiting = self.lanes.get(&lane).into_iter().flat_map(BTreeMap::values);
        let may_be_overtaken = |other: &Seq| self.first.contains(other) || self.put_back.contains(other);
        let before =
            waiting.clone().take_while(|other| **other != seq).find(|other| !may_be_overtaken(other));
        let running =
            waiting.clone().find(|other| **other != seq && self.entries[other].stand.state == State::Running);
        let other =
            running.or(before.filter(|_| !self.first.contains(&seq))).map(|other| &self.entries[other]);
        promise!(other.is_none(), "a lane keeps the order of append: {entry:?} begins before {other:?}");
        Ok(())
    }

    /// For the story, in short: deliveries by the ends of their ids.
    pub(crate) fn shown(&self, changes: &[Change]) -> String {
        let of = |seq: &Seq| {
            self.entries.get(seq).map_or_else(|| format!("{seq:?}"), |entry| short(entry.known.id))
        };
        let shown = changes.iter().map(|change| match change {
            Change::Comes { known, stand, .. } => {
                let (event, lane) =
                    (known.event_id.as_ref().map(|id| &*id.0), known.lane.as_ref().map(|lane| &*lane.0));
                format!(
                    "{} is {event:?} of {} in {lane:?}: {}",
                    short(known.id),
                    known.hook,
                    stand.state.as_str()
                )
            }
            Change::Moves { seq, from, to, .. } if from.state == to.state => {
                format!(
                    "{} stays {}, answered {:?}, awaits {}",
                    of(seq),
                    to.state.as_str(),
                    to.answered,
                    to.awaits_caller
                )
            }
            Change::Moves { seq, from, to, .. } => {
                let awaits = if to.awaits_caller { " for its caller" } else { "" };
                format!("{} {} > {}{awaits}", of(seq), from.state.as_str(), to.state.as_str())
            }
            Change::Goes(seq) => format!("{} goes", of(seq)),
            Change::Begins(seq, run) => format!("{} begins run {run}", of(seq)),
            Change::Ends { seq, run, .. } => format!("{} ends run {run}", of(seq)),
            Change::Pauses(hook) => format!("{hook} pauses"),
            Change::Resumes(hook) => format!("{hook} resumes"),
            Change::LanePauses(hook, lane, held_for) => {
                format!("lane {lane} of {hook} pauses for {held_for:?}")
            }
            Change::LaneResumes(hook, lane) => format!("lane {lane} of {hook} resumes"),
        });
        shown.collect::<Vec<_>>().join("; ")
    }

    /// Everything is where it was put, and no run is open but that of what runs.
    pub(crate) fn compare(&self, disk: &Hand<'_>) -> Kept {
        for entry in self.entries.values() {
            let found = disk.find(entry.known.id).unwrap();
            let Some(found) = found else {
                return Err(crate::promise::Broken(format!("nothing is lost: there is no {entry:?}")));
            };
            promise!(found.state == entry.stand.state, "{found:?} is not where it was: {entry:?}");
            let runs = found.runs.as_deref().unwrap_or_default();
            promise!(runs.len() == entry.stand.runs.0 as usize, "no run is lost: {found:?}, {entry:?}");
            let open = runs.iter().filter(|run| run.finished_at.is_none()).count();
            promise!(open == usize::from(found.state == State::Running), "every run is closed: {found:?}");
        }
        Ok(())
    }
}
