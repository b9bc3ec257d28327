//! One event's life in the host, as the API, the command line and the console show it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::act::Actor;
use crate::ids::{DeliveryId, EventId, HookName, LaneKey};
use crate::response::Outcome;
use crate::run::Run;
use crate::state::State;

/// A delivery. Serialised, it is the JSON of the API and of `activity --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The hook that it came to.
    pub hook: HookName,
    /// The source's id of the event.
    pub event_id: Option<EventId>,
    /// What happened, in the source's words.
    pub event_type: Box<str>,
    /// The lane that it runs in.
    pub lane: Option<LaneKey>,
    /// The book in which the event happened.
    pub book_id: Option<Box<str>>,
    /// The app that caused the event.
    pub agent_id: Option<Box<str>>,
    /// The person who did.
    pub user_id: Option<Box<str>>,
    /// Where it stands.
    pub state: State,
    /// What became of it, once settled.
    pub outcome: Option<Outcome>,
    /// An earlier delivery had the same event id and another body.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub conflict: bool,
    /// When it was received.
    #[serde(with = "crate::units::timestamp")]
    pub received_at: Timestamp,
    /// When it was settled, the last time.
    #[serde(with = "crate::units::optional_timestamp")]
    pub settled_at: Option<Timestamp>,
    /// The status of the last answer that was written to a caller who was still there.
    pub answered: Option<u16>,
    /// Why it is parked.
    pub parked_reason: Option<String>,
    /// When the host tries it next by itself.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::units::optional_timestamp")]
    pub next_run_at: Option<Timestamp>,
    /// Its runs, in order; `None` in a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs: Option<Vec<Run>>,
}

/// Why the host gave up on a delivery.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParkReason {
    /// The user's token would not be accepted any more.
    #[error("token expired")]
    TokenExpired,
    /// The sealed token does not open with this host's key.
    #[error(
        "the token cannot be opened: it was sealed with another key (BOOKHOOK_KEY, or the journal's key file)"
    )]
    WrongKey,
    /// The handler answered 429 or died, and the caller did not come back in time.
    #[error("the caller was asked to come back and did not try again within {0}")]
    CallerGone(String),
    /// A run failed in a way that is not tried again, and nobody waits to be told of it.
    #[error("{last}. That is not tried again: {why}")]
    NotRetried {
        /// What went wrong.
        last: String,
        /// What the table of failures says of it.
        why: &'static str,
    },
    /// It was tried as often, or as long, as the policy allows.
    #[error("gave up after {runs} runs: {last}")]
    GaveUp {
        /// How many runs there were.
        runs: u32,
        /// What went wrong in the last one.
        last: String,
    },
    /// A person has given it up.
    #[error("parked by {who}{}", why.as_deref().map(|why| format!(": {why}")).unwrap_or_default())]
    ByPerson {
        /// Who.
        who: Actor,
        /// Why, if they said so.
        why: Option<String>,
    },
}

/// Which deliveries to list; an empty filter takes all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// Of this hook.
    pub hook: Option<HookName>,
    /// Of this book.
    pub book_id: Option<String>,
    /// Of this event.
    pub event_id: Option<String>,
    /// Of this type.
    pub event_type: Option<String>,
    /// Caused by this agent.
    pub agent_id: Option<String>,
    /// In this state.
    pub state: Option<State>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
    /// Those that went wrong: outcome `error`, or parked.
    pub error: bool,
    /// Received at or after.
    pub after: Option<Timestamp>,
    /// Received before.
    pub before: Option<Timestamp>,
}

impl Filter {
    /// The names of its fields, in the API too.
    pub const FIELDS: [&str; 10] = [
        "hook",
        "book_id",
        "event_id",
        "event_type",
        "agent_id",
        "state",
        "outcome",
        "error",
        "after",
        "before",
    ];

    /// Whether it takes this delivery, as it is now.
    pub fn takes(&self, delivery: &Delivery) -> bool {
        fn fits<T: PartialEq>(wanted: Option<&T>, is: Option<&T>) -> bool {
            wanted.is_none() || wanted == is
        }
        let text = |wanted: &Option<String>, is: Option<&str>| wanted.is_none() || wanted.as_deref() == is;
        let is_error = delivery.state == State::Parked || delivery.outcome == Some(Outcome::Error);
        fits(self.hook.as_ref(), Some(&delivery.hook))
            && text(&self.book_id, delivery.book_id.as_deref())
            && text(&self.event_id, delivery.event_id.as_ref().map(|id| &*id.0))
            && text(&self.event_type, Some(&delivery.event_type))
            && text(&self.agent_id, delivery.agent_id.as_deref())
            && fits(self.state.as_ref(), Some(&delivery.state))
            && fits(self.outcome.as_ref(), delivery.outcome.as_ref())
            && (!self.error || is_error)
            && self.after.is_none_or(|after| delivery.received_at >= after)
            && self.before.is_none_or(|before| delivery.received_at < before)
    }
}
