//! The time limit and the containment of panics, for whatever kind of handler.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bookhook_handlers::{Handler, Invocation, NativeHandler, Running, invoke};
use bookhook_model::response::NoResponse;
use bookhook_model::{FailureKind, Response, RunEnd};

use crate::{failure, invocation};

const LIMIT: Duration = Duration::from_mins(15);

#[tokio::test]
async fn a_handler_that_answers_in_time_is_left_alone() {
    let handler = NativeHandler::new(async |_| Ok::<_, NoResponse>(Response::result("done")));
    let end = invoke(&handler, invocation(), LIMIT).await;
    assert_eq!(end, RunEnd::Answered { status: None, response: Response::result("done") });
}

#[tokio::test(start_paused = true)]
async fn past_the_limit_the_run_has_failed_and_its_work_is_ended() {
    struct Ended(Arc<AtomicBool>);
    impl Drop for Ended {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let ended = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&ended);
    let handler = NativeHandler::new(move |_| {
        let work = Ended(Arc::clone(&flag));
        async move {
            let _work = work;
            std::future::pending::<Result<Response, NoResponse>>().await
        }
    });
    let failure = failure(invoke(&handler, invocation(), LIMIT).await);
    assert_eq!(failure.kind, FailureKind::TimedOut);
    assert_eq!(failure.message, "the handler did not answer within 15m");
    assert!(ended.load(Ordering::Relaxed));
}

#[tokio::test]
async fn a_panic_ends_the_run_and_nothing_else() {
    let handler = NativeHandler::new(async |invocation: Invocation| {
        let run = invocation.run;
        assert!(run.0 != 3, "run {run} found no rate");
        Ok::<_, NoResponse>(Response::result("done"))
    });
    let failure = failure(invoke(&handler, invocation(), LIMIT).await);
    assert_eq!(failure.kind, FailureKind::Panicked);
    assert_eq!(failure.message, "the handler panicked: run 3 found no rate");

    let next = Invocation { run: bookhook_model::RunNumber(4), ..invocation() };
    assert!(matches!(invoke(&handler, next, LIMIT).await, RunEnd::Answered { .. }));
}

/// Panics wherever a handler can.
struct Explosive {
    when: When,
}

#[derive(Clone, Copy, PartialEq)]
enum When {
    Called,
    Polled,
    Dropped,
}

impl Handler for Explosive {
    fn handle(&self, _: Invocation) -> Running<'_> {
        assert!(self.when != When::Called, "boom");
        let guard = (self.when == When::Dropped).then_some(PanicsWhenDropped);
        Box::pin(async move {
            let _guard = guard;
            assert!(self.when != When::Polled, "boom");
            std::future::pending().await
        })
    }

    fn describe(&self) -> String {
        "explosive".to_owned()
    }
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("boom");
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_contained_wherever_it_happens() {
    for when in [When::Called, When::Polled, When::Dropped] {
        let failure = failure(invoke(&Explosive { when }, invocation(), LIMIT).await);
        assert_eq!(failure.kind, FailureKind::Panicked);
        assert_eq!(failure.message, "the handler panicked: boom");
    }
}

#[tokio::test]
async fn a_panic_without_a_text_is_told_too() {
    let handler = NativeHandler::new(async |_| -> Result<Response, NoResponse> { std::panic::panic_any(7) });
    assert_eq!(failure(invoke(&handler, invocation(), LIMIT).await).message, "the handler panicked");
}
