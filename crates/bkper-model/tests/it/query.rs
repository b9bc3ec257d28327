//! The query language, as clients write it and servers read it.

use bkper_model::DatePattern;
use bkper_model::query::{
    self, Calendar, Comparison, Expression, Granularity, Period, QueryError, Status, Term,
};
use jiff::civil::date;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

const CALENDAR: Calendar = Calendar { pattern: DatePattern::DayMonthYear, today: date(2026, 3, 31) };

#[track_caller]
fn parse(text: &str) -> Expression {
    match query::parse(text, CALENDAR) {
        Ok(expression) => expression,
        Err(error) => panic!("{text}: {error}"),
    }
}

#[track_caller]
fn error(text: &str) -> QueryError {
    query::parse(text, CALENDAR).expect_err(text)
}

fn period(iso: &str) -> Period {
    iso.parse().expect("a period in ISO form")
}

fn text(text: &str) -> Term {
    Term::Text(text.into())
}

fn all<const N: usize>(terms: [Term; N]) -> Expression {
    Expression::All(terms.map(Expression::Term).into())
}

#[test]
fn what_real_clients_send_is_understood() {
    let account = |name: &str| Term::Account(name.into());
    let remote_id = |id: &str| Term::RemoteId(id.into());
    for (query, expected) in [
        ("remoteId:vatout_tx-1_12345", all([remote_id("vatout_tx-1_12345")])),
        ("remoteId:tx-1", all([remote_id("tx-1")])),
        ("remoteId:tx-1 is:trashed", all([remote_id("tx-1"), Term::Is(Status::Trashed)])),
        ("agtzfmJrcGVyLWhyZHIQ", all([text("agtzfmJrcGVyLWhyZHIQ")])),
        (
            "account:'Bank Account' after:01/02/2025 before:15/03/2025",
            all([
                account("Bank Account"),
                Term::After(period("2025-02-01")),
                Term::Before(period("2025-03-15")),
            ]),
        ),
        ("after:2025-05-31", all([Term::After(period("2025-05-31"))])),
        (
            "after:2025-01-01 before:2025-02-01",
            all([Term::After(period("2025-01-01")), Term::Before(period("2025-02-01"))]),
        ),
        ("after:01/01/2025", all([Term::After(period("2025-01-01"))])),
        ("account:Cash", all([account("Cash")])),
        ("group:Assets", all([Term::Group("Assets".into())])),
        ("", all([])),
        ("on:2025", all([Term::On(period("2025"))])),
        ("on:2025-01", all([Term::On(period("2025-01"))])),
        ("is:checked after:2025-01-01", all([Term::Is(Status::Checked), Term::After(period("2025-01-01"))])),
        (
            "account:'Name' after:$m-3 before:$m+1 by:m",
            all([
                account("Name"),
                Term::After(period("2025-12")),
                Term::Before(period("2026-04")),
                Term::By(Granularity::Month),
            ]),
        ),
        (
            "group:'Name' before:2026-01-01",
            all([Term::Group("Name".into()), Term::Before(period("2026-01-01"))]),
        ),
        ("error:true", all([Term::Error(true)])),
        ("acc:'Bank Account' after:01/2019", all([account("Bank Account"), Term::After(period("2019-01"))])),
        ("is:draft", all([Term::Is(Status::Draft)])),
        ("is:unchecked", all([Term::Is(Status::Unchecked)])),
        ("is:trashed", all([Term::Is(Status::Trashed)])),
        (" before:2025 by:m", all([Term::Before(period("2025")), Term::By(Granularity::Month)])),
        ("on:$y by:m", all([Term::On(period("2026")), Term::By(Granularity::Month)])),
    ] {
        let expected = match expected {
            Expression::All(mut parts) if parts.len() == 1 => parts.remove(0),
            other => other,
        };
        assert_eq!(parse(query), expected, "{query}");
    }
}

