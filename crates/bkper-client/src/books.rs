//! Books: found, made, changed, copied.

use bkper_model::{App, AppList, Book, BookId, BookList};
use jiff::civil;
use reqwest::Method;

use crate::http::Request;
use crate::{Client, Error, RefersTo};

/// # Books
impl Client {
    /// The book with this id, or that this event happened in. Nothing is sent yet.
    pub fn book(&self, book: impl RefersTo<Book>) -> BookHandle {
        BookHandle { client: self.clone(), id: book.reference().in_path().to_owned() }
    }

    /// The books that the user can see, without their accounts and groups.
    pub async fn books(&self) -> Result<Vec<Book>, Error> {
        self.get(&["books"]).list::<BookList>().await
    }

    /// The books that the user can see and that have this text in their name.
    pub async fn books_named(&self, text: &str) -> Result<Vec<Book>, Error> {
        self.get(&["books"]).parameter("query", text).list::<BookList>().await
    }

    /// Makes a book. What is not set gets Bkper's default; only the name is needed.
    pub async fn create_book(&self, book: &Book) -> Result<Book, Error> {
        self.post(&["books"]).body(book).send().await
    }
}

/// One book, to be acted upon. What it *says* is a [`Book`], which [`get`](BookHandle::get) fetches.
///
/// A handle is only an address: it is made without asking anybody, cheap to clone, and knows nothing of whether the
/// book exists.
///
/// ```no_run
/// # async fn example(client: bkper_client::Client) -> Result<(), bkper_client::Error> {
/// let book = client.book("agtzfm...");
/// let name = book.get().await?.name;
/// let cash = book.account("Cash").find().await?;
/// let unchecked = book.transactions("account:Cash is:unchecked").count().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct BookHandle {
    client: Client,
    id: String,
}

impl BookHandle {
    /// The id of the book.
    pub fn id(&self) -> BookId {
        BookId::new(&*self.id)
    }

    /// The client that the handle was made by.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The book with its collection, without its accounts and groups.
    pub async fn get(&self) -> Result<Book, Error> {
        self.get_at(&[]).send().await
    }

    /// The same, or `None` when there is no such book.
    pub async fn find(&self) -> Result<Option<Book>, Error> {
        found(self.get().await)
    }

    /// The book with its collection, accounts and groups.
    pub async fn get_with_accounts(&self) -> Result<Book, Error> {
        let request = self.get_at(&[]).parameter("loadAccounts", "true").parameter("loadGroups", "true");
        let mut book: Book = request.send().await?;
        if book.accounts.is_none() {
            book.accounts = Some(self.accounts().await?);
        }
        if book.groups.is_none() {
            book.groups = Some(self.groups().await?);
        }
        Ok(book)
    }

    /// Changes the fields that are set, and gives the whole book back. `properties` replace all that were there.
    ///
    /// [`Date::Cleared`](bkper_model::Date::Cleared) takes the lock date or the closing date away.
    pub async fn update(&self, changes: &Book) -> Result<Book, Error> {
        self.at(Method::PUT, &[]).body(changes).send().await
    }

    /// Deletes the book, and gives it back as it was.
    pub async fn delete(&self) -> Result<Book, Error> {
        self.at(Method::DELETE, &[]).send().await
    }

    /// Makes a new book with the same settings, properties, groups and accounts, and no transactions.
    pub async fn copy(&self, name: &str) -> Result<Book, Error> {
        self.at(Method::POST, &["copy"]).parameter("name", name).send().await
    }

    /// The same, with the transactions from this day on, or all. Only the owner of a book may do that.
    pub async fn copy_with_transactions(&self, name: &str, from: Option<civil::Date>) -> Result<Book, Error> {
        let from = from.map(|day| bkper_model::date_value(day).to_string());
        let request = self.at(Method::POST, &["copy"]).parameter("name", name);
        request.parameter("copyTransactions", "true").maybe("fromDate", from).send().await
    }

    /// Has Bkper compute all balances anew. It does so after it has answered; the event `BOOK_AUDITED` tells when it is
    /// done.
    pub async fn audit(&self) -> Result<(), Error> {
        self.at(Method::PATCH, &["audit"]).repeatable(true).send_only().await
    }

    /// The apps that are installed in the book.
    pub async fn apps(&self) -> Result<Vec<App>, Error> {
        self.get_at(&["apps"]).list::<AppList>().await
    }

    pub(crate) fn get_at(&self, rest: &[&str]) -> Request {
        self.at(Method::GET, rest)
    }

    /// A call at a path below the book's.
    pub(crate) fn at(&self, method: Method, rest: &[&str]) -> Request {
        Request::new(&self.client, method, &[&["books", &self.id], rest].concat())
    }
}

/// `None` for what is not found.
pub(crate) fn found<T>(got: Result<T, Error>) -> Result<Option<T>, Error> {
    match got {
        Err(error) if error.is_not_found() => Ok(None),
        got => got.map(Some),
    }
}
