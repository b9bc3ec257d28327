//! Users, and the tokens that name them.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rows::{self, json, one};
use crate::ledger::User;

pub(crate) fn insert(db: &Connection, user: &User) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO user (id, username, email, doc) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![user.id.as_str(), user.username, user.email, json(user)?])
        .map(drop)
}

pub(crate) fn find(db: &Connection, id: &str) -> rusqlite::Result<Option<User>> {
    one(db, "SELECT doc FROM user WHERE id = ?1", [id])
}

/// Everybody, by username.
pub(crate) fn all(db: &Connection) -> rusqlite::Result<Vec<User>> {
    rows::all(db, "SELECT doc FROM user ORDER BY username", [])
}

/// The user with this username or email address.
pub(crate) fn named(db: &Connection, name: &str) -> rusqlite::Result<Option<User>> {
    one(db, "SELECT doc FROM user WHERE username = ?1 OR email = ?1", [name])
}

/// A token that names a user, and when it expires.
pub(crate) struct Token {
    pub(crate) user: User,
    pub(crate) expires: Option<Timestamp>,
}

pub(crate) fn insert_token(
    db: &Connection,
    token: &str,
    user: &User,
    expires: Option<Timestamp>,
) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO token (token, user, expires) VALUES (?1, ?2, ?3)")?
        .execute(params![token, user.id.as_str(), expires.map(Timestamp::as_millisecond)])
        .map(drop)
}

/// All tokens, by user.
pub(crate) fn tokens(db: &Connection) -> rusqlite::Result<Vec<(String, Token)>> {
    const SQL: &str = "SELECT user.doc, token.expires, token.token FROM token JOIN user ON user.id = token.user \
                       ORDER BY user.username, token.expires, token.token";
    db.prepare_cached(SQL)?.query_map([], |row| Ok((row.get(2)?, token(row)?)))?.collect()
}

/// Forgets the tokens whose time is over.
pub(crate) fn forget_tokens(db: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM token WHERE expires <= ?1")?.execute([now.as_millisecond()]).map(drop)
}

pub(crate) fn find_token(db: &Connection, token: &str) -> rusqlite::Result<Option<Token>> {
    const SQL: &str = "SELECT user.doc, token.expires FROM token JOIN user ON user.id = token.user \
                       WHERE token.token = ?1";
    db.prepare_cached(SQL)?.query_row([token], self::token).optional()
}

/// User and expiry in the first two columns.
fn token(row: &Row<'_>) -> rusqlite::Result<Token> {
    let expires: Option<i64> = row.get(1)?;
    // Written from a timestamp, so it is in range.
    let expires = expires.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    Ok(Token { user: rows::doc(row)?, expires })
}
