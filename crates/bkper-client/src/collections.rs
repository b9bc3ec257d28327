//! Collections: books that belong together.

use bkper_model::{Book, BookList, Collection, CollectionId, CollectionList};

use crate::lists::List;
use crate::{Client, Error, RefersTo};

/// # Collections
impl Client {
    /// The collections that the user can see, with their books.
    pub async fn collections(&self) -> Result<Vec<Collection>, Error> {
        self.get(&["collections"]).list::<CollectionList>().await
    }

    /// Makes an empty collection.
    pub async fn create_collection(&self, name: &str) -> Result<Collection, Error> {
        let collection = Collection { name: Some(name.to_owned()), ..Collection::default() };
        self.post(&["collections"]).body(&collection).send().await
    }

    /// The collection with this id. Nothing is sent yet.
    pub fn collection(&self, collection: impl RefersTo<Collection>) -> CollectionHandle {
        CollectionHandle { client: self.clone(), id: collection.reference().in_path().to_owned() }
    }
}

/// One collection, to be acted upon. What it *says* is a [`Collection`], which is in the list
/// of [`Client::collections`] and in each of its books.
#[derive(Clone, Debug)]
pub struct CollectionHandle {
    client: Client,
    id: String,
}

impl CollectionHandle {
    /// Gives the collection another name.
    pub async fn rename(&self, name: &str) -> Result<Collection, Error> {
        let collection = Collection {
            id: Some(CollectionId::new(&*self.id)),
            name: Some(name.to_owned()),
            ..Collection::default()
        };
        let request = self.client.put(&["collections"]).refusing(self.id.is_empty());
        request.body(&collection).send().await
    }

    /// Puts books into the collection, and gives back those that are in it now.
    pub async fn add_books(
        &self,
        books: impl IntoIterator<Item = impl RefersTo<Book>>,
    ) -> Result<Vec<Book>, Error> {
        self.change("add", books).await
    }

    /// Takes books out of the collection, and gives back those that were taken.
    pub async fn remove_books(
        &self,
        books: impl IntoIterator<Item = impl RefersTo<Book>>,
    ) -> Result<Vec<Book>, Error> {
        self.change("remove", books).await
    }

    /// Deletes the collection, and gives back the books that were in it; they stay.
    pub async fn delete(&self) -> Result<Vec<Book>, Error> {
        self.client.delete(&["collections", &self.id]).list::<BookList>().await
    }

    async fn change(
        &self,
        act: &str,
        books: impl IntoIterator<Item = impl RefersTo<Book>>,
    ) -> Result<Vec<Book>, Error> {
        let books: Vec<_> = books.into_iter().map(|book| by_id(&book)).collect();
        let refers_to_nothing = books.iter().any(|book| book.id.is_none());
        let request = self.client.patch(&["collections", &self.id, "books", act]).repeatable(true);
        request.refusing(refers_to_nothing).body(&BookList::of(books)).list::<BookList>().await
    }
}

/// The book with nothing but its id.
fn by_id(book: &impl RefersTo<Book>) -> Book {
    Book { id: book.reference().id(), ..Book::default() }
}
