//! Pausing and resuming that cannot be written.

use bookhook_dispatch::{Answer, Later};
use bookhook_journal::Write;
use bookhook_model::{Response, State};

use crate::given::{Given, ada, response};

fn is_held(answer: &Answer) -> bool {
    matches!(answer, Answer::Later { why: Later::Paused, .. })
}

#[tokio::test]
async fn a_hook_whose_resuming_cannot_be_written_stays_paused_until_it_can() {
    let given = Given::prompt().await;
    given.dispatcher.pause(given.hook(), None, &ada()).await.unwrap();
    assert!(is_held(&given.send("e1").await));

    given.faults.fail_next(1, Write::Pause);
    assert!(given.dispatcher.resume(given.hook(), &ada()).await.is_err());
    assert!(is_held(&given.send("e2").await));
    assert_eq!(given.runs.count(), 0);

    given.dispatcher.resume(given.hook(), &ada()).await.unwrap();
    for id in ["e1", "e2"] {
        given.until(id, "it is settled", |found| found.state == State::Settled).await;
    }
    assert_eq!(given.runs.events(), ["e1", "e2"]);
    assert_eq!(response(given.send("e1").await), Response::result("run 0"));
}

#[tokio::test]
async fn a_hook_whose_pausing_cannot_be_written_can_be_resumed() {
    let given = Given::prompt().await;
    given.faults.fail_next(1, Write::Pause);
    assert!(given.dispatcher.pause(given.hook(), None, &ada()).await.is_err());

    given.dispatcher.resume(given.hook(), &ada()).await.unwrap();
    assert_eq!(response(given.send("e1").await), Response::result("run 0"));
}

#[tokio::test]
async fn whoever_sends_what_is_held_already_is_told_of_that_delivery() {
    let given = Given::prompt().await;
    given.dispatcher.pause(given.hook(), None, &ada()).await.unwrap();
    let told = |answer| match answer {
        Answer::Later { delivery, why: Later::Paused, .. } => delivery.unwrap(),
        other => panic!("it is not held: {other:?}"),
    };
    let first = told(given.send("e1").await);
    assert_eq!(told(given.send("e1").await), first);
}
