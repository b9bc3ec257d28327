//! The object of an event: which resource it is depends on the event's type.

use serde::{Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::fault::Findings;
use crate::wire::{Misfit, Wire, scalar};
use crate::{
    Account, Book, Collaborator, Comment, EventType, File, Group, Integration, Query, TransactionOperation,
};

/// The resource that an event is about, after what happened (or before it, where it was deleted).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "most events have the largest; a box would only be in the way")]
pub enum EventObject {
    /// Of `TRANSACTION_*`: the transaction and the accounts that were touched.
    Transaction(TransactionOperation),
    /// Of `ACCOUNT_*`.
    Account(Account),
    /// Of `GROUP_*`.
    Group(Group),
    /// Of `FILE_*`.
    File(File),
    /// Of `QUERY_*`.
    Query(Query),
    /// Of `COLLABORATOR_*`.
    Collaborator(Collaborator),
    /// Of `INTEGRATION_*`.
    Integration(Integration),
    /// Of `BOOK_*`.
    Book(Book),
    /// Of `COMMENT_*`.
    Comment(Comment),
    /// Of an event whose type is absent or unknown, or something that is no JSON object at all; as it came.
    Other(Value),
}

impl EventObject {
    /// Reads an object that is still as it came as the resource that events of this type are about.
    pub(crate) fn of(self, event_type: &EventType) -> Result<Self, serde_json::Error> {
        use EventType as Type;

        let Self::Other(value) = self else { return Ok(self) };
        match event_type {
            Type::TransactionCreated
            | Type::TransactionUpdated
            | Type::TransactionDeleted
            | Type::TransactionPosted
            | Type::TransactionChecked
            | Type::TransactionUnchecked
            | Type::TransactionRestored => typed(value, Self::Transaction),
            Type::AccountCreated | Type::AccountUpdated | Type::AccountDeleted => typed(value, Self::Account),
            Type::GroupCreated | Type::GroupUpdated | Type::GroupDeleted => typed(value, Self::Group),
            Type::FileCreated | Type::FileUpdated | Type::FileDeleted => typed(value, Self::File),
            Type::QueryCreated | Type::QueryUpdated | Type::QueryDeleted => typed(value, Self::Query),
            Type::CollaboratorAdded | Type::CollaboratorUpdated | Type::CollaboratorRemoved => {
                typed(value, Self::Collaborator)
            }
            Type::IntegrationCreated | Type::IntegrationUpdated | Type::IntegrationDeleted => {
                typed(value, Self::Integration)
            }
            Type::BookCreated | Type::BookAudited | Type::BookUpdated | Type::BookDeleted => {
                typed(value, Self::Book)
            }
            Type::CommentCreated | Type::CommentDeleted => typed(value, Self::Comment),
            Type::Other(_) => Ok(Self::Other(value)),
        }
    }
}

fn typed<T: Wire>(value: Value, variant: fn(T) -> EventObject) -> Result<EventObject, serde_json::Error> {
    let mut place = None;
    let misfit = T::read(&mut place, value)?.unwrap_or_default();
    Ok(place.map_or(EventObject::Other(misfit), variant))
}

/// Without the event's type nothing can be told about the object, so it is [`EventObject::Other`] at first.
impl Wire for EventObject {
    const EXPECTED: &'static str = "anything but null";

    fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, json: D) -> Result<Misfit, D::Error> {
        scalar::read(place, json, |value| if value.is_null() { Err(value) } else { Ok(Self::Other(value)) })
    }

    fn inspect(&self, findings: &mut Findings) {
        match self {
            Self::Transaction(operation) => operation.inspect(findings),
            Self::Account(account) => account.inspect(findings),
            Self::Group(group) => group.inspect(findings),
            Self::File(file) => file.inspect(findings),
            Self::Query(query) => query.inspect(findings),
            Self::Collaborator(collaborator) => collaborator.inspect(findings),
            Self::Integration(integration) => integration.inspect(findings),
            Self::Book(book) => book.inspect(findings),
            Self::Comment(comment) => comment.inspect(findings),
            Self::Other(_) => {}
        }
    }
}

impl Serialize for EventObject {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Transaction(operation) => operation.serialize(json),
            Self::Account(account) => account.serialize(json),
            Self::Group(group) => group.serialize(json),
            Self::File(file) => file.serialize(json),
            Self::Query(query) => query.serialize(json),
            Self::Collaborator(collaborator) => collaborator.serialize(json),
            Self::Integration(integration) => integration.serialize(json),
            Self::Book(book) => book.serialize(json),
            Self::Comment(comment) => comment.serialize(json),
            Self::Other(value) => value.serialize(json),
        }
    }
}
