//! What is erased is in no file any more, and the files become smaller.

use std::fs;

use bookhook_journal::{Append, Appended, Cursor, Journal, Location, Place, Reader, Retain, Whose};
use bookhook_model::{Cause, Filter, LaneKey, Response, RunNumber, State};
use rusqlite::Connection;

use crate::given::{Home, at, beginning, erasing, sending, settling};

/// In everything that belongs to the one who is to be forgotten.
const MARKER: &str = "Mme-Dupont";

fn of(book: &str, event: &str, filling: usize, place: Place) -> Append {
    let mut act = sending(event, place);
    act.event.lane = Some(LaneKey(book.into()));
    act.event.book_id = Some(book.into());
    let body = format!("{{\"memo\": \"{book} {}\"}}", "x".repeat(filling));
    act.event.body = body.into_bytes().into();
    act
}

async fn settle(journal: &Journal, act: Append) {
    let (id, said) = (act.id, act.event.book_id.clone().unwrap());
    let settling = settling(id, RunNumber::FIRST, &Response::result(&*said));
    drop(journal.append(act));
    journal.settle(settling).await.unwrap();
}

fn holds(home: &Home, marker: &str) -> bool {
    home.bytes().windows(marker.len()).any(|bytes| bytes == marker.as_bytes())
}

/// The journal's file and its log.
fn size(home: &Home) -> u64 {
    ["db", "db-wal"]
        .iter()
        .filter_map(|end| fs::metadata(home.path().with_extension(end)).ok()?.len().into())
        .sum()
}

/// Bodies of all sizes, some of them replaced by others: so that pages are split, merged and moved.
async fn a_mixed_journal(journal: &Journal) {
    for n in 0..600_usize {
        let book = if n % 3 == 0 { MARKER } else { "somebody-else" };
        let filling = (n * 7919) % 9000;
        settle(journal, of(book, &format!("e{n}"), filling, Place::Start)).await;
        if n % 5 == 0 {
            // Sent again after it was answered: another body takes the first one's place.
            let mut again = of(book, &format!("e{n}"), (n * 104_729) % 9000, Place::Queue);
            journal.note_answered(journal.list(&Filter::default(), None, 1).await.unwrap().items[0].id, 200);
            again.received_at = at(5);
            if let Appended::Again { id, .. } = journal.append(again).await.unwrap() {
                journal.begin(beginning(id, Cause::Replay)).await.unwrap();
                journal.settle(settling(id, RunNumber(2), &Response::result(book))).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn nothing_of_what_is_erased_is_readable_in_any_file() {
    let home = Home::sqlite();
    let journal = home.open().await;
    a_mixed_journal(&journal).await;
    assert!(holds(&home, MARKER));
    let erased = journal.erase(erasing(Whose::Book(MARKER.into())), |_| ()).await.unwrap();
    assert_eq!(erased.deliveries, 200);
    assert!(!holds(&home, MARKER), "{MARKER} is still there");
    assert!(holds(&home, "somebody-else"));
    journal.close().await;
    assert!(!holds(&home, MARKER));
}

/// The record of the erasure does not keep the name either.
#[tokio::test]
async fn nothing_of_a_user_who_is_erased_is_readable_in_any_file() {
    let home = Home::sqlite();
    let journal = home.open().await;
    for n in 0..30 {
        let mut act = of("a-book", &format!("e{n}"), 500, Place::Start);
        if n % 3 == 0 {
            act.event.user_id = Some(MARKER.into());
            act.event.body = format!("{{\"user\": {{\"username\": \"{MARKER}\"}}}}").into_bytes().into();
        }
        settle(&journal, act).await;
    }
    assert!(holds(&home, MARKER));
    let erased = journal.erase(erasing(Whose::User(MARKER.into())), |_| ()).await.unwrap();
    assert_eq!(erased.deliveries, 10);
    assert!(!holds(&home, MARKER), "{MARKER} is still there");
    assert!(holds(&home, "by user: 10 deliveries"));
}

#[tokio::test]
async fn what_was_removed_before_is_not_readable_either() {
    let home = Home::sqlite();
    let journal = home.open().await;
    for n in 0..100 {
        settle(&journal, of(MARKER, &format!("e{n}"), 20_000, Place::Start)).await;
    }
    let mut walk = Retain { settled_before: Some(at(50)), bytes_max: None, after: Cursor::START };
    loop {
        let found = journal.retain(walk).await.unwrap();
        walk.after = found.place;
        if found.is_done {
            break;
        }
    }
    assert_eq!(journal.erase(erasing(Whose::Book(MARKER.into())), |_| ()).await.unwrap().deliveries, 0);
    assert!(!holds(&home, MARKER));
}

#[tokio::test]
async fn the_file_becomes_smaller() {
    let home = Home::sqlite();
    let journal = home.open().await;
    for n in 0..60 {
        let book = if n % 4 == 0 { "somebody-else" } else { MARKER };
        settle(&journal, of(book, &format!("e{n}"), 300_000, Place::Start)).await;
    }
    let before = size(&home);
    journal.erase(erasing(Whose::Book(MARKER.into())), |_| ()).await.unwrap();
    let after = size(&home);
    assert!(before > 18_000_000 && after < 8_000_000, "{before} -> {after}");
    assert_eq!(journal.list(&Filter::default(), None, 100).await.unwrap().items.len(), 15);
}

#[tokio::test]
async fn an_erasure_waits_for_a_reader_that_is_in_the_way() {
    let home = Home::sqlite();
    let journal = home.open().await;
    settle(&journal, of(MARKER, "e", 10, Place::Start)).await;
    let reader = Connection::open(home.path()).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM delivery").unwrap();
    let erasing = tokio::spawn({
        let journal = journal.clone();
        async move { journal.erase(erasing(Whose::Book(MARKER.into())), |_| ()).await }
    });
    while !journal.list(&Filter::default(), None, 1).await.unwrap().items.is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(holds(&home, MARKER));
    drop(reader);
    assert_eq!(erasing.await.unwrap().unwrap().deliveries, 1);
    assert!(!holds(&home, MARKER));
}

#[tokio::test]
async fn a_journal_that_was_begun_without_it_learns_to_become_smaller() {
    let home = Home::sqlite();
    fs::write(home.path(), "").unwrap();
    let before = Connection::open(home.path()).unwrap();
    before
        .execute_batch("PRAGMA page_size = 8192; PRAGMA auto_vacuum = NONE; PRAGMA journal_mode = WAL;")
        .unwrap();
    drop(before);
    let journal = home.open().await;
    settle(&journal, of("somebody-else", "e", 10, Place::Start)).await;
    journal.close().await;
    let conn = Connection::open(home.path()).unwrap();
    let vacuum: i64 = conn.query_row("PRAGMA auto_vacuum", [], |row| row.get(0)).unwrap();
    assert_eq!(vacuum, 2);
    let reader = Reader::open(&Location::Sqlite(home.path())).await.unwrap();
    let page = reader.list(&Filter::default(), None, 10).await.unwrap();
    assert_eq!(page.items[0].state, State::Settled);
}
