//! Statements: conditions as SQL. Whatever a client wrote is a parameter, so that statements can be kept prepared.

use std::fmt::Write as _;

use bkper_model::BookId;
use rusqlite::types::Value;

use super::Place;
use super::plan::{Plan, Source};
use crate::ledger::{AccountId, Condition};

/// A statement with its parameters.
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) parameters: Vec<Value>,
}

impl Statement {
    pub(super) fn page(book: &BookId, condition: &Condition, behind: Option<Place>, limit: usize) -> Self {
        let mut writer = Writer::new(book);
        let found = writer.select("t.doc, t.day, t.seq", condition, behind);
        let limit = writer.parameter(i64::try_from(limit).unwrap_or(i64::MAX));
        writer.finish(format!("{found} ORDER BY day DESC, seq DESC LIMIT {limit}"))
    }

    pub(super) fn count(book: &BookId, condition: &Condition) -> Self {
        let mut writer = Writer::new(book);
        let found = writer.select("1", condition, None);
        writer.finish(format!("SELECT count(*) FROM ({found})"))
    }

    pub(super) fn count_by_day(book: &BookId, condition: &Condition) -> Self {
        let mut writer = Writer::new(book);
        let found = writer.select("t.day", condition, None);
        writer.finish(format!("SELECT day, count(*) FROM ({found}) GROUP BY day ORDER BY day"))
    }

    pub(super) fn postings(book: &BookId, condition: &Condition) -> Self {
        let mut writer = Writer::new(book);
        let found = writer.select("t.day, t.credit, t.debit, t.amount", condition, None);
        writer.finish(found)
    }
}

/// Writes SQL about a transaction `t`. The first parameter is the book.
struct Writer {
    parameters: Vec<Value>,
}

const BOOK: &str = "?1";

impl Writer {
    fn new(book: &BookId) -> Self {
        Self { parameters: vec![Value::from(book.to_string())] }
    }

    fn finish(self, sql: String) -> Statement {
        Statement { sql, parameters: self.parameters }
    }

    fn parameter(&mut self, value: impl Into<Value>) -> String {
        self.parameters.push(value.into());
        format!("?{}", self.parameters.len())
    }

    /// The columns of all transactions that fulfil the condition.
    fn select(&mut self, columns: &str, condition: &Condition, behind: Option<Place>) -> String {
        let plan = Plan::of(condition);
        let sources = self.sources(plan.source);
        let start = plan.start(behind);
        let (first, day, seq) =
            (self.parameter(plan.first), self.parameter(start.day), self.parameter(start.seq));
        let mut bounds = format!("t.day >= {first} AND (t.day, t.seq) < ({day}, {seq})");
        for condition in plan.rest {
            let condition = self.condition(condition);
            // Infallible: it is a text.
            let _ = write!(bounds, " AND {condition}");
        }
        let select = |source| format!("SELECT {columns} FROM {source} AND {bounds}");
        sources.into_iter().map(select).collect::<Vec<_>>().join(" UNION ALL ")
    }

    /// Tables, and the condition that makes them a source. The parts of an account's rows have no row in common, and come
    /// each from its index in order, so that they can be merged instead of sorted.
    fn sources(&mut self, source: Source<'_>) -> Vec<String> {
        match source {
            Source::Book => {
                vec![format!("\"transaction\" AS t INDEXED BY transaction_by_day WHERE t.book = {BOOK}")]
            }
            Source::From(account) => vec![self.from(account)],
            Source::To(account) => vec![self.to(account)],
            Source::Account(account) => {
                let other = self.parameter(account.0);
                vec![self.from(account), format!("{} AND t.credit IS NOT {other}", self.to(account))]
            }
            Source::RemoteId(id) => {
                let id = self.parameter(id.to_owned());
                vec![format!(
                    "remote_id AS r CROSS JOIN \"transaction\" AS t ON t.seq = r.\"transaction\" \
                     WHERE r.book = {BOOK} AND r.remote_id = {id}"
                )]
            }
            Source::Id(id) => {
                let id = self.parameter(id.to_string());
                vec![format!("\"transaction\" AS t WHERE t.id = {id} AND t.book = {BOOK}")]
            }
        }
    }

