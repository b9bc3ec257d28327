//! Databases that are no journal yet, or none for this host.

use bookhook_journal::{Journal, Location, OpenError, Reader};
use bookhook_testkit::Database;

use super::{key, lasting_host};
use crate::given::{settled, started, state};
use bookhook_model::{Response, State};

async fn refusal(address: &str) -> OpenError {
    Journal::open(&address.parse().unwrap(), Some(key())).await.unwrap_err()
}

#[tokio::test]
async fn hosts_may_start_at_the_same_time() {
    let database = Database::new().await;
    let location: Location = database.address().parse().unwrap();
    let starting: Vec<_> = (0..6)
        .map(|_| {
            let location = location.clone();
            tokio::spawn(async move { Journal::open(&location, Some(key())).await.unwrap() })
        })
        .collect();
    let mut hosts = Vec::new();
    for host in starting {
        hosts.push(host.await.unwrap());
    }
    let id = started(&hosts[0], "e").await;
    for host in &hosts {
        assert_eq!(state(host, id).await, State::Running);
    }
}

#[tokio::test]
async fn a_key_is_needed() {
    let database = Database::new().await;
    let error = Journal::open(&database.address().parse().unwrap(), None).await.unwrap_err();
    assert!(matches!(error, OpenError::KeyNeeded), "{error:?}");
    assert!(error.to_string().contains("BOOKHOOK_KEY"));
}

#[tokio::test]
async fn a_later_journal_is_refused() {
    let database = Database::new().await;
    lasting_host(&database).await.close().await;
    let client = database.connect().await;
    client.batch_execute("INSERT INTO bookhook.migration VALUES (99, 'later', '')").await.unwrap();
    assert!(matches!(refusal(&database.address()).await, OpenError::Newer { .. }));
    client.batch_execute("UPDATE bookhook.migration SET checksum = 'other'").await.unwrap();
    client.batch_execute("DELETE FROM bookhook.migration WHERE number = 99").await.unwrap();
    assert!(matches!(refusal(&database.address()).await, OpenError::OtherMigration { number: 1, .. }));
}

#[tokio::test]
async fn who_may_not_make_a_journal_is_told_what_is_missing() {
    let database = Database::new().await;
    let client = database.connect().await;
    let user = format!("poor_{}", std::process::id());
    client.batch_execute(&format!("CREATE ROLE {user} LOGIN PASSWORD 'x'")).await.unwrap();
    let (_, rest) = database.address().rsplit_once('@').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let error = refusal(&format!("postgres://{user}:x@{rest}")).await;
    assert!(matches!(error, OpenError::NoRight { .. }), "{error:?}");
    let error = refusal(&format!("postgres://{user}:hunter2@{rest}")).await;
    assert!(matches!(error, OpenError::Postgres { .. }), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("hunter2"));
    client.batch_execute(&format!("DROP ROLE {user}")).await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let error = refusal("postgres://me:s3cret@127.0.0.1:1/db").await;
    assert!(matches!(error, OpenError::Unreachable { .. }), "{error:?}");
    assert_eq!(error.to_string(), "cannot reach postgres://me@127.0.0.1:1/db");
    assert!(!format!("{error:?}").contains("s3cret"));
}

#[tokio::test]
async fn a_reader_needs_a_journal_and_changes_nothing() {
    let database = Database::new().await;
    let location: Location = database.address().parse().unwrap();
    assert!(matches!(Reader::open(&location).await, Err(OpenError::Missing { .. })));
    let journal = lasting_host(&database).await;
    let id = settled(&journal, "e", &Response::result(1)).await;
    let reader = Reader::open(&location).await.unwrap();
    assert_eq!(reader.find(id).await.unwrap().unwrap().state, State::Settled);
    journal.close().await;
    assert!(reader.find(id).await.unwrap().is_some());
}

#[tokio::test]
async fn connections_are_encrypted_as_asked_for() {
    let database = Database::new().await;
    let plain = database.address();
    let certificate = database.certificate();
    let address = |parameters: &str| plain.replace("sslmode=disable", parameters);
    let verified = format!("sslmode=verify-full&sslrootcert={}", certificate.display());
    for parameters in ["sslmode=prefer", "sslmode=require", &verified] {
        let journal = Journal::open(&address(parameters).parse().unwrap(), Some(key())).await.unwrap();
        started(&journal, parameters).await;
        let client = database.connect().await;
        let sql = "SELECT count(*) FILTER (WHERE NOT s.ssl) FROM pg_stat_ssl AS s JOIN pg_stat_activity AS a USING (pid)
                   WHERE a.application_name = 'bookhook' AND a.datname = current_database()";
        let in_clear: i64 = client.query_one(sql, &[]).await.unwrap().get(0);
        assert_eq!(in_clear, 0, "{parameters}");
        journal.close().await;
    }
    // Nobody has heard of who has signed it; or it is for another name.
    let stranger = refusal(&address("sslmode=verify-full")).await;
    assert!(matches!(stranger, OpenError::Unreachable { .. }), "{stranger:?}");
    let misnamed = address(&verified).replace("@127.0.0.1", "@127.0.0.2");
    assert!(matches!(refusal(&misnamed).await, OpenError::Unreachable { .. }));
}
