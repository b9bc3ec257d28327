//! Hooks: how they stand, pausing and resuming them.

use axum::Json;
use axum::extract::{Path, State as AxumState};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use bookhook_dispatch::scheduler::HookIndex;
use bookhook_journal::HookCounts;
use bookhook_model::{HookName, LaneKey, Pause, State};

use crate::actor::Who;
use crate::body;
use crate::console::{Console, HookAbout};
use crate::problem::Problem;

/// A hook, as the API shows it.
#[derive(Debug, Serialize)]
pub(crate) struct Hook {
    name: HookName,
    source: String,
    handler: String,
    pub(crate) state: HookState,
    pub(crate) waiting: u64,
    pub(crate) running: u64,
    pub(crate) held: u64,
    pub(crate) settled: u64,
    pub(crate) parked: u64,
    pub(crate) unmatched: u64,
    pub(crate) oldest_waiting_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pause: Option<Pause>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    paused_lanes: Vec<Pause>,
}

impl Hook {
    fn new(about: &HookAbout, counts: Option<&HookCounts>, pauses: Vec<Pause>, now: Timestamp) -> Self {
        let count = |of: fn(&HookCounts) -> u64| counts.map_or(0, of);
        let oldest = counts.and_then(|counts| counts.oldest_waiting);
        let (lanes, hook): (Vec<_>, Vec<_>) = pauses.into_iter().partition(|pause| pause.lane.is_some());
        let pause = hook.into_iter().next();
        Self {
            name: about.name.clone(),
            source: about.source.clone(),
            handler: about.handler.clone(),
            state: if pause.is_some() { HookState::Paused } else { HookState::Running },
            waiting: count(|counts| counts.waiting),
            running: count(|counts| counts.running),
            held: count(|counts| counts.held),
            settled: count(|counts| counts.settled),
            parked: count(|counts| counts.parked),
            unmatched: count(|counts| counts.unmatched),
            oldest_waiting_seconds: oldest.map(|oldest| now.duration_since(oldest).as_secs().max(0)),
            pause,
            paused_lanes: lanes,
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.name.as_str()
    }

    /// The numbers by the states' names.
    pub(crate) fn counts(&self) -> [(&'static str, u64); 6] {
        State::ALL.map(|state| {
            let count = match state {
                State::Waiting => self.waiting,
                State::Running => self.running,
                State::Settled => self.settled,
                State::Parked => self.parked,
                State::Held => self.held,
                State::Unmatched => self.unmatched,
            };
            (state.as_str(), count)
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum HookState {
    Running,
    Paused,
}

#[derive(Debug, Serialize)]
pub(crate) struct Hooks {
    items: Vec<Hook>,
    next: Option<String>,
}

/// What a pause may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Pausing {
    lane: Option<LaneKey>,
    reason: Option<String>,
}

/// What a resuming may say.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Resuming {
    lane: Option<LaneKey>,
}

/// `GET /hooks`
pub(crate) async fn list(AxumState(console): AxumState<Console>) -> Result<Json<Hooks>, Problem> {
    Ok(Json(Hooks { items: all(&console).await?, next: None }))
}

/// Every hook of this host, as it stands now.
pub(crate) async fn all(console: &Console) -> Result<Vec<Hook>, Problem> {
    let (counts, pauses) = tokio::try_join!(console.journal().hook_counts(), console.journal().pauses())?;
    let now = console.now();
    let hooks = console.hooks().iter().map(|about| {
        let counted = counts.iter().find(|counted| counted.hook == about.name);
        let of_hook = pauses.iter().filter(|pause| pause.hook == about.name).cloned();
        Hook::new(about, counted, of_hook.collect(), now)
    });
    Ok(hooks.collect())
}

/// `POST /hooks/{name}/pause`: what comes is held, in the hook or in one of its lanes.
pub(crate) async fn pause(
    AxumState(console): AxumState<Console>,
    Path(name): Path<String>,
    Who(who): Who,
    body::Json(Pausing { lane, reason }): body::Json<Pausing>,
) -> Result<Json<Hook>, Problem> {
    let (hook, reason) = (index(&console, &name)?, reason.as_deref());
    match lane {
        Some(lane) => console.dispatcher().pause_lane(hook, lane, reason, &who).await?,
        None => console.dispatcher().pause(hook, reason, &who).await?,
    }
    one(&console, &name).await
}

/// `POST /hooks/{name}/resume`: what was held runs, in order.
pub(crate) async fn resume(
    AxumState(console): AxumState<Console>,
    Path(name): Path<String>,
    Who(who): Who,
    body::Json(Resuming { lane }): body::Json<Resuming>,
) -> Result<Json<Hook>, Problem> {
    let hook = index(&console, &name)?;
    match lane {
        Some(lane) => console.dispatcher().resume_lane(hook, lane, &who).await?,
        None => console.dispatcher().resume(hook, &who).await?,
    }
    one(&console, &name).await
}

fn index(console: &Console, name: &str) -> Result<HookIndex, Problem> {
    let index = name.parse().ok().and_then(|name| console.dispatcher().hook(&name));
    index.ok_or_else(|| no_such_hook(console, name))
}

async fn one(console: &Console, name: &str) -> Result<Json<Hook>, Problem> {
    let hooks = all(console).await?.into_iter();
    let hook = hooks.into_iter().find(|hook| hook.name.as_str() == name);
    hook.map(Json).ok_or_else(|| no_such_hook(console, name))
}

fn no_such_hook(console: &Console, name: &str) -> Problem {
    let name: String = name.chars().take(80).collect();
    Problem::no_such_hook(&name, console.hooks().iter().map(|hook| hook.name.clone()))
}
