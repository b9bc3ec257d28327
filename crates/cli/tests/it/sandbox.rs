//! The local Bkper.

use std::net::TcpListener;
use std::process::Command;

use serde_json::Value;

use crate::handler::Handler;
use crate::place::{Place, Running};

fn start(place: &Place, args: &[&str]) -> Running {
    place.start(&[&["sandbox", "--port", "0"], args].concat())
}

/// The line to try it with, as it was printed.
fn curl_of(running: &Running) -> String {
    running.err_line("  try ").trim().strip_prefix("try").unwrap().trim().to_owned()
}

/// Runs a line as somebody would who pastes it.
fn pasted(line: &str) -> Value {
    let output = Command::new("sh").args(["-c", &format!("{line} --silent --show-error")]).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A sale is posted in the demo company's book.
fn sell(curl: &str) -> Value {
    let url = curl.replace("?limit=3", "");
    let body = r#"{"date": "2026-03-02", "amount": "10", "description": "Sale",
        "creditAccount": {"name": "Product Sales"}, "debitAccount": {"name": "Bank Account"}}"#;
    pasted(&format!("{url} -H 'Content-Type: application/json' --data '{body}'"))
}

#[test]
fn the_line_that_it_prints_works_when_it_is_pasted() {
    let place = Place::new();
    let running = start(&place, &[]);
    running.err_line("bookhook sandbox listens on http://127.0.0.1:");
    running.err_line("/oauth2/v3/certs");
    running.err_line("demoBookUsd01  Aurora USD          of mia");
    let listed = pasted(&curl_of(&running));
    assert_eq!(listed["items"].as_array().unwrap().len(), 3);
    let line = running.out_line("demoBookUsd01");
    let parts: Vec<_> = line.split_whitespace().collect();
    assert_eq!(&parts[1..5], ["mia", "GET", "/v5/books/demoBookUsd01/transactions?limit=3", "200"]);
    running.signal("INT");
    running.err_line("ended");
    assert_eq!(running.ended(), 0);
}

#[test]
fn an_app_is_told_of_what_happens_and_its_response_is_seen() {
    let place = Place::new();
    let handler = Handler::answering("{\"result\": \"TAX:\\u001b[31m 2.00\"}");
    place.write(
        "bkper.yaml",
        &format!("id: tax-bot\nevents: [TRANSACTION_POSTED]\nwebhookUrlDev: {}\n", handler.url()),
    );
    let running = start(&place, &["--app", "bkper.yaml"]);
    running.err_line(&format!("tax-bot → {} for what mia@example.com does", handler.url()));
    let sale = sell(&curl_of(&running));
    assert_eq!(sale["transaction"]["posted"], true);
    // The app may be told of it before the call is answered.
    running.out_lines(&[
        "/v5/books/demoBookUsd01/transactions  200",
        "demoBookUsd01     TRANSACTION_POSTED → tax-bot  200  INFO TAX:\\u{1b}[31m 2.00",
    ]);
    assert_eq!(handler.got()[0].headers["bkper-agent-id"], "tax-bot");
    assert_eq!(running.end(), 0);
}

#[test]
fn what_it_sends_is_signed_so_that_a_host_of_this_machine_believes_it() {
    let place = Place::with_app();
    let handler = Handler::answering("{\"result\": \"TAX: 2.00\"}");
    let host = place.host(&handler.url());
    let manifest = format!("id: tax-bot\nevents: [TRANSACTION_POSTED]\nwebhookUrl: {}\n", host.url);
    place.write("bkper.yaml", &manifest);
    let running = start(&place, &["--app", "bkper.yaml"]);
    sell(&curl_of(&running));
    assert!(running.out_line("TRANSACTION_POSTED").contains("200  INFO TAX: 2.00"));
}

#[test]
fn as_json_it_is_one_object_a_line() {
    let place = Place::new();
    let running = start(&place, &["--json"]);
    let about: Value = serde_json::from_str(&running.out_line("sandbox")).unwrap();
    let about = &about["sandbox"];
    assert_eq!(about["books"][0]["id"], "demoBookUsd01");
    let api = about["api"].as_str().unwrap();
    pasted(&format!("curl -H 'Authorization: Bearer ben' '{api}/v5/books?key=secret&query=EUR'"));
    let call: Value = serde_json::from_str(&running.out_line("call")).unwrap();
    let call = &call["call"];
    for (field, value) in [("user", "ben"), ("method", "GET"), ("path", "/v5/books?query=EUR")] {
        assert_eq!(call[field], value, "{field}");
    }
    assert_eq!(call["status"], 200);
}

#[test]
fn a_port_that_is_taken_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ran = Place::new().run(&["sandbox", "--port", &port]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains(&format!("cannot listen on 127.0.0.1:{port}")), "{}", ran.err);
    assert!(
        ran.err.contains("hint: another program listens there; name another port: --port PORT"),
        "{}",
        ran.err
    );
}

#[test]
fn what_is_wrong_with_a_seed_is_told_with_line_and_key() {
    let place = Place::new();
    place.write("seed.yaml", "books:\n  - {name: Main, owner: mia, colour: red}\n  - {owner: mia}\n");
    let ran = place.run(&["sandbox", "--port", "0", "--seed", "seed.yaml"]);
    assert_eq!(
        ran.seen(),
        "\
exit 2
--- err
error: seed.yaml:2:30: books[0].colour: no such key; there are id, owner, collection, name, datePattern, \
         decimalSeparator, timeZone, period, periodStartMonth, visibility, fractionDigits, pageSize, autoPost, \
         properties, lockDate, closingDate, groups, accounts, transactions, queries, collaborators, apps
error: seed.yaml:3:5: books[1].name: missing

hint: how a seed is written is told in docs/sandbox.md
"
    );
    let ran = place.run(&["sandbox", "--seed", "none.yaml"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("cannot read the seed none.yaml: No such file"), "{}", ran.err);
}

#[test]
fn what_is_in_a_file_is_there_again() {
    let place = Place::new();
    place.write("seed.yaml", "books: [{id: mine, name: Mine, owner: zoe}]\n");
    let args = ["--data", "sandbox.db", "--seed", "seed.yaml"];
    let running = start(&place, &args);
    let curl = curl_of(&running);
    let url = curl.replace("/mine/transactions?limit=3", "");
    pasted(&format!("{url} -H 'Content-Type: application/json' --data '{{\"name\": \"Second\"}}'"));
    assert_eq!(running.end(), 0);
    let running = start(&place, &args);
    running.err_line("Second");
    running.err_line("goes on with what is in the file");
}
