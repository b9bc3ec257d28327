//! Wrong input of every kind gets the contract's error body, and changes nothing.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use bookhook_sandbox::{Sandbox, Seed};
use serde_json::{Value, json};

use crate::client::Client;

const BOOK: &str = "demoBookUsd01";

/// A call, and the status, the reason and a part of the message with which it is refused.
type Case = (&'static str, &'static str, Value, u16, &'static str, &'static str);

fn sale(more: &Value) -> Value {
    let mut sale = json!({
        "date": "2999-01-01", "amount": "5", "creditAccount": {"name": "Product Sales"},
        "debitAccount": {"name": "Bank Account"},
    });
    sale.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    sale
}

fn cases() -> Vec<Case> {
    let (invalid, not_found) = ("invalidParameter", "notFound");
    let locked = json!({"date": "2001-01-01"});
    let long_key = "k".repeat(31);
    vec![
        // Bodies of the wrong form.
        ("POST", "/transactions", json!([]), 400, invalid, "InvalidFormatException"),
        ("POST", "/transactions", json!({"amount": {"value": 5}}), 400, invalid, "amount"),
        ("POST", "/transactions", json!({"amount": "undefined"}), 400, invalid, "undefined"),
        ("POST", "/transactions", json!({"date": "01/02/2026"}), 400, invalid, "yyyy-MM-dd"),
        ("POST", "/accounts", json!({"name": "Gold", "type": "GOLD"}), 400, invalid, "ASSET"),
        ("PUT", "", json!({"decimalSeparator": "BAD"}), 400, invalid, "InvalidFormatException"),
        ("PUT", "", json!({"timeZone": "Mars/Base"}), 400, invalid, "time zone"),
        ("PUT", "", json!({"fractionDigits": 9}), 400, invalid, "fractionDigits"),
        ("PUT", "", json!({"datePattern": "MM-dd"}), 400, invalid, "datePattern"),
        // What is not there.
        ("GET", "/accounts/Nobody", Value::Null, 404, not_found, "Nobody"),
        ("PATCH", "/transactions/check", json!({"id": "none"}), 404, not_found, "none"),
        ("PATCH", "/transactions/check", json!({}), 400, "required", "id"),
        ("PATCH", "/transactions/merge", json!({"items": [{"id": "none"}]}), 400, "", "two"),
        ("PUT", "/accounts", json!({"id": "1", "name": "X"}), 404, not_found, "1"),
        ("POST", "/integrations", json!({"agentId": "none"}), 404, not_found, "none"),
        ("GET", "/files/none", Value::Null, 404, not_found, "none"),
        ("PUT", "/events/none/responses/tax-bot", Value::Null, 404, not_found, "none"),
        ("GET", "/nowhere", Value::Null, 404, not_found, "nowhere"),
        // What makes no sense in this book.
        ("PATCH", "/transactions/post", sale(&locked), 400, "badRequest", "locked"),
        ("POST", "/accounts", json!({"name": "bank-account"}), 409, "conflict", "name"),
        ("POST", "/accounts", json!({"name": " "}), 400, "", "name"),
        ("DELETE", "/accounts/Bank%20Account", Value::Null, 409, "conflict", "posted"),
        ("POST", "/accounts", json!({"name": "X", "properties": {long_key: "v"}}), 400, invalid, "30"),
        ("GET", "/transactions?query=on:", Value::Null, 400, invalid, "value"),
        ("GET", "/balances?query=account:Nobody", Value::Null, 404, not_found, "Nobody"),
        ("GET", "/transactions?limit=many", Value::Null, 400, invalid, "limit"),
        ("POST", "/files", json!({"name": "f", "content": "no base64!"}), 400, invalid, "Base64"),
        // One wrong item among good ones.
        (
            "POST",
            "/transactions/batch",
            json!({"items": [sale(&json!({})), {"amount": "x"}]}),
            400,
            invalid,
            "items[1]",
        ),
        (
            "POST",
            "/accounts/batch",
            json!({"items": [{"name": "New"}, {"name": "New"}]}),
            409,
            "conflict",
            "items[1]: another account has the name \"New\" already",
        ),
        ("POST", "/accounts/delete/batch", json!({"items": [{}]}), 400, "required", "items[0]: id"),
        ("POST", "/groups/batch", json!({"items": [{"name": "A"}, {}]}), 400, "required", "items[1]: name"),
        ("PATCH", "/events/replay/batch", json!({"items": [{}]}), 400, "required", "items[0]: id"),
    ]
}

