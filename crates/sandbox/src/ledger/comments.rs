//! Comments on transactions. The API v5 knows them from events alone: they are made at the sandbox's own door.

use bkper_model::{self as wire, AgentId, BookId, CommentId, EventObject, EventType, TransactionId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Book, Entered, Right};
use crate::act::Act;
use crate::refusal::{Kind, Refusal};
use crate::store;

/// What a user says about a transaction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Comment {
    pub(crate) id: CommentId,
    pub(crate) transaction: TransactionId,
    pub(crate) text: String,
    user: UserId,
    agent: Option<AgentId>,
    created: Timestamp,
}

impl Comment {
    fn shown(&self) -> wire::Comment {
        wire::Comment {
            id: Some(self.id.clone()),
            text: Some(self.text.clone()),
            transaction_id: Some(self.transaction.clone()),
            agent_id: self.agent.clone(),
            created_at: Some(self.created.into()),
            ..wire::Comment::default()
        }
    }
}

/// Comments on the transaction.
pub(crate) fn create(
    act: &Act<'_>,
    book: &BookId,
    transaction: TransactionId,
    body: &wire::Comment,
) -> Result<wire::Comment, Refusal> {
    let Entered { book, .. } = act.enter(book, Right::Draft)?;
    let text = body.text.clone().filter(|text| !text.trim().is_empty());
    let comment = Comment {
        id: CommentId::new(act.opaque_id("comment")?),
        transaction,
        text: text.ok_or(Refusal::Required { field: "text" })?,
        user: act.actor.user.id.clone(),
        agent: act.actor.agent.clone(),
        created: act.now,
    };
    if !store::comments::insert(act.db, &book.id, &comment)? {
        return Err(Refusal::NotFound { kind: Kind::Transaction, id: comment.transaction.to_string() });
    }
    told(act, &book, &comment, EventType::CommentCreated)
}

/// Deletes the comment. It takes its author, or who manages the book.
pub(crate) fn delete(
    act: &Act<'_>,
    book: &BookId,
    transaction: &TransactionId,
    id: &CommentId,
) -> Result<wire::Comment, Refusal> {
    let Entered { book, .. } = act.enter(book, Right::Draft)?;
    let unknown = || Refusal::NotFound { kind: Kind::Comment, id: id.to_string() };
    let comment = store::comments::find(act.db, &book.id, transaction, id)?.ok_or_else(unknown)?;
    if comment.user != act.actor.user.id {
        act.enter(&book.id, Right::Manage)?;
    }
    store::comments::delete(act.db, id)?;
    told(act, &book, &comment, EventType::CommentDeleted)
}

/// Records what happened to the comment. What the event is about is the transaction.
fn told(act: &Act<'_>, book: &Book, comment: &Comment, what: EventType) -> Result<wire::Comment, Refusal> {
    act.touch(book)?;
    let shown = comment.shown();
    act.record(book, what, comment.transaction.as_str(), EventObject::Comment(shown.clone()), None)?;
    Ok(shown)
}
