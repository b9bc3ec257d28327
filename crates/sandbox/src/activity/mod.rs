//! What happened: events are recorded, listed, and sent to the apps that listen.
//!
//! An event is put into the outbox in the transaction of what caused it (`record`). What goes to one app from one book
//! is a lane: one after the other, in the order of events, while other lanes go on (`lanes`). What an app answers is read
//! in `answer`; whether it is sent again, and when, is told there and in `backoff`.

mod answer;
mod backoff;
mod delivery;
pub(crate) mod history;
mod keys;
mod lanes;
mod parcel;
mod post;
mod record;
pub(crate) mod replay;
mod response;

pub(crate) use backoff::Backoff;
pub(crate) use keys::{Keys, key_server};
pub(crate) use lanes::deliver;
pub(crate) use post::{Post, Settings};

use std::sync::Arc;

use crate::store;
use crate::world::World;

/// Waits until nothing is left to be sent. What an app does while it is told is an event too, and waited for.
pub(crate) async fn settled(world: &Arc<World>) {
    loop {
        let settled = world.post.settled.notified();
        match world.keep(|db, _| store::outbox::is_empty(db)).await {
            Ok(false) => settled.await,
            Ok(true) => return,
            Err(error) => {
                tracing::error!(%error, "the sandbox cannot read its outbox");
                return;
            }
        }
    }
}
