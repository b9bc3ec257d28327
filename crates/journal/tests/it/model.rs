//! Random acts, against a simple model of what a journal is to do.

use bookhook_journal::{Appended, Begun, Journal, PauseLane, Place, Then};
use bookhook_model::{Cause, DeliveryId, LaneKey, OnPark, Outcome, ParkReason, Response, RunNumber, State};
use proptest::prelude::*;

use crate::given::{
    Home, ada, all_of, at, beginning, failing, found, hook, parking, parking_by_hand, replaying, sending,
    serves, settling, skipping, unparking,
};

#[derive(Debug, Clone)]
enum Step {
    Append { event: u8, body: u8, place: Place },
    Begin(u8),
    Settle { which: u8, how: How },
    Answer { which: u8, status: u16 },
    Park(u8),
    Unpark(u8),
    Skip(u8),
    Replay(u8),
    Pause,
    Resume,
    PauseLane,
    ResumeLane,
    Recover,
}

#[derive(Debug, Clone, Copy)]
enum How {
    Result,
    Error,
    AwaitCaller,
    RetryAt,
    Park(OnPark),
}

/// A delivery, as the model remembers it.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    id: DeliveryId,
    key: (u8, u8),
    conflict: bool,
    state: State,
    awaits_caller: bool,
    retries_later: bool,
    answered: Option<u16>,
    response: Option<Response>,
    causes: Vec<Cause>,
    /// Its place in the order of the lanes.
    turn: usize,
}

#[derive(Default)]
struct Model {
    entries: Vec<Entry>,
    paused: bool,
    lane: Lane,
    turns: usize,
}

/// The one lane.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum Lane {
    #[default]
    GoesOn,
    Paused,
    WaitsFor(DeliveryId),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let place = prop_oneof![
        4 => Just(Place::Start),
        3 => Just(Place::Queue),
        1 => Just(Place::Hold),
        1 => Just(Place::Unmatched),
        1 => Just(Place::Settle(Response::suppressed())),
    ];
    let how = prop_oneof![
        Just(How::Result),
        Just(How::Error),
        Just(How::AwaitCaller),
        Just(How::RetryAt),
        Just(How::Park(OnPark::Continue)),
        Just(How::Park(OnPark::Hold)),
    ];
    let step = prop_oneof![
        6 => (0u8..4, 0u8..2, place).prop_map(|(event, body, place)| Step::Append { event, body, place }),
        4 => (0u8..8).prop_map(Step::Begin),
        6 => (0u8..8, how).prop_map(|(which, how)| Step::Settle { which, how }),
        3 => (0u8..8, prop_oneof![Just(200u16), Just(429)])
            .prop_map(|(which, status)| Step::Answer { which, status }),
        1 => (0u8..8).prop_map(Step::Park),
        1 => (0u8..8).prop_map(Step::Unpark),
        1 => (0u8..8).prop_map(Step::Skip),
        1 => (0u8..8).prop_map(Step::Replay),
        1 => Just(Step::Pause),
        1 => Just(Step::Resume),
        1 => Just(Step::PauseLane),
        1 => Just(Step::ResumeLane),
        1 => Just(Step::Recover),
    ];
    proptest::collection::vec(step, 1..60)
}

impl Model {
    /// Whether the lane is taken.
    fn runs(&self) -> bool {
        self.entries.iter().any(|entry| entry.state == State::Running)
    }

    fn has_somebody(&self) -> bool {
        let is_in_lane = |entry: &Entry| match entry.state {
            State::Waiting => !entry.awaits_caller,
            State::Running | State::Held => true,
            State::Settled | State::Parked | State::Unmatched => false,
        };
        self.entries.iter().any(is_in_lane)
    }

    /// A host starts nothing in a lane that is taken, and holds what comes to one that is paused.
    fn possible(&self, place: &Place) -> Place {
        let is_paused = self.paused || self.lane != Lane::GoesOn;
        match place {
            Place::Start | Place::Queue if is_paused => Place::Hold,
            Place::Start if self.has_somebody() => Place::Queue,
            place => place.clone(),
        }
    }

    /// A host begins nothing in a lane that is taken, nor what it knows to be paused. What is held for nothing, though,
    /// may run.
    fn may_begin(&self, which: u8) -> bool {
        let entry = self.entries.get(usize::from(which));
        !self.runs() && entry.is_some_and(|entry| entry.state != State::Waiting || !self.holds(entry.id))
    }

