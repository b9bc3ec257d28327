//! The life of a transaction: what can be done with it in which status, and what becomes of it.

use bkper_model::EventType;

use crate::ledger::Status;
use crate::refusal::Refusal;

/// Something that is done with a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Post,
    Check,
    Uncheck,
    Update { checked_too: bool },
    Trash { checked_too: bool },
    Restore,
    Remove,
}

/// What a deed does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing: what is asked for is so already.
    Stays,
    Becomes(Status),
    /// The transaction is gone.
    Ends,
}

impl Deed {
    /// What the deed does with a transaction in this status.
    pub(super) fn step(self, status: Status) -> Result<Step, Refusal> {
        use Deed::{Check, Post, Remove, Restore, Trash, Uncheck, Update};
        use Status::{Checked, Draft, Trashed, Unchecked};
        use Step::{Becomes, Ends, Stays};

        Ok(match (self, status) {
            (Post, Draft) => Becomes(Unchecked),
            (Post, Unchecked | Checked) => Stays,

            (Check, Unchecked) => Becomes(Checked),
            (Check, Checked) => Stays,

            (Uncheck, Checked) => Becomes(Unchecked),
            (Uncheck, Draft | Unchecked | Trashed { .. }) => Stays,

            (Update { .. }, Draft | Unchecked) => Becomes(status),
            (Update { checked_too: true }, Checked) => Becomes(Checked),

            (Trash { .. }, Draft | Unchecked) => Becomes(Trashed { posted: status.is_posted() }),
            (Trash { checked_too: true }, Checked) => Becomes(Trashed { posted: true }),
            (Trash { .. }, Trashed { .. }) => Stays,

            (Restore, Trashed { posted: false }) => Becomes(Draft),
            (Restore, Trashed { posted: true }) => Becomes(Unchecked),
            (Restore, Draft | Unchecked | Checked) => Stays,

            (Remove, Trashed { .. }) => Ends,

            (Post | Check | Update { .. }, Trashed { .. })
            | (Check, Draft)
            | (Update { checked_too: false } | Trash { checked_too: false }, Checked)
            | (Remove, Draft | Unchecked | Checked) => return Err(self.refused(status)),
        })
    }

    fn refused(self, status: Status) -> Refusal {
        let remedy = match (self, status) {
            (Self::Remove, _) => "trash it first",
            (_, Status::Trashed { .. }) => "restore it first",
            (_, Status::Draft) => "post it first",
            (_, Status::Unchecked | Status::Checked) => "uncheck it first",
        };
        Refusal::WrongStatus { status: status.as_str(), deed: self.done(), remedy }
    }

    /// What a transaction is afterwards, as a word in a message.
    fn done(self) -> &'static str {
        match self {
            Self::Post => "posted",
            Self::Check => "checked",
            Self::Uncheck => "unchecked",
            Self::Update { .. } => "changed",
            Self::Trash { .. } => "trashed",
            Self::Restore => "restored",
            Self::Remove => "removed",
        }
    }

    /// The event that tells of it. Nothing tells that a transaction was removed: it was deleted before.
    pub(super) fn event(self) -> Option<EventType> {
        match self {
            Self::Post => Some(EventType::TransactionPosted),
            Self::Check => Some(EventType::TransactionChecked),
            Self::Uncheck => Some(EventType::TransactionUnchecked),
            Self::Update { .. } => Some(EventType::TransactionUpdated),
            Self::Trash { .. } => Some(EventType::TransactionDeleted),
            Self::Restore => Some(EventType::TransactionRestored),
            Self::Remove => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUSES: [Status; 5] = [
        Status::Draft,
        Status::Unchecked,
        Status::Checked,
        Status::Trashed { posted: false },
        Status::Trashed { posted: true },
    ];

    /// What becomes of each status: `=` it stays, `!` it is refused, `-` the transaction is gone.
    fn outcomes(deed: Deed) -> [&'static str; 5] {
        STATUSES.map(|status| match deed.step(status) {
            Ok(Step::Stays) => "=",
            Ok(Step::Ends) => "-",
            Ok(Step::Becomes(Status::Draft)) => "draft",
            Ok(Step::Becomes(Status::Unchecked)) => "unchecked",
            Ok(Step::Becomes(Status::Checked)) => "checked",
            Ok(Step::Becomes(Status::Trashed { posted: false })) => "trashed draft",
            Ok(Step::Becomes(Status::Trashed { posted: true })) => "trashed",
            Err(_) => "!",
        })
    }

    #[test]
    fn every_deed_has_an_outcome_in_every_status() {
        #[rustfmt::skip]
        let table = [
            // deed                               draft            unchecked    checked      trashed draft  trashed
            (Deed::Post,                          ["unchecked",     "=",         "=",         "!",           "!"]),
            (Deed::Check,                         ["!",             "checked",   "=",         "!",           "!"]),
            (Deed::Uncheck,                       ["=",             "=",         "unchecked", "=",           "="]),
            (Deed::Update { checked_too: false }, ["draft",         "unchecked", "!",         "!",           "!"]),
            (Deed::Update { checked_too: true },  ["draft",         "unchecked", "checked",   "!",           "!"]),
            (Deed::Trash { checked_too: false },  ["trashed draft", "trashed",   "!",         "=",           "="]),
            (Deed::Trash { checked_too: true },   ["trashed draft", "trashed",   "trashed",   "=",           "="]),
            (Deed::Restore,                       ["=",             "=",         "=",         "draft",       "unchecked"]),
            (Deed::Remove,                        ["!",             "!",         "!",         "-",           "-"]),
        ];
        for (deed, expected) in table {
            assert_eq!(outcomes(deed), expected, "{deed:?}");
        }
    }

    #[test]
    fn a_refusal_says_what_to_do_first() {
        let message = |deed: Deed, status| deed.step(status).unwrap_err().to_string();
        let update = Deed::Update { checked_too: false };
        assert_eq!(
            message(update, Status::Checked),
            "the transaction is checked and cannot be changed: uncheck it first"
        );
        assert_eq!(
            message(update, Status::Trashed { posted: true }),
            "the transaction is in the trash and cannot be changed: restore it first"
        );
        assert_eq!(
            message(Deed::Remove, Status::Unchecked),
            "the transaction is unchecked and cannot be removed: trash it first"
        );
    }
}
