//! Why a delivery stands where it stands: one pure function over what the desk, the scheduler and the journal know.

use jiff::Timestamp;

use bookhook_journal::{KeptToken, Outlook};
use bookhook_model::{
    ActKind, Cause, Delivery, DeliveryId, Explanation, Outcome, Pause, Policy, Remedy, Run, State,
};

use crate::dispatcher::{Dispatcher, Shared};
use crate::operators::ActError;

impl Dispatcher {
    /// Why the delivery stands where it stands, what it waits for, and what can be done about it.
    pub async fn explain(&self, id: DeliveryId) -> Result<Explanation, ActError> {
        let journal = &self.shared.journal;
        let outlook = journal.outlook(id).await?.ok_or(ActError::NotFound(id))?;
        let (place, first) = self.shared.place(id);
        let first = match first {
            Some(first) => journal.find(first).await?,
            None => None,
        };
        let hook = self.shared.hook_index(&outlook.delivery.hook);
        let policy = hook.map(|hook| self.shared.policy(hook));
        let now = (self.shared.clock)();
        Ok(explain(&Known { outlook: &outlook, place, first: first.as_ref(), policy, now }))
    }
}

impl Shared {
    /// Where the delivery is in its lane, and who goes first there.
    fn place(&self, id: DeliveryId) -> (Place, Option<DeliveryId>) {
        let mut desk = self.desk();
        let ticket = desk.ticket_of(id);
        let standing = ticket.and_then(|ticket| desk.scheduler.standing(ticket));
        let Some(standing) = standing else {
            return (if self.has_others { Place::Elsewhere } else { Place::None }, None);
        };
        let Some(first) = standing.before.first() else {
            if ticket.is_some_and(|ticket| self.is_behind_another_host(&desk, ticket)) {
                return (Place::BehindAnotherHost, None);
            }
            let is_full = !standing.occupies && desk.scheduler.is_full(standing.hook);
            return (if is_full { Place::NextWithoutRoom } else { Place::Next }, None);
        };
        let others = standing.before.len() - 1;
        let first = desk.stay(*first).map(|stay| stay.id);
        (Place::Behind { others }, first)
    }
}

/// What is known of a delivery.
#[derive(Debug, Clone, Copy)]
struct Known<'a> {
    outlook: &'a Outlook,
    place: Place,
    /// Who goes first in its lane.
    first: Option<&'a Delivery>,
    /// `None` when its hook is not configured.
    policy: Option<&'a Policy>,
    now: Timestamp,
}

/// Where a delivery is in its lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It is in none.
    None,
    /// It is another host's, or about to be put into its lane.
    Elsewhere,
    /// It would have it, but another host has it.
    BehindAnotherHost,
    /// It has the lane, or will have it next.
    Next,
    /// It would have it, but the hook has as many runs as it may.
    NextWithoutRoom,
    /// Others go before it: the first, and so many more.
    Behind { others: usize },
}

fn explain(known: &Known<'_>) -> Explanation {
    let Outlook { delivery, tries, .. } = known.outlook;
    let pause = known.pause();
    let behind = match (delivery.state, pause) {
        (State::Held, Some(pause)) => pause.held_for,
        (State::Waiting, _) => known.first.map(|first| first.id),
        _ => None,
    };
    Explanation {
        id: delivery.id,
        state: delivery.state,
        why: why(known),
        behind,
        pause: pause.cloned(),
        next_run_at: delivery.next_run_at.filter(|_| delivery.state == State::Waiting),
        runs: *tries,
        max_runs: known.policy.map(|policy| policy.retry.max_runs),
        can: remedies(known),
    }
}

impl Known<'_> {
    /// The pause that holds it; its hook's counts more than its lane's.
    fn pause(&self) -> Option<&Pause> {
        let over = &self.outlook.pauses;
        let held = self.outlook.delivery.state == State::Held;
        held.then(|| over.iter().find(|pause| pause.lane.is_none()).or(over.first())).flatten()
    }

    /// The name of the host that sees to it, if that is another one.
    fn elsewhere(&self) -> Option<&str> {
        self.outlook.host.as_deref().filter(|_| self.place == Place::Elsewhere)
    }

    /// Its lane waits for it.
    fn holds_lane(&self) -> bool {
        let id = Some(self.outlook.delivery.id);
        self.outlook.pauses.iter().any(|pause| pause.held_for == id)
    }

    fn token_is_gone(&self) -> bool {
        match self.outlook.token {
            KeptToken::None => false,
            KeptToken::Until(expires_at) => expires_at <= self.now,
            KeptToken::Erased => true,
        }
    }
}

