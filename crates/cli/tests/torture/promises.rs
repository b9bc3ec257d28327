//! The promises, each as one function that looks at a whole round and tells what is broken.

use std::collections::{BTreeMap, HashMap, HashSet};

use bookhook::model::{Cause, DeliveryId, Run, RunNumber, State};
use jiff::Timestamp;

use crate::callers::Answer;
use crate::events::Event;
use crate::handler::{Call, End, Moment};
use crate::host::Reply;
use crate::record::{Recorded, response};

/// So many are told at most: the first ones are enough to begin with.
const TOLD_MAX: usize = 20;
/// What Bkper is answered when its event is on disk.
const ACCEPTED: &str = r#"{"result":false}"#;

/// A burst, and what callers, handler and journal know of it once everything is answered.
pub(crate) struct Round {
    pub(crate) reply: Reply,
    pub(crate) sent: Vec<Event>,
    pub(crate) answers: Vec<Answer>,
    /// In the order in which they began.
    pub(crate) calls: Vec<Call>,
    /// In the order of append.
    pub(crate) deliveries: Vec<Recorded>,
    /// When each life of the host began; the last one goes on.
    pub(crate) lives: Vec<Timestamp>,
}

impl Round {
    pub(crate) fn assert_promises(&self, number: u32) {
        let broken = self.broken_promises();
        assert!(broken.is_empty(), "round {number}:\n{}", broken.join("\n"));
    }

    /// What does not hold.
    fn broken_promises(&self) -> Vec<String> {
        let what_was_returned = match self.reply {
            Reply::Result | Reply::PatientResult => Self::what_was_returned_is_what_is_recorded,
            Reply::Accepted => Self::what_was_returned_is_that_it_is_accepted,
        };
        let promises = [
            Self::each_event_is_one_settled_delivery,
            Self::each_event_was_handled,
            what_was_returned,
            Self::runs_are_numbered_and_closed,
            Self::each_call_has_a_journaled_run_of_its_own,
            Self::the_cause_is_the_true_one,
            Self::what_counts_never_overlaps,
            Self::each_life_takes_a_lane_in_the_order_of_append,
        ];
        promises.iter().flat_map(|promise| promise(self)).take(TOLD_MAX).collect()
    }

    /// What does not hold, where several hosts share the journal.
    pub(crate) fn broken_promises_of_many(&self) -> Vec<String> {
        let what_was_returned = match self.reply {
            Reply::Result | Reply::PatientResult => Self::what_was_returned_is_what_is_recorded,
            Reply::Accepted => Self::what_was_returned_is_that_it_is_accepted,
        };
        let promises = [
            Self::each_event_is_one_settled_delivery,
            Self::each_event_was_handled,
            what_was_returned,
            Self::runs_are_numbered_and_closed,
            Self::each_call_has_a_journaled_run_of_its_own,
            Self::of_what_counts_no_two_overlap_on_any_host,
            Self::what_was_acknowledged_before_another_was_sent_begins_before_it,
        ];
        promises.iter().flat_map(|promise| promise(self)).take(TOLD_MAX).collect()
    }

    fn each_event_is_one_settled_delivery(&self) -> Vec<String> {
        each_event_is_one_settled_delivery(&self.sent, &self.deliveries)
    }

    fn each_event_was_handled(&self) -> Vec<String> {
        let handled: HashSet<&Event> = self.calls.iter().map(|call| &call.event).collect();
        let unhandled = self.sent.iter().filter(|event| !handled.contains(event));
        unhandled.map(|event| format!("{} was never handled", event.id)).collect()
    }

    fn what_was_returned_is_that_it_is_accepted(&self) -> Vec<String> {
        let wrong = self.answers.iter().filter(|answer| answer.body != ACCEPTED);
        wrong.map(|answer| format!("{} was answered {}", answer.event.id, answer.body)).collect()
    }

    /// A 2xx means: the event is on disk, and so is the response that was returned.
    fn what_was_returned_is_what_is_recorded(&self) -> Vec<String> {
        let by_event: HashMap<&str, &Recorded> =
            self.deliveries.iter().map(|recorded| (recorded.event_id(), recorded)).collect();
        let is_recorded = |answer: &Answer| {
            let last = by_event.get(&*answer.event.id).and_then(|recorded| recorded.runs.last());
            last.and_then(response) == Some(answer.body.as_bytes())
        };
        let wrong = self.answers.iter().filter(|answer| !is_recorded(answer));
        wrong
            .map(|answer| {
                let recorded = by_event.get(&*answer.event.id).map(|recorded| &recorded.runs);
                format!("{} was answered {} and recorded as {recorded:?}", answer.event.id, answer.body)
            })
            .collect()
    }

