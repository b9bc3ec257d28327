//! A journal as a whole: checked, and copied.

use std::net::TcpListener;

use crate::handler::Handler;
use crate::place::Place;

/// A place with a journal in which one event is settled, and no host any more.
fn with_journal() -> Place {
    let place = Place::with_app();
    let handler = Handler::answering("{\"result\": \"done\"}");
    let host = place.host(&handler.url());
    let ran = place.run(&["send", "TRANSACTION_CHECKED", "--to", &host.url]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    place
}

#[test]
fn a_sound_journal_gets_a_line_for_each_check() {
    let ran = with_journal().run(&["journal", "check"]);
    assert_eq!(
        ran.seen(),
        "\
exit 0
--- out
ok sqlite:bookhook.db: 1 delivery
ok the file's pages and indexes are whole
ok every delivery has its payload
ok every payload and every run belongs to a delivery
ok every delivery has as many runs as it counts
ok a run is open exactly where a delivery is running
ok no two deliveries of a lane run at once
ok the counts are those of the deliveries
ok every event is known again when it is sent again
ok the tokens of what is unsettled were sealed with this key
"
    );
}

#[test]
fn checks_are_told_to_programs() {
    let ran = with_journal().run(&["journal", "check", "bookhook.db", "--json"]);
    assert_eq!(ran.status, 0);
    let checks = ran.json();
    assert_eq!(checks.len(), 9);
    assert_eq!(checks[0], serde_json::json!({"check": "pages", "verdict": "sound"}));
}

#[test]
fn what_is_no_journal_is_not_checked() {
    let place = Place::new();
    let ran = place.run(&["journal", "check"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("there is no journal at bookhook.db"), "{}", ran.err);
    place.write("bookhook.db", &"something else ".repeat(100));
    let ran = place.run(&["journal", "check"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("is not a journal of Bookhook"), "{}", ran.err);
}

#[test]
fn a_copy_goes_from_a_file_to_a_server_that_is_there() {
    let place = with_journal();
    let ran = place.run(&["journal", "copy", "bookhook.db", "sqlite:other.db"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("from `sqlite:FILE` to `postgres://"), "{}", ran.err);

    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let to = format!("postgres://me:s3cret@127.0.0.1:{unused}/bookhook");
    let ran = place.run(&["journal", "copy", "bookhook.db", &to]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("cannot reach postgres://me@127.0.0.1"), "{}", ran.err);
    assert!(!ran.err.contains("s3cret"));
}
