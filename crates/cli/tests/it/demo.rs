//! The demo: a story, and its numbers.

use serde_json::Value;

use crate::place::Place;

#[test]
fn the_demo_tells_what_happened() {
    let place = Place::new();
    let ran = place.run(&["demo"]);
    assert_eq!(ran.status, 0, "{}{}", ran.out, ran.err);
    assert_eq!(ran.err, "");
    for line in [
        "1  A sale is checked",
        "mia      posts and checks 1200.00 from Product Sales to Bank Account",
        "sent     TRANSACTION_CHECKED to sales-tax-bot",
        "the book shows INFO: TAX: 200.00",
        "ledger   200.00 from Output Tax to Product Sales, a draft made by sales-tax-bot for mia",
        "3  The app's own draft comes back to it",
        "the book shows ERROR: Consulting has no tax_included_rate",
        "the book shows INFO: TAX: 141.67",
        "it is sent again after 10.0s",
        "the book shows INFO: Report of the year is done",
        "called   a token signed with a stranger's key",
        "answered 401 {\"error\":\"unauthorized\"}",
        "posts and checks 400 sales in 4 new shops",
        "ledger   400 drafts of a tax: one for each sale, of its amount",
        "together                  0.00        0.00",
        "What the journal says",
        "not run: the app's own event",
        "In numbers",
        "What next",
    ] {
        assert!(ran.out.contains(line), "no `{line}` in\n{}", ran.out);
    }
    assert!(!ran.out.contains('\u{1b}'));
    assert!(!ran.out.contains("ya29."), "no token is shown");
    assert_eq!(std::fs::read_dir(place.path("")).unwrap().count(), 0, "it leaves nothing behind");
}

#[test]
fn the_demo_as_json_is_one_object_a_line_and_what_it_keeps_can_be_looked_at() {
    let place = Place::new();
    let ran = place.run(&["demo", "--json", "--keep", "kept"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
    let lines = ran.json();
    let steps: Vec<_> = lines.iter().filter(|line| line.get("step").is_some()).collect();
    assert_eq!(steps.len(), 9);
    assert!(steps.iter().all(|step| step["verified"] == true));
    balance(&steps[8]["happened"][1]["balances"]);
    let numbers = &lines.last().unwrap()["numbers"];
    assert_eq!((&numbers["sales"], &numbers["events"]), (&400.into(), &800.into()));
    assert_eq!(numbers["deliveries"], 805);
    assert_eq!(numbers["refused"]["unknown_key"], 2);

    let listed = place.run(&["activity", "--journal", "kept/demo.db", "--limit", "1000", "--json"]);
    assert_eq!(listed.json().len(), 805);
    let books = place.start(&["sandbox", "--port", "0", "--data", "kept/books.db"]);
    books.err_line("Station Shop");
    let again = place.run(&["demo", "--keep", "kept"]);
    assert_eq!(again.status, 2, "it does not write into an older one's journal");
}

/// What the groups came to adds up to nothing, before and after.
fn balance(rows: &Value) {
    let groups = || rows.as_array().unwrap().iter().filter(|row| row["is_group"] == true);
    assert_eq!(groups().count(), 4);
    for side in ["before", "after"] {
        let cents = |row: &Value| row[side].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
        assert_eq!(groups().map(cents).sum::<i64>(), 0, "{side}");
    }
}
