//! Who a book is shared with.

use bkper_model::BookId;
use rusqlite::params;

use crate::act::Act;
use crate::ledger::{Permission, User};
use crate::refusal::Refusal;

pub(crate) fn insert(
    act: &Act<'_>,
    book: &BookId,
    user: &User,
    permission: Permission,
) -> Result<(), Refusal> {
    let id = act.opaque_id("collab")?;
    let sql = "INSERT INTO collaborator (id, book, user, permission, doc) VALUES (?1, ?2, ?3, ?4, '{}')";
    act.db.prepare_cached(sql)?.execute(params![id, book.as_str(), user.id.as_str(), permission.as_str()])?;
    Ok(())
}
