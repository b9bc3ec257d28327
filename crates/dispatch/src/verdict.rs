//! What becomes of a delivery after a run: one pure decision, taken when the run has ended.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use bookhook_journal::Then;
use bookhook_model::policy::Jitter;
use bookhook_model::units::show_duration;
use bookhook_model::{Failure, FailureKind, ParkReason, Policy, Reply, RetryPolicy, RunEnd};

/// Who tries again when a run does not settle the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Driver {
    /// The caller: it waits for the response, and sends the event again if it gets none.
    Caller,
    /// The host: nobody waits, since the caller was answered before, or the host came back from a crash.
    Host,
}

/// The run that has ended, and what came before it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tried {
    pub(crate) driver: Driver,
    /// How many runs there were since it was received, with this one.
    pub(crate) runs: u32,
    pub(crate) received_at: Timestamp,
    pub(crate) now: Timestamp,
}

/// Decides.
pub(crate) fn verdict(end: &RunEnd, tried: Tried, policy: &Policy, jitter: Jitter) -> Then {
    match (end, tried.driver) {
        (RunEnd::Answered { response, .. }, _) => Then::Settled(response.clone()),
        (RunEnd::Busy { .. }, Driver::Caller) => Then::AwaitCaller,
        (RunEnd::Busy { retry_after }, Driver::Host) => {
            let failure = Failure {
                kind: FailureKind::Status(429),
                message: "the handler answered 429".to_owned(),
                retry_after: *retry_after,
            };
            try_again(&failure, tried, policy, jitter)
        }
        (RunEnd::Failed(failure), Driver::Host) if failure.kind.class().is_retried() => {
            try_again(failure, tried, policy, jitter)
        }
        (RunEnd::Failed(failure), Driver::Caller) if failure.kind.is_for_later() => Then::AwaitCaller,
        (RunEnd::Failed(failure), Driver::Host) if policy.reply == Reply::Accepted => {
            let why = failure.kind.class().reason();
            let reason = ParkReason::NotRetried { last: failure.message.clone(), why };
            Then::Park { reason, on_park: policy.on_park }
        }
        // Also where the host came back from a crash: the caller may, and is told then.
        (RunEnd::Failed(failure), _) => Then::Settled(failure.to_response()),
    }
}

/// A delivery whose caller was sent away by a busy handler is given up when it was received before this time.
pub(crate) fn caller_is_gone_before(policy: &RetryPolicy, now: Timestamp) -> (Timestamp, ParkReason) {
    let before = now.saturating_sub(policy.max_age).unwrap_or(Timestamp::MIN);
    (before, ParkReason::CallerGone(show_duration(policy.max_age)))
}

/// Why it does not run once more, though its last run has not ended: the host ended meanwhile, and perhaps because of it.
pub(crate) fn runs_used_up(runs: u32, retry: &RetryPolicy) -> Option<ParkReason> {
    let last = || "the host ended before the last one did".to_owned();
    (runs >= retry.max_runs).then(|| ParkReason::GaveUp { runs, last: last() })
}

/// When it runs again after runs that the host has not survived. One may be chance; after more, the event may be why.
pub(crate) fn due_after_interrupted(
    runs: u32,
    retry: &RetryPolicy,
    now: Timestamp,
    jitter: Jitter,
) -> Timestamp {
    let wait = if runs > 1 { retry.delay(runs - 1, None, jitter) } else { Duration::ZERO };
    now.saturating_add(wait).unwrap_or(Timestamp::MAX)
}

fn try_again(failure: &Failure, tried: Tried, policy: &Policy, jitter: Jitter) -> Then {
    let retry = &policy.retry;
    let wait = retry.delay(tried.runs, failure.retry_after, jitter);
    let due = tried.now.saturating_add(wait).unwrap_or(Timestamp::MAX);
    // A clock that was put back has it received in the future: that is not old.
    let too_old =
        SignedDuration::try_from(retry.max_age).is_ok_and(|max| due.duration_since(tried.received_at) > max);
    if tried.runs >= retry.max_runs || too_old {
        let reason = ParkReason::GaveUp { runs: tried.runs, last: failure.message.clone() };
        return Then::Park { reason, on_park: policy.on_park };
    }
    Then::RetryAt(due)
}

#[cfg(test)]
mod tests {
    use bookhook_model::{OnPark, Outcome, Response};

    use super::*;

    fn policy() -> Policy {
        let retry = RetryPolicy {
            max_runs: 3,
            first: Duration::from_secs(1),
            max: Duration::from_mins(1),
            max_age: Duration::from_hours(1),
        };
        Policy { retry, ..Policy::default() }
    }

    fn tried(driver: Driver, runs: u32) -> Tried {
        let received_at = Timestamp::from_second(1_000_000).unwrap();
        Tried { driver, runs, received_at, now: received_at }
    }

    fn failed(kind: FailureKind) -> RunEnd {
        RunEnd::Failed(Failure::new(kind, "nothing listens there"))
    }