fn why(known: &Known<'_>) -> String {
    let delivery = &known.outlook.delivery;
    match delivery.state {
        State::Unmatched => format!(
            "Events of the type {} are not declared for the hook `{}`: it is kept, and no handler was asked.",
            delivery.event_type, delivery.hook
        ),
        State::Settled => settled(delivery),
        State::Parked => parked(known),
        State::Running => running(known),
        State::Held => known.pause().map_or_else(|| "It is about to be let go.".to_owned(), paused),
        State::Waiting => waiting(known),
    }
}

fn settled(delivery: &Delivery) -> String {
    let when = delivery.settled_at.map(|at| format!(" at {}", show(at))).unwrap_or_default();
    let never_ran = delivery.runs.as_deref().is_none_or(<[Run]>::is_empty);
    let how = match delivery.outcome {
        _ if never_ran => "without a run",
        Some(Outcome::Error) => "with an error",
        Some(Outcome::Warning) => "with a warning",
        Some(Outcome::Result) => "with a result",
        Some(Outcome::Suppressed) | None => "with nothing to record",
    };
    format!("It was settled{when}, {how}.")
}

fn parked(known: &Known<'_>) -> String {
    let reason = known.outlook.delivery.parked_reason.as_deref().unwrap_or("nobody says why");
    let lane = if known.holds_lane() { " Its lane waits until it is settled." } else { "" };
    format!("It is parked: {}{lane}", ended(reason))
}

/// As a sentence, whatever it ends with.
fn ended(words: &str) -> String {
    let is_ended = words.ends_with(['.', '?', '!']);
    format!("{words}{}", if is_ended { "" } else { "." })
}

fn running(known: &Known<'_>) -> String {
    let delivery = &known.outlook.delivery;
    let there = known.elsewhere().map(|host| format!(" on the host `{host}`")).unwrap_or_default();
    match last_run(delivery) {
        Some(run) => {
            let cause = match run.cause {
                Cause::First => "its first",
                Cause::Retry => "a retry",
                Cause::Replay => "a replay",
                Cause::Recovery => "after the host came back",
            };
            format!(
                "Its handler has been at work{there} since {} (run {}, {cause}).",
                show(run.started_at),
                run.number
            )
        }
        None => format!("Its handler is at work{there}."),
    }
}

fn paused(pause: &Pause) -> String {
    let since = show(pause.since);
    let reason = pause.reason.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
    ended(&match (&pause.lane, pause.held_for) {
        (Some(lane), Some(_)) => format!("The lane `{lane}` has been waiting since {since}{reason}"),
        (Some(lane), None) => format!("The lane `{lane}` was paused at {since} by {}{reason}", pause.by),
        (None, _) => format!("The hook `{}` was paused at {since} by {}{reason}", pause.hook, pause.by),
    })
}

fn waiting(known: &Known<'_>) -> String {
    let Outlook { delivery, awaits_caller, sent_at, tries, .. } = known.outlook;
    let Some(policy) = known.policy else {
        return format!("The hook `{}` is not configured on this host: it waits until it is.", delivery.hook);
    };
    let gives_up_at = sent_at.saturating_add(policy.retry.max_age).unwrap_or(Timestamp::MAX);
    if *awaits_caller {
        let ended = last_error(delivery);
        return format!(
            "Its last run ended with “{ended}”. Its caller was asked to send it again; if that does not happen by {}, it \
             is parked.",
            show(gives_up_at)
        );
    }
    match (known.place, delivery.next_run_at.filter(|due| *due > known.now)) {
        (Place::Behind { others }, _) => behind(delivery, known, others),
        (_, Some(due)) => format!(
            "Its last run ended with “{}”. It is tried again at {}; so far {tries} of {} runs, and no more after {}.",
            last_error(delivery),
            show(due),
            policy.retry.max_runs,
            show(gives_up_at)
        ),
        (Place::NextWithoutRoom, None) => format!(
            "It is next in its lane. The hook has as many runs as it may have at once: {}.",
            policy.concurrency
        ),
        (Place::Next, None) => "Its run is about to begin.".to_owned(),
        (Place::BehindAnotherHost, None) => {
            format!("It waits for its turn{}, which another host has just now.", in_lane(delivery))
        }
        (Place::Elsewhere, None) => match known.elsewhere() {
            Some(host) => {
                format!("It waits on the host `{host}`, which sees to it: ask there for what it waits for.")
            }
            None => "The host that saw to it is gone: another one is about to take it over.".to_owned(),
        },
        (Place::None, None) => "It is about to be put into its lane.".to_owned(),
    }
}

