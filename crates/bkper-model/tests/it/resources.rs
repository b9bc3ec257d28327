//! What all resources have in common.

use bkper_model::{Account, Amount, Book, Date, Decimal, Group, TextMap, Transaction};
use serde_json::{Value, from_str, from_value, json, to_string, to_value};

#[test]
fn null_and_absent_are_told_apart() {
    for came in
        [json!({"name": null}), json!({}), json!({"name": ""}), json!({"groups": null, "properties": null})]
    {
        let account: Account = from_value(came.clone()).unwrap();
        assert_eq!(to_value(account).unwrap(), came);
    }
}

#[test]
fn unknown_fields_are_kept() {
    let came = json!({"name": "Cash", "colour": "green", "limits": {"daily": [1, 2.5, null]}});
    let account: Account = from_value(came.clone()).unwrap();
    assert_eq!(account.extra["colour"], "green");
    assert_eq!(to_value(account).unwrap(), came);
}

#[test]
fn a_field_that_is_set_replaces_what_came() {
    let mut account: Account = from_value(json!({"name": null, "archived": "yes"})).unwrap();
    account.name = Some("Cash".into());
    account.archived = Some(true);
    assert_eq!(to_string(&account).unwrap(), r#"{"name":"Cash","archived":true}"#);
}

#[test]
fn a_field_is_cleared_with_null() {
    let mut transaction: Transaction = from_value(json!({"id": "t1", "description": "Lunch"})).unwrap();
    transaction.description = None;
    transaction.extra.insert("description".into(), Value::Null);
    assert_eq!(to_value(transaction).unwrap(), json!({"id": "t1", "description": null}));
}

#[test]
fn a_name_that_comes_twice_counts_as_it_came_last() {
    for json in [
        r#"{"name": "Cash", "name": null}"#,
        r#"{"name": null, "name": "Cash"}"#,
        r#"{"archived": true, "archived": [{}]}"#,
        r#"{"colour": 1, "colour": 2}"#,
    ] {
        let account: Account = from_str(json).unwrap();
        assert_eq!(to_value(account).unwrap(), from_str::<Value>(json).unwrap());
    }
}

#[test]
fn a_name_may_be_escaped() {
    let account: Account = from_str(r#"{"n\u0061me": "Cash"}"#).unwrap();
    assert_eq!(account.name.as_deref(), Some("Cash"));
}

#[test]
fn numbers_out_of_range_are_kept() {
    let came =
        json!({"fractionDigits": -1, "pageSize": 2.5, "timeZoneOffset": "0", "totalTransactions": 1e30});
    let book: Book = from_value(came.clone()).unwrap();
    assert_eq!(book.fraction_digits, None);
    assert_eq!(to_value(book).unwrap(), came);
}

#[test]
fn what_is_no_object_is_no_resource() {
    for (json, found) in [
        ("null", "null"),
        ("true", "a boolean"),
        ("-1", "a number"),
        ("1.5", "a number"),
        (r#""secret""#, "a text"),
        ("[{}]", "a list"),
    ] {
        let error = from_str::<Group>(json).unwrap_err().to_string();
        assert!(error.starts_with(&format!("expected an object (Group), found {found}")), "{error}");
    }
}

#[test]
fn broken_json_is_an_error() {
    for json in ["", "{", r#"{"name"}"#, r#"{"name": "Cash""#, r#"{"groups": [{"id": }]}"#] {
        assert!(from_str::<Account>(json).is_err());
    }
}

#[test]
fn a_program_can_build_one() {
    let transaction = Transaction {
        date: Some(Date::Day(jiff::civil::date(2026, 3, 4))),
        amount: Some(Amount::from(Decimal::new(12_500, 2))),
        properties: Some(TextMap::from_iter([("exc_code", "USD")])),
        ..Default::default()
    };
    assert_eq!(
        to_value(transaction).unwrap(),
        json!({"date": "2026-03-04", "amount": "125.00", "properties": {"exc_code": "USD"}})
    );
}

#[test]
fn the_lock_date_can_be_cleared() {
    let came = json!({"lockDate": "1900-00-00", "closingDate": "2025-12-31"});
    let book: Book = from_value(came.clone()).unwrap();
    assert_eq!(book.lock_date, Some(Date::Cleared));
    assert_eq!(to_value(book).unwrap(), came);
}
