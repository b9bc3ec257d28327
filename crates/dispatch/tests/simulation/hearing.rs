//! What callers are told, and what must be on the disk by then.

use std::time::Duration;

use bookhook_dispatch::{Answer, Later, Purpose};
use bookhook_model::{DeliveryId, Response};

use crate::callers::{Call, Sent};
use crate::life::Life;
use crate::mirror::Entry;
use crate::promise::{Broken, Kept, promise};
use crate::simulation::Simulation;

impl Simulation<'_> {
    pub(crate) fn hears(&mut self, life: &Life<'_>, number: u64, call: &Call, answer: Answer) -> Kept {
        self.story.tell(format_args!("call {number} is told {answer:?}"));
        let at = call.sent;
        self.sent[at].calls -= 1;
        match answer {
            Answer::Response { delivery, response } => {
                self.is_acknowledged(call, delivery, &response)?;
                self.is_answered(life, at, delivery);
            }
            Answer::Accepted { delivery } => {
                is_of(&self.sent[at], self.is_present(call, delivery)?)?;
                self.is_answered(life, at, delivery);
            }
            Answer::Later { delivery, retry_after, why } => {
                if let Some(delivery) = delivery {
                    self.is_taken(delivery, why)?;
                }
                self.sent[at].due = self.elapsed + retry_after + self.chance.millis_below(3_000);
            }
            Answer::Unavailable(_) => {
                self.sent[at].due = self.elapsed + Duration::from_secs(5);
            }
        }
        Ok(())
    }

    /// Now and then the connection breaks, and the caller knows no better than before.
    fn is_answered(&mut self, life: &Life<'_>, at: usize, delivery: DeliveryId) {
        let reached = !self.chance.one_in(12);
        if reached {
            self.sent[at].is_told();
            life.dispatcher.note_answered(delivery, 200);
        }
    }

    fn is_present(&self, call: &Call, delivery: DeliveryId) -> Kept<&Entry> {
        let sent = &self.sent[call.sent];
        let missing = || Broken(format!("acknowledged means present: {} is not on the disk", sent.text()));
        self.mirror.entry(delivery).ok_or_else(missing)
    }

    fn is_acknowledged(&self, call: &Call, delivery: DeliveryId, response: &Response) -> Kept {
        let sent = &self.sent[call.sent];
        let entry = self.is_present(call, delivery)?;
        is_of(sent, entry)?;
        let settled = entry.settled.get(call.settled_before.saturating_sub(1)..).unwrap_or_default();
        let is_the_hosts = call.purpose != Purpose::Run && *response == Response::suppressed();
        promise!(
            is_the_hosts || settled.contains(response),
            "an acknowledged response is on the disk: {response:?} to {}, {entry:?}",
            sent.text()
        );
        is_from_its_handler(sent, response)
    }

    /// These are said of what is durable.
    fn is_taken(&self, delivery: DeliveryId, why: Later) -> Kept {
        let is_durable = matches!(why, Later::HandlerBusy | Later::Paused | Later::Parked);
        let is_there = self.mirror.entry(delivery).is_some();
        promise!(!is_durable || is_there, "what is said to be {why:?} is on the disk: {delivery}");
        Ok(())
    }
}

fn is_of(sent: &Sent, entry: &Entry) -> Kept {
    let (hook, event, fingerprint) = sent.sending();
    let known = &entry.known;
    let is_its = known.hook == hook
        && known.fingerprint == fingerprint
        && known.event_id == sent.has_id.then_some(event)
        && known.lane == sent.lane;
    promise!(is_its, "a caller is told of its own event: {sent:?}, {known:?}");
    Ok(())
}

/// What a handler says names the event that it says it about.
fn is_from_its_handler(sent: &Sent, response: &Response) -> Kept {
    let said = String::from_utf8_lossy(&response.json()[..]).into_owned();
    let names_it = said.contains(&format!("{} #", sent.text()));
    promise!(!said.contains('#') || names_it, "a caller gets its own response: {sent:?}, {said}");
    Ok(())
}