    fn runs_are_numbered_and_closed(&self) -> Vec<String> {
        runs_are_numbered_and_closed(&self.deliveries)
    }

    /// Each call is of a run of its own; and what a run has recorded is what the handler said in that call.
    ///
    /// A run may be without a call, when the host was killed between the two.
    fn each_call_has_a_journaled_run_of_its_own(&self) -> Vec<String> {
        let mut broken = Vec::new();
        let mut uncalled = self.runs();
        for call in &self.calls {
            let Some(run) = uncalled.remove(&(call.delivery, call.run)) else {
                broken.push(format!("no run was journaled for this call alone: {call:?}"));
                continue;
            };
            let is_done = matches!(call.end, Some(End::Done(_)));
            if response(run).is_some_and(|text| text != call.answer.as_bytes() || !is_done) {
                broken.push(format!("{run:?} is not what was said in {call:?}"));
            }
            if response(run).is_none() && self.is_the_last_life(call.life) {
                broken.push(format!("{run:?} was interrupted by no kill: {call:?}"));
            }
        }
        let uncalled = uncalled.into_values().filter(|run| run.response.is_some());
        broken.extend(uncalled.map(|run| format!("nobody said what is recorded in {run:?}")));
        broken
    }

    /// What a host found at its start is run by `recovery`; what came to it is run for the `first` time.
    ///
    /// No caller brings back what was answered 2xx, and the handler never fails, so there is no other cause.
    fn the_cause_is_the_true_one(&self) -> Vec<String> {
        let mut broken = Vec::new();
        let runs = self.runs();
        let received: HashMap<DeliveryId, Timestamp> =
            self.deliveries.iter().map(|one| (one.delivery.id, one.delivery.received_at)).collect();
        for call in &self.calls {
            let was_found = received.get(&call.delivery).is_some_and(|at| *at < self.lives[call.life]);
            let cause = if was_found { Cause::Recovery } else { Cause::First };
            let recorded = runs.get(&(call.delivery, call.run)).map(|run| run.cause);
            if recorded != Some(cause) || call.cause != cause.as_str() {
                broken.push(format!("recorded as {recorded:?}, and to be {cause:?}: {call:?}"));
            }
        }
        let repeated = self.deliveries.iter().flat_map(|one| one.runs.iter().skip(1));
        let repeated = repeated.filter(|run| run.cause != Cause::Recovery);
        broken.extend(repeated.map(|run| format!("it ran again, and not by recovery: {run:?}")));
        broken
    }

    /// Two runs of one lane never overlap.
    ///
    /// Within a life of the host this holds without exception. Across a kill it cannot hold to the letter: the handler
    /// may still work on what the killed host had asked for, or only then begin to read it, until it sees that the
    /// connection is cut; and no host can reach into it. What can be promised, and is asserted, is that such a call is
    /// nobody's any more: its run is recorded as interrupted, so that whatever it would have said is neither recorded
    /// nor returned. Of the calls that count, no two overlap.
    fn what_counts_never_overlaps(&self) -> Vec<String> {
        let runs = self.runs();
        let counts =
            |call: &Call| runs.get(&(call.delivery, call.run)).is_some_and(|run| run.response.is_some());
        let mut broken = Vec::new();
        for calls in self.calls_by(|call| call.event.book.clone()).values() {
            for (at, call) in calls.iter().enumerate() {
                for other in calls[at + 1..].iter().filter(|other| other.overlaps(call)) {
                    let older = if call.life < other.life { call } else { other };
                    if call.life == other.life || counts(older) {
                        broken.push(format!("they overlap: {call:?} and {other:?}"));
                    }
                }
            }
        }
        broken
    }

    /// The same on several hosts: one that stood still, or was killed, may have left a call with the handler that is
    /// nobody's any more.
    fn of_what_counts_no_two_overlap_on_any_host(&self) -> Vec<String> {
        let mut broken = Vec::new();
        for calls in self.calls_by(|call| call.event.book.clone()).values() {
            for (at, call) in calls.iter().enumerate() {
                for other in calls[at + 1..].iter().filter(|other| other.overlaps(call)) {
                    if call.life == other.life || (self.counts(call) && self.counts(other)) {
                        broken.push(format!("they overlap: {call:?} and {other:?}"));
                    }
                }
            }
        }
        broken
    }