#[test]
fn every_operator_has_its_term() {
    for (query, expected) in [
        ("from:Sales", Term::From("Sales".into())),
        ("TO:\"Bank Account\"", Term::To("Bank Account".into())),
        ("Acc:'Bank Account'", Term::Account("Bank Account".into())),
        ("by:Y", Term::By(Granularity::Year)),
        ("IS:Posted", Term::Is(Status::Posted)),
        ("REMOTEID:Ab:c/D(1)", Term::RemoteId("Ab:c/D(1)".into())),
        ("remoteId:a)", Term::RemoteId("a)".into())),
        ("error:FALSE", Term::Error(false)),
        ("amount>1250.50", Term::Amount(Comparison::Greater, "1250.50".parse().unwrap())),
        ("Amount<=0", Term::Amount(Comparison::LessOrEqual, 0.into())),
        ("amount>=7", Term::Amount(Comparison::GreaterOrEqual, 7.into())),
        ("amount<'7'", Term::Amount(Comparison::Less, 7.into())),
        ("amount=7", Term::Amount(Comparison::Equal, 7.into())),
        ("amount:-7", Term::Amount(Comparison::Equal, (-7).into())),
        ("#Vat_2025", Term::Tag("Vat_2025".into())),
        ("using:sales-tax-bot", Term::Using("sales-tax-bot".into())),
        ("exc_code:USD", Term::Property { key: "exc_code".into(), value: "USD".into() }),
        ("Invoice:'No 7'", Term::Property { key: "invoice".into(), value: "No 7".into() }),
        ("before:9999-12-31", Term::Before(period("9999-12-31"))),
        ("on:jan/2013", Term::On(period("2013-01"))),
    ] {
        assert_eq!(parse(query), expected.into(), "{query}");
    }
}

#[test]
fn everything_else_is_text() {
    for (query, expected) in [
        ("'account:Cash OR (x'", "account:Cash OR (x"),
        ("\"it's\"", "it's"),
        ("O'Brien", "O'Brien"),
        ("https://example.com/?a=b", "https://example.com/?a=b"),
        ("'#vat'", "#vat"),
        ("#a-b", "#a-b"),
        ("#", "#"),
        (":)", ":)"),
        ("colour:", "colour:"),
        ("amount", "amount"),
        ("and", "and"),
        ("'NOT'", "NOT"),
        ("ÜBER", "ÜBER"),
        ("Cash(USD)", "Cash(USD)"),
        (
            "a_property_key_of_more_than_thirty_characters:1",
            "a_property_key_of_more_than_thirty_characters:1",
        ),
    ] {
        assert_eq!(parse(query), text(expected).into(), "{query}");
    }
}

#[test]
fn terms_are_combined() {
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| Expression::Term(text(name)));
    let not = |part: &Expression| Expression::Not(Box::new(part.clone()));
    let all = |parts: &[&Expression]| Expression::All(parts.iter().map(|&part| part.clone()).collect());
    let any = |parts: &[&Expression]| Expression::Any(parts.iter().map(|&part| part.clone()).collect());

    for query in ["a b c", " a  AND b\tAND AND c ", "a (b c)", "((a) b) (c)", "AND a b c AND", "'a'\"b\"c"] {
        assert_eq!(parse(query), all(&[&a, &b, &c]), "{query}");
    }
    assert_eq!(parse("a b OR c d"), any(&[&all(&[&a, &b]), &all(&[&c, &d])]));
    assert_eq!(parse("a (b OR c) d"), all(&[&a, &any(&[&b, &c]), &d]));
    assert_eq!(parse("(a OR b) OR c"), any(&[&a, &b, &c]));
    assert_eq!(parse("NOT a b"), all(&[&not(&a), &b]));
    assert_eq!(parse("NOT (a b)"), not(&all(&[&a, &b])));
    assert_eq!(parse("NOT(a OR b)c"), all(&[&not(&any(&[&a, &b])), &c]));
    assert_eq!(parse("NOT NOT a"), not(&not(&a)));
    assert_eq!(parse("() OR a"), any(&[&all(&[]), &a]));
    for query in ["  ", "()", "(() ())", "AND", "''", " \" \" "] {
        assert_eq!(parse(query), all(&[]), "{query}");
    }
}

