//! One simulation: a disk, the lives of a host on it, and everybody around, all drawn from one seed.

use std::sync::Arc;
use std::time::Duration;

use bookhook_dispatch::{Dispatcher, HookSetup};
use bookhook_journal::simulated::{Disk, Hand};
use bookhook_model::{DeliveryIds, HookName, OnPark, Policy, Reply, RetryPolicy};
use jiff::Timestamp;

use crate::callers::Sent;
use crate::chance::Chance;
use crate::life::{Life, let_others_go_on};
use crate::mirror::Mirror;
use crate::promise::{Broken, Kept, promise};
use crate::stage::Stage;
use crate::story::Story;
use crate::{clock, panics};

/// So many commits can be made to fail one by one, and so large a group is at most.
const GROUP_MAX: usize = 60;

/// A hook, and how it was set up for this simulation.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) name: HookName,
    pub(crate) policy: Policy,
}

pub(crate) struct Simulation<'d> {
    disk: &'d Disk,
    pub(crate) chance: Chance,
    pub(crate) story: Story,
    pub(crate) mirror: Mirror,
    pub(crate) hooks: Vec<Plan>,
    pub(crate) sent: Vec<Sent>,
    /// Since the beginning; it never jumps.
    pub(crate) elapsed: Duration,
    /// The latest that the clock on the wall ever showed.
    pub(crate) latest: Timestamp,
    /// Nothing can be written.
    pub(crate) is_full: bool,
    steps: usize,
}

/// How a life ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// In a crash, or it did not begin.
    Crash,
    /// As it should.
    Orderly,
    /// It is the last.
    Over,
}

/// What came of a simulation.
pub(crate) struct Simulated {
    pub(crate) story: Story,
    pub(crate) broken: Option<Broken>,
}

/// Runs the simulation of this seed for so many steps, and then until everything is settled.
pub(crate) fn simulate(seed: u64, steps: usize) -> Simulated {
    panics::note();
    clock::begin();
    let disk = Disk::new().unwrap();
    let mut simulation = Simulation::new(seed, steps, &disk);
    loop {
        match simulation.live() {
            Ok(End::Over) => return Simulated { story: simulation.story, broken: None },
            Ok(End::Crash | End::Orderly) => {}
            Err(broken) => return Simulated { story: simulation.story, broken: Some(broken) },
        }
    }
}

impl<'d> Simulation<'d> {
    fn new(seed: u64, steps: usize, disk: &'d Disk) -> Self {
        let mut chance = Chance::seeded(seed);
        let hooks = ["tax-bot", "mail", "audit"].map(|name| Plan::draw(name, &mut chance)).into();
        Self {
            disk,
            chance,
            story: Story::new(),
            mirror: Mirror::default(),
            hooks,
            sent: Vec::new(),
            elapsed: Duration::ZERO,
            latest: clock::now(),
            is_full: false,
            steps,
        }
    }

    pub(crate) fn is_late(&self) -> bool {
        self.story.step >= self.steps
    }

