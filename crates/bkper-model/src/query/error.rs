//! What can be wrong with a query.

use super::{CHARACTERS_MAX, DEPTH_MAX, Status, TERMS_MAX};
use crate::DatePattern;

/// Why a text is no query. Each message says what is wrong, where, and what would be right.
///
/// `at` is the place in the text where the term starts that is wrong: a number of characters, 1 for the first. Messages
/// have at most 40 characters of the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// An operator stands alone.
    #[error(
        "`{operator}` at character {at} has no value: write it directly behind, as in on:2025-01 or account:'Bank \
         Account' (a shell takes $m away unless the query is in single quotes)"
    )]
    MissingValue {
        /// The operator as it was written, such as `on:`.
        operator: String,
        /// Where it stands.
        at: usize,
    },
    /// The value of `on:`, `after:` or `before:` is no date.
    #[error(
        "\"{value:.40}\" at character {at} is no date: write 2025, 2025-01, 2025-01-31, 01/2025, jan/2025, \
         {pattern}, or $d, $m, $y with +N or -N"
    )]
    NotADate {
        /// The value.
        value: String,
        /// Where its term stands.
        at: usize,
        /// The date pattern of the book.
        pattern: DatePattern,
    },
    /// The value of `is:` is none that is known.
    #[error("\"{value:.40}\" at character {at} is no status: write is: with one of {}", Status::texts())]
    UnknownStatus {
        /// The value.
        value: String,
        /// Where its term stands.
        at: usize,
    },
    /// The value of `by:` is none that is known.
    #[error("\"{value:.40}\" at character {at} is no length of periods: write by:d, by:m or by:y")]
    UnknownGranularity {
        /// The value.
        value: String,
        /// Where its term stands.
        at: usize,
    },
    /// The value of `error:` is neither `true` nor `false`.
    #[error("\"{value:.40}\" at character {at} is neither true nor false: write error:true or error:false")]
    NeitherTrueNorFalse {
        /// The value.
        value: String,
        /// Where its term stands.
        at: usize,
    },
    /// An amount is compared with something that is none.
    #[error("\"{value:.40}\" at character {at} is no amount: write digits with `.`, as in amount>1250.50")]
    NotAnAmount {
        /// The value.
        value: String,
        /// Where its term stands.
        at: usize,
    },
    /// `OR` or `NOT` has nothing to work on.
    #[error("{operator} at character {at} has no term beside it: add one, or put '{operator}' in quotes")]
    MissingTerm {
        /// `OR` or `NOT`.
        operator: &'static str,
        /// Where it stands.
        at: usize,
    },
    /// A quote is never closed.
    #[error("the quote {quote} at character {at} is never closed: add another {quote}")]
    UnclosedQuote {
        /// The quote.
        quote: char,
        /// Where it stands.
        at: usize,
    },
    /// A parenthesis is never closed.
    #[error("the parenthesis at character {at} is never closed: add a ), or put the text in quotes")]
    UnclosedParenthesis {
        /// Where it stands.
        at: usize,
    },
    /// A parenthesis closes what was never opened.
    #[error("the parenthesis at character {at} closes nothing: remove it, or put the text in quotes")]
    UnopenedParenthesis {
        /// Where it stands.
        at: usize,
    },
    /// Parentheses and `NOT`s inside of each other.
    #[error("the query is nested more than {DEPTH_MAX} deep at character {at}")]
    TooDeep {
        /// Where it gets too deep.
        at: usize,
    },
    /// More than [`TERMS_MAX`] terms.
    #[error("the query has more than {TERMS_MAX} terms")]
    TooManyTerms,
    /// More than [`CHARACTERS_MAX`] characters.
    #[error("the query has {characters} characters, {CHARACTERS_MAX} is the limit")]
    TooLong {
        /// How many it has.
        characters: usize,
    },
}
