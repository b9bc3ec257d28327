//! What all deliveries share: the HTTP client, the key, and whose turn it is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::redirect::Policy;
use tokio::sync::{Notify, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use super::{Backoff, Keys};
use crate::store::outbox::Lane;

/// How events are sent.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// How long the token that comes with an event names its user.
    pub(crate) token_lifetime: Duration,
    pub(crate) backoff: Backoff,
    /// How long an app has to answer.
    pub(crate) timeout: Duration,
    pub(crate) keys: Keys,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            token_lifetime: Duration::from_hours(1),
            backoff: Backoff::default(),
            timeout: Duration::from_mins(6),
            keys: Keys::default(),
        }
    }
}

/// So many events are on their way at the same time, at most.
const AT_ONCE: usize = 64;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What all deliveries share.
pub(crate) struct Post {
    pub(super) http: reqwest::Client,
    pub(crate) settings: Settings,
    at_once: Arc<Semaphore>,
    /// Rung when a delivery was settled.
    pub(super) settled: Notify,
    turns: Mutex<HashMap<Lane, Arc<tokio::sync::Mutex<()>>>>,
}

/// Leave to send an event in a lane, until it is dropped.
pub(super) struct Turn {
    _turn: OwnedMutexGuard<()>,
    _permit: OwnedSemaphorePermit,
}

impl Post {
    pub(crate) fn new(settings: Settings) -> reqwest::Result<Self> {
        // The URL is called as it is configured: neither through a proxy nor somewhere else.
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(settings.timeout)
            .build()?;
        let at_once = Arc::new(Semaphore::new(AT_ONCE));
        Ok(Self { http, settings, at_once, settled: Notify::new(), turns: Mutex::default() })
    }

    /// Waits until nothing else of the lane is being sent, neither the next event nor a replay, and not too much else.
    pub(super) async fn turn(&self, lane: &Lane) -> Turn {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(turns.entry(lane.clone()).or_default())
        };
        let turn = turn.lock_owned().await;
        let permit = Arc::clone(&self.at_once).acquire_owned().await;
        Turn { _turn: turn, _permit: permit.expect("the semaphore is never closed") }
    }
}
