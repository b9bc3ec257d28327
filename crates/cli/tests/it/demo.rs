//! The demo: a story, and its numbers.

use crate::place::Place;

#[test]
fn the_demo_tells_what_happened() {
    let place = Place::new();
    let ran = place.run(&["demo"]);
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    assert_eq!(ran.err, "");
    for line in [
        "1  A purchase is checked",
        "answered 200 {\"result\":\"TAX: 200.00\"}",
        "2  Somebody replays it in Bkper",
        "answered 200 {\"error\":\"the draft has no debit account yet\"}",
        "sent     a token signed with a stranger's key",
        "answered 401 {\"error\":\"unauthorized\"}",
        "answered 429 Retry-After: ",
        "1984 events, 64 of each type, in 4 books",
        "What the journal says",
        "What next",
    ] {
        assert!(ran.out.contains(line), "no `{line}` in\n{}", ran.out);
    }
    assert!(!ran.out.contains('\u{1b}'));
    assert_eq!(std::fs::read_dir(place.path("")).unwrap().count(), 0, "it leaves nothing behind");
}

#[test]
fn the_demo_as_json_is_one_object_a_line() {
    let place = Place::new();
    let ran = place.run(&["demo", "--json", "--keep", "kept"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let lines = ran.json();
    let steps: Vec<_> = lines.iter().filter(|line| line.get("step").is_some()).collect();
    assert_eq!(steps.len(), 8);
    assert!(steps.iter().all(|step| step["verified"] == true));
    let numbers = &lines.last().unwrap()["numbers"];
    assert_eq!(numbers["events"], 1984);
    assert_eq!(numbers["deliveries"], 1990);
    assert_eq!(numbers["refused"]["unknown_key"], 2);

    let errors =
        place.run(&["activity", "--journal", "kept/demo.db", "--error", "--limit", "1000", "--json"]);
    assert_eq!(errors.json().len(), 65);
    let again = place.run(&["demo", "--keep", "kept"]);
    assert_eq!(again.status, 2, "it does not write into an older one's journal");
}
