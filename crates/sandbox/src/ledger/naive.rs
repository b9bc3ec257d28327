//! Books made at random, and what a query finds in them, told by going through all transactions: what the searches are
//! tested against.

use bkper_model::query::{Comparison, Expression, Granularity, Period, Status as Asked, Term};
use bkper_model::{BookId, BotResponse, BotResponseType, Decimal, Event, EventType};
use jiff::{Timestamp, civil};
use proptest::prelude::*;
use rusqlite::Connection;

use super::*;
use crate::act::{Actor, View};
use crate::store::{self, Data};

pub(super) const ACCOUNTS: [(i64, &str, Nature, &[i64]); 4] = [
    (1, "Bank Account", Nature::Asset, &[11]),
    (2, "Cash", Nature::Asset, &[11, 12]),
    (3, "Output Tax", Nature::Liability, &[]),
    (4, "Sales", Nature::Incoming, &[13]),
];
/// Id, name, parent.
pub(super) const GROUPS: [(i64, &str, Option<i64>); 5] = [
    (10, "Assets", None),
    (11, "Current", Some(10)),
    (12, "Near", Some(10)),
    (13, "Revenue", None),
    (14, "Empty", None),
];

/// The day it is.
pub(super) const TODAY: civil::Date = civil::date(2026, 1, 15);

/// A book with the accounts and groups above.
#[derive(Clone, Debug)]
pub(super) struct RandomBook {
    /// In the order of their creation.
    pub(super) transactions: Vec<Recorded>,
}

#[derive(Clone, Debug)]
pub(super) struct Recorded {
    pub(super) transaction: Transaction,
    /// Whether an app answered with an error.
    has_error: bool,
}

pub(super) fn books() -> impl Strategy<Value = RandomBook> {
    prop::collection::vec(recorded(), 0..40).prop_map(|mut transactions| {
        for (at, recorded) in transactions.iter_mut().enumerate() {
            recorded.transaction.id = format!("tx{at}").into();
        }
        RandomBook { transactions }
    })
}

fn recorded() -> impl Strategy<Value = Recorded> {
    let days = prop::option::weighted(0.9, days());
    let amounts = prop::option::weighted(0.9, prop::sample::select(vec!["1", "2.5", "2.50", "10", "0.001"]));
    let account = || prop::option::weighted(0.9, prop::sample::select(vec![1, 2, 3, 4]));
    let status = prop::sample::select(vec![
        Status::Draft,
        Status::Unchecked,
        Status::Unchecked,
        Status::Checked,
        Status::Trashed { posted: true },
    ]);
    let some = |texts: &[&'static str]| prop::sample::subsequence(texts.to_vec(), 0..=texts.len());
    let details =
        (some(&["r0", "r1"]), some(&["#one", "#Two"]), some(&["v0"]), some(&["tax-bot"]), prop::bool::ANY);
    (days, amounts, account(), account(), status, details).prop_map(
        |(date, amount, credit, debit, status, (remote_ids, tags, values, agents, has_error))| {
            let mut properties = bkper_model::TextMap::new();
            for value in values {
                properties.insert("k", value);
            }
            let transaction = Transaction {
                id: "".into(),
                book: "aurora".into(),
                status: Status::Draft,
                date,
                amount: amount.map(|amount| amount.parse().unwrap()),
                credit: credit.map(AccountId),
                debit: debit.map(AccountId),
                description: tags.join(" "),
                urls: Vec::new(),
                files: Vec::new(),
                remote_ids: remote_ids.into_iter().map(str::to_owned).collect(),
                properties: Properties::given(&properties).unwrap(),
                agent: agents.first().map(|agent| (*agent).into()),
                created_by: "mia".to_owned(),
                created: Timestamp::UNIX_EPOCH,
                updated: Timestamp::UNIX_EPOCH,
            };
            let status = match status {
                status if transaction.posting().is_some() => status,
                Status::Trashed { .. } => Status::Trashed { posted: false },
                _ => Status::Draft,
            };
            Recorded { transaction: Transaction { status, ..transaction }, has_error }
        },
    )
}

fn days() -> impl Strategy<Value = civil::Date> {
    let day = |month, day| civil::date(2025, month, day);
    prop_oneof![
        Just(civil::date(2023, 6, 30)),
        (1_i8..=12, 1_i8..=28).prop_map(move |(month, of_month)| day(month, of_month)),
        (1_i8..=28).prop_map(move |of_month| day(12, of_month)),
        Just(civil::date(2026, 2, 1)),
    ]
}

/// Dates as queries write them.
pub(super) fn periods() -> impl Strategy<Value = Period> {
    let lengths = prop::sample::select(Granularity::ALL.to_vec());
    (days(), lengths).prop_map(|(day, length)| Period::containing(day, length))
}

/// Queries without free text.
pub(super) fn queries() -> impl Strategy<Value = String> {
    terms().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|parts| format!("({})", parts.join(" "))),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| format!("({one} OR {other})")),
            inner.prop_map(|part| format!("NOT {part}")),
        ]
    })
}

