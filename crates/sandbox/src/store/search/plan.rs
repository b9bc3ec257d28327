//! Where a search starts: the part of a condition that an index answers.

use bkper_model::TransactionId;

use super::Place;
use crate::ledger::{AccountId, Condition};

/// A condition taken apart: all of it must hold.
#[derive(Debug, PartialEq)]
pub(super) struct Plan<'a> {
    pub(super) source: Source<'a>,
    /// The first day that can fulfil the condition.
    pub(super) first: u32,
    /// The last day.
    pub(super) last: u32,
    /// What is left to be asked of each row.
    pub(super) rest: Vec<&'a Condition>,
}

/// The rows that are read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Source<'a> {
    Id(&'a TransactionId),
    RemoteId(&'a str),
    From(AccountId),
    To(AccountId),
    Account(AccountId),
    Book,
}

impl<'a> Plan<'a> {
    pub(super) fn of(condition: &'a Condition) -> Self {
        let mut plan = Self { source: Source::Book, first: 0, last: u32::MAX, rest: Vec::new() };
        plan.take(condition);
        plan.choose_source();
        plan
    }

    fn take(&mut self, condition: &'a Condition) {
        match condition {
            Condition::All(parts) => parts.iter().for_each(|part| self.take(part)),
            Condition::Days { first, last } => {
                self.first = self.first.max(*first);
                self.last = self.last.min(*last);
            }
            other => self.rest.push(other),
        }
    }

    fn choose_source(&mut self) {
        let sources = self.rest.iter().enumerate().filter_map(|(at, part)| Some((Source::of(part)?, at)));
        if let Some((source, at)) = sources.min_by_key(|(source, _)| source.rank()) {
            self.source = source;
            self.rest.remove(at);
        }
    }

    /// The place that everything found stands behind.
    pub(super) fn start(&self, behind: Option<Place>) -> Place {
        let end = Place { day: self.last, seq: i64::MAX };
        behind.map_or(end, |behind| behind.min(end))
    }
}

impl<'a> Source<'a> {
    fn of(condition: &'a Condition) -> Option<Self> {
        match condition {
            Condition::Id(id) => Some(Self::Id(id)),
            Condition::RemoteId(id) => Some(Self::RemoteId(id)),
            Condition::From(account) => Some(Self::From(*account)),
            Condition::To(account) => Some(Self::To(*account)),
            Condition::Account(account) => Some(Self::Account(*account)),
            _ => None,
        }
    }

    /// Fewer rows are less.
    fn rank(self) -> u8 {
        match self {
            Self::Id(_) => 0,
            Self::RemoteId(_) => 1,
            Self::From(_) | Self::To(_) => 2,
            Self::Account(_) => 3,
            Self::Book => 4,
        }
    }
}
