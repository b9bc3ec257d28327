//! Which answers reached a caller.

use bookhook_journal::{Appended, Place};
use bookhook_model::Response;

use super::on_every_backend;
use crate::given::{Home, found, sending, settled};

on_every_backend! {
    a_later_append_sees_an_earlier_note,
    an_earlier_append_does_not_see_a_later_note,
    a_note_is_written_without_company,
    notes_are_written_when_the_journal_is_closed,
    the_last_note_counts,
}

async fn a_later_append_sees_an_earlier_note(home: Home) {
    let journal = home.open().await;
    for n in 0..20 {
        let event = format!("e{n}");
        let id = settled(&journal, &event, &Response::suppressed()).await;
        journal.note_answered(id, 200);
        let again = journal.append(sending(&event, Place::Start)).await.unwrap();
        assert!(matches!(again, Appended::Again { .. }), "{again:?}");
    }
}

async fn an_earlier_append_does_not_see_a_later_note(home: Home) {
    let journal = home.open().await;
    let id = settled(&journal, "e", &Response::suppressed()).await;
    let append = journal.append(sending("e", Place::Start));
    journal.note_answered(id, 200);
    assert!(matches!(append.await.unwrap(), Appended::Stored { .. }));
}

async fn a_note_is_written_without_company(home: Home) {
    let journal = home.open().await;
    let id = settled(&journal, "e", &Response::suppressed()).await;
    journal.note_answered(id, 200);
    while found(&journal, id).await.answered.is_none() {
        tokio::task::yield_now().await;
    }
}

async fn notes_are_written_when_the_journal_is_closed(home: Home) {
    if !home.lasts() {
        return;
    }
    let journal = home.open().await;
    let id = settled(&journal, "e", &Response::suppressed()).await;
    journal.note_answered(id, 200);
    journal.close().await;
    assert_eq!(found(&home.open().await, id).await.answered, Some(200));
}

async fn the_last_note_counts(home: Home) {
    let journal = home.open().await;
    let id = settled(&journal, "e", &Response::suppressed()).await;
    journal.note_answered(id, 429);
    journal.note_answered(id, 200);
    journal.check_writable().await.unwrap();
    assert_eq!(found(&journal, id).await.answered, Some(200));
}
