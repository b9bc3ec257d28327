//! How PostgreSQL finds few deliveries among many, and who follows it.

use std::time::Duration;

use bookhook_journal::statements::{POSTGRES, POSTGRES_READING};
use bookhook_journal::{Cursor, Journal};
use bookhook_model::{DeliveryId, Filter, Outcome, Response, State};
use bookhook_testkit::{Database, eventually};
use serde_json::Value;
use tokio_postgres::{Client, SimpleQueryMessage};

use super::lasting_host;
use crate::given::{settled, started};

/// So many deliveries that nobody has seen come: of two hooks and two books, settled with a result, but for one in a
/// thousand.
async fn plant(client: &Client, count: usize) {
    let sql = format!(
        "SET search_path = bookhook;
         INSERT INTO delivery (
             seq, turn, id, hook, event_id, event_key, fingerprint, event_type, lane, book_id, agent_id, conflict,
             received_at, sent_at, state, runs, settled_at, outcome, parked_reason
         )
         SELECT seq, seq, decode(lpad(to_hex(seq), 32, '0'), 'hex'), 'hook-' || seq % 2, 'e' || seq, seq,
                decode(lpad(to_hex(seq), 32, '0'), 'hex'), CASE WHEN seq < 10 THEN 'RARE' ELSE 'COMMON' END, 'l' || seq,
                CASE WHEN seq = 5 THEN 'rare' WHEN seq % 2 = 0 THEN 'common' ELSE 'other' END, CASE WHEN seq = 7 THEN 'rare' ELSE 'common' END, false,
                1700000000000000 + seq * 1000000, 0, CASE WHEN seq % 1000 = 1 THEN 'parked' ELSE 'settled' END, 1,
                CASE WHEN seq % 1000 = 1 THEN NULL ELSE 0 END,
                CASE WHEN seq % 1000 = 1 THEN NULL WHEN seq % 1000 = 2 THEN 'error' ELSE 'result' END,
                CASE WHEN seq % 1000 = 1 THEN 'why' END
         FROM (SELECT nextval('delivery_seq') AS seq FROM generate_series(1, {count})) AS place"
    );
    client.batch_execute(&sql).await.unwrap();
}

/// How many rows a statement looks at, and in which way.
async fn explained(client: &Client, name: &str, values: &str) -> (u64, String) {
    let sql = POSTGRES.iter().find(|(known, _)| *known == name).unwrap().1;
    client.batch_execute(&format!("PREPARE explained AS {sql}")).await.unwrap();
    let explain = format!("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE explained {values}");
    let told = client.simple_query(&explain).await.unwrap();
    client.batch_execute("DEALLOCATE explained").await.unwrap();
    let row = told.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    let plan: Value = serde_json::from_str(row.unwrap()).unwrap();
    (looked_at(&plan[0]["Plan"]), plan.to_string())
}

/// By this node of a plan, and those below it.
fn looked_at(node: &Value) -> u64 {
    let number = |name: &str| node[name].as_f64().unwrap_or_default();
    let below = node["Plans"].as_array().into_iter().flatten().map(looked_at).sum::<u64>();
    let rows =
        number("Actual Rows") + number("Rows Removed by Filter") + number("Rows Removed by Index Recheck");
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "they are counts")]
    let here = (rows * number("Actual Loops")) as u64;
    if node["Relation Name"] == "delivery" { here + below } else { below }
}

