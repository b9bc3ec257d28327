//! What holds whatever is done, in whatever order.

use std::collections::BTreeMap;

use bkper_model::{self as wire, BookId, Decimal, TransactionId, date_value};
use jiff::Timestamp;
use jiff::civil::{self, date};
use proptest::prelude::*;
use rusqlite::Connection;

use super::{Request, batch, merge, one};
use crate::act::{Act, Actor, View};
use crate::ledger::{Transaction, User, accounts, books};
use crate::refusal::Refusal;
use crate::store::{self, Data};

const ACCOUNTS: [&str; 3] = ["Bank", "Sales", "Supplies"];

/// Something that a client does.
#[derive(Clone, Debug)]
enum Op {
    /// With the fields for a new transaction, or for the one in this place.
    One(Kind, usize, Fields),
    Batch(Kind, Vec<(usize, Fields)>),
    Merge(usize, usize),
    Lock(Option<i8>),
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Create,
    PostNew,
    Other(Request),
}

#[derive(Clone, Debug)]
struct Fields {
    day: Option<i8>,
    cents: Option<i64>,
    credit: Option<usize>,
    debit: Option<usize>,
    remote_id: Option<u8>,
    checked: Option<bool>,
    draft: Option<bool>,
}

fn fields() -> impl Strategy<Value = Fields> {
    let often = |of| proptest::option::weighted(0.9, of);
    let account = 0..ACCOUNTS.len();
    (
        often((1_i8..=5).boxed()),
        proptest::option::weighted(0.9, -9_999_i64..=9_999),
        proptest::option::weighted(0.9, account.clone()),
        proptest::option::weighted(0.9, account),
        proptest::option::weighted(0.2, 0_u8..4),
        any::<Option<bool>>(),
        proptest::option::weighted(0.2, any::<bool>()),
    )
        .prop_map(|(day, cents, credit, debit, remote_id, checked, draft)| Fields {
            day,
            cents,
            credit,
            debit,
            remote_id,
            checked,
            draft,
        })
}

fn kind() -> impl Strategy<Value = Kind> {
    let flag = any::<bool>();
    prop_oneof![
        4 => Just(Kind::Create),
        2 => Just(Kind::PostNew),
        1 => Just(Kind::Other(Request::Post)),
        1 => Just(Kind::Other(Request::Check)),
        1 => Just(Kind::Other(Request::Uncheck)),
        3 => flag.prop_map(|checked_too| Kind::Other(Request::Update { checked_too })),
        2 => flag.prop_map(|checked_too| Kind::Other(Request::Trash { checked_too })),
        1 => Just(Kind::Other(Request::Restore)),
        1 => Just(Kind::Other(Request::Remove)),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        12 => (kind(), any::<usize>(), fields()).prop_map(|(kind, at, fields)| Op::One(kind, at, fields)),
        3 => (kind(), proptest::collection::vec((any::<usize>(), fields()), 1..4))
            .prop_map(|(kind, items)| Op::Batch(kind, items)),
        2 => (any::<usize>(), any::<usize>()).prop_map(|(one, other)| Op::Merge(one, other)),
        1 => proptest::option::of(1_i8..=2).prop_map(Op::Lock),
    ]
}

/// A book that mia owns, alone in its world.
struct World {
    db: Connection,
    mia: Actor,
    book: BookId,
}

impl World {
    fn new() -> Self {
        let db = store::open(&Data::Memory).unwrap();
        let user = User::named("user1".into(), "mia");
        store::users::insert(&db, &user).unwrap();
        let mut world = Self { db, mia: Actor { user, agent: None }, book: BookId::new("") };
        let body = wire::Book { name: Some("Aurora".to_owned()), ..wire::Book::default() };
        world.book = world.act(|act| books::create(act, &body)).unwrap().id.unwrap();
        for name in ACCOUNTS {
            let body = wire::Account { name: Some(name.to_owned()), ..wire::Account::default() };
            world.act(|act| accounts::create(act, &world.book, &body)).unwrap();
        }
        world
    }

