//! One request's view of the world, and its hand on it.
//!
//! Everything that a request reads or writes goes through its [`View`] or [`Act`]: they know the transaction of the
//! database, who asks, and what time it is.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::ops::Deref;

use bkper_model::{AgentId, BookId, TimestampMs, UserId};
use jiff::Timestamp;
use rusqlite::Connection;

use crate::ledger::{Book, Entered, Right, User, collections};
use crate::refusal::{Kind, Refusal};
use crate::store;
use crate::store::outbox::Lane;

/// Who asks: a user, and the app through which the user acts.
#[derive(Clone, Debug)]
pub(crate) struct Actor {
    pub(crate) user: User,
    pub(crate) agent: Option<AgentId>,
}

/// What a request can see.
pub(crate) struct View<'a> {
    pub(crate) db: &'a Connection,
    pub(crate) now: Timestamp,
    pub(crate) actor: &'a Actor,
    pub(crate) collections: collections::Shown,
}

impl<'a> View<'a> {
    pub(crate) fn new(db: &'a Connection, now: Timestamp, actor: &'a Actor) -> Self {
        Self { db, now, actor, collections: collections::Shown::default() }
    }

    /// The book, if the user may do this in it. The way to every book leads through here.
    pub(crate) fn enter(&self, id: &BookId, right: Right) -> Result<Entered, Refusal> {
        let unknown = || Refusal::NotFound { kind: Kind::Book, id: id.to_string() };
        let book = store::books::find(self.db, id)?.ok_or_else(unknown)?;
        let permission = book.permission_of(self.db, &self.actor.user)?;
        if !Right::See.is_in(permission) {
            let email = self.actor.user.email.clone();
            return Err(Refusal::NotACollaborator { email, name: book.name, book: book.id });
        }
        if !right.is_in(permission) {
            return Err(Refusal::Forbidden { right, found: permission });
        }
        Ok(Entered { book, permission })
    }

    /// The time as the API writes it.
    pub(crate) fn timestamp(&self) -> TimestampMs {
        self.now.into()
    }
}

/// What a request can do. Without its success, nothing of it remains.
pub(crate) struct Act<'a> {
    pub(crate) view: View<'a>,
    /// Whether what is done is an event.
    pub(crate) is_told: bool,
    has_posted: Cell<bool>,
    touched: RefCell<BTreeSet<BookId>>,
}

impl<'a> Deref for Act<'a> {
    type Target = View<'a>;

    fn deref(&self) -> &View<'a> {
        &self.view
    }
}

impl<'a> Act<'a> {
    pub(crate) fn new(view: View<'a>) -> Self {
        Self { view, is_told: true, has_posted: Cell::new(false), touched: RefCell::default() }
    }

    /// What is done so happens without an event.
    pub(crate) fn untold(view: View<'a>) -> Self {
        Self { is_told: false, ..Self::new(view) }
    }

    /// Whether something was put into the outbox.
    pub(crate) fn has_posted(&self) -> bool {
        self.has_posted.get()
    }

    /// Puts an event into the outbox.
    pub(crate) fn post(&self, event: i64, lane: &Lane, user: &UserId) -> Result<(), Refusal> {
        self.has_posted.set(true);
        Ok(store::outbox::insert(self.db, event, lane, user)?)
    }

    /// A new numeric id.
    pub(crate) fn number_id(&self) -> Result<i64, Refusal> {
        Ok(crate::ids::number(self.db)?)
    }

    /// A new opaque id of this kind.
    pub(crate) fn opaque_id(&self, kind: &str) -> Result<String, Refusal> {
        Ok(crate::ids::opaque(self.db, kind)?)
    }

    /// Notes that something in the book changed.
    pub(crate) fn touch(&self, book: &Book) -> Result<(), Refusal> {
        if self.touched.borrow_mut().insert(book.id.clone()) {
            store::books::touch(self.db, &book.id, self.now)?;
            self.collections.forget();
        }
        Ok(())
    }
}
