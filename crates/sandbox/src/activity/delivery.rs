//! One event is sent to one app, once.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};

use super::answer::{Answer, Verdict};
use super::parcel::{Errand, Parcel};
use super::post::Post;
use crate::clock::Clock;
use crate::happening::{self, Happening, Outcome};
use crate::store::outbox::Tries;
use crate::world::World;

const TOKEN: &str = "bkper-oauth-token";
const AGENT: &str = "bkper-agent-id";
/// More of an answer is not read.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// A try, with what is told about it once its outcome is recorded.
pub(super) struct Attempt {
    pub(super) verdict: Verdict,
    told: happening::Delivery,
}

impl Attempt {
    /// Sends the event, which was tried so often before, and waits for the answer. `None` when the app has no URL for it.
    pub(super) async fn make(
        world: &Arc<World>,
        errand: &Errand,
        before: Tries,
    ) -> rusqlite::Result<Option<Self>> {
        if world.mischief.strikes(|faults| &mut faults.deliveries.slow) {
            tokio::time::sleep(world.mischief.faults().deliveries.delay).await;
        }
        let Some(attempt) = Self::once(world, errand, before).await? else { return Ok(None) };
        if !world.mischief.strikes(|faults| &mut faults.deliveries.duplicate) {
            return Ok(Some(attempt));
        }
        attempt.tell(world);
        Self::once(world, errand, before).await
    }

    async fn once(world: &Arc<World>, errand: &Errand, before: Tries) -> rusqlite::Result<Option<Self>> {
        let errand = errand.clone();
        let Some(parcel) = world.keep(move |db, world| errand.pack(db, world)).await? else {
            return Ok(None);
        };
        let (at, start) = (world.clock.now(), Instant::now());
        let answer = send_or_fail(&parcel, world).await;
        let verdict = answer.verdict(before, world.post.settings.backoff);
        let told = happening::Delivery {
            at,
            event: parcel.event,
            event_type: parcel.event_type,
            book: parcel.book,
            app: parcel.agent,
            attempt: before.made + 1,
            status: answer.status(),
            outcome: outcome(&verdict, world.clock.now()),
            took: start.elapsed(),
        };
        Ok(Some(Self { verdict, told }))
    }

    /// Tells who watches that it is done.
    pub(super) fn tell(self, world: &World) {
        world.teller.tell(Happening::Delivery(self.told));
    }
}

fn outcome(verdict: &Verdict, now: Timestamp) -> Outcome {
    match verdict {
        Verdict::Settled(None) => Outcome::Suppressed,
        Verdict::Settled(Some(response)) => {
            Outcome::Recorded { kind: response.kind.clone(), message: response.message.clone() }
        }
        Verdict::Again { wait, .. } => {
            Outcome::Again { at: now.saturating_add(*wait).unwrap_or(Timestamp::MAX) }
        }
    }
}

/// Sends it, unless the connection is to break.
async fn send_or_fail(parcel: &Parcel, world: &World) -> Answer {
    let post = &world.post;
    let Ok(signer) = post.settings.keys.signer().await else {
        return Answer::NotSent("the sandbox has no key to sign with".to_owned());
    };
    // Who checks the signature knows only the machine's time.
    let id_token = signer.id_token(&parcel.url, Clock::of_machine());
    let answer = send(parcel, &id_token, post);
    let broken = |how: &str| Answer::Unreachable(format!("{how} on purpose"));
    if world.mischief.strikes(|faults| &mut faults.deliveries.hang_up) {
        let patience = world.mischief.faults().deliveries.patience;
        let answer = tokio::time::timeout(patience, answer).await;
        return answer.unwrap_or_else(|_| broken("the connection was closed"));
    }
    let answer = answer.await;
    if world.mischief.strikes(|faults| &mut faults.deliveries.lost_answer) {
        return broken("the answer was lost");
    }
    answer
}

async fn send(parcel: &Parcel, id_token: &str, post: &Post) -> Answer {
    let request = post
        .http
        .post(&parcel.url)
        .bearer_auth(id_token)
        .header(CONTENT_TYPE, "application/json")
        .header(TOKEN, &parcel.token)
        .header(AGENT, parcel.agent.as_str())
        .body(parcel.payload.clone());
    let answer = async { read(request.send().await?).await };
    answer.await.unwrap_or_else(|error| failed(&error, post.settings.timeout))
}

async fn read(mut response: reqwest::Response) -> reqwest::Result<Answer> {
    let status = response.status();
    let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_BYTES_MAX {
            body.truncate(ANSWER_BYTES_MAX);
            break;
        }
    }
    Ok(Answer::Http { status, retry_after: seconds.map(Duration::from_secs), body })
}

fn failed(error: &reqwest::Error, timeout: Duration) -> Answer {
    if error.is_builder() {
        Answer::NotSent(in_full(error))
    } else if error.is_timeout() && !error.is_connect() {
        Answer::TimedOut(timeout)
    } else {
        Answer::Unreachable(in_full(error))
    }
}

/// The error with its causes.
fn in_full(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
