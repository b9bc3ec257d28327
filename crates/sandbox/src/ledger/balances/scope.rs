//! What balances are asked for: an account, or groups with all that is in them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use bkper_model::BookId;
use bkper_model::query::{Expression, Term};
use rusqlite::Connection;

use crate::ledger::{Account, AccountId, Below, Chart, Condition, Group, GroupId};
use crate::refusal::Refusal;
use crate::store;

/// Takes the first account or group, which everything found must have, out of a query. What is left filters
/// transactions: `None`, when nothing is.
pub(super) fn split_place(query: Expression) -> (Option<Term>, Option<Expression>) {
    let mut parts = match query {
        Expression::All(parts) => parts,
        other => vec![other],
    };
    let is_place = |part: &Expression| matches!(part, Expression::Term(Term::Account(_) | Term::Group(_)));
    let place = match parts.iter().position(is_place).map(|at| parts.remove(at)) {
        Some(Expression::Term(place)) => Some(place),
        _ => None,
    };
    (place, (!parts.is_empty()).then_some(Expression::All(parts)))
}

/// What balances are asked for.
pub(super) enum Scope {
    Account(Account),
    Groups(Vec<Node>),
}

/// A group with all that is in it, by name.
pub(super) struct Node {
    pub(super) group: Group,
    pub(super) groups: Vec<Node>,
    pub(super) accounts: Vec<Rc<Account>>,
}

impl Scope {
    /// The account or the group that the query names; without either, all groups at the top.
    pub(super) fn of(
        db: &Connection,
        chart: &Chart<'_>,
        book: &BookId,
        place: Option<&Term>,
    ) -> Result<Self, Refusal> {
        match place {
            Some(Term::Account(name)) => Ok(Self::Account(chart.account(name)?)),
            Some(Term::Group(name)) => {
                let group = chart.group(name)?;
                let node = Forest::read(db, book)?.node(group);
                Ok(Self::Groups(vec![node]))
            }
            _ => Ok(Self::Groups(Forest::read(db, book)?.below(None))),
        }
    }

    /// Every account in it, once.
    pub(super) fn accounts(&self) -> BTreeSet<AccountId> {
        match self {
            Self::Account(account) => BTreeSet::from([account.id]),
            Self::Groups(nodes) => nodes.iter().flat_map(|node| node.accounts_below().into_keys()).collect(),
        }
    }

    /// The condition, and what the scope adds to it that makes the search shorter.
    pub(super) fn narrow(&self, condition: Condition) -> Condition {
        match self {
            Self::Account(account) => condition.and(Condition::Account(account.id)),
            Self::Groups(_) => condition,
        }
    }
}

impl Node {
    /// Every account in the group and below it. One that is in two groups is there once.
    pub(super) fn accounts_below(&self) -> BTreeMap<AccountId, Rc<Account>> {
        let mut accounts: BTreeMap<_, _> =
            self.accounts.iter().map(|account| (account.id, Rc::clone(account))).collect();
        for group in &self.groups {
            accounts.extend(group.accounts_below());
        }
        accounts
    }

    /// What the accounts have in common.
    pub(super) fn below(&self) -> Below {
        Below {
            has_accounts: !self.accounts.is_empty(),
            has_groups: !self.groups.is_empty(),
            natures: self.accounts_below().values().map(|account| account.nature).collect(),
        }
    }
}

/// All groups and accounts of a book, by what they are in.
struct Forest {
    groups: HashMap<Option<GroupId>, Vec<Group>>,
    accounts: HashMap<GroupId, Vec<Rc<Account>>>,
}

impl Forest {
    fn read(db: &Connection, book: &BookId) -> Result<Self, Refusal> {
        let mut forest = Self { groups: HashMap::new(), accounts: HashMap::new() };
        for group in store::groups::of_book(db, book)? {
            forest.groups.entry(group.parent).or_default().push(group);
        }
        for account in store::accounts::of_book(db, book)?.into_iter().map(Rc::new) {
            for group in &account.groups {
                forest.accounts.entry(*group).or_default().push(Rc::clone(&account));
            }
        }
        Ok(forest)
    }

    /// The groups in this one, or those in none.
    fn below(&self, parent: Option<GroupId>) -> Vec<Node> {
        let groups = self.groups.get(&parent).into_iter().flatten();
        groups.map(|group| self.node(group.clone())).collect()
    }

    fn node(&self, group: Group) -> Node {
        let groups = self.below(Some(group.id));
        let accounts = self.accounts.get(&group.id).cloned().unwrap_or_default();
        Node { group, groups, accounts }
    }
}
