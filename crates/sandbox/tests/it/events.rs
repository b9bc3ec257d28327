//! What happened is listed, and sent again on request.

#![allow(clippy::unwrap_used, reason = "a test that cannot start fails")]

use std::time::Duration;

use bookhook_sandbox::{Sandbox, TimeChange};
use serde_json::{Value, json};

use crate::client::{Client, given_a_book};
use crate::deliveries::{given, hasty, new_account};
use crate::receiver::Receiver;

async fn listed(client: &Client, book: &str, query: &str) -> Vec<Value> {
    let events = client.get(&format!("{book}/events?{query}")).await.ok();
    events["items"].as_array().unwrap().clone()
}

/// The names of the accounts and groups that the events are about.
fn names(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["data"]["object"]["name"].as_str().unwrap()).collect()
}

fn set_time(sandbox: &Sandbox, time: &str) {
    sandbox.set_time(TimeChange::set(time.parse().unwrap())).unwrap();
}

#[tokio::test]
async fn events_are_listed_newest_first_and_found_by_what_they_are_about() {
    let (sandbox, mia, book) = given_a_book().await;
    sandbox.set_time(TimeChange::stop()).unwrap();
    for (day, name) in [("01", "a"), ("02", "b"), ("03", "c")] {
        set_time(&sandbox, &format!("2030-01-{day}T12:00:00Z"));
        new_account(&mia, &book, name).await;
    }
    mia.post(&format!("{book}/groups"), json!({"name": "g"})).await.ok();
    let id = |events: &[Value]| events[0]["resource"].as_str().unwrap().to_owned();

    let all = listed(&mia, &book, "").await;
    assert_eq!(names(&all), ["g", "c", "b", "a", "Aurora"]);
    assert_eq!(all[0]["botResponses"], json!([]));
    assert_eq!(names(&listed(&mia, &book, "type=ACCOUNT_CREATED").await), ["c", "b", "a"]);
    for parameter in ["resoureId", "resourceId"] {
        let query = format!("{parameter}={}&error=true&type=GROUP_CREATED", id(&all[2..]));
        assert_eq!(names(&listed(&mia, &book, &query).await), ["b"], "a resource is all that counts");
    }
    assert!(listed(&mia, &book, "error=true&type=GROUP_CREATED").await.is_empty());
    let between = "after=2030-01-01T12:00:00Z&before=2030-01-03T12:00:00Z";
    assert_eq!(names(&listed(&mia, &book, between).await), ["b", "a"], "from the first, up to the last");
    assert_eq!(names(&listed(&mia, &book, "after=2030-01-02T13:00:00+01:00").await), ["g", "c", "b"]);
    assert_eq!(names(&listed(&mia, &book, "after=2030-01-02T12:00:00.000001Z").await), ["g", "c"]);

    mia.get(&format!("{book}/events?type=ACCOUNT_BURNT")).await.refused(400, "invalidParameter");
    mia.get(&format!("{book}/events?after=yesterday")).await.refused(400, "invalidParameter");
    mia.user("zoe").get(&format!("{book}/events")).await.refused(404, "required");
}

