//! How much is looked at: what takes time when nothing of the file is in memory.

#![allow(clippy::unwrap_used, reason = "a test")]

use bookhook_model::Outcome;

use super::*;
use crate::sqlite::MIGRATIONS;

/// So many deliveries: of three hooks, each with types of its own and one that all have; one in three in a large book, one
/// in 50 with an error, one in 1,000 parked; and the last hundred not catalogued.
const PLANT: &str = "
    WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 24000)
    INSERT INTO delivery (
        seq, id, hook, fingerprint, event_type, book_id, agent_id, conflict, received_at, sent_at, state, runs, settled_at,
        outcome, parked_reason
    )
    SELECT n, randomblob(16), 'hook-' || (n % 3), zeroblob(16),
           CASE WHEN n < 200 THEN 'RARE' WHEN n % 2 = 0 THEN 'COMMON' ELSE 'OF_HOOK_' || (n % 3) END,
           CASE WHEN n % 3 = 0 THEN 'large' ELSE 'book-' || (n % 70) END, 'agent-' || (n % 110), 0,
           1700000000000000 + n * 60000000, 0, CASE WHEN n % 1000 = 1 THEN 'parked' ELSE 'settled' END, 1,
           CASE WHEN n % 1000 = 1 THEN NULL ELSE 0 END,
           CASE WHEN n % 1000 = 1 THEN NULL WHEN n % 50 = 7 THEN 'error' WHEN n % 2 = 0 THEN 'suppressed' ELSE 'result' END,
           CASE WHEN n % 1000 = 1 THEN 'why' END
    FROM number;
    INSERT INTO catalogue (field, value, delivery, hook, event_type, stand)
    SELECT 'book', book_id, seq, hook, event_type, coalesce(outcome, state) FROM delivery WHERE seq <= 23900
    UNION ALL
    SELECT 'agent', agent_id, seq, hook, event_type, coalesce(outcome, state) FROM delivery WHERE seq <= 23900;
    UPDATE catalogued SET up_to = 23900;
";
const UNCATALOGUED: usize = 100;

fn planted() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    for (_, sql) in MIGRATIONS {
        conn.execute_batch(sql).unwrap();
    }
    conn.execute_batch(PLANT).unwrap();
    conn
}

/// What a page has, how many candidates it took, and how many rows were read in vain.
struct Looked {
    items: usize,
    candidates: usize,
    in_vain: usize,
}

fn look(conn: &Connection, filter: &Filter) -> Looked {
    let listing = Listing { filter: filter.clone(), order: Order::Newest(None), limit: 20 };
    let look = Look::at_kinds(conn, filter).unwrap();
    let mut search = Search::new(&listing, look.newest(i64::MAX).unwrap(), MISSES_MAX);
    let (mut candidates, mut in_vain) = (0, 0);
    while let Some(step) = search.step() {
        let found = look.candidates(listing.order, step).unwrap();
        let likely: Vec<_> = found.iter().filter(|found| found.may_fit).map(|found| found.seq).collect();
        let fitting = look.matching(likely.iter().copied()).unwrap();
        candidates += found.len();
        in_vain += likely.len() - fitting.len();
        search.take(&found.iter().map(|found| found.seq).collect::<Vec<_>>(), fitting);
    }
    let page = search.page();
    assert_eq!(page, list(conn, &listing).unwrap());
    assert!(page.items.windows(2).all(|pair| pair[0].received_at > pair[1].received_at));
    assert!(page.items.iter().all(|item| filter.takes(item)));
    assert!(page.items.len() == 20 || page.next.is_none(), "{filter:?} is found in one page");
    Looked { items: page.items.len(), candidates, in_vain }
}

/// All there are.
fn every(conn: &Connection) -> Vec<Delivery> {
    let listing = Listing { filter: Filter::default(), order: Order::Newest(None), limit: 30_000 };
    list(conn, &listing).unwrap().items
}

