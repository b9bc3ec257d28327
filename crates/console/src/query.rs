//! Query parameters, read strictly: what is not known is told, with what is.

use std::borrow::Cow;

use http::Uri;
use jiff::Timestamp;
use url::form_urlencoded;

use bookhook_journal::Cursor;
use bookhook_model::{ActFilter, Filter, HookName, Outcome, State};

use crate::problem::Problem;

/// The names of a filter's fields.
pub(crate) const FILTER: [&str; 10] = Filter::FIELDS;

/// The names of the fields of a filter of acts.
pub(crate) const ACT_FILTER: [&str; 2] = ["hook", "delivery"];

/// The names of a page's.
pub(crate) const PAGING: [&str; 2] = ["limit", "cursor"];

const LIMIT: usize = 50;
const LIMIT_MAX: usize = 500;

/// Which part of a list is wanted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Paging {
    pub(crate) limit: usize,
    pub(crate) cursor: Option<Cursor>,
}

/// The parameters of a request: each known, none twice.
pub(crate) struct Query<'u> {
    parameters: Vec<(Cow<'u, str>, Cow<'u, str>)>,
}

impl<'u> Query<'u> {
    pub(crate) fn read(uri: &'u Uri, allowed: &[&'static str]) -> Result<Self, Problem> {
        let mut parameters: Vec<(Cow<'u, str>, Cow<'u, str>)> = Vec::new();
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            if !allowed.contains(&&*name) {
                return Err(Problem::unknown_parameter(&name, allowed));
            }
            if parameters.iter().any(|(known, _)| *known == name) {
                return Err(Problem::repeated_parameter(&name));
            }
            parameters.push((name, value));
        }
        Ok(Self { parameters })
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }

    fn parsed<T>(
        &self,
        name: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.value(name) else { return Ok(None) };
        parse(value).map(Some).ok_or_else(|| Problem::bad_value(name, value, expected))
    }

    fn named<T: Copy>(
        &self,
        name: &str,
        all: &[T],
        as_str: fn(T) -> &'static str,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let found = all.iter().copied().find(|one| as_str(*one) == value);
        let names = || all.iter().map(|one| as_str(*one)).collect::<Vec<_>>();
        found.map(Some).ok_or_else(|| Problem::not_among(name, value, &names()))
    }

    fn text(&self, name: &str) -> Result<Option<String>, Problem> {
        self.parsed(name, "anything: leave it out", |value| {
            Some(value.to_owned()).filter(|value| !value.is_empty())
        })
    }

    fn hook(&self) -> Result<Option<HookName>, Problem> {
        let expected = "a hook's name: lower-case letters, digits, `-` or `_`";
        self.parsed("hook", expected, |value| value.parse().ok())
    }

    fn time(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        self.parsed(name, "a time such as `2026-11-21T22:00:00Z`", |value| value.parse().ok())
    }

    /// Which deliveries are wanted.
    pub(crate) fn filter(&self) -> Result<Filter, Problem> {
        Ok(Filter {
            hook: self.hook()?,
            book_id: self.text("book_id")?,
            event_id: self.text("event_id")?,
            event_type: self.text("event_type")?,
            agent_id: self.text("agent_id")?,
            state: self.named("state", &State::ALL, State::as_str)?,
            outcome: self.named("outcome", &Outcome::ALL, Outcome::as_str)?,
            error: self
                .named("error", &[true, false], |is| if is { "true" } else { "false" })?
                .unwrap_or(false),
            after: self.time("after")?,
            before: self.time("before")?,
        })
    }

    /// Which acts are wanted.
    pub(crate) fn act_filter(&self) -> Result<ActFilter, Problem> {
        let delivery = self.parsed("delivery", "a delivery's id", |value| value.parse().ok())?;
        Ok(ActFilter { hook: self.hook()?, delivery })
    }

    pub(crate) fn paging(&self) -> Result<Paging, Problem> {
        let limit = self.parsed("limit", "a whole number from 1 to 500", |value| {
            value.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit))
        })?;
        Ok(Paging { limit: limit.unwrap_or(LIMIT), cursor: self.cursor()? })
    }

    pub(crate) fn cursor(&self) -> Result<Option<Cursor>, Problem> {
        self.parsed("cursor", "a cursor: pass on the `next` of a page", |value| value.parse().ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(query: &str) -> String {
        let uri: Uri = format!("/x?{query}").parse().unwrap();
        let allowed = [&FILTER[..], &PAGING].concat();
        let read = Query::read(&uri, &allowed).and_then(|query| Ok((query.filter()?, query.paging()?)));
        serde_json::to_value(read.unwrap_err()).unwrap()["detail"].as_str().unwrap().to_owned()
    }

    #[test]
    fn parameters_are_the_fields_of_the_filter() {
        let uri: Uri = "/x?hook=tax-bot&book_id=b%201&state=parked&error=true&after=2026-11-21T22:00:00Z"
            .parse()
            .unwrap();
        let filter = Query::read(&uri, &FILTER).unwrap().filter().unwrap();
        let expected = Filter {
            hook: Some("tax-bot".parse().unwrap()),
            book_id: Some("b 1".to_owned()),
            state: Some(State::Parked),
            error: true,
            after: Some("2026-11-21T22:00:00Z".parse().unwrap()),
            ..Filter::default()
        };
        assert_eq!(filter, expected);
    }

    #[test]
    fn the_fields_are_those_that_a_filter_has() {
        let fields = serde_json::to_value(Filter::default()).unwrap();
        let fields: Vec<&str> = fields.as_object().unwrap().keys().map(String::as_str).collect();
        let mut known = FILTER;
        known.sort_unstable();
        assert_eq!(fields, known);
    }

    #[test]
    fn what_is_wrong_is_told_with_what_would_be_right() {
        assert!(problem("book=b1").starts_with("there is no parameter `book`; there are `hook`, `book_id`"));
        assert_eq!(
            problem("state=done"),
            "state: `done` is not one of `waiting`, `running`, `settled`, `parked`, `held`, `unmatched`"
        );
        assert_eq!(problem("error=yes"), "error: `yes` is not one of `true`, `false`");
        assert_eq!(problem("limit=501"), "limit: `501` is not a whole number from 1 to 500");
        assert_eq!(problem("limit=0"), "limit: `0` is not a whole number from 1 to 500");
        assert_eq!(problem("cursor=x"), "cursor: `x` is not a cursor: pass on the `next` of a page");
        assert_eq!(
            problem("after=yesterday"),
            "after: `yesterday` is not a time such as `2026-11-21T22:00:00Z`"
        );
        assert_eq!(problem("state=held&state=held"), "`state` is there twice");
        assert_eq!(problem("book_id="), "book_id: `` is not anything: leave it out");
    }
}