/// Whatever the server knows of them.
#[tokio::test]
async fn what_one_step_looks_at_is_bounded() {
    let database = Database::new().await;
    drop(lasting_host(&database).await);
    let client = database.connect().await;
    plant(&client, 20_000).await;
    client.batch_execute(POSTGRES_READING).await.unwrap();
    let cases = [
        ("candidates_all", "(0, 30000, 64)"),
        ("candidates_all", "(0, 10000, 64)"),
        ("candidates_after", "(1, 30000, 64)"),
        (
            "candidates_of_kind",
            "(0, 30000, 64, '{hook-1}', '{COMMON}', '{result}', 'hook-1', 'COMMON', NULL, NULL)",
        ),
        (
            "candidates_of_kind",
            "(0, 30000, 64, '{hook-1}', '{COMMON}', '{warning}', 'hook-1', 'COMMON', NULL, NULL)",
        ),
        (
            "candidates_of_kind",
            "(0, 30000, 64, '{hook-1}', '{RARE}', '{result,parked}', NULL, 'RARE', NULL, NULL)",
        ),
        ("candidates_of_kind", "(0, 30000, 64, '{hook-1}', '{COMMON}', '{error}', NULL, NULL, 'rare', NULL)"),
        (
            "candidates_of_kind",
            "(0, 30000, 64, '{unknown}', '{COMMON}', '{result}', 'unknown', NULL, NULL, NULL)",
        ),
        (
            "candidates_of_kind",
            "(0, 30000, 64, '{hook-0,hook-1}', '{COMMON,COMMON}', '{error,parked}', NULL, NULL, NULL, NULL)",
        ),
        (
            "candidates_of_kind",
            "(10100, 10900, 64, '{hook-0,hook-1}', '{COMMON,COMMON}', '{error,parked}', NULL, NULL, NULL, NULL)",
        ),
        ("candidates_of_kind", "(0, 30000, 64, '{hook-0}', '{COMMON}', '{waiting}', NULL, NULL, NULL, NULL)"),
        ("candidates_of_book", "(0, 30000, 64, 'rare', NULL, NULL, NULL, NULL)"),
        ("candidates_of_book", "(0, 30000, 64, 'common', NULL, NULL, NULL, NULL)"),
        ("candidates_of_book", "(0, 30000, 64, 'common', 'hook-1', 'RARE', '{error,parked}', 'rare')"),
        ("candidates_of_agent", "(0, 30000, 64, 'rare', NULL, NULL, NULL, NULL)"),
        ("candidates_of_agent", "(5000, 30000, 64, 'rare', NULL, NULL, NULL, NULL)"),
        ("candidates_of_agent", "(0, 30000, 64, 'common', NULL, 'RARE', NULL, 'rare')"),
        ("count_of_kind", "(0, 30000, 64, '{hook-0,hook-1}', '{COMMON,COMMON}', '{result,parked}')"),
        ("count_of_kind", "(0, 30000, 64, '{hook-0,hook-1}', '{COMMON,COMMON}', '{warning}')"),
        ("count_of_book", "(0, 30000, 64, 'common')"),
        ("count_of_agent", "(0, 30000, 64, 'rare')"),
        ("find_kinds", "(NULL, NULL)"),
        ("candidates_of_event", "(0, 30000, 64, '{1,2,3}')"),
        ("find_first_since", "(1700010000000000)"),
        ("find_hooks", ""),
        ("find_of_user", "('mia', 0, 64)"),
        ("find_of_user", "('mia', 10000, 64)"),
        ("count_by_hook", ""),
        ("list_acts", "(30000, 64, 'h', NULL)"),
    ];
    for known in ["nothing", "everything"] {
        for (name, values) in cases {
            let (rows, plan) = explained(&client, name, values).await;
            assert!(rows <= 4 * 64, "{name}{values} looks at {rows}, knowing {known}: {plan}");
        }
        database.connect().await.batch_execute("ANALYZE").await.unwrap();
    }
}

/// All of them wait in one lane, and are one host's.
const ONE_LONG_LANE: &str = "
    UPDATE bookhook.delivery
    SET hook = 'h', lane = 'l', state = 'waiting', host = 1, runs = 0, settled_at = NULL, outcome = NULL, parked_reason = NULL;
    INSERT INTO bookhook.payload (delivery, headers, body) SELECT seq, '', '' FROM bookhook.delivery;
";

#[tokio::test]
async fn a_run_begins_without_looking_at_all_that_waits_behind_it() {
    let database = Database::new().await;
    drop(lasting_host(&database).await);
    let client = database.connect().await;
    plant(&client, 20_000).await;
    client.batch_execute(ONE_LONG_LANE).await.unwrap();
    let first = "('\\x00000000000000000000000000000001', 1)";
    for known in ["nothing", "everything"] {
        let (rows, plan) = explained(&client, "begin_find", first).await;
        assert!(rows <= 4, "it looks at {rows}, knowing {known}: {plan}");
        client.batch_execute("ANALYZE").await.unwrap();
    }
}

#[tokio::test]
async fn what_is_removed_is_found_without_reading_the_rest() {
    let database = Database::new().await;
    drop(lasting_host(&database).await);
    let client = database.connect().await;
    plant(&client, 20_000).await;
    client.batch_execute("ANALYZE").await.unwrap();
    let cases = [
        ("erase_find_book", "('rare', 0, 64)"),
        ("erase_find_book", "('common', 10000, 64)"),
        ("erase_find_agent", "('unknown', 0, 64)"),
        ("erase_find_places", "('{1,2,3}', 0, 64)"),
        ("retain_find", "(0, 64)"),
    ];
    for (name, values) in cases {
        let (rows, plan) = explained(&client, name, values).await;
        assert!(rows <= 4 * 64, "{name}{values} looks at {rows}: {plan}");
    }
}

/// Follows the pages until there are no more; gives how many there were.
async fn all(journal: &Journal, filter: &Filter, limit: usize) -> (Vec<DeliveryId>, usize) {
    let (mut found, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = journal.list(filter, cursor.as_ref(), limit).await.unwrap();
        found.extend(page.items.into_iter().map(|delivery| delivery.id));
        pages += 1;
        cursor = page.next;
        if cursor.is_none() {
            return (found, pages);
        }
    }
}

