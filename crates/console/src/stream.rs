//! `GET /stream`: deliveries as they change, as server-sent events.
//!
//! The journal is asked again and again, as the command line's `--follow` does; so what another host writes into it is seen
//! as well. Every event is a whole delivery, and its id is the place from which a reader that lost the connection goes
//! on: before the first delivery that it was told of and that may still change. So one may come twice, and what came
//! while somebody listened is told to its end. What has been open for thousands of deliveries is no longer waited for.

mod follower;

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream::{self, Stream};
use http::{HeaderMap, Uri};
use tokio::sync::watch;

use bookhook_journal::Cursor;

use crate::console::Console;
use crate::problem::Problem;
use crate::query::{FILTER, Query};
use follower::Follower;

/// A reader behind a proxy must hear something now and then.
const HEARTBEAT: Duration = Duration::from_secs(15);
const LAST_EVENT_ID: &str = "last-event-id";

/// The streams that are open.
pub(crate) struct Streams {
    is_closed: watch::Sender<bool>,
}

impl Default for Streams {
    fn default() -> Self {
        Self { is_closed: watch::Sender::new(false) }
    }
}

impl Streams {
    /// Ends them all.
    pub(crate) fn close(&self) {
        self.is_closed.send_replace(true);
    }
}

/// `GET /stream`
pub(crate) async fn stream(
    State(console): State<Console>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let query = Query::read(&uri, &[&FILTER[..], &["cursor"]].concat())?;
    let (filter, cursor) = (query.filter()?, query.cursor()?);
    let start = last_event(&headers)?.or(cursor);
    let closed = console.streams().is_closed.subscribe();
    let follower = Follower::start(console.journal().clone(), filter, start).await?;
    let events = stream::unfold((follower, closed), |(mut follower, mut closed)| async move {
        let event = tokio::select! {
            biased;
            _ = closed.wait_for(|is_closed| *is_closed) => return None,
            event = follower.next() => event?,
        };
        Some((Ok(event), (follower, closed)))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT).text("alive")))
}

/// What a reader that comes back had heard last.
fn last_event(headers: &HeaderMap) -> Result<Option<Cursor>, Problem> {
    let Some(value) = headers.get(LAST_EVENT_ID) else { return Ok(None) };
    let text = String::from_utf8_lossy(value.as_bytes());
    let expected = "a cursor: pass on the `id` of an event";
    text.parse().map(Some).map_err(|_| Problem::bad_value("Last-Event-ID", &text, expected))
}
