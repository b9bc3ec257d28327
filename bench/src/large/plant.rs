//! Plants a large journal: past the journal, whose syncs would take an hour.

use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use aws_lc_rs::digest;
use rusqlite::{Connection, params};

use super::invented::{Dice, agent, book, event_type, hook};

/// The first delivery came on the fourteenth of November 2023, and then five came each second.
pub(super) const FIRST_MICROS: i64 = 1_700_000_000_000_000;
const STEP_MICROS: i64 = 200_000;

/// So many rows are one transaction.
const BATCH: u64 = 1_000_000;

/// Rows of the smallest size: what matters is their number.
const DELIVERY: &str = "
    INSERT INTO delivery (
        id, hook, event_id, event_key, fingerprint, event_type, lane, book_id, agent_id, conflict,
        received_at, sent_at, state, runs, settled_at, outcome, answered, parked_reason
    )
    VALUES (?1, ?2, ?3, ?4, randomblob(16), ?5, ?6, ?6, ?7, 0, ?8, ?8, ?9, 1, ?10, ?11, 200, ?12)";
const PAYLOAD: &str = "INSERT INTO payload (delivery, headers, body) VALUES (?1, x'00', ?2)";
const RUN: &str = "
    INSERT INTO run (delivery, number, cause, started_at, finished_at, handler_status, response)
    VALUES (?1, 1, 'first', ?2, ?2, 200, CAST('{\"result\":1}' AS BLOB))";

/// What the journal's own statements would have kept up to date row by row. The filters are made when it is opened.
const FILL: &str = "
    DELETE FROM hook_tally;
    INSERT INTO hook_tally (hook, state, count) SELECT hook, state, count(*) FROM delivery GROUP BY hook, state;
    INSERT INTO event_run (up_to, filter)
    SELECT seq, x'ffffffffffffffff' FROM delivery
    WHERE seq % 131072 = 0 OR seq = (SELECT max(seq) FROM delivery);
    INSERT INTO event_old (run, event_key, delivery)
    SELECT r.up_to, d.event_key, d.seq
    FROM event_run AS r
    CROSS JOIN delivery AS d ON d.seq > (r.up_to - 1) / 131072 * 131072 AND d.seq <= r.up_to
    ORDER BY r.up_to, d.event_key, d.seq;
    INSERT INTO catalogue (field, value, delivery, hook, event_type, stand)
    SELECT 'agent', agent_id, seq, hook, event_type, coalesce(outcome, state) FROM delivery ORDER BY agent_id, seq;
    INSERT INTO catalogue (field, value, delivery, hook, event_type, stand)
    SELECT 'book', book_id, seq, hook, event_type, coalesce(outcome, state) FROM delivery ORDER BY book_id, seq;
    UPDATE catalogued SET up_to = (SELECT max(seq) FROM delivery);
    PRAGMA journal_mode = WAL;";

/// Makes the journal in this file.
pub(super) async fn plant(path: &Path, deliveries: u64) -> Result<()> {
    super::open(path).await?.close().await;
    let begun = Instant::now();
    let conn = Connection::open(path)?;
    conn.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA temp_store = FILE",
    )?;
    let later = without_indexes(&conn)?;
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for batch in 0..deliveries.div_ceil(BATCH) {
        insert(&conn, batch * BATCH..deliveries.min((batch + 1) * BATCH), &mut dice)?;
        eprintln!("{} deliveries after {:.0?}", deliveries.min((batch + 1) * BATCH), begun.elapsed());
    }
    for sql in later {
        conn.execute_batch(&sql)?;
    }
    conn.execute_batch(FILL)?;
    drop(conn);
    super::open(path).await?.close().await;
    eprintln!("indexes after {:.0?}", begun.elapsed());
    Ok(())
}

/// Takes indexes and triggers away, and gives what makes them anew.
fn without_indexes(conn: &Connection) -> Result<Vec<String>> {
    let sql =
        "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL";
    let mut select = conn.prepare(sql)?;
    let found = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let found: Vec<(String, String, String)> = found.collect::<Result<_, _>>()?;
    for (kind, name, _) in &found {
        conn.execute_batch(&format!("DROP {kind} {name}"))?;
    }
    Ok(found.into_iter().map(|(_, _, sql)| sql).collect())
}

fn insert(conn: &Connection, numbers: std::ops::Range<u64>, dice: &mut Dice) -> Result<()> {
    let transaction = conn.unchecked_transaction()?;
    let mut delivery = transaction.prepare_cached(DELIVERY)?;
    let mut payload = transaction.prepare_cached(PAYLOAD)?;
    let mut run = transaction.prepare_cached(RUN)?;
    for number in numbers {
        let at = FIRST_MICROS + i64::try_from(number)? * STEP_MICROS;
        let (hook, event) = (hook(dice), format!("evt-{number:012x}"));
        // Two that are a million each, and have nothing in common.
        let (is_of_many, is_deleted) = (number % 10 == 3, hook == "exchange-bot" && number % 2 == 0);
        let (state, outcome) = if is_deleted { ("settled", Some("result")) } else { stand(number, dice) };
        let is_settled = state == "settled";
        let seq = delivery.insert(params![
            id(at, dice),
            hook,
            event,
            event_key(hook, &event),
            match number {
                0..1_000 => "BOOK_AUDITED",
                _ if is_deleted => "ACCOUNT_DELETED",
                _ => event_type(dice),
            },
            match number {
                500 => "a-book-of-one".to_owned(),
                _ if is_of_many => "a-book-of-many".to_owned(),
                _ => book(dice),
            },
            if number == 700 { "agent-of-one".to_owned() } else { agent(dice) },
            at,
            state,
            is_settled.then_some(at + 3_000),
            outcome,
            (state == "parked").then_some("gave up after 20 runs"),
        ])?;
        payload.execute(params![seq, event.as_bytes()])?;
        run.execute(params![seq, at + 1_000])?;
    }
    drop((delivery, payload, run));
    Ok(transaction.commit()?)
}

/// Mostly settled with a result; warnings are long ago.
fn stand(number: u64, dice: &mut Dice) -> (&'static str, Option<&'static str>) {
    match dice.roll(1_000) {
        0 => ("parked", None),
        1 => ("unmatched", None),
        2..20 => ("settled", Some("error")),
        20..80 => ("settled", Some("suppressed")),
        80..90 if number < 10_000 => ("settled", Some("warning")),
        _ => ("settled", Some("result")),
    }
}

/// In the order of time, as the ids of deliveries are.
fn id(at: i64, dice: &mut Dice) -> [u8; 16] {
    let mut id = [0; 16];
    id[..6].copy_from_slice(&(at / 1_000).to_be_bytes()[2..]);
    id[6..14].copy_from_slice(&dice.roll(u64::MAX).to_be_bytes());
    id
}

/// As the journal makes it.
fn event_key(hook: &str, event: &str) -> i64 {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(hook.as_bytes());
    context.update(&[0]);
    context.update(event.as_bytes());
    let mut key = [0; 8];
    key.copy_from_slice(&context.finish().as_ref()[..8]);
    i64::from_be_bytes(key)
}
