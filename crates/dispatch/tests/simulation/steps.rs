//! The steps of a life, drawn one after the other.

use std::ops::ControlFlow::{self, Break, Continue};
use std::time::Duration;

use bookhook_dispatch::Purpose;
use bookhook_dispatch::scheduler::HookIndex;
use bookhook_model::{Failure, FailureKind, LaneKey, Response, RunEnd};
use jiff::SignedDuration;

use crate::callers::{Mood, Sent, result};
use crate::clock;
use crate::life::{Life, Turning, let_others_go_on};
use crate::mirror::Lane;
use crate::promise::{Kept, promise};
use crate::simulation::{End, Simulation};
use crate::stage::Ending;

#[derive(Debug, Clone, Copy)]
enum Step {
    NewEvent,
    ComeBack,
    SendAgain,
    HangUp,
    GiveUp,
    Write,
    Read,
    EndRun,
    PassMoment,
    PassLong,
    SetClock,
    Turn,
    TurnLane,
    Intervene,
    FillDisk,
    EndHost,
    Crash,
    WriteAndCrash,
    Wait,
}

const STEPS: [(usize, Step); 19] = [
    (110, Step::NewEvent),
    (120, Step::ComeBack),
    (30, Step::SendAgain),
    (20, Step::HangUp),
    (4, Step::GiveUp),
    (320, Step::Write),
    (40, Step::Read),
    (200, Step::EndRun),
    (90, Step::PassMoment),
    (12, Step::PassLong),
    (2, Step::SetClock),
    (12, Step::Turn),
    (12, Step::TurnLane),
    (16, Step::Intervene),
    (6, Step::FillDisk),
    (2, Step::EndHost),
    (4, Step::Crash),
    (3, Step::WriteAndCrash),
    (30, Step::Wait),
];

pub(crate) const LANES: [Option<&str>; 4] = [Some("b1"), Some("b2"), Some("b3"), None];

