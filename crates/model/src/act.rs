//! What people do with deliveries and hooks, and how it is remembered: who did what, to what, when.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{DeliveryId, HookName, LaneKey};
use crate::replays::ReplayJobId;

/// Who acts, in the words of whoever calls: `ada@laptop`, `api`. 1 to 100 characters, none of them a control character.
/// Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Actor(Arc<str>);

/// A text that names nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("who acts must be named by 1 to 100 characters on one line")]
pub struct BadActor;

impl Actor {
    /// The host itself.
    pub fn host() -> Self {
        Self("host".into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Actor {
    type Err = BadActor;

    fn from_str(text: &str) -> Result<Self, BadActor> {
        let text = text.trim();
        let fits = (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if fits { Ok(Self(text.into())) } else { Err(BadActor) }
    }
}

impl TryFrom<String> for Actor {
    type Error = BadActor;

    fn try_from(text: String) -> Result<Self, BadActor> {
        text.parse()
    }
}

impl From<Actor> for String {
    fn from(actor: Actor) -> Self {
        actor.0.to_string()
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The kinds of acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActKind {
    /// A hook, or one of its lanes, was paused.
    Pause,
    /// It was resumed.
    Resume,
    /// A delivery that waited was given up.
    Park,
    /// A parked delivery waits again, in its old place.
    Unpark,
    /// A delivery was settled without a run.
    Skip,
    /// A delivery runs again, at the back of its lane.
    Replay,
    /// Many are to run again.
    StartReplays,
    /// Those that do not yet will not.
    CancelReplays,
    /// Deliveries were erased.
    Erase,
}

impl ActKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Pause,
        Self::Resume,
        Self::Park,
        Self::Unpark,
        Self::Skip,
        Self::Replay,
        Self::StartReplays,
        Self::CancelReplays,
        Self::Erase,
    ];

    /// The name in the API and the journal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Park => "park",
            Self::Unpark => "unpark",
            Self::Skip => "skip",
            Self::Replay => "replay",
            Self::StartReplays => "start_replays",
            Self::CancelReplays => "cancel_replays",
            Self::Erase => "erase",
        }
    }
}

/// An act, as it is remembered. Serialised, it is the JSON of the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// When.
    #[serde(with = "crate::units::timestamp")]
    pub at: Timestamp,
    /// Who.
    pub who: Actor,
    /// What.
    pub what: ActKind,
    /// To which hook, or to a delivery of which.
    pub hook: Option<HookName>,
    /// To which of its lanes, where it was one.
    pub lane: Option<LaneKey>,
    /// To which delivery.
    pub delivery: Option<DeliveryId>,
    /// To which replays.
    pub replays: Option<ReplayJobId>,
    /// What else there is to say: a reason that was given, say.
    pub detail: Option<String>,
}

/// Which acts to list; an empty filter takes all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActFilter {
    /// On this hook or its deliveries.
    pub hook: Option<HookName>,
    /// On this delivery.
    pub delivery: Option<DeliveryId>,
}

/// A hook or a lane that is paused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// The hook.
    pub hook: HookName,
    /// Its lane, if it is only that.
    pub lane: Option<LaneKey>,
    /// Since when.
    #[serde(with = "crate::units::timestamp")]
    pub since: Timestamp,
    /// By whom; the host itself has its own reasons.
    pub by: Actor,
    /// Why.
    pub reason: Option<String>,
    /// The parked delivery that the lane waits for, if that is why.
    pub held_for: Option<DeliveryId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_acts_has_a_name_on_one_line() {
        assert_eq!(" ada@laptop ".parse::<Actor>().unwrap().as_str(), "ada@laptop");
        for bad in ["", "   ", "ada\nbob", "\u{1b}[31m", &"x".repeat(101)] {
            assert_eq!(bad.parse::<Actor>(), Err(BadActor), "{bad:?}");
        }
    }

    #[test]
    fn kinds_are_called_the_same_everywhere() {
        for kind in ActKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
