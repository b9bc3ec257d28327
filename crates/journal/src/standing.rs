//! What happens when an event comes that the journal knows: the table of retry and replay, for every back-end.

use bookhook_model::{Cause, State};

use crate::acts::Place;

/// Where the known delivery stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) state: State,
    pub(crate) awaits_caller: bool,
    pub(crate) answered: Option<u16>,
}

/// What becomes of the sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resending {
    /// It joins the delivery.
    Joins,
    /// It gets the response that is there.
    IsAnswered,
    /// It runs again.
    RunsAgain(Cause),
}

/// Decides it.
pub(crate) fn resending(known: Standing, place: &Place) -> Resending {
    use Resending::{IsAnswered, Joins, RunsAgain};
    if !place.is_run() {
        return IsAnswered;
    }
    match known.state {
        State::Waiting if known.awaits_caller => RunsAgain(Cause::Retry),
        State::Waiting | State::Running | State::Held => Joins,
        State::Parked => RunsAgain(Cause::Retry),
        State::Settled if known.answered.is_some_and(is_success) => RunsAgain(Cause::Replay),
        State::Settled => IsAnswered,
        State::Unmatched => RunsAgain(Cause::First),
    }
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

impl Place {
    /// Whether a handler is to run.
    fn is_run(&self) -> bool {
        matches!(self, Self::Start | Self::Queue | Self::Hold)
    }

    /// The state of a delivery in this place.
    pub(crate) fn state(&self) -> State {
        match self {
            Self::Start => State::Running,
            Self::Queue => State::Waiting,
            Self::Hold => State::Held,
            Self::Unmatched => State::Unmatched,
            Self::Settle(_) => State::Settled,
        }
    }
}
