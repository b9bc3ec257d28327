//! Ids: texts that name one resource each. A type of its own for each kind, so that they cannot be mixed up.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::wire::{self, Misfit, Wire, scalar};

macro_rules! ids {
    ($($(#[$about:meta])* $name:ident,)*) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// An id with this text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id's text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.pad(&self.0)
            }
        }

        impl Wire for $name {
            const EXPECTED: &'static str = concat!("a text (", stringify!($name), ")");

            fn read<'de, D: Deserializer<'de>>(place: &mut Option<Self>, json: D) -> Result<Misfit, D::Error> {
                scalar::read_text(place, json, |text| Ok(Self(text)))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
                wire::deserialize(json)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
                json.serialize_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// Id of an account: a decimal 64 bit integer as text.
    AccountId,
    /// Id of an app, also called agent or bot: lower case letters, digits and hyphens, such as `sales-tax-bot`.
    AgentId,
    /// Id of a book: opaque text.
    BookId,
    /// Id of a collaborator of a book: opaque text.
    CollaboratorId,
    /// Id of a collection of books: opaque text.
    CollectionId,
    /// Id of a comment: opaque text.
    CommentId,
    /// Id of a connection of a user to an app or a bank: opaque text.
    ConnectionId,
    /// Id of the domain that a user belongs to: opaque text.
    DomainId,
    /// Id of an event: opaque text.
    EventId,
    /// Id of a file: opaque text.
    FileId,
    /// Id of a group of accounts: a decimal 64 bit integer as text.
    GroupId,
    /// Id of an integration, which is an app installed in a book: a decimal 64 bit integer as text.
    IntegrationId,
    /// Id of a saved query: a decimal 64 bit integer as text.
    QueryId,
    /// Id of a transaction: opaque text.
    TransactionId,
    /// Id of a user: opaque text.
    UserId,
}
