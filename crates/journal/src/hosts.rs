//! The hosts that share a journal: how one takes part, and what it hears of the others.
//!
//! A host is alive while it puts the end of its lease off in time, by the journal's clock. One that does not is taken for
//! dead: it is fenced, so that nothing of it is written any more, and its deliveries are taken over.

use std::time::Duration;

use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch::Receiver;

use bookhook_model::DeliveryId;

/// How a host takes part in a journal that others share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// How people call it.
    pub name: String,
    /// After so long a host that is not heard from is taken for dead.
    pub lease: Duration,
}

impl Default for Membership {
    fn default() -> Self {
        Self { name: "bookhook".to_owned(), lease: Duration::from_secs(10) }
    }
}

/// A lane, as hosts tell each other of it: the same on all of them, and another's seldom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LaneMark(pub(crate) u64);

/// What is heard of other hosts: hints. One that is lost is made good for by looking again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Time to look again at what is shared.
    LookAgain {
        /// A host is gone, and has left something behind perhaps.
        orphans: bool,
    },
    /// A delivery has left its lane, on another host.
    Left(DeliveryId, LaneMark),
}

/// Tells a host that what it had begun is its own no more: it was not heard from for a whole lease, or nobody can tell which
/// of its acts are in the journal. Nothing is written before it has [joined again](crate::Journal::rejoin).
#[derive(Debug, Clone)]
pub struct Fencing(pub(crate) Receiver<u64>);

impl Fencing {
    /// Waits until it happens, from the time when this was made or when it happened last; for ever, when the journal is
    /// closed.
    pub async fn happens(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// What is heard from now on.
#[derive(Debug)]
pub struct NewsFeed(pub(crate) broadcast::Receiver<News>);

impl NewsFeed {
    /// Waits for the next; `None` when the journal is closed.
    pub async fn next(&mut self) -> Option<News> {
        match self.0.recv().await {
            Ok(news) => Some(news),
            Err(RecvError::Lagged(_)) => Some(News::LookAgain { orphans: true }),
            Err(RecvError::Closed) => None,
        }
    }
}
