//! The schema and the statements of `SQLite`.

use bookhook_journal::statements::{SQLITE, SQLITE_MIGRATIONS};
use rusqlite::Connection;

use crate::given::{Home, started};

/// A database that every migration was applied to, by hand.
fn fresh() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    for (_, sql) in SQLITE_MIGRATIONS {
        conn.execute_batch(sql).unwrap();
    }
    conn
}

fn statement(name: &str) -> &'static str {
    SQLITE.iter().find(|(known, _)| *known == name).unwrap().1
}

fn plan(conn: &Connection, name: &str) -> String {
    let mut explain = conn.prepare(&format!("EXPLAIN QUERY PLAN {}", statement(name))).unwrap();
    let nothing = vec![None::<i64>; explain.parameter_count()];
    let steps =
        explain.query_map(rusqlite::params_from_iter(nothing), |row| row.get::<_, String>(3)).unwrap();
    steps.map(Result::unwrap).collect::<Vec<_>>().join("; ")
}

fn schema(conn: &Connection) -> Vec<String> {
    let sql = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND tbl_name <> 'migration' ORDER BY name";
    let mut select = conn.prepare(sql).unwrap();
    select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn every_statement_can_be_prepared() {
    let conn = fresh();
    for (name, sql) in SQLITE {
        conn.prepare(sql).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn every_file_is_a_known_statement() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/queries/sqlite");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    let mut known: Vec<_> = SQLITE.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(files, known);
}

#[test]
fn hot_statements_use_their_indexes() {
    let conn = fresh();
    let by_seq = "SEARCH delivery USING INTEGER PRIMARY KEY (rowid=?)";
    let expected = [
        ("append_find_old", "SEARCH event_old USING PRIMARY KEY (run=? AND event_key=?)"),
        ("append_find_same", "SEARCH d USING INTEGER PRIMARY KEY (rowid=?)"),
        (
            "append_insert_delivery",
            "SCALAR SUBQUERY 1; SEARCH delivery; SCALAR SUBQUERY 2; \
             SEARCH removed USING INTEGER PRIMARY KEY (rowid=?)",
        ),
        (
            "find_standing",
            "SEARCH delivery USING INDEX delivery_id (id=?); CORRELATED SCALAR SUBQUERY 1; \
             SEARCH paused_lane USING COVERING INDEX paused_lane_held_for (held_for=?)",
        ),
        ("settle_delivery", by_seq),
        ("settle_run", "SEARCH run USING PRIMARY KEY (delivery=? AND number=?)"),
        ("note_answered", "SEARCH delivery USING INDEX delivery_id (id=?)"),
        ("begin_run", by_seq),
        (
            "begin_find",
            "SEARCH d USING INDEX delivery_id (id=?); SEARCH p USING INTEGER PRIMARY KEY (rowid=?)",
        ),
        (
            "find_response",
            "SEARCH d USING INTEGER PRIMARY KEY (rowid=?); \
             SEARCH r USING PRIMARY KEY (delivery=? AND number=?) LEFT-JOIN",
        ),
    ];
    for (name, expected) in expected {
        assert_eq!(plan(&conn, name), expected, "{name}");
    }
}

/// Each way that a list goes reads its index from a place on, and neither other deliveries nor a sorted copy.
#[test]
fn lists_read_no_more_than_they_look_at() {
    let conn = fresh();
    let by_seq = "SEARCH delivery USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)";
    let of_kind = "SEARCH delivery USING COVERING INDEX delivery_kind \
                   (hook=? AND event_type=? AND <expr>=? AND rowid>? AND rowid<?)";
    // Whether one fits is seen there, too.
    let of_catalogue = "SEARCH c USING PRIMARY KEY (field=? AND value=? AND delivery>? AND delivery<?); \
                        LIST SUBQUERY 1; SCAN json_each VIRTUAL TABLE INDEX 1:; CREATE BLOOM FILTER; \
                        CORRELATED SCALAR SUBQUERY 2; SEARCH u USING INTEGER PRIMARY KEY (rowid=?); \
                        CORRELATED SCALAR SUBQUERY 3; \
                        SEARCH o USING PRIMARY KEY (field=? AND value=? AND delivery=?)";
    let expected = [
        ("candidates_all", by_seq.to_owned()),
        ("candidates_after", by_seq.to_owned()),
        ("candidates_of_kind", of_kind.to_owned()),
        ("candidates_of_book", of_catalogue.to_owned()),
        ("candidates_of_agent", of_catalogue.to_owned()),
        (
            "list_matching",
            "SCAN candidate VIRTUAL TABLE INDEX 1:; SEARCH d USING INTEGER PRIMARY KEY (rowid=?)".to_owned(),
        ),
        ("find_received_at", "SEARCH delivery USING INTEGER PRIMARY KEY (rowid>?)".to_owned()),
    ];
    for (name, expected) in expected {
        assert_eq!(plan(&conn, name), expected, "{name}");
    }
    for (name, index) in [
        ("candidates_of_event", "SEARCH event_recent USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        ("candidates_of_event", "SEARCH o USING PRIMARY KEY (run=? AND event_key=?"),
        ("remove_event_old", "SEARCH event_old USING PRIMARY KEY (run=? AND event_key=? AND delivery=?)"),
        ("remove_event_old", "SEARCH event_run USING INTEGER PRIMARY KEY (rowid>?)"),
        ("find_empty_event_runs", "SEARCH o USING PRIMARY KEY (run=?)"),
        ("count_of_kind", of_kind),
        (
            "count_of_book",
            "SEARCH catalogue USING PRIMARY KEY (field=? AND value=? AND delivery>? AND delivery<?)",
        ),
        (
            "count_of_agent",
            "SEARCH catalogue USING PRIMARY KEY (field=? AND value=? AND delivery>? AND delivery<?)",
        ),
        ("find_catalogued_among", "SEARCH catalogue USING PRIMARY KEY (field=? AND value=? AND delivery=?)"),
        ("find_types", "COVERING INDEX delivery_kind (hook=? AND event_type>?)"),
        ("find_hooks", "COVERING INDEX delivery_kind (hook>?)"),
        ("erase_find_book", "SEARCH catalogue USING PRIMARY KEY (field=? AND value=? AND delivery>?)"),
        ("erase_find_agent", "SEARCH catalogue USING PRIMARY KEY (field=? AND value=? AND delivery>?)"),
        ("erase_find_places", "SEARCH d USING INTEGER PRIMARY KEY (rowid=?)"),
        ("find_of_user", "SEARCH delivery USING INTEGER PRIMARY KEY (rowid>?)"),
        ("retain_find", "SEARCH d USING INTEGER PRIMARY KEY (rowid>?)"),
        ("find_uncatalogued", "SEARCH delivery USING INTEGER PRIMARY KEY (rowid>?)"),
    ] {
        assert!(plan(&conn, name).contains(index), "{name}: {}", plan(&conn, name));
    }
}

#[test]
fn what_is_unsettled_is_found_without_reading_what_is_settled() {
    let conn = fresh();
    for name in [
        "list_unsettled",
        "recover_deliveries",
        "recover_runs",
        "release_given_up",
        "recover_paused",
        "hold_waiting",
        "park_awaiting_callers",
        "release_held",
        "hold_lane",
        "release_lane",
        "recover_paused_lanes",
        "erase_expired_tokens",
    ] {
        assert!(plan(&conn, name).contains("delivery_unsettled"), "{name}: {}", plan(&conn, name));
    }
}

/// With ten million deliveries, too.
#[test]
fn what_goes_to_the_back_of_its_lane_finds_its_place_at_once() {
    let conn = fresh();
    for name in ["append_again", "replay"] {
        let steps = plan(&conn, name);
        assert!(!steps.contains("SCAN delivery"), "{name}: {steps}");
        assert!(steps.contains("delivery_turn"), "{name}: {steps}");
    }
}

/// An `IN` of some texts, in a check or an index, would fill a temporary table at each write.
#[test]
fn hot_statements_need_no_temporary_table() {
    let conn = fresh();
    for name in [
        "append_find_old",
        "append_find_same",
        "append_insert_delivery",
        "append_insert_event",
        "append_insert_payload",
        "insert_run",
        "find_standing",
        "settle_run",
        "settle_delivery",
        "note_answered",
        "begin_run",
    ] {
        let mut explain = conn.prepare(&format!("EXPLAIN {}", statement(name))).unwrap();
        let nothing = vec![None::<i64>; explain.parameter_count()];
        let steps = explain.query_map(rusqlite::params_from_iter(nothing), |row| row.get::<_, String>(1));
        let steps: Vec<_> = steps.unwrap().map(Result::unwrap).collect();
        assert!(!steps.iter().any(|step| step == "OpenEphemeral"), "{name}");
    }
}

#[test]
fn the_schema_refuses_what_the_states_do_not_allow() {
    let conn = fresh();
    conn.execute(
        "INSERT INTO delivery (id, hook, fingerprint, event_type, conflict, received_at, sent_at, state, runs)
         VALUES (zeroblob(16), 'h', zeroblob(16), 't', 0, 0, 0, 'waiting', 0)",
        [],
    )
    .unwrap();
    for change in [
        "state = 'lost'",
        "state = 'settled'",
        "state = 'settled', settled_at = 1",
        "state = 'parked'",
        "state = 'running'",
        "parked_reason = 'why'",
        "outcome = 'result'",
        "response = x'7b7d'",
        "state = 'held', awaits_caller = 1",
        "awaits_caller = 1, next_run_at = 1",
        "event_id = 'e'",
    ] {
        assert!(conn.execute(&format!("UPDATE delivery SET {change}"), []).is_err(), "{change}");
    }
    conn.execute("UPDATE delivery SET state = 'settled', settled_at = 1, outcome = 'result'", []).unwrap();
}

#[tokio::test]
async fn a_new_journal_has_the_schema_of_the_migrations() {
    let home = Home::sqlite();
    let journal = home.open().await;
    started(&journal, "e").await;
    journal.close().await;
    drop(home.open().await);
    let conn = Connection::open(home.path()).unwrap();
    assert_eq!(schema(&conn), schema(&fresh()));
    let (version, pages): (u32, u32) = (
        conn.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap(),
        conn.query_row("PRAGMA page_size", [], |row| row.get(0)).unwrap(),
    );
    assert_eq!((version as usize, pages), (SQLITE_MIGRATIONS.len(), 8192));
}