fn behind(delivery: &Delivery, known: &Known<'_>, others: usize) -> String {
    let lane = in_lane(delivery);
    let first = known.first.map_or_else(|| "another delivery".to_owned(), |first| doing(first, known.now));
    let more = match others {
        0 => String::new(),
        1 => ", and behind another one".to_owned(),
        n => format!(", and behind {n} others"),
    };
    format!("It waits for its turn{lane} behind {first}{more}.")
}

fn in_lane(delivery: &Delivery) -> String {
    delivery.lane.as_ref().map(|lane| format!(" in the lane `{lane}`")).unwrap_or_default()
}

/// A delivery that has the lane, and what it does with it.
fn doing(first: &Delivery, now: Timestamp) -> String {
    let id = first.id;
    match first.state {
        State::Running => {
            let since = last_run(first).map(|run| format!(" since {}", show(run.started_at)));
            format!("{id}, which has been running{}", since.unwrap_or_default())
        }
        State::Waiting => match first.next_run_at.filter(|due| *due > now) {
            Some(due) => format!("{id}, which is tried again at {}", show(due)),
            None => format!("{id}, which is about to run"),
        },
        State::Held => format!("{id}, which is held"),
        State::Settled | State::Parked | State::Unmatched => format!("{id}, which has just ended"),
    }
}

fn remedies(known: &Known<'_>) -> Vec<Remedy> {
    let can = |act, so: &str| Remedy { act, so: so.to_owned() };
    let runs_again = if known.token_is_gone() {
        "its token is gone: it runs again without one, or when its source sends the event again"
    } else {
        "it runs again, at the back of its lane"
    };
    let replay = can(ActKind::Replay, runs_again);
    let park = can(ActKind::Park, "it is set aside until somebody replays it, and its lane goes on");
    let skip = can(ActKind::Skip, "it is settled without a run, and its lane goes on");
    let unpark = can(ActKind::Unpark, "it waits again, in its old place, and is tried anew");
    let is_served = known.policy.is_some();
    match known.outlook.delivery.state {
        State::Running => Vec::new(),
        State::Settled | State::Unmatched if is_served => vec![replay],
        State::Settled | State::Unmatched => Vec::new(),
        State::Parked if !is_served => vec![skip],
        State::Parked if known.token_is_gone() => vec![replay, skip],
        State::Parked => vec![unpark, replay, skip],
        State::Held if is_served => {
            known.pause().map(resume).into_iter().flatten().chain([park, skip]).collect()
        }
        State::Held => vec![park, skip],
        State::Waiting if known.outlook.awaits_caller && is_served => vec![replay, park, skip],
        State::Waiting => vec![park, skip],
    }
}

/// What lets go what is held.
fn resume(pause: &Pause) -> Vec<Remedy> {
    let can = |act, so| Remedy { act, so };
    match (&pause.lane, pause.held_for) {
        (Some(lane), Some(parked)) => vec![
            can(
                ActKind::Unpark,
                format!("{parked} is tried anew; once it is settled, the lane `{lane}` goes on"),
            ),
            can(ActKind::Skip, format!("{parked} is settled without a run, and the lane `{lane}` goes on")),
            can(ActKind::Resume, format!("the lane `{lane}` goes on without {parked}")),
        ],
        (Some(lane), None) => vec![can(ActKind::Resume, format!("the lane `{lane}` goes on"))],
        (None, _) => vec![can(ActKind::Resume, format!("the hook `{}` goes on", pause.hook))],
    }
}

fn last_run(delivery: &Delivery) -> Option<&Run> {
    delivery.runs.as_deref()?.last()
}

fn last_error(delivery: &Delivery) -> &str {
    last_run(delivery).and_then(|run| run.error.as_deref()).unwrap_or("no response")
}

/// To the second: nobody waits for the rest.
fn show(at: Timestamp) -> String {
    format!("{at:.0}")
}

#[cfg(test)]
mod tests;