    fn from(&mut self, account: AccountId) -> String {
        let account = self.parameter(account.0);
        format!("\"transaction\" AS t INDEXED BY transaction_by_credit WHERE t.credit = {account}")
    }

    fn to(&mut self, account: AccountId) -> String {
        let account = self.parameter(account.0);
        format!("\"transaction\" AS t INDEXED BY transaction_by_debit WHERE t.debit = {account}")
    }

    /// An expression that is true or false and never NULL, so that it can be negated.
    fn condition(&mut self, condition: &Condition) -> String {
        match condition {
            Condition::All(parts) => self.joined(parts, " AND ", "TRUE"),
            Condition::Any(parts) => self.joined(parts, " OR ", "FALSE"),
            Condition::Not(part) => format!("NOT {}", self.condition(part)),
            Condition::Posted => "t.posted".to_owned(),
            Condition::Checked => "t.checked".to_owned(),
            Condition::Trashed => "t.trashed".to_owned(),
            Condition::Error => format!("t.id IN ({})", errors()),
            Condition::Id(id) => {
                let id = self.parameter(id.to_string());
                format!("t.id = {id}")
            }
            Condition::From(account) => {
                let account = self.parameter(account.0);
                format!("t.credit IS {account}")
            }
            Condition::To(account) => {
                let account = self.parameter(account.0);
                format!("t.debit IS {account}")
            }
            Condition::Account(account) => {
                let account = self.parameter(account.0);
                format!("(t.credit IS {account} OR t.debit IS {account})")
            }
            Condition::Accounts(accounts) => {
                // One parameter, however many there are.
                let ids: Vec<i64> = accounts.iter().map(|account| account.0).collect();
                let ids = self.parameter(format!("{ids:?}"));
                let ids = format!("(SELECT value FROM json_each({ids}))");
                format!("((t.credit IN {ids} OR t.debit IN {ids}) IS TRUE)")
            }
            Condition::Days { first, last } => {
                let (first, last) = (self.parameter(*first), self.parameter(*last));
                format!("(t.day BETWEEN {first} AND {last})")
            }
            Condition::RemoteId(id) => {
                let id = self.parameter(id.clone());
                let with_id = format!("FROM remote_id WHERE book = {BOOK} AND remote_id = {id}");
                format!("t.seq IN (SELECT \"transaction\" {with_id})")
            }
            Condition::Tag(tag) => {
                let tag = self.parameter(tag.clone());
                format!("t.seq IN (SELECT \"transaction\" FROM tag WHERE book = {BOOK} AND tag = {tag})")
            }
            Condition::Amount(comparison, amount) => {
                let amount = self.parameter(amount.to_string());
                format!("((compare_amounts(t.amount, {amount}) {comparison} 0) IS TRUE)")
            }
            Condition::Using(name) => {
                let name = self.parameter(name.clone());
                let named =
                    format!("SELECT id FROM app WHERE json_extract(agent, '$.name') = {name} COLLATE NOCASE");
                format!("((t.agent = {name} COLLATE NOCASE OR t.agent IN ({named})) IS TRUE)")
            }
            Condition::Property { key, value } => {
                let path = self.parameter(format!("$.properties.\"{key}\""));
                let value = self.parameter(value.clone());
                format!("(json_extract(t.doc, {path}) IS {value})")
            }
            Condition::Text(text) => {
                let text = self.parameter(text.clone());
                format!("(instr(t.words, {text}) > 0)")
            }
        }
    }

    fn joined(&mut self, parts: &[Condition], operator: &str, none: &str) -> String {
        if parts.is_empty() {
            return none.to_owned();
        }
        let parts = parts.iter().map(|part| self.condition(part)).collect::<Vec<_>>();
        format!("({})", parts.join(operator))
    }
}

/// The ids of all transactions of the book that an app had an error with.
fn errors() -> String {
    format!("SELECT event.resource FROM event WHERE event.book = {BOOK} AND event.failed")
}
