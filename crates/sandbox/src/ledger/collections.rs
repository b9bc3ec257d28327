//! Collections: books that belong together.

use bkper_model as wire;

use super::Book;
use crate::act::View;
use crate::refusal::Refusal;

/// The collection that the book is in, with those of its books that the user can see.
pub(crate) fn of_book(view: &View<'_>, book: &Book) -> Result<Option<wire::Collection>, Refusal> {
    let _ = (view, book);
    Ok(None)
}
