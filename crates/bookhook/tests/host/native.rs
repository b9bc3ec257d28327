//! What goes wrong in a handler that is written in Rust.

use anyhow::Context as _;
use bookhook::Response;
use bookhook::model::Outcome;
use bookhook_testkit::Runs;
use serde_json::json;

use crate::stage::{Stage, answer, event, handled};

#[tokio::test]
async fn a_panic_is_an_error_and_the_host_goes_on() {
    let (stage, runs) = (Stage::new(), Runs::default());
    let hook = handled(stage.app(), &runs, async |told| {
        assert_ne!(told.event, "bad", "the accounts are missing");
        Ok(answer(&told))
    });
    let serving = stage.serve(hook).await;

    let reply = serving.post(event("bad", "b1")).send().await;
    let error = reply.json()["error"].as_str().unwrap().to_owned();
    assert_eq!(reply.status, 200);
    assert!(error.contains("panicked") && error.contains("the accounts are missing"), "{error}");
    assert_eq!(serving.delivery(&event("bad", "b1")).await.outcome, Some(Outcome::Error));

    assert_eq!(serving.post(event("good", "b1")).send().await.json(), json!({"result": "good run 1"}));
}

#[tokio::test]
async fn an_err_is_an_error_with_its_chain() {
    let (stage, runs) = (Stage::new(), Runs::default());
    let hook = handled(stage.app(), &runs, async |_| {
        "12,50".parse::<i32>().context("the amount is wrong").context("cannot add the tax")?;
        Ok(Response::suppressed())
    });
    let serving = stage.serve(hook).await;

    let reply = serving.post(event("e1", "b1")).send().await;

    let chain = "cannot add the tax: the amount is wrong: invalid digit found in string";
    assert_eq!((reply.status, reply.json()), (200, json!({"error": chain})));
    assert_eq!(serving.delivery(&event("e1", "b1")).await.outcome, Some(Outcome::Error));
}
