//! What operators do to deliveries.

use bookhook_dispatch::Purpose;
use bookhook_model::{Event, SecretHeader, State};
use serde_json::json;

use crate::api;
use crate::given::{Given, event};

/// A delivery that is held: its hook is paused.
async fn held(given: &Given, id: &str, book: &str) -> String {
    given.post("/api/v1/hooks/tax-bot/pause", &json!({})).await;
    given.sent(id, book).await;
    given.until(id, "it is held", |delivery| delivery.state == State::Held).await.id.to_string()
}

#[tokio::test]
async fn a_delivery_is_replayed() {
    let given = Given::open().await;
    let id = given.settled("e1", "b1").await.id;
    let replayed = given.post(&format!("/api/v1/deliveries/{id}/replay"), &json!({})).await;
    assert_eq!(replayed["id"], id.to_string());
    given.until("e1", "it is settled again", |delivery| delivery.state == State::Settled).await;
    let runs = given.get(&format!("/api/v1/deliveries/{id}")).await["runs"].clone();
    assert_eq!((&runs[1]["cause"], runs.as_array().unwrap().len()), (&json!("replay"), 2));
}

#[tokio::test]
async fn a_replay_without_the_token_is_asked_for() {
    let given = Given::open().await;
    let secrets = vec![SecretHeader { name: "bkper-oauth-token".into(), value: "ya29.x".into() }];
    given.sent_as(Event { secrets, ..event("e1", "b1") }, Purpose::Run).await;
    let id = given.until("e1", "it is settled", |delivery| delivery.state == State::Settled).await.id;
    let path = format!("/api/v1/deliveries/{id}/replay");
    let refused = given.answer("POST", &path).await;
    assert_eq!((refused.status, refused.json()["code"].clone()), (409, json!("token_gone")));
    given.post(&path, &json!({"without_token": true})).await;
}

#[tokio::test]
async fn a_delivery_is_parked_unparked_and_skipped() {
    let given = Given::open().await;
    let id = held(&given, "e1", "b1").await;
    let path = |act: &str| format!("/api/v1/deliveries/{id}/{act}");
    let parked = given.post(&path("park"), &json!({"reason": "not today"})).await;
    assert_eq!(parked["state"], "parked");
    assert_eq!(parked["parked_reason"], "parked by api: not today");
    let unparked = given.post(&path("unpark"), &json!({})).await;
    assert_eq!(unparked["state"], "held", "the hook is still paused");
    let skipped = given.post(&path("skip"), &json!({})).await;
    assert_eq!((&skipped["state"], &skipped["outcome"]), (&json!("settled"), &json!("suppressed")));
    let refused = given.answer("POST", &path("skip")).await;
    assert_eq!((refused.status, refused.json()["code"].clone()), (409, json!("wrong_state")));
}

#[tokio::test]
async fn why_a_delivery_waits_is_explained() {
    let given = Given::open().await;
    let id = held(&given, "e1", "b1").await;
    let explained = given.get(&format!("/api/v1/deliveries/{id}/explain")).await;
    assert_eq!(explained["state"], "held");
    assert_eq!(explained["pause"]["hook"], "tax-bot");
    assert!(!explained["can"].as_array().unwrap().is_empty(), "{explained}");
}

#[tokio::test]
async fn a_lane_is_paused_while_others_go_on() {
    let given = Given::open().await;
    let paused = given.post("/api/v1/hooks/tax-bot/pause", &json!({"lane": "b1", "reason": "audit"})).await;
    assert_eq!(paused["state"], "running");
    assert_eq!(
        (&paused["paused_lanes"][0]["lane"], &paused["paused_lanes"][0]["reason"]),
        (&json!("b1"), &json!("audit"))
    );
    given.sent("e1", "b1").await;
    given.until("e1", "it is held", |delivery| delivery.state == State::Held).await;
    given.settled("e2", "b2").await;
    let resumed = given.post("/api/v1/hooks/tax-bot/resume", &json!({"lane": "b1"})).await;
    assert!(resumed.get("paused_lanes").is_none(), "{resumed}");
    given.until("e1", "it is settled", |delivery| delivery.state == State::Settled).await;
}