    /// All of the deed or nothing of it.
    fn act<T>(&self, deed: impl FnOnce(&Act<'_>) -> Result<T, Refusal>) -> Result<T, Refusal> {
        let transaction = self.db.unchecked_transaction()?;
        let now = Timestamp::UNIX_EPOCH;
        let done = deed(&Act::new(View::new(&transaction, now, &self.mia)))?;
        transaction.commit()?;
        Ok(done)
    }

    fn run(&self, op: &Op) -> Result<(), Refusal> {
        match op {
            Op::One(kind, at, fields) => {
                let body = self.body(*kind, *at, fields);
                self.act(|act| one(act, &self.book, kind.request(), &body)).map(drop)
            }
            Op::Batch(kind, items) => {
                let items: Vec<_> = items.iter().map(|(at, fields)| self.body(*kind, *at, fields)).collect();
                self.act(|act| batch(act, &self.book, kind.request(), &items)).map(drop)
            }
            Op::Merge(one, other) => {
                let items =
                    [one, other].map(|at| wire::Transaction { id: self.id(*at), ..Default::default() });
                self.act(|act| merge(act, &self.book, &items)).map(drop)
            }
            Op::Lock(day) => {
                let day = day.map_or(wire::Date::Cleared, |day| day_of(day).into());
                let body = wire::Book { lock_date: Some(day), ..wire::Book::default() };
                self.act(|act| books::update(act, &self.book, &body)).map(drop)
            }
        }
    }

    fn body(&self, kind: Kind, at: usize, fields: &Fields) -> wire::Transaction {
        let account = |at: usize| wire::Account { name: Some(ACCOUNTS[at].to_owned()), ..Default::default() };
        wire::Transaction {
            id: if matches!(kind, Kind::Other(_)) { self.id(at) } else { None },
            date: fields.day.map(day_of).map(Into::into),
            amount: fields.cents.map(|cents| Decimal::new(cents, 2).into()),
            credit_account: fields.credit.map(account),
            debit_account: fields.debit.map(account),
            remote_ids: fields.remote_id.map(|id| vec![id.to_string()]),
            checked: fields.checked,
            draft: fields.draft,
            ..Default::default()
        }
    }

    fn id(&self, at: usize) -> Option<TransactionId> {
        let all = self.transactions();
        all.get(at.checked_rem(all.len())?).map(|transaction| transaction.id.clone())
    }

    fn transactions(&self) -> Vec<Transaction> {
        let docs = self.column("SELECT doc FROM \"transaction\" ORDER BY seq");
        docs.iter().map(|doc| serde_json::from_str(doc).unwrap()).collect()
    }

    fn column(&self, sql: &str) -> Vec<String> {
        let mut select = self.db.prepare_cached(sql).unwrap();
        select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    /// Credit and debit by account and day, as they are kept.
    fn day_totals(&self) -> BTreeMap<(String, u32), (Decimal, Decimal)> {
        let mut select = self.db.prepare_cached("SELECT account, day, credit, debit FROM day_total").unwrap();
        let read = |row: &rusqlite::Row<'_>| {
            let amount = |column| row.get::<_, String>(column).map(|text| text.parse().unwrap());
            Ok(((row.get::<_, i64>(0)?.to_string(), row.get(1)?), (amount(2)?, amount(3)?)))
        };
        select.query_map([], read).unwrap().map(Result::unwrap).collect()
    }

    /// The same, added up from the transactions.
    fn recomputed(&self) -> BTreeMap<(String, u32), (Decimal, Decimal)> {
        let mut totals: BTreeMap<_, (Decimal, Decimal)> = BTreeMap::new();
        for posting in self.transactions().iter().filter_map(Transaction::counted) {
            let day = date_value(posting.day);
            totals.entry((posting.credit.0.to_string(), day)).or_default().0 += posting.amount;
            totals.entry((posting.debit.0.to_string(), day)).or_default().1 += posting.amount;
        }
        totals
    }

    /// How many transactions of each month (YYYYMM) are posted, as they are counted.
    fn month_counts(&self) -> BTreeMap<u32, i64> {
        let mut select =
            self.db.prepare_cached("SELECT month, posted FROM month_count WHERE posted <> 0").unwrap();
        select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    }

    /// Everything that is kept.
    fn all(&self) -> Vec<String> {
        ["\"transaction\"", "remote_id", "tag", "day_total", "month_count", "event", "book", "account"]
            .iter()
            .flat_map(|table| {
                let columns = self
                    .column(&format!("SELECT name FROM pragma_table_info('{}')", table.trim_matches('"')));
                let columns = columns.iter().map(|name| format!("quote(\"{name}\")")).collect::<Vec<_>>();
                self.column(&format!("SELECT {} FROM {table}", columns.join(" || ' ' || ")))
            })
            .collect()
    }

    fn holds(&self) -> Result<(), TestCaseError> {
        let totals = self.day_totals();
        prop_assert_eq!(&totals, &self.recomputed());
        prop_assert_eq!(
            totals.values().map(|(credit, debit)| credit - debit).sum::<Decimal>(),
            Decimal::ZERO
        );
        let transactions = self.transactions();
        let mut counts = BTreeMap::new();
        for posting in transactions.iter().filter_map(Transaction::counted) {
            *counts.entry(date_value(posting.day) / 100).or_default() += 1;
        }
        prop_assert_eq!(counts, self.month_counts());
        for transaction in &transactions {
            prop_assert!(transaction.posting().is_some() || !transaction.status.is_posted());
            prop_assert!(transaction.amount.is_none_or(|amount| amount > Decimal::ZERO));
        }
        Ok(())
    }
}

/// Days around the end of a month.
fn day_of(number: i8) -> civil::Date {
    if number <= 2 { date(2026, 2, 26 + number) } else { date(2026, 3, number) }
}

impl Kind {
    fn request(self) -> Request {
        match self {
            Self::Create => Request::Create,
            Self::PostNew => Request::Post,
            Self::Other(request) => request,
        }
    }
}

fn by_id(transaction: &Transaction) -> wire::Transaction {
    wire::Transaction { id: Some(transaction.id.clone()), ..Default::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_books_always_balance(ops in proptest::collection::vec(op(), 1..40)) {
        let world = World::new();
        for op in &ops {
            let before = world.all();
            if world.run(op).is_err() {
                prop_assert_eq!(world.all(), before, "refused: {:?}", op);
            }
            world.holds()?;
        }
    }

    #[test]
    fn what_is_undone_leaves_the_same_balances(ops in proptest::collection::vec(op(), 1..20)) {
        let world = World::new();
        for op in &ops {
            drop(world.run(op));
        }
        world.run(&Op::Lock(None)).unwrap();
        let totals = world.day_totals();
        for transaction in world.transactions() {
            let (there, back) = if transaction.status.is_trashed() {
                (Request::Restore, Request::Trash { checked_too: false })
            } else {
                (Request::Trash { checked_too: true }, Request::Restore)
            };
            for request in [there, back] {
                world.act(|act| one(act, &world.book, request, &by_id(&transaction))).unwrap();
                world.holds()?;
            }
            prop_assert_eq!(world.day_totals(), totals.clone());
            if transaction.counted().is_some() {
                for request in [Request::Check, Request::Uncheck] {
                    world.act(|act| one(act, &world.book, request, &by_id(&transaction))).unwrap();
                    prop_assert_eq!(world.day_totals(), totals.clone());
                }
            }
        }
    }
}
