//! Looking at deliveries.

use bookhook_dispatch::Purpose;
use bookhook_model::{Event, Response};
use bytes::Bytes;
use serde_json::Value;

use crate::given::{Given, event, header};

fn events(page: &Value) -> Vec<String> {
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["event_id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn deliveries_are_listed_newest_first_a_page_at_a_time() {
    let given = Given::open().await;
    for id in ["e1", "e2", "e3"] {
        given.settled(id, "b1").await;
    }
    let first = given.get("/api/v1/deliveries?limit=2").await;
    assert_eq!(events(&first), ["e3", "e2"]);
    assert!(first["items"][0].get("runs").is_none(), "a list leaves runs out");
    let cursor = first["next"].as_str().unwrap();
    let second = given.get(&format!("/api/v1/deliveries?limit=2&cursor={cursor}")).await;
    assert_eq!(events(&second), ["e1"]);
    assert_eq!(second["next"], Value::Null);
}

#[tokio::test]
async fn filters_are_the_fields_by_their_names() {
    let given = Given::open().await;
    given.settled("e1", "b1").await;
    given.settled("bad2", "b2").await;
    given.sent_as(Event { event_type: "FILE_CREATED".into(), ..event("e3", "b1") }, Purpose::Unmatched).await;
    let own = Event { agent_id: Some("tax-bot".into()), ..event("e4", "b1") };
    given.sent_as(own, Purpose::Settle(Response::suppressed())).await;
    let found = async |filter: &str| events(&given.get(&format!("/api/v1/deliveries?{filter}")).await);
    assert_eq!(found("book_id=b1").await, ["e4", "e3", "e1"]);
    assert_eq!(found("event_type=FILE_CREATED").await, ["e3"]);
    assert_eq!(found("event_id=e1").await, ["e1"]);
    assert_eq!(found("agent_id=tax-bot").await, ["e4"]);
    assert_eq!(found("state=unmatched").await, ["e3"]);
    assert_eq!(found("outcome=error").await, ["bad2"]);
    assert_eq!(found("error=true").await, ["bad2"]);
    assert_eq!(found("error=false").await.len(), 4);
    assert_eq!(found("hook=tax-bot&after=2020-01-01T00:00:00Z").await.len(), 4);
    assert!(found("before=2020-01-01T00:00:00Z").await.is_empty());
    assert!(found("hook=other").await.is_empty());
}

#[tokio::test]
async fn a_wrong_parameter_is_named_with_what_is_allowed() {
    let given = Given::open().await;
    let problem = given.problem("GET", "/api/v1/deliveries?book=b1").await;
    assert_eq!((problem["status"].as_i64(), problem["parameter"].as_str()), (Some(400), Some("book")));
    assert!(problem["allowed"].as_array().unwrap().iter().any(|name| name == "book_id"), "{problem}");
    let problem = given.problem("GET", "/api/v1/deliveries?state=done").await;
    assert_eq!(problem["parameter"], "state");
    assert_eq!(problem["allowed"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn a_delivery_is_shown_with_its_runs() {
    let given = Given::open().await;
    let id = given.settled("e1", "b1").await.id;
    let delivery = given.get(&format!("/api/v1/deliveries/{id}")).await;
    assert_eq!(delivery["state"], "settled");
    assert_eq!(delivery["runs"][0]["response"]["result"], "e1");
    assert_eq!(delivery["runs"][0]["cause"], "first");
}

#[tokio::test]
async fn a_delivery_that_is_not_there_is_a_problem() {
    let given = Given::open().await;
    for id in ["dlv_01JD9X4S8Q3M5V6W7X8Y9Z0ABC", "e1", "..%2f"] {
        for part in ["", "/payload"] {
            let problem = given.problem("GET", &format!("/api/v1/deliveries/{id}{part}")).await;
            assert_eq!(problem["code"], "no_such_delivery");
        }
    }
}

#[tokio::test]
async fn a_payload_is_byte_for_byte_and_harmless() {
    let given = Given::open().await;
    let id = given.settled("e1", "b1").await.id;
    let reply = given.answer("GET", &format!("/api/v1/deliveries/{id}/payload")).await;
    assert_eq!(reply.text(), "{\"id\": \"e1\",  \"bookId\": \"b1\"}");
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("content-disposition"), None);

    let page = Event {
        headers: vec![header("content-type", "text/html")],
        body: Bytes::from_static(b"<script>alert(1)</script>\xff"),
        ..event("e2", "b1")
    };
    let id = given.sent_as(page, Purpose::Unmatched).await.id;
    let reply = given.answer("GET", &format!("/api/v1/deliveries/{id}/payload")).await;
    assert_eq!(reply.body, b"<script>alert(1)</script>\xff");
    assert_eq!(reply.header("content-type"), Some("application/octet-stream"));
    assert!(reply.header("content-disposition").unwrap().starts_with("attachment; filename=\"dlv_"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    assert!(reply.header("content-security-policy").unwrap().contains("sandbox"));
}
