//! Bkper's side: each event is sent until it is answered 2xx, over whatever happens to the host meanwhile.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bookhook_testkit::eventually;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, StatusCode};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::chance::Chance;
use crate::events::Event;
use crate::handler::{Moment, Moments};
use crate::host::Host;

/// How many call at once, each over its own connection.
const CALLERS: usize = 160;
/// The longest wait before a caller tries again. It is shorter than what it is asked for, which would be a second.
const PAUSE: Duration = Duration::from_millis(30);

/// The 2xx that a caller got in the end.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) event: Event,
    pub(crate) body: String,
    /// When it was sent for the first time.
    pub(crate) first_asked: Moment,
    /// When the request was sent that got it.
    pub(crate) asked: Moment,
    /// When it was there.
    pub(crate) answered: Moment,
    /// How often it was told to come back before.
    pub(crate) told_later: usize,
    /// How often the connection broke before, or there was none.
    pub(crate) cut_off: usize,
}

/// All callers; a clone is the same.
#[derive(Clone)]
pub(crate) struct Callers {
    client: Client,
    url: String,
    identity: String,
    moments: Moments,
    chance: Arc<Mutex<Chance>>,
    /// How often one of them was answered 503.
    unavailable: Arc<AtomicUsize>,
}

impl Callers {
    pub(crate) fn new(host: &Host, moments: Moments, chance: Chance) -> Self {
        Self::calling(host.url(), host, moments, chance)
    }

    /// Who call this host under another address.
    pub(crate) fn calling(url: String, host: &Host, moments: Moments, chance: Chance) -> Self {
        let client = Client::builder().no_proxy().http1_only().build().unwrap();
        let chance = Arc::new(Mutex::new(chance));
        let unavailable = Arc::default();
        Self { client, url, identity: host.identity(), moments, chance, unavailable }
    }

    /// Sends these events, and comes back when each of them is answered.
    pub(crate) async fn send(&self, events: Vec<Event>) -> Vec<Answer> {
        let queue = Arc::new(Mutex::new(events));
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            let (caller, queue) = (self.clone(), Arc::clone(&queue));
            callers.spawn(async move { caller.work_off(&queue).await });
        }
        callers.join_all().await.into_iter().flatten().collect()
    }

    /// How often one of them was answered 503 so far.
    pub(crate) fn unavailable(&self) -> usize {
        self.unavailable.load(Ordering::Relaxed)
    }

    /// Waits until one more of them is answered 503.
    pub(crate) async fn until_unavailable_since(&self, before: usize) {
        eventually("a caller to be answered 503", async || (self.unavailable() > before).then_some(())).await;
    }

    async fn work_off(&self, queue: &Mutex<Vec<Event>>) -> Vec<Answer> {
        let mut answers = Vec::new();
        loop {
            let next = queue.lock().unwrap().pop();
            let Some(event) = next else { return answers };
            answers.push(self.send_until_answered(event).await);
        }
    }

    async fn send_until_answered(&self, event: Event) -> Answer {
        let (mut told_later, mut cut_off) = (0, 0);
        let first_asked = self.moments.now();
        loop {
            let asked = self.moments.now();
            match self.send_once(&event).await {
                Ok((StatusCode::OK, body)) => {
                    let answered = self.moments.now();
                    return Answer { event, body, first_asked, asked, answered, told_later, cut_off };
                }
                Ok((StatusCode::TOO_MANY_REQUESTS, _)) => told_later += 1,
                Ok((StatusCode::SERVICE_UNAVAILABLE, _)) => {
                    told_later += 1;
                    self.unavailable.fetch_add(1, Ordering::Relaxed);
                }
                Ok((status, body)) => panic!("{} was answered {status}: {body}", event.id),
                Err(_) => cut_off += 1,
            }
            let pause = self.chance.lock().unwrap().duration_up_to(PAUSE);
            sleep(pause).await;
        }
    }

    /// Sends it once. Who is not answered 2xx must be told when to come again.
    pub(crate) async fn send_once(&self, event: &Event) -> reqwest::Result<(StatusCode, String)> {
        let request = self
            .client
            .post(&self.url)
            .header(CONTENT_TYPE, "application/json")
            .header(AUTHORIZATION, &self.identity)
            .header("bkper-oauth-token", event.token())
            .header("bkper-agent-id", "tax-bot")
            .body(event.body());
        let response = request.send().await?;
        let status = response.status();
        let comes_again = response.headers().contains_key(RETRY_AFTER);
        assert_eq!(comes_again, !status.is_success(), "{}: {status}", event.id);
        Ok((status, response.text().await?))
    }
}
