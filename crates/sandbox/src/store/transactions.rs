//! Transactions, what they are found by, and the totals that follow them.

use bkper_model::{BookId, FileId, TransactionId, date_value, fold_text, hashtags};
use jiff::civil;
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{all, json, one};
use super::totals;
use crate::ledger::{AccountId, Transaction};
use crate::refusal::Refusal;

/// Where drafts without date are listed: after all days, so first.
const NO_DAY: u32 = 99_999_999;

pub(crate) fn insert(db: &Connection, transaction: &Transaction) -> Result<(), Refusal> {
    const SQL: &str = "INSERT INTO \"transaction\" \
        (id, book, day, credit, debit, amount, posted, checked, trashed, agent, words, doc) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    write(db, SQL, transaction)?;
    let seq = db.last_insert_rowid();
    insert_remote_ids(db, seq, transaction)?;
    insert_tags(db, seq, transaction)?;
    totals::apply(db, None, Some(transaction))
}

/// Writes the transaction as it is now, in the place of what it was `before`.
pub(crate) fn update(db: &Connection, before: &Transaction, after: &Transaction) -> Result<(), Refusal> {
    const SQL: &str = "UPDATE \"transaction\" SET day = ?3, credit = ?4, debit = ?5, amount = ?6, posted = ?7, \
        checked = ?8, trashed = ?9, agent = ?10, words = ?11, doc = ?12 WHERE id = ?1 AND book = ?2";
    write(db, SQL, after)?;
    if before.remote_ids != after.remote_ids {
        let seq = seq(db, after)?;
        db.prepare_cached("DELETE FROM remote_id WHERE \"transaction\" = ?1")?.execute([seq])?;
        insert_remote_ids(db, seq, after)?;
    }
    if before.description != after.description {
        let seq = seq(db, after)?;
        db.prepare_cached("DELETE FROM tag WHERE \"transaction\" = ?1")?.execute([seq])?;
        insert_tags(db, seq, after)?;
    }
    totals::apply(db, Some(before), Some(after))
}

pub(crate) fn delete(db: &Connection, transaction: &Transaction) -> Result<(), Refusal> {
    totals::apply(db, Some(transaction), None)?;
    db.prepare_cached("DELETE FROM \"transaction\" WHERE id = ?1")?.execute([transaction.id.as_str()])?;
    Ok(())
}

pub(crate) fn find(
    db: &Connection,
    book: &BookId,
    id: &TransactionId,
) -> rusqlite::Result<Option<Transaction>> {
    let sql = "SELECT doc FROM \"transaction\" WHERE id = ?1 AND book = ?2";
    one(db, sql, [id.as_str(), book.as_str()])
}

/// Whether the book has a transaction with this id, be it a draft or in the trash.
pub(crate) fn exists(db: &Connection, book: &BookId, id: &TransactionId) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM \"transaction\" WHERE id = ?1 AND book = ?2")?
        .exists([id.as_str(), book.as_str()])
}

/// The oldest transaction of the book with this remote id that is not in the trash.
pub(crate) fn with_remote_id(
    db: &Connection,
    book: &BookId,
    remote_id: &str,
) -> rusqlite::Result<Option<Transaction>> {
    const SQL: &str = "SELECT doc FROM remote_id JOIN \"transaction\" ON seq = remote_id.\"transaction\" \
        WHERE remote_id.book = ?1 AND remote_id = ?2 AND NOT trashed ORDER BY seq LIMIT 1";
    one(db, SQL, [book.as_str(), remote_id])
}

/// All of the book, oldest first: drafts and trash too.
pub(crate) fn of_book(db: &Connection, book: &BookId) -> rusqlite::Result<Vec<Transaction>> {
    all(db, "SELECT doc FROM \"transaction\" WHERE book = ?1 ORDER BY seq", [book.as_str()])
}

/// What was posted in the book on the day and later and is not in the trash, oldest first.
pub(crate) fn posted(
    db: &Connection,
    book: &BookId,
    since: civil::Date,
) -> rusqlite::Result<Vec<Transaction>> {
    const SQL: &str = "SELECT doc FROM \"transaction\" WHERE book = ?1 AND day >= ?2 AND posted AND NOT trashed ORDER BY seq";
    all(db, SQL, params![book.as_str(), date_value(since)])
}