    fn append(&mut self, id: DeliveryId, key: (u8, u8), place: &Place) -> Appended {
        self.turns += 1;
        let turn = self.turns;
        let conflict = self.entries.iter().any(|entry| entry.key.0 == key.0 && entry.key.1 != key.1);
        let is_run = matches!(place, Place::Start | Place::Queue | Place::Hold);
        let Some(entry) = self.entries.iter_mut().find(|entry| entry.key == key) else {
            self.entries.push(Entry { turn, ..Entry::new(id, key, conflict, place) });
            return Appended::Fresh { conflict };
        };
        let cause = match entry.state {
            _ if !is_run => None,
            State::Waiting if entry.awaits_caller => Some(Cause::Retry),
            State::Waiting | State::Running | State::Held => {
                return Appended::Joined { id: entry.id, state: entry.state };
            }
            State::Parked => Some(Cause::Retry),
            State::Settled if entry.answered == Some(200) => Some(Cause::Replay),
            State::Settled => None,
            State::Unmatched => Some(Cause::First),
        };
        let Some(cause) = cause else {
            let response = entry.response.clone().unwrap_or_else(Response::suppressed);
            return Appended::Stored { id: entry.id, response };
        };
        let goes_first = !self.paused && self.lane == Lane::WaitsFor(entry.id);
        let state = if *place == Place::Hold && goes_first { State::Waiting } else { state_of(place) };
        entry.go_to(state);
        (entry.answered, entry.turn) = (None, turn);
        let run = (*place == Place::Start).then(|| entry.run(cause));
        Appended::Again { id: entry.id, cause, run }
    }

    fn recover(&mut self) {
        let mut entries = std::mem::take(&mut self.entries);
        for entry in &mut entries {
            if entry.state == State::Running {
                entry.go_to(State::Waiting);
            }
            if self.holds(entry.id) && entry.state == State::Waiting && !entry.awaits_caller {
                entry.state = State::Held;
            }
        }
        self.entries = entries;
    }

    fn hold_all(&mut self) {
        for entry in &mut self.entries {
            if entry.state == State::Waiting && !entry.awaits_caller {
                entry.state = State::Held;
            }
        }
    }

    fn release_what_may_go_on(&mut self) {
        let mut entries = std::mem::take(&mut self.entries);
        for entry in &mut entries {
            if entry.state == State::Held && !self.holds(entry.id) {
                entry.state = State::Waiting;
            }
        }
        self.entries = entries;
    }

    fn holds(&self, id: DeliveryId) -> bool {
        let lane_holds = match self.lane {
            Lane::GoesOn => false,
            Lane::Paused => true,
            Lane::WaitsFor(parked) => parked != id,
        };
        self.paused || lane_holds
    }

    /// What a person has done.
    fn has_acted(&mut self, id: DeliveryId, step: &Step) {
        self.turns += 1;
        let (turn, holds) = (self.turns, self.holds(id));
        let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) else { return };
        if let Step::Skip(_) = step {
            entry.go_to(State::Settled);
            entry.response = Some(Response::suppressed());
            if self.lane == Lane::WaitsFor(id) {
                self.resume_lane();
            }
            return;
        }
        entry.go_to(if holds { State::Held } else { State::Waiting });
        if let Step::Replay(_) = step {
            entry.turn = turn;
        }
    }

    /// What the end of a run means for its lane.
    fn lane_after(&mut self, id: DeliveryId, how: How) {
        match (how, self.lane) {
            (How::Park(OnPark::Hold), Lane::GoesOn) => {
                self.lane = Lane::WaitsFor(id);
                self.hold_all();
            }
            (How::Result | How::Error, Lane::WaitsFor(parked)) if parked == id => self.resume_lane(),
            _ => {}
        }
    }

    fn resume_lane(&mut self) {
        self.lane = Lane::GoesOn;
        if !self.paused {
            self.release_what_may_go_on();
        }
    }
}

impl Entry {
    fn new(id: DeliveryId, key: (u8, u8), conflict: bool, place: &Place) -> Self {
        let response = if let Place::Settle(response) = place { Some(response.clone()) } else { None };
        let causes = if *place == Place::Start { vec![Cause::First] } else { vec![] };
        let state = state_of(place);
        let (awaits_caller, retries_later, answered) = (false, false, None);
        Self { id, key, conflict, state, awaits_caller, retries_later, answered, response, causes, turn: 0 }
    }

