//! `books/{id}/snapshot`: a book's state as canonical JSON, equal for two runs that did the same.

mod ids;

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use bkper_model::{BookId, Decimal, TransactionId};
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};

use self::ids::Ids;
use super::Shared;
use crate::act::{Actor, View};
use crate::ledger::{
    Account, AccountId, Book, GroupId, Status, Sums, Transaction, collections, padded, saved_queries,
};
use crate::refusal::{Kind, Refusal};
use crate::store;

pub(super) fn routes() -> Router<std::sync::Arc<crate::world::World>> {
    Router::new().route("/books/{book}/snapshot", get(show))
}

async fn show(State(world): Shared, Path(book): Path<String>) -> Result<Json<Value>, Refusal> {
    world.own(move |db, now| of_book(db, now, &BookId::new(book)).map(Json)).await
}

/// The book's state, without the ids and times that the sandbox made.
pub(crate) fn of_book(db: &Connection, now: Timestamp, id: &BookId) -> Result<Value, Refusal> {
    let unknown = || Refusal::NotFound { kind: Kind::Book, id: id.to_string() };
    let book = store::books::find(db, id)?.ok_or_else(unknown)?;
    let owner = store::users::find(db, book.owner.as_str())?.ok_or_else(unknown)?;
    let actor = Actor { user: owner, agent: None };
    let view = View::new(db, now, &actor);
    let state = Canon { view: &view, book: &book, ids: Ids::of(db)? };
    let mut snapshot = state.whole()?;
    state.ids.number(&mut snapshot);
    Ok(snapshot)
}

struct Canon<'a> {
    view: &'a View<'a>,
    book: &'a Book,
    ids: Ids,
}

