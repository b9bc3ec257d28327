//! What users see of themselves, and of what they would pay. Nobody pays: the plan is always the same.

use bkper_model::{self as wire, DomainId, date_value};
use jiff::tz::TimeZone;

use super::User;
use crate::act::View;
use crate::refusal::Refusal;
use crate::store;

const PLAN: &str = "PROFESSIONAL";

/// The user as nobody else sees them.
pub(crate) fn user(view: &View<'_>) -> Result<wire::User, Refusal> {
    let user = &view.actor.user;
    let usage = Usage::of(view)?;
    let domain = domain(user);
    Ok(wire::User {
        email: Some(user.email.clone()),
        full_name: Some(user.name.clone()),
        given_name: user.name.split(' ').next().map(str::to_owned),
        hash: Some(user.id.to_string()),
        hosted_domain: Some(domain.clone()),
        domain: Some(wire::Domain {
            id: Some(DomainId::new(domain.clone())),
            name: Some(domain),
            ..wire::Domain::default()
        }),
        bank_connections: Some(false),
        free: Some(false),
        plan: Some(PLAN.to_owned()),
        plan_cycle: Some(wire::PlanCycle::Monthly),
        plan_overdue: Some(false),
        billing_enabled: Some(true),
        billing_admin_email: Some(user.email.clone()),
        started_trial: Some(false),
        days_left_in_trial: Some(0),
        total_transactions_this_month: Some(usage.in_month()),
        total_transactions_this_year: Some(usage.in_year()),
        ..user.shown()
    })
}

/// What the user would pay for.
pub(crate) fn billing(view: &View<'_>) -> Result<wire::Billing, Refusal> {
    let user = &view.actor.user;
    let usage = Usage::of(view)?;
    Ok(wire::Billing {
        email: Some(user.email.clone()),
        admin_email: Some(user.email.clone()),
        enabled: Some(true),
        plan: Some(PLAN.to_owned()),
        plan_overdue: Some(false),
        hosted_domain: Some(domain(user)),
        started_trial: Some(false),
        days_left_in_trial: Some(0),
        total_transactions_this_month: Some(usage.in_month()),
        total_transactions_this_year: Some(usage.in_year()),
        ..wire::Billing::default()
    })
}

/// How many transactions are posted in the user's own books, by month.
pub(crate) fn counts(view: &View<'_>) -> Result<wire::Counts, Refusal> {
    let posted = Usage::of(view)?.months.into_iter().map(|(month, total)| wire::Count {
        total: Some(total),
        year: Some(month / 100),
        month: Some(month % 100),
        fuzzy_date: Some(month * 100),
        ..wire::Count::default()
    });
    Ok(wire::Counts { posted: Some(posted.collect()), trashed: Some(Vec::new()), ..wire::Counts::default() })
}

/// Where the user's address is.
fn domain(user: &User) -> String {
    user.email.split_once('@').map(|(_, domain)| domain.to_owned()).unwrap_or_default()
}

/// What was posted in the user's own books.
struct Usage {
    /// YYYYMM.
    this_month: u32,
    /// This month and the eleven before it, as far as there is anything.
    months: Vec<(u32, u64)>,
}

impl Usage {
    fn of(view: &View<'_>) -> Result<Self, Refusal> {
        let today = date_value(view.now.to_zoned(TimeZone::UTC).date());
        let this_month = today / 100;
        // A year before this month is the month after the first that counts.
        let first = this_month - 100 + 1;
        let months = store::books::owned_by_month(view.db, &view.actor.user.id, first, this_month)?;
        Ok(Self { this_month, months })
    }

    fn since(&self, first: u32) -> u64 {
        self.months.iter().filter(|(month, _)| *month >= first).map(|(_, total)| total).sum()
    }

    fn in_month(&self) -> u64 {
        self.since(self.this_month)
    }

    fn in_year(&self) -> u64 {
        self.since(self.this_month / 100 * 100)
    }
}
