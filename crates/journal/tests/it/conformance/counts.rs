//! What is counted for each hook.

use bookhook_journal::{HookCounts, Journal, Place, Then, Whose};
use bookhook_model::{Cause, OnPark, ParkReason, Response, RunNumber};

use super::on_every_backend;
use crate::given::{
    Home, at, beginning, erasing, failing, hook, replaying, sending, settled, settling, started,
};

on_every_backend! {
    a_journal_without_deliveries_counts_nothing,
    every_state_is_counted_hook_by_hook,
    a_delivery_counts_where_it_stands_now,
    what_is_erased_counts_no_more,
    what_is_tidied_counts_the_same,
}

async fn counts(journal: &Journal) -> HookCounts {
    let mut counts = journal.hook_counts().await.unwrap();
    assert_eq!(counts.len(), 1, "{counts:?}");
    counts.remove(0)
}

async fn a_journal_without_deliveries_counts_nothing(home: Home) {
    let journal = home.open().await;
    assert_eq!(journal.hook_counts().await.unwrap(), []);
}

async fn every_state_is_counted_hook_by_hook(home: Home) {
    let journal = home.open().await;
    settled(&journal, "settled", &Response::result(1)).await;
    settled(&journal, "failed", &Response::error("no")).await;
    started(&journal, "running").await;
    let parked = started(&journal, "parked").await;
    let park = Then::Park { reason: ParkReason::TokenExpired, on_park: OnPark::Continue };
    journal.settle(failing(parked, RunNumber(1), park)).await.unwrap();
    for (event, place) in
        [("w1", Place::Queue), ("w2", Place::Queue), ("h", Place::Hold), ("u", Place::Unmatched)]
    {
        let mut act = sending(event, place);
        act.received_at = at(if event == "w1" { 7 } else { 9 });
        journal.append(act).await.unwrap();
    }
    let mut other = sending("other", Place::Settle(Response::suppressed()));
    other.hook = "other-bot".parse().unwrap();
    journal.append(other).await.unwrap();

    let counts = journal.hook_counts().await.unwrap();
    let [others, ours] = &counts[..] else { panic!("{counts:?}") };
    assert_eq!((others.hook.as_str(), others.settled, others.oldest_waiting), ("other-bot", 1, None));
    let expected = HookCounts {
        hook: hook(),
        waiting: 2,
        running: 1,
        held: 1,
        settled: 2,
        parked: 1,
        unmatched: 1,
        oldest_waiting: Some(at(7)),
    };
    assert_eq!(ours, &expected);
}

async fn a_delivery_counts_where_it_stands_now(home: Home) {
    let journal = home.open().await;
    let id = settled(&journal, "e", &Response::result(1)).await;
    journal.replay(replaying(id)).await.unwrap();
    journal.begin(beginning(id, Cause::Replay)).await.unwrap();
    let now = counts(&journal).await;
    assert_eq!((now.settled, now.running), (0, 1));
    journal.settle(settling(id, RunNumber(2), &Response::result(2))).await.unwrap();
    let now = counts(&journal).await;
    assert_eq!((now.settled, now.running), (1, 0));
}

async fn what_is_erased_counts_no_more(home: Home) {
    let journal = home.open().await;
    settled(&journal, "e", &Response::result(1)).await;
    started(&journal, "running").await;
    journal.erase(erasing(Whose::Book("book-1".into())), |_| ()).await.unwrap();
    let now = counts(&journal).await;
    assert_eq!((now.settled, now.running), (0, 1));
}

async fn what_is_tidied_counts_the_same(home: Home) {
    let journal = home.open().await;
    let id = settled(&journal, "first", &Response::result(1)).await;
    journal.append(sending("unmatched", Place::Unmatched)).await.unwrap();
    for round in 1..4 {
        settled(&journal, &format!("e{round}"), &Response::result(1)).await;
        let before = counts(&journal).await;
        journal.tidy().await.unwrap();
        assert_eq!(counts(&journal).await, before);
        assert_eq!((before.settled, before.unmatched), (1 + round, 1));
    }
    journal.replay(replaying(id)).await.unwrap();
    journal.tidy().await.unwrap();
    let now = counts(&journal).await;
    assert_eq!((now.settled, now.waiting), (3, 1));
}
