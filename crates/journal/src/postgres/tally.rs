//! What has changed in how many deliveries stand where is counted: see `0006_finding.sql`.

use tokio::sync::mpsc::UnboundedSender;

use crate::error::WriteError;
use crate::pending::Pending;

use super::act::{Act, Asked, Fault};
use super::intake::{Message, Placed};
use super::routes::Track;
use super::rows::Columns;
use super::session::Session;

/// So many changes are counted in one act, so that others get their turn.
const COUNTED_MAX: i64 = 10_000;

/// Counts them all, as this host.
pub(super) async fn count_changes(queue: UnboundedSender<Message>, host: i64) -> Result<(), WriteError> {
    loop {
        let (reply, counted) = Pending::channel();
        // When the shard has ended, the message is dropped, and with it the reply.
        let entry = Box::new(Asked::new(CountChanges, reply));
        let _ = queue.send(Message::Act(Placed { track: Track::ANY, host, entry }));
        if counted.await? < COUNTED_MAX {
            return Ok(());
        }
    }
}

/// Some of the changes are counted.
struct CountChanges;

impl Act for CountChanges {
    /// How many.
    type Found = i64;

    const LAZY: bool = true;

    async fn apply(&self, db: &Session) -> Result<i64, Fault> {
        let row = db.query_one(&db.statements.count_changes, &[&COUNTED_MAX]).await?;
        Ok(Columns::of(&row).next()?)
    }
}
