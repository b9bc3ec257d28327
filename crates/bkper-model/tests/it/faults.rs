//! What a server is told about requests that the API would refuse.

use bkper_model::{
    AccountList, App, Balances, Book, Event, Fault, GroupList, RequestError, Resource, Transaction,
    TransactionList, from_request,
};
use serde_json::{from_value, json};

fn messages(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn what_the_documentation_allows_is_no_fault() {
    let transaction: Transaction = from_value(json!({
        "id": "t1", "amount": 12.5, "date": null, "checked": true, "colour": "green", "urls": [],
        "creditAccount": {"name": "Cash", "type": "ASSET", "groups": [{"id": "1"}]},
        "properties": {"exc_code": "USD", "cleared": null},
    }))
    .unwrap();
    assert_eq!(transaction.faults(), []);
}

#[test]
fn every_fault_is_named_with_its_path() {
    let list: TransactionList = from_value(json!({"items": [
        {"posted": true, "tags": ["a"]},
        {"posted": "true", "date": "04/03/2026", "creditAccount": "Cash", "properties": {"count": [3], "number": 3}},
        {"debitAccount": {"type": "GOLD", "groups": [{"id": "1"}, {"id": 7}]}, "remoteIds": ["a", 1]},
    ]}))
    .unwrap();
    assert_eq!(
        messages(&list.faults()),
        [
            "items[1].date: expected a date (yyyy-MM-dd), found a text",
            "items[1].creditAccount: expected an object (Account), found a text",
            "items[1].properties.count: expected a text, found a list",
            "items[1].posted: expected a boolean, found a text",
            r#"items[2].debitAccount.type: "GOLD" is none of ASSET, LIABILITY, INCOMING, OUTGOING"#,
            "items[2].debitAccount.groups[1].id: expected a text (GroupId), found a number",
            "items[2].remoteIds[1]: expected a text, found a number",
        ]
    );
}

#[test]
fn items_around_an_odd_one_are_looked_into() {
    let list: AccountList = from_value(json!({"items": [{"type": "GOLD"}, 5, {"archived": 1}]})).unwrap();
    let faults = list.faults();
    assert_eq!(
        faults.iter().map(Fault::path).collect::<Vec<_>>(),
        ["items[0].type", "items[1]", "items[2].archived"]
    );
}

#[test]
fn parents_and_objects_of_events_are_looked_into() {
    let groups: GroupList = from_value(json!({"items": [{"parent": {"parent": {"hidden": 0}}}]})).unwrap();
    assert_eq!(
        messages(&groups.faults()),
        ["items[0].parent.parent.hidden: expected a boolean, found a number"]
    );

    let event: Event =
        from_value(json!({"type": "ACCOUNT_CREATED", "data": {"object": {"type": "GOLD"}}})).unwrap();
    assert_eq!(event.faults()[0].path(), "data.object.type");
}

#[test]
fn a_field_that_is_set_hides_what_came() {
    let mut book: Book = from_value(json!({"autoPost": "yes", "name": null})).unwrap();
    assert!(book.is_null("name"));
    book.auto_post = Some(true);
    book.name = Some("Books".into());
    assert_eq!(book.faults(), []);
    assert!(!book.is_null("name"));
}

#[test]
fn a_request_is_read_as_it_was_meant() {
    let list: AccountList =
        from_request(br#"{"items": [null, {"name": "Cash", "groups": [null], "unknown": [1]}]}"#).unwrap();
    let items = list.items.unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].groups, Some(vec![]));
}

#[test]
fn a_wrong_request_is_refused_with_all_its_faults() {
    let refused = from_request::<Book>(br#"{"decimalSeparator": "BAD", "period": 5}"#).unwrap_err();
    assert_eq!(refused.to_string(), r#"decimalSeparator: "BAD" is none of DOT, COMMA (and 1 more)"#);
    assert!(matches!(refused, RequestError::Faults(faults) if faults.len() == 2));

    let refused = from_request::<Book>(b"[]").unwrap_err();
    assert_eq!(refused.to_string(), "the body: expected an object (Book), found a list");
    for malformed in [&b""[..], b"{", b"{\"name\"}", b"\xff"] {
        assert!(matches!(from_request::<Book>(malformed), Err(RequestError::NotJson(_))));
    }
}

#[test]
fn a_manifest_may_write_the_size_of_the_popup_either_way() {
    let came = json!({"menuPopupWidth": 500, "menuPopupHeight": "70%", "apiVersion": "v5", "scriptId": "x"});
    let app: App = from_value(came.clone()).unwrap();
    assert_eq!(app.faults(), []);
    assert_eq!(app.menu_popup_width.as_ref().unwrap().to_string(), "500");
    assert_eq!(serde_json::to_value(app).unwrap(), came);
}

#[test]
fn balances_are_nested() {
    let balances: Balances = from_value(json!({
        "periodicity": "MONTHLY",
        "groupBalances": [{"name": "Assets", "groupBalances": [{"accountBalances": [{"name": "Cash", "balances": [
            {"year": 2013, "month": 6, "day": 0, "fuzzyDate": 20_130_600, "periodBalance": "-10145.31000000"}
        ]}]}]}],
    }))
    .unwrap();
    assert_eq!(balances.faults(), []);
    let assets = &balances.group_balances.unwrap()[0];
    let cash = &assets.group_balances.as_ref().unwrap()[0].account_balances.as_ref().unwrap()[0];
    let point = &cash.balances.as_ref().unwrap()[0];
    assert_eq!(point.fuzzy_date, Some(20_130_600));
    assert_eq!(point.period_balance, Some("-10145.31".into()));
}
