//! How hooks stand, and pausing them.

use bookhook_model::State;
use serde_json::json;

use crate::given::Given;

#[tokio::test]
async fn a_hook_is_shown_with_its_numbers() {
    let given = Given::open().await;
    let hook = given.get("/api/v1/hooks").await["items"][0].clone();
    let expected = json!({
        "name": "tax-bot", "source": "bkper", "handler": "echo", "state": "running",
        "waiting": 0, "running": 0, "held": 0, "settled": 0, "parked": 0, "unmatched": 0,
        "oldest_waiting_seconds": null,
    });
    assert_eq!(hook, expected, "also before its first delivery");
    given.settled("e1", "b1").await;
    given.settled("e2", "b2").await;
    assert_eq!(given.get("/api/v1/hooks").await["items"][0]["settled"], 2);
}

#[tokio::test]
async fn what_waits_is_counted_with_its_age() {
    let given = Given::gated().await;
    given.sent("e1", "b1").await;
    given.sent("e2", "b1").await;
    let hook = given.get("/api/v1/hooks").await["items"][0].clone();
    assert_eq!((hook["running"].as_i64(), hook["waiting"].as_i64()), (Some(1), Some(1)), "{hook}");
    assert!(hook["oldest_waiting_seconds"].as_i64().unwrap() < 60, "{hook}");
}

#[tokio::test]
async fn a_paused_hook_holds_what_comes_until_it_is_resumed() {
    let given = Given::open().await;
    let paused = given.post("/api/v1/hooks/tax-bot/pause", &json!({})).await;
    assert_eq!(paused["state"], "paused");
    given.sent("e1", "b1").await;
    given.until("e1", "it is held", |delivery| delivery.state == State::Held).await;
    assert_eq!(given.get("/api/v1/hooks").await["items"][0]["held"], 1);

    let resumed = given.post("/api/v1/hooks/tax-bot/resume", &json!({})).await;
    assert_eq!(resumed["state"], "running");
    given.until("e1", "it is settled", |delivery| delivery.state == State::Settled).await;
}

#[tokio::test]
async fn a_hook_that_is_not_served_is_told_with_those_that_are() {
    let given = Given::open().await;
    for name in ["other", "No-Name", "%2e%2e"] {
        let problem = given.problem("POST", &format!("/api/v1/hooks/{name}/pause")).await;
        assert_eq!(problem["status"], 404);
        assert!(problem["detail"].as_str().unwrap().ends_with("it serves `tax-bot`"), "{problem}");
    }
}
