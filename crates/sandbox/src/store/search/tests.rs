//! How SQLite goes about it: hot statements use their index and sort nothing.

use bkper_model::query::Comparison;
use rusqlite::Connection;

use super::*;
use crate::store::{self, Data};

const BANK: AccountId = AccountId(1);

fn db() -> Connection {
    store::open(&Data::Memory).unwrap()
}

/// The steps of the statement.
fn steps(db: &Connection, statement: &Statement) -> Vec<String> {
    let sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
    let mut explained = db.prepare(&sql).unwrap();
    let steps = explained.query_map(params_from_iter(&statement.parameters), |row| row.get(3)).unwrap();
    steps.map(Result::unwrap).collect()
}

fn page_steps(condition: &Condition) -> Vec<String> {
    let behind = Some(Place { day: 20_260_304, seq: 17 });
    steps(&db(), &Statement::page(&"aurora".into(), condition, behind, 100))
}

fn kept() -> Condition {
    Condition::Trashed.negated()
}

#[test]
fn a_page_of_a_book_is_read_in_the_order_of_its_index() {
    let by_day = "SEARCH t USING INDEX transaction_by_day (book=? AND day>? AND day<?)";
    assert_eq!(page_steps(&kept()), [by_day]);
    let in_march = Condition::Days { first: 20_260_301, last: 20_260_331 };
    assert_eq!(page_steps(&kept().and(in_march)), [by_day]);
    assert_eq!(page_steps(&kept().and(Condition::Text("lunch".to_owned()))), [by_day]);
    assert_eq!(page_steps(&kept().and(Condition::Accounts(vec![BANK])))[0], by_day);
    assert_eq!(page_steps(&kept().and(Condition::Tag("lunch".to_owned())))[0], by_day);
}

#[test]
fn a_page_of_an_account_is_merged_from_its_two_sides() {
    let merged = [
        "MERGE (UNION ALL)",
        "LEFT",
        "SEARCH t USING INDEX transaction_by_credit (credit=? AND day>? AND day<?)",
        "RIGHT",
        "SEARCH t USING INDEX transaction_by_debit (debit=? AND day>? AND day<?)",
    ];
    assert_eq!(page_steps(&kept().and(Condition::Account(BANK))), merged);
    let drafts = Condition::Posted.negated();
    assert_eq!(page_steps(&Condition::Account(BANK).and(kept()).and(drafts)), merged);
    assert_eq!(page_steps(&kept().and(Condition::From(BANK))), [merged[2]]);
    assert_eq!(page_steps(&kept().and(Condition::To(BANK))), [merged[4]]);
}

#[test]
fn ids_are_looked_up() {
    let by_remote_id = page_steps(&Condition::RemoteId("r1".to_owned()).and(kept()));
    assert_eq!(
        by_remote_id,
        [
            "SEARCH r USING PRIMARY KEY (book=? AND remote_id=?)",
            "SEARCH t USING INTEGER PRIMARY KEY (rowid=?)",
            "USE TEMP B-TREE FOR ORDER BY",
        ]
    );
    let by_id = page_steps(&Condition::Id("tx1".into()).and(kept()));
    assert_eq!(by_id[0], "SEARCH t USING INDEX sqlite_autoindex_transaction_1 (id=?)");
}

#[test]
fn events_that_failed_are_found_in_their_index() {
    let steps = page_steps(&kept().and(Condition::Error));
    let of_errors = "SEARCH event USING INDEX event_of_errors (book=?)";
    assert!(steps.iter().any(|step| step == of_errors), "{steps:?}");
}

#[test]
fn a_book_is_counted_in_its_index_alone() {
    let covering = "SEARCH t USING COVERING INDEX transaction_by_day (book=? AND day>? AND day<?)";
    assert_eq!(steps(&db(), &Statement::count(&"aurora".into(), &kept())), [covering]);
    let by_day = Statement::count_by_day(&"aurora".into(), &Condition::counts());
    assert_eq!(steps(&db(), &by_day), [covering]);
}

#[test]
fn what_the_most_terms_make_is_still_a_statement() {
    let many = |part: Condition| vec![part; bkper_model::query::TERMS_MAX];
    let mut nested = Condition::Text("a".to_owned());
    for _ in 0..bkper_model::query::DEPTH_MAX {
        nested = Condition::Any(vec![nested.negated(), Condition::Error]);
    }
    let amount = Condition::Amount(Comparison::Greater, "1.5".parse().unwrap());
    let accounts = Condition::Accounts((0..2000).map(AccountId).collect());
    for condition in [
        Condition::All(many(amount)),
        Condition::Any(many(accounts)),
        Condition::All(many(Condition::Error)),
        nested,
    ] {
        let condition = kept().and(condition);
        assert_eq!(count(&db(), &"aurora".into(), &condition).unwrap(), 0);
    }
}