    fn go_to(&mut self, state: State) {
        (self.state, self.response) = (state, None);
        (self.awaits_caller, self.retries_later) = (false, false);
    }

    fn run(&mut self, cause: Cause) -> RunNumber {
        self.causes.push(cause);
        RunNumber(u32::try_from(self.causes.len()).unwrap())
    }

    fn outcome(&self) -> Option<Outcome> {
        self.response.as_ref().map(Response::outcome)
    }
}

/// Everything is in it.
fn lane() -> LaneKey {
    LaneKey("book-1".into())
}

fn state_of(place: &Place) -> State {
    match place {
        Place::Start => State::Running,
        Place::Queue => State::Waiting,
        Place::Hold => State::Held,
        Place::Unmatched => State::Unmatched,
        Place::Settle(_) => State::Settled,
    }
}

/// Does the step with both.
async fn step(journal: &Journal, model: &mut Model, step: &Step) {
    match step {
        Step::Append { event, body, place } => {
            let place = model.possible(place);
            let mut act = sending(&format!("e{event}"), place.clone());
            act.event.fingerprint.0[0] = *body;
            act.event.lane = Some(lane());
            let expected = model.append(act.id, (*event, *body), &place);
            assert_eq!(journal.append(act).await.unwrap(), expected);
        }
        Step::Pause => {
            model.paused = true;
            model.hold_all();
            journal.pause(hook(), None, ada(), at(3)).await.unwrap();
        }
        Step::Resume => {
            model.paused = false;
            model.release_what_may_go_on();
            journal.resume(hook(), ada(), at(3)).await.unwrap();
        }
        Step::PauseLane => {
            model.lane = Lane::Paused;
            model.hold_all();
            let (who, reason) = ("somebody".parse().unwrap(), None);
            let act = PauseLane { hook: hook(), lane: lane(), who, reason, at: at(3) };
            journal.pause_lane(act).await.unwrap();
        }
        Step::ResumeLane => {
            model.resume_lane();
            journal.resume_lane(hook(), lane(), ada(), at(3)).await.unwrap();
        }
        Step::Recover => {
            model.recover();
            let recovered = journal.recover(at(4), serves()).await.unwrap();
            let open = |entry: &&Entry| matches!(entry.state, State::Waiting | State::Held);
            let mut expected: Vec<_> = model.entries.iter().filter(open).collect();
            expected.sort_by_key(|entry| entry.turn);
            let expected: Vec<_> = expected.into_iter().map(|entry| entry.id).collect();
            let unsettled = all_of(journal, recovered.unsettled).await;
            assert_eq!(unsettled.iter().map(|open| open.id).collect::<Vec<_>>(), expected);
            assert_eq!(recovered.paused.is_empty(), !model.paused);
            let paused_lane = match recovered.paused_lanes.as_slice() {
                [] => Lane::GoesOn,
                [one] => one.held_for.map_or(Lane::Paused, Lane::WaitsFor),
                more => panic!("{more:?}"),
            };
            assert_eq!(paused_lane, model.lane);
        }
        Step::Replay(which) | Step::Unpark(which) | Step::Skip(which) => {
            if let Some(entry) = model.entries.get(usize::from(*which)).cloned() {
                step_of_a_person(journal, model, &entry, step).await;
            }
        }
        Step::Settle { which, how } => {
            let Some(entry) = model.entries.get_mut(usize::from(*which)) else { return };
            let done = settle(journal, entry, *how).await;
            assert_eq!(done, entry.state == State::Running, "{entry:?}");
            if done {
                entry.end(*how);
                let id = entry.id;
                model.lane_after(id, *how);
            }
        }
        Step::Begin(which) if !model.may_begin(*which) => {}
        Step::Begin(which) | Step::Park(which) | Step::Answer { which, .. } => {
            let holds = model.entries.get(usize::from(*which)).is_some_and(|entry| model.holds(entry.id));
            if let Some(entry) = model.entries.get_mut(usize::from(*which)) {
                step_one(journal, entry, (step, holds)).await;
            }
        }
    }
}

