//! Lists, as PostgreSQL finds them: see [`crate::search`].

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::time::sleep;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Error, Row};

use bookhook_model::{Delivery, EventId, Filter, HookName, Outcome, State};

use crate::reading::{Cursor, Listing, Order, Page};
use crate::seal::event_key;
use crate::search::{Search, Step, Stretch, Way, earlier, later};

use super::super::rows::{self, Column, Columns};
use super::Session;
use super::horizon::{PATIENCE, Sight};

/// So many deliveries that do not fit are looked at for one page: each may be on a page of its own, on a disk.
const MISSES_MAX: usize = 4_096;
/// So long is waited for what others are writing just now, so that who follows sees it this time.
const BRIEFLY: Duration = Duration::from_millis(50);
/// So often it is looked whether they have written it.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

impl Session {
    pub(super) async fn list(&self, listing: &Listing) -> Result<Page, Error> {
        let stretch = match listing.order {
            Order::Newest(before) => self.newest(&listing.filter, before).await?,
            Order::After(after) => {
                let complete = self.complete(BRIEFLY).await?;
                Stretch { way: Way::All, from: after.seq() + 1, to: complete + 1 }
            }
        };
        let mut search = Search::new(listing, [stretch], MISSES_MAX);
        while let Some(step) = search.step() {
            let seqs = self.candidates(listing, &step).await?;
            let fitting = self.matching(&listing.filter, &seqs).await?;
            search.take(&seqs, fitting);
        }
        Ok(search.page())
    }

    /// The place after the newest delivery, behind which nothing is missing.
    pub(super) async fn end(&self) -> Result<Cursor, Error> {
        self.complete(2 * PATIENCE).await.map(Cursor::at)
    }

    /// Up to where the order of append is complete: with what was taken until now, if that is written within this time.
    async fn complete(&self, wait: Duration) -> Result<i64, Error> {
        let begun = Instant::now();
        let mut wanted = None;
        loop {
            let sight = self.look().await?;
            let wanted = *wanted.get_or_insert(sight.last);
            let complete = self.complete_by(sight);
            if complete >= wanted || begun.elapsed() >= wait {
                return Ok(complete);
            }
            sleep(LOOK_AGAIN).await;
        }
    }

    fn complete_by(&self, sight: Sight) -> i64 {
        self.horizon.lock().unwrap_or_else(PoisonError::into_inner).complete(sight, Instant::now())
    }

    /// First the place, then who writes, and neither in the snapshot of what is read afterwards.
    async fn look(&self) -> Result<Sight, Error> {
        let since = Instant::now();
        let last = Columns::of(&self.client.query_one(&self.find_last, &[]).await?).next()?;
        let rows = self.client.query(&self.list_writers, &[]).await?;
        let writers = rows.iter().map(|row| Columns::of(row).next()).collect::<Result<_, _>>()?;
        Ok(Sight { since, last, writers })
    }

    /// Where to look for the newest, and how.
    async fn newest(&self, filter: &Filter, before: Option<Cursor>) -> Result<Stretch, Error> {
        let from = match filter.after {
            Some(after) => self.first_since(earlier(after)).await?,
            None => 0,
        };
        let to = match filter.before {
            Some(before) => self.first_since(later(before)).await?,
            None => i64::MAX,
        };
        Ok(Stretch { way: Way::of(filter), from, to: before.map_or(to, |before| to.min(before.seq())) })
    }

    async fn first_since(&self, since: Timestamp) -> Result<i64, Error> {
        Columns::of(&self.client.query_one(&self.find_first_since, &[&Column(since)]).await?).next()
    }

    /// The candidates of a step.
    async fn candidates(&self, listing: &Listing, step: &Step) -> Result<Vec<i64>, Error> {
        let (statement, key): (_, Option<Box<dyn ToSql + Sync + Send>>) = match &step.stretch.way {
            Way::All if matches!(listing.order, Order::After(_)) => (&self.candidates_after, None),
            Way::All => (&self.candidates_all, None),
            Way::OfHook(hook) => (&self.candidates_of_hook, Some(Box::new(hook.clone()))),
            Way::OfType(event_type) => (&self.candidates_of_type, Some(Box::new(event_type.clone()))),
            Way::WithOutcome(outcome) => (&self.candidates_with_outcome, Some(Box::new(outcome.as_str()))),
            Way::Aside(state) => (&self.candidates_aside, Some(Box::new(state.as_str()))),
            Way::Open(state) => (&self.candidates_open, Some(Box::new(state.as_str()))),
            Way::Failed => (&self.candidates_failed, None),
            Way::OfBook(book) => (&self.candidates_of_book, Some(Box::new(book.clone()))),
            Way::OfAgent(agent) => (&self.candidates_of_agent, Some(Box::new(agent.clone()))),
            Way::OfEvent(event) => {
                let keys = self.event_keys(&listing.filter, event).await?;
                (&self.candidates_of_event, Some(Box::new(keys)))
            }
        };
        let (Stretch { from, to, .. }, limit) =
            (&step.stretch, i64::try_from(step.limit).unwrap_or(i64::MAX));
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![from, to, &limit];
        if let Some(key) = &key {
            values.push(&**key);
        }
        self.client.query(statement, &values).await?.iter().map(|row| Columns::of(row).next()).collect()
    }

    /// The keys that the event has: one in each hook.
    async fn event_keys(&self, filter: &Filter, event: &str) -> Result<Vec<i64>, Error> {
        let event = EventId(event.into());
        let hooks = match &filter.hook {
            Some(hook) => vec![hook.clone()],
            None => self.hooks().await?,
        };
        Ok(hooks.iter().map(|hook| event_key(hook, &event)).collect())
    }

    async fn hooks(&self) -> Result<Vec<HookName>, Error> {
        let rows: Vec<Row> = self.client.query(&self.find_hooks, &[]).await?;
        rows.iter().map(|row| Columns::of(row).value()).collect()
    }

    /// Those of the candidates that fit.
    async fn matching(&self, filter: &Filter, seqs: &[i64]) -> Result<Vec<(i64, Delivery)>, Error> {
        let (hook, state) = (filter.hook.as_ref().map(HookName::as_str), filter.state.map(State::as_str));
        let outcome = filter.outcome.map(Outcome::as_str);
        let (after, before) = (filter.after.map(Column), filter.before.map(Column));
        let wanted: [&(dyn ToSql + Sync); 11] = [
            &seqs,
            &hook,
            &filter.book_id,
            &filter.event_id,
            &filter.event_type,
            &filter.agent_id,
            &state,
            &outcome,
            &filter.error,
            &after,
            &before,
        ];
        self.client.query(&self.list_matching, &wanted).await?.iter().map(rows::delivery).collect()
    }
}
