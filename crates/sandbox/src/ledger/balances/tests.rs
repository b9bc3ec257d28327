//! Balances against sums that are made anew, for every node and every point.

use bkper_model::query::{Calendar, Expression, Granularity, Range, Term};
use bkper_model::{AccountBalances, Amount, Balance, Balances, DatePattern, Decimal, GroupBalances};
use jiff::civil;
use proptest::prelude::*;

use super::*;
use crate::ledger::naive::{self, ACCOUNTS, GROUPS, RandomBook};
use crate::ledger::{AccountId, fuzzy_date};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn balances_are_what_all_transactions_add_up_to(
        (book, queries) in (naive::books(), prop::collection::vec(queries(), 8)),
    ) {
        let (db, actor) = book.planted();
        let view = naive::view(&db, &actor);
        for query in queries {
            let balances = get(&view, &"aurora".into(), &query).unwrap();
            Expected::of(&book, &query).assert(&balances);
        }
    }

    #[test]
    fn all_accounts_of_a_book_add_up_to_nothing((book, range) in (naive::books(), ranges())) {
        let (db, actor) = book.planted();
        let view = naive::view(&db, &actor);
        let (mut period, mut cumulative) = (Decimal::ZERO, Decimal::ZERO);
        for (id, ..) in ACCOUNTS {
            let balances = get(&view, &"aurora".into(), &format!("account:{id} {range}")).unwrap();
            let account = &balances.account_balances.unwrap()[0];
            period += decimal(account.period_balance.as_ref());
            cumulative += decimal(account.cumulative_balance.as_ref());
        }
        prop_assert_eq!((period, cumulative), (Decimal::ZERO, Decimal::ZERO));
    }
}

fn queries() -> impl Strategy<Value = String> {
    let scopes = prop::sample::select(vec![
        "",
        "account:Cash",
        "account:sales",
        "group:assets",
        "group:Current",
        "group:empty",
    ]);
    let filters = prop_oneof![2 => Just(String::new()), 1 => naive::queries()];
    (scopes, ranges(), filters).prop_map(|(scope, range, filter)| format!("{scope} {range} {filter}"))
}

fn ranges() -> impl Strategy<Value = String> {
    let dates = prop_oneof![
        Just(String::new()),
        naive::periods().prop_map(|on| format!("on:{on}")),
        naive::periods().prop_map(|after| format!("after:{after}")),
        naive::periods().prop_map(|before| format!("before:{before}")),
        (naive::periods(), naive::periods())
            .prop_map(|(after, before)| format!("after:{after} before:{before}")),
    ];
    (dates, prop::sample::select(vec!["", "by:d", "by:m", "by:y"]))
        .prop_map(|(dates, by)| format!("{dates} {by}"))
}

/// What a query must be answered with.
struct Expected {
    /// Day, credit, debit, amount of everything that counts.
    postings: Vec<(civil::Date, AccountId, AccountId, Decimal)>,
    place: Option<Term>,
    range: Range,
    granularity: Granularity,
}

impl Expected {
    fn of(book: &RandomBook, query: &str) -> Self {
        let calendar = Calendar { pattern: DatePattern::DayMonthYear, today: naive::TODAY };
        let (range, rest) = query::parse(query, calendar).unwrap().split_range();
        let is_place = |term: &&Term| matches!(term, Term::Account(_) | Term::Group(_));
        let place = match &rest {
            Expression::All(_) | Expression::Term(_) => {
                rest.required_terms().into_iter().find(is_place).cloned()
            }
            _ => None,
        };
        // The place is left in: what is neither from nor to it moves nothing in it.
        let counts = book.transactions.iter().filter(|recorded| place.is_some() || recorded.fulfils(&rest));
        let counts = counts.filter(|recorded| match &place {
            Some(place) => recorded.fulfils(&without(&rest, place)),
            None => true,
        });
        let postings = counts.filter_map(|recorded| recorded.transaction.counted());
        let postings = postings.map(|posting| (posting.day, posting.credit, posting.debit, posting.amount));
        let granularity = range.granularity().unwrap_or(Granularity::Month);
        Self { postings: postings.collect(), place, range, granularity }
    }

    fn assert(&self, balances: &Balances) {
        match &self.place {
            Some(Term::Account(name)) => {
                let [account] = &balances.account_balances.as_ref().unwrap()[..] else {
                    panic!("one account")
                };
                self.assert_account(account, naive::account(name));
            }
            Some(Term::Group(name)) => {
                let [group] = &balances.group_balances.as_ref().unwrap()[..] else { panic!("one group") };
                self.assert_group(group, naive::group(name));
            }
            _ => self.assert_groups(balances.group_balances.as_deref(), None),
        }
    }

    fn assert_groups(&self, groups: Option<&[GroupBalances]>, parent: Option<i64>) {
        let expected = GROUPS.iter().filter(|(_, _, above)| *above == parent);
        let mut expected: Vec<_> = expected.map(|(id, name, _)| (*name, *id)).collect();
        expected.sort_unstable();
        let groups = groups.unwrap_or_default();
        assert_eq!(groups.len(), expected.len());
        groups.iter().zip(expected).for_each(|(group, (_, id))| self.assert_group(group, id));
    }

