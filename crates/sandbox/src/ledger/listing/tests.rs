//! Lists against a search that goes through everything.

use bkper_model::{Decimal, query};
use jiff::civil;
use proptest::prelude::*;

use super::*;
use crate::ledger::AccountId;
use crate::ledger::naive::{self, RandomBook};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_query_finds_what_fulfils_it_newest_first(
        (book, queries) in (naive::books(), prop::collection::vec(naive::queries(), 8)),
    ) {
        let (db, actor) = book.planted();
        let view = naive::view(&db, &actor);
        for query in queries {
            let expected = expected(&book, &query);
            prop_assert_eq!(listed(&view, &query), &expected[..], "{}", &query);
            let count = count(&view, &"aurora".into(), &query).unwrap();
            prop_assert_eq!(count.total, Some(expected.len() as u64), "{}", &query);
        }
    }

    #[test]
    fn no_text_is_too_much_for_a_search(
        words in prop::collection::vec(r#"[a-z]{1,8}:|[()'"<>=:#%$-]|AND|OR|NOT|\PC{1,3}| "#, 0..30),
        terms in prop::collection::vec(naive::terms(), 0..4),
    ) {
        let (db, actor) = RandomBook { transactions: Vec::new() }.planted();
        let view = naive::view(&db, &actor);
        for query in [words.concat(), format!("{} {}", terms.join(" OR NOT "), words.concat())] {
            let asked = Asked { query, limit: 7, cursor: None };
            let listed = list(&view, &"aurora".into(), &asked);
            let is_answer = matches!(listed, Ok(_) | Err(Refusal::Query(_) | Refusal::NotFound { .. }));
            prop_assert!(is_answer, "{:?}", &asked.query);
        }
    }

    #[test]
    fn the_last_posted_one_of_a_day_shows_what_the_account_came_to(book in naive::books()) {
        let (db, actor) = book.planted();
        let view = naive::view(&db, &actor);
        for (id, _, nature, _) in naive::ACCOUNTS {
            let expected = if nature.is_permanent() { closing(&book, AccountId(id)) } else { Vec::new() };
            prop_assert_eq!(shown_balances(&view, AccountId(id)), expected);
        }
    }
}

/// The last posted transaction of each day in the account, and what the account came to; newest first.
fn closing(book: &RandomBook, account: AccountId) -> Vec<(String, Decimal)> {
    let counted =
        book.transactions.iter().filter_map(|recorded| Some((recorded, recorded.transaction.counted()?)));
    let mut counted: Vec<_> = counted
        .filter(|(_, posting)| posting.credit == account || posting.debit == account)
        .map(|(recorded, posting)| (recorded.transaction.id.to_string(), posting))
        .collect();
    counted.sort_by_key(|(_, posting)| posting.day);
    let mut sum = Decimal::ZERO;
    let mut closing: Vec<(civil::Date, String, Decimal)> = Vec::new();
    for (id, posting) in counted {
        sum += if posting.credit == account { posting.amount } else { -posting.amount };
        if closing.last().is_some_and(|(day, ..)| *day == posting.day) {
            closing.pop();
        }
        closing.push((posting.day, id, sum));
    }
    closing.into_iter().rev().map(|(_, id, sum)| (id, sum)).collect()
}

fn shown_balances(view: &View<'_>, account: AccountId) -> Vec<(String, Decimal)> {
    let balance = |item: &wire::Transaction| {
        let sides = [&item.credit_account, &item.debit_account].into_iter().flatten();
        sides.filter_map(|side| side.balance.as_ref()).map(|amount| amount.decimal().unwrap()).next()
    };
    let items = pages(view, &format!("account:{}", account.0));
    items.iter().filter_map(|item| Some((item.id.as_ref()?.to_string(), balance(item)?))).collect()
}

fn expected(book: &RandomBook, query: &str) -> Vec<String> {
    let calendar = query::Calendar { pattern: bkper_model::DatePattern::DayMonthYear, today: naive::TODAY };
    let expression = query::parse(query, calendar).unwrap();
    book.found(&expression).into_iter().map(str::to_owned).collect()
}

fn listed(view: &View<'_>, query: &str) -> Vec<String> {
    pages(view, query).into_iter().map(|item| item.id.unwrap().to_string()).collect()
}

/// The transactions of all pages.
fn pages(view: &View<'_>, query: &str) -> Vec<wire::Transaction> {
    let mut items = Vec::new();
    let mut asked = Asked { query: query.to_owned(), limit: 7, cursor: None };
    loop {
        let page = list(view, &"aurora".into(), &asked).unwrap();
        items.extend(page.items.unwrap());
        asked.cursor = page.cursor;
        if asked.cursor.is_none() {
            return items;
        }
    }
}
