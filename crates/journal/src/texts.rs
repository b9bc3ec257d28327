//! Texts with a NUL in them, which PostgreSQL does not keep. What an event is known, found or ordered by must not have one:
//! it would be another's. In what is told to people, another character stands for it. SQLite is spared them, too, so that
//! all journals tell the same.

use bookhook_model::{Event, Failure, Filter, LaneKey, ParkReason, RunEnd};

use crate::acts::{Settle, Then};
use crate::error::WriteError;
use crate::removal::Whose;

/// The text as it can be kept.
pub(crate) fn keepable(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

/// Refuses an event that cannot be kept as it is.
pub(crate) fn check(event: &Event) -> Result<(), WriteError> {
    event.check().map_err(WriteError::BadEvent)
}

pub(crate) fn of_settling(act: Settle) -> Settle {
    let end = match act.end {
        RunEnd::Failed(failure) => RunEnd::Failed(Failure { message: keepable(failure.message), ..failure }),
        end @ (RunEnd::Answered { .. } | RunEnd::Busy { .. }) => end,
    };
    let then = match act.then {
        Then::Park { reason, on_park } => Then::Park { reason: of_reason(reason), on_park },
        then @ (Then::Settled(_) | Then::AwaitCaller | Then::RetryAt(_)) => then,
    };
    Settle { end, then, ..act }
}

fn of_reason(reason: ParkReason) -> ParkReason {
    match reason {
        ParkReason::NotRetried { last, why } => ParkReason::NotRetried { last: keepable(last), why },
        ParkReason::GaveUp { runs, last } => ParkReason::GaveUp { runs, last: keepable(last) },
        ParkReason::ByPerson { who, why } => ParkReason::ByPerson { who, why: why.map(keepable) },
        reason @ (ParkReason::TokenExpired | ParkReason::WrongKey | ParkReason::CallerGone(_)) => reason,
    }
}

pub(crate) fn of_lane(lane: LaneKey) -> LaneKey {
    if lane.0.contains('\0') { LaneKey(keepable(lane.0.to_string()).into()) } else { lane }
}

/// What nothing has is not found.
pub(crate) fn of_filter(mut filter: Filter) -> Filter {
    let Filter { book_id, event_id, event_type, agent_id, .. } = &mut filter;
    for text in [book_id, event_id, event_type, agent_id] {
        *text = text.take().map(keepable);
    }
    filter
}

pub(crate) fn of_whose(whose: Whose) -> Whose {
    match whose {
        Whose::Book(book) => Whose::Book(keepable(book)),
        Whose::Agent(agent) => Whose::Agent(keepable(agent)),
        Whose::User(user) => Whose::User(keepable(user)),
    }
}
