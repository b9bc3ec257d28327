//! Balances of a book, and numbers of transactions over time.

use std::fmt;

use bkper_model::{Balances, Counts, Periodicity};
use jiff::civil;

use crate::http::Request;
use crate::{BookHandle, Error};

/// # Balances and counts
impl BookHandle {
    /// The balances of the account or group that the query names, in its range of dates, by period.
    ///
    /// All amounts are raw: credit minus debit, so that money in the bank is negative. See [`Balances`].
    ///
    /// ```no_run
    /// # async fn example(book: bkper_client::BookHandle) -> Result<(), bkper_client::Error> {
    /// let balances = book.balances("group:Assets on:2025 by:m").await?;
    /// for group in balances.group_balances.unwrap_or_default() {
    ///     println!("{:?}: {:?}", group.name, group.cumulative_balance);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn balances(&self, query: impl fmt::Display) -> Result<Balances, Error> {
        let request = self.get_at(&["balances"]).parameter("query", query.to_string());
        let balances: Balances = request.send().await?;
        match &balances.balances_url {
            Some(url) => Request::elsewhere(self.client(), url).send().await,
            None => Ok(balances),
        }
    }

    /// How many transactions were posted in each day, month or year, from the day `after` on and before the day
    /// `before`, or over all time.
    pub async fn count_posted(
        &self,
        by: &Periodicity,
        after: Option<civil::Date>,
        before: Option<civil::Date>,
    ) -> Result<Counts, Error> {
        let request = self.get_at(&["transactions", "count", "posted"]).parameter("periodicity", by.as_str());
        let request = request.maybe("after", after.map(|day| day.to_string()));
        request.maybe("before", before.map(|day| day.to_string())).send().await
    }
}
