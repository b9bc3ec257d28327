//! What is wrong with a journal is found.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt as _;

use bookhook_journal::{Aspect, Checked, Place, SealingKey, Verdict, check};
use bookhook_model::{DeliveryId, Response, State};
use rusqlite::Connection;

use crate::given::{Home, sending, sending_with_token, settled, started, state};

/// A journal that a host is running on, and one of its settled deliveries.
async fn a_journal(home: &Home) -> (bookhook_journal::Journal, DeliveryId) {
    let journal = home.open().await;
    let id = settled(&journal, "settled", &Response::result(1)).await;
    started(&journal, "running").await;
    journal.append(sending_with_token("waiting", Place::Queue)).await.unwrap();
    journal.append(sending("held", Place::Hold)).await.unwrap();
    journal.append(sending("unmatched", Place::Unmatched)).await.unwrap();
    (journal, id)
}

fn of(checked: &Checked, aspect: Aspect) -> &Verdict {
    &checked.verdicts.iter().find(|(one, _)| *one == aspect).unwrap().1
}

/// What was found, but for where nothing was.
fn findings(checked: &Checked) -> Vec<(Aspect, u64, String)> {
    let found = |(aspect, verdict): &(Aspect, Verdict)| match verdict {
        Verdict::Found(finding) => Some((*aspect, finding.count, finding.example.clone())),
        Verdict::Sound | Verdict::Skipped(_) => None,
    };
    checked.verdicts.iter().filter_map(found).collect()
}

#[tokio::test]
async fn a_journal_at_work_is_sound() {
    for home in [Home::sqlite(), Home::postgres().await] {
        let (_journal, _) = a_journal(&home).await;
        let checked = check(home.location(), None).await.unwrap();
        assert_eq!(findings(&checked), []);
        assert_eq!(checked.deliveries, Some(5));
        let no_key = matches!(of(&checked, Aspect::Keys), Verdict::Skipped(_));
        assert_eq!(no_key, home.location() != &bookhook_journal::Location::Sqlite(home.path()));
    }
}

#[tokio::test]
async fn another_key_is_told_with_a_delivery() {
    for home in [Home::sqlite(), Home::postgres().await] {
        let (_journal, _) = a_journal(&home).await;
        let other = SealingKey::from_bytes([1; 32]);
        let checked = check(home.location(), Some(&other)).await.unwrap();
        assert!(!checked.is_sound());
        let found = findings(&checked);
        assert_eq!((found.len(), found[0].0, found[0].1), (1, Aspect::Keys, 1));
        assert!(found[0].2.starts_with("dlv_"), "{found:?}");
    }
}

#[tokio::test]
async fn rows_that_are_gone_are_missed() {
    let home = Home::sqlite();
    let (journal, id) = a_journal(&home).await;
    journal.close().await;
    drop(journal);
    let conn = Connection::open(home.path()).unwrap();
    let seq = "(SELECT seq FROM delivery WHERE state = 'settled')";
    let changes = [
        (Aspect::Payloads, format!("DELETE FROM payload WHERE delivery = {seq}"), id.to_string()),
        (
            Aspect::Strays,
            "INSERT INTO payload VALUES (99, x'', x'')".to_owned(),
            "a payload of 99".to_owned(),
        ),
        (Aspect::Runs, format!("UPDATE delivery SET runs = 3 WHERE seq = {seq}"), id.to_string()),
        (
            Aspect::OpenRuns,
            format!(
                "UPDATE run SET finished_at = NULL, handler_status = NULL, response = NULL WHERE delivery = {seq}"
            ),
            id.to_string(),
        ),
        (
            Aspect::Tally,
            "UPDATE hook_tally SET count = 7 WHERE state = 'settled'".to_owned(),
            "settled of tax-bot".to_owned(),
        ),
    ];
    for (aspect, change, example) in changes {
        conn.execute_batch(&format!("BEGIN; {change}; COMMIT")).unwrap();
        let found = findings(&check(home.location(), None).await.unwrap());
        assert!(found.contains(&(aspect, 1, example)), "{aspect:?}: {found:?}");
    }
}

#[tokio::test]
async fn two_runs_in_a_lane_are_found() {
    let home = Home::sqlite();
    let (journal, _) = a_journal(&home).await;
    started(&journal, "another").await;
    journal.close().await;
    let conn = Connection::open(home.path()).unwrap();
    conn.execute("UPDATE delivery SET lane = 'one' WHERE state = 'running'", []).unwrap();
    let found = findings(&check(home.location(), None).await.unwrap());
    assert_eq!(found, [(Aspect::Lanes, 1, "lane one of tax-bot".to_owned())]);
}

#[tokio::test]
async fn what_is_missing_in_a_database_is_found() {
    let home = Home::postgres().await;
    let (journal, id) = a_journal(&home).await;
    assert_eq!(state(&journal, id).await, State::Settled);
    let client = home.database().connect().await;
    let seq = "(SELECT seq FROM bookhook.delivery WHERE state = 'settled')";
    client
        .batch_execute(&format!(
            "DELETE FROM bookhook.payload WHERE delivery = {seq}; DELETE FROM bookhook.run WHERE delivery = {seq}; \
             INSERT INTO bookhook.payload VALUES (99, '', ''); \
             INSERT INTO bookhook.hook_change VALUES ('tax-bot', 'settled', 1)"
        ))
        .await
        .unwrap();
    let found = findings(&check(home.location(), None).await.unwrap());
    let expected = [
        (Aspect::Payloads, 1, id.to_string()),
        (Aspect::Strays, 1, "a payload of 99".to_owned()),
        (Aspect::Runs, 1, id.to_string()),
        (Aspect::Tally, 1, "settled of tax-bot".to_owned()),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn damaged_pages_are_found_and_nothing_else_is_believed() {
    let home = Home::sqlite();
    let (journal, _) = a_journal(&home).await;
    for n in 0..100 {
        settled(&journal, &format!("e{n}"), &Response::result(n)).await;
    }
    journal.close().await;
    drop(journal);
    let conn = Connection::open(home.path()).unwrap();
    let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'payload'";
    let page: u64 = conn.query_row(root, [], |row| row.get::<_, u32>(0)).unwrap().into();
    drop(conn);
    let file = OpenOptions::new().write(true).open(home.path()).unwrap();
    file.write_all_at(&[0xa5; 8192], (page - 1) * 8192).unwrap();

    let checked = check(home.location(), None).await.unwrap();
    assert!(matches!(of(&checked, Aspect::Pages), Verdict::Found(_)), "{checked:?}");
    assert!(matches!(of(&checked, Aspect::Payloads), Verdict::Skipped(_)));
    assert_eq!(checked.deliveries, None);
}
