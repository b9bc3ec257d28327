//! The outbox is emptied: lane by lane in order, all lanes side by side.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;
use tokio::task::{Id, JoinError, JoinSet};

use super::answer::Verdict;
use super::delivery::Attempt;
use super::parcel::Errand;
use super::response;
use crate::store::outbox::{self, Lane, Waiting};
use crate::world::World;

/// Sends what is in the outbox, and whatever is put there. Never ends.
pub(crate) async fn deliver(world: Arc<World>) {
    let mut lanes = Lanes { world, running: HashMap::new(), tasks: JoinSet::new() };
    loop {
        lanes.start_those_at_rest().await;
        tokio::select! {
            () = lanes.world.outbox.notified() => {}
            Some(ended) = lanes.tasks.join_next_with_id() => lanes.end(ended),
        }
    }
}

/// The lanes that are being emptied.
struct Lanes {
    world: Arc<World>,
    running: HashMap<Id, Lane>,
    tasks: JoinSet<()>,
}

impl Lanes {
    async fn start_those_at_rest(&mut self) {
        let lanes = self.world.keep(|db, _| outbox::lanes(db)).await.unwrap_or_else(|error| {
            tracing::error!(%error, "the sandbox cannot read its outbox");
            Vec::new()
        });
        for lane in lanes {
            if !self.running.values().any(|running| *running == lane) {
                let task = self.tasks.spawn(empty(Arc::clone(&self.world), lane.clone()));
                self.running.insert(task.id(), lane);
            }
        }
    }

    fn end(&mut self, ended: Result<(Id, ()), JoinError>) {
        let id = ended.map_or_else(|panic| panic.id(), |(id, ())| id);
        self.running.remove(&id);
    }
}

/// Sends what is in the lane until nothing is left.
async fn empty(world: Arc<World>, lane: Lane) {
    loop {
        let begun = world.begun();
        match send_next(&world, &lane).await {
            Ok(Next::Nothing) => return,
            Ok(Next::AtOnce) => {}
            Ok(Next::After(pause)) => rest(&world, begun, pause).await,
            Err(error) => {
                tracing::error!(%error, book = %lane.book, app = %lane.agent, "the sandbox cannot read or write its outbox");
                tokio::time::sleep(world.post.settings.backoff.longest).await;
            }
        }
    }
}

/// A wait, and when it is over by the sandbox's clock.
pub(super) struct Pause {
    wait: Duration,
    due: Timestamp,
}

impl Pause {
    /// It begins before anybody is told of it: whoever then puts the clock forward ends it.
    pub(super) fn begin(world: &World, wait: Duration) -> Self {
        Self { wait, due: world.clock.now().saturating_add(wait).unwrap_or(Timestamp::MAX) }
    }
}

/// Waits by the machine's time, so that a clock that stands still holds up nothing. A clock that is put forward so far
/// ends the wait, and so does a reset: `begun` tells of which beginning that is which waits.
pub(super) async fn rest(world: &World, begun: u64, Pause { wait, due }: Pause) {
    let over = tokio::time::sleep(wait);
    tokio::pin!(over);
    loop {
        let moved = world.moved.notified();
        if world.clock.now() >= due || world.begun() != begun {
            return;
        }
        tokio::select! {
            () = &mut over => return,
            () = moved => {}
        }
    }
}

/// When the lane goes on.
enum Next {
    AtOnce,
    After(Pause),
    Nothing,
}

async fn send_next(world: &Arc<World>, lane: &Lane) -> rusqlite::Result<Next> {
    let _turn = world.post.turn(lane).await;
    let next = send_first(world, lane).await;
    world.post.settled.notify_waiters();
    next
}

async fn send_first(world: &Arc<World>, lane: &Lane) -> rusqlite::Result<Next> {
    let of = lane.clone();
    let Some(waiting) = world.keep(move |db, world| first(db, world, &of)).await? else {
        return Ok(Next::Nothing);
    };
    let errand =
        Errand { event: waiting.event.clone(), agent: lane.agent.clone(), user: waiting.user.clone() };
    let Some(attempt) = Attempt::make(world, &errand, waiting.tries).await? else {
        world.keep(move |db, _| outbox::remove(db, &waiting)).await?;
        return Ok(Next::AtOnce);
    };
    let verdict = attempt.verdict.clone();
    let next = world.keep(move |db, world| settle(db, world, &errand, &waiting, verdict)).await?;
    attempt.tell(world);
    Ok(next)
}

/// What is sent next.
fn first(db: &Connection, world: &World, lane: &Lane) -> rusqlite::Result<Option<Waiting>> {
    if let Some(second) = outbox::at(db, lane, 1)?
        && world.mischief.strikes(|faults| &mut faults.deliveries.out_of_order)
    {
        return Ok(Some(second));
    }
    outbox::at(db, lane, 0)
}

fn settle(
    db: &Connection,
    world: &World,
    errand: &Errand,
    waiting: &Waiting,
    verdict: Verdict,
) -> rusqlite::Result<Next> {
    match verdict {
        Verdict::Settled(response) => {
            response::record(db, world.clock.now(), errand, response)?;
            outbox::remove(db, waiting)?;
            Ok(Next::AtOnce)
        }
        Verdict::Again { tries, wait } => {
            outbox::tried(db, waiting, tries)?;
            Ok(Next::After(Pause::begin(world, wait)))
        }
    }
}