#[test]
fn every_error_says_what_where_and_what_to_do() {
    for (query, message) in [
        (
            "lunch on:",
            "`on:` at character 7 has no value: write it directly behind, as in on:2025-01 or account:'Bank Account' \
             (a shell takes $m away unless the query is in single quotes)",
        ),
        (
            "é after:soon",
            "\"soon\" at character 3 is no date: write 2025, 2025-01, 2025-01-31, 01/2025, jan/2025, dd/MM/yyyy, or $d, \
             $m, $y with +N or -N",
        ),
        (
            "is:paid",
            "\"paid\" at character 1 is no status: write is: with one of draft, unchecked, checked, posted, trashed",
        ),
        ("by:week", "\"week\" at character 1 is no length of periods: write by:d, by:m or by:y"),
        ("error:yes", "\"yes\" at character 1 is neither true nor false: write error:true or error:false"),
        ("amount>1,5", "\"1,5\" at character 1 is no amount: write digits with `.`, as in amount>1250.50"),
        ("a OR", "OR at character 3 has no term beside it: add one, or put 'OR' in quotes"),
        ("NOT OR a", "NOT at character 1 has no term beside it: add one, or put 'NOT' in quotes"),
        ("account:'Cash", "the quote ' at character 9 is never closed: add another '"),
        ("a (b", "the parenthesis at character 3 is never closed: add a ), or put the text in quotes"),
        ("a ) b", "the parenthesis at character 3 closes nothing: remove it, or put the text in quotes"),
    ] {
        assert_eq!(error(query).to_string(), message, "{query}");
    }
}

#[test]
fn an_operator_without_value_is_never_text() {
    for query in
        ["on:", "account: Cash", "from:''", "to:\" \"", "amount>", "amount>= 5", "remoteId:", "is: draft"]
    {
        assert!(matches!(error(query), QueryError::MissingValue { .. }), "{query}");
    }
}

#[test]
fn a_date_that_is_none_is_never_text() {
    for query in ["on:31/02/2025", "after:-3", "before:2025-13", "on:$q", "on:$y+9000", "on:2025)"] {
        assert!(matches!(error(query), QueryError::NotADate { .. }), "{query}");
    }
}

#[test]
fn sizes_are_bounded() {
    assert_eq!(error(&"(".repeat(100_000)), QueryError::TooLong { characters: 100_000 });
    assert_eq!(error(&"(".repeat(5_000)), QueryError::TooDeep { at: query::DEPTH_MAX + 1 });
    assert_eq!(error(&"NOT ".repeat(2_000)), QueryError::TooDeep { at: 4 * query::DEPTH_MAX + 1 });
    assert_eq!(error(&"a ".repeat(query::TERMS_MAX + 1)), QueryError::TooManyTerms);
    parse(&"a ".repeat(query::TERMS_MAX));
    parse(&format!("{}a{}", "(".repeat(query::DEPTH_MAX), ")".repeat(query::DEPTH_MAX)));
}

#[test]
fn the_one_account_of_a_query_is_known() {
    for (query, account, group) in [
        ("account:Cash on:2025 lunch", Some("Cash"), None),
        ("(account:Cash)", Some("Cash"), None),
        ("group:Assets", None, Some("Assets")),
        ("account:Cash account:Bank", None, None),
        ("account:Cash group:Assets", None, None),
        ("account:Cash OR lunch", None, None),
        ("NOT account:Cash", None, None),
        ("account:Cash NOT to:Bank", None, None),
        ("from:Cash", None, None),
        ("", None, None),
    ] {
        let expression = parse(query);
        assert_eq!((expression.sole_account(), expression.sole_group()), (account, group), "{query}");
    }
}

#[test]
fn what_asks_for_the_trash_is_known() {
    assert!(parse("remoteId:1 is:trashed").asks_for_trashed());
    assert!(parse("NOT (a OR is:trashed)").asks_for_trashed());
    assert!(!parse("'is:trashed' is:draft").asks_for_trashed());
}

