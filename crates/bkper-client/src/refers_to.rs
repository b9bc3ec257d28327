//! How a call is told which resource it is about.

use bkper_model::{
    Account, AccountId, AgentId, App, Book, BookId, Collaborator, CollaboratorId, Collection, CollectionId,
    Connection, ConnectionId, Event, EventId, File, FileId, Group, GroupId, Integration, IntegrationId,
    Query, QueryId, Transaction, TransactionId,
};

/// What tells which resource of the kind `R` is meant: its id, the resource itself, or text.
///
/// Text is an id; for accounts and groups it may be the name too, in any spelling that Bkper takes as the same
/// (`bank account` is `Bank-Account`), and for collaborators the email address. A resource is found by its id, or,
/// where it has none, by its name or email address. An [`Event`] refers to the book that it happened in.
///
/// A resource without any of them refers to nothing, and so does an empty text: the call fails with
/// [`Error::NoAddress`](crate::Error::NoAddress), before anything is sent.
///
/// ```
/// # fn example(client: bkper_client::Client, event: bkper_client::model::Event) {
/// use bkper_client::model::AccountId;
///
/// let book = client.book(&event);
/// let by_name = book.account("Bank Account");
/// let by_id = book.account(AccountId::from("5012345"));
/// if let Some(sale) = event.transaction() {
///     let by_itself = book.transaction(sale);
/// }
/// # }
/// ```
#[expect(private_bounds, reason = "what refers to what is the crate's to say")]
pub trait RefersTo<R>: Refers<R> {}

impl<R, T: Refers<R> + ?Sized> RefersTo<R> for T {}

/// What every [`RefersTo`] can do.
pub(crate) trait Refers<R> {
    fn reference(&self) -> Reference<'_>;
}

/// How a resource is referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reference<'a> {
    /// By its id.
    Id(&'a str),
    /// By an id or a name: the server finds out.
    Text(&'a str),
    /// Not at all.
    Nothing,
}

impl<'a> Reference<'a> {
    /// What stands for the resource in a path; empty when nothing does.
    pub(crate) fn in_path(self) -> &'a str {
        match self {
            Self::Id(text) | Self::Text(text) => text,
            Self::Nothing => "",
        }
    }

    /// The id of what is referred to, for a body that takes nothing else.
    pub(crate) fn id<I: From<&'a str>>(self) -> Option<I> {
        Some(self.in_path()).filter(|text| !text.is_empty()).map(I::from)
    }

    fn to(id: Option<&'a str>, name: Option<&'a str>) -> Self {
        match (id, name) {
            (Some(id), _) => Self::Id(id),
            (None, Some(name)) => Self::Text(name),
            (None, None) => Self::Nothing,
        }
    }
}

impl<R, T: Refers<R> + ?Sized> Refers<R> for &T {
    fn reference(&self) -> Reference<'_> {
        T::reference(self)
    }
}

impl<R> Refers<R> for str {
    fn reference(&self) -> Reference<'_> {
        Reference::Text(self)
    }
}

impl<R> Refers<R> for String {
    fn reference(&self) -> Reference<'_> {
        Reference::Text(self)
    }
}

macro_rules! referred_to {
    ($($resource:ident by $id:ident $(or $name:ident)?;)*) => {$(
        impl Refers<$resource> for $id {
            fn reference(&self) -> Reference<'_> {
                Reference::Id(self.as_str())
            }
        }

        impl Refers<$resource> for $resource {
            fn reference(&self) -> Reference<'_> {
                let id = self.id.as_ref().map($id::as_str);
                Reference::to(id, referred_to!(@name self $($name)?))
            }
        }
    )*};
    (@name $resource:ident $name:ident) => { $resource.$name.as_deref() };
    (@name $resource:ident) => { None };
}

referred_to! {
    Account by AccountId or name;
    App by AgentId;
    Book by BookId;
    Collaborator by CollaboratorId or email;
    Collection by CollectionId;
    Connection by ConnectionId;
    Event by EventId;
    File by FileId;
    Group by GroupId or name;
    Integration by IntegrationId;
    Query by QueryId;
    Transaction by TransactionId;
}

impl Refers<Book> for Event {
    fn reference(&self) -> Reference<'_> {
        let of_book = self.book.as_ref().and_then(|book| book.id.as_ref());
        Reference::to(self.book_id.as_ref().or(of_book).map(BookId::as_str), None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(reference: &impl Refers<Account>) -> Reference<'_> {
        reference.reference()
    }

    #[test]
    fn an_account_is_referred_to_by_id_or_name() {
        let named = Account { name: Some("Cash".into()), ..Account::default() };
        let stored = Account { id: Some("7".into()), ..named.clone() };
        assert_eq!(account(&&stored), Reference::Id("7"));
        assert_eq!(account(&named), Reference::Text("Cash"));
        assert_eq!(account(&Account::default()), Reference::Nothing);
        assert_eq!(account(&AccountId::from("7")), Reference::Id("7"));
        assert_eq!(account(&"Cash"), Reference::Text("Cash"));
        assert_eq!(account(&"Cash".to_owned()), Reference::Text("Cash"));
    }

    #[test]
    fn an_event_refers_to_its_book() {
        let book = |event: &Event| Refers::<Book>::reference(event).in_path().to_owned();
        let of_book = Book { id: Some("b2".into()), ..Book::default() };
        let event = Event { book: Some(of_book), ..Event::default() };
        assert_eq!(book(&event), "b2");
        assert_eq!(book(&Event { book_id: Some("b1".into()), ..event }), "b1");
        assert_eq!(book(&Event::default()), "");
    }
}
