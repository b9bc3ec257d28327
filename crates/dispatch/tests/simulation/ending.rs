//! Faults stop. Then everything settles, and nothing is left behind.

use std::time::Duration;

use bookhook_dispatch::scheduler::HookIndex;
use bookhook_model::{LaneKey, RunEnd};

use crate::callers::result;
use crate::clock;
use crate::life::{Life, Turning, let_others_go_on};
use crate::promise::{Broken, Kept, promise};
use crate::simulation::Simulation;
use crate::stage::Ending;
use crate::steps::LANES;

/// It takes no more than so many rounds.
const ROUNDS: usize = 600;

impl Simulation<'_> {
    pub(crate) async fn settle_everything(&mut self, life: &mut Life<'_>) -> Kept {
        self.story.tell(format_args!("faults stop"));
        self.is_full = false;
        clock::jump(self.latest.duration_since(clock::now()));
        for hook in 0..self.hooks.len() {
            self.turn_hook(life, hook, Turning::Resume);
            for lane in LANES.into_iter().flatten() {
                self.turn_lane(life, (self.hooks[hook].name.clone(), LaneKey(lane.into())), false);
            }
        }
        for _ in 0..ROUNDS {
            self.round(life).await?;
            if self.is_settled(life) {
                return self.nothing_is_left(life).await;
            }
        }
        let waiting: Vec<_> = self.mirror.unsettled().collect();
        let hoping: Vec<_> = self.sent.iter().filter(|sent| !sent.is_done()).collect();
        Err(Broken(format!("everything settles in the end, but not {waiting:?}, and not for {hoping:?}")))
    }

    /// All is written, every run ends well, and whoever was to come back comes.
    async fn round(&mut self, life: &mut Life<'_>) -> Kept {
        let paused: Vec<_> = self.mirror.paused_lanes().cloned().collect();
        for lane in paused {
            self.turn_lane(life, lane, false);
        }
        for _ in 0..4 {
            self.write_all(life)?;
            life.hand.read();
            let_others_go_on(4).await;
            self.look(life)?;
        }
        for number in life.stage.waiting() {
            if let Some(playing) = life.stage.playing(number) {
                let response = result(&playing.body, number);
                life.stage.end(number, Ending::With(RunEnd::Answered { status: None, response }));
            }
        }
        for at in 0..self.sent.len() {
            let sent = &self.sent[at];
            if sent.calls == 0 && !sent.is_done() && sent.due <= self.elapsed {
                self.send(life, at);
            }
        }
        // So slowly that nobody's deadline comes.
        self.pass(Duration::from_secs(if life.calls.is_empty() { 10 } else { 1 })).await;
        Ok(())
    }

    fn write_all(&mut self, life: &mut Life<'_>) -> Kept {
        let acts = life.hand.handed_in();
        self.write_group(&mut life.hand, acts, 0)
    }

    fn is_settled(&self, life: &Life<'_>) -> bool {
        life.calls.is_empty()
            && self.sent.iter().all(crate::callers::Sent::is_done)
            && self.mirror.unsettled().next().is_none()
    }

    async fn nothing_is_left(&mut self, life: &mut Life<'_>) -> Kept {
        self.write_all(life)?;
        let_others_go_on(4).await;
        self.look(life)?;
        self.mirror.compare(&life.hand)?;
        let checked = life.hand.check().unwrap();
        promise!(checked.is_sound(), "the journal is sound: {checked:?}");
        for hook in 0..self.hooks.len() {
            let load = life.dispatcher.load(HookIndex(hook));
            promise!(load == (0, 0), "lanes are empty in the end: {:?} has {load:?}", self.hooks[hook].name);
        }
        let open = life.dispatcher.drain(Duration::ZERO).await;
        promise!(open == 0, "every run is closed in the end: {open} are open");
        Ok(())
    }
}
