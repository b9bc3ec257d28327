//! Terms: what one word of a query asks for.

use std::fmt;

use rust_decimal::Decimal;

use super::lexer;
use super::{Granularity, Period};

/// One condition on transactions. [The language](super#the-language) says which transactions it holds for.
///
/// Names of accounts and groups are as they were written: compare them as an id first, then in the form of
/// [`normalize_name`](crate::normalize_name).
///
/// Printed as it is written in a query. A value that has spaces and both kinds of quotes cannot be written; it is
/// printed with `'` for `"`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Term {
    /// `account:`: from or to this account.
    Account(String),
    /// `from:`: from this account, which is credited.
    From(String),
    /// `to:`: to this account, which is debited.
    To(String),
    /// `group:`: from or to an account in this group or in one below it.
    Group(String),
    /// `on:`: from the first to the last day of the period.
    On(Period),
    /// `after:`: on the first day of the period or later.
    After(Period),
    /// `before:`: before the first day of the period.
    Before(Period),
    /// `by:`: no condition; the length of the periods of balances.
    By(Granularity),
    /// `is:`: in this status.
    Is(Status),
    /// `remoteId:`: with exactly this remote id.
    RemoteId(String),
    /// `error:`: whether an app answered to one of its events with an error.
    Error(bool),
    /// `amount>` and the like: the amount, compared with this one.
    Amount(Comparison, Decimal),
    /// `#`: with this hashtag in any case, here without `#`.
    Tag(String),
    /// `using:`: created by this app or connection.
    Using(String),
    /// A word, or several in quotes: contained in any text of the transaction, in the form of
    /// [`fold_text`](crate::fold_text), or equal to its id.
    Text(String),
    /// An operator that the language does not have: with a property of this key and value, or else with the text
    /// `key:value`.
    Property {
        /// The key, in the form of [`property_key`](crate::property_key()).
        key: String,
        /// The value as it was written.
        value: String,
    },
}

/// The status of a transaction in a query. All but one exclude those in the trash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Not posted: `is:draft`.
    Draft,
    /// Posted and not checked: `is:unchecked`.
    Unchecked,
    /// Posted and checked: `is:checked`.
    Checked,
    /// Posted: `is:posted`.
    Posted,
    /// In the trash: `is:trashed`.
    Trashed,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Unchecked, Self::Checked, Self::Posted, Self::Trashed];

    /// The word behind `is:`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Unchecked => "unchecked",
            Self::Checked => "checked",
            Self::Posted => "posted",
            Self::Trashed => "trashed",
        }
    }

    pub(super) fn texts() -> String {
        Self::ALL.map(Self::as_str).join(", ")
    }
}

impl fmt::Display for Status {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

/// How an amount is compared: the amount of the transaction is on the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `amount<N`
    Less,
    /// `amount<=N`
    LessOrEqual,
    /// `amount=N` or `amount:N`
    Equal,
    /// `amount>=N`
    GreaterOrEqual,
    /// `amount>N`
    Greater,
}

impl Comparison {
    /// The sign, which is the same in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Equal => "=",
            Self::GreaterOrEqual => ">=",
            Self::Greater => ">",
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.as_str())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(name) => write!(out, "account:{}", Written(name)),
            Self::From(name) => write!(out, "from:{}", Written(name)),
            Self::To(name) => write!(out, "to:{}", Written(name)),
            Self::Group(name) => write!(out, "group:{}", Written(name)),
            Self::On(period) => write!(out, "on:{period}"),
            Self::After(period) => write!(out, "after:{period}"),
            Self::Before(period) => write!(out, "before:{period}"),
            Self::By(granularity) => write!(out, "by:{granularity}"),
            Self::Is(status) => write!(out, "is:{status}"),
            Self::RemoteId(id) => write!(out, "remoteId:{}", Written(id)),
            Self::Error(error) => write!(out, "error:{error}"),
            Self::Amount(comparison, amount) => write!(out, "amount{comparison}{amount}"),
            Self::Tag(tag) => write!(out, "#{tag}"),
            Self::Using(name) => write!(out, "using:{}", Written(name)),
            Self::Text(text) => Written(text).fmt(out),
            Self::Property { key, value } => write!(out, "{key}:{}", Written(value)),
        }
    }
}

/// A value or text as it is written in a query: in quotes unless it surely needs none.
struct Written<'a>(&'a str);

impl fmt::Display for Written<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(text) = self;
        let has = |quote| text.contains(quote);
        if is_plain(text) {
            out.write_str(text)
        } else if !has('\'') {
            write!(out, "'{text}'")
        } else if !has('"') {
            write!(out, "\"{text}\"")
        } else if !text.contains(char::is_whitespace) {
            // It was read without quotes, so it can be read so again.
            out.write_str(text)
        } else {
            write!(out, "\"{}\"", text.replace('"', "'"))
        }
    }
}

fn is_plain(text: &str) -> bool {
    let is_harmless = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.');
    !text.is_empty() && text.chars().all(is_harmless) && lexer::keyword(text).is_none()
}