    fn assert_group(&self, group: &GroupBalances, id: i64) {
        let totals = [
            &group.period_balance,
            &group.period_credit,
            &group.period_debit,
            &group.cumulative_balance,
            &group.cumulative_credit,
            &group.cumulative_debit,
        ];
        let below = naive::accounts_below(id);
        self.assert_node(&below, totals, group.balances.as_deref().unwrap(), true);
        self.assert_groups(group.group_balances.as_deref(), Some(id));
        let mut members: Vec<_> = ACCOUNTS.iter().filter(|(.., groups)| groups.contains(&id)).collect();
        members.sort_by_key(|(_, name, ..)| *name);
        let accounts = group.account_balances.as_deref().unwrap_or_default();
        assert_eq!(accounts.len(), members.len());
        accounts
            .iter()
            .zip(members)
            .for_each(|(account, (id, ..))| self.assert_account(account, AccountId(*id)));
    }

    fn assert_account(&self, account: &AccountBalances, id: AccountId) {
        let totals = [
            &account.period_balance,
            &account.period_credit,
            &account.period_debit,
            &account.cumulative_balance,
            &account.cumulative_credit,
            &account.cumulative_debit,
        ];
        self.assert_node(&[id], totals, account.balances.as_deref().unwrap(), false);
    }

    fn assert_node(
        &self,
        accounts: &[AccountId],
        totals: [&Option<Amount>; 6],
        points: &[Balance],
        is_group: bool,
    ) {
        let first = self.range.first_day();
        let last = self.range.last_day();
        let is_in = |day: civil::Date, from: Option<civil::Date>, to: Option<civil::Date>| {
            from.is_none_or(|from| day >= from) && to.is_none_or(|to| day <= to)
        };
        let within = |from, to| self.sums(accounts, &|day| is_in(day, from, to) && is_in(day, first, last));
        let until = |to| self.sums(accounts, &|day| is_in(day, None, to) && is_in(day, None, last));
        assert_eq!(
            totals.map(|amount| decimal(amount.as_ref())),
            [within(None, None), until(None)].concat()[..]
        );

        let moved = self.postings.iter().filter(|(day, from, to, _)| {
            is_in(*day, None, last) && (accounts.contains(from) || accounts.contains(to))
        });
        let first_moved = moved.map(|(day, ..)| *day).min();
        let expected = self.periods(first_moved, is_group || first_moved.is_none());
        assert_eq!(
            points.iter().map(|point| point.fuzzy_date.unwrap()).collect::<Vec<_>>(),
            expected.iter().map(|period| fuzzy_date(*period)).collect::<Vec<_>>()
        );
        for (point, period) in points.iter().zip(expected) {
            let amounts = [
                &point.period_balance,
                &point.period_credit,
                &point.period_debit,
                &point.cumulative_balance,
                &point.cumulative_credit,
                &point.cumulative_debit,
            ];
            let within = within(Some(period.first_day()), Some(period.last_day()));
            let until = until(Some(period.last_day()));
            assert_eq!(amounts.map(|amount| decimal(amount.as_ref())), [within, until].concat()[..]);
        }
        let of_points: Decimal = points.iter().map(|point| decimal(point.period_balance.as_ref())).sum();
        assert_eq!(of_points, decimal(totals[0].as_ref()), "points add up to the total");
    }

    /// Every account that is asked for.
    fn scope(&self) -> Vec<AccountId> {
        match &self.place {
            Some(Term::Account(name)) => vec![naive::account(name)],
            Some(Term::Group(name)) => naive::accounts_below(naive::group(name)),
            _ => GROUPS.iter().flat_map(|(id, ..)| naive::accounts_below(*id)).collect(),
        }
    }

    /// Balance, credit and debit.
    fn sums(&self, accounts: &[AccountId], counts: &dyn Fn(civil::Date) -> bool) -> [Decimal; 3] {
        let counted = || self.postings.iter().filter(|(day, ..)| counts(*day));
        let credit: Decimal =
            counted().filter(|posting| accounts.contains(&posting.1)).map(|posting| posting.3).sum();
        let debit: Decimal =
            counted().filter(|posting| accounts.contains(&posting.2)).map(|posting| posting.3).sum();
        [credit - debit, credit, debit]
    }

    fn periods(&self, first_moved: Option<civil::Date>, is_closed: bool) -> Vec<query::Period> {
        let (first, last) = (self.range.first_day(), self.range.last_day());
        if first.zip(last).is_some_and(|(first, last)| first > last) {
            return Vec::new();
        }
        let scope = self.scope();
        let in_scope =
            self.postings.iter().filter(|(_, from, to, _)| scope.contains(from) || scope.contains(to));
        let newest = in_scope.map(|(day, ..)| *day).max();
        let end = last.unwrap_or([Some(naive::TODAY), newest, first].into_iter().flatten().max().unwrap());
        let containing = |day| query::Period::containing(day, self.granularity);
        let mut periods = Vec::new();
        if let Some(begin) = first.or(first_moved) {
            let mut period = containing(begin);
            while period.first_day() <= end {
                periods.push(period);
                period = period.shifted(1).unwrap();
            }
        }
        if let Some(last) = last
            && is_closed
            && containing(last.tomorrow().unwrap()) != containing(last)
        {
            periods.push(containing(last.tomorrow().unwrap()));
        }
        periods
    }
}

/// The query without the first term like this one.
fn without(query: &Expression, place: &Term) -> Expression {
    match query {
        Expression::All(parts) => {
            let mut parts = parts.clone();
            let at = parts.iter().position(|part| *part == Expression::Term(place.clone())).unwrap();
            parts.remove(at);
            Expression::All(parts)
        }
        _ => Expression::All(Vec::new()),
    }
}

fn decimal(amount: Option<&Amount>) -> Decimal {
    amount.unwrap().decimal().unwrap()
}
