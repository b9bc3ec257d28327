//! The schema and the statements of PostgreSQL.

use bookhook_journal::statements::{POSTGRES, POSTGRES_MIGRATIONS, SQLITE_MIGRATIONS};
use bookhook_testkit::Database;
use tokio_postgres::Client;

use super::lasting_host;
use crate::given::started;

/// A database that every migration was applied to, by hand.
async fn fresh(database: &Database) -> Client {
    let client = database.connect().await;
    client.batch_execute("CREATE SCHEMA bookhook; SET search_path = bookhook").await.unwrap();
    for (name, sql) in POSTGRES_MIGRATIONS {
        client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
    client
}

#[test]
fn migrations_have_the_same_numbers_in_both_dialects() {
    let names = |all: &[(&'static str, &str)]| all.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    let (postgres, sqlite) = (names(POSTGRES_MIGRATIONS), names(SQLITE_MIGRATIONS));
    assert_eq!(postgres, sqlite[..postgres.len()]);
}

#[test]
fn every_file_is_a_known_statement() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/queries/postgres");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    let mut known: Vec<_> = POSTGRES.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(files, known);
}

#[tokio::test]
async fn every_statement_can_be_prepared() {
    let database = Database::new().await;
    let client = fresh(&database).await;
    for (name, sql) in POSTGRES {
        client.prepare(sql).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
}

/// As the server would do it for any values, were there much to read.
async fn plan(client: &Client, name: &str) -> String {
    let sql = POSTGRES.iter().find(|(known, _)| *known == name).unwrap().1;
    let parameters = client.prepare(sql).await.unwrap().params().len();
    let nothing = vec!["NULL"; parameters].join(", ");
    let nothing = if nothing.is_empty() { nothing } else { format!("({nothing})") };
    client.batch_execute(&format!("PREPARE explained AS {sql}")).await.unwrap();
    let rows = client.query(&format!("EXPLAIN (COSTS off) EXECUTE explained{nothing}"), &[]).await.unwrap();
    client.batch_execute("DEALLOCATE explained").await.unwrap();
    rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn hot_statements_use_their_indexes() {
    let database = Database::new().await;
    let client = fresh(&database).await;
    client.batch_execute("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off").await.unwrap();
    let expected: &[(&str, &[&str])] = &[
        (
            "append_insert_delivery",
            &["delivery_event", "delivery_unsettled", "paused_hook_pkey", "paused_lane_pkey"],
        ),
        ("append_find_same", &["delivery_event"]),
        ("begin_find", &["delivery_id", "payload_pkey", "delivery_unsettled"]),
        ("begin_run", &["delivery_pkey"]),
        ("settle_run", &["delivery_id", "run_pkey"]),
        ("settle_delivery", &["delivery_id", "paused_lane_held_for"]),
        ("retry_at", &["delivery_id"]),
        ("note_answered", &["delivery_id"]),
        ("find_delivery", &["delivery_id"]),
        ("group_begin", &["host_pkey"]),
        ("take_over_find", &["delivery_unsettled"]),
        ("list_unsettled", &["delivery_unsettled"]),
        ("erase_expired_tokens", &["delivery_kept_token", "delivery_unsettled"]),
    ];
    for (name, indexes) in expected {
        let plan = plan(&client, name).await;
        assert!(!plan.contains("Seq Scan"), "{name}: {plan}");
        for index in *indexes {
            assert!(plan.contains(index), "{name} without {index}: {plan}");
        }
    }
}

#[tokio::test]
async fn the_schema_refuses_what_the_states_do_not_allow() {
    let database = Database::new().await;
    let client = fresh(&database).await;
    let insert = "INSERT INTO delivery (seq, turn, id, hook, fingerprint, event_type, conflict, received_at, sent_at, state,
                                        runs, host, lane)
                  VALUES ($1, $1, decode(repeat('00', 15) || lpad($1::bigint::text, 2, '0'), 'hex'), 'h', decode(repeat('00', 16), 'hex'),
                          't', false, 0, 0, 'waiting', 0, 1, 'l')";
    for seq in [1_i64, 2] {
        client.execute(insert, &[&seq]).await.unwrap();
    }
    for change in [
        "state = 'lost'",
        "state = 'settled'",
        "state = 'settled', settled_at = 1",
        "state = 'parked'",
        "state = 'running'",
        "parked_reason = 'why'",
        "outcome = 'result'",
        "response = 'x'",
        "state = 'held', awaits_caller = true",
        "awaits_caller = true, next_run_at = 1",
        "event_id = 'e'",
        "host = NULL",
        "awaits_caller = true",
    ] {
        let sql = format!("UPDATE delivery SET {change} WHERE seq = 1");
        assert!(client.execute(&sql, &[]).await.is_err(), "{change}");
    }
    let settle = "UPDATE delivery SET state = 'settled', settled_at = 1, outcome = 'result', host = NULL WHERE seq = 1";
    client.execute(settle, &[]).await.unwrap();
    client.execute("UPDATE delivery SET state = 'running', runs = 1 WHERE seq = 2", &[]).await.unwrap();
    client.execute(insert, &[&3_i64]).await.unwrap();
    let overlap = client.execute("UPDATE delivery SET state = 'running', runs = 1 WHERE seq = 3", &[]).await;
    assert!(overlap.is_err(), "two runs of a lane never overlap");
}

#[tokio::test]
async fn a_new_journal_has_the_schema_of_the_migrations() {
    let schema = "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
                  FROM information_schema.columns
                  WHERE table_schema = 'bookhook' AND table_name <> 'migration' ORDER BY 1";
    let read = async |client: &Client| {
        let rows = client.query(schema, &[]).await.unwrap();
        rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>()
    };
    let (made, by_hand) = (Database::new().await, Database::new().await);
    started(&lasting_host(&made).await, "e").await;
    assert_eq!(read(&made.connect().await).await, read(&fresh(&by_hand).await).await);
}
