//! Queries that are saved in a book. Not the language that they are written in.

use bkper_model::{Query, QueryList};
use reqwest::Method;

use crate::{BookHandle, Error, RefersTo};

/// # Saved queries
impl BookHandle {
    /// The queries that are saved in the book.
    pub async fn queries(&self) -> Result<Vec<Query>, Error> {
        self.get_at(&["queries"]).list::<QueryList>().await
    }

    /// Saves a query: its `title` and the `query` itself.
    pub async fn create_query(&self, query: &Query) -> Result<Query, Error> {
        self.at(Method::POST, &["queries"]).body(query).send().await
    }

    /// Changes the query that has the `id`: the fields that are set.
    pub async fn update_query(&self, query: &Query) -> Result<Query, Error> {
        self.at(Method::PUT, &["queries"]).body(query).refusing(query.id.is_none()).send().await
    }

    /// Deletes a query, and gives it back as it was.
    pub async fn delete_query(&self, query: impl RefersTo<Query>) -> Result<Query, Error> {
        self.at(Method::DELETE, &["queries", query.reference().in_path()]).send().await
    }
}
