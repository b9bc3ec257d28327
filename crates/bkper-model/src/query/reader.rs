//! Reads one token as a term.

use super::lexer::Lexeme;
use super::{Calendar, Comparison, Granularity, Period, QueryError, Status, Term};
use crate::{Amount, Decimal, name, property_key};

pub(super) fn term(lexeme: Lexeme<'_>, at: usize, calendar: Calendar) -> Result<Term, QueryError> {
    match lexeme {
        Lexeme::Assigned { whole, name, sign, value } => {
            Assigned { whole, name, sign, value, at, calendar }.read()
        }
        Lexeme::Word(word) => Ok(tag(word).unwrap_or_else(|| Term::Text(word.to_owned()))),
        Lexeme::Quoted(text) => Ok(Term::Text(text.to_owned())),
    }
}

fn tag(word: &str) -> Option<Term> {
    let tag = word.strip_prefix('#')?;
    name::is_hashtag(tag).then(|| Term::Tag(tag.to_owned()))
}

struct Assigned<'a> {
    whole: &'a str,
    name: &'a str,
    sign: &'a str,
    value: &'a str,
    at: usize,
    calendar: Calendar,
}

impl Assigned<'_> {
    fn read(&self) -> Result<Term, QueryError> {
        let Ok(key) = property_key(self.name) else { return Ok(self.itself()) };
        match key.as_str() {
            "account" | "acc" => self.text().map(Term::Account),
            "from" => self.text().map(Term::From),
            "to" => self.text().map(Term::To),
            "group" => self.text().map(Term::Group),
            "on" => self.period().map(Term::On),
            "after" => self.period().map(Term::After),
            "before" => self.period().map(Term::Before),
            "by" => self.granularity().map(Term::By),
            "is" => self.status().map(Term::Is),
            "remoteid" => self.text().map(Term::RemoteId),
            "error" => self.truth().map(Term::Error),
            "amount" => Ok(Term::Amount(self.comparison(), self.amount()?)),
            "using" => self.text().map(Term::Using),
            _ if self.is_property() => Ok(Term::Property { key, value: self.value.to_owned() }),
            _ => Ok(self.itself()),
        }
    }

    fn value(&self) -> Result<&str, QueryError> {
        if self.value.trim().is_empty() {
            let operator = format!("{}{}", self.name, self.sign);
            return Err(QueryError::MissingValue { operator, at: self.at });
        }
        Ok(self.value)
    }

    fn text(&self) -> Result<String, QueryError> {
        self.value().map(str::to_owned)
    }

    fn period(&self) -> Result<Period, QueryError> {
        let value = self.value()?;
        self.calendar.period(value.trim()).ok_or_else(|| QueryError::NotADate {
            value: value.to_owned(),
            at: self.at,
            pattern: self.calendar.pattern,
        })
    }

    fn granularity(&self) -> Result<Granularity, QueryError> {
        let value = self.value()?;
        let known = Granularity::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(value));
        known.ok_or_else(|| QueryError::UnknownGranularity { value: value.to_owned(), at: self.at })
    }

    fn status(&self) -> Result<Status, QueryError> {
        let value = self.value()?;
        let known = Status::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(value));
        known.ok_or_else(|| QueryError::UnknownStatus { value: value.to_owned(), at: self.at })
    }

    fn truth(&self) -> Result<bool, QueryError> {
        let value = self.value()?;
        let truth = value.to_ascii_lowercase().parse();
        truth.map_err(|_| QueryError::NeitherTrueNorFalse { value: value.to_owned(), at: self.at })
    }

    fn comparison(&self) -> Comparison {
        match self.sign {
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            ">" => Comparison::Greater,
            ">=" => Comparison::GreaterOrEqual,
            _ => Comparison::Equal,
        }
    }

    fn amount(&self) -> Result<Decimal, QueryError> {
        let value = self.value()?;
        let amount = Amount::from(value).decimal();
        amount.map_err(|_| QueryError::NotAnAmount { value: value.to_owned(), at: self.at })
    }

    /// An operator that the language does not have is a property, unless it is a web address or the like.
    fn is_property(&self) -> bool {
        let is_address = self.whole[self.name.len()..].starts_with("://");
        !is_address && !self.value.trim().is_empty()
    }

    fn itself(&self) -> Term {
        Term::Text(self.whole.to_owned())
    }
}
