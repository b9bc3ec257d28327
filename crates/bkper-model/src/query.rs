//! The query language: what lists, counts, saved queries and balances ask for, as text.
//!
//! [`parse`] reads a text into an [`Expression`], with its dates resolved; an expression prints as a text that
//! means the same. What a query finds is left to who has the transactions.
//!
//! ```
//! use bkper_model::DatePattern;
//! use bkper_model::query::{self, Calendar, Expression, Period, Term};
//!
//! let calendar = Calendar { pattern: DatePattern::DayMonthYear, today: jiff::civil::date(2026, 3, 4) };
//! let expression = query::parse("account:'Bank Account' after:$m-3 lunch", calendar)?;
//!
//! assert_eq!(expression, Expression::All(vec![
//!     Term::Account("Bank Account".into()).into(),
//!     Term::After("2025-12".parse::<Period>()?).into(),
//!     Term::Text("lunch".into()).into(),
//! ]));
//! assert_eq!(expression.to_string(), "account:'Bank Account' after:2025-12 lunch");
//! assert_eq!(expression.sole_account(), Some("Bank Account"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The language
//!
//! Terms stand between spaces, and all of them must hold. `AND` between them changes nothing; `OR` stands between
//! alternatives and binds less; `NOT` negates the term after it; parentheses group. These three words count only in
//! capitals. The empty query holds for everything.
//!
//! | term | holds for transactions |
//! | --- | --- |
//! | `account:NAME`, `acc:NAME` | from or to the account |
//! | `from:NAME`, `to:NAME` | from the account, to the account |
//! | `group:NAME` | from or to an account in the group, or in a group below it |
//! | `on:DATE` | in the period |
//! | `after:DATE` | on the first day of the period or later |
//! | `before:DATE` | before the first day of the period |
//! | `by:d`, `by:m`, `by:y` | all: it sets the length of the periods of balances |
//! | `is:STATUS` | that are `draft`, `unchecked`, `checked`, `posted` or `trashed` |
//! | `remoteId:ID` | with exactly this remote id |
//! | `error:true`, `error:false` | to which an app did, or did not, answer with an error |
//! | `amount>N`, `>=`, `<`, `<=`, `=`, `:` | with such an amount; N as in `1250.50` |
//! | `#tag` | with the hashtag |
//! | `using:NAME` | made by that app or connection |
//! | `NAME:VALUE` | with the property, or with this very text |
//! | anything else | with the text in description, names, properties, remote ids, web addresses or files, or as id |
//!
//! Names of operators may be written in any case. There is no space around `:`. A value or text with spaces is put in
//! `'…'` or `"…"`, and whatever is in quotes is plain text; there is no escape. A quote inside of a word (`O'Brien`) is
//! an ordinary character, and so are parentheses that are opened inside of a word (`Cash(USD)`). A web address such as
//! `https://example.com` is text.
//!
//! A DATE is a year (`2025`), a month (`2025-01`, `01/2025`, `jan/2025`) or a day (`2025-01-31`, or in the date pattern
//! of the book). `$d`, `$m` and `$y` are the current day, month and year, `$m-3` is the month three months ago. They are
//! whole periods too: `on:$m` is this month, and `before:$m+1` ends with its last day.
//!
//! Transactions in the trash are found only by queries that have `is:trashed`: see [`Expression::asks_for_trashed`].

mod calendar;
mod error;
mod expression;
mod lexer;
mod parser;
mod period;
mod range;
mod reader;
mod term;

pub use calendar::Calendar;
pub use error::QueryError;
pub use expression::Expression;
pub use parser::{CHARACTERS_MAX, DEPTH_MAX, TERMS_MAX, parse};
pub use period::{Granularity, NotAPeriod, Period};
pub use range::Range;
pub use term::{Comparison, Status, Term};
