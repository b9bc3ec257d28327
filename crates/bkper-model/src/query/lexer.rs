//! Cuts the text of a query into tokens. What the tokens mean is not known here, but for the words in capitals.

use super::QueryError;
use crate::property_key::is_in_key;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Token<'a> {
    /// Where it starts, in characters from 1.
    pub(super) at: usize,
    pub(super) kind: Kind<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind<'a> {
    Open,
    Close,
    And,
    Or,
    Not,
    Term(Lexeme<'a>),
}

/// What is to be read as a term.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Lexeme<'a> {
    /// The inside of quotes.
    Quoted(&'a str),
    Word(&'a str),
    /// `name:value` or `amount>value`, the value without its quotes.
    Assigned {
        whole: &'a str,
        name: &'a str,
        sign: &'a str,
        value: &'a str,
    },
}

/// The signs behind `amount`. Each comes before those that it starts with.
const COMPARISONS: [&str; 6] = [">=", "<=", ">", "<", "=", ":"];

pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, QueryError> {
    let mut lexer = Lexer { rest: text, at: 1, open: 0 };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer<'a> {
    rest: &'a str,
    /// Place of the rest, in characters from 1.
    at: usize,
    /// Number of open parentheses that are tokens.
    open: usize,
}

impl<'a> Lexer<'a> {
    fn next(&mut self) -> Result<Option<Token<'a>>, QueryError> {
        loop {
            self.skip(self.rest.len() - self.rest.trim_start().len());
            let Some(first) = self.rest.chars().next() else { return Ok(None) };
            let at = self.at;
            let kind = match first {
                '(' => self.open(),
                ')' => self.close()?,
                '\'' | '"' => Kind::Term(Lexeme::Quoted(self.quoted(first)?)),
                _ => self.word()?,
            };
            // Nothing in quotes asks for nothing.
            if !matches!(kind, Kind::Term(Lexeme::Quoted(text)) if text.trim().is_empty()) {
                return Ok(Some(Token { at, kind }));
            }
        }
    }

    /// Passes over so many bytes.
    fn skip(&mut self, bytes: usize) -> &'a str {
        let (passed, rest) = self.rest.split_at(bytes);
        self.at += passed.chars().count();
        self.rest = rest;
        passed
    }

    fn open(&mut self) -> Kind<'a> {
        self.skip(1);
        self.open += 1;
        Kind::Open
    }

    fn close(&mut self) -> Result<Kind<'a>, QueryError> {
        self.open = self.open.checked_sub(1).ok_or(QueryError::UnopenedParenthesis { at: self.at })?;
        self.skip(1);
        Ok(Kind::Close)
    }

    fn quoted(&mut self, quote: char) -> Result<&'a str, QueryError> {
        let inside = &self.rest[1..];
        let end = inside.find(quote).ok_or(QueryError::UnclosedQuote { quote, at: self.at })?;
        self.skip(end + 2);
        Ok(&inside[..end])
    }

    fn word(&mut self) -> Result<Kind<'a>, QueryError> {
        let start = self.rest;
        if let Some((name, sign)) = assignment(start) {
            self.skip(name.len() + sign.len());
            let value = self.value()?;
            let whole = &start[..start.len() - self.rest.len()];
            return Ok(Kind::Term(Lexeme::Assigned { whole, name, sign, value }));
        }
        let word = self.bare();
        if let Some((name, kind)) = keyword(word) {
            self.skip(name.len());
            return Ok(kind);
        }
        Ok(Kind::Term(Lexeme::Word(self.skip(word.len()))))
    }

    fn value(&mut self) -> Result<&'a str, QueryError> {
        match self.rest.chars().next() {
            Some(quote @ ('\'' | '"')) => self.quoted(quote),
            _ => Ok(self.skip(self.bare().len())),
        }
    }

    /// Up to the next space, or the parenthesis that closes what was opened before the word.
    fn bare(&self) -> &'a str {
        let mut inside = 0_usize;
        for (index, character) in self.rest.char_indices() {
            match character {
                ')' if inside == 0 && self.open > 0 => return &self.rest[..index],
                '(' => inside += 1,
                ')' => inside = inside.saturating_sub(1),
                _ if character.is_whitespace() => return &self.rest[..index],
                _ => {}
            }
        }
        self.rest
    }
}

fn assignment(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_at(text.find(|character| !is_in_key(character))?);
    let signs = if name.eq_ignore_ascii_case("amount") { &COMPARISONS[..] } else { &[":"] };
    let sign = signs.iter().find(|sign| rest.starts_with(**sign))?;
    (!name.is_empty()).then_some((name, &rest[..sign.len()]))
}

/// The word in capitals that `word` is, also when a parenthesis follows: `NOT(`.
pub(super) fn keyword(word: &str) -> Option<(&str, Kind<'static>)> {
    let name = word.split('(').next()?;
    let kind = match name {
        "AND" => Kind::And,
        "OR" => Kind::Or,
        "NOT" => Kind::Not,
        _ => return None,
    };
    Some((name, kind))
}

#[cfg(test)]
mod tests {
    use super::{Kind::*, Lexeme::*, *};

    fn kinds(text: &str) -> Vec<Kind<'_>> {
        tokens(text).unwrap().into_iter().map(|token| token.kind).collect()
    }

    fn word(text: &str) -> Kind<'_> {
        Term(Word(text))
    }

    #[test]
    fn words_and_quotes_are_told_apart() {
        assert_eq!(
            kinds("  a  'b c'\t\"d 'e'\"f "),
            [word("a"), Term(Quoted("b c")), Term(Quoted("d 'e'")), word("f")]
        );
        assert_eq!(kinds("O'Brien 5\" pipe"), [word("O'Brien"), word("5\""), word("pipe")]);
        assert_eq!(kinds("'' a \" \""), [word("a")]);
    }

    #[test]
    fn a_value_may_be_in_quotes() {
        let assigned = |whole, name, sign, value| Term(Assigned { whole, name, sign, value });
        assert_eq!(kinds("acc:'A B'"), [assigned("acc:'A B'", "acc", ":", "A B")]);
        assert_eq!(kinds("x:a:b"), [assigned("x:a:b", "x", ":", "a:b")]);
        assert_eq!(kinds("Amount>=5"), [assigned("Amount>=5", "Amount", ">=", "5")]);
        assert_eq!(kinds("on:"), [assigned("on:", "on", ":", "")]);
        assert_eq!(kinds("a>b :c a.b:c"), [word("a>b"), word(":c"), word("a.b:c")]);
    }

    #[test]
    fn parentheses_stand_alone_or_belong_to_a_word() {
        assert_eq!(kinds("(a OR b)"), [Open, word("a"), Or, word("b"), Close]);
        assert_eq!(kinds("Cash(USD) f(x"), [word("Cash(USD)"), word("f(x")]);
        assert_eq!(kinds("(Cash(USD))"), [Open, word("Cash(USD)"), Close]);
        assert_eq!(kinds("NOT(a)AND(b)"), [Not, Open, word("a"), Close, And, Open, word("b"), Close]);
        assert_eq!(kinds("smile :) NOTE"), [word("smile"), word(":)"), word("NOTE")]);
    }

    #[test]
    fn places_are_characters() {
        let places: Vec<_> = tokens("é 'ü' (x").unwrap().iter().map(|token| token.at).collect();
        assert_eq!(places, [1, 3, 7, 8]);
    }
}
