//! Connections that are lost, and come back.

use bookhook_journal::{Appended, Place, WriteError};
use bookhook_model::{Response, RunNumber, State};
use bookhook_testkit::{Database, eventually};

use super::{key, lasting_host};
use crate::given::{found, sending, settled, settling, started, state};

#[tokio::test]
async fn connections_that_are_cut_are_replaced() {
    let database = Database::new().await;
    let journal = lasting_host(&database).await;
    for n in 0..5 {
        let id = started(&journal, &format!("e{n}")).await;
        database.cut().await;
        assert_eq!(state(&journal, id).await, State::Running);
        journal.settle(settling(id, RunNumber::FIRST, &Response::result(1))).await.unwrap();
        database.cut().await;
    }
    assert!(journal.healthy());
}

/// Each is written once or not at all, and its answer tells which.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_under_way_when_connections_are_cut_is_written_as_told() {
    let database = Database::new().await;
    let journal = lasting_host(&database).await;
    for round in 0..10 {
        let acts: Vec<_> = (0..100).map(|n| sending(&format!("{round}-{n}"), Place::Start)).collect();
        let ids: Vec<_> = acts.iter().map(|act| act.id).collect();
        let pending: Vec<_> = acts.into_iter().map(|act| journal.append(act)).collect();
        database.cut().await;
        for (id, pending) in ids.into_iter().zip(pending) {
            match pending.await {
                Ok(appended) => {
                    assert_eq!(appended, Appended::Fresh { conflict: false });
                    assert_eq!(found(&journal, id).await.runs.unwrap().len(), 1);
                }
                Err(failed) => {
                    assert!(failed.may_pass(), "{failed:?}");
                    assert_eq!(journal.find(id).await.unwrap(), None);
                }
            }
        }
    }
}

/// The line needs a thread while the journal's is waited for.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_gone_is_told_at_once_and_found_again() {
    let database = Database::new().await;
    let line = database.line().await;
    let location = database.address_over(&line).parse().unwrap();
    let journal = bookhook_journal::Journal::open(&location, Some(key())).await.unwrap();
    let id = settled(&journal, "before", &Response::result(1)).await;
    line.cut();
    for n in 0..20 {
        let failed = journal.append(sending(&format!("e{n}"), Place::Queue)).await;
        assert!(matches!(failed, Err(WriteError::Unreachable { .. })), "{failed:?}");
    }
    assert!(!journal.healthy() && journal.find(id).await.is_err());
    line.mend();
    eventually("it is written again", async || journal.check_writable().await.ok()).await;
    assert!(journal.healthy());
    settled(&journal, "after", &Response::result(1)).await;
    assert!(journal.find(id).await.unwrap().is_some());
}