impl Simulation<'_> {
    /// Lives until the host crashes, ends or has nothing left to do.
    pub(crate) async fn go(&mut self, life: &mut Life<'_>) -> Kept<End> {
        while !self.is_late() {
            self.story.step += 1;
            let step = self.chance.weighted(&STEPS);
            if let Break(end) = self.step(life, step).await? {
                return Ok(end);
            }
            let_others_go_on(self.chance.below(3)).await;
            self.look(life)?;
            if life.has_drained() {
                return self.end(life).await;
            }
        }
        if life.drain.is_some() {
            return self.end(life).await;
        }
        self.settle_everything(life).await?;
        Ok(End::Over)
    }

    async fn step(&mut self, life: &mut Life<'_>, step: Step) -> Kept<ControlFlow<End>> {
        match step {
            Step::NewEvent => self.new_event(life),
            Step::ComeBack => self.come_back(life),
            Step::SendAgain => self.send_again(life),
            Step::HangUp => self.hang_up(life),
            Step::GiveUp => self.give_up(),
            Step::Write => self.write(&mut life.hand)?,
            Step::Read => drop(life.hand.read()),
            Step::EndRun => self.end_run(life),
            Step::PassMoment => {
                let time = Duration::from_millis(1 << self.chance.below(13));
                self.pass(time).await;
            }
            Step::PassLong => {
                let time = Duration::from_secs(10 << self.chance.below(7));
                self.pass(time).await;
            }
            Step::SetClock => self.set_clock(),
            Step::Turn => self.turn(life),
            Step::TurnLane => self.turn_some_lane(life),
            Step::Intervene => self.intervene(life),
            Step::FillDisk => self.is_full = !self.is_full && self.chance.one_in(2),
            Step::EndHost => life.begin_to_end(),
            Step::Crash => return Ok(self.crash()),
            Step::WriteAndCrash => {
                self.write(&mut life.hand)?;
                return Ok(self.crash());
            }
            Step::Wait => let_others_go_on(3).await,
        }
        Ok(Continue(()))
    }

    fn new_event(&mut self, life: &mut Life<'_>) {
        let plan = &self.hooks[self.chance.below(self.hooks.len())];
        let lane = LANES[self.chance.below(LANES.len())];
        let purpose = match self.chance.below(30) {
            0 => Purpose::Unmatched,
            1 => Purpose::Settle(Response::suppressed()),
            _ => Purpose::Run,
        };
        self.sent.push(Sent {
            hook: plan.name.clone(),
            key: format!("e{}", self.sent.len()),
            has_id: !self.chance.one_in(15),
            lane: lane.map(|lane| LaneKey(lane.into())),
            version: 0,
            has_token: self.chance.one_in(3),
            purpose,
            calls: 0,
            mood: Mood::Hopeful,
            due: self.elapsed,
        });
        self.send(life, self.sent.len() - 1);
    }

    /// One who was told to, or was told nothing.
    fn come_back(&mut self, life: &mut Life<'_>) {
        if let Some(sent) =
            self.draw_sent(|sent, elapsed| sent.calls == 0 && !sent.is_done() && sent.due <= elapsed)
        {
            self.send(life, sent);
        }
    }

    /// Too early, or once more after all is well; now and then with another body.
    fn send_again(&mut self, life: &mut Life<'_>) {
        let Some(at) = self.draw_sent(|sent, _| sent.mood != Mood::Gone && sent.calls < 3) else { return };
        if self.chance.one_in(6) {
            let other = Sent {
                version: self.sent[at].version + 1,
                calls: 0,
                mood: Mood::Hopeful,
                ..self.sent[at].clone()
            };
            self.sent.push(other);
            self.send(life, self.sent.len() - 1);
        } else {
            // An app may come to declare a type.
            self.sent[at].purpose = Purpose::Run;
            self.send(life, at);
        }
    }

    /// Of the latest, for the old ones have seen it all.
    fn draw_sent(&mut self, wanted: impl Fn(&Sent, Duration) -> bool) -> Option<usize> {
        let recent = self.sent.len().saturating_sub(60)..self.sent.len();
        let fitting: Vec<usize> = recent.filter(|at| wanted(&self.sent[*at], self.elapsed)).collect();
        self.chance.pick(&fitting).copied()
    }

    pub(crate) fn send(&mut self, life: &mut Life<'_>, at: usize) {
        let sent = &mut self.sent[at];
        sent.calls += 1;
        sent.mood = Mood::Hopeful;
        let sent = &self.sent[at];
        let known = self.mirror.of_sending(&sent.sending()).filter(|_| sent.has_id);
        let settled_before = known.map_or(0, |entry| entry.settled.len());
        let number = life.calls.begin(&life.dispatcher, at, sent, settled_before);
        let (text, hook, lane) = (sent.text(), &sent.hook, &sent.lane);
        self.story.tell(format_args!("call {number}: {text} to {hook}, lane {lane:?}, {:?}", sent.purpose));
    }

    fn hang_up(&mut self, life: &mut Life<'_>) {
        let calls = life.calls.numbers();
        let Some(number) = self.chance.pick(&calls).copied() else { return };
        if let Some(sent) = life.calls.hang_up(number) {
            self.story.tell(format_args!("call {number} hangs up"));
            self.sent[sent].calls -= 1;
        }
    }

    fn give_up(&mut self) {
        if let Some(at) = self.draw_sent(|sent, _| !sent.is_done()) {
            self.story.tell(format_args!("{} does not come back", self.sent[at].text()));
            self.sent[at].mood = Mood::Gone;
        }
    }

    fn end_run(&mut self, life: &Life<'_>) {
        let waiting = life.stage.waiting();
        let Some(number) = self.chance.pick(&waiting).copied() else { return };
        let Some(playing) = life.stage.playing(number) else { return };
        let ending = self.draw_ending(&playing.body, number);
        let shown = match &ending {
            Ending::With(end) => format!("{end:?}"),
            Ending::Panic => "a panic".to_owned(),
        };
        self.story.tell(format_args!(
            "{} run {} ({:?}) ends: {shown}",
            playing.delivery, playing.run, playing.cause
        ));
        life.stage.end(number, ending);
    }

    fn draw_ending(&mut self, text: &str, number: u64) -> Ending {
        let after = |seconds| Some(Duration::from_secs(seconds));
        let answered = |response| RunEnd::Answered { status: Some(200), response };
        Ending::With(match self.chance.below(40) {
            0..24 => answered(result(text, number)),
            24 | 25 => answered(Response::error(format!("{text} #{number}"))),
            26 | 27 => answered(Response::suppressed()),
            28..31 => RunEnd::Busy { retry_after: [None, after(1), after(90)][self.chance.below(3)] },
            31 => return Ending::Panic,
            _ => {
                let kind = FAILURES[self.chance.below(FAILURES.len())];
                let retry_after = self.chance.one_in(4).then_some(Duration::from_secs(7));
                RunEnd::Failed(Failure {
                    retry_after,
                    ..Failure::new(kind, format!("{text} #{number} failed"))
                })
            }
        })
    }

    pub(crate) async fn pass(&mut self, time: Duration) {
        self.story.tell(format_args!("{time:?} pass"));
        self.elapsed += time;
        clock::pass(time).await;
        self.latest = self.latest.max(clock::now());
    }

    fn set_clock(&mut self) {
        let minutes = [-30, -1, 1, 30][self.chance.below(4)];
        self.story.tell(format_args!("the clock is set by {minutes} minutes"));
        clock::jump(SignedDuration::from_mins(minutes));
        self.latest = self.latest.max(clock::now());
    }

    fn turn(&mut self, life: &Life<'_>) {
        let hook = self.chance.below(self.hooks.len());
        // Twice as often on as off.
        let how = self.chance.weighted(&[(2, Turning::Pause), (1, Turning::PauseFor), (5, Turning::Resume)]);
        self.turn_hook(life, hook, how);
    }

    pub(crate) fn turn_hook(&mut self, life: &Life<'_>, hook: usize, how: Turning) {
        let name = &self.hooks[hook].name;
        self.story.tell(format_args!("{how:?} of {name}"));
        match how {
            // While its last resuming may still be written, what it has let go may begin.
            Turning::Pause | Turning::PauseFor if self.mirror.is_paused(name) => {}
            Turning::Pause | Turning::PauseFor => drop(self.mirror.wishes.hooks.remove(name)),
            Turning::Resume => drop(self.mirror.wishes.hooks.insert(name.clone())),
        }
        life.turn(HookIndex(hook), how);
    }

    /// Some lane, or one that is paused.
    fn turn_some_lane(&mut self, life: &Life<'_>) {
        let paused: Vec<Lane> = self.mirror.paused_lanes().cloned().collect();
        match (self.chance.one_in(3), self.chance.pick(&paused).cloned(), LANES[self.chance.below(3)]) {
            (false, Some(lane), _) => self.turn_lane(life, lane, false),
            (_, _, Some(lane)) => {
                let hook = self.hooks[self.chance.below(self.hooks.len())].name.clone();
                self.turn_lane(life, (hook, LaneKey(lane.into())), true);
            }
            _ => {}
        }
    }

    pub(crate) fn turn_lane(&mut self, life: &Life<'_>, lane: Lane, pauses: bool) {
        self.story.tell(format_args!("lane {lane:?} is to pause: {pauses}"));
        let is_paused = self.mirror.paused_lanes().any(|paused| *paused == lane);
        match pauses {
            true if is_paused => {}
            true => drop(self.mirror.wishes.lanes.remove(&lane)),
            false => drop(self.mirror.wishes.lanes.insert(lane.clone())),
        }
        life.turn_lane(lane, pauses);
    }

    fn crash(&mut self) -> ControlFlow<End> {
        self.story.tell(format_args!("the host crashes"));
        // Or nobody could start it again.
        self.is_full = false;
        Break(End::Crash)
    }

    /// The host has drained, and closes its journal.
    async fn end(&mut self, life: &mut Life<'_>) -> Kept<End> {
        // What it waits for in vain ends its time.
        let open = life.drain.take().unwrap().await.unwrap();
        self.story.tell(format_args!("the host has drained, {open} runs are open"));
        let journal = life.journal.clone();
        let closing = tokio::spawn(async move { journal.close().await });
        while !closing.is_finished() {
            let acts = life.hand.handed_in();
            self.write_group(&mut life.hand, acts, 0)?;
            let_others_go_on(1).await;
        }
        let running =
            self.mirror.unsettled().filter(|entry| entry.stand.state == bookhook_model::State::Running);
        let running = running.count();
        promise!(running <= open, "a drain tells how many runs are open: {open}, not {running}");
        self.is_full = false;
        Ok(End::Orderly)
    }
}

const FAILURES: [FailureKind; 12] = [
    FailureKind::Unreachable,
    FailureKind::Disconnected,
    FailureKind::Died,
    FailureKind::TimedOut,
    FailureKind::Status(404),
    FailureKind::Status(408),
    FailureKind::Status(500),
    FailureKind::Status(503),
    FailureKind::Exited(1),
    FailureKind::BadResponse,
    FailureKind::Panicked,
    FailureKind::Interrupted,
];
