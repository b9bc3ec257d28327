//! Users, in journals that were begun before they were noted.

use bookhook_journal::statements::{POSTGRES_MIGRATIONS, SQLITE_MIGRATIONS};
use bookhook_testkit::Database;
use rusqlite::{Connection, params};

/// Bodies, and the user that is found in them.
fn bodies() -> Vec<(Vec<u8>, Option<String>)> {
    let of = |username: &str| format!(r#"{{"user": {{"username": {username}}}, "id": "e"}}"#).into_bytes();
    let long = "m".repeat(1_000);
    vec![
        (of(r#""mia""#), Some("mia".to_owned())),
        (of(r#""josé \u00f8""#), Some("josé ø".to_owned())),
        (of(&format!("\"{long}\"")), Some(long.clone())),
        (of(&format!("\"{long}m\"")), None),
        (of(r#""m\u0000ia""#), None),
        (of("7"), None),
        (of("null"), None),
        (br#"{"memo": "\u0000", "user": {"username": "zoe"}}"#.to_vec(), Some("zoe".to_owned())),
        (br#"{"user": "mia"}"#.to_vec(), None),
        (br#"[{"username": "mia"}]"#.to_vec(), None),
        (br#"{"user": {"username": "mia"}"#.to_vec(), None),
        (b"\xff\xfe".to_vec(), None),
        (b"".to_vec(), None),
    ]
}

/// Those before the one that notes users, and that one.
fn parted<'a>(migrations: &'a [(&str, &str)]) -> (&'a [(&'a str, &'a str)], &'a str) {
    let at = migrations.iter().position(|(name, _)| name.ends_with("_user")).unwrap();
    (&migrations[..at], migrations[at].1)
}

#[test]
fn in_sqlite_they_are_found_in_the_bodies() {
    let conn = Connection::open_in_memory().unwrap();
    let (before, noting) = parted(SQLITE_MIGRATIONS);
    for (_, sql) in before {
        conn.execute_batch(sql).unwrap();
    }
    for (seq, (body, _)) in (1_i64..).zip(bodies()) {
        let delivery = "INSERT INTO delivery (seq, id, hook, fingerprint, event_type, conflict, received_at, sent_at, state, runs)
                        VALUES (?1, randomblob(16), 'h', zeroblob(16), 't', 0, 0, 0, 'unmatched', 0)";
        conn.execute(delivery, [seq]).unwrap();
        conn.execute("INSERT INTO payload VALUES (?1, x'', ?2)", params![seq, body]).unwrap();
    }
    conn.execute_batch(noting).unwrap();
    let mut select = conn.prepare("SELECT user_id FROM delivery ORDER BY seq").unwrap();
    let found: Vec<Option<String>> =
        select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(found, bodies().into_iter().map(|(_, user)| user).collect::<Vec<_>>());
}

#[tokio::test]
async fn in_postgresql_they_are_found_in_the_bodies() {
    let database = Database::new().await;
    let client = database.connect().await;
    client.batch_execute("CREATE SCHEMA bookhook; SET search_path = bookhook").await.unwrap();
    let (before, noting) = parted(POSTGRES_MIGRATIONS);
    for (_, sql) in before {
        client.batch_execute(sql).await.unwrap();
    }
    for (seq, (body, _)) in (1_i64..).zip(bodies()) {
        let delivery = "INSERT INTO delivery (seq, turn, id, hook, fingerprint, event_type, conflict, received_at, sent_at,
                                              state, runs)
                        VALUES ($1, $1, uuid_send(gen_random_uuid()), 'h', decode(repeat('00', 16), 'hex'), 't', false, 0, 0,
                                'unmatched', 0)";
        client.execute(delivery, &[&seq]).await.unwrap();
        client.execute("INSERT INTO payload VALUES ($1, '', $2)", &[&seq, &body]).await.unwrap();
    }
    client.batch_execute(noting).await.unwrap();
    let rows = client.query("SELECT user_id FROM delivery ORDER BY seq", &[]).await.unwrap();
    let found: Vec<Option<String>> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(found, bodies().into_iter().map(|(_, user)| user).collect::<Vec<_>>());
}
