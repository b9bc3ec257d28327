//! What runs beside what, and in which order.

use std::collections::BTreeMap;

use bookhook::model::{LaneRule, Policy};
use bookhook_testkit::{Gate, Runs};

use crate::stage::{Stage, answer, event, handled};

#[tokio::test]
async fn events_of_one_book_run_one_after_the_other_in_the_order_of_append() {
    let (stage, runs) = (Stage::new(), Runs::default());
    let serving = stage.serve(stage.prompt(&runs)).await;

    let mut replies = Vec::new();
    for number in 0..60 {
        let book = format!("b{}", number % 3);
        replies.push(serving.sending(&event(&format!("e{number}"), &book)).await);
    }
    for reply in replies {
        assert_eq!(reply.await.unwrap().status, 200);
    }

    assert!(runs.lanes_with_overlaps().is_empty());
    let mut appended: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for delivery in serving.all().await {
        let (lane, event) = (delivery.lane.unwrap().to_string(), delivery.event_id.unwrap().to_string());
        appended.entry(lane).or_default().push(event);
    }
    assert_eq!(appended.len(), 3);
    for (book, events) in appended {
        assert_eq!(runs.events_in(&book), events, "{book}");
    }
}

#[tokio::test]
async fn what_came_while_a_run_went_on_comes_after_it_in_order() {
    let (stage, runs, gate) = (Stage::new(), Runs::default(), Gate::closed());
    let serving = stage.serve(stage.gated(&runs, &gate, Policy::default())).await;

    let mut replies = Vec::new();
    for id in ["e1", "e2", "e3", "e4"] {
        replies.push(serving.sent(&event(id, "b1")).await);
    }
    assert_eq!(runs.events(), ["e1"]);
    gate.open();
    for reply in replies {
        assert_eq!(reply.await.unwrap().status, 200);
    }

    assert_eq!(runs.events(), ["e1", "e2", "e3", "e4"]);
    assert!(runs.lanes_with_overlaps().is_empty());
}

#[tokio::test]
async fn different_books_run_side_by_side_up_to_the_hooks_concurrency() {
    let (stage, runs, gate) = (Stage::new(), Runs::default(), Gate::closed());
    let policy = Policy { concurrency: 2, ..Policy::default() };
    let serving = stage.serve(stage.gated(&runs, &gate, policy)).await;

    let mut replies = Vec::new();
    for book in ["b1", "b2", "b3", "b4"] {
        replies.push(serving.sent(&event(&format!("of-{book}"), book)).await);
    }
    runs.until_begun(2).await;
    assert_eq!(runs.events(), ["of-b1", "of-b2"]);
    gate.let_one_through();
    runs.until_begun(3).await;
    gate.open();
    for reply in replies {
        assert_eq!(reply.await.unwrap().status, 200);
    }

    assert_eq!(runs.events(), ["of-b1", "of-b2", "of-b3", "of-b4"]);
    assert_eq!(runs.most_at_once(), 2);
}

#[tokio::test]
async fn a_slow_or_failing_lane_stops_no_other_and_not_itself() {
    let (stage, runs, gate) = (Stage::new(), Runs::default(), Gate::closed());
    let held = gate.clone();
    let hook = handled(stage.app(), &runs, move |told| {
        let gate = held.clone();
        async move {
            match told.book.as_str() {
                "slow" => gate.pass().await,
                "failing" if told.event.starts_with("bad") => panic!("as always"),
                _ => {}
            }
            Ok(answer(&told))
        }
    });
    let serving = stage.serve(hook).await;

    let slow = serving.sent(&event("e1", "slow")).await;
    for (id, book, field) in [
        ("bad1", "failing", "error"),
        ("bad2", "failing", "error"),
        ("ok", "failing", "result"),
        ("e2", "quick", "result"),
    ] {
        let reply = serving.post(event(id, book)).send().await;
        assert!(reply.json()[field].is_string(), "{id}: {}", reply.text());
    }
    assert!(!slow.is_finished());
    gate.open();
    assert_eq!(slow.await.unwrap().status, 200);
}

#[tokio::test]
async fn without_lanes_events_of_one_book_run_side_by_side() {
    let (stage, runs, gate) = (Stage::new(), Runs::default(), Gate::closed());
    let policy = Policy { lane: LaneRule::None, ..Policy::default() };
    let serving = stage.serve(stage.gated(&runs, &gate, policy)).await;

    let first = serving.sending(&event("e1", "b1")).await;
    let second = serving.sending(&event("e2", "b1")).await;
    runs.until_begun(2).await;
    // Even so it is one event.
    let again = serving.sending(&event("e1", "b1")).await;
    serving.until_taken().await;
    gate.open();

    assert_eq!(first.await.unwrap(), again.await.unwrap());
    assert_eq!(second.await.unwrap().status, 200);
    assert_eq!(runs.most_at_once(), 2);
}
