//! Files that are no journal, or no journal for this host; and what lies beside one.

use std::fs;

use bookhook_journal::statements::SQLITE_MIGRATIONS;
use bookhook_journal::{Journal, Location, OpenError, Place, Reader};
use bookhook_model::Filter;
use rusqlite::Connection;

use crate::given::{Home, found, new_id, sending, started};

async fn refusal(home: &Home) -> OpenError {
    Journal::open(home.location(), None).await.unwrap_err()
}

#[tokio::test]
async fn a_second_host_is_refused() {
    let home = Home::sqlite();
    let journal = home.open().await;
    let error = refusal(&home).await;
    assert!(matches!(error, OpenError::InUse { .. }), "{error:?}");
    assert!(error.to_string().contains("bookhook.db is in use by another host"), "{error}");
    journal.close().await;
    home.open().await;
}

#[tokio::test]
async fn another_programs_database_is_refused_and_left_alone() {
    let home = Home::sqlite();
    let other = Connection::open(home.path()).unwrap();
    other.execute_batch("PRAGMA application_id = 7; CREATE TABLE accounts (id INTEGER)").unwrap();
    drop(other);
    let before = fs::read(home.path()).unwrap();
    let error = refusal(&home).await;
    assert!(matches!(error, OpenError::NotAJournal { .. }), "{error:?}");
    assert_eq!(fs::read(home.path()).unwrap(), before);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let home = Home::sqlite();
    let text = "name: tax-bot\n".repeat(100);
    fs::write(home.path(), &text).unwrap();
    let error = refusal(&home).await;
    assert!(matches!(error, OpenError::NotAJournal { .. }), "{error:?}");
    assert_eq!(fs::read_to_string(home.path()).unwrap(), text);
}

#[tokio::test]
async fn a_later_journal_is_refused() {
    let home = Home::sqlite();
    home.open().await.close().await;
    Connection::open(home.path()).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let error = refusal(&home).await;
    let latest = u32::try_from(SQLITE_MIGRATIONS.len()).unwrap();
    assert!(matches!(error, OpenError::Newer { found: 99, known, .. } if known == latest), "{error:?}");
}

#[tokio::test]
async fn a_journal_of_other_migrations_is_refused() {
    let home = Home::sqlite();
    home.open().await.close().await;
    let conn = Connection::open(home.path()).unwrap();
    conn.execute("UPDATE migration SET checksum = 'other'", []).unwrap();
    drop(conn);
    let error = refusal(&home).await;
    assert!(matches!(error, OpenError::OtherMigration { number: 1, .. }), "{error:?}");
}

#[tokio::test]
async fn a_damaged_journal_is_refused_or_says_so_when_read() {
    let home = Home::sqlite();
    let journal = home.open().await;
    for n in 0..200 {
        started(&journal, &format!("e{n}")).await;
    }
    journal.close().await;
    let mut bytes = fs::read(home.path()).unwrap();
    for byte in &mut bytes[8192..] {
        *byte = 0xa5;
    }
    fs::write(home.path(), bytes).unwrap();
    let error = refusal(&home).await;
    assert!(matches!(error, OpenError::Corrupt { .. }), "{error:?}");
    assert!(error.to_string().contains("is damaged"), "{error}");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_named() {
    let home = Home::sqlite();
    let path = home.path().with_file_name("missing").join("bookhook.db");
    let error = Journal::open(&Location::Sqlite(path), None).await.unwrap_err();
    assert!(matches!(error, OpenError::File { .. }), "{error:?}");
    assert!(error.to_string().contains("check that the folder exists"), "{error}");
}

#[tokio::test]
async fn a_key_file_without_a_key_is_refused() {
    let home = Home::sqlite();
    home.open().await.close().await;
    fs::write(home.path().with_extension("db.key"), "hello").unwrap();
    let error = refusal(&home).await;
    assert!(matches!(error, OpenError::KeyFile { .. }), "{error:?}");
    assert!(!error.to_string().contains("hello"));
}

#[cfg(unix)]
#[tokio::test]
async fn journal_and_key_are_for_their_owner_alone() {
    use std::os::unix::fs::MetadataExt as _;
    let home = Home::sqlite();
    let journal = home.open().await;
    started(&journal, "e").await;
    for suffix in ["db", "db.key", "db-wal", "db-shm"] {
        let about = fs::metadata(home.path().with_extension(suffix)).unwrap();
        assert_eq!(about.mode() & 0o777, 0o600, "{suffix}");
    }
}

#[tokio::test]
async fn closing_leaves_everything_in_one_file() {
    let home = Home::sqlite();
    let journal = home.open().await;
    let id = started(&journal, "e").await;
    journal.close().await;
    assert!(!home.path().with_extension("db-wal").exists());
    let copy = home.path().with_file_name("copy.db");
    fs::copy(home.path(), &copy).unwrap();
    let reader = Reader::open(&Location::Sqlite(copy)).await.unwrap();
    assert!(reader.find(id).await.unwrap().is_some());
}

#[tokio::test]
async fn a_reader_follows_a_running_host() {
    let home = Home::sqlite();
    let journal = home.open().await;
    let first = started(&journal, "first").await;
    let reader = Reader::open(home.location()).await.unwrap();
    assert_eq!(reader.find(first).await.unwrap(), Some(found(&journal, first).await));
    assert!(reader.payload(first).await.unwrap().is_some());

    let end = reader.end().await.unwrap();
    let second = started(&journal, "second").await;
    let page = reader.list_after(&Filter::default(), end, 10).await.unwrap();
    assert_eq!(page.items.len(), 1);
    assert_eq!(page.items[0].id, second);
    assert_eq!(reader.list(&Filter::default(), None, 10).await.unwrap().items.len(), 2);
    journal.close().await;
    assert_eq!(reader.find(new_id()).await.unwrap(), None);
}

#[tokio::test]
async fn a_reader_needs_a_journal() {
    let home = Home::sqlite();
    let error = Reader::open(home.location()).await.unwrap_err();
    assert!(matches!(error, OpenError::Missing { .. }), "{error:?}");
    assert!(!home.path().exists());
    fs::write(home.path(), "").unwrap();
    let error = Reader::open(home.location()).await.unwrap_err();
    assert!(matches!(error, OpenError::NotAJournal { .. }), "{error:?}");
}

/// A group whose log outgrows every limit is still one journal.
#[tokio::test]
async fn the_log_does_not_grow_without_end() {
    let home = Home::sqlite();
    let journal = home.open().await;
    for round in 0..12 {
        let answers: Vec<_> = (0..40)
            .map(|n| {
                let mut act = sending(&format!("e{round}-{n}"), Place::Start);
                act.event.body = vec![b'x'; 1 << 19].into();
                journal.append(act)
            })
            .collect();
        for answer in answers {
            answer.await.unwrap();
        }
    }
    let log = fs::metadata(home.path().with_extension("db-wal")).unwrap().len();
    assert!(log < 150 << 20, "{log}");
}
