//! The states of a delivery, and which may follow which.

use serde::{Deserialize, Serialize};

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// For its turn in the lane, for the time of its next try, or for the caller to send it again.
    Waiting,
    /// A handler works on it.
    Running,
    /// It has its response.
    Settled,
    /// The host gave up on it and says why; a person can replay it.
    Parked,
    /// Its hook or its lane is paused.
    Held,
    /// The app does not declare events of its type.
    Unmatched,
}

/// One row a state: what it is called, and what it may become.
const TABLE: [(State, &str, &[State]); 6] = {
    use State::{Held, Parked, Running, Settled, Unmatched, Waiting};
    [
        // From      Name         May become
        // What a person skips is settled without a run.
        (Waiting, "waiting", &[Running, Parked, Held, Settled]),
        // Waiting again: the handler was busy, or failed and is tried again, or the host crashed.
        (Running, "running", &[Settled, Waiting, Parked]),
        // A settled or parked delivery runs again only as a replay, or when its sender sends it again.
        (Settled, "settled", &[Running, Waiting, Held]),
        (Parked, "parked", &[Running, Waiting, Held, Settled]),
        (Held, "held", &[Waiting, Parked, Settled]),
        // The app may come to declare the type, and the event be sent again.
        (Unmatched, "unmatched", &[Running, Waiting, Held]),
    ]
};

impl State {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Waiting, Self::Running, Self::Settled, Self::Parked, Self::Held, Self::Unmatched];

    /// The name in the API, the journal and the command line.
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// Whether a delivery may go from this state to `next`.
    pub fn may_become(self, next: Self) -> bool {
        self.row().2.contains(&next)
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    fn row(self) -> &'static (Self, &'static str, &'static [Self]) {
        &TABLE[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_one_row_a_state_in_the_order_of_the_states() {
        for (state, (of, name, _)) in State::ALL.into_iter().zip(TABLE) {
            assert_eq!(state, of);
            assert_eq!(serde_json::to_value(state).unwrap(), name);
            assert_eq!(State::from_name(name), Some(state));
        }
    }

    #[test]
    fn only_what_runs_is_settled_and_what_a_person_skips_before_it_does() {
        for state in State::ALL {
            let runs_or_may_be_skipped = !matches!(state, State::Settled | State::Unmatched);
            assert_eq!(state.may_become(State::Settled), runs_or_may_be_skipped, "{state:?}");
        }
    }
}
