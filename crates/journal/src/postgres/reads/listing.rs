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
use crate::search::{COUNTED_MAX, Search, Step, Stretch, Way, all_stands, earlier, later, stands};

use super::super::rows::{self, Column, Columns};
use super::Session;
use super::horizon::{PATIENCE, Sight};

/// So many candidates that do not fit are looked at for one page.
const MISSES_MAX: usize = 16_384;
/// So long is waited for what others are writing just now, so that who follows sees it this time.
const BRIEFLY: Duration = Duration::from_millis(50);
/// So often it is looked whether they have written it.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// The kinds that a filter wants: pairs of a hook and a type, and stands, each of which goes with every pair.
#[derive(Default)]
struct Kinds {
    hooks: Vec<String>,
    types: Vec<String>,
    stands: Vec<&'static str>,
}

/// What is looked for, and where.
struct Look<'l> {
    filter: &'l Filter,
    kinds: Kinds,
}

impl Session {
    pub(super) async fn list(&self, listing: &Listing) -> Result<Page, Error> {
        let mut look = Look { filter: &listing.filter, kinds: Kinds::default() };
        let stretch = match listing.order {
            Order::Newest(before) => {
                look.kinds = self.kinds(&listing.filter).await?;
                self.newest(&look, before).await?
            }
            Order::After(after) => {
                let complete = self.complete(BRIEFLY).await?;
                Stretch { way: Way::All, from: after.seq() + 1, to: complete + 1 }
            }
        };
        let mut search = Search::new(listing, [stretch], MISSES_MAX);
        while let Some(step) = search.step() {
            let candidates = self.candidates(&look, listing.order, step).await?;
            let likely: Vec<_> =
                candidates.iter().filter(|(_, may_fit)| *may_fit).map(|(seq, _)| *seq).collect();
            let fitting = self.matching(&listing.filter, &likely).await?;
            let seqs: Vec<_> = candidates.iter().map(|(seq, _)| *seq).collect();
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
    async fn newest(&self, look: &Look<'_>, before: Option<Cursor>) -> Result<Stretch, Error> {
        let from = match look.filter.after {
            Some(after) => self.first_since(earlier(after)).await?,
            None => 0,
        };
        let to = match look.filter.before {
            Some(before) => self.first_since(later(before)).await?,
            None => i64::MAX,
        };
        let to = before.map_or(to, |before| to.min(before.seq()));
        let ways = Way::all_of(look.filter);
        let mut best = (i64::MAX, Stretch { way: Way::All, from, to });
        for way in &ways {
            let stretch = Stretch { way: *way, from, to };
            let count = if ways.len() > 1 { self.count(look, stretch).await? } else { 0 };
            if count < best.0 {
                best = (count, stretch);
            }
        }
        Ok(best.1)
    }

    /// How many candidates there are, up to the most that are counted.
    async fn count(&self, look: &Look<'_>, Stretch { way, from, to }: Stretch) -> Result<i64, Error> {
        let Look { filter, kinds } = look;
        let Kinds { hooks, types, stands } = kinds;
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&from, &to, &COUNTED_MAX];
        let statement = match way {
            Way::OfBook => {
                values.push(&filter.book_id);
                &self.count_of_book
            }
            Way::OfAgent => {
                values.push(&filter.agent_id);
                &self.count_of_agent
            }
            _ => {
                values.extend([hooks as &(dyn ToSql + Sync), types, stands]);
                &self.count_of_kind
            }
        };
        Columns::of(&self.client.query_one(statement, &values).await?).next()
    }

    async fn first_since(&self, since: Timestamp) -> Result<i64, Error> {
        Columns::of(&self.client.query_one(&self.find_first_since, &[&Column(since)]).await?).next()
    }

    /// The candidates of a step, and which of them may fit, as far as the indexes tell.
    async fn candidates(
        &self,
        look: &Look<'_>,
        order: Order,
        Step { stretch: Stretch { way, from, to }, limit }: Step,
    ) -> Result<Vec<(i64, bool)>, Error> {
        let Look { filter, kinds } = look;
        let Filter { hook, book_id, event_type, agent_id, .. } = filter;
        let hook = hook.as_ref().map(HookName::as_str);
        let wanted = stands(filter);
        let Kinds { hooks, types, stands } = kinds;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let keys;
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&from, &to, &limit];
        let statement = match way {
            Way::All if matches!(order, Order::After(_)) => &self.candidates_after,
            Way::All => &self.candidates_all,
            Way::OfKind => {
                values.extend([
                    hooks as &(dyn ToSql + Sync),
                    types,
                    stands,
                    &hook,
                    event_type,
                    book_id,
                    agent_id,
                ]);
                &self.candidates_of_kind
            }
            Way::OfBook => {
                values.extend([book_id as &(dyn ToSql + Sync), &hook, event_type, &wanted, agent_id]);
                &self.candidates_of_book
            }
            Way::OfAgent => {
                values.extend([agent_id as &(dyn ToSql + Sync), &hook, event_type, &wanted, book_id]);
                &self.candidates_of_agent
            }
            Way::OfEvent => {
                keys = self.event_keys(filter).await?;
                values.push(&keys);
                &self.candidates_of_event
            }
        };
        let tells = matches!(way, Way::OfKind | Way::OfBook | Way::OfAgent);
        let read = |row: &Row| {
            let mut columns = Columns::of(row);
            Ok((columns.next()?, !tells || columns.next()?))
        };
        self.client.query(statement, &values).await?.iter().map(read).collect()
    }

    /// The kinds that the filter wants; none if it does not ask for any.
    async fn kinds(&self, filter: &Filter) -> Result<Kinds, Error> {
        if !Way::all_of(filter).contains(&Way::OfKind) {
            return Ok(Kinds::default());
        }
        let stands = stands(filter).unwrap_or_else(all_stands);
        let hook = filter.hook.as_ref().map(HookName::as_str);
        if let (Some(hook), Some(event_type)) = (hook, &filter.event_type) {
            return Ok(Kinds { hooks: vec![hook.to_owned()], types: vec![event_type.clone()], stands });
        }
        let rows = self.client.query(&self.find_kinds, &[&hook, &filter.event_type]).await?;
        let (mut hooks, mut types) = (Vec::new(), Vec::new());
        for row in &rows {
            let mut columns = Columns::of(row);
            hooks.push(columns.next()?);
            types.push(columns.next()?);
        }
        Ok(Kinds { hooks, types, stands })
    }

    /// The keys that the event has: one in each hook.
    async fn event_keys(&self, filter: &Filter) -> Result<Vec<i64>, Error> {
        let Some(event) = &filter.event_id else { return Ok(Vec::new()) };
        let event = EventId(event.as_str().into());
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