#[tokio::test]
async fn events_come_in_pages_that_stay_as_they_are_while_more_happens() {
    let (sandbox, mia, book) = given_a_book().await;
    // All of them in the same millisecond.
    sandbox.set_time(TimeChange::stop()).unwrap();
    for name in ["a", "b", "c", "d", "e"] {
        new_account(&mia, &book, name).await;
    }
    let path = format!("{book}/events?type=ACCOUNT_CREATED&limit=2");
    let mut found = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let headers: Vec<_> = cursor.iter().map(|cursor| ("cursor", cursor.as_str())).collect();
        let page = mia.send("GET", &path, None, &headers).await.ok();
        found.extend(page["items"].as_array().unwrap().clone());
        new_account(&mia, &book, &format!("later {}", found.len())).await;
        cursor = page["cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(names(&found), ["e", "d", "c", "b", "a"]);
    let invalid = mia.send("GET", &path, None, &[("cursor", "nonsense")]).await.ok();
    assert_eq!(invalid["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_event_is_sent_again_and_its_new_response_takes_the_place_of_the_old_one() {
    let app = Receiver::answering(|calls, _| match calls {
        0 => json!({"error": "no rate"}).into(),
        1 => (429, "").into(),
        2 => json!({"result": "done"}).into(),
        _ => json!({"result": false}).into(),
    })
    .await;
    let sandbox = hasty().start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", &["ACCOUNT_CREATED"])).await;
    new_account(&mia, &book, "Cash").await;
    sandbox.settled().await;
    let failed = listed(&mia, &book, "error=true").await;
    assert_eq!(failed[0]["botResponses"][0]["message"], "no rate");
    mia.put(&format!("{book}/accounts"), json!({"id": failed[0]["resource"], "name": "Bank"})).await.ok();

    let path = format!("{book}/events/{}/responses/tax-bot", failed[0]["id"].as_str().unwrap());
    let event = mia.put(&path, json!({})).await.ok();
    let responses = event["botResponses"].as_array().unwrap();
    assert_eq!(responses.len(), 1);
    assert_eq!((&responses[0]["type"], &responses[0]["message"]), (&json!("INFO"), &json!("done")));
    assert!(listed(&mia, &book, "error=true").await.is_empty());
    let received = app.received();
    assert_eq!(received.len(), 3, "a busy app is waited for");
    assert_eq!(received[2].event, received[0].event, "the event as it was, not as things are now");
    assert_ne!(received[2].header("bkper-oauth-token"), received[0].header("bkper-oauth-token"));

    let event = mia.call("PUT", &path, None).await.ok();
    assert_eq!(event["botResponses"], json!([]), "nothing to say takes the old response away");
}

#[tokio::test]
async fn only_who_manages_a_book_sends_its_events_again_and_only_to_apps_in_it() {
    let app = Receiver::silent().await;
    let sandbox = hasty().start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", &["ACCOUNT_CREATED"])).await;
    mia.post("/v5/apps", app.manifest("other", &["ACCOUNT_CREATED"])).await.ok();
    let share = json!({"email": "ana@example.com", "permission": "VIEWER"});
    mia.post(&format!("{book}/collaborators"), share).await.ok();
    new_account(&mia, &book, "Cash").await;
    sandbox.settled().await;
    let event = &listed(&mia, &book, "type=ACCOUNT_CREATED").await[0];
    let path = |event: &str, app: &str| format!("{book}/events/{event}/responses/{app}");
    let id = event["id"].as_str().unwrap();

    assert_eq!(
        mia.put(&path(id, "other"), json!({})).await.refused(404, "notFound"),
        "response not found: other"
    );
    mia.put(&path("none", "tax-bot"), json!({})).await.refused(404, "notFound");
    mia.user("ana").put(&path(id, "tax-bot"), json!({})).await.refused(403, "forbidden");
    mia.user("ana").delete(&path(id, "tax-bot")).await.refused(403, "forbidden");
    assert_eq!(app.received().len(), 1);
    // It had nothing to say, and is told of such events.
    mia.put(&path(id, "tax-bot"), json!({})).await.ok();
    assert_eq!(app.received().len(), 2);
}

#[tokio::test]
async fn a_response_is_deleted() {
    let app = Receiver::answering(|_, _| json!({"error": "no rate"}).into()).await;
    let sandbox = hasty().start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", &["ACCOUNT_CREATED"])).await;
    new_account(&mia, &book, "Cash").await;
    sandbox.settled().await;
    let event = &listed(&mia, &book, "error=true").await[0];
    let path = format!("{book}/events/{}/responses/tax-bot", event["id"].as_str().unwrap());
    let without = mia.delete(&path).await.ok();
    assert_eq!((&without["id"], &without["botResponses"]), (&event["id"], &json!([])));
    assert!(listed(&mia, &book, "error=true").await.is_empty());
    mia.delete(&path).await.refused(404, "notFound");
}

#[tokio::test]
async fn a_batch_is_sent_again_oldest_first() {
    let app = Receiver::answering(|calls, _| match calls {
        0 => json!({"result": "fine"}).into(),
        1..4 => json!({"error": "no rate"}).into(),
        _ => json!({"result": "done"}).into(),
    })
    .await;
    let sandbox = hasty().start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", &["ACCOUNT_CREATED"])).await;
    for name in ["a", "b", "c", "d"] {
        new_account(&mia, &book, name).await;
    }
    sandbox.settled().await;
    let events = listed(&mia, &book, "").await;
    let ids: Vec<_> = events.iter().map(|event| json!({"id": event["id"]})).collect();
    let path = format!("{book}/events/replay/batch");

    let unknown = json!({"items": [{"id": events[0]["id"]}, {"id": "none"}]});
    mia.patch(&path, unknown).await.refused(404, "notFound");
    let answer = mia.patch(&format!("{path}?errorsOnly=true"), json!({"items": ids})).await;
    assert_eq!((answer.status, answer.json), (204, Value::Null));
    sandbox.settled().await;
    let sent =
        |from: usize| app.received()[from..].iter().map(|call| call.name().to_owned()).collect::<Vec<_>>();
    assert_eq!(sent(4), ["b", "c", "d"], "those that failed, and nothing of what was refused");
    assert!(listed(&mia, &book, "error=true").await.is_empty());

    assert_eq!(mia.patch(&path, json!({"items": ids})).await.status, 204);
    sandbox.settled().await;
    assert_eq!(sent(7), ["a", "b", "c", "d"], "all that the app is told of");
}

#[tokio::test]
async fn an_event_that_is_sent_again_does_not_overlap_with_others_of_its_book_and_app() {
    let app = Receiver::holding(|_, _| json!({"result": "ok"}).into()).await;
    let sandbox = hasty().start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", &["ACCOUNT_CREATED"])).await;
    for name in ["a", "b", "c"] {
        new_account(&mia, &book, name).await;
    }
    app.came(1).await;
    let event = &listed(&mia, &book, "type=ACCOUNT_CREATED").await[2];
    let path = format!("{book}/events/{}/responses/tax-bot", event["id"].as_str().unwrap());
    let again = tokio::spawn(async move { mia.put(&path, json!({})).await.ok() });
    app.answer(4);
    again.await.unwrap();
    sandbox.settled().await;
    assert_eq!((app.received().len(), app.at_once()), (4, 1));
}

#[tokio::test]
async fn an_event_is_sent_again_at_once_though_others_wait() {
    let app = Receiver::answering(|calls, _| match calls {
        1 => (429, "").into(),
        _ => json!({"result": "ok"}).into(),
    })
    .await;
    let hour = Duration::from_hours(1);
    let sandbox = Sandbox::builder().backoff(hour, hour).start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", &["ACCOUNT_CREATED"])).await;
    new_account(&mia, &book, "a").await;
    new_account(&mia, &book, "b").await;
    app.came(2).await;
    let event = &listed(&mia, &book, "type=ACCOUNT_CREATED").await[1];
    let path = format!("{book}/events/{}/responses/tax-bot", event["id"].as_str().unwrap());
    mia.put(&path, json!({})).await.ok();
    assert_eq!(app.received().len(), 3);
    assert_eq!(mia.get(&format!("{book}/events/backlog")).await.ok(), json!({"count": 1}));
}

#[tokio::test]
async fn an_answer_that_comes_after_a_reset_is_forgotten() {
    let app = Receiver::holding(|calls, _| json!({"error": calls.to_string()}).into()).await;
    let sandbox = hasty().start().await.unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", &["ACCOUNT_CREATED"])).await;
    new_account(&mia, &book, "a").await;
    app.came(1).await;
    sandbox.reset().unwrap();
    let (mia, book) = given(&sandbox, app.manifest("tax-bot", &["ACCOUNT_CREATED"])).await;
    new_account(&mia, &book, "b").await;
    app.came(2).await;
    app.answer(2);
    sandbox.settled().await;
    let failed = listed(&mia, &book, "error=true").await;
    assert_eq!((names(&failed), &failed[0]["botResponses"][0]["message"]), (vec!["b"], &json!("1")));
}
