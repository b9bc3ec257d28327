//! What the story claims, checked.

use std::fmt::Debug;

use bookhook::model::{Cause, Delivery, Outcome, State};

/// Something is not as it should be.
pub(super) fn expect<T: PartialEq + Debug>(what: &str, expected: &T, found: &T) -> anyhow::Result<()> {
    anyhow::ensure!(expected == found, "{what}: expected {expected:?}, found {found:?}");
    Ok(())
}

/// A delivery that is settled after runs with these causes.
pub(super) fn expect_settled(delivery: &Delivery, outcome: Outcome, causes: &[Cause]) -> anyhow::Result<()> {
    let what = &*delivery.event_type;
    expect(what, &(State::Settled, Some(outcome)), &(delivery.state, delivery.outcome))?;
    let runs: Vec<_> = delivery.runs.iter().flatten().map(|run| run.cause).collect();
    expect(&format!("the runs of {what}"), &causes.to_vec(), &runs)
}