#[test]
fn a_range_is_taken_out_of_a_query() {
    for (query, range, rest) in [
        ("account:Cash after:$m-3 before:$m+1 by:m", "after:2025-12 before:2026-04 by:m", "account:Cash"),
        ("on:2025", "on:2025", ""),
        ("#a (on:2025 OR on:2024) after:2023", "after:2023", "#a (on:2025 OR on:2024)"),
        ("after:2023 after:2024", "after:2023", "after:2024"),
        ("NOT on:2025", "", "NOT on:2025"),
        ("lunch", "", "lunch"),
    ] {
        let (found, left) = parse(query).split_range();
        assert_eq!((found.to_string().as_str(), left.to_string().as_str()), (range, rest), "{query}");
    }
}

#[test]
fn a_range_has_bounds_neighbours_and_a_granularity() {
    let range = |query: &str| parse(query).split_range().0;

    let bounded = range("after:2024 before:2025-03");
    assert_eq!((bounded.first_day(), bounded.last_day()), (Some(date(2024, 1, 1)), Some(date(2025, 2, 28))));
    assert_eq!(bounded.granularity(), Some(Granularity::Month));
    assert_eq!(bounded.shifted(-1).unwrap().to_string(), "after:2023 before:2025-02");

    let within = range("on:2025 after:2025-06-15 by:y");
    assert_eq!((within.first_day(), within.last_day()), (Some(date(2025, 6, 15)), Some(date(2025, 12, 31))));
    assert_eq!(within.granularity(), Some(Granularity::Year));

    let open = range("before:2025 by:m");
    assert_eq!((open.first_day(), open.last_day()), (None, Some(date(2024, 12, 31))));
    assert_eq!(open.shifted(1).unwrap().to_string(), "before:2026 by:m");

    assert_eq!(range("lunch").granularity(), None);
    assert_eq!(range("on:9999").shifted(1), None);
}

#[test]
fn a_program_can_write_a_query() {
    let any = Expression::Any(vec![Term::Tag("vat".into()).into(), text("to be paid").into()]);
    let query = Expression::All(vec![Term::Account("O'Brien & Co".into()).into(), any]);
    assert_eq!(query.to_string(), "account:\"O'Brien & Co\" (#vat OR 'to be paid')");
    assert_eq!(Expression::Any(vec![]).to_string(), "NOT ()");
}

/// Pieces of queries, right and wrong, to be put together at random.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => select(vec![
            " ", " ", " ", " AND ", " OR ", " NOT ", "(", ")", "'", "\"", ":", "//", "#", "$", "$m-1", "amount", ">=",
            "<", "=", "account:", "acc:'", "from:", "to:", "group:\"", "on:", "after:", "before:", "by:", "is:", "remoteId:",
            "error:", "using:", "property:", "2025", "2025-01", "31/01/2025", "jan/2025", "trashed", "true", "d", "12.50",
            "Bank Account", "O'Brien", "Cash(USD)", "https://x", "#vat", "lunch", "é", "İs:",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ]
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let _ = query::parse(&text, CALENDAR);
    }

    #[test]
    fn what_is_printed_is_read_as_the_same(pieces in vec(piece(), 0..24)) {
        if let Ok(expression) = query::parse(&pieces.concat(), CALENDAR) {
            let printed = expression.to_string();
            prop_assert_eq!(query::parse(&printed, CALENDAR), Ok(expression), "{}", printed);
        }
    }

    #[test]
    fn what_is_written_for_any_name_is_read_as_that_name(name in "[^\"]*[^\"\\s][^\"]*") {
        let term = Expression::Term(Term::Account(name));
        prop_assert_eq!(query::parse(&term.to_string(), CALENDAR), Ok(term));
    }

    #[test]
    fn places_in_errors_are_places_in_the_text(pieces in vec(piece(), 0..24)) {
        let text = pieces.concat();
        if let Err(QueryError::MissingValue { at, operator }) = query::parse(&text, CALENDAR) {
            let rest: String = text.chars().skip(at - 1).collect();
            prop_assert!(rest.starts_with(&operator), "{rest}");
        }
    }
}
