//! What the remote ids of an event's transactions begin with.

use bkper_client::RemoteIds;
use bookhook_handlers::Invocation;
use bookhook_model::DeliveryId;
use xxhash_rust::xxh3::xxh3_128;

/// The remote ids for one run of a handler.
///
/// They are the same for every run of the same event, on whatever host and journal, so that a transaction is made once.
/// The journal's notion of "the same" holds here too: an event with the id of another and another content is an event
/// of its own, and so are its transactions; to be given the other one's would be an untruth that nobody sees. An event
/// without an id is known by its delivery alone.
///
/// They are written into books, so how they are made must never change.
pub(crate) fn of(invocation: &Invocation) -> RemoteIds {
    RemoteIds::new(format!("bookhook-{:032x}", digest(invocation)))
}

fn digest(invocation: &Invocation) -> u128 {
    let Invocation { hook, delivery, event, .. } = invocation;
    let event = match &event.id {
        Some(id) => [id.0.as_bytes(), &event.fingerprint.0].concat(),
        None => DeliveryId::to_bytes(*delivery).to_vec(),
    };
    // No hook has a zero in its name, and fingerprints have one length: nothing runs into each other.
    xxh3_128(&[hook.as_str().as_bytes(), b"\0", &event].concat())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use bookhook_model::{Cause, Event, EventId, Fingerprint, RunNumber};

    use super::*;

    fn invocation(hook: &str, event: Option<&str>, content: u8) -> Invocation {
        Invocation {
            hook: hook.parse().unwrap(),
            delivery: DeliveryId::from_bytes([7; 16]),
            run: RunNumber(1),
            cause: Cause::First,
            event: Event {
                id: event.map(|id| EventId(id.into())),
                event_type: "TRANSACTION_CHECKED".into(),
                lane: None,
                book_id: None,
                agent_id: None,
                user_id: None,
                headers: Vec::new(),
                secrets: Vec::new(),
                body: Vec::new().into(),
                fingerprint: Fingerprint([content; 16]),
            },
        }
    }

    #[test]
    fn another_run_of_the_event_is_no_other_event() {
        let first = invocation("tax-bot", Some("e1"), 1);
        let delivery = DeliveryId::from_bytes([8; 16]);
        let again = Invocation {
            delivery,
            run: RunNumber(2),
            cause: Cause::Replay,
            ..invocation("tax-bot", Some("e1"), 1)
        };
        assert_eq!(digest(&first), digest(&again));
    }

    #[test]
    fn another_hook_event_or_content_is() {
        let digests = [
            invocation("tax-bot", Some("e1"), 1),
            invocation("tax-bot", Some("e1"), 2),
            invocation("tax-bot", Some("e2"), 1),
            invocation("tax-bot2", Some("e1"), 1),
            invocation("tax-bot", None, 1),
            Invocation { delivery: DeliveryId::from_bytes([8; 16]), ..invocation("tax-bot", None, 1) },
        ];
        let distinct: HashSet<u128> = digests.iter().map(digest).collect();
        assert_eq!(distinct.len(), digests.len());
    }

    #[test]
    fn what_is_in_books_already_stays_true() {
        assert_eq!(digest(&invocation("tax-bot", Some("e1"), 1)), 0xb1e4_716d_28ac_0aac_976d_5bd8_3621_edb4);
    }
}
