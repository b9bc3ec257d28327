//! Accounts, and the groups that they are in.

use bkper_model::BookId;
use rusqlite::{Connection, params};

use super::rows::{all, json, one};
use crate::ledger::{Account, AccountId};

pub(crate) fn insert(db: &Connection, account: &Account) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO account (id, book, normalized, doc) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![account.id, account.book.as_str(), account.normalized_name(), json(account)?])?;
    join_groups(db, account)
}

pub(crate) fn update(db: &Connection, account: &Account) -> rusqlite::Result<()> {
    let is_renamed = find(db, &account.book, account.id)?.is_some_and(|before| before.name != account.name);
    db.prepare_cached("UPDATE account SET normalized = ?2, doc = ?3 WHERE id = ?1")?.execute(params![
        account.id,
        account.normalized_name(),
        json(account)?
    ])?;
    db.prepare_cached("DELETE FROM account_group WHERE account = ?1")?.execute([account.id])?;
    join_groups(db, account)?;
    if is_renamed { super::transactions::account_renamed(db, account.id) } else { Ok(()) }
}

fn join_groups(db: &Connection, account: &Account) -> rusqlite::Result<()> {
    let sql = "INSERT INTO account_group (account, \"group\", nature) VALUES (?1, ?2, ?3)";
    let mut join = db.prepare_cached(sql)?;
    let mut groups = account.groups.iter();
    groups.try_for_each(|group| join.execute(params![account.id, group, account.nature]).map(drop))
}

pub(crate) fn delete(db: &Connection, id: AccountId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM account WHERE id = ?1")?.execute([id]).map(drop)
}

pub(crate) fn find(db: &Connection, book: &BookId, id: AccountId) -> rusqlite::Result<Option<Account>> {
    one(db, "SELECT doc FROM account WHERE id = ?1 AND book = ?2", params![id, book.as_str()])
}

pub(crate) fn named(db: &Connection, book: &BookId, normalized: &str) -> rusqlite::Result<Option<Account>> {
    one(db, "SELECT doc FROM account WHERE book = ?1 AND normalized = ?2", [book.as_str(), normalized])
}

/// Whether a name of an account begins so: with this name, or part of one.
pub(crate) fn is_any_named_like(db: &Connection, book: &BookId, begin: &str) -> rusqlite::Result<bool> {
    const SQL: &str = "SELECT EXISTS (SELECT 1 FROM account \
                       WHERE book = ?1 AND normalized >= ?2 AND normalized < ?2 || char(0x10FFFF))";
    db.prepare_cached(SQL)?.query_row([book.as_str(), begin], |row| row.get(0))
}

/// All of the book, in the order of their names.
pub(crate) fn of_book(db: &Connection, book: &BookId) -> rusqlite::Result<Vec<Account>> {
    all(db, "SELECT doc FROM account WHERE book = ?1 ORDER BY normalized", [book.as_str()])
}