    /// In a runtime of its own, so that a crash ends every task of it.
    fn live(&mut self) -> Kept<End> {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let Some(mut life) = self.boot().await? else { return Ok(End::Crash) };
            let end = self.go(&mut life).await?;
            for sent in life.calls.cut() {
                self.sent[sent].calls -= 1;
            }
            Ok(end)
        })
    }

    /// Starts the host; `None` when it does not come that far.
    async fn boot(&mut self) -> Kept<Option<Life<'d>>> {
        let (journal, mut hand) = self.disk.boot().unwrap();
        self.story.tell(format_args!("the host starts at {}", clock::now()));
        self.mirror.begins_anew();
        let stage = Stage::default();
        let ids = DeliveryIds::seeded(self.chance.bits());
        let setups = self.hooks.iter().map(|plan| plan.setup(&stage)).collect();
        let (on, clock) = (journal.clone(), clock::now as fn() -> Timestamp);
        let starting = tokio::spawn(Dispatcher::start_with(on, setups, clock, ids));
        loop {
            let_others_go_on(1).await;
            if starting.is_finished() {
                break;
            }
            self.story.step += 1;
            if self.chance.one_in(20) {
                self.story.tell(format_args!("the host crashes while it starts"));
                return Ok(None);
            }
            self.write(&mut hand)?;
        }
        match starting.await {
            Ok(Ok(dispatcher)) => Ok(Some(Life::new(journal, hand, dispatcher, stage))),
            Ok(Err(error)) => {
                self.story.tell(format_args!("the host does not start: {error}"));
                // Somebody sees to the disk.
                self.is_full = false;
                Ok(None)
            }
            Err(panic) => Err(Broken(format!("the dispatcher panics: {panic}"))),
        }
    }

    /// Writes some of what was handed in. It may fail, as a whole or in part.
    pub(crate) fn write(&mut self, hand: &mut Hand<'_>) -> Kept {
        let handed_in = hand.handed_in().min(GROUP_MAX);
        let acts = match self.chance.below(3) {
            0 if handed_in > 1 => 1 + self.chance.below(handed_in),
            _ => handed_in,
        };
        let failing = if self.is_full {
            u64::MAX
        } else if self.chance.one_in(25) {
            self.chance.bits() & self.chance.bits()
        } else {
            0
        };
        self.write_group(hand, acts, failing)
    }

    pub(crate) fn write_group(&mut self, hand: &mut Hand<'_>, acts: usize, failing: u64) -> Kept {
        hand.write(acts, failing);
        let changes = hand.changes().unwrap();
        if acts > 0 {
            let shown = self.mirror.shown(&changes);
            self.story.tell(format_args!("{acts} acts are written, failing {failing:b}: {shown}"));
        }
        self.mirror.take(changes)
    }

    /// What the tasks have done since this was asked last.
    pub(crate) fn look(&mut self, life: &mut Life<'_>) -> Kept {
        if let Some(panic) = panics::noted() {
            return Err(Broken(format!("nothing panics but a handler: {panic}")));
        }
        for (playing, beside) in life.stage.entered() {
            self.story.tell(format_args!("{playing:?} comes to its handler"));
            self.comes_to_its_handler(&playing, &beside)?;
        }
        for (number, call, answer) in life.calls.answered() {
            self.hears(life, number, &call, answer)?;
        }
        for told in life.told() {
            self.story.tell(format_args!("{told}"));
        }
        Ok(())
    }

    fn comes_to_its_handler(
        &self,
        playing: &crate::stage::Playing,
        beside: &[crate::stage::Playing],
    ) -> Kept {
        let Some(entry) = self.mirror.entry(playing.delivery) else {
            return Err(Broken(format!("what runs is on the disk: {playing:?}")));
        };
        let is_journaled =
            entry.stand.state == bookhook_model::State::Running && entry.stand.runs == playing.run;
        promise!(is_journaled, "a run is journaled before it starts: {playing:?}, {entry:?}");
        promise!(entry.known.lane == playing.lane, "a delivery keeps its lane: {playing:?}, {entry:?}");
        promise!(entry.known.event_id == playing.event, "a handler gets its event: {playing:?}, {entry:?}");
        let of_hook = beside.iter().filter(|other| other.hook == playing.hook);
        let limit = self.plan(&playing.hook).policy.concurrency;
        promise!(of_hook.clone().count() < limit, "a hook runs {limit} at once: {playing:?}, {beside:?}");
        let mut overlap = of_hook.filter(|other| playing.lane.is_some() && other.lane == playing.lane);
        promise!(overlap.next().is_none(), "lanes never overlap: {playing:?}, {beside:?}");
        Ok(())
    }

    pub(crate) fn plan(&self, hook: &HookName) -> &Plan {
        self.hooks.iter().find(|plan| plan.name == *hook).unwrap()
    }
}

impl Plan {
    fn draw(name: &str, chance: &mut Chance) -> Self {
        let retry = RetryPolicy {
            max_runs: [2, 3, 5][chance.below(3)],
            first: Duration::from_secs(1),
            max: Duration::from_secs(20),
            max_age: Duration::from_mins(10),
        };
        let policy = Policy {
            reply: if chance.one_in(3) { Reply::Accepted } else { Reply::Result },
            deadline: Duration::from_secs(5),
            timeout: Duration::from_secs(40),
            concurrency: 1 + chance.below(4),
            queue: chance.below(9),
            retry,
            on_park: [OnPark::Continue, OnPark::Hold][chance.below(2)],
            token_lifetime: Duration::from_mins(10),
            ..Policy::default()
        };
        Self { name: name.parse().unwrap(), policy }
    }

    fn setup(&self, stage: &Stage) -> HookSetup {
        HookSetup { name: self.name.clone(), handler: Arc::new(stage.clone()), policy: self.policy.clone() }
    }
}