impl Canon<'_> {
    fn whole(&self) -> Result<Value, Refusal> {
        let db = self.view.db;
        let accounts = store::accounts::of_book(db, &self.book.id)?;
        let names: HashMap<_, _> = accounts.iter().map(|account| (account.id, &*account.name)).collect();
        let comments = self.comments()?;
        let transactions = store::transactions::of_book(db, &self.book.id)?;
        let transactions = transactions.iter().map(|one| {
            let comments = comments.get(&one.id).map_or(&[][..], Vec::as_slice);
            self.transaction(one, comments, &names)
        });
        Ok(json!({
            "book": self.settings()?,
            "groups": self.groups()?,
            "accounts": self.accounts(&accounts)?,
            "transactions": self.sorted(transactions.collect::<Result<_, _>>()?),
            "queries": self.queries()?,
            "collaborators": self.collaborators()?,
            "apps": self.apps()?,
        }))
    }

    fn settings(&self) -> Result<Value, Refusal> {
        let book = self.book;
        let collection = collections::of_book(self.view, book)?;
        Ok(json!({
            "name": book.name,
            "ownerName": book.owner_name,
            "collection": collection.and_then(|collection| collection.name),
            "visibility": book.visibility,
            "datePattern": book.date_pattern.to_string(),
            "decimalSeparator": book.decimal_separator,
            "fractionDigits": book.fraction_digits,
            "timeZone": book.time_zone,
            "pageSize": book.page_size,
            "period": book.period,
            "periodStartMonth": book.period_start_month,
            "lockDate": book.lock_date,
            "closingDate": book.closing_date,
            "autoPost": book.auto_post,
            "properties": book.properties,
        }))
    }

    /// In the order of their names.
    fn groups(&self) -> Result<Vec<Value>, Refusal> {
        let groups = store::groups::of_book(self.view.db, &self.book.id)?;
        let names: HashMap<_, _> = groups.iter().map(|group| (group.id, &group.name)).collect();
        let shown = |group: &crate::ledger::Group| {
            json!({
                "name": group.name,
                "parent": group.parent.and_then(|parent| names.get(&parent)),
                "hidden": group.hidden,
                "locked": group.locked,
                "properties": group.properties,
            })
        };
        Ok(groups.iter().map(shown).collect())
    }

    /// In the order of their names, each with its balance as the API has it.
    fn accounts(&self, accounts: &[Account]) -> Result<Vec<Value>, Refusal> {
        let balances = self.balances()?;
        let shown = |account: &Account| {
            let balance = balances.get(&account.id).map_or(Ok(Decimal::ZERO), |sums| sums.balance())?;
            Ok(json!({
                "name": account.name,
                "type": account.nature.shown(),
                "archived": account.archived,
                "groups": self.group_names(account)?,
                "properties": account.properties,
                "balance": padded(balance.normalize(), self.book.fraction_digits).to_string(),
            }))
        };
        accounts.iter().map(shown).collect()
    }

    fn balances(&self) -> Result<HashMap<AccountId, Sums>, Refusal> {
        let mut balances = HashMap::<AccountId, Sums>::new();
        for ((account, _), sums) in store::totals::of_book(self.view.db, &self.book.id)? {
            let balance = balances.entry(account).or_default();
            *balance = balance.plus(sums)?;
        }
        Ok(balances)
    }

    fn group_names(&self, account: &Account) -> Result<Vec<String>, Refusal> {
        let name = |id: &GroupId| store::groups::find(self.view.db, &self.book.id, *id);
        let groups = account.groups.iter().map(name).collect::<rusqlite::Result<Vec<_>>>()?;
        let mut names: Vec<_> = groups.into_iter().flatten().map(|group| group.name).collect();
        names.sort();
        Ok(names)
    }

    /// What was said about each transaction that anything was said about, in that order.
    fn comments(&self) -> Result<HashMap<TransactionId, Vec<String>>, Refusal> {
        let mut comments = HashMap::<_, Vec<_>>::new();
        for comment in store::comments::of_book(self.view.db, &self.book.id)? {
            comments.entry(comment.transaction).or_default().push(comment.text);
        }
        Ok(comments)
    }

    fn transaction(
        &self,
        transaction: &Transaction,
        comments: &[String],
        names: &HashMap<AccountId, &str>,
    ) -> Result<Value, Refusal> {
        let name = |id: Option<AccountId>| id.and_then(|id| names.get(&id).copied());
        let amount = transaction.amount.map(|amount| padded(amount.normalize(), self.book.fraction_digits));
        let files = transaction.files.iter().map(|id| store::files::find(self.view.db, &self.book.id, id));
        let files = files.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten();
        Ok(json!({
            "date": transaction.date,
            "amount": amount.map(|amount| amount.to_string()),
            "from": name(transaction.credit),
            "to": name(transaction.debit),
            "description": transaction.description,
            "status": status(transaction.status),
            "urls": transaction.urls,
            "files": files.map(|file| file.name).collect::<Vec<_>>(),
            "comments": comments,
            "remoteIds": transaction.remote_ids,
            "properties": transaction.properties,
            "agentId": transaction.agent,
            "createdBy": transaction.created_by,
        }))
    }

    /// By what they say, first of all by date and amount; those that differ in ids only in the order in which they came.
    fn sorted(&self, mut items: Vec<Value>) -> Vec<Value> {
        let key = |item: &Value| {
            let field = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
            let amount = item["amount"].as_str().and_then(|amount| amount.parse::<Decimal>().ok());
            (field("date"), amount, field("from"), field("to"), self.ids.masked(item))
        };
        items.sort_by_cached_key(key);
        items
    }

    fn queries(&self) -> Result<Vec<Value>, Refusal> {
        let queries = saved_queries::list(self.view, &self.book.id)?;
        let shown = |query: bkper_model::Query| json!({"title": query.title, "query": query.query});
        Ok(self.sorted(queries.into_iter().map(shown).collect()))
    }

    fn apps(&self) -> Result<Vec<String>, Refusal> {
        let apps = store::integrations::apps(self.view.db, &self.book.id)?;
        let mut ids: Vec<_> = apps.into_iter().map(|app| app.id.to_string()).collect();
        ids.sort();
        Ok(ids)
    }

    fn collaborators(&self) -> Result<Vec<Value>, Refusal> {
        let collaborators = store::collaborators::of_book(self.view.db, &self.book.id)?;
        let shown =
            |one: crate::ledger::Collaborator| json!({"email": one.email, "permission": one.permission});
        Ok(self.sorted(collaborators.into_iter().map(shown).collect()))
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Draft => "DRAFT",
        Status::Unchecked => "UNCHECKED",
        Status::Checked => "CHECKED",
        Status::Trashed { .. } => "TRASHED",
    }
}