/// All transactions in which the account stands on either side, oldest first: drafts and trash too.
pub(crate) fn of_account(db: &Connection, account: AccountId) -> rusqlite::Result<Vec<Transaction>> {
    const SQL: &str = "SELECT doc FROM \"transaction\" WHERE credit = ?1 OR debit = ?1 ORDER BY seq";
    all(db, SQL, [account])
}

/// Follows a new name of the account in what free text finds.
pub(crate) fn account_renamed(db: &Connection, account: AccountId) -> rusqlite::Result<()> {
    let mut write = db.prepare_cached("UPDATE \"transaction\" SET words = ?2 WHERE id = ?1")?;
    for transaction in of_account(db, account)? {
        write.execute(params![transaction.id.as_str(), words(db, &transaction)?])?;
    }
    Ok(())
}

/// Runs a statement with the columns as parameters.
fn write(db: &Connection, sql: &str, transaction: &Transaction) -> rusqlite::Result<()> {
    db.prepare_cached(sql)?
        .execute(params![
            transaction.id.as_str(),
            transaction.book.as_str(),
            transaction.date.map_or(NO_DAY, date_value),
            transaction.credit,
            transaction.debit,
            transaction.amount.map(|amount| amount.to_string()),
            transaction.status.is_posted(),
            transaction.status.is_checked(),
            transaction.status.is_trashed(),
            transaction.agent.as_ref().map(AsRef::<str>::as_ref),
            words(db, transaction)?,
            json(transaction)?,
        ])
        .map(drop)
}

fn seq(db: &Connection, transaction: &Transaction) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT seq FROM \"transaction\" WHERE id = ?1")?
        .query_row([transaction.id.as_str()], |row| row.get(0))
}

fn insert_remote_ids(db: &Connection, seq: i64, transaction: &Transaction) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO remote_id (book, remote_id, \"transaction\") VALUES (?1, ?2, ?3)";
    let mut insert = db.prepare_cached(sql)?;
    let mut ids = transaction.remote_ids.iter();
    ids.try_for_each(|id| insert.execute(params![transaction.book.as_str(), id, seq]).map(drop))
}

fn insert_tags(db: &Connection, seq: i64, transaction: &Transaction) -> rusqlite::Result<()> {
    let sql = "INSERT OR IGNORE INTO tag (book, tag, \"transaction\") VALUES (?1, ?2, ?3)";
    let mut insert = db.prepare_cached(sql)?;
    let mut tags = hashtags(&transaction.description).into_iter();
    tags.try_for_each(|tag| {
        insert.execute(params![transaction.book.as_str(), tag.to_lowercase(), seq]).map(drop)
    })
}

/// What free text is looked for in: one line each, folded.
fn words(db: &Connection, transaction: &Transaction) -> rusqlite::Result<String> {
    let mut lines = vec![transaction.description.clone()];
    for account in [transaction.credit, transaction.debit].into_iter().flatten() {
        lines.extend(account_name(db, account)?);
    }
    lines.extend(transaction.properties.iter().map(|(_, value)| value.to_owned()));
    lines.extend(transaction.remote_ids.iter().cloned());
    lines.extend(transaction.urls.iter().cloned());
    for file in &transaction.files {
        lines.extend(file_name(db, file)?);
    }
    Ok(fold_text(&lines.join("\n")))
}

fn account_name(db: &Connection, id: AccountId) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT json_extract(doc, '$.name') FROM account WHERE id = ?1";
    db.prepare_cached(sql)?.query_row([id], |row| row.get(0)).optional()
}

