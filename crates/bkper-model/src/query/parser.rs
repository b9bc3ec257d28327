//! Reads tokens as an expression.

use std::iter::Peekable;
use std::vec::IntoIter;

use super::lexer::{self, Kind, Lexeme, Token};
use super::reader;
use super::{Calendar, Expression, QueryError};

/// The longest text that is read.
pub const CHARACTERS_MAX: usize = 10_000;
/// The most terms that a query may have.
pub const TERMS_MAX: usize = 500;
/// How deep parentheses and `NOT`s may stand in each other.
pub const DEPTH_MAX: usize = 50;

/// Reads a query, with its dates resolved: see [the language](super#the-language).
///
/// ```
/// use bkper_model::DatePattern;
/// use bkper_model::query::{self, Calendar};
///
/// let calendar = Calendar { pattern: DatePattern::DayMonthYear, today: jiff::civil::date(2026, 3, 4) };
/// let error = query::parse("lunch is:paid", calendar).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#""paid" at character 7 is no status: write is: with one of draft, unchecked, checked, posted, trashed"#,
/// );
/// ```
pub fn parse(text: &str, calendar: Calendar) -> Result<Expression, QueryError> {
    let characters = text.chars().count();
    if characters > CHARACTERS_MAX {
        return Err(QueryError::TooLong { characters });
    }
    let tokens = lexer::tokens(text)?.into_iter().peekable();
    let mut parser = Parser { tokens, calendar, terms: 0 };
    // The lexer let no `)` pass that closes nothing, so this is the end of the text.
    parser.alternatives(0)
}

struct Parser<'a> {
    tokens: Peekable<IntoIter<Token<'a>>>,
    calendar: Calendar,
    terms: usize,
}

impl Parser<'_> {
    /// `a b OR c`
    fn alternatives(&mut self, depth: usize) -> Result<Expression, QueryError> {
        let mut alternatives: Vec<_> = self.conjunction(depth)?.into_iter().collect();
        while let Some(or) = self.tokens.next_if(|token| token.kind == Kind::Or) {
            let right = self.conjunction(depth)?;
            match right {
                Some(right) if !alternatives.is_empty() => alternatives.push(right),
                _ => return Err(QueryError::MissingTerm { operator: "OR", at: or.at }),
            }
        }
        Ok(if alternatives.is_empty() {
            Expression::All(alternatives)
        } else {
            Expression::any(alternatives)
        })
    }

    /// `a AND b c`, or nothing at all.
    fn conjunction(&mut self, depth: usize) -> Result<Option<Expression>, QueryError> {
        let mut parts = Vec::new();
        loop {
            while self.tokens.next_if(|token| token.kind == Kind::And).is_some() {}
            match self.part(depth)? {
                Some(part) => parts.push(part),
                None if parts.is_empty() => return Ok(None),
                None => return Ok(Some(Expression::all(parts))),
            }
        }
    }

    /// A term, its negation, or what stands in parentheses; nothing where a part ends.
    fn part(&mut self, depth: usize) -> Result<Option<Expression>, QueryError> {
        let Some(&token) = self.tokens.peek() else { return Ok(None) };
        let read = match token.kind {
            Kind::And | Kind::Or | Kind::Close => return Ok(None),
            Kind::Not => Self::negation,
            Kind::Open => Self::parenthesis,
            Kind::Term(lexeme) => return self.term(lexeme, token.at).map(Some),
        };
        self.tokens.next();
        if depth >= DEPTH_MAX {
            return Err(QueryError::TooDeep { at: token.at });
        }
        read(self, depth + 1, token.at).map(Some)
    }

    fn negation(&mut self, depth: usize, at: usize) -> Result<Expression, QueryError> {
        let part = self.part(depth)?.ok_or(QueryError::MissingTerm { operator: "NOT", at })?;
        Ok(Expression::Not(Box::new(part)))
    }

    fn parenthesis(&mut self, depth: usize, at: usize) -> Result<Expression, QueryError> {
        let inside = self.alternatives(depth)?;
        match self.tokens.next() {
            Some(Token { kind: Kind::Close, .. }) => Ok(inside),
            _ => Err(QueryError::UnclosedParenthesis { at }),
        }
    }

    fn term(&mut self, lexeme: Lexeme<'_>, at: usize) -> Result<Expression, QueryError> {
        self.tokens.next();
        self.terms += 1;
        if self.terms > TERMS_MAX {
            return Err(QueryError::TooManyTerms);
        }
        reader::term(lexeme, at, self.calendar).map(Expression::Term)
    }
}