    /// Whoever has got a 2xx, and sends another event of the same book then, has them handled in this order.
    fn what_was_acknowledged_before_another_was_sent_begins_before_it(&self) -> Vec<String> {
        let began: HashMap<&Event, Moment> = self
            .calls
            .iter()
            .filter(|call| self.counts(call))
            .map(|call| (&call.event, call.began))
            .collect();
        let mut broken = Vec::new();
        for one in &self.answers {
            let later =
                |other: &&Answer| other.event.book == one.event.book && one.answered < other.first_asked;
            for other in self.answers.iter().filter(later) {
                if began.get(&one.event) > began.get(&other.event) {
                    broken.push(format!("{} began before {}", other.event.id, one.event.id));
                }
            }
        }
        broken
    }

    /// Its run was recorded with what it said.
    fn counts(&self, call: &Call) -> bool {
        let one = self.deliveries.iter().find(|one| one.delivery.id == call.delivery);
        let run = one.and_then(|one| one.runs.iter().find(|run| run.number == call.run));
        run.is_some_and(|run| run.response.is_some())
    }

    /// In each life, the deliveries of a book begin in the order of append: what was found at the start before what
    /// came later.
    fn each_life_takes_a_lane_in_the_order_of_append(&self) -> Vec<String> {
        let places: HashMap<DeliveryId, usize> =
            self.deliveries.iter().enumerate().map(|(place, one)| (one.delivery.id, place)).collect();
        let by_lane_and_life = self.calls_by(|call| (call.event.book.clone(), call.life));
        let is_in_order = |calls: &&[&Call]| places.get(&calls[0].delivery) < places.get(&calls[1].delivery);
        let wrong =
            by_lane_and_life.values().flat_map(|calls| calls.windows(2)).filter(|pair| !is_in_order(pair));
        wrong.map(|pair| format!("{:?} began before {:?}", pair[0], pair[1])).collect()
    }

    fn runs(&self) -> HashMap<(DeliveryId, RunNumber), &Run> {
        let runs = self.deliveries.iter().flat_map(|one| one.runs.iter().map(|run| (one.delivery.id, run)));
        runs.map(|(delivery, run)| ((delivery, run.number), run)).collect()
    }

    fn calls_by<K: Ord>(&self, key: impl Fn(&Call) -> K) -> BTreeMap<K, Vec<&Call>> {
        let mut calls: BTreeMap<K, Vec<&Call>> = BTreeMap::new();
        for call in &self.calls {
            calls.entry(key(call)).or_default().push(call);
        }
        calls
    }

    fn is_the_last_life(&self, life: usize) -> bool {
        life + 1 == self.lives.len()
    }
}

/// Nothing is lost, nothing is taken twice, nothing is left over.
pub(crate) fn each_event_is_one_settled_delivery(sent: &[Event], deliveries: &[Recorded]) -> Vec<String> {
    let mut broken = Vec::new();
    let mut recorded: HashMap<&str, Vec<&Recorded>> = HashMap::new();
    for delivery in deliveries {
        recorded.entry(delivery.event_id()).or_default().push(delivery);
    }
    for event in sent {
        match recorded.remove(&*event.id).as_deref() {
            Some([one]) if one.delivery.state == State::Settled && one.book() == event.book => {}
            found => broken.push(format!("{} is not one settled delivery: {found:?}", event.id)),
        }
    }
    broken.extend(recorded.keys().map(|id| format!("{id} is recorded and was never sent")));
    broken
}

/// From 1 without a gap; all are closed, the last one with a response, and only by it the delivery was settled.
pub(crate) fn runs_are_numbered_and_closed(deliveries: &[Recorded]) -> Vec<String> {
    let is_failed = |run: &Run| run.finished_at.is_some() && run.response.is_none() && run.error.is_some();
    let is_done = |run: &Run| run.finished_at.is_some() && run.response.is_some() && run.error.is_none();
    let is_well = |recorded: &&Recorded| {
        let numbers = recorded.runs.iter().map(|run| run.number.0);
        let Some((last, earlier)) = recorded.runs.split_last() else { return false };
        numbers.eq(1..=last.number.0) && is_done(last) && earlier.iter().all(is_failed)
    };
    let wrong = deliveries.iter().filter(|recorded| !is_well(recorded));
    wrong.map(|recorded| format!("{} has the runs {:?}", recorded.event_id(), recorded.runs)).collect()
}
