//! What is read for people who act: what they and others did, what is paused, how jobs stand, what a delivery waits for.

use std::collections::BTreeMap;

use tokio_postgres::{Error, Row};

use bookhook_model::{Act, Actor, Delivery, DeliveryId, HookName, Pause, ReplayJob, ReplayJobId};

use crate::reading::{ActListing, Cursor, KeptToken, Outlook, Page};

use super::super::rows::{Column, Columns};
use super::Session;

/// So many jobs are listed.
const JOBS_MAX: i64 = 100;

impl Session {
    pub(super) async fn acts(&self, listing: &ActListing) -> Result<Page<Act>, Error> {
        let before = listing.before.map_or(i64::MAX, Cursor::seq);
        // One more tells whether there is another page.
        let limit = i64::try_from(listing.limit).unwrap_or(i64::MAX - 1).saturating_add(1);
        let hook = listing.filter.hook.as_ref().map(HookName::as_str);
        let delivery = listing.filter.delivery.map(Column);
        let found = self.client.query(&self.list_acts, &[&before, &limit, &hook, &delivery]).await?;
        let mut found: Vec<_> = found.iter().map(act).collect::<Result<_, _>>()?;
        let is_more = found.len() > listing.limit;
        found.truncate(listing.limit);
        let next = found.last().filter(|_| is_more).map(|(number, _)| Cursor::at(*number));
        Ok(Page { items: found.into_iter().map(|(_, act)| act).collect(), next })
    }

    pub(super) async fn pauses(&self) -> Result<Vec<Pause>, Error> {
        self.client.query(&self.list_pauses, &[]).await?.iter().map(pause).collect()
    }

    /// In one transaction, so that all of it tells the same story.
    pub(super) async fn outlook(&self, id: DeliveryId) -> Result<Option<Outlook>, Error> {
        self.client.batch_execute("BEGIN").await?;
        let outlook = self.outlook_now(id).await?;
        self.client.batch_execute("COMMIT").await?;
        Ok(outlook)
    }

    async fn outlook_now(&self, id: DeliveryId) -> Result<Option<Outlook>, Error> {
        let Some(delivery) = self.find_now(id).await? else { return Ok(None) };
        let pauses = self.pauses().await?.into_iter().filter(|pause| is_over(pause, &delivery)).collect();
        let Some(row) = self.client.query_opt(&self.find_outlook, &[&Column(id)]).await? else {
            return Ok(None);
        };
        let mut columns = Columns::of(&row);
        let (awaits_caller, sent_at, tries) = (columns.next()?, columns.value()?, columns.value()?);
        let token = match (columns.optional()?, columns.next()?) {
            (None, _) => KeptToken::None,
            (Some(_), false) => KeptToken::Erased,
            (Some(expires_at), true) => KeptToken::Until(expires_at),
        };
        let host = columns.next()?;
        Ok(Some(Outlook { delivery, awaits_caller, sent_at, tries, token, pauses, host }))
    }

    pub(super) async fn replay_jobs(&self, id: Option<ReplayJobId>) -> Result<Vec<ReplayJob>, Error> {
        self.client.batch_execute("BEGIN").await?;
        let found = self.client.query(&self.list_replay_jobs, &[&id.map(Column), &JOBS_MAX]).await?;
        let mut jobs: Vec<_> = found.iter().map(replay_job).collect::<Result<_, _>>()?;
        for job in &mut jobs {
            let counts = self.client.query(&self.list_replay_refusals, &[&Column(job.id)]).await?;
            job.refusals = counts.iter().map(refusal).collect::<Result<_, _>>()?;
        }
        self.client.batch_execute("COMMIT").await?;
        Ok(jobs)
    }
}

fn act(row: &Row) -> Result<(i64, Act), Error> {
    let mut columns = Columns::of(row);
    let number = columns.next()?;
    let act = Act {
        at: columns.value()?,
        who: columns.value()?,
        what: columns.value()?,
        hook: columns.optional()?,
        lane: columns.optional()?,
        delivery: columns.optional()?,
        replays: columns.optional()?,
        detail: columns.next()?,
    };
    Ok((number, act))
}

fn pause(row: &Row) -> Result<Pause, Error> {
    let mut columns = Columns::of(row);
    Ok(Pause {
        hook: columns.value()?,
        lane: columns.optional()?,
        since: columns.value()?,
        by: columns.optional()?.unwrap_or_else(Actor::host),
        reason: columns.next()?,
        held_for: columns.optional()?,
    })
}

fn is_over(pause: &Pause, delivery: &Delivery) -> bool {
    pause.hook == delivery.hook && (pause.lane.is_none() || pause.lane == delivery.lane)
}

fn replay_job(row: &Row) -> Result<ReplayJob, Error> {
    let mut columns = Columns::of(row);
    Ok(ReplayJob {
        id: columns.value()?,
        filter: columns.value()?,
        without_token: columns.next()?,
        per_second: columns.value()?,
        who: columns.value()?,
        created_at: columns.value()?,
        state: columns.value()?,
        matched: columns.value()?,
        done: columns.value()?,
        refused: columns.value()?,
        refusals: BTreeMap::new(),
        finished_at: columns.optional()?,
    })
}

fn refusal(row: &Row) -> Result<(String, u32), Error> {
    let mut columns = Columns::of(row);
    Ok((columns.next()?, columns.value()?))
}
