//! How much happened, for the line at the end: a test that never met a retry has shown little.

use std::collections::HashMap;
use std::fmt;

use bookhook::model::Cause;

use crate::handler::{Call, End};
use crate::promises::Round;

#[derive(Debug, Default)]
pub(crate) struct Tally {
    rounds: usize,
    kills: usize,
    events: usize,
    recovered: usize,
    interrupted: usize,
    cut: usize,
    joined: usize,
    stored: usize,
    told_later: usize,
    cut_off: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, round: &Round) {
        self.rounds += 1;
        self.kills = round.lives.len().saturating_sub(1);
        self.events += round.sent.len();
        let runs = || round.deliveries.iter().flat_map(|recorded| &recorded.runs);
        self.recovered += runs().filter(|run| run.cause == Cause::Recovery).count();
        self.interrupted += runs().filter(|run| run.response.is_none()).count();
        self.cut += round.calls.iter().filter(|call| matches!(call.end, Some(End::Cut(_)))).count();
        self.told_later += round.answers.iter().map(|answer| answer.told_later).sum::<usize>();
        self.cut_off += round.answers.iter().map(|answer| answer.cut_off).sum::<usize>();
        self.add_late_callers(round);
    }

    /// Who asked when the handler was done got the stored response; who asked when it was at work joined the run.
    fn add_late_callers(&mut self, round: &Round) {
        let calls: HashMap<&str, &Call> = round.calls.iter().map(|call| (&*call.answer, call)).collect();
        for answer in &round.answers {
            let Some(call) = calls.get(&*answer.body) else { continue };
            self.stored += usize::from(call.ended() < answer.asked);
            self.joined += usize::from(call.began < answer.asked && answer.asked < call.ended());
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rounds, kills, events, recovered, interrupted, .. } = self;
        let Self { cut, joined, stored, told_later, cut_off, .. } = self;
        write!(
            f,
            "{rounds} rounds, {kills} kills, {events} events, {recovered} runs by recovery, \
             {interrupted} runs interrupted ({cut} of them while the handler was at work), \
             {joined} callers joined a run, {stored} got the stored response, \
             {told_later} times told later, {cut_off} times cut off"
        )
    }
}