/// With one value, or none, of each field.
fn filters() -> Vec<Filter> {
    let mut filters = vec![Filter::default()];
    let mut with = |set: &[&dyn Fn(&mut Filter)]| {
        for filter in filters.clone() {
            filters.extend(set.iter().map(|set| {
                let mut filter = filter.clone();
                set(&mut filter);
                filter
            }));
        }
    };
    with(&[&|filter| filter.hook = "hook-1".parse().ok(), &|filter| filter.hook = "nobody".parse().ok()]);
    with(&[
        &|filter| filter.event_type = Some("RARE".into()),
        &|filter| filter.event_type = Some("COMMON".into()),
        &|filter| filter.event_type = Some("OF_HOOK_2".into()),
    ]);
    with(&[&|filter| filter.book_id = Some("large".into()), &|filter| {
        filter.book_id = Some("book-7".into());
    }]);
    with(&[&|filter| filter.agent_id = Some("agent-5".into())]);
    with(&[
        &|filter| filter.error = true,
        &|filter| filter.state = Some(State::Parked),
        &|filter| filter.outcome = Some(Outcome::Suppressed),
        &|filter| filter.outcome = Some(Outcome::Warning),
    ]);
    filters
}

#[test]
fn no_row_is_read_in_vain_but_of_those_that_are_not_catalogued() {
    let conn = planted();
    let every = every(&conn);
    for filter in filters() {
        let Looked { items, in_vain, .. } = look(&conn, &filter);
        let there = every.iter().filter(|delivery| filter.takes(delivery)).take(20).count();
        assert_eq!(items, there, "{filter:?}");
        assert!(in_vain <= UNCATALOGUED, "{filter:?}: {in_vain}");
    }
}

#[test]
fn the_way_with_the_fewest_candidates_is_gone() {
    let conn = planted();
    let all = Filter::default;
    let large = Filter { book_id: Some("large".into()), ..all() };
    let cases = [
        // Many of both, and no index needs to be asked for more than there are on the page.
        (Filter { hook: "hook-0".parse().ok(), event_type: Some("OF_HOOK_1".into()), ..all() }, 0),
        (Filter { event_type: Some("OF_HOOK_1".into()), outcome: Some(Outcome::Suppressed), ..all() }, 0),
        (Filter { event_type: Some("COMMON".into()), outcome: Some(Outcome::Warning), ..all() }, 0),
        // A rare type in a large book, a parked one, one of an agent; all of which are counted first.
        (Filter { event_type: Some("RARE".into()), ..large.clone() }, 199),
        (Filter { state: Some(State::Parked), ..large.clone() }, 24),
        (Filter { agent_id: Some("agent-5".into()), ..large.clone() }, 24_000 / 110 + UNCATALOGUED),
        (
            Filter { hook: "hook-1".parse().ok(), agent_id: Some("agent-5".into()), ..all() },
            24_000 / 110 + UNCATALOGUED,
        ),
    ];
    for (filter, most) in cases {
        let Looked { candidates, .. } = look(&conn, &filter);
        assert!(candidates <= most, "{filter:?}: {candidates}");
    }
}

#[test]
fn what_changes_after_it_was_catalogued_is_found_as_it_is() {
    let conn = planted();
    // One that was suppressed runs again; so does one with an error.
    let change = "UPDATE delivery SET outcome = 'warning' WHERE seq = 7000;
                  UPDATE delivery SET state = 'running', outcome = NULL, settled_at = NULL WHERE seq = 7007;
                  UPDATE delivery SET state = 'settled', outcome = 'warning', settled_at = 0 WHERE seq = 7007;";
    conn.execute_batch(change).unwrap();
    for book in ["book-0", "book-7"] {
        let of_book =
            |outcome| Filter { book_id: Some(book.into()), outcome: Some(outcome), ..Filter::default() };
        assert_eq!(look(&conn, &of_book(Outcome::Warning)).items, 1, "{book}");
        for outcome in Outcome::ALL {
            assert!(look(&conn, &of_book(outcome)).in_vain <= UNCATALOGUED + 1);
        }
    }
    conn.execute_batch("DELETE FROM delivery WHERE seq = 7000").unwrap();
    let uncertain: u32 = conn.query_row("SELECT count(*) FROM uncertain", [], |row| row.get(0)).unwrap();
    assert_eq!(uncertain, 1);
}
