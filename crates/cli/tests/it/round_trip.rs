//! One event's whole way: sent, served, handled, recorded, shown.

use std::fs;

use crate::handler::Handler;
use crate::place::Place;

#[test]
fn an_event_is_sent_handled_answered_and_shown() {
    let place = Place::with_app();
    let handler = Handler::answering("{\n  \"result\": \"TAX: 200.00\"\n}");
    let host = place.host(&handler.url());

    let sent =
        place.run(&["send", "TRANSACTION_CHECKED", "--to", &host.url, "--id", "e1", "--token", "ya29.mia"]);
    assert_eq!(
        sent.seen(),
        "\
exit 0
--- out
{
  \"result\": \"TAX: 200.00\"
}
--- err
200 OK in [span]
"
    );

    let got = &handler.got()[0];
    let event: serde_json::Value = serde_json::from_slice(&got.body).unwrap();
    assert_eq!(event["id"], "e1");
    assert_eq!(got.headers["bkper-oauth-token"], "ya29.mia");
    assert_eq!(got.headers["bkper-agent-id"], "tax-bot");
    assert_eq!(got.headers["bookhook-cause"], "first");
    assert!(got.headers.get("authorization").is_none(), "it is for the host only");

    let listed = place.run(&["activity"]);
    assert_eq!(listed.status, 0, "{}", listed.err);
    let row = listed.out.lines().nth(1).unwrap();
    for part in ["result", "tax-bot", "TRANSACTION_CHECKED", "demoBookUsd01", "bkper-cli", "TAX: 200.00"] {
        assert!(row.contains(part), "{row}");
    }

    let shown = place.run(&["activity", "show", "e1"]);
    let (start, _) =
        shown.seen().split_once("  received").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert_eq!(
        start,
        "\
exit 0
--- out
[delivery] result

  hook tax-bot
  type TRANSACTION_CHECKED
  event e1
  book demoBookUsd01
  agent bkper-cli
  user mia
"
    );
    let run = shown.seen().lines().skip_while(|line| !line.contains("first")).collect::<Vec<_>>().join("\n");
    assert_eq!(run, "    1 first [time] [span] took [span] handler answered 200\n      │ TAX: 200.00");

    let short = &row[..6];
    assert_eq!(place.run(&["activity", "show", short]).status, 0);
    let payload = place.run(&["activity", "payload", short]);
    assert_eq!(payload.out.as_bytes(), got.body);

    assert_eq!(host.running.end(), 0);
    assert_eq!(place.run(&["activity"]).status, 0, "the journal can be read when no host runs");
    for file in ["bookhook.db", "bookhook.db.key"] {
        let content = fs::read(place.path(file)).unwrap();
        assert!(!content.windows(8).any(|bytes| bytes == b"ya29.mia"), "{file}");
    }
}

#[test]
fn the_json_of_a_delivery_is_one_line_whatever_the_handler_wrote() {
    let place = Place::with_app();
    let handler = Handler::answering("{\n  \"result\": 12.50\n}");
    let host = place.host(&handler.url());
    place.run(&["send", "TRANSACTION_CHECKED", "--to", &host.url, "--id", "e1"]);

    let list = place.run(&["activity", "--json"]).json();
    assert_eq!(list.len(), 1);
    let keys: Vec<_> = list[0].as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = [
        "id",
        "hook",
        "event_id",
        "event_type",
        "lane",
        "book_id",
        "agent_id",
        "user_id",
        "state",
        "outcome",
        "received_at",
        "settled_at",
        "answered",
        "parked_reason",
    ];
    expected.sort_unstable();
    assert_eq!(keys, expected);

    let shown = place.run(&["activity", "show", "e1", "--json"]);
    assert!(shown.out.contains("{   \"result\": 12.50 }"), "its digits are kept: {}", shown.out);
    let run = &shown.json()[0]["runs"][0];
    assert_eq!(
        (&run["number"], &run["cause"], &run["handler_status"]),
        (&1.into(), &"first".into(), &200.into())
    );
}

#[test]
fn a_handler_that_is_not_there_is_an_error_in_the_list() {
    let place = Place::with_app();
    let host = place.host("http://127.0.0.1:9/");
    let sent = place.run(&["send", "TRANSACTION_CHECKED", "--to", &host.url, "--json"]);
    assert_eq!(sent.json()[0]["status"], 200);
    let errors = place.run(&["activity", "--error"]);
    assert_eq!(errors.out.lines().count(), 2, "{}", errors.out);
    assert_eq!(place.run(&["activity", "--outcome", "result"]).out, "");
}