#[tokio::test]
async fn wrong_input_is_refused_in_the_contracts_words_and_changes_nothing() {
    let sandbox = Sandbox::builder().seed(Seed::demo()).start().await.unwrap();
    let client = Client::of(&sandbox).user("mia");
    let before = sandbox.snapshot(BOOK).unwrap();
    for (method, path, body, status, reason, part) in cases() {
        let body = (!body.is_null()).then_some(body);
        let answer = client.call(method, &format!("/v5/books/{BOOK}{path}"), body.clone()).await;
        let what = format!("{method} {path} {body:?}: {} {}", answer.status, answer.json);
        assert_eq!(answer.status, status, "{what}");
        let found = answer.json["error"]["errors"][0]["reason"].as_str().unwrap().to_owned();
        assert!(reason.is_empty() || found == reason, "{what}");
        let message = answer.refused(status, &found);
        assert!(message.contains(part), "{what}");
    }
    assert_eq!(sandbox.snapshot(BOOK).unwrap(), before);
    let events = client.get(&format!("/v5/books/{BOOK}/events")).await.ok();
    assert_eq!(events["items"], json!([]));
}

#[tokio::test]
async fn where_nothing_is_and_how_nothing_is_asked_is_told_everywhere() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::of(&sandbox);
    for path in ["/", "/books", "/v5/nowhere", "/_ah/api/bkper/v5/nowhere", "/sandbox/nowhere", "/oauth2/v3"]
    {
        let message = client.get(path).await.refused(404, "notFound");
        assert!(message.starts_with(&format!("there is no GET {path}: not found.")), "{message}");
    }
    for path in ["/v5/user", "/sandbox", "/sandbox/reset", "/oauth2/v3/certs"] {
        let message = client.call("DELETE", path, None).await.refused(405, "invalidParameter");
        assert_eq!(message, format!("{path} cannot be asked with DELETE"));
    }
}

#[tokio::test]
async fn who_may_not_is_refused_and_changes_nothing() {
    let sandbox = Sandbox::builder().seed(Seed::demo()).start().await.unwrap();
    let before = sandbox.snapshot(BOOK).unwrap();
    let path = |rest: &str| format!("/v5/books/{BOOK}{rest}");
    let viewer = Client::of(&sandbox).user("leo");
    let refused = viewer.post(&path("/transactions"), sale(&json!({}))).await.refused(403, "forbidden");
    assert!(refused.contains("VIEWER") && refused.contains("RECORDER"), "{refused}");
    viewer.delete(&path("")).await.refused(403, "forbidden");
    let recorder = Client::of(&sandbox).user("kim");
    recorder.get(&path("/accounts")).await.refused(403, "forbidden");
    recorder.get(&path("/balances?query=")).await.refused(403, "forbidden");
    let poster = Client::of(&sandbox).user("ana");
    poster.put(&path(""), json!({"name": "Mine"})).await.refused(403, "forbidden");
    let editor = Client::of(&sandbox).user("ben");
    editor.put(&path(""), json!({"lockDate": "1900-00-00"})).await.refused(403, "forbidden");
    let expired = Client::of(&sandbox).user("ya29.sandbox-long-gone");
    expired.get(&path("")).await.refused(401, "required");
    let stranger = Client::of(&sandbox).user("zoe@elsewhere.example");
    assert_eq!(stranger.get(&path("")).await.status, 404);
    assert_eq!(sandbox.snapshot(BOOK).unwrap(), before);
}

#[tokio::test]
async fn what_is_no_json_or_too_much_is_refused() {
    let sandbox = Sandbox::builder().seed(Seed::demo()).start().await.unwrap();
    let client = Client::of(&sandbox).user("mia");
    let before = sandbox.snapshot(BOOK).unwrap();
    let path = format!("/v5/books/{BOOK}/files");
    for body in ["", "{", "nonsense", "\u{0}", "{\"name\": \"a\""] {
        let answer = client.send("POST", &path, Some(body.as_bytes().to_vec()), &[]).await;
        let message = answer.refused(400, "invalidParameter");
        assert!(message.contains("InvalidFormatException"), "{body:?}: {message}");
    }
    let huge = format!("{{\"name\": \"f\", \"content\": \"{}\"}}", "A".repeat(30 * 1024 * 1024));
    let refused = client.send("POST", &path, Some(huge.into_bytes()), &[]).await;
    assert_eq!(refused.status, 413, "{}", refused.json);
    assert!(refused.json["error"]["message"].as_str().unwrap().contains("20"), "{}", refused.json);
    assert_eq!(sandbox.snapshot(BOOK).unwrap(), before);
}
