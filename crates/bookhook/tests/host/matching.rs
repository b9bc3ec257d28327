//! Events that the app does not want to see, and its own.

use bookhook::config::OwnEvents;
use bookhook::model::{Outcome, State};
use bookhook_testkit::{Runs, example};
use serde_json::json;

use crate::stage::{APP, Stage, event};

#[tokio::test]
async fn a_type_that_the_app_does_not_declare_is_kept_and_not_run() {
    let (stage, runs) = (Stage::new(), Runs::default());
    let serving = stage.serve(stage.prompt(&runs)).await;
    let event = example("BOOK_AUDITED").id("e1");

    for _ in 0..2 {
        let reply = serving.post(&event).send().await;
        assert_eq!((reply.status, reply.json()), (200, json!({"result": false})));
    }

    let delivery = serving.until(&event, "it is answered", |found| found.answered.is_some()).await;
    assert_eq!((delivery.state, delivery.outcome), (State::Unmatched, None));
    assert!(delivery.runs.unwrap().is_empty());
    assert_eq!(runs.count(), 0);
}

#[tokio::test]
async fn a_type_without_a_function_is_answered_with_nothing() {
    let (stage, runs) = (Stage::new(), Runs::default());
    let serving = stage.serve(stage.prompt(&runs)).await;
    let event = example("ACCOUNT_CREATED").id("e1");

    assert_eq!(serving.post(&event).send().await.json(), json!({"result": false}));

    let delivery = serving.delivery(&event).await;
    assert_eq!((delivery.state, delivery.outcome), (State::Settled, Some(Outcome::Suppressed)));
    assert_eq!(runs.count(), 0);
}

#[tokio::test]
async fn an_apps_own_events_are_settled_without_a_run() {
    let (stage, runs) = (Stage::new(), Runs::default());
    let serving = stage.serve(stage.prompt(&runs)).await;
    let own = event("e1", "b1").agent(APP);

    for _ in 0..2 {
        assert_eq!(serving.post(&own).send().await.json(), json!({"result": false}));
        serving.until(&own, "it is answered", |found| found.answered == Some(200)).await;
    }

    let delivery = serving.delivery(&own).await;
    assert_eq!((delivery.state, delivery.outcome), (State::Settled, Some(Outcome::Suppressed)));
    assert!(delivery.runs.unwrap().is_empty());
    assert_eq!(runs.count(), 0);
}

#[tokio::test]
async fn an_apps_own_events_run_when_it_is_told_so() {
    let (stage, runs) = (Stage::new(), Runs::default());
    let serving = stage.serve(stage.prompt(&runs).own_events(OwnEvents::Deliver)).await;

    let reply = serving.post(event("e1", "b1").agent(APP)).send().await;

    assert_eq!(reply.json(), json!({"result": "e1 run 1"}));
}
