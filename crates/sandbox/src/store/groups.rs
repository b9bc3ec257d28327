//! Groups of accounts.

use bkper_model::BookId;
use rusqlite::{Connection, params};

use super::rows::{all, json, one};
use crate::ledger::{Account, AccountId, Below, Group, GroupId};

pub(crate) fn insert(db: &Connection, group: &Group) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO \"group\" (id, book, normalized, parent, doc) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![group.id, group.book.as_str(), group.normalized_name(), group.parent, json(group)?])
    .map(drop)
}

pub(crate) fn update(db: &Connection, group: &Group) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE \"group\" SET normalized = ?2, parent = ?3, doc = ?4 WHERE id = ?1")?
        .execute(params![group.id, group.normalized_name(), group.parent, json(group)?])
        .map(drop)
}

pub(crate) fn delete(db: &Connection, id: GroupId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM \"group\" WHERE id = ?1")?.execute([id]).map(drop)
}

pub(crate) fn find(db: &Connection, book: &BookId, id: GroupId) -> rusqlite::Result<Option<Group>> {
    one(db, "SELECT doc FROM \"group\" WHERE id = ?1 AND book = ?2", params![id, book.as_str()])
}

pub(crate) fn named(db: &Connection, book: &BookId, normalized: &str) -> rusqlite::Result<Option<Group>> {
    one(db, "SELECT doc FROM \"group\" WHERE book = ?1 AND normalized = ?2", [book.as_str(), normalized])
}

/// All of the book, in the order of their names.
pub(crate) fn of_book(db: &Connection, book: &BookId) -> rusqlite::Result<Vec<Group>> {
    all(db, "SELECT doc FROM \"group\" WHERE book = ?1 ORDER BY normalized", [book.as_str()])
}

/// What is in a group, and of which natures the accounts in it and below it are.
pub(crate) fn below(db: &Connection, id: GroupId) -> rusqlite::Result<Below> {
    const INSIDE: &str = "SELECT EXISTS (SELECT 1 FROM account_group WHERE \"group\" = ?1), \
                          EXISTS (SELECT 1 FROM \"group\" WHERE parent = ?1)";
    // Looks into the index once for each nature and group, so that it does not matter how many accounts there are.
    const NATURES: &str = "WITH RECURSIVE below (id) AS (\
        SELECT ?1 UNION SELECT \"group\".id FROM \"group\" JOIN below ON parent = below.id), \
        kind (nature) AS (VALUES ('ASSET'), ('LIABILITY'), ('INCOMING'), ('OUTGOING')) \
        SELECT DISTINCT nature FROM below CROSS JOIN kind WHERE EXISTS (\
        SELECT 1 FROM account_group WHERE \"group\" = below.id AND nature = kind.nature)";
    let (has_accounts, has_groups) =
        db.prepare_cached(INSIDE)?.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let natures = db.prepare_cached(NATURES)?.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(Below { has_accounts, has_groups, natures })
}

/// The accounts right in this group.
pub(crate) fn accounts(db: &Connection, id: GroupId) -> rusqlite::Result<Vec<Account>> {
    const SQL: &str = "SELECT account.doc FROM account JOIN account_group ON account_group.account = account.id \
                       WHERE account_group.\"group\" = ?1 ORDER BY account.normalized";
    all(db, SQL, [id])
}

/// The accounts in this group and in all groups below it.
pub(crate) fn accounts_below(db: &Connection, id: GroupId) -> rusqlite::Result<Vec<AccountId>> {
    const SQL: &str = "WITH RECURSIVE below (id) AS (\
        SELECT ?1 UNION SELECT \"group\".id FROM \"group\" JOIN below ON parent = below.id) \
        SELECT DISTINCT account FROM account_group JOIN below ON \"group\" = below.id";
    db.prepare_cached(SQL)?.query_map([id], |row| row.get(0))?.collect()
}
