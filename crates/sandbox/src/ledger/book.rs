//! A book and its settings.

use bkper_model::query::Calendar;
use bkper_model::{self as wire, AgentId, BookId, DatePattern, Resource as _, UserId};
use jiff::civil;
use jiff::{Timestamp, tz::TimeZone};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::{Changes, Permission, Properties, User, collections};
use crate::act::View;
use crate::refusal::Refusal;
use crate::store;

/// A book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Book {
    pub(crate) id: BookId,
    pub(crate) name: String,
    pub(crate) owner: UserId,
    pub(crate) owner_name: String,
    pub(crate) visibility: wire::Visibility,
    pub(crate) properties: Properties,
    pub(crate) date_pattern: DatePattern,
    pub(crate) decimal_separator: wire::DecimalSeparator,
    pub(crate) fraction_digits: u32,
    /// A name that the time zone database knows.
    pub(crate) time_zone: String,
    pub(crate) page_size: u32,
    pub(crate) period: wire::Period,
    pub(crate) period_start_month: wire::Month,
    pub(crate) lock_date: Option<civil::Date>,
    pub(crate) closing_date: Option<civil::Date>,
    pub(crate) auto_post: bool,
    pub(crate) logo_url: Option<String>,
    pub(crate) agent: Option<AgentId>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

const MOST_FRACTION_DIGITS: u32 = 8;
const PAGE_SIZES: std::ops::RangeInclusive<u32> = 1..=1000;

impl Book {
    /// A book with Bkper's defaults.
    pub(crate) fn new(id: BookId, owner: &User, agent: Option<AgentId>, now: Timestamp) -> Self {
        Self {
            id,
            name: String::new(),
            owner: owner.id.clone(),
            owner_name: owner.username.clone(),
            visibility: wire::Visibility::Private,
            properties: Properties::default(),
            date_pattern: DatePattern::DayMonthYear,
            decimal_separator: wire::DecimalSeparator::Dot,
            fraction_digits: 2,
            time_zone: "UTC".to_owned(),
            page_size: 100,
            period: wire::Period::Month,
            period_start_month: wire::Month::January,
            lock_date: None,
            closing_date: None,
            auto_post: true,
            logo_url: None,
            agent,
            created: now,
            updated: now,
        }
    }

    /// Takes over what a client sends: absent fields stay as they are, `null` clears.
    pub(crate) fn change(&mut self, body: &wire::Book) -> Result<Changes, Refusal> {
        let mut changes = Changes::default();
        self.change_identity(body, &mut changes)?;
        self.change_format(body, &mut changes)?;
        self.change_periods(body, &mut changes);
        Ok(changes)
    }

    fn change_identity(&mut self, body: &wire::Book, changes: &mut Changes) -> Result<(), Refusal> {
        if let Some(name) = &body.name {
            if name.trim().is_empty() {
                return Err(Refusal::Required { field: "name" });
            }
            changes.set("name", &mut self.name, name.clone(), String::clone);
        }
        if let Some(visibility) = &body.visibility {
            changes.set("visibility", &mut self.visibility, visibility.clone(), ToString::to_string);
        }
        if let Some(properties) = Properties::said_in(body, body.properties.as_ref())? {
            changes.set_properties(&mut self.properties, properties);
        }
        if body.logo_url.is_some() || body.is_null("logoUrl") {
            let text = |url: &Option<String>| url.clone().unwrap_or_default();
            changes.set("logoUrl", &mut self.logo_url, body.logo_url.clone(), text);
        }
        Ok(())
    }

    fn change_format(&mut self, body: &wire::Book, changes: &mut Changes) -> Result<(), Refusal> {
        let invalid = |field, message| Refusal::Invalid { field, message };
        if let Some(pattern) = &body.date_pattern {
            let pattern = pattern.parse().map_err(|error| invalid("datePattern", format!("{error}")))?;
            changes.set("datePattern", &mut self.date_pattern, pattern, ToString::to_string);
        }
        if let Some(separator) = &body.decimal_separator {
            changes.set(
                "decimalSeparator",
                &mut self.decimal_separator,
                separator.clone(),
                ToString::to_string,
            );
        }
        if let Some(digits) = body.fraction_digits {
            if digits > MOST_FRACTION_DIGITS {
                return Err(invalid(
                    "fractionDigits",
                    format!("{digits} is more than {MOST_FRACTION_DIGITS}"),
                ));
            }
            changes.set("fractionDigits", &mut self.fraction_digits, digits, ToString::to_string);
        }
        if let Some(name) = &body.time_zone {
            TimeZone::get(name)
                .map_err(|_| invalid("timeZone", format!("{name:?} is no IANA name of a time zone")))?;
            changes.set("timeZone", &mut self.time_zone, name.clone(), String::clone);
        }
        if let Some(size) = body.page_size {
            let size = size.clamp(*PAGE_SIZES.start(), *PAGE_SIZES.end());
            changes.set("pageSize", &mut self.page_size, size, ToString::to_string);
        }
        Ok(())
    }

