//! Texts that no journal keeps as they are.

use bookhook_journal::{Append, Appended, PauseLane, Place, Whose, WriteError};
use bookhook_model::{
    BadEvent, EventId, Failure, FailureKind, Filter, LaneKey, OnPark, ParkReason, RunEnd, RunNumber,
};

use super::on_every_backend;
use crate::given::{Home, ada, at, erasing, failing, found, hook, parking, sending, started};

on_every_backend! {
    an_event_with_a_nul_is_refused_and_those_beside_it_are_not,
    an_event_with_too_long_a_name_is_refused,
    an_event_with_long_names_is_kept,
    a_nul_in_a_message_does_not_keep_it_from_being_written,
    nothing_is_found_by_a_nul,
}

/// The same sending but for one text of it.
fn with(change: impl FnOnce(&mut Append)) -> Append {
    let mut act = sending("e", Place::Queue);
    change(&mut act);
    act
}

async fn an_event_with_a_nul_is_refused_and_those_beside_it_are_not(home: Home) {
    let journal = home.open().await;
    let bad = [
        ("id", with(|act| act.event.id = Some(EventId("e\0".into())))),
        ("type", with(|act| act.event.event_type = "\0".into())),
        ("lane", with(|act| act.event.lane = Some(LaneKey("l\0l".into())))),
        ("book id", with(|act| act.event.book_id = Some("b\0".into()))),
        ("agent id", with(|act| act.event.agent_id = Some("\0a".into()))),
        ("user id", with(|act| act.event.user_id = Some("m\0ia".into()))),
    ];
    for (n, (name, act)) in bad.into_iter().enumerate() {
        let good = journal.append(sending(&format!("good{n}"), Place::Queue));
        let refused = journal.append(act).await.unwrap_err();
        assert!(matches!(refused, WriteError::BadEvent(BadEvent::Nul(told)) if told == name), "{refused:?}");
        assert!(!refused.may_pass());
        assert_eq!(good.await.unwrap(), Appended::Fresh { conflict: false });
    }
    assert!(journal.healthy());
    assert_eq!(journal.list(&Filter::default(), None, 10).await.unwrap().items.len(), 6);
}

async fn an_event_with_too_long_a_name_is_refused(home: Home) {
    let journal = home.open().await;
    let act = with(|act| act.event.book_id = Some("b".repeat(1_001).into()));
    let refused = journal.append(act).await.unwrap_err();
    assert!(matches!(refused, WriteError::BadEvent(BadEvent::TooLong("book id"))), "{refused:?}");
}

/// Random, so that no index makes them shorter.
async fn an_event_with_long_names_is_kept(home: Home) {
    let journal = home.open().await;
    let long: String =
        (0_u64..).map(|n| char::from(b'!' + (n * n * 2_654_435_761 % 90) as u8)).take(1_000).collect();
    let act = with(|act| {
        let event = &mut act.event;
        (event.id, event.lane) = (Some(EventId(long.as_str().into())), Some(LaneKey(long.as_str().into())));
        (event.book_id, event.agent_id) = (Some(long.as_str().into()), Some(long.as_str().into()));
        event.user_id = Some(long.as_str().into());
        event.event_type = long.as_str().into();
    });
    let id = act.id;
    journal.append(act).await.unwrap();
    assert_eq!(found(&journal, id).await.book_id.as_deref(), Some(long.as_str()));
}

async fn a_nul_in_a_message_does_not_keep_it_from_being_written(home: Home) {
    let journal = home.open().await;
    let id = started(&journal, "e").await;
    let reason = ParkReason::GaveUp { runs: 1, last: "it said \0".to_owned() };
    let mut act = failing(id, RunNumber::FIRST, parking(reason, OnPark::Hold));
    act.end = RunEnd::Failed(Failure::new(FailureKind::Status(500), "it said \0"));
    journal.settle(act).await.unwrap();
    let told = found(&journal, id).await;
    assert_eq!(told.parked_reason.as_deref(), Some("gave up after 1 runs: it said \u{fffd}"));
    assert_eq!(told.runs.unwrap()[0].error.as_deref(), Some("it said \u{fffd}"));

    let reason = || Some("be\0cause".to_owned());
    journal.pause(hook(), reason(), ada(), at(1)).await.unwrap();
    let lane = LaneKey("l\0".into());
    let pause = PauseLane { hook: hook(), lane: lane.clone(), who: ada(), reason: reason(), at: at(1) };
    journal.pause_lane(pause).await.unwrap();
    let told: Vec<_> = journal.pauses().await.unwrap().into_iter().filter_map(|pause| pause.reason).collect();
    assert_eq!(told.iter().filter(|told| *told == "be\u{fffd}cause").count(), 2, "{told:?}");
    journal.resume_lane(hook(), lane, ada(), at(2)).await.unwrap();
}

async fn nothing_is_found_by_a_nul(home: Home) {
    let journal = home.open().await;
    started(&journal, "e").await;
    let nul = || Some("\0".to_owned());
    for filter in [
        Filter { book_id: nul(), ..Filter::default() },
        Filter { event_id: nul(), ..Filter::default() },
        Filter { event_type: nul(), agent_id: nul(), ..Filter::default() },
    ] {
        assert_eq!(journal.list(&filter, None, 10).await.unwrap().items, []);
    }
    for whose in [Whose::Agent("\0".into()), Whose::User("\0".into())] {
        assert_eq!(journal.erase(erasing(whose), |_| ()).await.unwrap().deliveries, 0);
    }
}
