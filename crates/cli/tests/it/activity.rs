//! Looking at a journal.

use crate::handler::Handler;
use crate::place::Place;

#[test]
fn a_journal_that_is_missing_is_told_with_what_to_name() {
    let ran = Place::new().run(&["activity", "--journal", "no.db"]);
    assert_eq!(
        ran.seen(),
        "\
exit 2
--- err
error: there is no journal at no.db: start a host on it first, or name the right file

hint: name the journal with --journal PATH or --config FILE; `bookhook serve` makes one when it starts
"
    );
}

#[test]
fn another_file_is_no_journal() {
    let place = Place::new();
    place.write("notes.txt", &"not a database ".repeat(100));
    let ran = place.run(&["activity", "--journal", "notes.txt"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("notes.txt is not a journal of Bookhook"), "{}", ran.err);
}

#[test]
fn a_folder_is_no_journal() {
    let place = Place::new();
    std::fs::create_dir(place.path("data")).unwrap();
    assert_eq!(
        place.run(&["activity", "--journal", "data"]).seen(),
        "\
exit 2
--- err
error: data is a folder, not a journal

hint: name the file in it, as in data/bookhook.db
"
    );
}

#[test]
fn the_journal_is_named_before_or_after_the_subcommand() {
    let place = Place::new();
    for args in [
        &["activity", "--journal", "no.db", "show", "e1"][..],
        &["activity", "show", "e1", "--journal", "no.db"],
        &["activity", "--json", "payload", "--journal", "no.db", "e1"],
    ] {
        let ran = place.run(args);
        assert!(ran.err.starts_with("error: there is no journal at no.db"), "{args:?}: {}", ran.err);
    }
    let ran = place.run(&["activity", "--limit", "3", "show", "e1"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("leave out what limits the list"), "{}", ran.err);
}

#[test]
fn a_type_that_does_not_exist_has_near_ones() {
    let place = Place::with_app();
    let host = place.host("http://127.0.0.1:9/");
    let ran = place.run(&["activity", "--type", "TRANSACTION_CHEKED"]);
    assert_eq!((ran.status, ran.out.as_str()), (0, ""));
    assert!(ran.err.contains("hint: did you mean --type TRANSACTION_CHECKED, or"), "{}", ran.err);
    drop(host);
}

#[test]
fn the_journal_is_that_of_the_configuration() {
    let place = Place::with_app();
    place.write("bookhook.yaml", "journal: sqlite:elsewhere.db\n");
    let ran = place.run(&["activity"]);
    assert!(ran.err.contains("there is no journal at elsewhere.db"), "{}", ran.err);
    place.write("bookhook.yaml", "journal: memory\n");
    let ran = place.run(&["activity"]);
    assert_eq!(ran.status, 2);
    assert!(ran.err.contains("in memory"), "{}", ran.err);
}

#[test]
fn a_delivery_that_is_not_there_is_a_failure() {
    let place = Place::with_app();
    let host = place.host("http://127.0.0.1:9/");
    let ran = place.run(&["activity", "show", "dlv_01JD9X4S8Q3M5V6W7X8Y9Z0ABC"]);
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("there is no delivery `dlv_01JD9X4S8Q3M5V6W7X8Y9Z0ABC`"), "{}", ran.err);
    assert_eq!(place.run(&["activity"]).seen(), "exit 0\n--- err\nno deliveries\n");
    drop(host);
}

#[test]
fn filters_leave_out_what_does_not_fit() {
    let place = Place::with_app();
    let handler = Handler::answering("{\"result\": \"ok\"}");
    let host = place.host(&handler.url());
    for (event_type, book) in
        [("TRANSACTION_CHECKED", "b1"), ("TRANSACTION_POSTED", "b2"), ("FILE_CREATED", "b1")]
    {
        place.run(&["send", event_type, "--to", &host.url, "--book", book, "--agent", "cli"]);
    }
    let found = |filter: &[&str]| {
        let args = [&["activity", "--json"], filter].concat();
        let types = place.run(&args).json();
        types.iter().map(|delivery| delivery["event_type"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        found(&[]),
        ["TRANSACTION_CHECKED", "TRANSACTION_POSTED", "FILE_CREATED"],
        "the newest is the last"
    );
    assert_eq!(found(&["--limit", "1"]), ["FILE_CREATED"]);
    assert_eq!(found(&["--book", "b1"]), ["TRANSACTION_CHECKED", "FILE_CREATED"]);
    assert_eq!(found(&["--type", "TRANSACTION_POSTED"]), ["TRANSACTION_POSTED"]);
    assert_eq!(found(&["--state", "unmatched"]), ["FILE_CREATED"]);
    assert_eq!(found(&["--outcome", "result", "--agent", "cli"]).len(), 2);
    assert_eq!(found(&["--after", "1h"]).len(), 3);
    assert!(found(&["--before", "1h"]).is_empty());
    assert!(found(&["--hook", "other"]).is_empty());
}

#[test]
fn following_shows_what_comes() {
    let place = Place::with_app();
    let handler = Handler::answering("{\"result\": \"followed\"}");
    let host = place.host(&handler.url());
    let table = place.start(&["activity", "--follow"]);
    let json = place.start(&["activity", "--follow", "--json", "--book", "b2"]);
    table.err_line("no deliveries");
    json.err_line("no deliveries");
    for book in ["b1", "b2"] {
        place.run(&["send", "TRANSACTION_CHECKED", "--to", &host.url, "--book", book]);
    }
    assert!(table.out_line("followed").contains("b1"));
    assert!(table.out_line("followed").contains("b2"));
    let line: serde_json::Value = serde_json::from_str(&json.out_line("settled")).unwrap();
    assert_eq!(line["book_id"], "b2");
}

#[test]
fn outcomes_have_colours_where_they_are_wanted() {
    let place = Place::with_app();
    let handler = Handler::answering("{\"warning\": \"w\"}");
    let host = place.host(&handler.url());
    place.run(&["send", "TRANSACTION_CHECKED", "--to", &host.url]);
    let coloured = place.run_with(&["activity"], &[("CLICOLOR_FORCE", "1")]);
    assert!(coloured.out.contains("\u{1b}[33mwarning"), "{:?}", coloured.out);
    assert!(!place.run(&["activity"]).out.contains('\u{1b}'));
}

#[test]
fn who_stops_reading_is_no_error() {
    let place = Place::with_app();
    let handler = Handler::answering("{\"result\": \"x\"}");
    let host = place.host(&handler.url());
    place.run(&["send", "TRANSACTION_CHECKED", "--to", &host.url]);
    for args in [&["activity"][..], &["activity", "--json"], &["activity", "--follow"]] {
        let ran = place.run_unread(args);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{args:?}");
    }
}

/// Whoever can send an event, or answer one, must not get hold of the terminal of the person who looks at it.
#[test]
fn terminal_escapes_in_events_and_responses_are_inert() {
    let place = Place::with_app();
    let handler = Handler::answering("{\"result\": \"a\u{9b}2Jb\\u001b[31mc\u{202e}d\"}");
    let host = place.host(&handler.url());
    let event = "{\"id\":\"e\\u001b[2J\",\"type\":\"TRANSACTION_CHECKED\",\"bookId\":\"b\\u0007\u{9b}H\",\
                 \"book\":{},\"agent\":{\"id\":\"x\\u001b]0;title\\u0007\"}}";
    place.write("event.json", event);
    let sent = place.run(&["send", "event.json", "--to", &host.url]);
    assert_eq!(sent.status, 0, "{}", sent.err);
    let list = place.run(&["activity"]);
    let id = list.out.lines().nth(1).unwrap()[..6].to_owned();
    let shown = [
        sent,
        place.run(&["activity", "show", &id]),
        place.run(&["activity", "show", &id, "--json"]),
        place.run(&["activity", "--json"]),
        list,
    ];
    for ran in shown {
        let active = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!ran.out.contains(active), "{:?}", ran.out);
        assert!(!ran.out.is_empty());
    }
}
