//! Who gets in.

use serde_json::json;

use crate::api::{self, document};
use crate::given::Given;

const TOKEN: &str = "letmein";

#[tokio::test]
async fn with_a_token_nothing_is_open_without_it() {
    let given = Given::with(Some(TOKEN)).await;
    for (path, item) in document()["paths"].as_object().unwrap() {
        let path = path.replace("{id}", "dlv_01JD9X4S8Q3M5V6W7X8Y9Z0ABC").replace("{name}", "tax-bot");
        for method in item.as_object().unwrap().keys() {
            let method = if method == "get" { "GET" } else { "POST" };
            let reply = given.answer(method, &path).await;
            assert_eq!(reply.status, 401, "{method} {path}");
            assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
        }
    }
    let reply = given.answer("GET", "/nothing").await;
    assert_eq!(reply.status, 401, "who has no token does not learn what there is");
}

#[tokio::test]
async fn the_right_token_opens() {
    let given = Given::with(Some(TOKEN)).await;
    let with = async |token: &str| {
        let call = given.call("GET", "/api/v1/hooks").header("authorization", token);
        api::checked("GET", "/api/v1/hooks", call.send().await).status
    };
    assert_eq!(with("Bearer letmein").await, 200);
    assert_eq!(with("Bearer letmeout").await, 401);
    assert_eq!(with("Basic letmein").await, 401);
}

#[tokio::test]
async fn a_web_page_behind_a_name_of_its_own_does_not_get_in() {
    let given = Given::open().await;
    let call = given.call("GET", "/api/v1/hooks").without("host");
    // The address itself is what `Host` says otherwise.
    let reply =
        api::checked("GET", "/api/v1/hooks", call.header("origin", "http://evil.example").send().await);
    assert_eq!(reply.status, 403);
    assert_eq!(reply.json()["code"], "foreign_origin");
}

#[tokio::test]
async fn answers_are_neither_kept_nor_taken_for_something_else() {
    let given = Given::open().await;
    for path in ["/api/v1/hooks", "/api/v1/deliveries?limit=x", "/nothing"] {
        let reply = given.answer("GET", path).await;
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let given = Given::open().await;
    assert_eq!(given.problem("GET", "/api/v1/nothing").await["code"], "no_such_path");
    assert_eq!(given.problem("DELETE", "/api/v1/hooks").await["code"], "wrong_method");
    let reply = given.answer("PUT", "/api/v1/replays").await;
    assert_eq!((reply.status, reply.header("allow")), (405, Some("GET,HEAD,POST")));
}

#[tokio::test]
async fn bodies_are_json_without_surprises() {
    let given = Given::open().await;
    let path = "/api/v1/hooks/tax-bot/pause";
    let send = async |media_type: &str, body: &str| {
        let call = given.call("POST", path).header("content-type", media_type).body(body);
        api::checked("POST", path, call.send().await)
    };
    let json = "application/json";
    assert_eq!(send("text/plain", "{}").await.json()["code"], "not_json");
    assert_eq!(send(json, "{").await.json()["code"], "bad_body");
    assert_eq!(send(json, &" ".repeat(70_000)).await.json()["code"], "body_too_large");
    let unknown = send(json, r#"{"reasn": "x"}"#).await;
    let detail = unknown.json()["detail"].as_str().unwrap().to_owned();
    assert!(unknown.status == 400 && detail.contains("`reasn`") && detail.contains("`reason`"), "{detail}");
    assert_eq!(send("application/json; charset=utf-8", "{}").await.status, 200);
    assert_eq!(given.post("/api/v1/hooks/tax-bot/resume", &json!({})).await["state"], "running");
}

#[tokio::test]
async fn who_acts_has_a_name_on_one_line() {
    let given = Given::open().await;
    let path = "/api/v1/hooks/tax-bot/pause";
    let call = given.call("POST", path).header("bookhook-actor", &"x".repeat(101));
    let reply = api::checked("POST", path, call.send().await);
    assert_eq!(reply.status, 400);
    assert_eq!(reply.json()["parameter"], "bookhook-actor");
}