    #[test]
    fn a_response_settles_whoever_waits() {
        let end = RunEnd::Answered { status: Some(200), response: Response::error("no such account") };
        for driver in [Driver::Caller, Driver::Host] {
            let then = verdict(&end, tried(driver, 1), &policy(), Jitter(0));
            assert_eq!(then, Then::Settled(Response::error("no such account")));
        }
    }

    #[test]
    fn a_caller_is_told_of_a_failure_and_the_host_tries_again_instead() {
        let end = failed(FailureKind::Unreachable);
        let Then::Settled(response) = verdict(&end, tried(Driver::Caller, 1), &policy(), Jitter(0)) else {
            panic!("the caller waits for a response")
        };
        assert_eq!(response.outcome(), Outcome::Error);
        let host = tried(Driver::Host, 1);
        let due = host.now + Duration::from_secs(1);
        assert_eq!(verdict(&end, host, &policy(), Jitter(0)), Then::RetryAt(due));
    }

    #[test]
    fn a_busy_handler_leaves_the_next_try_to_the_caller() {
        let end = RunEnd::Busy { retry_after: None };
        assert_eq!(verdict(&end, tried(Driver::Caller, 1), &policy(), Jitter(0)), Then::AwaitCaller);
        assert!(matches!(verdict(&end, tried(Driver::Host, 1), &policy(), Jitter(0)), Then::RetryAt(_)));
    }

    #[test]
    fn a_handler_that_died_is_started_again_so_whoever_drives_tries_again() {
        let end = failed(FailureKind::Died);
        assert_eq!(verdict(&end, tried(Driver::Caller, 1), &policy(), Jitter(0)), Then::AwaitCaller);
        assert!(matches!(verdict(&end, tried(Driver::Host, 1), &policy(), Jitter(0)), Then::RetryAt(_)));
    }

    #[test]
    fn the_host_gives_up_after_the_last_run_or_when_the_event_is_too_old() {
        let end = failed(FailureKind::TimedOut);
        let last = verdict(&end, tried(Driver::Host, 3), &policy(), Jitter(0));
        assert!(matches!(last, Then::Park { reason: ParkReason::GaveUp { runs: 3, .. }, .. }));
        let old =
            Tried { now: tried(Driver::Host, 1).now + Duration::from_hours(1), ..tried(Driver::Host, 1) };
        assert!(matches!(verdict(&end, old, &policy(), Jitter(0)), Then::Park { .. }));
    }

    #[test]
    fn what_was_received_before_the_clock_was_put_back_is_not_old() {
        let end = failed(FailureKind::TimedOut);
        let tried = tried(Driver::Host, 1);
        let put_back = Tried { now: tried.now - Duration::from_hours(2), ..tried };
        assert!(matches!(verdict(&end, put_back, &policy(), Jitter(0)), Then::RetryAt(_)));
    }

    #[test]
    fn what_the_host_has_not_survived_waits_from_the_second_time_on_and_is_given_up_in_the_end() {
        let (retry, now) = (policy().retry, tried(Driver::Host, 0).now);
        let waits =
            [0, 1, 2, 3].map(|runs| due_after_interrupted(runs, &retry, now, Jitter(0)).duration_since(now));
        assert_eq!(waits.map(|wait| wait.as_secs()), [0, 0, 1, 2]);
        let given_up = [0, 1, 2, 3].map(|runs| runs_used_up(runs, &retry).is_some());
        assert_eq!(given_up, [false, false, false, true]);
    }

    #[test]
    fn what_cannot_end_better_is_not_tried_again() {
        let then = verdict(&failed(FailureKind::Status(404)), tried(Driver::Host, 1), &policy(), Jitter(0));
        assert!(matches!(then, Then::Settled(_)));
    }

    #[test]
    fn where_nobody_is_told_what_cannot_end_better_is_parked() {
        let accepted = Policy { reply: Reply::Accepted, on_park: OnPark::Hold, ..policy() };
        for class in [FailureKind::Status(404), FailureKind::Status(302), FailureKind::Panicked] {
            let then = verdict(&failed(class), tried(Driver::Host, 1), &accepted, Jitter(0));
            let Then::Park { reason: reason @ ParkReason::NotRetried { .. }, on_park: OnPark::Hold } = then
            else {
                panic!("{then:?}")
            };
            let told = reason.to_string();
            assert!(told.starts_with("nothing listens there. That is not tried again: "), "{told}");
        }
    }

    #[test]
    fn the_handlers_wish_is_honoured_up_to_the_longest_wait() {
        for (asked, waited) in [(1, 1), (30, 30), (3600, 60)] {
            let end = RunEnd::Busy { retry_after: Some(Duration::from_secs(asked)) };
            let host = tried(Driver::Host, 1);
            let due = host.now + Duration::from_secs(waited);
            assert_eq!(verdict(&end, host, &policy(), Jitter(0)), Then::RetryAt(due));
        }
    }
}