#[tokio::test]
async fn a_page_is_short_where_little_fits_and_says_where_to_go_on() {
    let database = Database::new().await;
    let journal = lasting_host(&database).await;
    let first = settled(&journal, "first", &Response::result(1)).await;
    plant(&database.connect().await, 40_000).await;
    let last = settled(&journal, "last", &Response::result(1)).await;
    let agent = || Filter { agent_id: Some("some-agent".into()), ..Filter::default() };
    let filter = Filter { outcome: Some(Outcome::Result), ..agent() };
    assert_eq!(all(&journal, &filter, 10).await, (vec![last, first], 1));
    let filter = Filter { hook: "hook-1".parse().ok(), state: Some(State::Parked), ..Filter::default() };
    assert_eq!(all(&journal, &filter, 10).await.0.len(), 40);
    // Whatever others have in common with much else.
    let filter =
        Filter { event_type: Some("COMMON".into()), hook: "tax-bot".parse().ok(), ..Filter::default() };
    assert_eq!(all(&journal, &filter, 10).await, (vec![], 1));
    let filter = Filter { book_id: Some("common".into()), ..agent() };
    assert_eq!(all(&journal, &filter, 10).await, (vec![], 1));
    // Both are many, and have nothing in common.
    let filter = Filter { book_id: Some("common".into()), hook: "hook-1".parse().ok(), ..Filter::default() };
    let (found, pages) = all(&journal, &filter, 10).await;
    assert!(found.is_empty() && (2..4).contains(&pages), "{pages}");
}

/// What else a filter asks for is seen in the index by which it is found.
#[tokio::test]
async fn rows_are_read_only_where_they_fit() {
    let database = Database::new().await;
    drop(lasting_host(&database).await);
    let client = database.connect().await;
    plant(&client, 20_000).await;
    client.batch_execute("VACUUM ANALYZE delivery").await.unwrap();
    client.batch_execute(POSTGRES_READING).await.unwrap();
    let cases = [
        (
            "candidates_of_kind",
            "(0, 30000, 64, '{hook-1}', '{COMMON}', '{result}', NULL, NULL, 'rare', 'rare')",
        ),
        ("candidates_of_book", "(0, 30000, 64, 'common', 'hook-1', 'RARE', '{error,parked}', 'rare')"),
        ("candidates_of_agent", "(0, 30000, 64, 'common', 'hook-1', 'RARE', '{error,parked}', 'rare')"),
        ("count_of_kind", "(0, 30000, 64, '{hook-0,hook-1}', '{COMMON,COMMON}', '{result,parked}')"),
        ("count_of_book", "(0, 30000, 64, 'common')"),
        ("find_kinds", "(NULL, NULL)"),
    ];
    for (name, values) in cases {
        let (_, plan) = explained(&client, name, values).await;
        assert!(plan.contains("Index Only Scan"), "{name}{values}: {plan}");
        let fetched = plan
            .match_indices("\"Heap Fetches\":")
            .filter(|(at, key)| !plan[at + key.len()..].starts_with('0'));
        assert_eq!(fetched.count(), 0, "{name}{values}: {plan}");
    }
}

async fn after(journal: &Journal, place: Cursor) -> (Vec<DeliveryId>, Cursor) {
    let page = journal.list_after(&Filter::default(), place, 10).await.unwrap();
    (page.items.into_iter().map(|delivery| delivery.id).collect(), page.next.unwrap())
}

#[tokio::test]
async fn who_follows_misses_nothing_that_is_written_late() {
    let database = Database::new().await;
    let journal = lasting_host(&database).await;
    let first = started(&journal, "first").await;
    let late = database.connect().await;
    late.batch_execute("BEGIN").await.unwrap();
    plant(&late, 1).await;
    let last = started(&journal, "last").await;

    let (seen, place) = after(&journal, Cursor::START).await;
    assert!([vec![], vec![first]].contains(&seen), "nothing behind what is not written yet: {seen:?}");
    let end = journal.end();
    late.batch_execute("COMMIT").await.unwrap();
    assert_eq!(after(&journal, end.await.unwrap()).await.0, []);
    let (rest, place) = after(&journal, place).await;
    let all = [seen, rest].concat();
    assert_eq!((all.len(), all[0], all[2]), (3, first, last));
    assert_eq!(after(&journal, place).await.0, []);
}

/// Somebody keeps a transaction open that writes something else, here or elsewhere.
#[tokio::test]
async fn who_writes_no_deliveries_holds_nobody_up() {
    let database = Database::new().await;
    let journal = lasting_host(&database).await;
    let other = database.connect().await;
    other.batch_execute("BEGIN; UPDATE bookhook.volume SET bytes = 0 WHERE slot = 63").await.unwrap();
    let id = started(&journal, "e").await;
    assert_eq!(after(&journal, Cursor::START).await.0, [id]);
    other.batch_execute("ROLLBACK").await.unwrap();
}

/// Somebody changes deliveries by hand, and takes a break.
#[tokio::test]
async fn who_writes_deliveries_for_too_long_holds_nobody_up_for_ever() {
    let database = Database::new().await;
    let journal = lasting_host(&database).await;
    let other = database.connect().await;
    other.batch_execute("BEGIN; UPDATE bookhook.delivery SET answered = 200").await.unwrap();
    let id = started(&journal, "e").await;
    assert_eq!(after(&journal, Cursor::START).await.0, []);
    let seen = eventually("it goes on", async || {
        tokio::time::sleep(Duration::from_millis(100)).await;
        Some(after(&journal, Cursor::START).await.0).filter(|seen| !seen.is_empty())
    });
    assert_eq!(seen.await, [id]);
    other.batch_execute("ROLLBACK").await.unwrap();
}
