//! Where this host stands among the others: who it is, and until when it may write.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::{Instant, sleep_until};

use bookhook_model::DeliveryId;

use crate::hosts::{Fencing, LaneMark, News, NewsFeed};

/// So much may happen elsewhere before who does not listen is told to look again at everything.
const NEWS_MAX: usize = 1024;

/// A lease that is over is looked at again so often, until there is another.
const WATCH: Duration = Duration::from_millis(20);

/// What a shard lets the others know.
#[derive(Debug, Clone, Copy)]
pub(super) enum Told {
    /// A delivery has left its lane.
    Left(DeliveryId, LaneMark),
    /// A hook or a lane was paused, or goes on.
    Pauses,
}

/// Shared by everything that belongs to this host.
#[derive(Debug)]
pub(super) struct Lease {
    /// The id of its row. A new one each time it joins.
    host: AtomicI64,
    fenced: AtomicBool,
    /// The end of its lease, by its own clock, and a little earlier than by the server's.
    good_until: Mutex<Instant>,
    term: Duration,
    /// There are other hosts to be told.
    has_company: AtomicBool,
    fencings: watch::Sender<u64>,
    news: broadcast::Sender<News>,
    told: mpsc::UnboundedSender<Told>,
}

impl Lease {
    /// Of a host that has just joined; and what it is to tell the others.
    pub(super) fn new(term: Duration) -> (Self, mpsc::UnboundedReceiver<Told>) {
        let (told, to_tell) = mpsc::unbounded_channel();
        let (news, _) = broadcast::channel(NEWS_MAX);
        let this = Self {
            host: AtomicI64::new(0),
            fenced: AtomicBool::new(true),
            good_until: Mutex::new(Instant::now()),
            term,
            has_company: AtomicBool::new(false),
            fencings: watch::Sender::new(0),
            news,
            told,
        };
        (this, to_tell)
    }

    /// How long it lasts.
    pub(super) fn term(&self) -> Duration {
        self.term
    }

    /// The id that it has, or had before it was fenced.
    pub(super) fn host(&self) -> i64 {
        self.host.load(Ordering::Acquire)
    }

    /// Whether it may write under this id, as far as can be told from here.
    pub(super) fn is_good(&self, host: i64) -> bool {
        if self.fenced.load(Ordering::Acquire) || self.host() != host {
            return false;
        }
        if Instant::now() < *self.good_until.lock().unwrap_or_else(PoisonError::into_inner) {
            return true;
        }
        self.fence();
        false
    }

    /// Waits until it may not write under this id any more.
    pub(super) async fn is_over(&self, host: i64) {
        let mut fencings = self.fencings.subscribe();
        while self.is_good(host) {
            // It never ends before the lease does.
            let _ = fencings.changed().await;
        }
    }

    /// It was heard of when it asked at this time.
    pub(super) fn renewed(&self, asked: Instant) {
        *self.good_until.lock().unwrap_or_else(PoisonError::into_inner) = asked + self.term;
    }

    /// Fences this host as soon as its lease is over, whatever else it waits for just then.
    pub(super) async fn watch(self: Arc<Self>) {
        loop {
            let until = *self.good_until.lock().unwrap_or_else(PoisonError::into_inner);
            sleep_until(until.max(Instant::now() + WATCH)).await;
            self.is_good(self.host());
        }
    }

    /// It has joined, under this id, when it asked at this time.
    pub(super) fn joined(&self, host: i64, asked: Instant) {
        self.host.store(host, Ordering::Release);
        self.renewed(asked);
        self.fenced.store(false, Ordering::Release);
    }

    /// It is one of the others' dead.
    pub(super) fn fence(&self) {
        self.fence_because("this host was not heard from for a whole lease; others take over its deliveries");
    }

    /// It cannot learn whether what it wrote is in the journal. A new host finds what is.
    pub(super) fn fence_in_doubt(&self) {
        self.fence_because(
            "the database went away in the middle of a commit, and cannot tell what became of it; this host starts \
             over with what is in the journal",
        );
    }

    fn fence_because(&self, why: &str) {
        if !self.fenced.swap(true, Ordering::AcqRel) {
            tracing::error!("{why}");
            self.fencings.send_modify(|fencings| *fencings += 1);
        }
    }

    pub(super) fn is_fenced(&self) -> bool {
        self.fenced.load(Ordering::Acquire)
    }

    pub(super) fn has_company(&self, has: bool) {
        self.has_company.store(has, Ordering::Relaxed);
    }

    /// Lets the others know, if there are any.
    pub(super) fn let_know(&self, told: impl Iterator<Item = Told>) {
        if self.has_company.load(Ordering::Relaxed) {
            for told in told {
                let _ = self.told.send(told);
            }
        }
    }

    /// Who does not listen misses nothing: it begins by looking.
    pub(super) fn tell(&self, news: News) {
        let _ = self.news.send(news);
    }

    pub(super) fn listen(&self) -> (Fencing, NewsFeed) {
        (Fencing(self.fencings.subscribe()), NewsFeed(self.news.subscribe()))
    }
}
