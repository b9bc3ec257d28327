//! Sending events.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::handler::Handler;
use crate::place::Place;

const NOBODY: &str = "http://127.0.0.1:9/hooks/tax-bot";

#[test]
fn where_nobody_listens_it_says_what_to_do() {
    let ran = Place::new().run(&["send", "TRANSACTION_CHECKED", "--to", NOBODY]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.starts_with(&format!("error: no answer from {NOBODY}")), "{}", ran.err);
    assert!(ran.err.contains("\nhint: is a host running there?"), "{}", ran.err);
}

#[test]
fn an_unknown_type_lists_the_near_ones() {
    let ran = Place::new().run(&["send", "TRANSACTION_CHEKED", "--to", NOBODY]);
    assert_eq!(
        ran.seen(),
        "\
exit 2
--- err
error: `TRANSACTION_CHEKED` is neither a file nor an event type

hint: did you mean TRANSACTION_CHECKED, or TRANSACTION_UNCHECKED, or TRANSACTION_CREATED?
"
    );
}

#[test]
fn a_url_that_is_none_is_a_wrong_command_line() {
    for url in ["hooks.example.com", "ftp://x/"] {
        let ran = Place::new().run(&["send", "TRANSACTION_CHECKED", "--to", url]);
        assert_eq!(ran.status, 2, "{url}");
        assert!(ran.err.contains("write a hook's URL, as in http://"), "{}", ran.err);
    }
}

#[test]
fn a_file_goes_out_byte_for_byte_with_the_headers_of_bkper() {
    let place = Place::new();
    let body = "{\"id\" : \"e1\",\n  \"type\":\"X\", \"amount\": 12.50}\n";
    place.write("event.json", body);
    let handler = Handler::answering("{\"result\":false}");
    let url = format!("{}hooks/tax-bot", handler.url());
    let ran = place.run(&["send", "event.json", "--to", &url]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let got = &handler.got()[0];
    assert_eq!(got.body, body);
    let header = |name: &str| got.headers[name].to_str().unwrap();
    assert!(header("content-type").starts_with("application/json"));
    assert_eq!(header("bkper-agent-id"), "tax-bot");
    assert!(!header("bkper-oauth-token").is_empty());
    assert!(header("authorization").starts_with("Bearer "));
}

#[test]
fn a_file_is_not_changed() {
    let place = Place::new();
    place.write("event.json", "{}");
    let ran = place.run(&["send", "event.json", "--to", NOBODY, "--book", "b1"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("a file is sent byte for byte"), "{}", ran.err);
}

#[test]
fn an_example_is_an_event_of_its_own_that_happens_now() {
    let handler = Handler::answering("{\"result\":false}");
    let args = ["send", "ACCOUNT_CREATED", "--book", "b7", "--agent", "stock-bot", "--to", &handler.url()];
    let place = Place::new();
    assert_eq!(place.run(&args).status, 0);
    assert_eq!(place.run(&args).status, 0);
    let events: Vec<serde_json::Value> =
        handler.got().iter().map(|got| serde_json::from_slice(&got.body).unwrap()).collect();
    assert_ne!(events[0]["id"], events[1]["id"]);
    for event in events {
        assert_eq!(event["type"], "ACCOUNT_CREATED");
        assert_eq!((&event["bookId"], &event["book"]["id"]), (&"b7".into(), &"b7".into()));
        assert_eq!(event["agent"]["id"], "stock-bot");
    }
}

#[test]
fn an_example_with_a_given_id_is_the_same_event_when_it_is_sent_again() {
    let place = Place::with_app();
    let handler = Handler::answering("{\"result\":\"once\"}");
    let host = place.host(&handler.url());
    for _ in 0..2 {
        let ran = place.run(&["send", "TRANSACTION_CHECKED", "--to", &host.url, "--id", "e1"]);
        assert_eq!(ran.status, 0, "{}", ran.err);
    }
    assert_eq!(place.run(&["activity", "--json"]).json().len(), 1);
}

#[test]
fn a_token_that_no_header_can_hold_is_a_wrong_command_line() {
    let args = ["send", "TRANSACTION_CHECKED", "--to", NOBODY, "--token", "secret\nb"];
    let ran = Place::new().run(&args);
    assert_eq!(ran.status, 2);
    assert!(ran.err.starts_with("error: --token: it cannot be sent in a header"), "{}", ran.err);
    assert!(!ran.err.contains("secret"), "{}", ran.err);
}

#[test]
fn the_key_is_private_and_its_public_half_lies_beside_it() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.run(&["send", "TRANSACTION_CHECKED", "--to", NOBODY]);
    let key = place.path("state/bookhook/sandbox-key.der");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o077, 0);
    let jwks = std::fs::read(place.path("state/bookhook/sandbox-jwks.json")).unwrap();
    let jwks: serde_json::Value = serde_json::from_slice(&jwks).unwrap();
    assert_eq!(jwks["keys"].as_array().unwrap().len(), 1);
    assert!(jwks["keys"][0].get("d").is_none(), "only the public half");
}

#[test]
fn a_refusal_is_a_failure_and_says_what_to_look_at() {
    let place = Place::with_app();
    let host = place.host("http://127.0.0.1:9/");
    let ran =
        place.run(&["send", "TRANSACTION_CHECKED", "--to", &host.url, "--audience", "https://elsewhere/"]);
    assert_eq!(
        ran.seen().replace(&host.url, "[url]"),
        "\
exit 1
--- out
{
  \"error\": \"unauthorized\"
}
--- err
401 Unauthorized in [span]

hint: does the host trust this sandbox's key (`bookhook serve … --trust-sandbox`), and is it called \
http://127.0.0.1:[port]/hooks/tax-bot? else say what it is called: --audience URL
"
    );
}

#[test]
fn many_are_counted() {
    let handler = Handler::answering("{\"result\":false}");
    let args = ["send", "TRANSACTION_CHECKED", "--repeat", "20", "--parallel", "4", "--to", &handler.url()];
    let ran = Place::new().run(&args);
    assert_eq!(ran.status, 0);
    assert_eq!(handler.got().len(), 20);
    assert!(ran.out.lines().next().unwrap().trim().starts_with("20  200"), "{}", ran.out);
}

#[test]
fn a_connection_that_breaks_costs_one_of_many() {
    let url = breaking_first();
    let args = ["send", "TRANSACTION_CHECKED", "--repeat", "5", "--to", &url];
    let ran = Place::new().run(&args);
    assert_eq!(ran.status, 1);
    let counts: Vec<_> = ran.out.lines().map(str::trim).take(2).collect();
    assert_eq!(counts, ["4  200", "1  no answer"], "{}", ran.out);
    assert!(ran.err.starts_with("error: no answer from http://"), "{}", ran.err);
}

/// The URL of a server that closes its first connection without an answer, and answers once on each further one.
fn breaking_first() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for (number, connection) in listener.incoming().map_while(Result::ok).enumerate() {
            read_request(&connection);
            if number > 0 {
                let answer = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
                // Who asked may be gone.
                let _ = (&connection).write_all(answer.as_bytes());
            }
        }
    });
    format!("http://{address}/hooks/tax-bot")
}

fn read_request(connection: &TcpStream) {
    let mut lines = BufReader::new(connection);
    let (mut line, mut length) = (String::new(), 0);
    while lines.read_line(&mut line).is_ok_and(|read| read > 2) {
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        line.clear();
    }
    lines.read_exact(&mut vec![0; length]).unwrap();
}