    fn change_periods(&mut self, body: &wire::Book, changes: &mut Changes) {
        if let Some(period) = &body.period {
            changes.set("period", &mut self.period, period.clone(), ToString::to_string);
        }
        if let Some(month) = &body.period_start_month {
            changes.set("periodStartMonth", &mut self.period_start_month, month.clone(), ToString::to_string);
        }
        if let Some(auto_post) = body.auto_post {
            changes.set("autoPost", &mut self.auto_post, auto_post, ToString::to_string);
        }
        let text = |day: &Option<civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        if body.lock_date.is_some() || body.is_null("lockDate") {
            changes.set("lockDate", &mut self.lock_date, body.lock_date.and_then(wire::Date::day), text);
        }
        if body.closing_date.is_some() || body.is_null("closingDate") {
            changes.set(
                "closingDate",
                &mut self.closing_date,
                body.closing_date.and_then(wire::Date::day),
                text,
            );
        }
    }

    /// The last day on which nothing can be changed any more.
    pub(crate) fn locked_until(&self) -> Option<civil::Date> {
        self.lock_date.max(self.closing_date)
    }

    /// The day it is in the book.
    pub(crate) fn today(&self, now: Timestamp) -> civil::Date {
        now.to_zoned(self.zone()).date()
    }

    /// What the dates of a query depend on.
    pub(crate) fn calendar(&self, now: Timestamp) -> Calendar {
        Calendar { pattern: self.date_pattern, today: self.today(now) }
    }

    fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }

    /// What the user may do in the book.
    pub(crate) fn permission_of(&self, db: &Connection, user: &User) -> rusqlite::Result<Permission> {
        if self.owner == user.id {
            return Ok(Permission::Owner);
        }
        Ok(self.permission_with(store::books::permission(db, &self.id, &user.id)?))
    }

    /// What a user may do with whom the book is shared to this extent, the owner included.
    pub(super) fn permission_with(&self, shared: Option<Permission>) -> Permission {
        let open = match self.visibility {
            wire::Visibility::Public => Permission::Viewer,
            _ => Permission::None,
        };
        shared.unwrap_or(Permission::None).max(open)
    }

    /// The book as its user sees it, with its collection.
    pub(crate) fn shown(&self, view: &View<'_>, permission: Permission) -> Result<wire::Book, Refusal> {
        let collection = collections::of_book(view, self)?;
        Ok(wire::Book { collection, ..self.listed(view, permission)? })
    }

    /// The book with all its settings and counters, without its collection.
    pub(crate) fn listed(&self, view: &View<'_>, permission: Permission) -> Result<wire::Book, Refusal> {
        let today = self.today(view.now);
        let month = i32::from(today.year()) * 100 + i32::from(today.month());
        let year = i32::from(today.year()) * 100;
        let posted = |first, last| store::books::posted(view.db, &self.id, first, last);
        let last_update = store::books::last_update(view.db, &self.id)?;
        Ok(wire::Book {
            total_transactions: Some(posted(0, i32::MAX)?),
            total_transactions_current_month: Some(posted(month, month)?),
            total_transactions_current_year: Some(posted(year, year + 99)?),
            last_update: Timestamp::from_millisecond(last_update).ok().map(Into::into),
            ..self.settings(view.now, permission)
        })
    }

    /// The book as it stands in a collection: its settings.
    pub(super) fn settings(&self, now: Timestamp, permission: Permission) -> wire::Book {
        let offset = self.zone().to_offset(now);
        wire::Book {
            id: Some(self.id.clone()),
            name: Some(self.name.clone()),
            owner_name: Some(self.owner_name.clone()),
            permission: Some(permission.shown()),
            visibility: Some(self.visibility.clone()),
            properties: Some(self.properties.shown()),
            date_pattern: Some(self.date_pattern.to_string()),
            decimal_separator: Some(self.decimal_separator.clone()),
            fraction_digits: Some(self.fraction_digits),
            time_zone: Some(self.time_zone.clone()),
            // Positive west of Greenwich, as JavaScript counts.
            time_zone_offset: Some(-offset.seconds() / 60),
            page_size: Some(self.page_size),
            period: Some(self.period.clone()),
            period_start_month: Some(self.period_start_month.clone()),
            lock_date: self.lock_date.map(Into::into),
            closing_date: self.closing_date.map(Into::into),
            auto_post: Some(self.auto_post),
            logo_url: self.logo_url.clone(),
            agent_id: self.agent.clone(),
            created_at: Some(self.created.into()),
            updated_at: Some(self.updated.into()),
            ..wire::Book::default()
        }
    }
}