#[tokio::test]
async fn many_are_replayed_as_a_job() {
    let given = Given::open().await;
    for id in ["bad1", "bad2", "good"] {
        given.settled(id, id).await;
    }
    let begun = given
        .answer_to("POST", "/api/v1/replays", &json!({"filter": {"error": true}, "per_second": 100}))
        .await;
    assert_eq!(begun.status, 202);
    let place = begun.header("location").unwrap().to_owned();
    assert_eq!(begun.json()["matched"], 2);
    let job = bookhook_testkit::eventually("the job is done", async || {
        let job = given.get(&place).await;
        (job["state"] == "done").then_some(job)
    })
    .await;
    assert_eq!((&job["done"], &job["refused"]), (&json!(2), &json!(0)));
    assert_eq!(given.get("/api/v1/replays").await["items"][0]["id"], job["id"]);
    let over = given.answer("POST", &format!("{place}/cancel")).await;
    assert_eq!((over.status, over.json()["code"].clone()), (409, json!("replays_over")));
}

#[tokio::test]
async fn a_bulk_replay_says_what_it_takes() {
    let given = Given::open().await;
    let told = async |body| {
        let reply = given.answer_to("POST", "/api/v1/replays", &body).await;
        assert_eq!(reply.status, 400, "{}", reply.text());
        reply.json()["detail"].as_str().unwrap().to_owned()
    };
    assert!(told(json!({"filter": {}})).await.contains("empty filter"));
    assert!(told(json!({"filter": {"book": "b1"}})).await.contains("`book_id`"));
    assert!(told(json!({"filter": {"state": "done"}})).await.contains("`parked`"));
    assert!(told(json!({})).await.contains("`filter`"));
    let per_second = 1_u64 << 31;
    assert!(told(json!({"filter": {}, "per_second": per_second})).await.contains("from 1 to 1000"));
}

#[tokio::test]
async fn every_act_is_recorded_with_who_did_it() {
    let given = Given::open().await;
    let path = "/api/v1/hooks/tax-bot/pause";
    let call = given.call("POST", path).header("bookhook-actor", "ada@laptop");
    assert_eq!(api::checked("POST", path, call.send().await).status, 200);
    let id = held(&given, "e1", "b1").await;
    given.post(&format!("/api/v1/deliveries/{id}/skip"), &json!({})).await;
    let acts = given.get("/api/v1/acts?hook=tax-bot").await["items"].clone();
    let acts: Vec<_> =
        acts.as_array().unwrap().iter().map(|act| (act["who"].clone(), act["what"].clone())).collect();
    assert_eq!(acts.last().unwrap(), &(json!("ada@laptop"), json!("pause")), "the newest first");
    assert_eq!(acts[0], (json!("api"), json!("skip")));
    let of_delivery = given.get(&format!("/api/v1/acts?delivery={id}")).await;
    assert_eq!(of_delivery["items"].as_array().unwrap().len(), 1);
    assert_eq!(given.problem("GET", "/api/v1/acts?delivery=e1").await["parameter"], "delivery");
}

#[tokio::test]
async fn a_book_is_erased() {
    let given = Given::open().await;
    given.settled("e1", "b1").await;
    given.settled("e2", "b2").await;
    let erased = given.post("/api/v1/erasures", &json!({"book_id": "b1"})).await;
    assert_eq!(erased, json!({"deliveries": 1, "running": []}));
    assert_eq!(given.get("/api/v1/deliveries").await["items"].as_array().unwrap().len(), 1);
    let wrong = [
        json!({}),
        json!({"book_id": "b", "agent_id": "a"}),
        json!({"user_id": "mia", "agent_id": "a"}),
        json!({"book_id": ""}),
        json!({"user_id": ""}),
    ];
    for body in wrong {
        assert_eq!(given.answer_to("POST", "/api/v1/erasures", &body).await.status, 400);
    }
}

#[tokio::test]
async fn what_a_user_caused_is_erased_and_that_is_recorded_without_the_name() {
    let given = Given::open().await;
    given.settled("e1", "b1").await;
    given.sent_as(Event { user_id: Some("zoe".into()), ..event("e2", "b1") }, Purpose::Unmatched).await;
    assert_eq!(given.get("/api/v1/deliveries").await["items"][0]["user_id"], "zoe");
    let erased = given.post("/api/v1/erasures", &json!({"user_id": "zoe"})).await;
    assert_eq!(erased, json!({"deliveries": 1, "running": []}));
    assert_eq!(given.get("/api/v1/deliveries").await["items"][0]["user_id"], "mia");
    let acts = given.get("/api/v1/acts").await["items"].clone();
    assert_eq!((&acts[0]["what"], &acts[0]["who"]), (&json!("erase"), &json!("api")));
    assert_eq!(acts[0]["detail"], "by user: 1 delivery");
}