fn file_name(db: &Connection, id: &FileId) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT json_extract(doc, '$.name') FROM file WHERE id = ?1";
    let name = db.prepare_cached(sql)?.query_row([id.as_str()], |row| row.get(0)).optional()?;
    Ok(name.flatten())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::ledger::{Account, Book, Properties, Status, User};
    use crate::store::{self, Data};

    const BANK: AccountId = AccountId(1);
    const RENT: AccountId = AccountId(2);

    fn account(id: AccountId, name: &str) -> Account {
        let blank = Account::new(id, "aurora".into(), None, jiff::Timestamp::UNIX_EPOCH);
        Account { name: name.to_owned(), ..blank }
    }

    fn book_with_two_accounts() -> Connection {
        let db = store::open(&Data::Memory).unwrap();
        let owner = User::named("user1".into(), "mia");
        let book = Book::new("aurora".into(), &owner, None, jiff::Timestamp::UNIX_EPOCH);
        store::books::insert(&db, &book).unwrap();
        store::accounts::insert(&db, &account(BANK, "Bank Account")).unwrap();
        store::accounts::insert(&db, &account(RENT, "Rent")).unwrap();
        db
    }

    fn transaction(status: Status) -> Transaction {
        Transaction {
            id: "tx1".into(),
            book: "aurora".into(),
            status,
            date: Some(date(2026, 3, 4)),
            amount: "120.50".parse().ok(),
            credit: Some(BANK),
            debit: Some(RENT),
            description: "Café #Lunch".to_owned(),
            urls: Vec::new(),
            files: Vec::new(),
            remote_ids: vec!["r1".to_owned()],
            properties: Properties::default(),
            agent: None,
            created_by: "mia".to_owned(),
            created: jiff::Timestamp::UNIX_EPOCH,
            updated: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    fn rows(db: &Connection, sql: &str) -> Vec<String> {
        db.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    fn totals(db: &Connection) -> Vec<String> {
        let days = "SELECT account || ' ' || day || ' ' || credit || ' ' || debit FROM day_total";
        let months = "SELECT month || ': ' || posted FROM month_count WHERE posted <> 0";
        [rows(db, days), rows(db, months)].concat()
    }

    #[test]
    fn totals_follow_every_change() {
        let db = book_with_two_accounts();
        let draft = transaction(Status::Draft);
        insert(&db, &draft).unwrap();
        assert_eq!(totals(&db), [""; 0]);

        let posted = transaction(Status::Unchecked);
        update(&db, &draft, &posted).unwrap();
        assert_eq!(totals(&db), ["1 20260304 120.5 0", "2 20260304 0 120.5", "202603: 1"]);
        assert!(store::accounts::find(&db, &"aurora".into(), RENT).unwrap().unwrap().has_transaction_posted);

        let moved = Transaction {
            date: Some(date(2025, 12, 31)),
            amount: "80".parse().ok(),
            credit: Some(RENT),
            debit: Some(BANK),
            ..posted.clone()
        };
        update(&db, &posted, &moved).unwrap();
        assert_eq!(totals(&db), ["1 20251231 0 80", "2 20251231 80 0", "202512: 1"]);

        delete(&db, &moved).unwrap();
        assert_eq!(totals(&db), [""; 0]);
    }

    #[test]
    fn a_transaction_is_found_by_what_it_says_now() {
        let db = book_with_two_accounts();
        let draft = transaction(Status::Draft);
        insert(&db, &draft).unwrap();
        let words = "SELECT words FROM \"transaction\"";
        assert_eq!(rows(&db, words), ["cafe #lunch\nbank account\nrent\nr1"]);
        assert_eq!(rows(&db, "SELECT tag FROM tag"), ["lunch"]);

        let changed = Transaction {
            description: "#dinner".to_owned(),
            remote_ids: vec!["r2".to_owned(), "r2".to_owned()],
            ..draft.clone()
        };
        update(&db, &draft, &changed).unwrap();
        assert_eq!(rows(&db, "SELECT tag FROM tag"), ["dinner"]);
        assert_eq!(with_remote_id(&db, &"aurora".into(), "r1").unwrap(), None);
        assert_eq!(with_remote_id(&db, &"aurora".into(), "r2").unwrap(), Some(changed.clone()));

        store::accounts::update(&db, &account(RENT, "Ölgas")).unwrap();
        assert_eq!(rows(&db, words), ["#dinner\nbank account\nolgas\nr2\nr2"]);

        let trashed = Transaction { status: Status::Trashed { posted: false }, ..changed.clone() };
        update(&db, &changed, &trashed).unwrap();
        assert_eq!(with_remote_id(&db, &"aurora".into(), "r2").unwrap(), None);
    }

    #[test]
    fn a_sum_that_cannot_be_exact_is_refused() {
        let db = book_with_two_accounts();
        let large = Transaction {
            amount: "79228162514264337593543950335".parse().ok(),
            ..transaction(Status::Unchecked)
        };
        insert(&db, &large).unwrap();
        for amount in ["1", "0.1"] {
            let more = Transaction {
                id: amount.into(),
                amount: amount.parse().ok(),
                ..transaction(Status::Unchecked)
            };
            assert!(matches!(insert(&db, &more), Err(Refusal::TooManyDigits)), "{amount}");
        }
    }
}
