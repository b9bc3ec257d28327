//! Two hosts that do the same at the same time.

use std::collections::HashMap;

use bookhook_journal::{Append, Appended, Journal, Place};
use bookhook_model::{DeliveryId, LaneKey, Response};
use bookhook_testkit::Database;

use super::lasting_host;
use crate::given::{beginning, event_of, sending, settling};

const ROUNDS: usize = 12;
const EVENTS: usize = 12;

/// What both hosts were told of their sendings.
async fn both(
    (one, other): (&Journal, &Journal),
    sending: impl Fn(usize) -> Append,
) -> Vec<(DeliveryId, Appended)> {
    let mut told = Vec::new();
    for n in 0..EVENTS {
        // In the other order on the other host, so that they meet.
        for (journal, n) in [(one, n), (other, EVENTS - 1 - n)] {
            let act = sending(n);
            told.push((act.id, journal.append(act)));
        }
    }
    let mut answers = Vec::new();
    for (id, pending) in told {
        answers.push((id, pending.await.unwrap()));
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_comes_to_both_is_one_delivery() {
    let database = Database::new().await;
    let (one, other) = (lasting_host(&database).await, lasting_host(&database).await);
    for round in 0..ROUNDS {
        let told = both((&one, &other), |n| sending(&format!("{round}-{n}"), Place::Start)).await;
        let fresh: Vec<_> = told
            .iter()
            .filter(|(_, appended)| *appended == Appended::Fresh { conflict: false })
            .map(|(id, _)| *id)
            .collect();
        assert_eq!(fresh.len(), EVENTS, "{told:?}");
        for (_, appended) in &told {
            assert!(
                matches!(appended, Appended::Fresh { .. })
                    || matches!(appended, Appended::Joined { id, .. } if fresh.contains(id)),
                "{appended:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lane_that_both_want_runs_once() {
    let database = Database::new().await;
    let (one, other) = (lasting_host(&database).await, lasting_host(&database).await);
    for round in 0..ROUNDS {
        let lane = |n: usize| LaneKey(format!("lane {round}-{n}").into());
        let told = both((&one, &other), |n| {
            let mut act = sending("", Place::Start);
            (act.event.id, act.event.lane) = (None, Some(lane(n)));
            act
        })
        .await;
        let fresh = told.iter().filter(|(_, appended)| matches!(appended, Appended::Fresh { .. })).count();
        let deferred =
            told.iter().filter(|(_, appended)| matches!(appended, Appended::Deferred { .. })).count();
        assert_eq!((fresh, deferred), (EVENTS, EVENTS), "{told:?}");
    }
}

/// Each host puts its own into the lane; whoever is let begin, has it.
#[tokio::test(flavor = "multi_thread")]
async fn turns_are_taken_by_one_host_at_a_time() {
    let database = Database::new().await;
    let (one, other) = (lasting_host(&database).await, lasting_host(&database).await);
    let mut waiting: HashMap<DeliveryId, &Journal> = HashMap::new();
    for journal in [&one, &other].repeat(8) {
        let mut act = sending("", Place::Queue);
        (act.event.id, act.event.lane) = (None, Some(LaneKey("shared".into())));
        waiting.insert(act.id, journal);
        journal.append(act).await.unwrap();
    }
    while !waiting.is_empty() {
        let begun: Vec<_> = waiting
            .iter()
            .map(|(id, journal)| (*id, *journal, journal.begin(beginning(*id, bookhook_model::Cause::First))))
            .collect();
        let mut began = Vec::new();
        for (id, journal, pending) in begun {
            began.extend(pending.await.ok().map(|begun| (id, journal, event_of(begun).0)));
        }
        let [(id, journal, run)] = began[..] else { panic!("{} began", began.len()) };
        journal.settle(settling(id, run, &Response::result(1))).await.unwrap();
        waiting.remove(&id);
    }
}