async fn step_one(journal: &Journal, entry: &mut Entry, (step, holds): (&Step, bool)) {
    let id = entry.id;
    let may_run = entry.state == State::Waiting || (entry.state == State::Held && !holds);
    match step {
        Step::Begin(_) => match journal.begin(beginning(id, Cause::Retry)).await {
            Ok(Begun::Run { run, .. }) => {
                assert!(may_run, "{entry:?}");
                entry.go_to(State::Running);
                assert_eq!(entry.run(Cause::Retry), run);
            }
            Ok(Begun::Parked(reason)) => panic!("{reason}"),
            Err(_) => assert!(!may_run, "{entry:?}"),
        },
        Step::Answer { status, .. } => {
            journal.note_answered(id, *status);
            entry.answered = Some(*status);
        }
        Step::Park(_) => {
            let done = journal.park(parking_by_hand(id)).await.is_ok();
            assert_eq!(done, matches!(entry.state, State::Waiting | State::Held), "{entry:?}");
            if done {
                entry.go_to(State::Parked);
            }
        }
        _ => unreachable!("steps for all"),
    }
}

async fn step_of_a_person(journal: &Journal, model: &mut Model, entry: &Entry, step: &Step) {
    let id = entry.id;
    let is_at_rest = match entry.state {
        State::Settled | State::Parked | State::Unmatched => true,
        State::Waiting => entry.awaits_caller,
        State::Running | State::Held => false,
    };
    let (done, expected) = match step {
        Step::Replay(_) => (journal.replay(replaying(id)).await.is_ok(), is_at_rest),
        Step::Unpark(_) => (journal.unpark(unparking(id)).await.is_ok(), entry.state == State::Parked),
        Step::Skip(_) => {
            let may_be = matches!(entry.state, State::Waiting | State::Held | State::Parked);
            (journal.skip(skipping(id)).await.is_ok(), may_be)
        }
        _ => unreachable!("steps of people"),
    };
    assert_eq!(done, expected, "{step:?}: {entry:?}");
    if done {
        model.has_acted(id, step);
    }
}

async fn settle(journal: &Journal, entry: &Entry, how: How) -> bool {
    let run = RunNumber(u32::try_from(entry.causes.len()).unwrap().max(1));
    let act = match how {
        How::Result => settling(entry.id, run, &Response::result(1)),
        How::Error => failing(entry.id, run, Then::Settled(Response::error("no"))),
        How::AwaitCaller => failing(entry.id, run, Then::AwaitCaller),
        How::RetryAt => failing(entry.id, run, Then::RetryAt(at(9))),
        How::Park(on_park) => failing(entry.id, run, parking(ParkReason::TokenExpired, on_park)),
    };
    journal.settle(act).await.is_ok()
}

impl Entry {
    fn end(&mut self, how: How) {
        self.go_to(match how {
            How::Result | How::Error => State::Settled,
            How::AwaitCaller | How::RetryAt => State::Waiting,
            How::Park(_) => State::Parked,
        });
        self.awaits_caller = matches!(how, How::AwaitCaller);
        self.retries_later = matches!(how, How::RetryAt);
        self.response = match how {
            How::Result => Some(Response::result(1)),
            How::Error => Some(Response::error("no")),
            _ => None,
        };
    }
}

/// Every delivery tells what the model remembers.
async fn compare(journal: &Journal, model: &Model) {
    journal.check_writable().await.unwrap();
    for entry in &model.entries {
        let told = found(journal, entry.id).await;
        assert_eq!((told.state, told.conflict), (entry.state, entry.conflict), "{entry:?}");
        assert_eq!((told.outcome, told.answered), (entry.outcome(), entry.answered), "{entry:?}");
        assert_eq!(told.next_run_at.is_some(), entry.retries_later, "{entry:?}");
        let runs = told.runs.unwrap();
        assert_eq!(runs.iter().map(|run| run.cause).collect::<Vec<_>>(), entry.causes, "{entry:?}");
        let open = runs.iter().filter(|run| run.finished_at.is_none()).count();
        assert_eq!(open, usize::from(entry.state == State::Running), "{entry:?}");
    }
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn check(home: impl AsyncFn() -> Home, steps: &[Step]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let home = home().await;
        let journal = home.open().await;
        let mut model = Model::default();
        for one in steps {
            step(&journal, &mut model, one).await;
        }
        compare(&journal, &model).await;
    });
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn a_journal_in_memory_does_what_the_model_says(steps in steps()) {
        check(async || Home::memory(), &steps);
    }
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn a_journal_on_postgres_does_what_the_model_says(steps in steps()) {
        check(Home::postgres, &steps);
    }
}
