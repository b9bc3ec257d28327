//! Events are sent again, because a person wants it.

use std::collections::BTreeMap;
use std::sync::Arc;

use bkper_model::{AgentId, BookId, BotResponseType, Event, EventId, UserId};

use super::answer::Verdict;
use super::delivery::Attempt;
use super::history::{managed, shown};
use super::lanes::{Pause, rest};
use super::parcel::Errand;
use super::record::wants;
use super::response;
use crate::act::Act;
use crate::identity::Credentials;
use crate::refusal::{Kind, Refusal, each_item};
use crate::store::outbox::{Lane, Tries};
use crate::store::{integrations, responses};
use crate::world::World;

/// Sends the event to the app again, waits for what comes of it, and gives the event with its new responses. An event
/// that waits to be sent stays where it is: this one does not queue behind it.
pub(crate) async fn one(
    world: &Arc<World>,
    who: Credentials,
    book: BookId,
    id: EventId,
    agent: AgentId,
) -> Result<Event, Refusal> {
    let lane = Lane { book: book.clone(), agent };
    let (event, of) = (id.clone(), lane.clone());
    let user = world.write(who.clone(), move |act| installer(act, &event, &of)).await?;
    // What was begun is brought to its end, whether or not the caller waits for it.
    let again = tokio::spawn(send(Arc::clone(world), lane, id.clone(), user)).await;
    again.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?;
    world.write(who, move |act| managed(act, &book, &id).and_then(|(_, event)| shown(act, event))).await
}

/// Who installed the app, if it is one to send the event to: it is told of such events, or answered this one.
fn installer(act: &Act<'_>, id: &EventId, lane: &Lane) -> Result<UserId, Refusal> {
    let (_, event) = managed(act, &lane.book, id)?;
    let unknown = || Refusal::NotFound { kind: Kind::Response, id: lane.agent.to_string() };
    audience(act, &event, id, &lane.book, false)?.remove(&lane.agent).ok_or_else(unknown)
}

/// The apps that the event can be sent to again, and who installed them. Of those with errors only, or of all that
/// answered or are told of such events.
fn audience(
    act: &Act<'_>,
    event: &Event,
    id: &EventId,
    book: &BookId,
    errors_only: bool,
) -> Result<BTreeMap<AgentId, UserId>, Refusal> {
    let answers = responses::of_event(act.db, id)?;
    let mut listeners = integrations::listeners(act.db, book)?;
    listeners.retain(|listener| {
        let answer = answers.iter().find(|answer| answer.agent_id.as_ref() == Some(&listener.agent));
        match answer {
            Some(answer) => !errors_only || answer.response_type == Some(BotResponseType::Error),
            None => !errors_only && wants(listener, event),
        }
    });
    Ok(listeners.into_iter().map(|listener| (listener.agent, listener.user)).collect())
}

async fn send(world: Arc<World>, lane: Lane, event: EventId, user: UserId) -> Result<(), Refusal> {
    let errand = Errand { event, agent: lane.agent.clone(), user };
    let mut tries = Tries::default();
    loop {
        let begun = world.begun();
        let turn = world.post.turn(&lane).await;
        let Some(attempt) = Attempt::make(&world, &errand, tries).await? else { return Ok(()) };
        match attempt.verdict.clone() {
            Verdict::Settled(answer) => {
                let record =
                    move |db: &_, world: &World| response::record(db, world.clock.now(), &errand, answer);
                world.keep(record).await?;
                attempt.tell(&world);
                return Ok(());
            }
            Verdict::Again { tries: made, wait } => {
                let pause = Pause::begin(&world, wait);
                attempt.tell(&world);
                drop(turn);
                tries = made;
                rest(&world, begun, pause).await;
            }
        }
    }
}

/// Sends the events again to the apps that answered them or are told of such events, or only to those that had an error.
/// They go behind what waits already, oldest first.
pub(crate) fn batch(act: &Act<'_>, book: &BookId, ids: &[EventId], errors_only: bool) -> Result<(), Refusal> {
    let mut events = each_item(ids, |id| managed(act, book, id))?;
    events.sort_by_key(|(seq, _)| *seq);
    events.dedup_by_key(|(seq, _)| *seq);
    for (seq, event) in events {
        let Some(id) = &event.id else { continue };
        for (agent, user) in audience(act, &event, id, book, errors_only)? {
            act.post(seq, &Lane { book: book.clone(), agent }, &user)?;
        }
    }
    Ok(())
}
