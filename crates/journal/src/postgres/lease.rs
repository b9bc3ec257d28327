//! Where this host stands among the others: who it is, and until when it may write.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::Instant;

use bookhook_model::DeliveryId;

use crate::hosts::{Fencing, LaneMark, News, NewsFeed};

/// So much may happen elsewhere before who does not listen is told to look again at everything.
const NEWS_MAX: usize = 1024;

/// What a shard lets the others know.
pub(super) type Left = (DeliveryId, LaneMark);

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
    left: mpsc::UnboundedSender<Left>,
}

impl Lease {
    /// Of a host that has just joined; and what it is to tell the others.
    pub(super) fn new(term: Duration) -> (Self, mpsc::UnboundedReceiver<Left>) {
        let (left, to_tell) = mpsc::unbounded_channel();
        let (news, _) = broadcast::channel(NEWS_MAX);
        let this = Self {
            host: AtomicI64::new(0),
            fenced: AtomicBool::new(true),
            good_until: Mutex::new(Instant::now()),
            term,
            has_company: AtomicBool::new(false),
            fencings: watch::Sender::new(0),
            news,
            left,
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

    /// It was heard of when it asked at this time.
    pub(super) fn renewed(&self, asked: Instant) {
        *self.good_until.lock().unwrap_or_else(PoisonError::into_inner) = asked + self.term;
    }

    /// It has joined, under this id, when it asked at this time.
    pub(super) fn joined(&self, host: i64, asked: Instant) {
        self.host.store(host, Ordering::Release);
        self.renewed(asked);
        self.fenced.store(false, Ordering::Release);
    }

    /// It is one of the others' dead.
    pub(super) fn fence(&self) {
        if !self.fenced.swap(true, Ordering::AcqRel) {
            tracing::error!("this host was not heard of for a whole lease; others take over its deliveries");
            self.fencings.send_modify(|fencings| *fencings += 1);
        }
    }

    pub(super) fn is_fenced(&self) -> bool {
        self.fenced.load(Ordering::Acquire)
    }

    pub(super) fn has_company(&self, has: bool) {
        self.has_company.store(has, Ordering::Relaxed);
    }

    /// Deliveries have left their lanes.
    pub(super) fn left(&self, left: impl Iterator<Item = Left>) {
        if self.has_company.load(Ordering::Relaxed) {
            for left in left {
                let _ = self.left.send(left);
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