pub(super) fn terms() -> impl Strategy<Value = String> {
    let text = |texts: &[&'static str]| prop::sample::select(texts.to_vec());
    let accounts = text(&["'Bank Account'", "bank_account", "1", "cash", "2", "'output tax'", "Sales"]);
    let groups = text(&["Assets", "10", "current", "Near", "revenue", "empty"]);
    prop_oneof![
        3 => (text(&["account", "account", "from", "to"]), accounts).prop_map(|(name, value)| format!("{name}:{value}")),
        1 => groups.prop_map(|group| format!("group:{group}")),
        1 => (text(&["on", "after", "before"]), periods()).prop_map(|(name, period)| format!("{name}:{period}")),
        1 => text(&["is:draft", "is:unchecked", "is:checked", "is:posted", "is:trashed"]).prop_map(str::to_owned),
        1 => text(&["remoteId:r0", "remoteId:r1", "remoteId:R1", "error:true", "error:false", "using:Tax-Bot"])
            .prop_map(str::to_owned),
        1 => text(&["amount>1", "amount>=2.5", "amount<2.500", "amount<=1", "amount:2.5", "#one", "#TWO", "#three"])
            .prop_map(str::to_owned),
        1 => text(&["k:v0", "k:v1", "by:m", "tx1", "tx3"]).prop_map(str::to_owned),
    ]
}

impl RandomBook {
    /// Writes the book into a database.
    pub(super) fn planted(&self) -> (Connection, Actor) {
        let db = store::open(&Data::Memory).unwrap();
        let user = User::named("user1".into(), "mia");
        let book = Book::new("aurora".into(), &user, None, Timestamp::UNIX_EPOCH);
        store::books::insert(&db, &book).unwrap();
        for (id, name, parent) in GROUPS {
            let group = Group::new(GroupId(id), book.id.clone(), None, Timestamp::UNIX_EPOCH);
            let group = Group { name: name.to_owned(), parent: parent.map(GroupId), ..group };
            store::groups::insert(&db, &group).unwrap();
        }
        for (id, name, nature, groups) in ACCOUNTS {
            let account = Account::new(AccountId(id), book.id.clone(), None, Timestamp::UNIX_EPOCH);
            let groups = groups.iter().copied().map(GroupId).collect();
            store::accounts::insert(&db, &Account { name: name.to_owned(), nature, groups, ..account })
                .unwrap();
        }
        for (at, recorded) in self.transactions.iter().enumerate() {
            store::transactions::insert(&db, &recorded.transaction).unwrap();
            if recorded.has_error {
                record_error(&db, at, &recorded.transaction);
            }
        }
        (db, Actor { user, agent: None })
    }

    /// The ids of what the query finds, newest first.
    pub(super) fn found(&self, query: &Expression) -> Vec<&str> {
        let is_kept =
            |recorded: &Recorded| query.asks_for_trashed() || !recorded.transaction.status.is_trashed();
        let mut found: Vec<_> = self.transactions.iter().enumerate().collect();
        found.retain(|(_, recorded)| is_kept(recorded) && recorded.fulfils(query));
        found.sort_by_key(|(at, recorded)| (recorded.transaction.date.unwrap_or(civil::Date::MAX), *at));
        found.iter().rev().map(|(_, recorded)| recorded.transaction.id.as_str()).collect()
    }
}

fn record_error(db: &Connection, at: usize, transaction: &Transaction) {
    let event = Event {
        id: Some(format!("event{at}").into()),
        event_type: Some(EventType::TransactionCreated),
        book_id: Some(BookId::new("aurora")),
        resource: Some(transaction.id.to_string()),
        created_at: Some(Timestamp::UNIX_EPOCH.into()),
        ..Event::default()
    };
    store::events::insert(db, &event).unwrap();
    let response = BotResponse {
        agent_id: Some("tax-bot".into()),
        response_type: Some(BotResponseType::Error),
        message: Some("no rate".to_owned()),
        created_at: Some(Timestamp::UNIX_EPOCH.into()),
        ..BotResponse::default()
    };
    store::responses::put(db, event.id.as_ref().unwrap(), &response).unwrap();
}

/// What its owner sees.
pub(super) fn view<'a>(db: &'a Connection, actor: &'a Actor) -> View<'a> {
    View::new(db, TODAY.at(12, 0, 0, 0).in_tz("UTC").unwrap().timestamp(), actor)
}

impl Recorded {
    pub(super) fn fulfils(&self, query: &Expression) -> bool {
        match query {
            Expression::All(parts) => parts.iter().all(|part| self.fulfils(part)),
            Expression::Any(parts) => parts.iter().any(|part| self.fulfils(part)),
            Expression::Not(part) => !self.fulfils(part),
            Expression::Term(term) => self.fulfils_term(term),
        }
    }

    fn fulfils_term(&self, term: &Term) -> bool {
        let Self { transaction, has_error } = self;
        let (from, to) = (transaction.credit, transaction.debit);
        let date_is = |holds: &dyn Fn(civil::Date) -> bool| transaction.date.is_some_and(holds);
        match term {
            Term::Account(name) => from == Some(account(name)) || to == Some(account(name)),
            Term::From(name) => from == Some(account(name)),
            Term::To(name) => to == Some(account(name)),
            Term::Group(name) => {
                let accounts = accounts_below(group(name));
                [from, to].into_iter().flatten().any(|account| accounts.contains(&account))
            }
            Term::On(period) => date_is(&|day| (period.first_day()..=period.last_day()).contains(&day)),
            Term::After(period) => date_is(&|day| day >= period.first_day()),
            Term::Before(period) => date_is(&|day| day < period.first_day()),
            Term::By(_) => true,
            Term::Is(Asked::Draft) => transaction.status == Status::Draft,
            Term::Is(Asked::Unchecked) => transaction.status == Status::Unchecked,
            Term::Is(Asked::Checked) => transaction.status == Status::Checked,
            Term::Is(Asked::Posted) => transaction.status.counts(),
            Term::Is(Asked::Trashed) => transaction.status.is_trashed(),
            Term::RemoteId(id) => transaction.remote_ids.contains(id),
            Term::Error(error) => has_error == error,
            Term::Amount(comparison, amount) => {
                transaction.amount.is_some_and(|own| compares(own, *comparison, *amount))
            }
            Term::Tag(tag) => transaction
                .description
                .to_lowercase()
                .split(' ')
                .any(|word| word == format!("#{}", tag.to_lowercase())),
            Term::Using(name) => {
                transaction.agent.as_ref().is_some_and(|agent| agent.as_str().eq_ignore_ascii_case(name))
            }
            Term::Property { key, value } => transaction.properties.get(key) == Some(value),
            Term::Text(id) => transaction.id.as_str() == id,
            _ => unreachable!("a term that is not tested: {term}"),
        }
    }
}

fn compares(own: Decimal, comparison: Comparison, other: Decimal) -> bool {
    match comparison {
        Comparison::Less => own < other,
        Comparison::LessOrEqual => own <= other,
        Comparison::Equal => own == other,
        Comparison::GreaterOrEqual => own >= other,
        Comparison::Greater => own > other,
    }
}

/// The account that a query means.
pub(super) fn account(text: &str) -> AccountId {
    let is = |id: i64, name: &str| {
        id.to_string() == text || bkper_model::normalize_name(name) == bkper_model::normalize_name(text)
    };
    AccountId(ACCOUNTS.iter().find(|(id, name, ..)| is(*id, name)).unwrap().0)
}

/// The group that a query means.
pub(super) fn group(text: &str) -> i64 {
    let is = |id: i64, name: &str| {
        id.to_string() == text || bkper_model::normalize_name(name) == bkper_model::normalize_name(text)
    };
    GROUPS.iter().find(|(id, name, _)| is(*id, name)).unwrap().0
}

pub(super) fn accounts_below(group: i64) -> Vec<AccountId> {
    let children = GROUPS.iter().filter(|(_, _, parent)| *parent == Some(group));
    let mut accounts: Vec<_> = children.flat_map(|(id, ..)| accounts_below(*id)).collect();
    accounts.extend(
        ACCOUNTS.iter().filter(|(.., groups)| groups.contains(&group)).map(|(id, ..)| AccountId(*id)),
    );
    accounts.sort();
    accounts.dedup();
    accounts
}
