//! Expressions: terms and how they are combined.

use std::fmt;

use super::{Range, Status, Term};

/// What a query asks for.
///
/// Printed as a query that is read as an equal expression, if the expression itself was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// Every part holds. Without parts it holds for everything: the empty query.
    All(Vec<Expression>),
    /// At least one part holds. Without parts it holds for nothing.
    Any(Vec<Expression>),
    /// The part does not hold.
    Not(Box<Expression>),
    /// The term holds.
    Term(Term),
}

impl Expression {
    /// All of these: none of them is an [`Expression::All`] itself afterwards, and one alone stays as it is.
    pub(super) fn all(parts: Vec<Self>) -> Self {
        Self::flat(parts, Self::All, |part| match part {
            Self::All(inner) => Ok(inner),
            other => Err(other),
        })
    }

    /// The same for alternatives.
    pub(super) fn any(parts: Vec<Self>) -> Self {
        Self::flat(parts, Self::Any, |part| match part {
            Self::Any(inner) => Ok(inner),
            other => Err(other),
        })
    }

    fn flat(
        parts: Vec<Self>,
        combine: fn(Vec<Self>) -> Self,
        open: fn(Self) -> Result<Vec<Self>, Self>,
    ) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match open(part) {
                Ok(inner) => flat.extend(inner),
                Err(part) => flat.push(part),
            }
        }
        match <[Self; 1]>::try_from(flat) {
            Ok([only]) => only,
            Err(flat) => combine(flat),
        }
    }

    /// Every term, wherever it stands.
    pub fn terms(&self) -> Vec<&Term> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::terms).collect(),
            Self::Not(part) => part.terms(),
            Self::Term(term) => vec![term],
        }
    }

    /// The terms that all have to hold, without those inside of `OR` and `NOT`.
    pub fn required_terms(&self) -> Vec<&Term> {
        match self {
            Self::All(parts) => parts.iter().flat_map(Self::required_terms).collect(),
            Self::Term(term) => vec![term],
            Self::Any(_) | Self::Not(_) => Vec::new(),
        }
    }

    /// The account that every transaction found must have, when the query says nothing else about accounts and groups.
    /// Lists of transactions then show balances.
    pub fn sole_account(&self) -> Option<&str> {
        match self.sole_place()? {
            Term::Account(name) => Some(name),
            _ => None,
        }
    }

    /// The group that every transaction found must have, when the query says nothing else about accounts and groups.
    pub fn sole_group(&self) -> Option<&str> {
        match self.sole_place()? {
            Term::Group(name) => Some(name),
            _ => None,
        }
    }

    fn sole_place(&self) -> Option<&Term> {
        let is_place =
            |term: &&Term| matches!(term, Term::Account(_) | Term::From(_) | Term::To(_) | Term::Group(_));
        match self.terms().into_iter().filter(is_place).collect::<Vec<_>>()[..] {
            [_] => self.required_terms().into_iter().find(is_place),
            _ => None,
        }
    }

    /// Whether `is:trashed` stands anywhere. Only then does a query find what is in the trash.
    pub fn asks_for_trashed(&self) -> bool {
        self.terms().contains(&&Term::Is(Status::Trashed))
    }

    /// Takes `after:`, `before:`, `on:` and `by:` out, for balances: those count by date what the rest finds.
    ///
    /// Only what all transactions must fulfil is a range. Dates inside of `OR` and `NOT` stay, and so does the second
    /// of two `after:`.
    ///
    /// ```
    /// # use bkper_model::{DatePattern, query::{self, Calendar}};
    /// # let calendar = Calendar { pattern: DatePattern::DayMonthYear, today: jiff::civil::date(2026, 3, 4) };
    /// let (range, rest) = query::parse("group:Assets before:2025 by:m #paid", calendar)?.split_range();
    /// assert_eq!(range.to_string(), "before:2025 by:m");
    /// assert_eq!(rest.to_string(), "group:Assets #paid");
    /// # Ok::<(), query::QueryError>(())
    /// ```
    pub fn split_range(self) -> (Range, Self) {
        let mut range = Range::default();
        let parts = match self {
            Self::All(parts) => parts,
            other => vec![other],
        };
        let rest = parts.into_iter().filter(|part| !matches!(part, Self::Term(term) if range.take(term)));
        let rest = Self::all(rest.collect());
        (range, rest)
    }

    fn write(&self, out: &mut fmt::Formatter<'_>, around: Around) -> fmt::Result {
        match self {
            Self::Term(term) => write!(out, "{term}"),
            Self::Not(part) => {
                out.write_str("NOT ")?;
                part.write(out, Around::Not)
            }
            Self::Any(parts) if parts.is_empty() => out.write_str("NOT ()"),
            Self::All(parts) | Self::Any(parts) if parts.len() == 1 => parts[0].write(out, around),
            Self::All(parts) => {
                let enclosed = around >= Around::All || parts.is_empty() && around > Around::Nothing;
                write_parts(out, parts, " ", Around::All, enclosed)
            }
            Self::Any(parts) => write_parts(out, parts, " OR ", Around::Any, around >= Around::Any),
        }
    }
}

/// What an expression stands in; what is greater binds closer.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Around {
    Nothing,
    Any,
    All,
    Not,
}

fn write_parts(
    out: &mut fmt::Formatter<'_>,
    parts: &[Expression],
    separator: &str,
    around: Around,
    enclosed: bool,
) -> fmt::Result {
    let (open, close) = if enclosed { ("(", ")") } else { ("", "") };
    out.write_str(open)?;
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            out.write_str(separator)?;
        }
        part.write(out, around)?;
    }
    out.write_str(close)
}

impl fmt::Display for Expression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(out, Around::Nothing)
    }
}

impl From<Term> for Expression {
    fn from(term: Term) -> Self {
        Self::Term(term)
    }
}
