//! Who may do what in a book.

use std::fmt;

use bkper_model as wire;
use serde::{Deserialize, Serialize};

use super::Book;

/// What a user may do in a book, from nothing to everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Permission {
    None,
    Viewer,
    Recorder,
    Poster,
    Editor,
    Owner,
}

impl Permission {
    const ALL: [Self; 6] =
        [Self::None, Self::Viewer, Self::Recorder, Self::Poster, Self::Editor, Self::Owner];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Viewer => "VIEWER",
            Self::Recorder => "RECORDER",
            Self::Poster => "POSTER",
            Self::Editor => "EDITOR",
            Self::Owner => "OWNER",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == name)
    }

    pub(crate) fn shown(self) -> wire::Permission {
        wire::Permission::from(self.as_str())
    }
}

/// Something that takes a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Right {
    /// See the book and its transactions.
    See,
    /// See accounts, groups and balances.
    SeeChart,
    /// Create, change and trash drafts.
    Draft,
    /// Post transactions.
    Post,
    /// Check, uncheck, change, trash and restore what is posted, and change what others drafted.
    Check,
    /// Manage accounts and groups.
    Chart,
    /// Change the book's settings, saved queries, files and apps.
    Manage,
    /// Share the book.
    Share,
    /// Reopen what is locked or closed.
    Unlock,
    /// Delete the book, lock groups, copy its transactions.
    Own,
}

impl Right {
    /// The lowest permission that has this right.
    pub(crate) fn least(self) -> Permission {
        match self {
            Self::See | Self::SeeChart => Permission::Viewer,
            Self::Draft => Permission::Recorder,
            Self::Post => Permission::Poster,
            Self::Check | Self::Chart | Self::Manage | Self::Share => Permission::Editor,
            Self::Unlock | Self::Own => Permission::Owner,
        }
    }

    pub(crate) fn is_in(self, permission: Permission) -> bool {
        // Who may only record sees transactions and nothing else, though a viewer, who may do less, sees all.
        let hidden = self == Self::SeeChart && permission == Permission::Recorder;
        permission >= self.least() && !hidden
    }
}

/// What the right is about, as a verb.
impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::See => "see the book",
            Self::SeeChart => "see accounts, groups and balances",
            Self::Draft => "record drafts",
            Self::Post => "post transactions",
            Self::Check => "check, uncheck or change what is posted, or what others drafted",
            Self::Chart => "manage accounts and groups",
            Self::Manage => "manage the book",
            Self::Share => "share the book",
            Self::Unlock => "reopen a locked or closed period",
            Self::Own => "do what only its owner does",
        };
        f.write_str(text)
    }
}

/// A book that the user may be in.
#[derive(Clone, Debug)]
pub(crate) struct Entered {
    pub(crate) book: Book,
    pub(crate) permission: Permission,
}

impl Entered {
    /// The transaction as far as the user sees it: without its accounts for who may not see the chart.
    pub(crate) fn as_seen(&self, transaction: wire::Transaction) -> wire::Transaction {
        if Right::SeeChart.is_in(self.permission) {
            return transaction;
        }
        wire::Transaction { credit_account: None, debit_account: None, ..transaction }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_permission_has_its_rights() {
        let rights = |permission: Permission| {
            use Right::{Chart, Check, Draft, Manage, Own, Post, See, SeeChart, Share, Unlock};
            let all = [See, SeeChart, Draft, Post, Check, Chart, Manage, Share, Unlock, Own];
            all.into_iter().filter(|right| right.is_in(permission)).count()
        };
        assert_eq!(Permission::ALL.map(rights), [0, 2, 2, 4, 8, 10]);
    }

    #[test]
    fn who_may_only_record_does_not_see_the_chart() {
        assert!(Right::SeeChart.is_in(Permission::Viewer));
        assert!(!Right::SeeChart.is_in(Permission::Recorder));
        assert!(Right::SeeChart.is_in(Permission::Poster));
    }
}
