//! Commits whose answer is lost.

use std::time::Duration;

use bookhook_journal::{Appended, Journal, Pending, Place, WriteError};
use bookhook_model::{Cause, DeliveryId, Response};
use bookhook_testkit::wait::in_time;
use bookhook_testkit::{Database, Line, eventually};
use tokio_postgres::Client;

use super::{host, lasting_host};
use crate::given::{at, beginning, event_of, sending, serves, settling};

const SHORT: Duration = Duration::from_millis(900);
const LONG: Duration = Duration::from_mins(10);

/// A commit of a new delivery waits for the lock that the test has, and never gives up.
const WAIT_AT_COMMIT: &str = "
    CREATE FUNCTION bookhook.wait() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM set_config('lock_timeout', '0', true), pg_advisory_xact_lock(7);
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON bookhook.delivery DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION bookhook.wait();
    SELECT pg_advisory_lock(7);
";

/// A delivery whose commit is under way, and whose host has lost the connection meanwhile.
struct InDoubt {
    journal: Journal,
    line: Line,
    id: DeliveryId,
    pending: Pending<Appended>,
    /// Has the lock that the commit waits for.
    client: Client,
}

impl InDoubt {
    async fn on(database: &Database, lease: Duration) -> Self {
        let line = database.line().await;
        let journal = host(&database.address_over(&line), lease).await;
        let client = database.connect().await;
        client.batch_execute(WAIT_AT_COMMIT).await.unwrap();
        let act = sending("e", Place::Queue);
        let (id, pending) = (act.id, journal.append(act));
        let waiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted";
        eventually("it is about to be committed", async || {
            (!client.query(waiting, &[]).await.unwrap().is_empty()).then_some(())
        })
        .await;
        line.cut();
        Self { journal, line, id, pending, client }
    }

    async fn is_committed(&self) {
        self.client.batch_execute("SELECT pg_advisory_unlock(7)").await.unwrap();
        let written = "SELECT FROM bookhook.delivery";
        eventually("it is committed", async || {
            (!self.client.query(written, &[]).await.unwrap().is_empty()).then_some(())
        })
        .await;
    }

    /// The host starts over, and begins with what is there.
    async fn starts_over(journal: &Journal) {
        assert!(!journal.healthy());
        eventually("it joins again", async || journal.rejoin().await.ok()).await;
        journal.recover(at(5), serves()).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_was_not_answered_is_asked_after() {
    let database = Database::new().await;
    let doubt = InDoubt::on(&database, LONG).await;
    doubt.is_committed().await;
    doubt.line.mend();
    let told = in_time("it is told", doubt.pending).await.unwrap();
    assert_eq!(told, Appended::Fresh { conflict: false });
    assert!(doubt.journal.find(doubt.id).await.unwrap().is_some());
}

/// There, the number of the transaction is somebody else's, or will be.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_was_not_answered_is_not_asked_after_on_another_server() {
    let database = Database::new().await;
    lasting_host(&database).await.close().await;
    database.copy().await;
    let doubt = InDoubt::on(&database, LONG).await;
    doubt.is_committed().await;
    database.fail_over().await;
    doubt.line.mend();
    let told = in_time("it is told", doubt.pending).await;
    assert!(matches!(told, Err(WriteError::Fenced)), "{told:?}");
    InDoubt::starts_over(&doubt.journal).await;
    assert_eq!(doubt.journal.find(doubt.id).await.unwrap(), None);
    doubt.journal.append(sending("e", Place::Queue)).await.unwrap();
}

/// Nobody else would see to what is committed after that.
#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_does_not_learn_what_became_of_a_commit_starts_over_with_it() {
    let database = Database::new().await;
    let doubt = InDoubt::on(&database, SHORT).await;
    doubt.line.mend();
    let InDoubt { journal, id, .. } = &doubt;
    // The server says for longer than a lease that the transaction goes on.
    eventually("it is told", async || (!journal.is_in_charge()).then_some(())).await;
    assert!(journal.rejoin().await.is_err(), "what it was may still write");
    doubt.is_committed().await;
    InDoubt::starts_over(journal).await;
    let (run, _) = event_of(journal.begin(beginning(*id, Cause::Recovery)).await.unwrap());
    journal.settle(settling(*id, run, &Response::result(1))).await.unwrap();
    let told = in_time("it is told", doubt.pending).await;
    assert!(matches!(told, Err(WriteError::Fenced)), "{told:?}");
}
